//! The browser as users meet it: asked for, absent, and never left behind.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// Whether a Chromium is here; where nothing may be skipped there must be one.
fn has_browser() -> bool {
    let found = wasm_gauntlet_browser::find::installed().is_some();
    let required = std::env::var("GAUNTLET_REQUIRE_ALL").is_ok_and(|value| value == "1");
    assert!(found || !required, "no Chromium is installed");
    found
}

fn gauntlet(arguments: &[&str], temporary: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gauntlet"));
    command.args(arguments).env("TMPDIR", temporary);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

/// Processes whose temporary folder is below `folder`: the browser has one of its own.
fn processes(folder: &Path) -> Vec<String> {
    let mark = format!("TMPDIR={}", folder.display());
    let all = fs::read_dir("/proc").expect("it is Linux").flatten();
    let ours = all.filter(|process| {
        let environment = fs::read(process.path().join("environ")).unwrap_or_default();
        String::from_utf8_lossy(&environment).contains(&mark)
    });
    let name = |process: fs::DirEntry| fs::read(process.path().join("cmdline")).unwrap_or_default();
    ours.map(|process| String::from_utf8_lossy(&name(process)).into_owned()).collect()
}

fn chromium(folder: &Path) -> usize {
    processes(folder).iter().filter(|line| line.contains("--remote-debugging-pipe")).count()
}

fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let until = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < until, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn ended_by(signal: Signal, folder: &Path) -> ExitStatus {
    let mut child = gauntlet(&["run", "--only", "browser/"], folder).spawn().expect("it starts");
    wait_until("no browser was started", || chromium(folder) > 0);
    kill_process(Pid::from_child(&child), signal).expect("it runs");
    child.wait().expect("it ends")
}

#[test]
fn nothing_is_left_after_a_run_an_interruption_and_a_kill() {
    if !has_browser() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let run = gauntlet(&["run", "--only", "browser/shim-runs"], folder.path());
    let ran = { run }.output().expect("it runs");
    assert_eq!(ran.status.code(), Some(0), "{}", text(&ran));
    assert_eq!(processes(folder.path()), Vec::<String>::new());
    assert_eq!(fs::read_dir(folder.path()).expect("it is there").count(), 0);

    ended_by(Signal::INT, folder.path());
    wait_until("a process is left after Ctrl-C", || processes(folder.path()).is_empty());
    assert_eq!(fs::read_dir(folder.path()).expect("it is there").count(), 0);

    assert_eq!(ended_by(Signal::KILL, folder.path()).signal(), Some(9));
    wait_until("a process is left after a kill", || processes(folder.path()).is_empty());
}

#[test]
fn a_verdict_without_a_browser_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = gauntlet(&["run", "--only", "browser/", "--browser", "off"], folder.path());
    let ran = { run }.output().expect("it runs");
    assert_eq!(ran.status.code(), Some(3), "{}", text(&ran));
    assert!(text(&ran).contains("no browser looked"), "{}", text(&ran));
}

#[test]
fn a_browser_that_must_be_there_and_is_not_is_wrong_usage() {
    let folder = tempfile::tempdir().expect("a folder");
    for (which, says) in
        [("required", "apt-get install chromium"), ("/gone/chromium", "no such file")]
    {
        let mut run = gauntlet(&["run", "--only", "browser/", "--browser", which], folder.path());
        let ran = run.env("CHROME", "/gone/too").output().expect("it runs");
        assert_eq!(ran.status.code(), Some(2), "{}", text(&ran));
        assert!(text(&ran).contains(says), "{}", text(&ran));
    }
}

#[test]
fn a_module_behind_a_link_of_the_page_is_found_and_other_pages_are_not_entered() {
    if !has_browser() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let page = "<!doctype html><title>t</title><link rel=icon href=data:,>
<nav><a href=other.html>Other</a> <a href=tool>Tool</a></nav><p>home</p><script type=module>
document.querySelector('[href=tool]').onclick = async (event) => {
  event.preventDefault();
  history.pushState({}, '', 'tool');
  await WebAssembly.instantiateStreaming(fetch('app.wasm'));
  document.querySelector('p').textContent = 'tool';
};
console.error('an advertisement did not load');
</script>";
    let other = "<!doctype html><script>fetch('app.wasm')</script>";
    fs::write(folder.path().join("index.html"), page).expect("it is written");
    fs::write(folder.path().join("other.html"), other).expect("it is written");
    fs::write(folder.path().join("app.wasm"), b"\0asm\x01\0\0\0").expect("it is written");
    let dir = folder.path().display().to_string();
    let run = gauntlet(&["run", "--artefact", &dir, "--only", "browser/eager-load"], folder.path());
    let ran = { run }.output().expect("it runs");
    assert_eq!(ran.status.code(), Some(0), "{}", text(&ran));
    assert!(text(&ran).contains("1 module compiled by the link \"Tool\""), "{}", text(&ran));
}

#[test]
fn a_browser_that_breaks_down_is_tried_once_more_and_counted() {
    if !has_browser() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (script, flag) = (folder.path().join("chromium"), folder.path().join("flag"));
    let real = wasm_gauntlet_browser::find::installed().expect("there is one");
    for (breaks, code, says) in [
        ("! -e", 0, "the browser broke down once, and a visit was tried once more"),
        ("! -z", 3, "the browser broke down 2 times"),
    ] {
        let text = format!(
            "#!/bin/sh\nif [ {breaks} {0} ]; then touch {0}; exit 1; fi\nexec {1} \"$@\"\n",
            flag.display(),
            real.display()
        );
        fs::write(&script, text).expect("it is written");
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("it is ours");
        let arguments = ["run", "--only", "browser/shim-runs", "--browser"];
        let mut run = gauntlet(&arguments, folder.path());
        let ran = run.arg(&script).output().expect("it runs");
        assert_eq!(ran.status.code(), Some(code), "{}", self::text(&ran));
        let words = self::text(&ran).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(says), "{words}");
    }
}
