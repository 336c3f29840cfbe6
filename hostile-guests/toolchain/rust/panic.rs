// attack: indexes past the end of a slice; the panic is an abort
// contained-if: trap(unreachable)
// seen-in: FACTS.md#real-compilers
// tier: core
// counterpart: rust-echo

include!("abi.rs");

fn answer(input: &[u8]) -> Vec<u8> {
    vec![input[input.len()]]
}
