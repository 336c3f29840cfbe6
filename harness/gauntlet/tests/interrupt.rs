//! Ctrl-C ends a run cleanly, with the results so far. A killed run, or a machine that loses power,
//! loses no result that was already found.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use wasm_gauntlet_model::record::{Outcome, Record};

/// Parallel trials. At most this many journal lines can be written and not yet flushed.
const JOBS: usize = 2;

/// A run that takes long, and its folder.
fn long_run(out: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gauntlet"));
    command.args(["run", "--only", "host/", "--runtime", "wasmi", "--jobs", &JOBS.to_string()]);
    command.arg("--out").arg(out).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// A library that replaces `fdatasync` of the C library. It flushes, and appends to the file
/// `FLUSHED` the length that the flushed file had when the flush began. Bytes past that length are
/// only in memory: a loss of power destroys them, but the end of the process does not.
const FLUSH_LOG: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int fdatasync(int file) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    struct stat before;
    int known = fstat(file, &before);
    int flushed = real(file);
    if (known == 0 && flushed == 0) {
        uint64_t length = (uint64_t)before.st_size;
        int log = open(getenv("FLUSHED"), O_WRONLY | O_CREAT | O_APPEND, 0600);
        if (write(log, &length, sizeof length) != sizeof length) abort();
        close(log);
    }
    return flushed;
}
"#;

/// Builds that library in `folder`, with the compiler that Rust uses to link.
fn flush_log(folder: &Path) -> PathBuf {
    let (source, library) = (folder.join("flush_log.c"), folder.join("flush_log.so"));
    fs::write(&source, FLUSH_LOG).expect("it is written");
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-o"]).args([&library, &source]).arg("-ldl");
    assert!(compiler.status().expect("cc starts").success());
    library
}

/// The outcomes in the journal. Waits until there are `enough`.
fn journal(out: &Path, enough: usize) -> Vec<Outcome> {
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        let text = fs::read_to_string(out.join("journal.jsonl")).unwrap_or_default();
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
    let mut child = long_run(out.path()).spawn().expect("the program starts");
    journal(out.path(), 3);
    signal(&child, Signal::INT);
    let status = child.wait().expect("it ends");
    assert_eq!(status.code(), Some(3));
    let text = fs::read_to_string(out.path().join("run.json")).expect("a record");
    let record: Record = serde_json::from_str(&text).expect("a whole record");
    assert!(record.aborted.is_some_and(|why| why.starts_with("stopped after")));
    assert!(record.outcomes.len() >= 3);
    assert!(out.path().join("junit.xml").exists());
}

#[test]
fn what_a_killed_run_had_found_is_on_the_disk() {
    let (out, tools) = (tempfile::tempdir(), tempfile::tempdir());
    let (out, tools) = (out.expect("a folder"), tools.expect("a folder"));
    let log = tools.path().join("flushed");
    let mut run = long_run(out.path());
    run.env("LD_PRELOAD", flush_log(tools.path())).env("FLUSHED", &log);
    let mut child = run.spawn().expect("the program starts");
    journal(out.path(), 10);
    signal(&child, Signal::KILL);
    child.wait().expect("it ends");
    let lengths = fs::read(&log).expect("the journal is flushed");
    let lengths = lengths.chunks_exact(8).filter_map(|eight| eight.try_into().ok());
    let flushed = lengths.map(u64::from_ne_bytes).max().expect("a length");
    let journal = fs::read(out.path().join("journal.jsonl")).expect("a journal");
    let flushed = usize::try_from(flushed).expect("a length of this machine");
    let lines = |bytes: &[u8]| {
        let ended = bytes.split_inclusive(|byte| *byte == b'\n').filter(|one| one.ends_with(b"\n"));
        let outcomes: Vec<Outcome> =
            ended.map(|line| serde_json::from_slice(line).expect("an outcome")).collect();
        outcomes.len()
    };
    let (kept, written) = (lines(&journal[..flushed]), lines(&journal));
    let lost = written - kept;
    assert!(lost <= JOBS, "{lost} of {written} lines would be lost");
}
