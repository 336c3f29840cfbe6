//! Adapters that a user wrote and a target file names: their programs, and the ledgers of their
//! known gaps.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use wasm_gauntlet_host::process::confine::Confinement;
use wasm_gauntlet_host::process::launch::Launch;
use wasm_gauntlet_model::ledger::{self, Ledger, LedgerScope};
use wasm_gauntlet_model::source::{At, Complaint, Complaints, Source};
use wasm_gauntlet_model::target::AdapterTarget;

use super::adapters::on_path;
use crate::load;
use crate::subject::Subject;
use crate::subject::plugin_host::actions::module;
use crate::subject::plugin_host::adapter::{Adapter, ReferenceRuntimes};

/// An adapter whose program is there.
pub(super) struct OwnAdapter {
    /// Its name in reports.
    pub(crate) name: String,
    launch: Launch,
    flags: String,
    data_bytes: Option<u64>,
    cpu_s: Option<u64>,
}

impl OwnAdapter {
    /// Lower its own limits to at most these.
    pub(crate) fn hold_to(&mut self, most: &Confinement) {
        self.data_bytes = self.data_bytes.map(|bytes| bytes.min(most.data_bytes));
        self.cpu_s = self.cpu_s.map(|seconds| seconds.min(most.cpu_s));
    }

    /// The subject that tests it, limited to `usual` where the target file sets no other limit.
    pub(crate) fn subject(
        &self,
        references: Arc<ReferenceRuntimes>,
        usual: Confinement,
    ) -> Box<dyn Subject> {
        let confinement = Confinement {
            data_bytes: self.data_bytes.unwrap_or(usual.data_bytes),
            cpu_s: self.cpu_s.unwrap_or(usual.cpu_s),
            ..usual
        };
        let adapter = Adapter::new(&self.name, self.launch.clone(), Box::new(module::catalogue));
        let adapter = adapter.called_by(self.flags.clone()).compared_with(references);
        Box::new(adapter.confined(confinement))
    }
}

/// The adapters that the target file `source` names, with their known gaps. `flags` name that file
/// on the command line.
///
/// # Errors
/// Every complaint about programs that are not there, and about ledgers.
pub(super) fn of(
    named: Vec<AdapterTarget>,
    source: &Source,
    flags: &str,
) -> Result<(Vec<OwnAdapter>, Ledger), String> {
    let (mut adapters, mut known) = (Vec::new(), Ledger::default());
    let (mut here, mut there) = (Vec::new(), String::new());
    for target in named {
        let AdapterTarget { name, program, args, ledger, memory_mib, processor_s } = target;
        match ledger.map(|path| read(&path, &name)).transpose() {
            Ok(ledger) => known.0.extend(ledger.unwrap_or_default().0),
            Err(Unread::Here(complaint)) => here.push(complaint),
            Err(Unread::There(wrong)) => there += &wrong,
        }
        match find(&program) {
            Ok(program) => {
                let launch = Launch::of(program, args);
                let data_bytes = memory_mib.map(|mib| u64::from(mib) << 20);
                let (flags, cpu_s) = (flags.to_owned(), processor_s.map(u64::from));
                adapters.push(OwnAdapter { name, launch, flags, data_bytes, cpu_s });
            }
            Err(complaint) => here.push(complaint),
        }
    }
    if here.is_empty() && there.is_empty() {
        return Ok((adapters, known));
    }
    let here = match here.is_empty() {
        true => String::new(),
        false => Complaints::new(source.clone(), here).to_string(),
    };
    Err(here + &there)
}

/// The program's file. A name without a slash is searched for on the path.
fn find(program: &At<String>) -> Result<PathBuf, Complaint> {
    let path = Path::new(&program.value);
    let found = match program.value.contains('/') {
        true => path.is_file().then(|| path.to_owned()),
        false => on_path(&program.value),
    };
    found.ok_or_else(|| {
        let (problem, help) = match program.value.contains('/') {
            true => ("there is no file", "expected a program; its path starts at this directory"),
            false => ("no program on the PATH is named", "expected a path, as in `./my-adapter`"),
        };
        Complaint::new(program.span, format!("{problem} `{}`", program.value)).help(help)
    })
}

/// Why a ledger cannot be used: a complaint about the file that names it, or about the ledger
/// itself.
enum Unread {
    Here(Complaint),
    There(String),
}

/// The ledger at `path`, whose lines are about the adapter `name`.
fn read(path: &At<String>, name: &str) -> Result<Ledger, Unread> {
    let text = std::fs::read_to_string(&path.value).map_err(|error| {
        Unread::Here(Complaint::new(path.span, format!("cannot read `{}`: {error}", path.value)))
    })?;
    let scenarios = load::catalogue().map_err(|wrong| Unread::There(wrong.to_string()))?;
    let known = LedgerScope { scenarios: &scenarios, subjects: &[name] };
    ledger::parse_knowing(&Source::new(path.value.clone(), text), known)
        .map_err(|wrong| Unread::There(wrong.to_string()))
}
