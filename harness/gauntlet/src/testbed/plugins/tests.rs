//! The contract as a client sees it, over real sockets and a real host.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;
use wasm_gauntlet_host::worker::parent::work::GuestModule;
use wasm_gauntlet_model::call::{CallOutcome, RejectStage, Rejection};
use wasm_gauntlet_model::fault::Fault;
use wasm_gauntlet_model::host_limits::HostLimit;
use wasm_gauntlet_model::limits::Limits;
use wasm_gauntlet_model::trap::TrapKind;

use super::PluginFront;
use super::answer::status;
use crate::subject::plugin_host::actions::module::catalogue;
use crate::subject::plugin_host::adapter::test_rig::worker;

struct TestResponse {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl TestResponse {
    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The last word of the problem's type.
    fn word(&self) -> String {
        let kind = self.json()["type"].as_str().unwrap_or_default().to_owned();
        kind.rsplit('/').next().unwrap_or_default().to_owned()
    }
}

struct Client(PluginFront);

impl Client {
    fn of(faults: &[Fault]) -> Self {
        let front = PluginFront::over(worker("wasmtime", faults), Limits::default());
        Self(front.expect("it starts"))
    }

    fn socket(&self) -> TcpStream {
        let url = self.0.url();
        let address = url.strip_prefix("http://").expect("it is plain HTTP");
        let socket = TcpStream::connect(address).expect("it listens");
        socket.set_read_timeout(Some(Duration::from_secs(40))).expect("a timeout can be set");
        socket
    }

    fn ask(&self, method: &str, path: &str, tenant: &str, body: &[u8]) -> TestResponse {
        let mut socket = self.socket();
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\nX-Tenant: {tenant}\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n"
        );
        socket.write_all(head.as_bytes()).expect("it reads");
        socket.write_all(body).expect("it reads");
        let mut all = Vec::new();
        socket.read_to_end(&mut all).expect("it answers and closes");
        let split = all.windows(4).position(|at| at == b"\r\n\r\n").expect("a head ends");
        let head = String::from_utf8_lossy(&all[..split]).into_owned();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        TestResponse { status: status.expect("a status"), head, body: all[split + 4..].to_vec() }
    }

    fn upload(&self, guest: &str) -> GuestModule {
        let module = catalogue(guest, &[]).expect("the catalogue has it");
        let response = self.ask("PUT", &format!("/guests/{}", module.digest), "t", &module.bytes);
        assert!(matches!(response.status, 200 | 201), "{guest}: {}", response.head);
        module
    }

    fn call(&self, guest: &str) -> TestResponse {
        let module = self.upload(guest);
        self.ask("POST", &format!("/guests/{}/call", module.digest), "t", b"ping")
    }
}

fn contract() -> Value {
    serde_yaml::from_str(include_str!("openapi.yaml")).expect("the contract is YAML")
}

#[test]
fn every_outcome_has_the_status_that_the_contract_says() {
    let contract = contract();
    let text = String::new;
    let rejected = |stage| CallOutcome::Rejected(Rejection { stage, reason: text() });
    let said: BTreeMap<String, u16> =
        serde_json::from_value(contract["x-outcomes"].clone()).expect("a table");
    let outcomes = [
        CallOutcome::Ok { output: vec![] },
        CallOutcome::Trap { kind: TrapKind::Stack },
        CallOutcome::Deadline,
        CallOutcome::MemoryCap,
        CallOutcome::Fuel,
        CallOutcome::GuestError { code: 1, text: text() },
        rejected(RejectStage::Import),
        CallOutcome::Denied { capability: text() },
        CallOutcome::Busy,
        CallOutcome::HostFault { detail: text(), signal: None },
    ];
    assert_eq!(said.len(), outcomes.len());
    let calls = &contract["paths"]["/run"]["post"]["responses"];
    for outcome in outcomes {
        let status = status(&outcome).as_u16();
        assert_eq!(said.get(outcome.word()), Some(&status), "{}", outcome.word());
        assert!(calls[status.to_string()].is_object(), "{status} is not among the responses");
    }
    assert_eq!(status(&rejected(RejectStage::Size)).as_u16(), 413);
}

