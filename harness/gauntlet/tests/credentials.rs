//! A host that asks for credentials, tested with the real binary. Each request carries them.
//! Neither the output nor the kept files show them, though the host repeats them wherever it can.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output};

const SECRET: &str = "hush-9b1f40c7";

/// A host that answers 200 with the secret to a caller who knows it, and 401 to all others.
fn tell_tale() -> u16 {
    host_that(answer)
}

/// A host of the contract that repeats the secret in JSON, each of its characters escaped.
fn escaper() -> u16 {
    host_that(answer_escaped)
}

fn host_that(answers: fn(&TcpStream) -> Option<()>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || answers(&stream));
        }
    });
    port
}

/// The first line of a request, and its bearer token. The body is read too.
fn heard(stream: &TcpStream) -> Option<(String, String)> {
    let mut from = BufReader::new(stream.try_clone().ok()?);
    let (mut length, mut bearer, mut first) = (0, String::new(), String::new());
    from.read_line(&mut first).ok()?;
    loop {
        let mut line = String::new();
        from.read_line(&mut line).ok()?;
        let (name, value) = line.split_once(':').unwrap_or((line.trim(), ""));
        match name.to_ascii_lowercase().as_str() {
            "" => break,
            "content-length" => length = value.trim().parse().ok()?,
            "authorization" => value.trim().clone_into(&mut bearer),
            _ => {}
        }
    }
    from.take(length).read_to_end(&mut Vec::new()).ok()?;
    Some((first, bearer))
}

fn answer(mut stream: &TcpStream) -> Option<()> {
    let (_, bearer) = heard(stream)?;
    let status = if bearer == format!("Bearer {SECRET}") { "200 OK" } else { "401 No" };
    let body = format!("you said {bearer}");
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nX-Guest-Digest: {bearer}\r\n\
         Connection: close\r\n\r\n{body}"
    )
    .ok()
}

fn answer_escaped(mut stream: &TcpStream) -> Option<()> {
    let (first, bearer) = heard(stream)?;
    let told: String = bearer.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    let (status, body) = match first.split(' ').collect::<Vec<_>>()[..] {
        ["GET", "/healthz", ..] => (
            200,
            format!(r#"{{"name":"n {told}","version":"1","engine":"{told}","features":["log"]}}"#),
        ),
        ["GET", ..] => (200, format!(r#"[{{"tenant":"{told}","text":"log {told}"}}]"#)),
        ["PUT", ..] => (201, String::new()),
        _ => (500, format!(r#"{{"type":"/outcomes/guest-error","code":1,"detail":"{told}"}}"#)),
    };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status} X\r\nContent-Type: application/problem+json\r\nX-Call-Id: 7\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
    .ok()
}

fn run(target: &Path, out: &Path, variable: Option<&str>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gauntlet"));
    command.args(["run", "--only", "host/trap-is-data", "--only", "host/fresh-instance"]);
    command.arg("--target").arg(target).arg("--out").arg(out).env_remove("TELL_TALE");
    command.envs(variable.map(|value| ("TELL_TALE", value)));
    command.output().expect("the gauntlet runs")
}

#[test]
fn a_secret_is_sent_and_shown_nowhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let (target, out) = (folder.path().join("target.yaml"), folder.path().join("out"));
    let text = format!(
        "host:\n  url: http://127.0.0.1:{}\n  credentials: {{ Authorization: \"Bearer \
         {{env.TELL_TALE}}\" }}\n  mapping:\n    health: {{ path: /, status: [200] }}\n    \
         load: {{ path: \"/{{digest}}\", outcomes: [{{ status: [200], outcome: ok }}] }}\n    \
         call: {{ path: \"/{{digest}}\", outcomes: [{{ status: [200], outcome: ok }}] }}\n",
        tell_tale()
    );
    std::fs::write(&target, text).expect("it is written");

    let missing = run(&target, &out, None);
    let said = String::from_utf8_lossy(&missing.stderr);
    assert!(missing.status.code() == Some(2) && said.contains("`TELL_TALE`"), "{said}");
    let wrong = run(&target, &out, Some("another-secret"));
    assert_eq!(wrong.status.code(), Some(3), "the host is not there for whoever does not know it");

    let ran = run(&target, &out, Some(SECRET));
    assert_eq!(ran.status.code(), Some(1), "{}", String::from_utf8_lossy(&ran.stderr));
    let record = std::fs::read_to_string(out.join("run.json")).expect("a record");
    assert!(record.contains("Authorization: Bearer '\\\"${TELL_TALE}\\\""), "{record}");
    not_shown(ran, &out);
    let hex: String = SECRET.bytes().map(|byte| format!("{byte:02x}")).collect();
    assert!(!record.contains(&hex), "the secret is shown in hexadecimal");
}

/// Neither the output nor the kept files contain the secret.
fn not_shown(ran: Output, out: &Path) {
    let mut shown = vec![ran.stdout, ran.stderr];
    for entry in std::fs::read_dir(out).expect("a folder").flatten() {
        shown.extend(std::fs::read(entry.path()));
    }
    assert!(shown.len() > 4);
    for secret in [SECRET.to_owned(), SECRET.bytes().map(|byte| format!("u{byte:04x}")).collect()] {
        for bytes in &shown {
            let text = String::from_utf8_lossy(bytes).replace('\\', "");
            assert!(!text.contains(&secret), "{secret} is shown");
        }
    }
}

#[test]
fn a_secret_that_is_told_in_escaped_json_is_shown_nowhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let (target, out) = (folder.path().join("target.yaml"), folder.path().join("out"));
    let text = format!(
        "host:\n  url: http://127.0.0.1:{}\n  credentials: {{ Authorization: \"Bearer \
         {{env.TELL_TALE}}\" }}\n",
        escaper()
    );
    std::fs::write(&target, text).expect("it is written");
    let ran = run(&target, &out, Some(SECRET));
    assert_eq!(ran.status.code(), Some(1), "{}", String::from_utf8_lossy(&ran.stderr));
    let record = std::fs::read_to_string(out.join("run.json")).expect("a record");
    assert!(record.contains("n Bearer [secret]"), "it was told: {record}");
    not_shown(ran, &out);
}
