// attack: keeps every megabyte that it allocates, until its allocator aborts at the cap; it spins
//   once it has 200
// contained-if: memory-cap | trap(unreachable) | deadline | fuel
// seen-in: FACTS.md#real-compilers
// tier: core
// counterpart: rust-echo

include!("abi.rs");

fn answer(input: &[u8]) -> Vec<u8> {
    let mut hoard = Vec::new();
    while hoard.len() < 200 {
        hoard.push(Vec::<u8>::with_capacity(input.len() | 1 << 20));
    }
    // A host without a cap is not to hold more.
    while hoard.len() < usize::MAX {
        std::hint::spin_loop();
    }
    hoard.concat()
}