#[test]
fn the_contract_names_every_limit_with_its_range_and_what_is_assumed_without_it() {
    let limits = contract()["components"]["schemas"]["limits"]["properties"].clone();
    assert_eq!(limits.as_object().map(serde_json::Map::len), Some(HostLimit::ALL.len()));
    for limit in HostLimit::ALL {
        let said = &limits[limit.word()];
        let most = said["maximum"].as_u64().unwrap_or(u64::MAX);
        assert_eq!(said["minimum"].as_u64(), Some(*limit.range().start()), "{}", limit.word());
        assert_eq!(most, *limit.range().end(), "{}", limit.word());
        assert_eq!(said["default"].as_u64(), limit.of(&Limits::default()), "{}", limit.word());
        assert!(said["description"].is_string(), "{}", limit.word());
    }
}

#[test]
fn every_path_of_the_contract_is_served_and_says_only_what_it_may() {
    let client = Client::of(&[]);
    let module = client.upload("benign-log");
    let logged = client.ask("POST", &format!("/guests/{}/call", module.digest), "t", b"ping");
    let id = logged.header("x-call-id").expect("the guest logs").to_owned();
    let paths = contract()["paths"].clone();
    let mut served = 0;
    for (path, item) in paths.as_object().expect("paths") {
        for method in ["get", "put", "post"] {
            let responses = &item[method]["responses"];
            if responses.is_null() {
                let response =
                    client.ask(&method.to_uppercase(), &fill(path, &module, &id), "t", b"");
                assert_eq!(response.status, 405, "{method} {path}");
                assert!(response.header("allow").is_some());
                continue;
            }
            let bodies: [&[u8]; 3] = [b"", b"{\"digest\":\"x\"}", &module.bytes];
            for (body, tenant) in bodies.iter().flat_map(|body| [(body, "t"), (body, "a b")]) {
                let at = fill(path, &module, &id);
                let response = client.ask(&method.to_uppercase(), &at, tenant, body);
                let known = responses[response.status.to_string()].is_object();
                let unknown = response.status == 400 && tenant == "a b";
                assert!(known || unknown, "{method} {path} said {}", response.head);
            }
            served += 1;
        }
    }
    assert_eq!(served, 7);
    assert_eq!(client.ask("GET", "/else", "t", b"").status, 404);
}

fn fill(path: &str, module: &GuestModule, id: &str) -> String {
    path.replace("{sha256}", &module.digest).replace("{id}", id)
}

#[test]
fn outcomes_are_served_with_the_digest_that_served() {
    let client = Client::of(&[]);
    for (guest, status, word) in [
        ("trap-unreachable", 502, "trap"),
        ("cpu-loop", 504, "deadline"),
        ("abi-error-channel", 422, "guest-error"),
    ] {
        let response = client.call(guest);
        assert_eq!(
            (response.status, response.word().as_str()),
            (status, word),
            "{}",
            response.head
        );
        assert_eq!(response.header("content-type"), Some("application/problem+json"));
        let module = catalogue(guest, &[]).expect("the catalogue has it");
        assert_eq!(response.header("x-guest-digest"), Some(&*module.digest));
    }
    let response = client.call("benign-echo");
    assert_eq!((response.status, &*response.body), (200, &b"ping"[..]));
    let module = catalogue("shape-js-wasm", &[]).expect("the catalogue has it");
    let response = client.ask("PUT", &format!("/guests/{}", module.digest), "t", &module.bytes);
    assert_eq!((response.status, response.word().as_str()), (422, "rejected"));
    assert_eq!(response.json()["stage"], "import");
}

