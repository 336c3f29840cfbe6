// attack: returns its input; an honest guest as Rust builds it
// contained-if: ok
// returns: input
// seen-in: FACTS.md#real-compilers
// tier: core

include!("abi.rs");

fn answer(input: &[u8]) -> Vec<u8> {
    input.to_vec()
}
