//! Hostile or broken servers, tested with the whole program. The page is right, and its module is
//! served wrongly. The program ends within its bounds and does not crash. It passes nothing that it
//! could not see.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use wasm_gauntlet_model::record::Record;
use wasm_gauntlet_model::verdict::{Severity, Verdict};
use wasm_gauntlet_web::coding::{Layer, encode};

/// At most 60 s are lost with one site. The rest is room for a busy machine.
const RUN_MAX: Duration = Duration::from_secs(240);

const PAGE: &[u8] = b"<!doctype html><title>p</title><script>\
                      WebAssembly.instantiateStreaming(fetch('m.wasm'))</script>";

/// The answer to a browser's request for the module.
type Answer = fn(&str, &mut TcpStream);

/// Serves the page, and the module with `answer`. The thread ends with the test program.
fn serve(answer: Answer) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = listener.local_addr().expect("its address").port();
    std::thread::spawn(move || {
        for mut connection in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let path = request_path(&mut connection);
                match path.split('?').next() {
                    Some("/") => send(&mut connection, &whole("Content-Type: text/html\r\n", PAGE)),
                    Some(path) if path.contains(".wasm") || path.contains("loop") => {
                        answer(path, &mut connection);
                    }
                    _ => send(&mut connection, b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"),
                }
            });
        }
    });
    format!("http://127.0.0.1:{port}/")
}

fn request_path(connection: &mut TcpStream) -> String {
    let (mut request, mut byte) = (Vec::new(), [0]);
    while !request.ends_with(b"\r\n\r\n") && connection.read(&mut byte).is_ok_and(|n| n == 1) {
        request.push(byte[0]);
    }
    let text = String::from_utf8_lossy(&request).into_owned();
    text.split(' ').nth(1).unwrap_or_default().to_owned()
}

/// Sends the bytes. It does not matter if the client has gone.
fn send(connection: &mut TcpStream, bytes: &[u8]) {
    let _gone = connection.write_all(bytes);
}

