//! Trials that every embedded host must pass, for the tests of each.

pub mod faults;

use std::time::Duration;

use hostile_guests::{Contained, Guest, Tier, find};
use wasm_gauntlet_model::call::{CallOutcome, Called, Rejection};
use wasm_gauntlet_model::limits::{Grants, Limits};

use super::fixture::{CANARY, HELLO};
use crate::host::Host;

/// A deadline for tests about something else, so that only a hang meets it. In a debug build next
/// to 25 busy processes on two cores, an interpreter took more than 2 s for work of 15 ms.
const DEADLINE_ROOMY_MS: u64 = 60_000;
/// The default.
const DEADLINE: Duration = Duration::from_millis(50);

/// Allowance for scheduling on a loaded machine, and for one host function in a debug build
/// (measured 0.5 s for a write of 2^16 empty ranges). A host that never stops a guest takes
/// minutes.
const GRACE: Duration = Duration::from_millis(2000);

/// The outcome of a load and a call in the words of the guests.
pub fn words(called: &Result<Called, Rejection>) -> String {
    match called {
        Err(rejection) => format!("rejected({})", rejection.stage.word()),
        Ok(called) => match &called.outcome {
            CallOutcome::Trap { kind } => format!("trap({})", kind.word()),
            CallOutcome::Rejected(rejection) => format!("rejected({})", rejection.stage.word()),
            other => other.word().to_owned(),
        },
    }
}

/// Load and call once.
pub fn call(
    host: &dyn Host,
    bytes: &[u8],
    input: &[u8],
    limits: &Limits,
    grants: &Grants,
) -> Result<Called, Rejection> {
    Ok(host.load(bytes, limits, grants)?.call("tenant", input))
}

/// Load and call a guest of the catalogue, by default limits, without grants.
pub(crate) fn call_guest(host: &dyn Host, id: &str, input: &[u8]) -> Result<Called, Rejection> {
    call(host, &bytes(id), input, &Limits::default(), &Grants::default())
}

/// The output of a guest that must end `ok`.
pub fn output(host: &dyn Host, id: &str, input: &[u8], grants: &Grants) -> Vec<u8> {
    let called = call(host, &bytes(id), input, &roomy(), grants);
    match called.map(|called| called.outcome) {
        Ok(CallOutcome::Ok { output }) => output,
        other => panic!("{id}: {other:?}"),
    }
}

/// The bytes of a guest of the catalogue.
pub fn bytes(id: &str) -> Vec<u8> {
    find(id).expect("the guest is there").bytes(&[]).expect("it assembles")
}

