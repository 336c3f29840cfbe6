//! Ctrl-C ends a run cleanly, with what is known; a run that was killed outright has lost
//! nothing that it had found.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use wasm_gauntlet_model::record::{Outcome, Record};

/// A run that takes long, with its folder.
fn long_run(out: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_gauntlet"))
        .args(["run", "--only", "host/", "--runtime", "wasmi", "--out"])
        .arg(out)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts")
}

/// The outcomes in the journal, waited for until there are `enough`.
fn journal(out: &Path, enough: usize) -> Vec<Outcome> {
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        let text = std::fs::read_to_string(out.join("journal.jsonl")).unwrap_or_default();
        let whole = text.lines().filter_map(|line| serde_json::from_str(line).ok());
        let outcomes: Vec<Outcome> = whole.collect();
        if outcomes.len() >= enough {
            return outcomes;
        }
        assert!(Instant::now() < until, "only {} outcomes", outcomes.len());
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn signal(child: &Child, signal: Signal) {
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw).expect("a process");
    kill_process(pid, signal).expect("it is ours");
}

#[test]
fn ctrl_c_ends_a_run_with_what_is_known() {
    let out = tempfile::tempdir().expect("a folder");
    let mut child = long_run(out.path());
    journal(out.path(), 3);
    signal(&child, Signal::INT);
    let status = child.wait().expect("it ends");
    assert_eq!(status.code(), Some(3));
    let text = std::fs::read_to_string(out.path().join("run.json")).expect("a record");
    let record: Record = serde_json::from_str(&text).expect("a whole record");
    assert!(record.aborted.is_some_and(|why| why.starts_with("stopped after")));
    assert!(record.outcomes.len() >= 3);
    assert!(out.path().join("junit.xml").exists());
}

#[test]
fn a_run_that_is_killed_keeps_its_journal() {
    let out = tempfile::tempdir().expect("a folder");
    let mut child = long_run(out.path());
    let before = journal(out.path(), 3).len();
    signal(&child, Signal::KILL);
    child.wait().expect("it ends");
    assert!(journal(out.path(), before).len() >= before);
}