#[test]
fn a_digest_is_that_of_the_bytes_and_an_active_guest_is_run() {
    let client = Client::of(&[]);
    let module = catalogue("benign-echo", &[]).expect("the catalogue has it");
    let path = format!("/guests/{}", module.digest);
    assert_eq!(client.ask("PUT", &path, "t", b"other bytes").word(), "digest-mismatch");
    assert_eq!(client.ask("POST", &format!("{path}/call"), "t", b"").status, 404);
    assert_eq!(client.ask("POST", "/run", "t", b"").status, 409);
    assert_eq!(client.ask("PUT", &path, "t", &module.bytes).status, 201);
    assert_eq!(client.ask("PUT", &path, "t", &module.bytes).status, 200);
    let document = format!("{{\"digest\":\"{}\"}}", module.digest);
    assert_eq!(client.ask("PUT", "/active", "t", document.as_bytes()).status, 204);
    let response = client.ask("POST", "/run", "t", b"hi");
    assert_eq!((response.status, &*response.body), (200, &b"hi"[..]));
    assert_eq!(response.header("x-guest-digest"), Some(&*module.digest));
}

#[test]
fn bodies_past_their_bound_are_refused_and_the_answer_arrives() {
    let client = Client::of(&[]);
    let large = vec![0; (16 << 20) + 1];
    let response = client.ask("PUT", &format!("/guests/{}", "0".repeat(64)), "t", &large);
    assert_eq!((response.status, response.word().as_str()), (413, "rejected"));
    assert_eq!(response.json()["stage"], "size");
    let module = client.upload("benign-echo");
    let call = format!("/guests/{}/call", module.digest);
    assert_eq!(client.ask("POST", &call, "t", &large[..(1 << 20) + 1]).status, 413);
    assert_eq!(client.ask("POST", &call, "t", b"ping").status, 200);
}

#[test]
fn a_log_is_found_by_its_tenant_alone() {
    let client = Client::of(&[]);
    let response = client.call("benign-log");
    let lines = response.header("x-guest-log-lines").and_then(|lines| lines.parse::<usize>().ok());
    let path = format!("/calls/{}/log", response.header("x-call-id").expect("it logs"));
    let log = client.ask("GET", &path, "t", b"").json();
    assert_eq!(log.as_array().map(Vec::len), lines);
    assert_eq!(log[0]["tenant"], "t");
    assert_eq!(client.ask("GET", &path, "other", b"").status, 404);
}

#[test]
fn metrics_move_with_a_known_mix() {
    let client = Client::of(&[]);
    client.call("benign-echo");
    client.call("benign-echo");
    client.call("trap-unreachable");
    let page = String::from_utf8(client.ask("GET", "/metrics", "t", b"").body).expect("text");
    for line in [
        "plugin_calls_total{tenant=\"t\",outcome=\"ok\"} 2",
        "plugin_calls_total{tenant=\"t\",outcome=\"trap\"} 1",
        "plugin_call_seconds_count{tenant=\"t\"} 3",
        "plugin_uploads_total{outcome=\"ok\"} 3",
        "plugin_host_lost_total 0",
        "plugin_calls_in_flight 0",
    ] {
        assert!(page.lines().any(|found| found == line), "{line} is not in\n{page}");
    }
}

#[test]
fn a_host_that_dies_or_hangs_is_a_gateways_error_and_another_serves() {
    for (fault, guest, status) in
        [(Fault::PanicOnTrap, "trap-unreachable", 502), (Fault::NoDeadline, "cpu-loop", 504)]
    {
        let client = Client::of(&[fault]);
        client.upload(guest);
        let response = client.call(guest);
        assert_eq!((response.status, response.word().as_str()), (status, ""), "{}", response.head);
        assert_eq!(client.call("benign-echo").status, 200);
        assert_eq!(client.ask("GET", "/healthz", "t", b"").json()["processes-lost"], 1);
    }
}

#[test]
fn a_client_that_says_nothing_holds_nobody_up() {
    let client = Client::of(&[]);
    let mute: Vec<_> = (0..20).map(|_| client.socket()).collect();
    let mut half = client.socket();
    half.write_all(b"PUT /active HTTP/1.1\r\nContent-Length: 9\r\n\r\n{").expect("it reads");
    assert_eq!(client.call("benign-echo").status, 200);
    drop((mute, half));
}