/// Every guest of the core tier is contained in time, and the next benign call is served normally.
pub(crate) fn every_guest_is_contained(host: &dyn Host) {
    let core = hostile_guests::all().iter().filter(|guest| guest.tier == Tier::Core);
    let mut complaints = Vec::new();
    for guest in core {
        let called = contain(host, guest);
        let words = words(&called);
        if !guest.contained_if.iter().any(|contained| contained.to_string() == words) {
            complaints.push(format!("{}: {words} {called:?}", guest.id));
        }
        let wall = called.map_or(0, |called| called.host_wall_us);
        if may_run_out(guest) && Duration::from_micros(wall) > DEADLINE + GRACE {
            complaints.push(format!("{}: took {wall} us", guest.id));
        }
        assert_eq!(output(host, "benign-tiny", b"", &Grants::default()), b"tiny", "{}", guest.id);
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

fn may_run_out(guest: &Guest) -> bool {
    guest.contained_if.contains(&Contained::Deadline)
}

fn roomy() -> Limits {
    Limits { deadline_ms: DEADLINE_ROOMY_MS, ..Limits::default() }
}

fn contain(host: &dyn Host, guest: &Guest) -> Result<Called, Rejection> {
    // `benign-spin` and its like take a count from the input; 1000 is a count and a text.
    let bytes = guest.bytes(&[]).expect("it assembles");
    let grants = Grants { files: true, ..Grants::default() };
    let limits = if may_run_out(guest) { Limits::default() } else { roomy() };
    call(host, &bytes, &1000_u32.to_le_bytes(), &limits, &grants)
}

/// Each capability is absent without its grant and present with it.
pub(crate) fn grants_are_exact(host: &dyn Host) {
    let none = Grants::default();
    let twice = |id: &str, grants: &Grants| {
        std::thread::sleep(Duration::from_millis(2));
        (output(host, id, b"", grants), output(host, id, b"", grants))
    };
    let clock = Grants { clock: true, ..Grants::default() };
    let random = Grants { random: true, ..Grants::default() };
    let (first, second) = twice("cap-clock", &none);
    assert_eq!(first, second, "the virtual wall clock is fixed");
    let (first, second) = twice("cap-clock", &clock);
    assert_ne!(first, second, "the real wall clock advances");
    let (first, second) = twice("cap-random", &none);
    assert_eq!(first, second, "virtual randomness is the same in every instance");
    let (first, second) = twice("cap-random", &random);
    assert_ne!(first, second, "real randomness is not");
    environment(host);
    files(host);
}

fn environment(host: &dyn Host) {
    let granted = Grants {
        env: [("GRANTED".to_owned(), "yes".to_owned())].into(),
        args: vec!["one".to_owned()],
        ..Grants::default()
    };
    let shown = |id: &str, grants: &Grants| {
        String::from_utf8_lossy(&output(host, id, b"", grants)).into_owned()
    };
    assert!(shown("cap-env-get", &granted).contains("GRANTED=yes"));
    assert!(!shown("cap-env-get", &granted).contains("PATH="));
    assert!(!shown("cap-env-get", &Grants::default()).contains('='));
    assert!(shown("cap-args-get", &granted).contains("one"));
}

fn files(host: &dyn Host) {
    let granted = Grants { files: true, ..Grants::default() };
    let hello = output(host, "cap-fs-hello", b"", &granted);
    assert_eq!((hello[0], &hello[1..]), (0, HELLO.as_bytes()));
    assert_ne!(output(host, "cap-fs-hello", b"", &Grants::default())[0], 0);
    for id in ["cap-fs-symlink", "cap-fs-dotdot", "cap-fs-absolute"] {
        let seen = output(host, id, b"", &granted);
        assert!(!String::from_utf8_lossy(&seen).contains(&CANARY[..6]), "{id} read the canary");
        assert_eq!(seen.len(), 1, "{id} read something: {seen:?}");
    }
}

/// Logs are one line a record, tagged, bounded; standard streams go there too.
pub(crate) fn logs_are_tame(host: &dyn Host) {
    let logged =
        |bytes: &[u8]| call(host, bytes, b"", &roomy(), &Grants::default()).expect("it loads");
    let log = |id: &str| logged(&bytes(id));
    for id in ["host-log-newline", "host-log-ansi", "host-log-nonutf8", "benign-stdout"] {
        let lines = log(id).log;
        assert_eq!(lines.len(), 1, "{id}: {lines:?}");
        assert!(lines.iter().all(|line| line.tenant == "tenant"));
        assert!(!lines[0].text.chars().any(char::is_control), "{id}: {lines:?}");
    }
    // A million records, as many as usual, take a debug build past any deadline.
    let flood = hostile_guests::find("host-log-flood").expect("it is there");
    let flood = logged(&flood.bytes(&[("count", "1000")]).expect("it assembles"));
    assert_eq!(flood.log.len(), 256);
    assert!(flood.log_lines_dropped > 100);
    // A control character is escaped whole or not at all, so a few bytes may be left over.
    assert!((4086..=4096).contains(&log("host-log-huge").log[0].text.len()));
}

/// Instances are new: no call sees another's globals, memory, tables or segments.
pub(crate) fn instances_are_fresh(host: &dyn Host) {
    for id in ["iso-global-counter", "iso-memory-canary", "iso-table-mutate", "iso-grow-persists"] {
        let first = output(host, id, b"canary", &Grants::default());
        assert_eq!(output(host, id, b"canary", &Grants::default()), first, "{id}");
    }
}

/// Fuel is deterministic, its end has its own outcome, and the deadline still holds.
pub(crate) fn fuel_is_an_outcome_of_its_own(host: &dyn Host) {
    let within = |deadline_ms: u64, fuel: u64, id: &str| {
        let limits = Limits { fuel: Some(fuel), deadline_ms, ..roomy() };
        call(host, &bytes(id), &2000_u32.to_le_bytes(), &limits, &Grants::default())
            .expect("it loads")
    };
    let fuel = |fuel: u64, id: &str| within(roomy().deadline_ms, fuel, id);
    let [first, second] = [fuel(10_000_000, "benign-spin"), fuel(10_000_000, "benign-spin")];
    assert_eq!(first.outcome.word(), "ok");
    assert_eq!(first.fuel_used, second.fuel_used);
    let needed = first.fuel_used.expect("fuel is counted");
    assert!(needed > 2000, "{needed}");
    assert_eq!(fuel(needed, "benign-spin").outcome.word(), "ok");
    // Engines look at the budget at loops and calls, so the last few units are not exact.
    assert_eq!(fuel(needed - 100, "benign-spin").outcome, CallOutcome::Fuel);
    assert_eq!(fuel(50_000, "cpu-loop").outcome, CallOutcome::Fuel);
    assert_eq!(within(100, u64::MAX, "cpu-loop").outcome, CallOutcome::Deadline);
}

/// A guest that fails because a growth was denied ends at its cap. A guest that makes an absurd
/// request does not.
pub(crate) fn the_cap_needs_evidence(host: &dyn Host) {
    let dies = |grow: &str| {
        let text = format!(
            r#"(module (memory (export "memory") 1)
            (func (export "alloc") (param i32) (result i32) (i32.const 0))
            (func (export "process") (param i32 i32) (result i64) {grow} (unreachable)))"#
        );
        let bytes = wat::parse_str(text).expect("it assembles");
        call(host, &bytes, b"", &roomy(), &Grants::default()).expect("it loads").outcome
    };
    let until_refused = "(loop $m (br_if $m (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))";
    assert_eq!(dies(until_refused).word(), "memory-cap");
    assert_eq!(dies("(drop (memory.grow (i32.const 65535)))").word(), "trap");
    assert_eq!(dies("").word(), "trap");
}

/// Each trial as a test of one runtime; `make` makes its hosts.
macro_rules! stands_every_trial {
    ($make:ident) => {
        trial::stands_every_trial! { $make right:
            every_guest_is_contained, grants_are_exact, logs_are_tame, instances_are_fresh,
            fuel_is_an_outcome_of_its_own, the_cap_needs_evidence,
        }
        trial::stands_every_trial! { $make faulty:
            caps_are_lifted_by_their_faults,
            a_deadline_that_is_not_on_start_leaves_start_alone,
            without_a_deadline_a_long_call_ends_ok,
            kept_instances_show_what_the_last_call_left,
            ambient_things_are_there_with_their_faults_alone,
            the_other_faults_do_what_they_say,
            without_fuel_a_loop_runs_into_its_deadline,
            one_failure_closes_the_runtime_with_its_fault_alone,
            a_wait_outlasts_the_deadline_with_its_fault_alone,
            a_name_is_for_one_instance_at_a_time,
        }
    };
    ($make:ident right: $($name:ident,)+) => {
        $(#[test] fn $name() { trial::$name($make(HostFaults::default()).as_ref()); })+
    };
    ($make:ident faulty: $($name:ident,)+) => {
        $(#[test] fn $name() { trial::faults::$name(&$make); })+
    };
}
pub(crate) use stands_every_trial;

/// Held by tests that use the process-wide names of `named-instance`.
pub(crate) static NAMES_IN_USE: std::sync::Mutex<()> = std::sync::Mutex::new(());
