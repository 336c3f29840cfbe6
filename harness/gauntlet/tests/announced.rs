//! A deployed host is judged by the limits that it announces. A host that announces 250 ms and
//! stops after 250 ms is right. A host that announces 250 ms and takes two seconds is wrong. The
//! report lists the limits that nobody states and that it therefore assumes.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output};

use gauntlet::testbed::plugins::PluginFront;
use serde_json::Value;
use tempfile::TempDir;
use wasm_gauntlet_model::fault::Fault;
use wasm_gauntlet_model::limits::Limits;

/// The reference host without its processor share for each tenant. That share is made for calls of
/// 50 ms: a tenant that used 250 ms is `busy` for a while.
fn front(limits: Limits) -> PluginFront {
    front_with(&[Fault::NoTenantLimit], limits)
}

fn front_with(faults: &[Fault], limits: Limits) -> PluginFront {
    let program = Path::new(env!("CARGO_BIN_EXE_gauntlet"));
    PluginFront::start(program, "wasmtime", faults, limits).expect("the plugin host starts")
}

/// A proxy for `front` that answers every health request with `health`.
fn saying(front: &PluginFront, health: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    let behind = front.url().replace("http://", "");
    std::thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            let behind = behind.clone();
            std::thread::spawn(move || pass(socket, &behind, health));
        }
    });
    url
}

/// One request for each connection, because the gauntlet keeps no connection open.
fn pass(mut from: TcpStream, behind: &str, health: &str) {
    let mut begun = vec![0; 64 << 10];
    let read = from.read(&mut begun).unwrap_or(0);
    begun.truncate(read);
    if begun.starts_with(b"GET /healthz ") {
        let length = health.len();
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close");
        let _ = from.write_all(format!("{head}\r\n\r\n{health}").as_bytes());
        return;
    }
    let Ok(mut to) = TcpStream::connect(behind) else { return };
    let _ = to.write_all(&begun);
    let both = from.try_clone().and_then(|from| Ok((from, to.try_clone()?)));
    let Ok((mut client, mut host)) = both else { return };
    std::thread::spawn(move || std::io::copy(&mut client, &mut host));
    let _ = std::io::copy(&mut to, &mut from);
    let _ = from.shutdown(std::net::Shutdown::Both);
}

/// A run against `url` with these further lines of the target file, and its record.
fn run(url: &str, says: &str, only: &[&str]) -> (Output, Value) {
    let folder: TempDir = tempfile::tempdir().expect("a folder can be made");
    let target = format!("host:\n  url: {url}\n{says}");
    std::fs::write(folder.path().join("target.yaml"), target).expect("it is written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_gauntlet"));
    command.current_dir(folder.path()).args(["run", "--target", "target.yaml", "--out", "out"]);
    command.args(only.iter().flat_map(|one| ["--only", one]));
    let output = command.output().expect("the binary starts");
    let record = std::fs::read(folder.path().join("out/run.json")).unwrap_or_default();
    (output, serde_json::from_slice(&record).unwrap_or_default())
}

/// Cases of each verdict.
fn count(record: &Value, verdict: &str) -> usize {
    let outcomes = record["outcomes"].as_array().cloned().unwrap_or_default();
    outcomes.iter().filter(|one| one["verdict"] == verdict).count()
}

/// The output in one line, because the terminal breaks long lines.
fn text(output: &Output) -> String {
    let said = [&output.stdout[..], &output.stderr[..]].concat();
    let words: Vec<String> =
        String::from_utf8_lossy(&said).split_whitespace().map(str::to_owned).collect();
    words.join(" ")
}

#[test]
fn a_host_that_holds_to_the_limits_that_it_announces_is_right() {
    let limits = Limits {
        deadline_ms: 250,
        memory_pages: 512,
        output_bytes_max: 4 << 20,
        log_lines_max: 300,
        ..Limits::default()
    };
    let front = front(limits);
    let only = ["host/deadline", "host/memory-cap", "host/output-bound"];
    let (output, record) = run(&front.url(), "", &only);
    let said = text(&output);
    assert_eq!(count(&record, "fail"), 0, "{said}");
    assert!(count(&record, "pass") > 40, "{said}");
    for part in ["announced:", "deadline 250 ms", "memory 512 pages", "output 4194304 bytes"] {
        assert!(said.contains(part), "{part} is not in\n{said}");
    }
    let held = &record["subjects"][0]["profile"]["held"];
    let deadline = serde_json::json!({
        "name": "deadline_ms", "value": 250, "source": "announced",
    });
    assert_eq!(held[0], deadline, "{held}");
}

#[test]
fn a_host_that_announces_250_ms_and_takes_two_seconds_is_wrong() {
    let front = front_with(&[], Limits { deadline_ms: 2000, ..Limits::default() });
    let health = r#"{"name":"h","features":["log"],"limits":{"deadline_ms":250}}"#;
    let (output, record) = run(&saying(&front, health), "", &["host/deadline"]);
    let said = text(&output);
    // On a busy machine a case can be inconclusive. None may pass.
    let doubts = count(&record, "inconclusive");
    assert_eq!(count(&record, "pass"), 0, "{said}");
    assert!(count(&record, "fail") + doubts > 0, "{said}");
    assert!(matches!(output.status.code(), Some(1 | 3)), "{said}");
    assert!(doubts > 0 || output.status.code() == Some(1), "{said}");
    // Calls that run on fill the host of a busy machine, and then the next call shows the fault.
    let shown = ["ms after its deadline", "of 5 ms ended in `busy`"];
    assert!(doubts > 0 || shown.iter().any(|one| said.contains(one)), "{said}");
}

#[test]
fn what_the_target_file_writes_counts_more_and_what_nobody_says_is_assumed() {
    let front = front(Limits { deadline_ms: 250, ..Limits::default() });
    let health = r#"{"name":"h","features":[],"limits":{"deadline_ms":50}}"#;
    let url = saying(&front, health);
    let (output, record) = run(&url, "  deadline-ms: 250\n", &["host/deadline"]);
    let said = text(&output);
    assert_eq!(count(&record, "fail"), 0, "{said}");
    for part in ["deadline 250 ms (the host announces 50)", "assumed: memory 256 pages"] {
        assert!(said.contains(part), "{part} is not in\n{said}");
    }
    let held = record["subjects"][0]["profile"]["held"].to_string();
    assert!(held.contains(r#"{"name":"memory_pages","source":"assumed","value":256}"#), "{held}");
    let (output, _) = run(&saying(&front, r#"{"name":"h","features":[]}"#), "", &["host/exit"]);
    assert!(text(&output).contains("assumed: deadline 50 ms"), "{}", text(&output));
}

#[test]
fn an_announcement_that_is_no_number_is_told_with_its_name() {
    let front = front(Limits::default());
    let health = r#"{"name":"h","features":["wasi"],"limits":{"deadline_ms":"250ms"}}"#;
    let url = saying(&front, health);
    let (output, _) = run(&url, "", &["host/exit"]);
    assert_eq!(output.status.code(), Some(3), "{}", text(&output));
    for part in ["`limits.deadline_ms` is \"250ms\"", "from 1 to 60000", "`deadline-ms`"] {
        assert!(text(&output).contains(part), "{part} is not in\n{}", text(&output));
    }
    let (_, record) = run(&url, "  deadline-ms: 50\n", &["host/exit"]);
    assert!(count(&record, "pass") > 0, "{record}");
}
