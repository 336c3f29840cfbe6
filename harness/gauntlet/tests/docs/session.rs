//! Runs the `console` blocks of one document, one after another, in one folder.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::lines::fits;
use crate::markdown::Block;

/// The address of the site in the documents. In the test, the testbed listens on a free port.
const SITE: &str = "127.0.0.1:8080";
/// The address of the plugin host in the documents.
const HOST: &str = "127.0.0.1:9000";

/// One command of a document.
#[derive(Debug)]
pub(crate) struct Step {
    /// The command line.
    pub command: String,
    /// The exit code that the document states; 0 if it states none.
    pub code: i32,
    /// The lines of output that the document shows.
    pub shown: Vec<String>,
}

/// The commands of a block. The test reads only the exit code in a comment behind a command.
pub(crate) fn steps(block: &Block) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut open = false;
    for line in block.text.lines() {
        match (line.strip_prefix("$ "), steps.last_mut()) {
            (Some(line), _) => {
                let (command, comment) = line.split_once(" #").unwrap_or((line, ""));
                let code = comment.split_once("exit code ").map_or("0", |(_, code)| code);
                let code = code.split(|c: char| !c.is_ascii_digit()).next().unwrap_or("0");
                let code = code.parse().expect("an exit code is a number");
                let command = command.trim().to_owned();
                open = command.ends_with('\\');
                steps.push(Step { command, code, shown: Vec::new() });
            }
            (None, Some(step)) if open => {
                step.command.pop();
                step.command += line.trim();
                open = step.command.ends_with('\\');
            }
            (None, Some(step)) => step.shown.push(line.to_owned()),
            (None, None) => panic!("{}: a console block begins with `$ `", block.place),
        }
    }
    steps
}

/// A folder with the files that a document writes, and the testbed that it starts.
pub(crate) struct Session {
    folder: TempDir,
    testbed: Option<Testbed>,
}

impl Session {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let programs = folder.path().join("bin");
        fs::create_dir(&programs).expect("it is made");
        let program = programs.join("gauntlet");
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_gauntlet"), program).expect("it is linked");
        fs::create_dir(folder.path().join("work")).expect("it is made");
        Self { folder, testbed: None }
    }

    fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// Writes a file that the document shows.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.work().join(name);
        fs::create_dir_all(path.parent().expect("it has one")).expect("it is made");
        fs::write(path, self.here(text)).expect("it is written");
    }

    /// Replaces the addresses of the documents by the real ones.
    fn here(&self, text: &str) -> String {
        let Some(testbed) = &self.testbed else { return text.to_owned() };
        text.replace(SITE, &testbed.site).replace(HOST, &testbed.host)
    }

    /// Replaces the real addresses by those of the documents.
    fn there(&self, text: &str) -> String {
        let Some(testbed) = &self.testbed else { return text.to_owned() };
        text.replace(&testbed.site, SITE).replace(&testbed.host, HOST)
    }

    /// Runs a command and compares its exit code and output with the document.
    pub(crate) fn run(&mut self, step: &Step, place: &str) {
        if let Some(arguments) = step.command.strip_prefix("gauntlet testbed") {
            self.testbed = None;
            self.testbed = Some(Testbed::start(arguments));
            return;
        }
        let (code, out, err) = self.said(&step.command);
        let said = if out.is_empty() { &err } else { &out };
        assert_eq!(code, Some(step.code), "{place}: {}\n{out}{err}", step.command);
        if let Err(line) = fits(&step.shown, said) {
            let command = &step.command;
            panic!("{place}: {command}\n`{line}` is shown and not said, or not there:\n{said}");
        }
    }

    /// Exit code, standard output and standard error of a command line. Progress goes to stderr.
    fn said(&self, line: &str) -> (Option<i32>, String, String) {
        let mut command = Command::new("bash");
        command.arg("-c").arg(format!("set -euo pipefail; {}", self.here(line)));
        let programs = self.folder.path().join("bin");
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{}:{path}", programs.display()));
        // The tests of browsers look at the same deployment. Here they would take a minute.
        command.env("CHROME", "/nowhere/chromium");
        command.env_remove("CLICOLOR_FORCE").env_remove("NO_COLOR");
        command.current_dir(self.work()).stdin(Stdio::null());
        let output = command.output().expect("bash starts");
        let text = |bytes: &[u8]| self.there(&String::from_utf8_lossy(bytes));
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    }
}

/// The reference deployment. It ends when this is dropped.
struct Testbed {
    child: Child,
    site: String,
    host: String,
}

impl Testbed {
    fn start(arguments: &str) -> Self {
        let mut words: Vec<&str> = arguments.split_whitespace().collect();
        if let Some(at) = words.iter().position(|word| *word == SITE) {
            words[at] = "127.0.0.1:0";
        }
        let mut command = Command::new(env!("CARGO_BIN_EXE_gauntlet"));
        command.arg("testbed").args(words).stdout(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let out = child.stdout.take().expect("its output");
        let mut lines = BufReader::new(out).lines();
        let mut address = |name: &str| {
            let line = lines.next().expect("a line").expect("text");
            let url = line.strip_prefix(name).and_then(|rest| rest.split_whitespace().next());
            let url = url.unwrap_or_else(|| panic!("no {name} in {line}"));
            url.trim_start_matches("http://").trim_end_matches('/').to_owned()
        };
        let (site, _, host) = (address("site"), address("origin"), address("host"));
        Self { child, site, host }
    }
}

impl Drop for Testbed {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}
