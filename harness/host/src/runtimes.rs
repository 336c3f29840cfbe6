//! The runtimes that this crate embeds, by name.

use std::io;
use std::sync::Arc;

use wasm_gauntlet_model::fault::Fault;

use crate::compile_trial::CompileTrial;
use crate::faults::HostFaults;
use crate::host::Host;
use crate::tenants::PerTenant;
use crate::wasmi::WasmiHost;
use crate::wasmtime::WasmtimeHost;

/// The names of the embedded runtimes.
pub const NAMES: &[&str] = &["wasmtime", "wasmi"];

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
