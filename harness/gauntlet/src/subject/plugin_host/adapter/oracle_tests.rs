//! A host's process is watched from outside, with real processes that leak, use processor time,
//! stop and are killed.

use std::time::Duration;

use wasm_gauntlet_host::process::launch::Launch;
use wasm_gauntlet_host::worker::parent::supervised::{Supervised, WaitLimits};
use wasm_gauntlet_host::worker::parent::work::Lost;
use wasm_gauntlet_model::action::{Action, Call, Input};
use wasm_gauntlet_model::call::CallOutcome;
use wasm_gauntlet_model::fault::Fault;
use wasm_gauntlet_model::limits::Limits;
use wasm_gauntlet_model::observation::{Observation, Value};

use super::Adapter;
use super::test_rig::{call, good_until_call, module, supervised, words, worker};
use crate::subject::Subject;
use crate::subject::plugin_host::actions::module::{Source, catalogue};

/// Steps of `benign-spin` that take at least a tenth of a second, however fast the machine is.
const STEPS: u32 = 60_000_000;

fn calls(launch: Launch, source: Box<Source>, guest: &str, times: u32) -> Observation {
    let adapter = Adapter::new("host", launch, source);
    let mut session = adapter.open(1).expect("nothing is started yet");
    let call = Call {
        input: Input::Bytes(STEPS.to_le_bytes().to_vec()),
        times,
        limits: Limits { deadline_ms: 60_000, ..Limits::default() },
        ..Call::usual(guest, "a")
    };
    session.perform("calls", &Action::Call(call)).expect("it can be called")
}

fn number(seen: &Observation, field: &str) -> i64 {
    match seen.facts.get(field) {
        Some(Value::Int(number)) => *number,
        other => panic!("{field}: {other:?}"),
    }
}

#[test]
fn what_a_call_leaves_behind_is_counted_from_outside() {
    for (faults, threads, descriptors) in [
        (&[][..], 0..9, 0..9),
        (&[Fault::LeakThread], 60..80, 0..9),
        (&[Fault::LeakDescriptor], 0..9, 60..80),
    ] {
        let seen = calls(worker("wasmi", faults), Box::new(catalogue), "benign-echo", 60);
        let (more, open) = (number(&seen, "threads-grown"), number(&seen, "descriptors-grown"));
        assert!(threads.contains(&more), "{faults:?}: {more} threads");
        assert!(descriptors.contains(&open), "{faults:?}: {open} descriptors");
        let told = seen.evidence.iter().find(|piece| piece.what == "host process");
        assert!(told.is_some_and(|told| told.text.contains("threads +")), "{told:?}");
    }
}

#[test]
fn processor_time_is_that_of_the_host() {
    let spun = calls(words(), Box::new(module), "benign-spin", 1);
    let slept = calls(words(), Box::new(module), "sleep 300", 1);
    let (spun, slept) = (number(&spun, "processor-ms"), number(&slept, "processor-ms"));
    assert!(spun > slept + 50 && slept < 100, "{spun} ms and {slept} ms");
}

/// A stopped process neither reads, writes nor ends. The watch goes on, because our process keeps
/// it.
#[test]
fn the_watch_cannot_be_stalled_by_what_is_watched() {
    let patience = WaitLimits { call: Duration::from_millis(700), ..WaitLimits::default() };
    let host = Supervised::new(good_until_call("kill -STOP $$; sleep 60"), patience);
    let timed = call(&host, "echo");
    assert_eq!(timed.lost, Some(Lost::Hung), "{timed:?}");
    let looks = host.peek().expect("it ran").looks();
    assert!(looks >= 3, "{looks} looks in 750 ms, of which each takes 50");
}

#[test]
fn each_signal_is_told_and_the_next_call_is_answered() {
    let patient = WaitLimits { call: Duration::from_secs(25), ..WaitLimits::default() };
    for (then, name) in [
        ("kill -SEGV $$", "SIGSEGV"),
        ("kill -ABRT $$", "SIGABRT"),
        ("kill -BUS $$", "SIGBUS"),
        // What the kernel does where memory runs out.
        ("kill -KILL $$", "SIGKILL"),
        ("ulimit -S -t 1; while :; do :; done", "SIGXCPU"),
    ] {
        let host = Supervised::new(good_until_call(then), patient);
        for started in 1..=2 {
            let timed = call(&host, "echo");
            let CallOutcome::HostFault { signal, .. } = &timed.called.outcome else {
                panic!("{then}: {timed:?}")
            };
            assert_eq!((signal.as_deref(), timed.lost), (Some(name), Some(Lost::Died)), "{then}");
            assert_eq!(host.started(), started, "{then}: each call finds a process");
        }
    }
}

#[test]
fn a_host_that_passes_its_memory_limit_is_told_and_the_next_call_is_answered() {
    let host = supervised(words());
    let timed = call(&host, "allocate 8000");
    let CallOutcome::HostFault { detail, signal } = &timed.called.outcome else {
        panic!("{timed:?}")
    };
    assert_eq!(signal.as_deref(), Some("SIGABRT"), "{detail}");
    assert!(detail.contains("memory allocation"), "{detail}");
    assert_eq!(call(&host, "echo").called.outcome.word(), "ok");
}
