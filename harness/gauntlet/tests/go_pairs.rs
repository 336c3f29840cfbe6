//! Real pairs of Go's shim and module, from several Go releases and mixed between them. The tests
//! check the facts that we read, and whether each pair starts in Node.
//!
//! Go downloads its other releases itself, as modules (`GOTOOLCHAIN`). Without Go or Node the tests
//! say what they skip. With `GAUNTLET_REQUIRE_ALL=1` that is a failure.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use gauntlet::subject::Subject;
use gauntlet::subject::build::{Artefact, Build};
use tempfile::TempDir;
use wasm_gauntlet_model::action::{Action, Asset, Inspect};
use wasm_gauntlet_model::observation::{Facts, Value};

/// A release before the shim changed in 1.24, and one after it. Both build modules, and so does the
/// installed Go. Shims come from 1.24 and later: older toolchains on the mirror have no `misc/`
/// folder.
const RELEASES: [&str; 2] = ["go1.23.12", "go1.24.13"];

const PROGRAM: &str = "package main\n\nfunc main() { println(\"started\") }\n";

/// Reports a skipped test, or fails if everything is required.
fn skip(what: &str) {
    assert!(std::env::var_os("GAUNTLET_REQUIRE_ALL").is_none(), "required, and not there: {what}");
    // The output of a test is the only place for this message.
    let _told = std::io::Write::write_all(
        &mut std::io::stderr(),
        format!("skipped: {what} is not there\n").as_bytes(),
    );
}

/// The output of `go` of a release, or `None` if that release is not available.
fn go(release: &str, arguments: &[&str], dir: &Path) -> Option<String> {
    let mut command = Command::new("go");
    command.args(arguments).current_dir(dir).env("GOTOOLCHAIN", release);
    command.env("GOFLAGS", "-buildvcs=false -trimpath");
    if arguments[0] == "build" {
        command.env("GOOS", "js").env("GOARCH", "wasm");
    }
    let output = command.output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn program_on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(name)).find(|program| program.is_file())
}

/// The files from one release of Go.
struct Made {
    version: String,
    module: Vec<u8>,
    shim: Option<String>,
}

/// Module and shim of each available release, the installed one last.
fn made() -> Vec<Made> {
    let dir = TempDir::new().expect("a folder");
    fs::write(dir.path().join("main.go"), PROGRAM).expect("written");
    fs::write(dir.path().join("go.mod"), "module example.com/started\n\ngo 1.21\n")
        .expect("written");
    let mut made = Vec::new();
    for release in RELEASES.iter().chain(&["local"]) {
        let build = ["build", "-ldflags=-s -w", "-o", "app.wasm", "."];
        if go(release, &build, dir.path()).is_none() {
            skip(&format!("Go ({release})"));
            continue;
        }
        let root = PathBuf::from(go(release, &["env", "GOROOT"], dir.path()).expect("a root"));
        let places = ["lib/wasm/wasm_exec.js", "misc/wasm/wasm_exec.js"];
        made.push(Made {
            version: go(release, &["env", "GOVERSION"], dir.path()).expect("a version"),
            module: fs::read(dir.path().join("app.wasm")).expect("a module"),
            shim: places.iter().find_map(|place| fs::read_to_string(root.join(place)).ok()),
        });
    }
    made
}

/// The facts of a module next to a shim.
fn facts(module: &[u8], shim: &str, node: Option<PathBuf>) -> Facts {
    let dir = TempDir::new().expect("a folder");
    fs::write(dir.path().join("app.wasm"), module).expect("written");
    fs::write(dir.path().join("wasm_exec.js"), shim).expect("written");
    let build = Build { dir: dir.path().to_owned(), node, ..Build::default() };
    let artefact = Artefact::new(build, String::new());
    let beside = artefact.profile().expect("a profile").found;
    assert!(beside.iter().any(|found| found.asset == Asset::Shim), "{beside:?}");
    let action = Action::Inspect(Inspect { asset: Asset::Module, url: "app.wasm".into(), beside });
    artefact.open(1).expect("a session").perform("module", &action).expect("facts").facts
}

/// The minor version in `go1.23.12`.
fn minor(version: &str) -> i64 {
    version.split('.').nth(1).and_then(|minor| minor.parse().ok()).expect("a version")
}

#[test]
fn releases_of_go_crossed_are_read_and_run() {
    let made = made();
    let node = program_on_path("node");
    if node.is_none() {
        skip("Node");
    }
    let mut pairs = 0;
    for shim in made.iter().filter_map(|one| one.shim.as_deref().map(|shim| (&one.version, shim))) {
        for module in &made {
            let what = format!("shim of {}, module of {}", shim.0, module.version);
            let facts = facts(&module.module, shim.1, node.clone());
            assert_eq!(facts["flavour"], Value::Text("go-js".into()), "{what}");
            assert_eq!(facts["go-minor"], Value::Int(minor(&module.version)), "{what}");
            assert_eq!(facts["glue"], Value::Text("wasm_exec.js".into()), "{what}");
            assert_eq!(facts["imports-undefined"], Value::Texts(vec![]), "{what}");
            assert_eq!(facts["namespaces-undefined"], Value::Texts(vec![]), "{what}");
            let same_epoch = (minor(shim.0) >= 24) == (minor(&module.version) >= 24);
            assert_eq!(facts["shim-release-fits"], Value::Bool(same_epoch), "{what}");
            let ran = if node.is_some() { Value::Bool(true) } else { Value::Absent };
            assert_eq!(facts["ran"], ran, "{what}");
            pairs += 1;
        }
    }
    assert!(pairs >= 4 || made.len() < 2, "{pairs} pairs of {} releases", made.len());
}

#[test]
fn a_shim_of_the_old_namespace_is_seen_and_does_not_run() {
    let made = made();
    let node = program_on_path("node");
    let Some((shim, module)) = made.iter().find_map(|one| Some((one.shim.as_ref()?, &one.module)))
    else {
        return skip("a shim of Go");
    };
    let stale = shim.replace("gojs: {", "go: {");
    assert_ne!(*shim, stale);
    let facts = facts(module, &stale, node.clone());
    let Value::Texts(undefined) = &facts["imports-undefined"] else { panic!("{facts:?}") };
    assert!(undefined.iter().any(|one| one.starts_with("gojs.runtime.")), "{undefined:?}");
    assert_eq!(facts["shim-releases"], Value::Absent);
    if node.is_some() {
        assert_eq!(facts["ran"], Value::Bool(false));
    }
    // One release added a function. The shim lacks it, and the facts name it.
    let lacking = shim.replace("\"runtime.wasmWrite\":", "\"runtime.wasmWrote\":");
    let facts = self::facts(module, &lacking, None);
    let missing = Value::Texts(vec!["gojs.runtime.wasmWrite".to_owned()]);
    assert_eq!(facts["imports-undefined"], missing);
}
