//! js/wasm pairs by the Node that is installed: Go's own shim beside a module that Go built, and
//! the ways in which the two do not fit.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use gauntlet::subject::plugin_host::adapter::pair::{PairKind, PairOutcome, TriedPair, run};

/// A program on the path; none, and it is said, where it is not installed.
fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|dir| dir.join(program)).find(|at| at.is_file());
    let required = std::env::var("GAUNTLET_REQUIRE_ALL").is_ok_and(|value| value == "1");
    assert!(found.is_some() || !required, "{program} is required and not installed");
    if found.is_none() {
        writeln!(std::io::stderr(), "skipped: no {program}").expect("stderr takes a line");
    }
    found
}

/// A module that Go built for the browser, and the shim that belongs to it.
fn go_pair(go: &Path, main: &str) -> (Vec<u8>, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text);
    put("go.mod", "module pair\n\ngo 1.21\n").expect("it is written");
    put("main.go", main).expect("it is written");
    let mut build = Command::new(go);
    build.args(["build", "-buildvcs=false", "-o", "pair.wasm", "."]).current_dir(folder.path());
    let built = build.env("GOOS", "js").env("GOARCH", "wasm").status().expect("Go runs");
    assert!(built.success());
    let module = std::fs::read(folder.path().join("pair.wasm")).expect("it was built");
    let root = Command::new(go).args(["env", "GOROOT"]).output().expect("Go runs");
    let root = PathBuf::from(String::from_utf8_lossy(&root.stdout).trim());
    let shims = ["lib/wasm/wasm_exec.js", "misc/wasm/wasm_exec.js"].map(|at| root.join(at));
    let shim = shims.iter().find_map(|at| std::fs::read_to_string(at).ok());
    (module, shim.expect("Go comes with its shim"))
}

fn tried(node: &Path, shim: &str, module: &[u8]) -> TriedPair {
    run(node, shim.as_bytes(), module).expect("Node can be started")
}

#[test]
fn the_shim_of_the_same_go_starts_a_module_and_another_does_not() {
    let (Some(node), Some(go)) = (on_path("node"), on_path("go")) else { return };
    let (module, shim) = go_pair(&go, "package main\n\nfunc main() {}\n");
    let pair = tried(&node, &shim, &module);
    assert_eq!((pair.kind, pair.outcome), (PairKind::Go, PairOutcome::Ran), "{pair:?}");
    assert!(pair.missing.is_empty());
    let other = shim.replace("\"runtime.nanotime1\"", "\"runtime.nanotime0\"");
    assert_ne!(other, shim);
    let pair = tried(&node, &other, &module);
    assert_eq!(pair.outcome, PairOutcome::LinkFailed, "{pair:?}");
    assert_eq!(pair.missing.len(), 1);
    assert!(pair.missing[0].ends_with("runtime.nanotime1"), "{pair:?}");
    assert!(pair.unknown.iter().any(|name| name.ends_with("runtime.nanotime0")), "{pair:?}");
}

#[test]
fn a_go_program_that_serves_has_started_and_one_that_panics_has_trapped() {
    let (Some(node), Some(go)) = (on_path("node"), on_path("go")) else { return };
    for (main, outcome) in
        [("select {}", PairOutcome::Started), (r#"panic("no")"#, PairOutcome::Trapped)]
    {
        let (module, shim) = go_pair(&go, &format!("package main\n\nfunc main() {{ {main} }}\n"));
        let pair = tried(&node, &shim, &module);
        assert_eq!(pair.outcome, outcome, "{main}: {pair:?}");
    }
}

/// As wasm-bindgen writes a shim for the web, no more of it than matters.
const BINDGEN: &str = "
    export function initSync({ module }) {
      const imports = { wbg: { __wbg_log_1: () => {} } };
      return new WebAssembly.Instance(module, imports).exports;
    }
    export default initSync;";

fn module(text: &str) -> Vec<u8> {
    wat::parse_str(text).expect("it assembles")
}

#[test]
fn a_shim_of_wasm_bindgen_is_known_and_its_imports_are_compared() {
    let Some(node) = on_path("node") else { return };
    let fitting = module(r#"(module (import "wbg" "__wbg_log_1" (func)))"#);
    let pair = tried(&node, BINDGEN, &fitting);
    assert_eq!((pair.kind, pair.outcome), (PairKind::WasmBindgen, PairOutcome::Ran), "{pair:?}");
    let newer = module(r#"(module (import "wbg" "__wbg_log_2" (func)))"#);
    let pair = tried(&node, BINDGEN, &newer);
    assert_eq!((pair.outcome, &*pair.missing[0]), (PairOutcome::LinkFailed, "wbg.__wbg_log_2"));
    let traps =
        module(r#"(module (import "wbg" "__wbg_log_1" (func)) (func $s unreachable) (start $s))"#);
    assert_eq!(tried(&node, BINDGEN, &traps).outcome, PairOutcome::Trapped);
}

#[test]
fn whatever_the_shim_is_there_is_a_report() {
    let Some(node) = on_path("node") else { return };
    let tiny = module("(module)");
    for (shim, outcome) in [
        ("<!doctype html>", PairOutcome::ShimFailed),
        ("const x = 1;", PairOutcome::UnknownShim),
        ("throw new Error('\\u001b[2J');", PairOutcome::ShimFailed),
        ("import './snippet.js';", PairOutcome::ShimFailed),
        ("for (;;);", PairOutcome::ShimFailed),
        ("process.exit(0)", PairOutcome::ShimFailed),
    ] {
        assert_eq!(tried(&node, shim, &tiny).outcome, outcome, "{shim}");
    }
    assert_eq!(tried(&node, BINDGEN, b"<html>").outcome, PairOutcome::ModuleFailed);
    assert!(run(Path::new("/nonexistent/node"), b"", b"").is_err());
}
