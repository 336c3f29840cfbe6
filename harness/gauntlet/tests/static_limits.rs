//! The recommended static limits are calibrated: honest modules of real toolchains pass, and
//! modules that take a compiler long do not. Without Go the tests say what they skip. With
//! `GAUNTLET_REQUIRE_ALL=1` that is a failure.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use gauntlet::static_limits::{Count, StaticLimits, check};
use hostile_guests::{Contained, Guest, Stage};
use tempfile::TempDir;

fn bytes(guest: &Guest) -> Vec<u8> {
    guest.bytes(&[]).unwrap_or_else(|error| panic!("{}: {error}", guest.id))
}

/// Why the policy `calm` refuses the module.
fn excited(bytes: &[u8]) -> Option<String> {
    check(&StaticLimits::calm(), bytes).err().map(|refusal| refusal.to_string())
}

fn refusal(bytes: &[u8]) -> Option<String> {
    check(&StaticLimits::recommended(), bytes).err().map(|refusal| refusal.to_string())
}

#[test]
fn every_guest_that_a_right_host_must_take_passes() {
    let counted = [Stage::Size, Stage::StaticLimit, Stage::CompileBudget, Stage::Validate];
    let must_pass = |guest: &&Guest| {
        let refused = |stage| guest.contained_if.contains(&Contained::Rejected(stage));
        guest.benign || !counted.into_iter().any(refused)
    };
    let wrong: Vec<String> = (hostile_guests::all().iter().filter(must_pass))
        .filter_map(|guest| Some(format!("{}: {}", guest.id, refusal(&bytes(guest))?)))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Bombs that pass. A Go server has as many data segments, and functions of moderate size are
/// honest code.
const HARMLESS: &[&str] = &["cb-data-segs", "cb-parallel"];

#[test]
fn every_compile_bomb_is_refused_or_harmless() {
    let passing = bombs().filter(|bomb| refusal(&bytes(bomb)).is_none());
    assert_eq!(passing.map(|bomb| bomb.id.as_str()).collect::<Vec<&str>>(), HARMLESS);
}

fn bombs() -> impl Iterator<Item = &'static Guest> {
    hostile_guests::all().iter().filter(|guest| guest.family == "cb")
}

#[test]
fn a_bomb_is_refused_at_its_own_count() {
    let table = [
        ("cb-multival", Count::Params),
        ("cb-mild-multival", Count::ArityTimesNesting),
        ("cb-phi", Count::Locals),
        ("cb-mild-phi", Count::LocalsTimesLoops),
        ("cb-locals", Count::Locals),
        ("cb-types-same", Count::Types),
        ("cb-funcs-1m", Count::Functions),
        ("cb-brtable-wide", Count::BranchTargets),
        ("cb-nest-block", Count::BodyBytes),
    ];
    for (id, count) in table {
        let bomb = hostile_guests::find(id).expect("the bomb exists");
        let why = refusal(&bytes(bomb)).expect("it is refused");
        assert!(why.starts_with(&format!("{}: ", count.word())), "{id}: {why}");
    }
}

const SMALL: &str = "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"started\") }\n";

const REACTOR: &str = "package main\n\nimport \"strings\"\n\n//go:wasmexport process\n\
    func process(ptr, size int32) int64 { return int64(strings.Count(\"cheese\", \"e\")) }\n\n\
    func main() {}\n";

/// The module of a plugin that is a whole server.
const SERVER: &str = "package main\n\nimport \"net/http\"\n\nfunc main() {\n\
    \t_ = http.ListenAndServe(\":0\", nil)\n}\n";

#[test]
fn honest_modules_of_go_pass() {
    let Some(go) = go() else { return skip("Go") };
    let builds = [
        ("command", SMALL, "wasip1", "-buildmode=exe"),
        ("reactor", REACTOR, "wasip1", "-buildmode=c-shared"),
        ("page", SMALL, "js", "-buildmode=exe"),
        ("server", SERVER, "wasip1", "-buildmode=exe"),
    ];
    for (name, program, os, mode) in builds {
        let dir = TempDir::new().expect("a folder");
        let module = built(&go, dir.path(), program, os, mode);
        assert_eq!(refusal(&module), None, "{name}, {} bytes", module.len());
        let calm = if excited(&module).is_none() { ", and is calm all over" } else { "" };
        assert!(name == "server" || !calm.is_empty(), "{name}: {:?}", excited(&module));
        report(&format!("{name}: {} bytes pass{calm}", module.len()));
    }
}

fn built(go: &Path, dir: &Path, program: &str, os: &str, mode: &str) -> Vec<u8> {
    fs::write(dir.join("main.go"), program).expect("a program");
    fs::write(dir.join("go.mod"), "module honest\n\ngo 1.24\n").expect("a module");
    let mut command = Command::new(go);
    command.args(["build", mode, "-buildvcs=false", "-o", "out.wasm", "."]).current_dir(dir);
    command.env("GOOS", os).env("GOARCH", "wasm");
    let output = command.output().expect("Go runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    fs::read(dir.join("out.wasm")).expect("Go wrote it")
}

fn go() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let usual = PathBuf::from("/usr/local/go/bin");
    let mut dirs = std::env::split_paths(&path).chain([usual]);
    dirs.find_map(|dir| Some(dir.join("go")).filter(|go| go.is_file()))
}

/// Reports a skipped test, or fails if everything is required.
fn skip(what: &str) {
    assert!(std::env::var_os("GAUNTLET_REQUIRE_ALL").is_none(), "required, and not there: {what}");
    report(&format!("skipped: {what} is not there"));
}

/// The output of a test is the only place for this message.
fn report(what: &str) {
    let _told = std::io::Write::write_all(&mut std::io::stderr(), format!("{what}\n").as_bytes());
}
