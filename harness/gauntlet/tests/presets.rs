//! A preset against the real platform: Cloudflare's workerd with hostile guests deployed on it.
//! Viceroy and `wasmtime serve` are built from source, and `ci/presets.sh` runs them.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Guests that end without a deadline, and those that the scenarios call with them.
const GUESTS: &[&str] = &[
    "benign-echo",
    "benign-grow",
    "benign-indirect",
    "benign-math",
    "benign-memory",
    "benign-recurse",
    "benign-spin",
    "benign-start",
    "benign-tiny",
    "trap-div0",
    "trap-indirect-sig",
    "trap-oob-load",
    "trap-unreachable",
    "stk-recurse-mutual",
    "inst-start-trap",
    "iso-global-counter",
    "iso-memory-canary",
    "mem-grow-loop",
    "abi-error-ansi",
    "abi-error-channel",
];

/// Longest wait for the first answer at the start, on a busy machine.
const START_PATIENCE: Duration = Duration::from_secs(30);

/// A server that ends with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The binary in `GAUNTLET_WORKERD`, or the one that `ci/setup.sh` installs. `None`, and a message,
/// if there is neither.
fn workerd() -> Option<PathBuf> {
    let target = Path::new(env!("CARGO_BIN_EXE_gauntlet")).ancestors().nth(2);
    let installed = target.expect("a folder of builds").join("npm/node_modules/.bin/workerd");
    let named = std::env::var_os("GAUNTLET_WORKERD").map(PathBuf::from);
    let found = named.or(Some(installed)).filter(|program| program.is_file());
    let required = std::env::var("GAUNTLET_REQUIRE_ALL").is_ok_and(|value| value == "1");
    assert!(found.is_some() || !required, "workerd is required; ci/setup.sh installs it");
    if found.is_none() {
        writeln!(std::io::stderr(), "skipped: no workerd").expect("stderr takes a line");
    }
    found
}

/// workerd with the guests deployed on it, and its target file.
fn deployed(workerd: &Path, folder: &Path) -> (Server, PathBuf) {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr());
    let address = port.expect("a port").to_string();
    let (guests, out) = (folder.join("guests"), folder.join("out"));
    std::fs::create_dir(&guests).expect("a folder");
    for id in GUESTS {
        let guest = hostile_guests::find(id).unwrap_or_else(|| panic!("no guest is called {id}"));
        let bytes = guest.bytes(&[]).expect("it is assembled");
        std::fs::write(guests.join(format!("{id}.wasm")), bytes).expect("it is written");
    }
    let prepare =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ci/presets/workerd/prepare.mjs");
    let mut node = Command::new("node");
    node.arg(prepare).args([&guests, &out]).arg(&address).stdout(Stdio::null());
    assert!(node.status().expect("Node runs").success());
    let mut command = Command::new(workerd);
    command.arg("serve").arg(out.join("config.capnp"));
    let server = Server(command.spawn().expect("workerd starts"));
    let begun = Instant::now();
    while TcpStream::connect(&address).is_err() {
        assert!(begun.elapsed() < START_PATIENCE, "workerd does not listen on {address}");
        std::thread::sleep(Duration::from_millis(50));
    }
    let named = std::fs::read_to_string(out.join("guests.yaml")).expect("it is written");
    let target = folder.join("target.yaml");
    let text = format!(
        "host:\n  url: http://{address}\n  preset: workerd\n  deadline-ms: 1000\n  guests:\n{named}"
    );
    std::fs::write(&target, text).expect("it is written");
    (server, target)
}

/// The verdict of each case, and the reason of each skipped incident.
fn run(target: &Path, out: &Path) -> BTreeMap<String, (String, String)> {
    let mut gauntlet = Command::new(env!("CARGO_BIN_EXE_gauntlet"));
    gauntlet.arg("run").arg("--target").arg(target).arg("--out").arg(out);
    for incident in ["trap-is-data", "fresh-instance", "structured-errors", "memory-cap"] {
        gauntlet.arg("--only").arg(format!("host/{incident}"));
    }
    let ran = gauntlet.output().expect("the gauntlet runs");
    assert_eq!(ran.status.code(), Some(1), "{}", String::from_utf8_lossy(&ran.stdout));
    let record = std::fs::read(out.join("run.json")).expect("a record");
    let record: Value = serde_json::from_slice(&record).expect("it is JSON");
    let text = |one: &Value, key: &str| one[key].as_str().unwrap_or_default().to_owned();
    let outcomes = record["outcomes"].as_array().expect("outcomes");
    let verdict = |one: &Value| {
        let case = format!("{} {}", text(one, "incident"), text(one, "case"));
        (case, (text(one, "verdict"), text(one, "reason")))
    };
    outcomes.iter().map(verdict).collect()
}

#[test]
fn workerd_contains_what_it_contains_and_has_no_cap_of_memory() {
    let Some(workerd) = workerd() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let (_server, target) = deployed(&workerd, folder.path());
    let outcomes = run(&target, &folder.path().join("run"));
    let failed: Vec<_> = outcomes.iter().filter(|(_, (verdict, _))| verdict == "fail").collect();
    assert_eq!(failed.len(), 1, "{failed:#?}");
    let (verdict, reason) = &outcomes["host/memory-cap hostile=mem-grow-loop"];
    assert_eq!((&**verdict, reason.contains("4096 pages")), ("fail", true), "{reason}");
    for case in [
        "host/trap-is-data hostile=trap-unreachable",
        "host/trap-is-data hostile=trap-indirect-sig",
        "host/trap-is-data hostile=stk-recurse-mutual",
        "host/trap-is-data hostile=inst-start-trap",
        "host/fresh-instance hostile=iso-memory-canary",
        "host/structured-errors hostile=abi-error-ansi",
    ] {
        assert_eq!(outcomes[case].0, "pass", "{case}: {}", outcomes[case].1);
    }
    let left_out = outcomes.iter().find(|(case, (verdict, _))| {
        case.starts_with("host/trap-is-data ") && verdict == "skipped"
    });
    let (_, (verdict, reason)) = left_out.expect("some guests are not deployed");
    assert_eq!(verdict, "skipped");
    assert!(reason.contains("not deployed on this host"), "{reason}");
    assert!(outcomes.values().all(|(verdict, _)| verdict != "inconclusive"), "{outcomes:#?}");
}
