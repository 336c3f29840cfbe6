use wasm_gauntlet_model::action::{
    Action, Call, Compare, Fetch, Input, Method, NoisyNeighbour, Special,
};
use wasm_gauntlet_model::limits::Limits;
use wasm_gauntlet_model::observation::{Observation, Value};

use crate::subject::plugin_host::actions::lateness;
use crate::subject::plugin_host::adapter::Adapter;
use crate::subject::plugin_host::adapter::test_rig::{module, words};
use crate::subject::{Inability, Subject};

fn adapter() -> Adapter {
    Adapter::new("words", words(), Box::new(module))
}

fn once(guest: &str) -> Call {
    Call::usual(guest, "a")
}

fn perform(action: &Action) -> Result<Observation, Inability> {
    let adapter = adapter();
    let mut session = adapter.open(7).expect("nothing is started yet");
    session.perform("step", action)
}

fn seen(call: Call) -> impl Fn(&str) -> Value {
    let observation = perform(&Action::Call(call)).expect("it can be called");
    assert!(observation.evidence.iter().any(|piece| piece.what == "guest"));
    move |field| {
        let unknown = || panic!("nobody looked at {field}: {observation:?}");
        observation.facts.get(field).cloned().unwrap_or_else(unknown)
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn high(value: &Value) -> f64 {
    match value {
        Value::Interval { high, .. } => *high,
        other => panic!("{other:?} is no interval"),
    }
}

fn float(value: &Value) -> f64 {
    match value {
        Value::Float(number) => *number,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_echo_fills_every_field() {
    let field = seen(once("echo"));
    assert_eq!(field("outcome"), text("ok"));
    assert_eq!(field("output"), text("ping"));
    assert_eq!(field("output-hex"), text("70696e67"));
    assert_eq!(field("output-u32"), Value::Int(0x676e_6970));
    assert_eq!(field("echoes"), Value::Bool(true));
    assert_eq!(field("host-alive"), Value::Bool(true));
    assert_eq!(field("digest-right"), Value::Bool(true));
    assert_eq!(field("overrun-ms"), Value::Interval { low: 0.0, high: 0.0 });
    for absent in ["trap", "stage", "reason", "code", "stopped-by", "log-attributed"] {
        assert_eq!(field(absent), Value::Absent, "{absent}");
    }
}

#[test]
fn a_log_line_of_another_tenant_is_seen() {
    let field = seen(once("log"));
    assert_eq!(field("log"), Value::Texts(vec!["hello".to_owned(), "there".to_owned()]));
    assert_eq!(field("log-attributed"), Value::Bool(false));
}

#[test]
fn one_good_call_among_several_is_not_all_of_them() {
    for at_once in [false, true] {
        let field = seen(Call { times: 6, at_once, ..once("alternate") });
        assert_eq!(field("outcome"), text("mixed"));
        assert_eq!(field("outcomes"), Value::Texts(vec!["ok".to_owned(), "trap".to_owned()]));
        assert_eq!(field("outputs-distinct"), Value::Int(1));
        assert_eq!(field("trap"), text("unreachable"));
    }
}

#[test]
fn a_death_among_several_is_what_is_told() {
    let field = seen(Call { times: 3, at_once: true, ..once("abort") });
    assert_eq!(field("outcome"), text("host-fault"));
    assert_eq!(field("host-alive"), Value::Bool(false));
    assert_eq!(field("digest"), Value::Absent);
}

#[test]
fn a_deadline_is_timed_from_outside() {
    let late =
        seen(Call { limits: Limits { deadline_ms: 5, ..Limits::default() }, ..once("sleep 80") });
    let overrun = high(&late("overrun-ms"));
    assert!((74.0..700.0).contains(&overrun), "{overrun}");
    assert_eq!(late("stopped-by"), Value::Absent);
    let held = seen(once("deadline"));
    assert_eq!((held("outcome"), held("stopped-by")), (text("deadline"), text("host")));
    let hung = seen(once("sleep 60000"));
    assert_eq!((hung("outcome"), hung("stopped-by")), (text("host-fault"), text("watchdog")));
    assert!(high(&hung("overrun-ms")) >= 2000.0);
}

#[test]
fn memory_is_seen_from_outside() {
    let peak = |guest: &str| float(&seen(once(guest))("host-peak-mib"));
    let (little, much) = (peak("echo"), peak("allocate 96"));
    assert!(little < 8.0, "{little}");
    assert!((96.0..120.0).contains(&much), "{much}");
}

#[test]
fn a_load_alone_calls_nothing() {
    let loaded = seen(Call { load_only: true, ..once("abort") });
    assert_eq!((loaded("outcome"), loaded("host-alive")), (text("ok"), Value::Bool(true)));
    for load_only in [true, false] {
        let refused = seen(Call { load_only, ..once("refuse") });
        assert_eq!((refused("outcome"), refused("stage")), (text("rejected"), text("import")));
        assert_eq!(refused("reason"), text("gojs.runtime"));
        assert_eq!(refused("overrun-ms"), Value::Interval { low: 0.0, high: 0.0 });
    }
}

#[test]
fn work_of_so_many_milliseconds_takes_about_so_long() {
    lateness::unless_busy(|| {
        let field = seen(Call {
            input: Input::SpinMs(20),
            limits: Limits { deadline_ms: 1000, ..Limits::default() },
            ..once("benign-spin")
        });
        let wall = float(&field("wall-ms"));
        assert!((8.0..200.0).contains(&wall), "{wall}");
    });
}

#[test]
fn a_slow_guest_beside_a_quick_one_has_a_ratio_above_one() {
    lateness::unless_busy(|| {
        let compare = Compare {
            guest: "sleep 8".to_owned(),
            control: "echo".to_owned(),
            pairs: 15,
            limits: Limits::default(),
        };
        let observation = perform(&Action::Compare(compare)).expect("it can be timed");
        let Some(Value::Interval { low, high }) = observation.facts.get("ratio") else {
            panic!("{observation:?}")
        };
        assert!(*low > 2.0 && high >= low, "{low} {high}");
        assert_eq!(observation.facts.get("pairs"), Some(&Value::Int(15)));
    });
}

fn neighbour(noise: &str) -> Observation {
    let neighbour = NoisyNeighbour {
        polite_ms: 1,
        polite_tenants: 2,
        polite_per_s: 40,
        noise: noise.to_owned(),
        noise_at_once: 4,
        phase_ms: 1000,
        rounds: 2,
        floor_ms: 1,
        // At the truth, so that one round is not enough.
        factor: 1.0,
        limits: Limits::default(),
    };
    perform(&Action::NoisyNeighbour(neighbour)).expect("it can be played")
}

#[test]
fn a_noisy_neighbour_step_counts_what_it_planned() {
    let observation = neighbour("burn");
    let facts = &observation.facts;
    assert_eq!(facts.get("samples"), Some(&Value::Int(2 * 40 * 2 * 2)), "{observation:?}");
    assert_eq!(facts.get("polite-failures"), Some(&Value::Texts(vec![])));
    assert_eq!(facts.get("rounds"), Some(&Value::Int(2)));
    assert!(matches!(facts.get("noise-ran"), Some(Value::Int(20..))), "{observation:?}");
    assert!(matches!(facts.get("p99-ratio"), Some(Value::Interval { .. })), "{observation:?}");
}

#[test]
fn noise_that_never_came_measures_nothing() {
    assert!(neighbour("refuse").facts.is_empty());
}

#[test]
fn a_host_has_no_pages() {
    let fetch = Fetch {
        method: Method::Get,
        url: "http://127.0.0.1/".to_owned(),
        accept_encoding: None,
        revalidates: None,
        one_off: None,
        special: Special::default(),
    };
    assert!(perform(&Action::Fetch(fetch)).is_err());
}

#[test]
fn a_worker_is_kept_unless_anything_hostile_ran() {
    let adapter = adapter();
    let pid = |guests: &[&str]| {
        let mut session = adapter.open(1).expect("nothing is started yet");
        for guest in guests {
            session.perform("s", &Action::Call(once(guest))).expect("it can be called");
        }
        drop(session);
        adapter.idle_pids()
    };
    let kept = pid(&["echo"]);
    assert_eq!(kept.len(), 1);
    assert_eq!(pid(&["echo", "log"]), kept, "it serves again");
    assert_eq!(pid(&["allocate 1"]), kept, "a hostile guest had another");
    assert_eq!(pid(&["echo", "allocate 1"]), [], "it served a hostile guest");
}
