//! Every command that the README shows is run here, or by `.ci/run`, which is said beside it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use gauntlet::subject::plugin_host::runtimes;
use wasm_gauntlet_model::source::Source;
use wasm_gauntlet_model::target::{self, KnownNames};

/// How a command of the README is held.
enum Held {
    /// It is run, and ends with this code.
    Exit(i32),
    /// It is run against the reference deployment at the address that this one has, healthy or
    /// with `no-vary`, and ends with this code.
    Site(&'static str, i32),
    /// It is run by `.ci/run`, in this script.
    Script(&'static str),
    /// It is this very run.
    Here,
}

/// The commands, as the README has them.
const COMMANDS: &[(&str, Held)] = &[
    ("cargo run --release -- run", Held::Script("ci/first-run.sh")),
    ("cargo test", Held::Here),
    ("cargo install --path harness/gauntlet", Held::Script("ci/package.sh")),
    ("gauntlet run --site https://staging.example/", Held::Site("", 0)),
    ("gauntlet testbed --fault no-vary --listen 127.0.0.1:8080", Held::Site("no-vary", 1)),
    ("gauntlet run --site http://127.0.0.1:8080/", Held::Site("no-vary", 1)),
    ("gauntlet list", Held::Exit(0)),
    ("gauntlet explain delivery/missing-vary", Held::Exit(0)),
    ("gauntlet run --only delivery/", Held::Exit(0)),
    ("gauntlet run --only host/deadline --runtime wasmi", Held::Script("ci/first-run.sh")),
    ("gauntlet prove --only delivery/", Held::Script("ci/prove.sh")),
    ("gauntlet run --scenarios my-scenarios/ --runtime wasmtime", Held::Script("ci/first-run.sh")),
];

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// The commands in the README's console blocks, comments cut off.
fn shown() -> Vec<String> {
    let text = std::fs::read_to_string(root().join("README.md")).expect("the README is there");
    let lines = text.lines().filter_map(|line| line.strip_prefix("$ "));
    lines.map(|line| line.split(" #").next().unwrap_or(line).trim().to_owned()).collect()
}

fn gauntlet(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gauntlet")).args(args).output().expect("it runs")
}

/// The reference deployment with a fault; it ends when this is dropped.
struct Testbed(Child, String);

impl Testbed {
    fn start(fault: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gauntlet"));
        command.args(["testbed", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped());
        if !fault.is_empty() {
            command.args(["--fault", fault]);
        }
        let mut child = command.spawn().expect("it starts");
        let out = child.stdout.take().expect("its output");
        let line = BufReader::new(out).lines().next().expect("a line").expect("text");
        let url = line.split_whitespace().nth(1).expect("an address").to_owned();
        Self(child, url)
    }
}

impl Drop for Testbed {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _reaped = self.0.wait();
    }
}

#[test]
fn the_readme_shows_these_commands_and_no_others() {
    let held: Vec<&str> = COMMANDS.iter().map(|(command, _)| *command).collect();
    assert_eq!(shown(), held);
}

#[test]
fn each_command_does_what_the_readme_says() {
    for (command, held) in COMMANDS {
        match held {
            Held::Here => {}
            Held::Script(script) => assert!(root().join(script).is_file(), "{script}"),
            Held::Exit(code) => {
                let args: Vec<&str> = command.split(' ').skip(1).collect();
                let ran = gauntlet(&args);
                let said = String::from_utf8_lossy(&ran.stdout);
                assert_eq!(ran.status.code(), Some(*code), "{command}\n{said}");
                assert!(!said.is_empty(), "{command}");
            }
            Held::Site(fault, code) => {
                let testbed = Testbed::start(fault);
                let ran = gauntlet(&["run", "--site", &testbed.1]);
                let said = String::from_utf8_lossy(&ran.stdout);
                assert_eq!(ran.status.code(), Some(*code), "{command}\n{said}");
            }
        }
    }
}

#[test]
fn every_target_file_that_is_shown_is_one() {
    let mut seen = 0;
    for file in ["README.md", "harness/host/src/protocol/PROTOCOL.md"] {
        let text = std::fs::read_to_string(root().join(file)).expect("it is there");
        for block in text.split("```yaml\n").skip(1) {
            let block = block.split("```").next().unwrap_or_default();
            let source = Source::new(file, block);
            let known = KnownNames { runtimes: &runtimes::known(), guests: &[] };
            let read = target::parse_knowing(&source, known);
            assert!(read.is_ok(), "{}", read.expect_err("wrong"));
            seen += 1;
        }
    }
    assert!(seen >= 8, "{seen}");
}

/// The tests of a package that `cargo test` leaves out: `name` and `test = false` in a `[[test]]`.
fn left_out(manifest: &str) -> Vec<String> {
    let targets = manifest.split("[[test]]").skip(1);
    let own = targets.map(|text| text.split("\n[").next().unwrap_or_default());
    let of = own.filter(|text| text.lines().any(|line| line.trim() == "test = false"));
    let name = |text: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix("name = "));
        line.expect("a test has a name").trim().trim_matches('"').to_owned()
    };
    of.map(name).collect()
}

#[test]
fn what_cargo_test_leaves_out_is_run_by_the_slow_tests() {
    let script = std::fs::read_to_string(root().join("ci/slow-tests.sh")).expect("it is there");
    let words: Vec<&str> = script.split_ascii_whitespace().collect();
    let mut seen = 0;
    for package in ["harness/gauntlet", "harness/example-host", "hostile-guests"] {
        let manifest = std::fs::read_to_string(root().join(package).join("Cargo.toml"));
        for name in left_out(&manifest.expect("a package has a manifest")) {
            assert!(words.windows(2).any(|two| two == ["--test", &name]), "{name} is run nowhere");
            seen += 1;
        }
    }
    assert!(seen > 0, "nothing is left out, so this test looks in the wrong place");
}
