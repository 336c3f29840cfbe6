//! An adapter that leaves a process and a deep folder behind, with the real binary. Neither
//! outlives the run, and the record reports both.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

/// An adapter in place of wazero that runs `then` before it says hello.
fn run(folder: &Path, then: &str) -> Output {
    let program = folder.join("adapter");
    let script = format!(
        "#!/bin/sh\n{then}\nread hello\n\
         echo '{{\"id\":1,\"answer\":\"hello\",\"protocol\":1,\"name\":\"sh\"}}'\n\
         while read line; do :; done\n"
    );
    std::fs::write(&program, script).expect("it is written");
    let rights = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&program, rights).expect("it is ours");
    let temporary = folder.join("tmp");
    std::fs::create_dir(&temporary).expect("a folder");
    let mut command = Command::new("sh");
    // As many descriptors as a shell has, fewer than the levels of a deep folder.
    command.args(["-c", "ulimit -n 1024; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_gauntlet")]);
    command.args(["run", "--runtime", "wazero", "--only", "artefact/"]).arg("--out");
    command.arg(folder.join("out")).env("GAUNTLET_WAZERO", program).env("TMPDIR", temporary);
    command.output().expect("the gauntlet runs")
}

#[test]
fn a_daemon_that_hides_is_ended_and_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let told = folder.path().join("pid");
    let hidden = format!("echo $$ >{0}.new; mv {0}.new {0}; exec sleep 1234", told.display());
    let ran = run(
        folder.path(),
        &format!(
            "(setsid env -i sh -c '{hidden}' >/dev/null 2>&1 </dev/null &)\n\
             while ! test -e {}; do :; done",
            told.display()
        ),
    );
    let record = std::fs::read_to_string(folder.path().join("out/run.json"));
    let record = record.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&ran.stderr)));
    assert!(record.contains("subject/leaves-nothing"), "{record}");
    assert_eq!(ran.status.code(), Some(3), "{}", String::from_utf8_lossy(&ran.stderr));
    let pid = std::fs::read_to_string(&told).expect("it said its id");
    assert!(!Path::new(&format!("/proc/{}", pid.trim())).exists(), "it runs on");
}

/// Shells keep whole paths, so it makes a thousand folders at a time: 4,000 nested ones.
#[test]
fn a_folder_however_deep_is_removed_and_nothing_breaks() {
    let folder = tempfile::tempdir().expect("a folder");
    let deep = "d=$(printf 'd/%.0s' $(seq 1000)); cd \"$TMPDIR\"\n\
                for i in 1 2 3 4; do mkdir -p \"$d\" && cd -P \"./$d\" 2>/dev/null || break; done\n\
                cd /";
    let ran = run(folder.path(), deep);
    assert_eq!(ran.status.code(), Some(3), "{}", String::from_utf8_lossy(&ran.stderr));
    let left = std::fs::read_dir(folder.path().join("tmp")).expect("it is there").count();
    assert_eq!(left, 0);
}
