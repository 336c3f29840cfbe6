//! The HTTP subject against the reference front, healthy and not.

use std::io::{Read, Write};
use std::net::TcpListener;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use wasm_gauntlet_host::worker::parent::work::Work;
use wasm_gauntlet_model::action::{Action, Call};
use wasm_gauntlet_model::call::hex;
use wasm_gauntlet_model::fault::Fault;
use wasm_gauntlet_model::limits::{Grants, Limits};
use wasm_gauntlet_model::observation::{Observation, Value};
use wasm_gauntlet_model::profile::Need;
use wasm_gauntlet_model::source::Source;
use wasm_gauntlet_model::target;

use super::trial::HttpSession;
use super::{HostHttp, Secrets};
use crate::subject::plugin_host::actions::module::catalogue;
use crate::subject::plugin_host::actions::port::Port;
use crate::subject::plugin_host::adapter::test_rig::worker;
use crate::subject::{Inability, Session, Subject};
use crate::testbed::plugins::PluginFront;

fn front(faults: &[Fault]) -> PluginFront {
    PluginFront::over(worker("wasmtime", faults), Limits::default()).expect("it starts")
}

fn host(url: &str) -> HostHttp {
    HostHttp::new("host", url, Limits::default(), None, Box::new(catalogue)).expect("an address")
}

fn call(
    session: &mut dyn Session,
    guest: &str,
    with: impl FnOnce(&mut Call),
) -> Result<Observation, Inability> {
    let mut call = Call::usual(guest, "a");
    with(&mut call);
    session.perform("step", &Action::Call(call))
}

fn fact(observation: &Observation, field: &str) -> Value {
    let unknown = || panic!("nobody looked at {field}: {observation:?}");
    observation.facts.get(field).cloned().unwrap_or_else(unknown)
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[test]
fn the_right_host_answers_with_typed_outcomes() {
    let front = front(&[]);
    let host = host(&front.url());
    let profile = host.profile().expect("it answers");
    let host_does = |need: &&Need| need.word().starts_with("host/");
    let can: Vec<&Need> = profile.can.iter().filter(host_does).collect();
    assert_eq!(
        can,
        [
            &Need::HostCall,
            &Need::HostWasi,
            &Need::HostLog,
            &Need::HostTenants,
            &Need::HostRate,
            &Need::HostRegistry,
            &Need::HostMetrics
        ]
    );
    assert!(profile.about.ends_with("over HTTP"), "{}", profile.about);
    let mut session = host.open(1).expect("nothing is sent yet");
    for (guest, outcome) in [
        ("benign-echo", "ok"),
        ("cpu-loop", "deadline"),
        ("trap-unreachable", "trap"),
        ("shape-js-wasm", "rejected"),
        ("abi-error-channel", "guest-error"),
        ("benign-echo", "ok"),
    ] {
        let seen = call(&mut *session, guest, |_| {}).expect("it answers");
        assert_eq!(fact(&seen, "outcome"), text(outcome), "{guest}: {seen:?}");
        assert_eq!(fact(&seen, "host-alive"), Value::Bool(true), "{guest}");
        if outcome != "rejected" {
            assert_eq!(fact(&seen, "digest-right"), Value::Bool(true), "{guest}");
        }
        assert!(!seen.facts.contains_key("host-peak-mib"), "memory is not seen from here");
        assert!(seen.reproduce.is_some_and(|line| line.contains("curl")));
    }
    let seen = call(&mut *session, "benign-log", |_| {}).expect("it answers");
    assert_eq!(fact(&seen, "log-attributed"), Value::Bool(true));
}

#[test]
fn a_tenant_past_its_limit_is_busy() {
    let front = front(&[]);
    let host = host(&front.url());
    let mut session = host.open(1).expect("nothing is sent yet");
    let seen = call(&mut *session, "cpu-loop", |call| {
        call.times = 12;
        call.at_once = true;
    });
    let outcomes = fact(&seen.expect("it answers"), "outcomes");
    assert_eq!(outcomes, Value::Texts(vec!["busy".to_owned(), "deadline".to_owned()]));
}

#[test]
fn a_host_that_dies_behind_its_front_is_a_fault() {
    for (fault, guest) in
        [(Fault::PanicOnTrap, "trap-unreachable"), (Fault::NoDeadline, "cpu-loop")]
    {
        let front = front(&[fault]);
        let host = host(&front.url());
        let mut session = host.open(1).expect("nothing is sent yet");
        let seen = call(&mut *session, guest, |_| {}).expect("it answers");
        assert_eq!(fact(&seen, "outcome"), text("host-fault"), "{seen:?}");
        assert_eq!(fact(&seen, "host-alive"), Value::Bool(false));
        let seen = call(&mut *session, "benign-echo", |_| {}).expect("it answers");
        assert_eq!(fact(&seen, "outcome"), text("ok"));
        assert_eq!(fact(&seen, "host-alive"), Value::Bool(true));
    }
}

#[test]
fn who_was_never_there_is_no_finding_and_who_went_away_is() {
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", closed.local_addr().expect("it is bound"));
    drop(closed);
    let nobody = host(&url);
    assert!(nobody.profile().is_err());
    let mut session = nobody.open(1).expect("nothing is sent yet");
    assert!(call(&mut *session, "benign-echo", |_| {}).is_err());

    let front = front(&[]);
    let host = host(&front.url());
    let mut session = host.open(1).expect("nothing is sent yet");
    call(&mut *session, "benign-echo", |_| {}).expect("it answers");
    drop(front);
    let seen = call(&mut *session, "benign-echo", |_| {}).expect("its absence is seen");
    assert_eq!(fact(&seen, "outcome"), text("host-fault"));
    assert_eq!(fact(&seen, "host-alive"), Value::Bool(false));
}

/// A host that answers every request with `response`, and then closes.
fn canned(response: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    std::thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            let mut socket = socket;
            let mut head = [0; 64 << 10];
            let _ = socket.read(&mut head);
            let _ = socket.write_all(response.as_bytes());
        }
    });
    url
}

