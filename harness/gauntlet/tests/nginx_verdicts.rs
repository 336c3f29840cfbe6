//! `gauntlet run --site URL` with the real binary, against Debian's nginx with a real module. With
//! Debian's configuration it finds exactly the faults there. With a correct configuration it finds
//! nothing.
//!
//! curl confirms these faults: the module has the right type and is never compressed. The page is
//! gzipped on request without `Vary`. Nothing has a Cache-Control, which is one cause, that of the
//! page; module and loader have a note.

mod servers;

use std::collections::BTreeSet;
use std::process::Command;

use servers::{Nginx, pair};
use wasm_gauntlet_model::record::Record;
use wasm_gauntlet_model::verdict::{Severity, Verdict};

/// Exit code and record of a run against the site at `url`.
fn run(url: &str) -> (Option<i32>, Record) {
    let out = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_gauntlet"));
    let ran = command.args(["run", "--site", url, "--out"]).arg(out.path()).output();
    let ran = ran.expect("the program runs");
    let text = std::fs::read_to_string(out.path().join("run.json"));
    let text = text.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&ran.stderr)));
    (ran.status.code(), serde_json::from_str(&text).expect("a record"))
}

/// The failed incidents above a note, each with the label of its asset.
fn failed(record: &Record) -> BTreeSet<(String, String)> {
    let failed = record.outcomes.iter().filter(|one| one.verdict == Verdict::Fail);
    let failed = failed.filter(|one| one.severity > Severity::Note);
    let label = |case: &str| case.split(' ').next().unwrap_or_default().to_owned();
    failed.map(|one| (one.incident.clone(), label(&one.case))).collect()
}

fn doubts(record: &Record) -> Vec<String> {
    let doubts = record.outcomes.iter().filter(|one| one.verdict == Verdict::Inconclusive);
    doubts.map(|one| format!("{} {}: {}", one.incident, one.case, one.reason)).collect()
}

#[test]
fn debians_default_has_three_incidents_and_no_other() {
    let files = pair::plain_site();
    let Some(nginx) = Nginx::debian_default(files.path()) else { return };
    let (code, record) = run(&nginx.url("/"));
    let expected = [
        ("delivery/entry-not-revalidated", "/"),
        ("delivery/missing-vary", "/"),
        ("delivery/uncompressed", "/main.wasm"),
    ];
    let expected = expected.map(|(incident, label)| (incident.to_owned(), label.to_owned()));
    assert_eq!(failed(&record), BTreeSet::from(expected));
    assert_eq!(doubts(&record), [""; 0]);
    assert_eq!(code, Some(1));
}

#[test]
fn a_right_configuration_has_none() {
    let files = pair::right_site();
    let Some(nginx) = Nginx::right(files.path()) else { return };
    let (code, record) = run(&nginx.url("/"));
    assert_eq!(failed(&record), BTreeSet::new());
    assert_eq!(doubts(&record), [""; 0]);
    assert_eq!(code, Some(0));
    let passes = record.outcomes.iter().filter(|one| one.verdict == Verdict::Pass).count();
    assert!(passes > 30, "only {passes} passes: it hardly looked");
}

/// Every failure has a command line. The test runs each, and it shows the failure.
#[test]
fn the_commands_that_reproduce_show_what_was_seen() {
    let files = pair::plain_site();
    let Some(nginx) = Nginx::debian_default(files.path()) else { return };
    if !servers::is_there("curl") {
        return;
    }
    let (_, record) = run(&nginx.url("/"));
    let mut shown = 0;
    for outcome in record.outcomes.iter().filter(|one| one.verdict == Verdict::Fail) {
        let line = outcome.reproduce.as_deref().expect("a failure can be reproduced");
        assert!(line.starts_with("curl "), "{line}");
        let ran = Command::new("sh").args(["-c", line]).output().expect("a shell");
        let said = String::from_utf8_lossy(&ran.stdout).to_ascii_lowercase();
        let lacks = |field: &str| !said.lines().any(|line| line.starts_with(field));
        assert!(ran.status.success() && said.starts_with("http/1.1 "), "{line}\n{said}");
        match outcome.incident.as_str() {
            "delivery/uncompressed" => assert!(lacks("content-encoding:"), "{line}\n{said}"),
            "delivery/missing-vary" => assert!(lacks("vary:"), "{line}\n{said}"),
            "delivery/entry-not-revalidated" | "delivery/long-cache-unhashed" => {
                assert!(lacks("cache-control:"), "{line}\n{said}");
            }
            other => panic!("{other} was not expected"),
        }
        shown += 1;
    }
    assert!(shown >= 3, "only {shown} failures");
}
