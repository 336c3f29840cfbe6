//! This test checks every command and snippet of the documents. It runs them, parses them, or finds
//! them in the file that they come from. The words behind the fence select the check:
//!
//! | fence | check |
//! |---|---|
//! | `console` | runs in a folder of the document; output and exit code must be equal |
//! | `console by=ci/x.sh` | that script has the same command |
//! | `console skip=why` | not run: it needs something that is not here |
//! | `yaml target`, `yaml ledger` | the real parser reads it |
//! | `yaml`, `wat` with `file=NAME` | written into that folder, for later commands |
//! | any with `part-of=PATH` | that file of the repository contains its lines |
//! | `text` | a drawing, or text that nobody types |

mod field;
mod figures;
mod lines;
mod links;
mod markdown;
mod prose;
mod session;

use std::sync::{Mutex, PoisonError};

use wasm_gauntlet_model::source::Source;
use wasm_gauntlet_model::target::{self, KnownNames};
use wasm_gauntlet_model::{ledger, yaml};

use markdown::{Block, document, documents, root};
use session::{Session, steps};

/// The documents with commands, one test each.
macro_rules! run_the_commands_of {
    ($($name:ident: $path:literal,)+) => {
        $(#[test] fn $name() { run($path); })+

        const DOCUMENTS: &[&str] = &[$($path),+];
    };
}

run_the_commands_of! {
    readme: "README.md",
    contributing: "CONTRIBUTING.md",
    getting_started: "harness/docs/getting-started.md",
    testing_a_site: "harness/docs/site.md",
    testing_a_build: "harness/docs/build.md",
    testing_a_deployed_host: "harness/docs/deployed-host.md",
    your_own_rust_host: "harness/docs/rust-host.md",
    writing_an_adapter: "harness/docs/adapter.md",
    writing_a_scenario: "harness/docs/scenario.md",
    writing_a_guest: "harness/docs/guest.md",
    reading_a_report: "harness/docs/report.md",
    how_prove_works: "harness/docs/prove.md",
}

/// One document at a time: each of its runs may use the whole machine.
static ALONE: Mutex<()> = Mutex::new(());

/// How a block is checked.
enum Held {
    Run,
    Script(String),
    No,
}

fn held(block: &Block) -> Held {
    match (block.attribute("by"), block.attribute("skip")) {
        (Some(script), _) => Held::Script(script.to_owned()),
        (_, Some(_)) => Held::No,
        _ => Held::Run,
    }
}

fn run(path: &str) {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut session = Session::new();
    let mut seen = 0;
    for block in document(path).blocks() {
        if let Some(name) = block.attribute("file") {
            session.write(name, &block.text);
        }
        if block.language != "console" {
            continue;
        }
        match held(&block) {
            Held::Run => {
                for step in steps(&block) {
                    session.run(&step, &block.place);
                }
                seen += 1;
            }
            Held::Script(script) => {
                by_script(&block, &script);
                seen += 1;
            }
            Held::No => {}
        }
    }
    assert!(seen > 0, "{path}: no command is run, here or by a script");
}

/// The script runs each command of the block, and fails if the command fails. Output and exit code
/// are not compared, so such a block shows none.
fn by_script(block: &Block, script: &str) {
    let text = std::fs::read_to_string(root().join(script));
    let text = text.unwrap_or_else(|error| panic!("{}: {script}: {error}", block.place));
    assert!(text.contains("\nset -euo pipefail\n"), "{script} goes on after a failure");
    for step in steps(block) {
        let there = commands(&text).any(|line| runs(&line, &step.command));
        assert!(there, "{}: {script} does not run `{}`", block.place, step.command);
        let silent = step.shown.is_empty() && step.code == 0;
        assert!(silent, "{}: nothing holds what `{}` shows", block.place, step.command);
    }
}

/// The commands of a script: no comments, no quotes, and no options that make a command quiet.
fn commands(script: &str) -> impl Iterator<Item = String> {
    let lines = script.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    lines.map(|line| line.replace(" -q", "").replace('"', ""))
}

/// Whether a line of a script runs `command`: as its last command, or with `--out` after it. The
/// word before may start programs; a word that only prints does not count.
fn runs(line: &str, command: &str) -> bool {
    line.match_indices(command).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + command.len()..]);
        let prints = before.split_whitespace().any(|word| ["echo", "printf", ":"].contains(&word));
        let begins = before.is_empty() || before.ends_with([' ', '$', '/', '(']);
        let ends = after.is_empty() || after.starts_with(" --out ") || after.starts_with(" >");
        begins && ends && !prints
    })
}

