//! The embedded runtimes, by name. Each runs in its own worker process.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use wasm_gauntlet_host::process::launch::Launch;
use wasm_gauntlet_host::runtimes::NAMES;
use wasm_gauntlet_model::fault::Fault;

use super::adapter::{Adapter, ReferenceRuntimes};
use super::external;
use crate::subject::plugin_host::actions::module;

/// The names of every runtime that can be tested: embedded ones, and those in separate programs.
pub fn known() -> Vec<&'static str> {
    NAMES.iter().copied().chain(external::ALL.iter().map(|external| external.name)).collect()
}

/// Every embedded runtime without any fault, as references. They start when they are first asked.
pub fn references(program: &Path) -> Arc<ReferenceRuntimes> {
    let worker =
        |name: &&str| ((*name).to_owned(), Launch::worker(program.to_path_buf(), name, &[]));
    Arc::new(ReferenceRuntimes::new(NAMES.iter().map(worker).collect()))
}

/// The subject that tests the runtime `name` in workers that `program` runs.
pub fn subject(name: &str, program: PathBuf, faults: &[Fault]) -> Adapter {
    let faults: Vec<&str> = faults.iter().map(|fault| fault.word()).collect();
    let launch = Launch::worker(program, name, &faults);
    Adapter::new(name, launch, Box::new(module::catalogue)).called_by(format!("--runtime {name} "))
}
