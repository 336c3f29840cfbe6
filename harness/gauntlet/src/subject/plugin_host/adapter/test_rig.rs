//! Real children for tests: the test binary itself as a worker, and shell scripts that misbehave.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use wasm_gauntlet_host::process::confine::Confinement;
use wasm_gauntlet_host::process::launch::Launch;
use wasm_gauntlet_host::worker::child::serve;
use wasm_gauntlet_host::worker::parent::supervised::{Supervised, WaitLimits};
use wasm_gauntlet_host::worker::parent::work::{GuestModule, Timed, Work};
use wasm_gauntlet_model::fault::Fault;
use wasm_gauntlet_model::limits::{Grants, Limits};

use crate::subject::Inability;
use crate::subject::plugin_host::adapter::test_rig::test_host::WordHost;

/// The host of the worker's own tests. Both crates include the file, because test code of one crate
/// cannot be used by another.
#[path = "../../../../../host/src/worker/child/test_host.rs"]
pub(crate) mod test_host;

const CHILD: &str = "GAUNTLET_TEST_CHILD";
const FAULTS: &str = "GAUNTLET_TEST_FAULTS";

/// Not a test: with `CHILD` set, the worker that `words` starts. The test runner writes to
/// stdout, so the shell has put the protocol's stream at descriptor 3.
#[test]
fn child() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let to = File::options().write(true).open("/proc/self/fd/3").expect("the shell opened it");
    Confinement::default().apply_to_self().expect("limits may be lowered");
    let runtime = std::env::var(CHILD).expect("it is set");
    let faults = std::env::var(FAULTS).unwrap_or_default();
    let faults: Vec<Fault> =
        faults.split_terminator(',').filter_map(|id| id.parse().ok()).collect();
    let embedded = wasm_gauntlet_host::runtimes::host(&runtime, &faults, None).expect("it starts");
    let served = serve(embedded.unwrap_or(Arc::new(WordHost)), std::io::stdin(), to);
    std::process::exit(i32::from(served.is_err()));
}

/// A worker over `WordHost`.
pub(crate) fn words() -> Launch {
    worker("words", &[])
}

/// A worker over an embedded runtime.
pub(crate) fn worker(runtime: &str, faults: &[Fault]) -> Launch {
    let itself = std::env::current_exe().expect("a running program has a path");
    let test = "subject::plugin_host::adapter::test_rig::child";
    let itself = itself.display();
    let script = format!("exec '{itself}' --exact {test} --nocapture 3>&1 >/dev/null");
    let faults: Vec<_> = faults.iter().map(|fault| fault.word()).collect();
    let child = (CHILD.to_owned(), runtime.to_owned());
    Launch { env: vec![child, (FAULTS.to_owned(), faults.join(","))], ..shell(&script) }
}

/// An adapter that is a shell script.
pub(crate) fn shell(script: &str) -> Launch {
    Launch::of(PathBuf::from("/bin/sh"), vec!["-c".to_owned(), script.to_owned()])
}

/// A script that says hello and loads, then does as `then` says.
pub(crate) fn good_until_call(then: &str) -> Launch {
    shell(&format!(
        r#"read hello; echo '{{"id":1,"answer":"hello","protocol":1,"name":"sh"}}'
        read load; echo '{{"id":2,"answer":"loaded"}}'
        read call; {then}"#
    ))
}

/// A module whose bytes are `word`, hostile unless it echoes.
pub(crate) fn module(word: &str, _: &[(String, String)]) -> Result<GuestModule, Inability> {
    let bytes = if word == "benign-spin" { "spin" } else { word };
    let benign = matches!(bytes, "echo" | "log" | "spin");
    let mut module = GuestModule::new(word, "as it is called", benign, bytes.as_bytes().to_vec());
    if word == "deadline" {
        module.contained_if.push(word.to_owned());
    }
    Ok(module)
}

/// Call `word` in a supervised child.
pub(crate) fn call(host: &Supervised, word: &str) -> Timed {
    let module = module(word, &[]).expect("it is made here");
    let (limits, grants) = (Limits::default(), Grants::default());
    let work =
        Work { module: &module, tenant: "t", input: b"in", limits: &limits, grants: &grants };
    host.call(&work).expect("a child can be started")
}

/// A child with the default patience.
pub(crate) fn supervised(launch: Launch) -> Supervised {
    Supervised::new(launch, WaitLimits::default())
}
