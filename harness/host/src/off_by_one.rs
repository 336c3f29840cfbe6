//! The fault `off-by-one-runtime`: a miscompilation of rounding a float towards zero.

use wasmparser::{Operator, Parser, Payload};

/// `f32.trunc` and `f64.trunc`, and the roundings up that replace them under the fault.
const F32_TRUNC: (u8, u8) = (0x8f, 0x8d);
/// See [`F32_TRUNC`].
const F64_TRUNC: (u8, u8) = (0x9d, 0x9b);

/// The module with each rounding towards zero replaced by a rounding up: equal below zero, one too
/// many above. Bytes that are no module stay unchanged.
pub(crate) fn miscompiled(bytes: &[u8]) -> Vec<u8> {
    let mut wrong = bytes.to_vec();
    for (at, (right, other)) in roundings(bytes) {
        if wrong.get(at) == Some(&right) {
            wrong[at] = other;
        }
    }
    wrong
}

/// The positions of roundings towards zero.
fn roundings(bytes: &[u8]) -> Vec<(usize, (u8, u8))> {
    let payloads = Parser::new(0).parse_all(bytes).map_while(Result::ok);
    let bodies = payloads.filter_map(|payload| match payload {
        Payload::CodeSectionEntry(body) => body.get_operators_reader().ok(),
        _ => None,
    });
    let all = bodies.flat_map(|operators| operators.into_iter_with_offsets().map_while(Result::ok));
    let rounding = |(operator, at)| match operator {
        Operator::F32Trunc => Some((at, F32_TRUNC)),
        Operator::F64Trunc => Some((at, F64_TRUNC)),
        _ => None,
    };
    all.filter_map(rounding).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rounding_and_nothing_else_is_changed() {
        let module = |rounding: &str| {
            let text = format!(
                "(module (func (param f64) (result f64)
                    (drop (f64.const -0x1.d9d9d9d9d9d9dp+474)) (f64.{rounding} (local.get 0))))"
            );
            wat::parse_str(text).expect("it assembles")
        };
        assert_eq!(miscompiled(&module("trunc")), module("ceil"));
        assert_eq!(miscompiled(&module("floor")), module("floor"));
        assert_eq!(miscompiled(b"\0asm\x01\0\0\0\x9d"), b"\0asm\x01\0\0\0\x9d");
    }
}
