//! The command line, tested with the real binary: exit codes, messages, no panic.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use gauntlet::testbed::site::TestbedSite;
use tempfile::TempDir;

const GOOD: &str = r#"incident: mine/vary
claim: A response chosen by Accept-Encoding says so in Vary
severity: critical
faults: [no-vary]
playbook:
  symptom: Some people get a corrupt module
  first-check: the Vary header of each variant
  cause: a shared cache keeps one variant for everybody
  fix: { any: "Vary: Accept-Encoding on every variant", nginx: "gzip_vary on;" }
  see: [RFC 9110 §12.5.5]
needs: [site/module]
each: [module]
matrix: { offer: [br, gzip, ""] }
steps:
  - get: { accept-encoding: "{offer}" }
    as: variant
expect:
  variant.vary: { has-token: accept-encoding }
"#;

fn gauntlet(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gauntlet"));
    command.args(arguments).env_remove("CLICOLOR_FORCE").env_remove("NO_COLOR");
    command.output().expect("the binary starts")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("it ended by itself")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("stdout is text")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("stderr is text")
}

/// A directory with these files in it.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let dir = tempfile::tempdir().expect("a directory can be made");
    for (name, text) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().expect("it has one")).expect("it is made");
        fs::write(path, text).expect("it is written");
    }
    dir
}

/// The output of `list --scenarios` for these files, without the path of the directory.
fn complaint(files: &[(&str, &[u8])]) -> String {
    let dir = folder(files);
    let path = dir.path().to_str().expect("a temporary path is text");
    let output = gauntlet(&["list", "--scenarios", path]);
    assert_eq!(code(&output), 2, "{}", stderr(&output));
    assert!(stdout(&output).is_empty());
    let said = stderr(&output);
    assert!(!said.contains("panicked"), "{said}");
    said.replace(path, "[dir]")
}

fn snapshots(check: impl FnOnce()) {
    let mut settings = insta::Settings::clone_current();
    let root: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    settings.set_snapshot_path(root.join("reports/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(check);
}

#[test]
fn help_documents_every_exit_code() {
    for arguments in [&["--help"][..], &["-h"], &["run", "--help"], &["prove", "--help"]] {
        let output = gauntlet(arguments);
        assert_eq!(code(&output), 0);
        for line in ["0  ready", "1  an incident", "2  wrong usage", "3  inconclusive", "4  the"] {
            assert!(stdout(&output).contains(line), "{arguments:?} lacks {line}");
        }
    }
}

#[test]
fn help_offers_only_what_works() {
    let help = stdout(&gauntlet(&["--help"])) + &stdout(&gauntlet(&["run", "--help"]));
    for absent in ["gauntlet worker", "\n  worker", "chaos", "history"] {
        assert!(!help.contains(absent), "{absent}");
    }
}

#[test]
fn wrong_usage_is_exit_2_and_says_what_is_wrong() {
    let table = [
        (&["run", "--sites", "http://localhost/"][..], "--site"),
        (&["run", "--site", "localhost:8080"], "`http://localhost:8080/`"),
        (&["run", "--shard", "3/2"], "1/4"),
        (&["run", "--gate", "awful"], "critical"),
        (&["run", "--jobs", "0"], "1 or more"),
        (&["run", "--site", "example.com"], "did you mean `https://example.com/`?"),
        (&["run", "--runtime", "wasmtme"], "did you mean `wasmtime`?"),
        (&["run", "--runtime", "wasmi", "--runtime", "wasmi"], "named twice"),
        (&["guests", "export", "/proc/gauntlet"], "cannot write to /proc/gauntlet"),
        (&["testbed", "--fault", "no-varry"], "no-vary"),
        (&["explain"], "<ID>"),
        (&["frobnicate"], "frobnicate"),
        (&[], "Usage"),
    ];
    for (arguments, said) in table {
        let output = gauntlet(arguments);
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(stderr(&output).contains(said), "{arguments:?}: {}", stderr(&output));
    }
}

#[test]
fn a_word_that_is_unknown_is_answered_with_what_may_be_meant() {
    let dir = folder(&[("vary.yaml", GOOD.as_bytes())]);
    let path = dir.path().to_str().expect("a temporary path is text");
    let explain = gauntlet(&["explain", "mine/varry", "--scenarios", path]);
    assert_eq!(code(&explain), 2);
    let said = "error: unknown incident `mine/varry`; did you mean `mine/vary`?\n";
    assert_eq!(stderr(&explain), said);
    let list = gauntlet(&["list", "--only", "mien/", "--scenarios", path]);
    assert_eq!(code(&list), 3);
    let said = "error: no incident begins with `mien/`; did you mean `mine/`?\n";
    assert_eq!(stderr(&list), said);
    let show = gauntlet(&["guests", "show", "cpu-lop"]);
    assert_eq!(code(&show), 2);
    assert!(stderr(&show).contains("did you mean `cpu-loop`?"), "{}", stderr(&show));
}

#[test]
fn what_is_wrong_with_scenarios_is_said_all_at_once_with_places() {
    let bad_key = GOOD.replace("severity:", "severty:").replace("has-token", "has-tokn");
    let bad_type = GOOD.replace("[br, gzip, \"\"]", "br");
    let files = [("a/key.yaml", bad_key.as_bytes()), ("b/type.yaml", bad_type.as_bytes())];
    snapshots(|| insta::assert_snapshot!("scenario-complaints", complaint(&files)));
}

#[test]
fn a_bomb_is_one_complaint() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x]\n");
    for level in 1..9 {
        let items = vec![format!("*a{}", level - 1); 8].join(", ");
        bomb += &format!("a{level}: &a{level} [{items}]\n");
    }
    snapshots(|| {
        insta::assert_snapshot!("scenario-bomb", complaint(&[("bomb.yaml", bomb.as_bytes())]));
    });
}

