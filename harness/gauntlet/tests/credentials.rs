//! A host that asks for credentials, from outside: each request carries them, and neither what is
//! printed nor what is kept shows them, though the host tells them back wherever it can.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output};

const SECRET: &str = "hush-9b1f40c7";

/// A host that answers whoever knows the secret with that secret, and all others with 401.
fn tell_tale() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || answer(&stream));
        }
    });
    port
}

fn answer(mut stream: &TcpStream) -> Option<()> {
    let mut from = BufReader::new(stream.try_clone().ok()?);
    let (mut length, mut bearer) = (0, String::new());
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
    let mut shown = vec![ran.stdout, ran.stderr];
    for entry in std::fs::read_dir(&out).expect("a folder").flatten() {
        shown.extend(std::fs::read(entry.path()));
    }
    assert!(shown.len() > 4);
    let tells = |bytes: &Vec<u8>| bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes());
    assert!(!shown.iter().any(tells), "the secret is shown");
    let hex: String = SECRET.bytes().map(|byte| format!("{byte:02x}")).collect();
    assert!(!record.contains(&hex), "the secret is shown in hexadecimal");
}
