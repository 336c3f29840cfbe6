//! Deployments from public reports (`harness/docs/field.md`, section 2), rebuilt with servers that
//! write raw bytes. Each has one cause. The program finds that cause and no other.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use wasm_gauntlet_model::record::{Outcome, Record};
use wasm_gauntlet_model::verdict::{Severity, Verdict};
use wasm_gauntlet_web::coding::{Layer, encode};

use crate::raw::{Answer, FIELDS, PAGE, but, send, serve};

pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    record: Record,
    pub(crate) said: String,
}

fn run(page: &'static str, answer: Answer) -> Ran {
    run_on(&["--site", &serve(page, answer)])
}

/// Runs the scenarios about delivery, and no browser, on what `named` names.
pub(crate) fn run_on(named: &[&str]) -> Ran {
    let out = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_gauntlet"));
    command.arg("run").args(named).args(["--browser", "off", "--only", "delivery/", "--out"]);
    command.arg(out.path());
    let ran = command.output().expect("the program runs");
    let said = [&ran.stdout[..], &ran.stderr[..]].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(!said.contains("panicked"), "{said}");
    let text = std::fs::read_to_string(out.path().join("run.json"));
    let text = text.unwrap_or_else(|_| panic!("{said}"));
    Ran { code: ran.status.code(), record: serde_json::from_str(&text).expect("a record"), said }
}