#[test]
fn directories_that_give_no_scenario_say_why() {
    let large = vec![b'#'; (1 << 20) + 1];
    let said = [
        complaint(&[]),
        complaint(&[("notes.txt", b"hello")]),
        complaint(&[("latin.yaml", b"claim: caf\xe9\n"), ("large.yml", &large)]),
        complaint(&[("one.yaml", GOOD.as_bytes()), ("two.yaml", GOOD.as_bytes())]),
        complaint(&[("empty.yaml", b"")]),
    ];
    snapshots(|| insta::assert_snapshot!("scenario-directories", said.join("--\n")));
    let missing = gauntlet(&["list", "--scenarios", "/nonexistent/scenarios"]);
    assert_eq!(code(&missing), 2);
    assert!(stderr(&missing).starts_with("error: cannot read the scenarios in /nonexistent"));
    let file =
        gauntlet(&["list", "--scenarios", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")]);
    assert_eq!(code(&file), 2);
    assert!(stderr(&file).contains("is a file"), "{}", stderr(&file));
}

#[test]
fn an_incident_is_listed_and_explained() {
    let dir = folder(&[("vary.yaml", GOOD.as_bytes())]);
    let path = dir.path().to_str().expect("a temporary path is text");
    let list = gauntlet(&["list", "--scenarios", path]);
    let explain = gauntlet(&["explain", "mine/vary", "--scenarios", path]);
    assert_eq!((code(&list), code(&explain)), (0, 0));
    let said = format!("{}--\n{}", stdout(&list), stdout(&explain)).replace(path, "[dir]");
    snapshots(|| insta::assert_snapshot!("list-and-explain", said));
}

#[test]
fn a_reader_that_leaves_is_no_failure() {
    let mut command = Command::new("sh");
    let line = format!("{} guests list | head -n 1", env!("CARGO_BIN_EXE_gauntlet"));
    let output = command.args(["-c", &line]).output().expect("a shell starts");
    assert!(output.stderr.is_empty(), "{}", stderr(&output));
}

#[test]
fn what_other_programs_read_is_printed() {
    let table = [
        (&["schema"][..], "\"incident\""),
        (&["schema", "run"], "\"exit_code\""),
        (&["schema", "target"], "\"noise-factor\""),
        (&["completions", "bash"], "_gauntlet"),
        (&["man"], "gauntlet-run"),
        (&["guests", "show", "cpu-loop"], "(module"),
        (&["doctor"], "catalogue"),
    ];
    for (arguments, said) in table {
        let output = gauntlet(arguments);
        assert_eq!(code(&output), 0, "{arguments:?}: {}", stderr(&output));
        assert!(stdout(&output).contains(said), "{arguments:?}");
    }
}

#[test]
fn a_report_of_no_record_is_exit_2() {
    let dir = folder(&[("run.json", b"{\"version\": 7}")]);
    let path = dir.path().to_str().expect("a temporary path is text");
    let output = gauntlet(&["report", path]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("version 7"), "{}", stderr(&output));
    assert_eq!(code(&gauntlet(&["report", "/nonexistent"])), 2);
}

#[test]
fn a_build_directory_is_tested_and_an_empty_one_is_no_success() {
    let module: &[u8] = b"\0asm\x01\0\0\0";
    let dir = folder(&[("app.wasm", module), ("notes.txt", b"")]);
    let path = dir.path().to_str().expect("a path");
    let run = gauntlet(&["run", "--artefact", path, "--only", "artefact/", "--gate", "major"]);
    assert_eq!(code(&run), 0, "{}{}", stdout(&run), stderr(&run));
    assert!(stdout(&run).contains("artefact/identified"), "{}", stdout(&run));
    let run = gauntlet(&["run", "--artefact", path, "--only", "artefact/", "--gate", "minor"]);
    assert_eq!(code(&run), 1, "nothing says which build it is");

    let empty = folder(&[("index.html", b"<!doctype html>")]);
    let path = empty.path().to_str().expect("a path");
    let run = gauntlet(&["run", "--artefact", path]);
    assert_eq!(code(&run), 3, "{}", stdout(&run));
    assert!(stdout(&run).contains("no .wasm among the 1 files"), "{}", stdout(&run));
    let run = gauntlet(&["run", "--artefact", "/nowhere/at/all"]);
    assert_eq!(code(&run), 2, "{}", stderr(&run));
}

/// A second build, a manifest and a key have no flags. Without their file nothing is red.
#[test]
fn what_a_target_file_found_is_shown_again_by_that_file() {
    let dist = folder(&[("app.wasm", b"\0asm\x01\0\0\0"), ("of one build.txt", b"")]);
    let again = folder(&[("app.wasm", b"\0asm\x01\0\0\0")]);
    let (dir, second) = (dist.path().display(), again.path().display());
    let text = format!("artefacts:\n  - dir: {dir}\n    second-build: {second}\n");
    let file = folder(&[("the target.yaml", text.as_bytes())]);
    let file = file.path().join("the target.yaml").display().to_string();
    let run = gauntlet(&["run", "--target", &file, "--only", "artefact/reproducible"]);
    assert_eq!(code(&run), 1, "{}", stdout(&run));
    let output = stdout(&run);
    let said: Vec<&str> = output.split_whitespace().collect();
    let said = said.join(" ");
    let line = format!("gauntlet run --target '{file}' --only artefact/reproducible");
    assert!(said.contains(&line), "{line}\n{output}");
}

/// The run must say that it leaves out a check, or users take the check for a pass.
#[test]
fn what_a_target_file_names_of_a_build_has_to_be_there() {
    let dist = folder(&[("app.wasm", b"\0asm\x01\0\0\0")]);
    let dir = dist.path().display();
    for (lines, words) in [
        (format!("second-build: {dir}"), "the same directory as `dir`"),
        ("second-build: nowhere".to_owned(), "nowhere is not a directory"),
        ("manifest: nowhere".to_owned(), "there is no such file"),
        (format!("signature: {dir}/app.wasm"), "needs a `public-key`"),
        ("public-key: x".to_owned(), "openssl pkey"),
        (format!("public-key: \"{}\"", "00".repeat(32)), "there is no manifest"),
    ] {
        let text = format!("artefacts:\n  - dir: {dir}\n    {lines}\n");
        let file = folder(&[("gauntlet.yaml", text.as_bytes())]);
        let file = file.path().join("gauntlet.yaml").display().to_string();
        let output = gauntlet(&["run", "--target", &file, "--only", "artefact/"]);
        assert_eq!(code(&output), 2, "{text}");
        assert!(stderr(&output).contains(words), "{text}{}", stderr(&output));
    }
}

#[test]
fn a_module_of_the_last_run_is_asked_for_in_the_next() {
    let out = folder(&[]);
    let out = out.path().to_str().expect("a path");
    let site = TestbedSite::start(&[], None).expect("the site starts");
    let only = ["--only", "delivery/previous-still-served", "--out", out];
    let run = |site: &str| gauntlet(&[&["run", "--site", site][..], &only].concat());
    let first = run(&site.site_url());
    assert!(stdout(&first).contains("1 skipped"), "{}", stdout(&first));
    // The next deploy: the page of the same address names another module, or the same one.
    let json = fs::read_to_string(Path::new(out).join("run.json")).expect("a record");
    let before = json.replace("/assets/app.", "/assets/gone.");
    fs::write(Path::new(out).join("run.json"), before).expect("written");
    let second = run(&site.site_url());
    assert_eq!(code(&second), 1, "{}", stdout(&second));
    assert!(stdout(&second).contains("answers with status 404"), "{}", stdout(&second));
}

/// Nothing listens at port 1 of loopback, so a run on it ends at once.
#[test]
fn a_subject_or_a_filter_that_nothing_comes_of_is_never_ready() {
    let idle = gauntlet(&["run", "--runtime", "wasmi", "--only", "delivery/mime"]);
    assert_eq!(code(&idle), 3, "{}", stdout(&idle));
    assert!(stdout(&idle).contains("subject/looked-at"), "{}", stdout(&idle));
    let both = ["--only", "host/exit", "--only", "delivery/mime"];
    let both = gauntlet(&[&["run", "--runtime", "wasmi"][..], &both].concat());
    assert_ne!(code(&both), 0, "{}", stdout(&both));
    assert!(stdout(&both).contains("selects nothing for"), "{}", stdout(&both));
    let closed = gauntlet(&["run", "--host", "http://127.0.0.1:1/", "--only", "host/deadline"]);
    assert_eq!(code(&closed), 3);
    assert!(stdout(&closed).contains("connection refused"), "{}", stdout(&closed));
}

#[test]
fn a_port_that_is_taken_is_wrong_usage() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = taken.local_addr().expect("it has one").to_string();
    let output = gauntlet(&["testbed", "--listen", &address]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains(&format!("cannot listen at {address}")));
}
