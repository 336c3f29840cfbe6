//! A real host over HTTP. Endless guests take its workers for good, one by one.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::small_host::SmallHost;

/// Far longer than the run takes. Only a run that does not end reaches it.
const WATCHDOG: Duration = Duration::from_secs(120);

/// Requests that we send to a host that no longer answers: one trial, and its repetition.
const IN_VAIN_MAX: usize = 12;

/// `gauntlet run` against the host: exit code, stderr, and record.
fn run(url: &str, out: &Path) -> (Option<i32>, String, Value) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gauntlet"));
    command.args(["run", "--host", url, "--only", "host/deadline", "--out"]).arg(out);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary starts");
    let until = Instant::now() + WATCHDOG;
    while child.try_wait().expect("it can be waited for").is_none() {
        if Instant::now() >= until {
            child.kill().expect("it can be killed");
            panic!("the run does not end");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let output = child.wait_with_output().expect("it has ended");
    let record = std::fs::read(out.join("run.json")).expect("a record");
    let record = serde_json::from_slice(&record).expect("JSON");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned(), record)
}

fn ends(workers: usize, health_by_worker: bool) {
    let (url, host) = SmallHost::start(workers, health_by_worker);
    let folder = tempfile::tempdir().expect("a folder");
    let (code, stderr, record) = run(&url, folder.path());
    let outcomes = record["outcomes"].as_array().expect("outcomes");
    let of = |verdict: &str, incident: &str| {
        let fits = |one: &&Value| one["verdict"] == verdict && one["incident"] == incident;
        outcomes.iter().filter(fits).collect::<Vec<_>>()
    };
    assert_eq!(code, Some(1), "{stderr}");
    let lost = of("fail", "host/lost");
    assert_eq!(lost.len(), 1, "{outcomes:#?}");
    assert_eq!(lost[0]["severity"], "critical");
    let reason = lost[0]["reason"].as_str().unwrap_or_default();
    assert!(reason.contains("host/deadline hostile="), "{reason}");
    // The run saw each guest that took a worker exceed its deadline.
    assert_eq!(of("fail", "host/deadline").len(), workers, "{outcomes:#?}");
    assert_eq!(of("inconclusive", "host/deadline").len(), 0, "{outcomes:#?}");
    let skipped = of("skipped", "host/deadline");
    assert_eq!(skipped.len(), 12 - workers, "{outcomes:#?}");
    assert!(skipped.iter().all(|one| {
        one["reason"]
            .as_str()
            .is_some_and(|why| why.contains("the host was lost in host/deadline hostile="))
    }));
    assert!(host.in_vain() <= IN_VAIN_MAX, "{} requests of a lost host", host.in_vain());
    assert_eq!(record["aborted"], Value::Null);
    assert!(record["bound"]["worst_case_ms"].as_u64() > Some(0), "{}", record["bound"]);
    assert!(stderr.contains("12 trials, at most "), "the bound is told at the start: {stderr}");
}

#[test]
fn the_run_ends_where_health_is_answered_by_the_workers_that_are_gone() {
    ends(2, true);
}

#[test]
fn the_run_ends_where_health_is_still_answered_and_no_call_is() {
    ends(1, false);
}
