//! The catalogue against wasmtime in a confined worker, with all parts together.

use wasm_gauntlet_model::action::{Action, Call, Compare, Input, NoisyNeighbour};
use wasm_gauntlet_model::fault::Fault;
use wasm_gauntlet_model::limits::Limits;
use wasm_gauntlet_model::observation::{Observation, Value};
use wasm_gauntlet_model::profile::Need;

use super::adapter::test_rig::worker;
use super::adapter::{Adapter, GRACE_MS};
use crate::subject::plugin_host::actions::lateness;
use crate::subject::plugin_host::actions::module::catalogue;
use crate::subject::{Session, Subject};

fn wasmtime(faults: &[Fault]) -> Adapter {
    Adapter::new("wasmtime", worker("wasmtime", faults), Box::new(catalogue))
}

fn call(session: &mut dyn Session, guest: &str, with: impl FnOnce(&mut Call)) -> Observation {
    let mut call = Call::usual(guest, "a");
    with(&mut call);
    session.perform("step", &Action::Call(call)).expect("it can be called")
}

fn text(observation: &Observation, field: &str) -> String {
    match observation.facts.get(field) {
        Some(Value::Text(text)) => text.clone(),
        other => panic!("{field}: {other:?} in {observation:?}"),
    }
}

fn number(observation: &Observation, field: &str) -> f64 {
    match observation.facts.get(field) {
        Some(Value::Float(number)) => *number,
        Some(Value::Interval { low, .. }) => *low,
        other => panic!("{field}: {other:?} in {observation:?}"),
    }
}

#[test]
fn the_right_host_contains_and_serves_on() {
    let host = wasmtime(&[]);
    assert!(host.profile().expect("it answers").can(Need::HostWasi));
    let mut session = host.open(1).expect("nothing is started yet");
    for (guest, outcome) in [
        ("benign-echo", "ok"),
        ("cpu-loop", "deadline"),
        ("inst-start-loop", "deadline"),
        ("trap-unreachable", "trap"),
        ("shape-js-wasm", "rejected"),
        ("mem-grow-loop", "ok"),
        ("benign-echo", "ok"),
    ] {
        let seen = call(&mut *session, guest, |_| {});
        assert_eq!(text(&seen, "outcome"), outcome, "{guest}: {seen:?}");
        assert_eq!(seen.facts.get("host-alive"), Some(&Value::Bool(true)), "{guest}");
        let overrun = number(&seen, "overrun-ms");
        assert!(overrun <= 10.0 * f64::from(GRACE_MS), "{guest}: {overrun} ms");
    }
}

#[test]
fn its_faults_are_seen_from_outside() {
    let host = wasmtime(&[Fault::NoDeadline]);
    let mut session = host.open(1).expect("nothing is started yet");
    let seen = call(&mut *session, "cpu-loop", |_| {});
    assert_eq!(text(&seen, "outcome"), "host-fault");
    assert_eq!(text(&seen, "stopped-by"), "watchdog");

    let host = wasmtime(&[Fault::PanicOnTrap]);
    let mut session = host.open(1).expect("nothing is started yet");
    let seen = call(&mut *session, "trap-unreachable", |_| {});
    assert_eq!(seen.facts.get("host-alive"), Some(&Value::Bool(false)));
    let seen = call(&mut *session, "benign-echo", |_| {});
    assert_eq!(text(&seen, "outcome"), "ok", "another worker serves");

    let host = wasmtime(&[Fault::NoMemoryCap]);
    let mut session = host.open(1).expect("nothing is started yet");
    let seen = call(&mut *session, "mem-grow-touch", |call| call.limits.deadline_ms = 1000);
    let uncapped = number(&seen, "host-peak-mib");
    let host = wasmtime(&[]);
    let mut session = host.open(1).expect("nothing is started yet");
    let seen = call(&mut *session, "mem-grow-touch", |call| call.limits.deadline_ms = 1000);
    // Two pages of 4 KiB in each of 64 KiB are touched: 32 MiB of 256, against 2 of 16.
    assert!(uncapped > number(&seen, "host-peak-mib") + 20.0, "{uncapped} and {seen:?}");
}

#[test]
fn spinning_takes_as_long_as_it_should() {
    lateness::unless_busy(|| {
        let host = wasmtime(&[]);
        let mut session = host.open(1).expect("nothing is started yet");
        let seen = call(&mut *session, "benign-spin", |call| {
            call.input = Input::SpinMs(20);
            call.limits.deadline_ms = 1000;
        });
        assert_eq!(text(&seen, "outcome"), "ok");
        let wall = number(&seen, "wall-ms");
        assert!((10.0..200.0).contains(&wall), "{wall}");
    });
}

#[test]
fn compiling_anew_is_seen_in_the_pace() {
    lateness::unless_busy(|| {
        let median_ms = |faults: &[Fault]| {
            let compare = Compare {
                guest: "benign-dispatch".to_owned(),
                control: "benign-tiny".to_owned(),
                pairs: 20,
                limits: Limits { deadline_ms: 1000, ..Limits::default() },
            };
            let host = wasmtime(faults);
            let mut session = host.open(1).expect("nothing is started yet");
            let seen = session.perform("step", &Action::Compare(compare)).expect("it can be timed");
            assert_eq!(seen.facts.get("pairs"), Some(&Value::Int(20)), "{seen:?}");
            assert!(number(&seen, "first-ms") > number(&seen, "subject-p50-ms"), "{seen:?}");
            number(&seen, "subject-p50-ms")
        };
        let (right, wrong) = (median_ms(&[]), median_ms(&[Fault::Recompile]));
        assert!(right * 3.0 < wrong, "{right} ms against {wrong} ms");
    });
}

#[test]
fn noise_is_held_off_by_a_limit_of_calls() {
    lateness::unless_busy(|| {
        let neighbour = |faults: &[Fault]| {
            let neighbour = NoisyNeighbour {
                polite_ms: 4,
                polite_tenants: 2,
                polite_per_s: 15,
                noise: "noise-cpu".to_owned(),
                noise_at_once: 16,
                phase_ms: 1000,
                rounds: 3,
                floor_ms: 10,
                factor: 1.0,
                limits: Limits::default(),
            };
            let host = wasmtime(faults);
            let mut session = host.open(1).expect("nothing is started yet");
            session.perform("step", &Action::NoisyNeighbour(neighbour)).expect("it can be played")
        };
        let seen = neighbour(&[]);
        assert!(matches!(seen.facts.get("noise-busy"), Some(Value::Int(1..))), "{seen:?}");
        let unlimited = neighbour(&[Fault::NoTenantLimit]);
        assert_eq!(unlimited.facts.get("noise-busy"), Some(&Value::Int(0)), "{unlimited:?}");
        let p99 = |seen: &Observation| number(seen, "p99-beside-ms");
        assert!(p99(&unlimited) > p99(&seen), "{unlimited:?} against {seen:?}");
    });
}
