// attack: keeps every megabyte that it allocates, until its allocator aborts at the cap
// contained-if: memory-cap | trap(unreachable)
// seen-in: GUESTS.md section 2.Q
// tier: core
// near-twin: rust-echo

include!("abi.rs");

fn answer(input: &[u8]) -> Vec<u8> {
    let mut hoard = Vec::new();
    loop {
        hoard.push(Vec::<u8>::with_capacity(input.len() | 1 << 20));
        if hoard.len() == usize::MAX {
            return hoard.concat();
        }
    }
}
