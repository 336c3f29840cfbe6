//! Known gaps of the ledger that drawn modules show. Each has a test that excludes new gaps.

use gauntlet::subject::plugin_host::adapter::Adapter;
use wasm_gauntlet_model::observation::Observation;
use wasmparser::{FunctionBody, Operator};

use crate::count;
use crate::reduce::Parts;
use crate::shrink::Candidate;

/// Whether every module in the evidence has the gap of wazero: instantiation does not trap on an
/// active element segment past the end of its table.
pub(crate) fn segments(subject: &str, seen: &Observation) -> bool {
    let shown = seen.evidence.iter().filter(|piece| piece.what == "difference");
    let gap = |text: &str| text.ends_with("beside trap: table-out-of-bounds");
    let all = count(seen, "different") + count(seen, "disputed");
    subject.starts_with("wazero")
        && i64::try_from(shown.filter(|piece| gap(&piece.text)).count()) == Ok(all)
}

/// Whether `module` shows the gap of wasmi: a wrong select by whether a local is zero. The equal
/// question, whether the local has no set bits, gives the right answer on all runtimes.
pub(crate) fn select(candidate: &Candidate, subject: &Adapter, module: &[u8]) -> bool {
    let differ = |seen: &Observation| count(seen, "different") + count(seen, "disputed") > 0;
    let said = reworded(module).and_then(|module| candidate.tried(subject, &module));
    said.is_some_and(|seen| count(&seen, "answers") > 0 && !differ(&seen))
        && candidate.tried(subject, module).is_some_and(|seen| differ(&seen))
}

/// The same program, with the operand of each `eqz` replaced by its number of set bits.
fn reworded(module: &[u8]) -> Option<Vec<u8>> {
    const I32_POPCNT: u8 = 0x69;
    const I64_POPCNT: u8 = 0x7b;
    let mut parts = Parts::of(module)?;
    let mut any = false;
    for body in &mut parts.bodies {
        let reader = wasmparser::BinaryReader::new(body, 0);
        let operators = FunctionBody::new(reader).get_operators_reader().ok()?;
        let (mut said, mut from) = (Vec::new(), 0);
        for operator in operators.into_iter_with_offsets() {
            let (operator, at) = operator.ok()?;
            let popcnt = match operator {
                Operator::I32Eqz => I32_POPCNT,
                Operator::I64Eqz => I64_POPCNT,
                _ => continue,
            };
            said.extend_from_slice(&body[from..at]);
            said.push(popcnt);
            (from, any) = (at, true);
        }
        said.extend_from_slice(&body[from..]);
        *body = said;
    }
    any.then(|| parts.joined())
}

#[test]
fn a_program_says_the_same_in_other_words() {
    let module = |body: &str| {
        let head = "(module (func (export \"f\") (param i32 i64) (result i32)";
        wat::parse_str(format!("{head} {body}))")).expect("it is a module")
    };
    let plain = "(i32.add (i32.eqz (local.get 0)) (i64.eqz (local.get 1)))";
    let other = "(i32.add (i32.eqz (i32.popcnt (local.get 0)))
        (i64.eqz (i64.popcnt (local.get 1))))";
    assert_eq!(reworded(&module(plain)), Some(module(other)));
    assert_eq!(reworded(&module("(local.get 0)")), None);
}