#[test]
fn strangers_are_read_without_a_panic() {
    const OK: &str = "HTTP/1.1 200 OK\r\nX-Guest-Digest: 00\r\nContent-Length: 26\r\n\r\n\
                      {\"name\":\"x\",\"features\":[]}";
    let host_of = |response| host(&canned(response));
    let digest = host_of(OK);
    let mut session = digest.open(1).expect("nothing is sent yet");
    let seen = call(&mut *session, "benign-tiny", |_| {}).expect("it answers");
    assert_eq!(fact(&seen, "output-bytes"), Value::Int(26));
    assert_eq!(fact(&seen, "digest-right"), Value::Bool(false), "it names another module");
    for garbage in ["", "garbage\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort"] {
        assert!(host_of(garbage).profile().is_err(), "{garbage}");
    }
}

#[test]
fn a_death_that_another_client_caused_is_seen_too() {
    let front = front(&[Fault::PanicOnTrap]);
    let host = host(&front.url());
    let watcher = HttpSession::new(&host, 1);
    watcher.watch(&[]).expect("it answers");
    assert_eq!(watcher.usage().alive, Some(true));
    let mut other = host.open(2).expect("nothing is sent yet");
    call(&mut *other, "trap-unreachable", |_| {}).expect("it answers");
    assert_eq!(watcher.usage().alive, Some(false));
}

#[test]
fn a_web_server_is_no_host_because_it_says_200() {
    for response in [
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"status\":\"up\"}",
        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull",
    ] {
        let shown = host(&canned(response)).profile().expect_err("it is any web server");
        let shown = shown.to_string();
        assert!(shown.contains("any web server") && shown.contains("mapping"), "{shown}");
    }
}

/// A host that is called by a mapping, with two guests.
fn strange(url: &str) -> HostHttp {
    let text = format!(
        "host:\n  url: {url}\n  guests: {{ benign-tiny: /tiny }}\n  mapping:\n    call:\n      \
         path: \"{{deployed}}\"\n      outcomes:\n        - {{ json: {{ /out: \"*\" }}, outcome: \
         ok, output: /out }}\n"
    );
    let target = target::parse(&Source::new("t", text), &[]).unwrap_or_else(|e| panic!("{e}"));
    host(url).speaking(&target.host.expect("a host").speech).expect("it is right")
}

