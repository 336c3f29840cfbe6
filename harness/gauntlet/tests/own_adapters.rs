//! A target file can name a user's own program for a runtime. It is tested like any other: here our
//! own worker, healthy and with a fault.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

const INCIDENT: &str = "host/recompile-per-call";

const LEDGER: &str = "gaps:
  - incident: host/recompile-per-call
    runtimes: [mine]
    reason: modules are compiled anew for each call
    see: our tracker, 7
";

/// A folder with a target file that names our worker as `mine`, with these extra arguments.
fn target(args: &str, more: &str) -> TempDir {
    let dir = tempfile::tempdir().expect("a folder can be made");
    let program = env!("CARGO_BIN_EXE_gauntlet");
    let text = format!(
        "adapters:\n  - name: mine\n    program: {program}\n    \
         args: [worker, --runtime, wasmi{args}]\n{more}"
    );
    std::fs::write(dir.path().join("target.yaml"), text).expect("it is written");
    std::fs::write(dir.path().join("gaps.yaml"), LEDGER).expect("it is written");
    dir
}

/// `run` in `folder`, and the outcomes that it kept.
fn run(folder: &Path) -> (Output, Vec<Value>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gauntlet"));
    command.args(["run", "--target", "target.yaml", "--only", INCIDENT, "--out", "out"]);
    let output = command.current_dir(folder).output().expect("the binary starts");
    let record = std::fs::read(folder.join("out/run.json")).unwrap_or_else(|_| b"{}".to_vec());
    let record: Value = serde_json::from_slice(&record).expect("JSON");
    let outcomes = record["outcomes"].as_array().cloned().unwrap_or_default();
    (output, outcomes)
}

#[test]
fn it_is_green_and_red_under_its_own_name() {
    for (args, verdict, code) in [("", "pass", 0), (", --fault, recompile", "fail", 1)] {
        let folder = target(args, "");
        let (output, outcomes) = run(folder.path());
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        assert_eq!(outcomes.len(), 1);
        let [subject, came] = ["subject", "verdict"].map(|key| outcomes[0][key].as_str());
        assert_eq!((subject, came), (Some("mine"), Some(verdict)));
        let reproduce = outcomes[0]["reproduce"].as_str().unwrap_or_default();
        assert!(verdict == "pass" || reproduce.contains("--target target.yaml"), "{reproduce}");
    }
}

#[test]
fn what_it_is_known_not_to_do_is_a_gap_until_it_does() {
    let ledger = "    ledger: gaps.yaml\n";
    let (output, outcomes) = run(target(", --fault, recompile", ledger).path());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(outcomes[0]["gap"]["see"], "our tracker, 7");
    let (output, outcomes) = run(target("", ledger).path());
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let place = outcomes[0]["where"].as_str().unwrap_or_default();
    assert!(place.starts_with("gaps.yaml:"), "{place}");
}

#[test]
fn what_is_wrong_with_its_program_and_its_ledger_is_said_at_once() {
    let more = "    ledger: gaps.yaml\n  - { name: gone, program: ./gone, ledger: none.yaml }\n  \
                - { name: lost, program: no-such-program }\n";
    let folder = target("", more);
    let wrong = LEDGER.replace("[mine]", "[mind]").replace("per-call", "per-cal");
    std::fs::write(folder.path().join("gaps.yaml"), wrong).expect("it is written");
    let (output, _) = run(folder.path());
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    for part in [
        "there is no file `./gone`\n  --> target.yaml:6:28",
        "cannot read `none.yaml`: No such file",
        "no program on the PATH is named `no-such-program`\n  --> target.yaml:7:28",
        "unknown incident `host/recompile-per-cal`\n  --> gaps.yaml:2:15",
        "did you mean `mine`?",
    ] {
        assert!(said.contains(part), "{part} is not in\n{said}");
    }
}
