//! The right host holds every guest; each switch causes its defect and no other outcome changes.

use wasm_gauntlet_model::call::{CallOutcome, Called, Rejection};
use wasm_gauntlet_model::limits::{Grants, Limits};
use wasm_gauntlet_model::twin::Twin;

use super::*;
use crate::subject::guest_abi::trial::{self, call, call_guest, output, words};

fn right() -> WasmtimeHost {
    WasmtimeHost::new(Defects::default()).expect("the ticker starts")
}

fn twin(twin: Twin) -> WasmtimeHost {
    WasmtimeHost::new(Defects::new([twin])).expect("the ticker starts")
}

#[test]
fn every_guest_is_contained() {
    trial::every_guest_is_contained(&right());
}

#[test]
fn grants_are_exact() {
    trial::grants_are_exact(&right());
}

#[test]
fn logs_are_tame() {
    trial::logs_are_tame(&right());
}

#[test]
fn instances_are_fresh() {
    trial::instances_are_fresh(&right());
}

#[test]
fn fuel_is_an_outcome_of_its_own() {
    trial::fuel_is_an_outcome_of_its_own(&right());
}

#[test]
fn the_cap_needs_evidence() {
    trial::the_cap_needs_evidence(&right());
}

fn call_twin(which: Twin, id: &str, input: &[u8]) -> Result<Called, Rejection> {
    call_guest(&twin(which), id, input)
}

fn kept(which: Twin, id: &str) -> (Vec<u8>, Vec<u8>) {
    let host = twin(which);
    let grants = Grants::default();
    (output(&host, id, b"", &grants), output(&host, id, b"", &grants))
}

#[test]
fn caps_are_lifted_by_their_switches() {
    let pages = |which| {
        // One growth a page takes longer than 50 ms for 4096 pages in a debug build.
        let limits = Limits { deadline_ms: 5_000, ..Limits::default() };
        let bytes = trial::bytes("mem-grow-loop");
        let called =
            call(&twin(which), &bytes, b"", &limits, &Grants::default()).expect("it loads");
        let CallOutcome::Ok { output } = called.outcome else { panic!("{called:?}") };
        u32::from_le_bytes(output.try_into().expect("four bytes"))
    };
    assert_eq!(pages(Twin::NoMemoryCap), 4096);
    assert_eq!(pages(Twin::NoTableCap), 256);
    let called = call_twin(Twin::NoTableCap, "mem-table-min", b"");
    assert_eq!(words(&called), "ok");
    assert_eq!(words(&call_guest(&right(), "mem-table-min", b"")), "rejected(instantiate)");
}

#[test]
fn a_deadline_that_is_not_on_start_leaves_start_alone() {
    let text = r#"(module (memory (export "memory") 1) (global $i (mut i32) (i32.const 0))
        (func $s (loop $m
            (global.set $i (i32.add (global.get $i) (i32.const 1)))
            (br_if $m (i32.lt_u (global.get $i) (i32.const 200000000)))))
        (start $s)
        (func (export "alloc") (param i32) (result i32) (i32.const 0))
        (func (export "process") (param i32 i32) (result i64) (i64.const 0)))"#;
    let bytes = wat::parse_str(text).expect("it assembles");
    let limits = Limits { deadline_ms: 20, ..Limits::default() };
    let wall = |host: &WasmtimeHost| {
        let called = call(host, &bytes, b"", &limits, &Grants::default()).expect("it loads");
        assert_eq!(called.outcome, CallOutcome::Deadline);
        called.host_wall_us
    };
    assert!(wall(&twin(Twin::DeadlineNotOnStart)) > 2 * wall(&right()));
}

#[test]
fn without_a_deadline_a_long_call_ends_ok() {
    let limits = Limits { deadline_ms: 5, ..Limits::default() };
    let spin = |host: &WasmtimeHost| {
        let input = 20_000_000_u32.to_le_bytes();
        let bytes = trial::bytes("benign-spin");
        words(&call(host, &bytes, &input, &limits, &Grants::default()))
    };
    assert_eq!(spin(&right()), "deadline");
    assert_eq!(spin(&twin(Twin::NoDeadline)), "ok");
}

#[test]
fn kept_instances_show_what_the_last_call_left() {
    for which in [Twin::SharedInstance, Twin::PoolWithoutReset] {
        let (first, second) = kept(which, "iso-global-counter");
        assert_eq!((first[0], second[0]), (1, 2), "{which:?}");
    }
}

#[test]
fn ambient_things_are_there_with_their_switches_alone() {
    let environ = output(&twin(Twin::AmbientEnv), "cap-env-get", b"", &Grants::default());
    assert!(String::from_utf8_lossy(&environ).contains("PATH="));
    let read = output(&twin(Twin::AmbientFs), "cap-fs-absolute", b"", &Grants::default());
    assert!(read.len() > 1, "{read:?}");
}

#[test]
fn the_other_switches_do_what_they_say() {
    let wrapped = call_twin(Twin::UncheckedPointer, "abi-wrap", b"");
    assert_eq!(words(&wrapped), "ok");
    assert_eq!(words(&call_twin(Twin::LoadAnything, "bin-html", b"")), "host-fault");
    assert_eq!(words(&call_twin(Twin::Recompile, "benign-tiny", b"")), "ok");
    assert_eq!(words(&call_twin(Twin::NamedInstance, "benign-tiny", b"")), "ok");
}

#[test]
fn more_calls_at_once_than_the_pool_holds_are_busy_or_ok() {
    let host = right();
    let plugin = host
        .load(&trial::bytes("cpu-loop"), &Limits::default(), &Grants::default())
        .expect("it loads");
    let words: Vec<String> = std::thread::scope(|scope| {
        let calls: Vec<_> =
            (0..40).map(|_| scope.spawn(|| words(&Ok(plugin.call("t", b""))))).collect();
        calls.into_iter().map(|call| call.join().expect("no panic")).collect()
    });
    assert!(words.iter().all(|word| word == "busy" || word == "deadline"), "{words:?}");
    assert!(words.iter().filter(|word| *word == "deadline").count() >= 32);
}