#[test]
fn what_a_mapped_host_answers_is_ok_by_a_rule_alone() {
    let ok = strange(&canned("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{\"out\":\"hi\"}"));
    let profile = ok.profile().expect("it answers");
    assert_eq!(profile.deployed, Some(vec!["benign-tiny".to_owned()]));
    assert!(profile.about.contains("mapping"), "{}", profile.about);
    let mut session = ok.open(1).expect("nothing is sent yet");
    let seen = call(&mut *session, "benign-tiny", |_| {}).expect("it answers");
    assert_eq!((fact(&seen, "outcome"), fact(&seen, "output")), (text("ok"), text("hi")));
    let line = seen.reproduce.expect("there is one");
    assert!(line.contains("-X 'POST'") && line.contains("/tiny"), "{line}");
    let missing = call(&mut *session, "benign-echo", |_| {}).expect_err("it is not deployed");
    assert!(missing.to_string().contains("not deployed on this host"), "{missing}");
}

/// Answers of a hostile host: whatever it sends, nothing is `ok` and nothing panics.
#[test]
fn garbage_bombs_and_floods_of_a_mapped_host_are_never_ok() {
    let deep = format!("HTTP/1.1 200 OK\r\n\r\n{}", "[".repeat(4 << 20));
    let wide = format!("HTTP/1.1 200 OK\r\n\r\n[{}0]", "0,".repeat(2 << 20));
    let endless = format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(9 << 20));
    let headers = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "y".repeat(4 << 20));
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "X: y\r\n".repeat(5000));
    let lines = ["", "garbage\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"out\":"];
    let plain = ["HTTP/1.1 302 Found\r\nLocation: http://example.org/\r\n\r\n"];
    let answers = [deep, wide, endless, headers, many].into_iter();
    for answer in answers.chain(lines.into_iter().chain(plain).map(str::to_owned)) {
        let shown: String = answer.chars().take(40).collect();
        let host = strange(&canned(answer.leak()));
        let trial = HttpSession::new(&host, 1);
        let module = catalogue("benign-tiny", &[]).expect("the catalogue has it");
        let (limits, grants) = (&Limits::default(), &Grants::default());
        let work = Work { module: &module, tenant: "a", input: b"", limits, grants };
        if let Ok(timed) = trial.call(&work) {
            assert_eq!(timed.called.outcome.word(), "host-fault", "{shown}");
        }
    }
}

/// A secret that a host encodes so that only a reader of JSON, base64 or hexadecimal finds it.
#[test]
fn what_is_decoded_is_without_secrets_too() {
    const SECRET: &str = "s3cr3t/Tok+n";
    let json = format!("Bearer {}", SECRET.replace('/', "\\\\/"));
    for (encoding, packed) in [
        ("text", json.replace("\\\\", "\\")),
        ("base64", STANDARD.encode(format!("Bearer {SECRET}"))),
        ("base64", STANDARD.encode(json)),
        ("hex", hex(SECRET.as_bytes()).to_uppercase()),
    ] {
        let body = format!("{{\"out\":\"{packed}\"}}");
        let length = body.len();
        let response = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}");
        let text = format!(
            "host:\n  url: {}\n  guests: {{ benign-tiny: /t }}\n  mapping:\n    call:\n      \
             path: \"{{deployed}}\"\n      outcomes:\n        - {{ status: [200], outcome: ok, \
             output: /out, encoding: {encoding} }}\n",
            canned(response.leak())
        );
        let target = target::parse(&Source::new("t", text), &[]).unwrap_or_else(|e| panic!("{e}"));
        let speaks = target.host.expect("a host");
        let secrets = Secrets::new(
            &[target::Credential {
                header: "Authorization".to_owned(),
                before: "Bearer ".to_owned(),
                variable: "TOKEN".to_owned(),
                after: String::new(),
            }],
            |_| Some(SECRET.to_owned()),
        );
        let host = host(&speaks.url).speaking(&speaks.speech).expect("it is right");
        let host = host.with_secrets(secrets.expect("it is fit"));
        let mut session = host.open(1).expect("nothing is sent yet");
        let seen = call(&mut *session, "benign-tiny", |_| {});
        let shown = format!("{seen:?}").replace('\\', "");
        assert!(shown.contains("[secret]") && !shown.contains("Tok+n"), "{encoding}: {shown}");
        assert!(!shown.contains(&packed), "{encoding}: {shown}");
    }
}