fn whole(head: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nCache-Control: no-cache\r\nETag: \"a\"\r\n{head}\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// Runs the program on the site whose module `answer` serves.
fn run(answer: Answer) -> (Option<i32>, Record, String) {
    let url = serve(answer);
    let out = tempfile::tempdir().expect("a folder");
    let begun = Instant::now();
    let mut command = Command::new(env!("CARGO_BIN_EXE_gauntlet"));
    command.args(["run", "--site", &url, "--only", "delivery/", "--out"]).arg(out.path());
    let ran = command.output().expect("the program runs");
    assert!(begun.elapsed() < RUN_MAX, "{:?}", begun.elapsed());
    let said = [&ran.stdout[..], &ran.stderr[..]].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(!said.contains("panicked"), "{said}");
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\t' | '\r');
    assert!(!said.contains(control), "{said:?}");
    let text = std::fs::read_to_string(out.path().join("run.json"));
    let text = text.unwrap_or_else(|_| panic!("{said}"));
    (ran.status.code(), serde_json::from_str(&text).expect("a record"), said)
}

/// The verdicts of `incident`.
fn verdicts(record: &Record, incident: &str) -> Vec<Verdict> {
    let of = record.outcomes.iter().filter(|one| one.incident == incident);
    of.map(|one| one.verdict).collect()
}

/// The module is seen and is wrong: `incident` fails in every case with the offer of a browser.
fn is_wrong(answer: Answer, incident: &str) {
    let (code, record, said) = run(answer);
    assert_eq!(code, Some(1), "{said}");
    assert!(verdicts(&record, incident).contains(&Verdict::Fail), "{incident}\n{said}");
    not_green(&record, &said);
}

/// Nothing of the module can be seen, and the report says so.
fn is_doubtful(answer: Answer, word: &str) {
    let (code, record, said) = run(answer);
    let one = |outcome: &&wasm_gauntlet_model::record::Outcome| {
        outcome.verdict == Verdict::Inconclusive && outcome.reason.contains(word)
    };
    assert!(record.outcomes.iter().any(|outcome| one(&outcome)), "{word}\n{said}");
    assert!(matches!(code, Some(1 | 3)), "{code:?}\n{said}");
    not_green(&record, &said);
}

/// The module never passes as valid.
fn not_green(record: &Record, said: &str) {
    let verdicts = verdicts(record, "delivery/module-is-valid");
    assert!(!verdicts.contains(&Verdict::Pass), "{verdicts:?}\n{said}");
}

/// A module without any answer is one finding. Its consequences are listed below it.
fn is_one_finding(answer: Answer, seen: &str) {
    let (code, record, said) = run(answer);
    assert_eq!(code, Some(1), "{said}");
    let gated = record.outcomes.iter().filter(|one| one.severity >= Severity::Major);
    let found: BTreeSet<&str> =
        gated.filter(|one| one.is_finding()).map(|one| one.incident.as_str()).collect();
    assert_eq!(found, BTreeSet::from(["delivery/answers"]), "{said}");
    let follow = record.outcomes.iter().filter(|one| one.caused_by.is_some());
    let follow: BTreeSet<&str> = follow.map(|one| one.incident.as_str()).collect();
    let expected = BTreeSet::from(["delivery/module-is-valid", "delivery/negotiation"]);
    assert_eq!(follow, expected, "{said}");
    for line in ["NOT READY: 1 incident at or above major", "consequences: delivery/", seen] {
        assert!(said.contains(line), "{line}\n{said}");
    }
    not_green(&record, &said);
}

/// Answers the module with this status and no body, and nothing else.
fn refuse(path: &str, to: &mut TcpStream, status: &str) {
    let status = if path == "/m.wasm" { status } else { "404 No" };
    send(to, format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").as_bytes());
}

#[test]
fn a_module_that_is_gone_is_one_finding() {
    is_one_finding(|path, to| refuse(path, to, "404 Not Found"), "status 404");
}

#[test]
fn a_module_that_may_not_be_read_is_one_finding() {
    is_one_finding(|path, to| refuse(path, to, "403 Forbidden"), "status 403");
}

#[test]
fn a_module_whose_server_fails_is_one_finding() {
    is_one_finding(|path, to| refuse(path, to, "500 Internal Server Error"), "status 500");
}

#[test]
fn a_module_that_leads_in_a_circle_is_one_finding() {
    let circle: Answer = |path, to| match path {
        "/m.wasm" | "/loop.wasm" => {
            send(to, b"HTTP/1.1 302 Found\r\nLocation: /loop.wasm\r\nContent-Length: 0\r\n\r\n");
        }
        path => refuse(path, to, ""),
    };
    is_one_finding(circle, "redirect loop");
}

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: application/wasm\r\n";

#[test]
fn a_redirect_loop() {
    is_wrong(
        |_, to| {
            send(to, b"HTTP/1.1 302 Found\r\nLocation: /loop.wasm\r\nContent-Length: 0\r\n\r\n");
        },
        "delivery/module-is-valid",
    );
}

#[test]
fn a_limit_on_how_often_one_may_ask() {
    const ANSWER: &[u8] = b"HTTP/1.1 429 No\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n";
    let (code, record, said) = run(|_, connection| send(connection, ANSWER));
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("limits the request rate"), "{said}");
    not_green(&record, &said);
}

#[test]
fn a_header_flood() {
    is_doubtful(
        |_, to| {
            send(to, OK);
            send(to, "X-Flood: 1\r\n".repeat(5000).as_bytes());
            send(to, b"Content-Length: 0\r\n\r\n");
        },
        "be read as HTTP",
    );
}

#[test]
fn a_byte_a_second() {
    is_doubtful(
        |_, to| {
            send(to, OK);
            send(to, b"Content-Length: 100000\r\n\r\n");
            while to.write_all(b"\0").is_ok() {
                std::thread::sleep(Duration::from_secs(1));
            }
        },
        "no more requests are sent",
    );
}

#[test]
fn an_endless_body() {
    is_doubtful(
        |_, to| {
            send(to, OK);
            send(to, b"\r\n\0asm");
            while to.write_all(&[0; 65_536]).is_ok() {}
        },
        "exceeds",
    );
}

#[test]
fn a_length_that_is_wrong() {
    is_wrong(
        |_, to| {
            send(to, OK);
            send(to, b"Content-Length: 1000\r\n\r\n\0asm\x01\0\0\0");
        },
        "delivery/length",
    );
}

#[test]
fn a_reset_in_the_body() {
    is_wrong(
        |_, to| {
            send(to, OK);
            send(to, b"Transfer-Encoding: chunked\r\n\r\n1000\r\n\0asm\x01\0");
        },
        "delivery/module-is-valid",
    );
}

#[test]
fn a_decompression_bomb() {
    is_doubtful(
        |_, to| {
            static BOMB: OnceLock<Vec<u8>> = OnceLock::new();
            let bomb = BOMB.get_or_init(|| encode(Layer::Gzip, &vec![0; 100 << 20]));
            let head = "Content-Type: application/wasm\r\nContent-Encoding: gzip\r\n";
            send(to, &whole(head, bomb));
        },
        "",
    );
}

#[test]
fn binary_garbage_in_header_fields() {
    is_wrong(
        |_, to| {
            let head = b"HTTP/1.1 200 OK\r\nContent-Type: \xff\xfe\x80\xc2\x9b31m\r\n\
                         Vary: \xfe\xc2\x9b\r\nETag: \"\x80\"\r\nCache-Control: \xff=\"\r\n\
                         Content-Length: 4\r\n\r\n\xff\xfe\xfd\xfc";
            send(to, head);
        },
        "delivery/mime-type",
    );
}

#[test]
fn control_characters_in_header_fields() {
    is_doubtful(
        |_, to| {
            send(to, b"HTTP/1.1 200 OK\r\nX: a\x1b[31mb\r\nContent-Length: 0\r\n\r\n");
        },
        "be read as HTTP",
    );
}
