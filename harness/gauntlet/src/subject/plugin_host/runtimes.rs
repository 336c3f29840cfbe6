//! The runtimes that this tool embeds, by name; each runs in a worker process of its own.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use wasm_gauntlet_model::fault::Fault;

use super::adapter::{Adapter, Launch, ReferenceRuntimes};
use super::calls::module;
use super::compile_trial::CompileTrial;
use super::external;
use super::faults::HostFaults;
use super::host::Host;
use super::tenants::PerTenant;
use super::wasmi::WasmiHost;
use super::wasmtime::WasmtimeHost;

/// The names of the embedded runtimes.
pub const NAMES: &[&str] = &["wasmtime", "wasmi"];

/// The names of every runtime that can be tested: embedded, and in programs of their own.
pub fn known() -> Vec<&'static str> {
    NAMES.iter().copied().chain(external::ALL.iter().map(|external| external.name)).collect()
}

/// The reference host over the runtime `name`, with the faults given and long modules compiled
/// in `trial` first; none if no runtime is called so. For the worker's side.
///
/// # Errors
/// When the runtime cannot be started.
pub fn host(
    name: &str,
    faults: &[Fault],
    trial: Option<CompileTrial>,
) -> io::Result<Option<Arc<dyn Host>>> {
    let faults = HostFaults::new(faults.iter().copied());
    let host: Arc<dyn Host> = match name {
        "wasmtime" => Arc::new(WasmtimeHost::new(faults.clone())?.trying(trial)),
        "wasmi" => Arc::new(WasmiHost::new(faults.clone())?.trying(trial)),
        _ => return Ok(None),
    };
    Ok(Some(Arc::new(PerTenant::new(host, faults))))
}

/// Every embedded runtime without any fault, to compare others with; started when first asked.
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
