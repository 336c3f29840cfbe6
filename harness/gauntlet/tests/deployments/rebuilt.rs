//! The commands in the playbooks of `artefact/`, run in a faulty build directory. They repair it.

use std::process::Command;

use gauntlet::load;
use wasm_gauntlet_model::record::{Outcome, Record};
use wasm_gauntlet_model::verdict::{Severity, Verdict};

use crate::artefacts::Dist;
use crate::builds::{self, Build, RELEASE, UNSTRIPPED, build};
use crate::run_target;
use crate::servers::is_there;
use crate::servers::pair::{page, pair};

/// A faulty directory with plain names, and the lines of the target file that follow `dir`.
struct Broken {
    incident: &'static str,
    make: fn(&Dist) -> String,
}

const BROKEN: &[Broken] = &[
    Broken {
        incident: "artefact/shim-pair",
        make: |dist| plain(dist, &pair().module, &builds::old_shim()),
    },
    Broken {
        incident: "artefact/flavour-and-version",
        make: |dist| plain(dist, &build(&Build { target: "wasip1", ..RELEASE }), &pair().shim),
    },
    Broken {
        incident: "artefact/stripped",
        make: |dist| plain(dist, &build(&UNSTRIPPED), &pair().shim),
    },
    Broken {
        incident: "artefact/identified",
        make: |dist| {
            let flags = &["-trimpath", "-ldflags=-s -w -buildid="];
            plain(dist, &build(&Build { flags, ..RELEASE }), &pair().shim)
        },
    },
    Broken {
        incident: "artefact/siblings",
        make: |dist| {
            let lines = plain(dist, &build(&builds::OLD), &pair().shim);
            dist.compress();
            dist.put("main.wasm", &pair().module);
            lines
        },
    },
    Broken {
        incident: "artefact/supply-chain",
        make: |dist| {
            let lines = plain(dist, &pair().module, &pair().shim);
            dist.shell("openssl genpkey -algorithm ed25519 -out ../KEY.pem");
            dist.shell("echo nothing > SHA256SUMS");
            let key = dist.shell("openssl pkey -in ../KEY.pem -pubout | sed -n 2p");
            format!("{lines}    public-key: \"{}\"\n", key.trim())
        },
    },
];

/// Page, script and module under plain names, and the sources of a module.
fn plain(dist: &Dist, module: &[u8], shim: &[u8]) -> String {
    dist.put("index.html", page("wasm_exec.js", "main.wasm").as_bytes());
    dist.put("wasm_exec.js", shim);
    dist.put("main.wasm", module);
    dist.put("main.go", b"package main\n\nfunc main() { println(\"hello\") }\n");
    dist.put("go.mod", b"module example.test/hello\n\ngo 1.21\n");
    String::new()
}

/// The first word of each command in a playbook.
const PROGRAMS: [&str; 5] = ["find ", "openssl ", "cp ", "gzip ", "brotli "];

/// The commands among the lines of `text`.
fn commands(text: &str) -> Vec<&str> {
    let is_command = |line: &&str| {
        PROGRAMS.iter().any(|program| line.starts_with(program)) || line.starts_with("GOOS=js ")
    };
    text.lines().filter(is_command).collect()
}

fn red(record: &Record) -> Option<&Outcome> {
    let is_red = |one: &&Outcome| {
        one.verdict == Verdict::Fail && one.severity >= Severity::Minor
            || one.verdict == Verdict::Inconclusive
    };
    record.outcomes.iter().find(is_red)
}

/// The problems of one directory.
fn mend(one: &Broken, fix: &str) -> Option<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let dist = Dist::under(folder.path());
    let lines = (one.make)(&dist);
    let target = format!("artefacts:\n  - dir: \"{}\"\n{lines}", dist.0.display());
    let (_, record) = run_target(&target, one.incident);
    let advised = |failed: &Outcome| failed.advice.as_ref().is_some_and(|a| a.fix.contains(fix));
    match red(&record) {
        None => return Some("is not red".to_owned()),
        Some(failed) if !advised(failed) => return Some(format!("advises {:?}", failed.advice)),
        Some(_) => {}
    }
    let commands = commands(fix);
    for command in &commands {
        let mut shell = Command::new("sh");
        shell.args(["-ec", &command.replace("KEY.pem", "../KEY.pem")]).current_dir(&dist.0);
        let ran = shell.env("GOFLAGS", "-buildvcs=false").output().expect("a shell");
        if !ran.status.success() {
            return Some(format!("{command}: {}", String::from_utf8_lossy(&ran.stderr)));
        }
    }
    let (_, record) = run_target(&target, one.incident);
    let looked = record.outcomes.iter().any(|one| one.verdict == Verdict::Pass);
    match red(&record) {
        Some(left) => Some(format!("after {commands:?} still: {}", left.reason)),
        None => (commands.is_empty() || !looked).then(|| "nothing was tried".to_owned()),
    }
}

/// Every faulty directory.
pub(crate) fn check() {
    if !["go", "gzip", "brotli", "node", "openssl", "sha256sum"].into_iter().all(is_there) {
        return;
    }
    let scenarios = load::catalogue().expect("the catalogue loads");
    let mut wrong = Vec::new();
    for one in BROKEN {
        let scenario = scenarios.iter().find(|scenario| scenario.incident == one.incident);
        let fixes = &scenario.expect("an incident of the catalogue").playbook.fix;
        let fix = fixes.of("any").expect("a fix for any").trim();
        wrong.extend(mend(one, fix).map(|problem| format!("{}: {problem}", one.incident)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
