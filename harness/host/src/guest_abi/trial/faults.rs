//! Each fault of an embedded host has its effect.

use wasm_gauntlet_model::call::CallOutcome;
use wasm_gauntlet_model::fault::Fault;
use wasm_gauntlet_model::limits::{Grants, Limits};

use super::{bytes, call, call_guest, output, words};
use crate::faults::HostFaults;
use crate::host::Host;

/// Makes a host with these faults.
pub(crate) type HostMaker = dyn Fn(HostFaults) -> Box<dyn Host>;

fn right(make: &HostMaker) -> Box<dyn Host> {
    make(HostFaults::default())
}

fn fault(make: &HostMaker, which: Fault) -> Box<dyn Host> {
    make(HostFaults::new([which]))
}

fn words_of(make: &HostMaker, which: Fault, id: &str) -> String {
    words(&call_guest(fault(make, which).as_ref(), id, b""))
}

/// `no-memory-cap` lifts the memory's, `no-table-cap` the table's.
pub(crate) fn caps_are_lifted_by_their_faults(make: &HostMaker) {
    let pages = |which| {
        // One growth a page takes longer than 50 ms for 4096 pages in a debug build.
        let limits = Limits { deadline_ms: 5_000, ..Limits::default() };
        let (host, bytes) = (fault(make, which), bytes("mem-grow-loop"));
        let called = call(host.as_ref(), &bytes, b"", &limits, &Grants::default());
        match called.map(|called| called.outcome) {
            Ok(CallOutcome::Ok { output }) => {
                u32::from_le_bytes(output.try_into().expect("four bytes"))
            }
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(pages(Fault::NoMemoryCap), 4096);
    assert_eq!(pages(Fault::NoTableCap), 256);
    let refused = words(&call_guest(right(make).as_ref(), "mem-table-min", b""));
    assert_eq!(refused, "rejected(instantiate)");
    assert_ne!(words_of(make, Fault::NoTableCap, "mem-table-min"), "rejected(instantiate)");
}

/// A start function of 200 M steps, under 20 ms.
pub(crate) fn a_deadline_that_is_not_on_start_leaves_start_alone(make: &HostMaker) {
    let text = r#"(module (memory (export "memory") 1) (global $i (mut i32) (i32.const 0))
        (func $s (loop $m
            (global.set $i (i32.add (global.get $i) (i32.const 1)))
            (br_if $m (i32.lt_u (global.get $i) (i32.const 200000000)))))
        (start $s)
        (func (export "alloc") (param i32) (result i32) (i32.const 0))
        (func (export "process") (param i32 i32) (result i64) (i64.const 0)))"#;
    let bytes = wat::parse_str(text).expect("it assembles");
    let limits = Limits { deadline_ms: 20, ..Limits::default() };
    let wall = |host: Box<dyn Host>| {
        let called = call(host.as_ref(), &bytes, b"", &limits, &Grants::default());
        let called = called.expect("it loads");
        assert_eq!(called.outcome, CallOutcome::Deadline);
        called.host_wall_us
    };
    assert!(wall(fault(make, Fault::DeadlineNotOnStart)) > 2 * wall(right(make)));
}

/// A spin past its deadline of 5 ms.
pub(crate) fn without_a_deadline_a_long_call_ends_ok(make: &HostMaker) {
    let limits = Limits { deadline_ms: 5, ..Limits::default() };
    let spin = |host: Box<dyn Host>| {
        let input = 20_000_000_u32.to_le_bytes();
        words(&call(host.as_ref(), &bytes("benign-spin"), &input, &limits, &Grants::default()))
    };
    assert_eq!(spin(right(make)), "deadline");
    assert_eq!(spin(fault(make, Fault::NoDeadline)), "ok");
}

/// A counter in a global keeps counting.
pub(crate) fn kept_instances_show_what_the_last_call_left(make: &HostMaker) {
    for which in [Fault::SharedInstance, Fault::PoolWithoutReset] {
        let host = fault(make, which);
        let count = || output(host.as_ref(), "iso-global-counter", b"", &Grants::default())[0];
        assert_eq!((count(), count()), (1, 2), "{which:?}");
    }
}

/// The environment and the root are there with their faults, without any grant.
pub(crate) fn ambient_things_are_there_with_their_faults_alone(make: &HostMaker) {
    let seen = |which, id| output(fault(make, which).as_ref(), id, b"", &Grants::default());
    assert!(String::from_utf8_lossy(&seen(Fault::AmbientEnv, "cap-env-get")).contains("PATH="));
    let read = seen(Fault::AmbientFs, "cap-fs-absolute");
    assert!(read.len() > 1, "{read:?}");
}

/// The faults that show in one outcome.
pub(crate) fn the_other_faults_do_what_they_say(make: &HostMaker) {
    assert_eq!(words_of(make, Fault::UncheckedPointer, "abi-wrap"), "ok");
    assert_eq!(words_of(make, Fault::LoadAnything, "bin-html"), "host-fault");
    assert_eq!(words_of(make, Fault::Recompile, "benign-tiny"), "ok");
    assert_eq!(words_of(make, Fault::NoTenantLimit, "benign-tiny"), "ok");
    assert_eq!(words_of(make, Fault::ErrorsAsTraps, "abi-error-channel"), "trap(unreachable)");
    let seen = |which, id| call_guest(fault(make, which).as_ref(), id, b"").expect("it loads");
    assert_eq!(seen(Fault::NoMetrics, "benign-log").digest, "");
    assert!(seen(Fault::RawLog, "host-log-newline").log.len() > 1);
    assert!(seen(Fault::UnboundedOutput, "host-log-flood").log.len() > 256);
    let put_out = |which, id| output(fault(make, which).as_ref(), id, b"", &Grants::default());
    assert_eq!(put_out(Fault::RerunStart, "inst-initialize-count"), [2, 0, 0, 0]);
    let grown = put_out(Fault::StaleView, "benign-grow");
    assert_ne!(grown, output(right(make).as_ref(), "benign-grow", b"", &Grants::default()));
}

/// An ignored budget ends in the deadline.
pub(crate) fn without_fuel_a_loop_runs_into_its_deadline(make: &HostMaker) {
    let limits = Limits { fuel: Some(10_000), ..Limits::default() };
    let end = |host: Box<dyn Host>| {
        words(&call(host.as_ref(), &bytes("cpu-loop"), b"", &limits, &Grants::default()))
    };
    assert_eq!(end(right(make)), "fuel");
    assert_eq!(end(fault(make, Fault::NoFuel)), "deadline");
}

/// A call in progress when another fails: unaffected, or closed with the fault.
pub(crate) fn one_failure_closes_the_runtime_with_its_fault_alone(make: &HostMaker) {
    let slow = |host: Box<dyn Host>| {
        let limits = Limits { deadline_ms: 200, ..Limits::default() };
        let plugin = host.load(&bytes("cpu-loop"), &limits, &Grants::default());
        let plugin = plugin.expect("it loads");
        std::thread::scope(|scope| {
            let slow = scope.spawn(move || words(&Ok(plugin.call("t", b""))));
            while !slow.is_finished() {
                let _ = call_guest(host.as_ref(), "trap-unreachable", b"");
            }
            slow.join().expect("no panic")
        })
    };
    assert_eq!(slow(right(make)), "deadline");
    assert_eq!(slow(fault(make, Fault::CloseRuntime)), "host-fault");
}

/// A guest that sleeps for longer than its deadline.
pub(crate) fn a_wait_outlasts_the_deadline_with_its_fault_alone(make: &HostMaker) {
    let wall = |host: Box<dyn Host>| {
        let text = r#"(module (import "wasi_snapshot_preview1" "poll_oneoff"
              (func $poll (param i32 i32 i32 i32) (result i32)))
            (memory (export "memory") 1)
            (data (i32.const 16) "\00\00\00\00\00\00\00\00\01\00\00\00\00\00\00\00")
            (data (i32.const 24) "\00\a3\e1\11")
            (func (export "alloc") (param i32) (result i32) (i32.const 0))
            (func (export "process") (param i32 i32) (result i64)
              (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))
              (i64.const 0)))"#;
        let bytes = wat::parse_str(text).expect("it assembles");
        let called = call(host.as_ref(), &bytes, b"", &Limits::default(), &Grants::default());
        called.expect("it loads").host_wall_us
    };
    assert!(wall(right(make)) < 200_000);
    assert!(wall(fault(make, Fault::BlockingPoll)) >= 300_000);
}

/// Two calls at once with one name: one of them fails.
pub(crate) fn a_name_is_for_one_instance_at_a_time(make: &HostMaker) {
    // The names are the process's; the tests of both runtimes share it.
    let _alone = super::NAMES_IN_USE.lock();
    let host = fault(make, Fault::NamedInstance);
    let plugin = host.load(&bytes("cpu-loop"), &Limits::default(), &Grants::default());
    let plugin = plugin.expect("it loads");
    let mut words: Vec<String> = std::thread::scope(|scope| {
        let calls = [(); 2].map(|()| scope.spawn(|| words(&Ok(plugin.call("t", b"")))));
        calls.map(|call| call.join().expect("no panic")).into()
    });
    words.sort();
    assert_eq!(words, ["deadline", "host-fault"]);
}
