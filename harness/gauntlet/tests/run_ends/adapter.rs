//! The program of an adapter no longer starts in the middle of a run.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use serde_json::Value;

/// Starts that succeed: the first contact, and a few trials.
const STARTS: u32 = 8;

#[test]
fn an_adapter_that_starts_no_more_is_one_incident() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("mine.sh");
    let tool = env!("CARGO_BIN_EXE_gauntlet");
    let script = format!(
        "#!/bin/sh\nn=$(cat \"$0.starts\" 2>/dev/null || echo 0)\necho $((n + 1)) >\"$0.starts\"\n\
         [ \"$n\" -lt {STARTS} ] || exit 1\nexec {tool} worker --runtime wasmi\n"
    );
    std::fs::write(&program, script).expect("it is written");
    let executable = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&program, executable).expect("it may be run");
    let target = format!("adapters:\n  - name: mine\n    program: {}\n", program.display());
    std::fs::write(folder.path().join("target.yaml"), target).expect("it is written");
    let mut command = Command::new(tool);
    command.args(["run", "--target", "target.yaml", "--only", "host/trap-is-data", "--out", "out"]);
    // Two parallel starts would share a number.
    command.args(["--jobs", "1"]);
    let output = command.current_dir(folder.path()).output().expect("the binary starts");
    let record = std::fs::read(folder.path().join("out/run.json")).expect("a record");
    let record: Value = serde_json::from_slice(&record).expect("JSON");
    let outcomes = record["outcomes"].as_array().expect("outcomes");
    let of = |verdict: &str, incident: &str| {
        let fits = |one: &&Value| one["verdict"] == verdict && one["incident"] == incident;
        outcomes.iter().filter(fits).count()
    };
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(of("fail", "host/lost"), 1, "{outcomes:#?}");
    assert!(of("pass", "host/trap-is-data") > 0);
    assert!(of("skipped", "host/trap-is-data") > 10);
    assert!(of("inconclusive", "host/trap-is-data") < 4, "{outcomes:#?}");
}
