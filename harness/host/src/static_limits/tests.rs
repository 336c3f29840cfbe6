//! Each count is seen, at its place; nothing panics.

use super::*;

fn over(text: &str, count: Count, most: u64) -> (u64, u64) {
    let bytes = wat::parse_str(text).expect("it assembles");
    let limits = StaticLimits::recommended().with(count, most);
    match check(&limits, &bytes) {
        Err(Refusal::Over { count: found, seen, offset, .. }) => {
            assert_eq!(found, count, "{text}");
            (seen, offset)
        }
        other => panic!("{count:?}: {other:?}"),
    }
}

#[test]
fn every_count_is_seen_as_soon_as_it_is_over() {
    let table = [
        (Count::ModuleBytes, "(module)", 7, 8),
        (Count::Types, "(module (type (func)) (type (func)))", 1, 2),
        (Count::TypeValues, "(module (type (func (param i32 i32) (result i32))))", 2, 3),
        (Count::Params, "(module (type (func (param i32 i32))))", 1, 2),
        (Count::Results, "(module (type (func (result i32 i32))))", 1, 2),
        (Count::Imports, r#"(module (import "a" "b" (func)) (import "a" "c" (func)))"#, 1, 2),
        (Count::Exports, r#"(module (func (export "a") (export "b")))"#, 1, 2),
        (Count::NameBytes, r#"(module (func (export "abc")))"#, 2, 3),
        (Count::Functions, "(module (func) (func))", 1, 2),
        (Count::Globals, "(module (global i32 (i32.const 0)))", 0, 1),
        (Count::Memories, r#"(module (import "a" "m" (memory 1)) (memory 1))"#, 1, 2),
        (Count::Tables, "(module (table 1 funcref) (table 1 funcref))", 1, 2),
        (Count::DataSegments, r#"(module (data "a") (data "b"))"#, 1, 2),
        (Count::ElementSegments, "(module (func $f) (elem func $f) (elem func $f))", 1, 2),
        (Count::Elements, "(module (func $f) (elem func $f) (elem func $f $f))", 2, 3),
        (Count::CustomBytes, r#"(module (@custom "a" "bcd"))"#, 4, 5),
        (Count::AllLocals, "(module (func (local i32)) (func (local i32 i32)))", 2, 3),
        (Count::AllIndirectCalls, INDIRECT, 1, 2),
        (Count::AllBranchTargets, TABLES, 5, 6),
        (Count::BodyBytes, "(module (func nop nop))", 3, 4),
        (Count::Locals, "(module (func (local i32 i64 i32)))", 2, 3),
        (Count::Loops, "(module (func loop end loop end))", 1, 2),
        (Count::LocalsTimesLoops, "(module (func (local i32 i32) loop loop end end))", 5, 6),
        (Count::Nesting, "(module (func block if block end end end))", 2, 3),
        (Count::ArityTimesNesting, ARITY, 3, 8),
        (Count::BranchTargets, TABLES, 2, 3),
        (Count::Calls, "(module (func $f call $f return_call $f))", 1, 2),
        (Count::IndirectCalls, INDIRECT, 1, 2),
        (Count::Branches, "(module (func block i32.const 0 br_if 0 i32.const 0 if end end))", 1, 2),
        (Count::BulkOperations, BULK, 1, 2),
    ];
    assert_eq!(table.len(), Count::ALL.len(), "a count without a case");
    for (count, text, most, seen) in table {
        assert_eq!(over(&text.replace("if block", "i32.const 0 if block"), count, most).0, seen);
    }
}

const TABLES: &str = "(module (func block i32.const 0 br_table 0 0 0 0 end
    block i32.const 0 br_table 0 0 0 0 end))";
const ARITY: &str = "(module (func block (result i32 i32) i32.const 0
    block (param i32) (result i32 i32) i32.const 0 end drop i32.const 0 end drop drop))";
const INDIRECT: &str = "(module (table 1 funcref) (func i32.const 0 call_indirect
    i32.const 0 return_call_indirect))";
const BULK: &str = "(module (memory 1) (func
    i32.const 0 i32.const 0 i32.const 0 memory.copy
    i32.const 0 i32.const 0 i32.const 0 memory.fill))";

#[test]
fn a_refusal_names_the_function_and_the_place() {
    let text = r#"(module (import "a" "b" (func)) (func) (func nop loop end loop end))"#;
    let bytes = wat::parse_str(text).expect("it assembles");
    let limits = StaticLimits::recommended().with(Count::Loops, 1);
    let refusal = check(&limits, &bytes).expect_err("two loops");
    let at = bytes.len() - 4;
    let said = format!("loops: 2, at most 1 are allowed (in function 2, at offset {at:#x})");
    assert_eq!(refusal.to_string(), said);
    assert_eq!(Rejection::from(refusal).stage, RejectStage::StaticLimit);
}

#[test]
fn a_claim_of_many_costs_nothing() {
    // A function section of five bytes that claims 2^32 - 1 functions.
    let claims = b"\0asm\x01\0\0\0\x03\x05\xff\xff\xff\xff\x0f";
    let refusal = check(&StaticLimits::recommended(), claims).expect_err("too many");
    assert!(refusal.to_string().starts_with("functions: 4294967295"), "{refusal}");
    let whole = check(&StaticLimits::none(), claims);
    assert!(whole.is_ok() || matches!(whole, Err(Refusal::Malformed { .. })));
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_it_panic(mut bytes in proptest::collection::vec(0_u8..=255, 0..200)) {
        let _ = check(&StaticLimits::recommended(), &bytes);
        bytes.splice(0..0, *b"\0asm\x01\0\0\0");
        let _ = check(&StaticLimits::none(), &bytes);
    }
}
