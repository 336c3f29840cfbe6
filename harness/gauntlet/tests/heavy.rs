//! The heavy tier with the real binary. The test tries its isolation. One guest that takes
//! gigabytes to compile gives a right verdict on each embedded runtime.
//!
//! With `GAUNTLET_HEAVY=1`, set by `ci/heavy.sh`, every heavy guest runs on every embedded runtime.
//! What contained it must be what `reports/heavy.md` says; `UPDATE_HEAVY=1` rewrites the report.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use gauntlet::static_limits::StaticLimits;
use gauntlet::subject::plugin_host::actions::module;
use hostile_guests::{Guest, Tier};
use wasm_gauntlet_host::isolation;
use wasm_gauntlet_host::process::confine::Confinement;
use wasm_gauntlet_host::process::launch::Launch;
use wasm_gauntlet_host::worker::parent::supervised::{Supervised, WaitLimits};
use wasm_gauntlet_host::worker::parent::work::{Lost, Timed, Work};
use wasm_gauntlet_model::call::CallOutcome;
use wasm_gauntlet_model::limits::{Grants, Limits};

const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../reports/heavy.md");

/// Grants of a scenario with files.
const GRANTED: Grants = Grants {
    env: std::collections::BTreeMap::new(),
    args: Vec::new(),
    files: true,
    clock: false,
    random: false,
};

fn gauntlet(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gauntlet"));
    command.args(arguments).stdin(Stdio::null()).output().expect("the binary starts")
}

#[test]
fn limits_that_hold_are_seen_to_hold_and_those_that_are_not_set_are_not() {
    let program = Path::new(env!("CARGO_BIN_EXE_gauntlet"));
    let broken = isolation::broken(program).expect("children can be started");
    assert_eq!(broken, Vec::<&str>::new());
    for word in isolation::words() {
        // This child has only the limits of the test process, so nothing stops it.
        let gone_past = gauntlet(&["worker", "--runtime", "none", "--exceed", word]);
        assert_eq!(gone_past.status.code(), Some(0), "{word}: {gone_past:?}");
    }
    let none = gauntlet(&["worker", "--runtime", "none", "--exceed", "patience"]);
    assert_eq!(none.status.code(), Some(4), "{none:?}");
    let shell = isolation::broken(Path::new("/bin/false"));
    assert!(shell.is_err(), "a program that tries nothing shows nothing: {shell:?}");
}