#[test]
fn a_command_is_run_whole_and_not_told() {
    for (line, right) in [
        ("cargo test --test docs", true),
        ("fresh $gauntlet run --out $out/run", true),
        ("cargo test --test docs-of-others", false),
        ("cargo test --test docs || true", false),
        ("echo cargo test --test docs", false),
        ("no-cargo test --test docs", false),
    ] {
        let command =
            if line.contains("gauntlet") { "gauntlet run" } else { "cargo test --test docs" };
        assert_eq!(runs(line, command), right, "{line}");
    }
}

#[test]
fn each_document_with_commands_is_run() {
    for document in documents() {
        let runs = |block: &Block| block.language == "console";
        if document.blocks().iter().any(runs) {
            assert!(DOCUMENTS.contains(&&*document.path), "{} is not run", document.path);
        }
    }
}

#[test]
fn each_block_says_how_it_is_held() {
    for block in documents().iter().flat_map(markdown::Document::blocks) {
        let has = |name: &str| block.attribute(name).is_some();
        let right = match &*block.language {
            "console" | "text" => true,
            "yaml" => ["target", "ledger", "file", "part-of"].into_iter().any(has),
            "rust" | "toml" | "json" => has("part-of") || has("sketch"),
            "wat" => has("file") || has("part-of"),
            _ => false,
        };
        assert!(right, "{}: nothing holds this block ({})", block.place, block.language);
    }
}

#[test]
fn each_target_file_and_ledger_is_one() {
    let mut seen = 0;
    let guests: Vec<&str> = hostile_guests::all().iter().map(|guest| guest.id.as_str()).collect();
    let runtimes = ["wasmtime", "wasmi", "wazero"];
    let mut all = documents();
    all.push(document(protocol()));
    for block in all.iter().flat_map(markdown::Document::blocks) {
        let source = Source::new(&*block.place, &*block.text);
        let known = KnownNames { runtimes: &runtimes, guests: &guests };
        // Every YAML block in the page of the protocol is a target file.
        let of_protocol = block.place.contains("PROTOCOL.md") && block.language == "yaml";
        let wrong = if block.attribute("target").is_some() || of_protocol {
            target::parse_knowing(&source, known).err()
        } else if block.attribute("ledger").is_some() {
            ledger::parse(&source).err()
        } else {
            continue;
        };
        assert!(wrong.is_none(), "{}", wrong.expect("a complaint"));
        seen += 1;
    }
    assert!(seen >= 8, "{seen}");
}

/// The path of the page of the adapter protocol.
fn protocol() -> String {
    let guide = document("harness/docs/adapter.md");
    let link = guide.links().into_iter().find(|link| link.ends_with("PROTOCOL.md"));
    format!("harness/docs/{}", link.expect("the guide links to the protocol"))
}

#[test]
fn each_yaml_that_is_written_is_yaml() {
    for block in documents().iter().flat_map(markdown::Document::blocks) {
        if block.language == "yaml" && block.attribute("file").is_some() {
            let source = Source::new(&*block.place, &*block.text);
            assert!(yaml::parse(&source).is_ok(), "{}", block.place);
        }
    }
}

#[test]
fn each_part_of_a_file_stands_in_it() {
    let mut seen = 0;
    for block in documents().iter().flat_map(markdown::Document::blocks) {
        let Some(path) = block.attribute("part-of") else { continue };
        let whole = std::fs::read_to_string(root().join(path));
        let whole = whole.unwrap_or_else(|error| panic!("{}: {path}: {error}", block.place));
        let lines: Vec<&str> = whole.lines().map(str::trim).collect();
        let part: Vec<&str> = block.text.lines().map(str::trim).collect();
        let there = lines.windows(part.len()).any(|window| window == part);
        assert!(there, "{}: these lines do not stand in {path}:\n{}", block.place, block.text);
        seen += 1;
    }
    assert!(seen >= 3, "{seen}");
}
