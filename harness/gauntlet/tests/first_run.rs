//! The first run of a new user: an empty home folder, and compilers on the path. The run ends
//! processes that a compiler leaves behind, and blames no subject for them.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};

/// A run on an embedded runtime with `home` as the home folder; its record is in `home/out`.
fn run(home: &Path, path: &str, only: &str) -> Output {
    let temporary = home.join("tmp");
    std::fs::create_dir_all(&temporary).expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_gauntlet"));
    command.args(["run", "--runtime", "wasmi", "--only", only, "--out"]).arg(home.join("out"));
    command.env("HOME", home).env("PATH", path).env("TMPDIR", &temporary);
    for name in ["XDG_CACHE_HOME", "XDG_CONFIG_HOME", "GOENV"] {
        command.env_remove(name);
    }
    command.output().expect("the gauntlet runs")
}

/// The run succeeded, and the record blames no subject.
fn is_ready(home: &Path, ran: &Output) {
    let said = [&ran.stdout[..], &ran.stderr[..]].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert_eq!(ran.status.code(), Some(0), "{said}");
    let record = std::fs::read_to_string(home.join("out/run.json")).expect("a record");
    assert!(!record.contains("subject/leaves-nothing"), "{said}");
    assert_eq!(left(home), Vec::<String>::new());
}

fn left(home: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(home.join("tmp")).expect("it is there").flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// A fake Go compiler that leaves a process in a new session, without any variable that shows who
/// started it.
#[test]
fn what_a_compiler_leaves_running_is_ended_and_nobodys_fault() {
    let home = tempfile::tempdir().expect("a folder");
    let told = home.path().join("pid");
    let hidden = format!("echo $$ >{0}.new; mv {0}.new {0}; exec sleep 1234", told.display());
    let script = format!(
        "#!/bin/sh\nPATH=/usr/bin:/bin\n\
         (setsid env -i PATH=$PATH sh -c '{hidden}' >/dev/null 2>&1 </dev/null &)\n\
         while ! test -e {}; do :; done\necho go1.26\n",
        told.display()
    );
    let go = home.path().join("bin/go");
    std::fs::create_dir(home.path().join("bin")).expect("a folder");
    std::fs::write(&go, script).expect("it is written");
    std::fs::set_permissions(&go, std::fs::Permissions::from_mode(0o755)).expect("it is ours");
    let path = home.path().join("bin");
    let ran = run(home.path(), &path.display().to_string(), "host/exit");
    is_ready(home.path(), &ran);
    let pid = std::fs::read_to_string(&told).expect("it said its id");
    assert!(!Path::new(&format!("/proc/{}", pid.trim())).exists(), "it runs on");
}

#[test]
fn go_in_a_new_home_folder_starts_no_telemetry() {
    let path = std::env::var("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).any(|folder| folder.join("go").is_file());
    if !on_path {
        let required = std::env::var("GAUNTLET_REQUIRE_ALL").is_ok_and(|value| value == "1");
        assert!(!required, "Go is required and not installed");
        return;
    }
    let home = tempfile::tempdir().expect("a folder");
    is_ready(home.path(), &run(home.path(), &path, "host/exit"));
    let settings = home.path().join(".config/go");
    assert!(!settings.exists(), "Go's own settings were written");
}

/// A killed run leaves folders. The next run removes them, but not those of a run that still lives.
#[test]
fn folders_of_a_killed_run_are_removed_by_the_next() {
    let home = tempfile::tempdir().expect("a folder");
    let temporary = home.path().join("tmp");
    std::fs::create_dir(&temporary).expect("a folder");
    let start = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gauntlet"));
        command.args(["testbed", "--listen", "127.0.0.1:0"]).env("TMPDIR", &temporary);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
        // The address is printed last, when everything is set up.
        let mut line = String::new();
        let out = child.stdout.take().expect("its output");
        let mut out = std::io::BufReader::new(out);
        std::io::BufRead::read_line(&mut out, &mut line).expect("a line");
        (child, out)
    };
    let (mut killed, _out) = start();
    kill_process(Pid::from_child(&killed), Signal::KILL).expect("it is ours");
    killed.wait().expect("it is gone");
    let of_killed = left(home.path());
    assert!(!of_killed.is_empty(), "a killed run leaves nothing, so nothing is shown here");
    let (mut lives, _out) = start();
    let of_living: Vec<String> =
        left(home.path()).into_iter().filter(|name| !of_killed.contains(name)).collect();
    assert!(!of_living.is_empty());
    let path = std::env::var("PATH").unwrap_or_default();
    let ran = run(home.path(), &path, "host/exit");
    assert_eq!(ran.status.code(), Some(0), "{}", String::from_utf8_lossy(&ran.stdout));
    let mut now = left(home.path());
    now.sort();
    let mut expected = of_living.clone();
    expected.sort();
    assert_eq!(now, expected);
    kill_process(Pid::from_child(&lives), Signal::TERM).expect("it is ours");
    lives.wait().expect("it ends");
}