/// One scenario with one heavy guest: 17 GB to compile, 13 KB long.
const SCENARIO: &str = r#"
incident: host/heavy-sample
claim: A module that takes gigabytes to compile is refused
severity: critical
faults: [no-compile-limits]
playbook:
  symptom: a sample
  first-check: a sample
  cause: a sample
  fix: { any: a sample }
  see: [hostile-guests/FACTS.md#compile-bombs]
needs: [host/call]
matrix:
  hostile: { guests: [cb-mild-locals], heavy: [cb-multival] }
steps:
  - load: { guest: "{hostile}" }
    as: load
  - call: { guest: benign-echo }
    as: after
expect:
  - load.contained: true
  - after.outcome: ok
"#;

#[test]
fn a_heavy_guest_is_tried_with_its_tier_alone_and_contained() {
    let folder = tempfile::tempdir().expect("a folder");
    let scenarios = folder.path().join("scenarios");
    std::fs::create_dir(&scenarios).expect("a folder");
    std::fs::write(scenarios.join("sample.yaml"), SCENARIO).expect("it is written");
    let run = |tier: &str| {
        let out = folder.path().join(tier);
        let ran = gauntlet(&[
            "run",
            "--runtime=wasmtime",
            "--runtime=wasmi",
            "--tier",
            tier,
            "--scenarios",
            &scenarios.display().to_string(),
            "--out",
            &out.display().to_string(),
        ]);
        assert_eq!(ran.status.code(), Some(0), "{ran:?}");
        let journal = std::fs::read_to_string(out.join("journal.jsonl")).expect("a journal");
        journal.lines().filter(|line| line.contains("hostile=cb-multival")).count()
    };
    assert_eq!((run("core"), run("heavy")), (0, 2));
}

/// What contained the guest: the runtime or its host, the compiling process, a limit on the
/// process, or our watchdog.
fn contained(timed: &Timed) -> String {
    match (&timed.called.outcome, timed.lost) {
        (_, Some(Lost::Hung)) => "watchdog".to_owned(),
        (CallOutcome::HostFault { signal: Some(signal), .. }, _) => format!("rlimit({signal})"),
        (CallOutcome::Rejected(rejection), _) => format!("rejected({})", rejection.stage.word()),
        (CallOutcome::Deadline | CallOutcome::Fuel, _) => {
            timed.called.stopped_by.clone().unwrap_or_else(|| "deadline".to_owned())
        }
        (other, _) => other.word().to_owned(),
    }
}

/// The result on each runtime with the recommended static limits, and without static limits.
fn cells(guest: &str) -> [String; 4] {
    let module = module::catalogue(guest, &[]).expect("it is made");
    let files = guest.starts_with("fs-");
    let grants = if files { GRANTED } else { Grants::default() };
    let columns = [
        ("wasmtime", StaticLimits::recommended()),
        ("wasmi", StaticLimits::recommended()),
        ("wasmtime", StaticLimits::none()),
        ("wasmi", StaticLimits::none()),
    ];
    columns.map(|(runtime, static_limits)| {
        let limits = Limits { static_limits, ..Limits::default() };
        let (input, grants) = (b"", &grants);
        let work = Work { module: &module, tenant: "t", input, limits: &limits, grants };
        let program = std::env::var_os("GAUNTLET").map(PathBuf::from);
        let program = program.unwrap_or_else(|| env!("CARGO_BIN_EXE_gauntlet").into());
        let launch = Launch::worker(program, runtime, &[]);
        let launch = Launch { confinement: Confinement::heavy(), ..launch };
        let timed = Supervised::new(launch, WaitLimits::default()).call(&work);
        contained(&timed.expect("a worker starts"))
    })
}

const HEAD: &str = "# What contains the heavy guests

Each in a worker of its own, under the limits of the heavy tier, by `tests/heavy.rs` with
`GAUNTLET_HEAVY=1`. `rejected` names the stage before any of its code ran; `ok` is a right answer
within all limits. Without static limits, who comes first is a matter of the machine:
`rejected(compile-budget)` is the process that compiles first, `rlimit` a limit on the worker with
the signal that told it, `watchdog` the harness after 30 s.

| guest | wasmtime | wasmi | wasmtime, no static limits | wasmi, no static limits |
|---|---|---|---|---|
";

/// The columns that do not depend on the machine.
fn steady(table: &str) -> Vec<Vec<String>> {
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| row.split('|').take(4).map(|cell| cell.trim().to_owned()).collect()).collect()
}

#[test]
fn every_heavy_guest_is_contained_by_what_the_report_says() {
    let wanted = std::env::var("GAUNTLET_HEAVY").is_ok_and(|value| value == "1");
    if !wanted {
        return;
    }
    let heavy = hostile_guests::all().iter().filter(|guest| guest.tier == Tier::Heavy);
    let row = |guest: &Guest| format!("| `{}` | {} |\n", guest.id, cells(&guest.id).join(" | "));
    let table = HEAD.to_owned() + &heavy.map(row).collect::<String>();
    if std::env::var_os("UPDATE_HEAVY").is_some() {
        std::fs::write(COMMITTED, table).expect("it is written");
        return;
    }
    let committed = std::fs::read_to_string(COMMITTED).expect("the report is committed");
    assert_eq!(steady(&table), steady(&committed), "UPDATE_HEAVY=1 rewrites it");
}
