//! A js/wasm pair outside a browser: whether this shim starts this module, by Node.
//!
//! The program is `harness/adapters/node/pair.mjs`, which says more about what it looks at. It
//! runs the shim, so it is for pairs whose owner asked: what the shim can reach is confined by
//! the process's limits and an empty environment, and by nothing else.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use rustix::process::Pid;
use serde::Deserialize;
use wasm_gauntlet_host::process::confine::Confinement;
use wasm_gauntlet_host::process::launch::{Launch, Started};
use wasm_gauntlet_host::process::life::{Life, Why};
use wasm_gauntlet_host::process::remarks::Remarks;
use wasm_gauntlet_host::process::scratch::Scratch;

use crate::subject::Inability;

/// The program.
const PROGRAM: &str = include_str!("../../../../adapters/node/pair.mjs");

/// Ten times what the program waits for a module that serves: a loop that never ends is only
/// ended from outside.
const PATIENCE: Duration = Duration::from_secs(20);

/// Longest report: fifty names each way of what a module of 16 MiB may call its imports.
const REPORT_BYTES_MAX: u64 = 4 << 20;

/// Address space of Node, which reserves 10 GiB for each memory, and its own heap.
const ADDRESS_SPACE_BYTES: u64 = 1 << 40;

/// Which tool a shim is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PairKind {
    /// Go's `wasm_exec.js`.
    Go,
    /// wasm-bindgen's for the web.
    WasmBindgen,
    /// Another, which cannot be started here.
    Unknown,
}

/// What came of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PairOutcome {
    /// The shim instantiated the module, which came to its end.
    Ran,
    /// It was instantiated and had not come to an end in time, as what serves does not.
    Started,
    /// The shim is no script, or threw before it gave its imports.
    ShimFailed,
    /// The module does not compile.
    ModuleFailed,
    /// The imports that the shim gave do not fit the module.
    LinkFailed,
    /// The module was instantiated, and ended in an error.
    Trapped,
    /// The shim is of a kind that is not known.
    UnknownShim,
    /// Nothing was heard in time: a loop without an end, in the shim or in the module.
    Hung,
}

/// A pair that was tried. Every text in it is hostile.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TriedPair {
    /// Which tool the shim is of.
    pub kind: PairKind,
    /// What came of it.
    pub outcome: PairOutcome,
    /// Imports that the module wants and the shim does not give, as `module.name`.
    pub missing: Vec<String>,
    /// Imports that the shim gives and the module does not want; not wrong by itself.
    pub unknown: Vec<String>,
    /// The words of the error, where there is one.
    pub detail: String,
}

/// Try a pair with the program `node`.
///
/// # Errors
/// When Node cannot be started, or is too old to run the program.
pub fn run(node: &Path, shim: &[u8], module: &[u8]) -> Result<TriedPair, Inability> {
    let unable =
        |error: std::io::Error| Inability::tool_missing(format!("{}: {error}", node.display()));
    let folder = Scratch::new().map_err(unable)?;
    let file = |name: &str, bytes: &[u8]| -> std::io::Result<String> {
        let path = folder.path().join(name);
        fs::write(&path, bytes)?;
        Ok(path.to_string_lossy().into_owned())
    };
    let program = file("pair.mjs", PROGRAM.as_bytes()).map_err(unable)?;
    let shim = file("shim.js", shim).map_err(unable)?;
    let module = file("module.wasm", module).map_err(unable)?;
    let flags = ["--no-warnings", "--experimental-vm-modules"].map(str::to_owned);
    let args = flags.into_iter().chain([program, shim, module]).collect();
    let confinement =
        Confinement { address_space_bytes: Some(ADDRESS_SPACE_BYTES), ..Confinement::default() };
    let launch = Launch {
        program: node.to_owned(),
        args,
        env: Vec::new(),
        confinement,
        counted_first: false,
        remarks: Remarks::default(),
    };
    let (report, detail) = report(&launch).map_err(unable)?;
    match report {
        Some(line) if line.is_empty() => {
            Err(Inability::tool_missing(format!("{}: {detail}", node.display())))
        }
        Some(line) => serde_json::from_slice(&line).map_err(|error| {
            Inability::unreadable(format!("{}: no report: {error}", node.display()))
        }),
        None => Ok(TriedPair {
            kind: PairKind::Unknown,
            outcome: PairOutcome::Hung,
            missing: Vec::new(),
            unknown: Vec::new(),
            detail: format!("nothing was heard within {} s", PATIENCE.as_secs()),
        }),
    }
}

/// The line that the program wrote, empty if it wrote none, and how it ended; no line if nothing
/// came in time. Nothing of it is left behind.
fn report(launch: &Launch) -> std::io::Result<(Option<Vec<u8>>, String)> {
    let Started { mut child, scratch, traces } = launch.start()?;
    let pid = Pid::from_child(&child);
    let life = Life::new(pid);
    let confined = launch.confinement.apply_to(pid);
    let (to, from) = sync_channel(1);
    let stdout = child.stdout.take();
    std::thread::spawn(move || {
        let mut line = Vec::new();
        if let Some(stdout) = stdout {
            let _ = BufReader::new(stdout.take(REPORT_BYTES_MAX)).read_until(b'\n', &mut line);
        }
        let _ = to.send(line);
    });
    let heard = from.recv_timeout(PATIENCE).ok();
    life.end(Why::Done);
    let (detail, _) = life.reap(&mut child).words();
    traces.end();
    drop(scratch);
    confined.map_err(std::io::Error::other)?;
    Ok((heard, detail))
}