impl Ran {
    /// The output in one line.
    pub(crate) fn text(&self) -> String {
        self.said.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    pub(crate) fn of(&self, verdict: Verdict) -> impl Iterator<Item = &Outcome> {
        self.record.outcomes.iter().filter(move |one| one.verdict == verdict)
    }

    /// The only incident of severity minor or above is `incident`, with `severity`, and its reason
    /// contains `word`. Nothing is inconclusive.
    pub(crate) fn is_one(&self, incident: &str, severity: Severity, word: &str) {
        let found = self.of(Verdict::Fail).filter(|one| one.severity > Severity::Note);
        let found: BTreeSet<&str> = found.map(|one| one.incident.as_str()).collect();
        assert_eq!(found, BTreeSet::from([incident]), "{}", self.said);
        let found = self.of(Verdict::Fail).find(|one| one.incident == incident);
        let found = found.expect("it is there");
        assert_eq!(found.severity, severity, "{}", found.reason);
        assert!(found.reason.contains(word), "{}", found.reason);
        self.has_no_doubt();
    }

    /// Nothing is found above a note, and nothing is in doubt.
    pub(crate) fn is_right(&self) {
        let found = self.of(Verdict::Fail).filter(|one| one.severity > Severity::Note);
        assert_eq!(found.count(), 0, "{}", self.said);
        self.has_no_doubt();
        assert_eq!(self.code, Some(0), "{}", self.said);
    }

    pub(crate) fn has_no_doubt(&self) {
        let doubts: Vec<_> = self.of(Verdict::Inconclusive).map(|one| &one.reason).collect();
        assert!(doubts.is_empty(), "{doubts:#?}");
        assert!(matches!(self.code, Some(0 | 1)), "{:?} {}", self.code, self.said);
    }
}

#[test]
fn what_is_right_has_no_finding() {
    run(PAGE, but(4, |_, _, _, _| false)).is_right();
}

#[test]
fn d1_two_lengths_or_a_negative_one() {
    for lengths in ["Content-Length: 10\r\nContent-Length: 20\r\n", "Content-Length: -1\r\n"] {
        let ran = run(
            PAGE,
            but(4, move |_, _, _, connection| {
                send(connection, format!("HTTP/1.1 200 OK\r\n{FIELDS}{lengths}\r\n").as_bytes());
                send(connection, b"\0asm\x01\0\0\0");
                true
            }),
        );
        let word = if lengths.contains("-1") { "`-1`" } else { "`10, 20`" };
        ran.is_one("delivery/length", Severity::Critical, word);
    }
}

#[test]
fn d1_a_breach_that_does_not_come_each_time_stays_a_doubt() {
    let turns = AtomicUsize::new(0);
    let ran = run(
        PAGE,
        but(4, move |_, _, asked, connection| {
            let breach = asked.takes_gzip() && turns.fetch_add(1, Ordering::Relaxed) == 0;
            if breach {
                send(
                    connection,
                    b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                );
            }
            breach
        }),
    );
    assert!(ran.of(Verdict::Inconclusive).next().is_some(), "{}", ran.said);
    assert!(ran.of(Verdict::Fail).all(|one| one.incident != "delivery/length"), "{}", ran.said);
}

#[test]
fn d1_an_answer_that_is_no_http_or_none() {
    for (bytes, word) in [(&b"SSH-2.0-OpenSSH_9.6\r\n"[..], "not HTTP"), (b"", "closed")] {
        let ran = run(
            PAGE,
            but(4, move |_, _, _, connection| {
                send(connection, bytes);
                true
            }),
        );
        ran.is_one("delivery/answers", Severity::Critical, word);
    }
}

#[test]
fn d2_a_length_of_the_raw_file_on_a_connection_that_stays_open() {
    let ran = run(
        PAGE,
        but(4, |raw, gzip, asked, connection| {
            let wrong = asked.takes_gzip() && asked.method == "get" && !asked.has("if-none-match");
            if wrong {
                let length = raw.len();
                let head = format!(
                    "HTTP/1.1 200 OK\r\n{FIELDS}Content-Encoding: gzip\r\nETag: \"g\"\r\n\
                     Content-Length: {length}\r\n\r\n"
                );
                send(connection, &[head.as_bytes(), gzip].concat());
                // Until the client closes.
                let _gone = connection.read(&mut [0]);
            }
            wrong
        }),
    );
    let found = ran.of(Verdict::Fail).find(|one| one.incident == "delivery/length");
    let found = found.unwrap_or_else(|| panic!("{}", ran.said));
    assert_eq!(found.severity, Severity::Critical);
    assert!(found.reason.contains("bytes came"), "{}", found.reason);
    ran.has_no_doubt();
}

#[test]
fn d2_a_body_that_stops_short_each_time() {
    let ran = run(
        PAGE,
        but(4, |raw, _, asked, connection| {
            let wrong = asked.method == "get" && !asked.has("if-none-match");
            if wrong {
                let length = raw.len();
                let head = format!("HTTP/1.1 200 OK\r\n{FIELDS}Content-Length: {length}\r\n\r\n");
                send(connection, &[head.as_bytes(), &raw[..1000]].concat());
                let _gone = connection.read(&mut [0]);
            }
            wrong
        }),
    );
    let found = ran.of(Verdict::Fail).map(|one| one.incident.as_str()).collect::<BTreeSet<_>>();
    assert!(found.contains("delivery/length"), "{}", ran.said);
    ran.has_no_doubt();
}

#[test]
fn d3_compressed_twice_and_declared_so() {
    let ran = run(
        PAGE,
        but(4, |_, gzip, asked, connection| {
            let wrong = asked.takes_gzip();
            if wrong {
                let body = encode(Layer::Gzip, gzip);
                let head = format!(
                    "HTTP/1.1 200 OK\r\n{FIELDS}Content-Encoding: gzip\r\n\
                     Content-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
                    body.len()
                );
                let body = if asked.method == "get" { &body[..] } else { b"" };
                send(connection, &[head.as_bytes(), body].concat());
            }
            wrong
        }),
    );
    ran.is_one("delivery/double-compression", Severity::Major, "2 times");
}

#[test]
fn d4_a_part_that_nobody_asked_for() {
    let ran = run(
        PAGE,
        but(4, |raw, _, asked, connection| {
            let wrong = asked.method == "get" && !asked.has("if-none-match");
            if wrong {
                let length = raw.len();
                let head = format!(
                    "HTTP/1.1 206 Partial Content\r\n{FIELDS}Content-Length: {length}\r\n\
                     Content-Range: bytes 0-{}/{length}\r\nETag: \"r\"\r\n\r\n",
                    length - 1
                );
                send(connection, &[head.as_bytes(), raw].concat());
            }
            wrong
        }),
    );
    ran.is_one("delivery/head-and-range", Severity::Major, "206");
}

#[test]
fn d6_head_is_never_answered() {
    let ran = run(
        PAGE,
        but(4, |_, _, asked, connection| {
            let wrong = asked.method == "head";
            if wrong {
                let _gone = connection.read(&mut [0]);
            }
            wrong
        }),
    );
    ran.is_one("delivery/head-and-range", Severity::Minor, "no answer within");
    let passed = ran.of(Verdict::Pass).map(|one| one.incident.as_str()).collect::<BTreeSet<_>>();
    for looked in ["delivery/mime-type", "delivery/module-is-valid", "delivery/negotiation"] {
        assert!(passed.contains(looked), "{looked}: {}", ran.said);
    }
}

/// A link so slow that one body takes three seconds. The test counts sent bytes and uses no clock:
/// whole bodies would be a hundred megabytes.
#[test]
fn d7_on_a_slow_link_each_variant_is_read_once() {
    const PIECE: usize = 16 << 10;
    let sent = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&sent);
    // Two codings of 1 MiB that no compressor makes smaller.
    let ran = run(
        PAGE,
        but(64, move |_, _, asked, connection| {
            if asked.method != "get" || asked.has("if-none-match") {
                return false;
            }
            let body = vec![0x61; 1 << 20];
            let name = body.len();
            let raw = wat::parse_str(format!(
                "(module (memory 99) (data (i32.const 0) {:?}))",
                String::from_utf8_lossy(&body)
            ))
            .expect("a module");
            let head = format!(
                "HTTP/1.1 200 OK\r\n{FIELDS}ETag: \"{name}\"\r\nContent-Length: {}\r\n\r\n",
                raw.len()
            );
            send(connection, head.as_bytes());
            for piece in raw.chunks(PIECE) {
                if connection.write_all(piece).is_err() {
                    break;
                }
                counter.fetch_add(piece.len(), Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(45));
            }
            true
        }),
    );
    ran.has_no_doubt();
    let verdicts: BTreeSet<Verdict> = (ran.record.outcomes.iter())
        .filter(|one| one.incident == "delivery/same-bytes-everywhere")
        .map(|one| one.verdict)
        .collect();
    assert_eq!(verdicts, BTreeSet::from([Verdict::Pass]), "{}", ran.said);
    let sent = sent.load(Ordering::Relaxed);
    assert!(sent < 24 << 20, "{sent} bytes were sent");
}

#[test]
fn d11_a_linked_page_leads_to_the_module() {
    let page = "<!doctype html><title>home</title><a href=/about.html>about</a> \
                <a href=//else.test/>else</a> <a href=/app/>the app</a>";
    let ran = run(page, but(4, |_, _, _, _| false));
    ran.has_no_doubt();
    assert_eq!(ran.code, Some(0), "{}", ran.said);
    assert!(ran.text().contains("/app/ is the first that loads one"), "{}", ran.said);
    let subject = ran.record.subjects.first().expect("the site");
    let text = format!("{subject:?}");
    assert!(text.contains("/app/m.wasm"), "{text}");
    let nothing = "<!doctype html><title>home</title><a href=/about.html>about</a>";
    let ran = run(nothing, but(4, |_, _, _, _| false));
    assert_eq!(ran.code, Some(3), "{}", ran.said);
    assert!(ran.text().contains("nor on the pages that it links to (1)"), "{}", ran.said);
}
