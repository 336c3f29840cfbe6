//! The runtimes that are built in, each served by a worker process of its own kind.
//!
//! None of them ever runs in the process of the harness: a guest that takes its host down
//! takes a worker.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use wasm_gauntlet_model::twin::Twin;

use super::adapter::{Adapter, Launch};
use super::calls::module::catalogue;
use super::defects::Defects;
use super::host::Host;
use super::wasmtime::WasmtimeHost;
use super::worker::{self, Confinement};

/// The names of the runtimes.
pub const RUNTIMES: &[&str] = &["wasmtime"];

/// A worker could not serve.
const EXIT_HARNESS: u8 = 4;

/// The host called `runtime` with these defects; none if it is not built in.
///
/// # Errors
/// When it cannot be started.
pub fn host(runtime: &str, faults: &[Twin]) -> std::io::Result<Option<Arc<dyn Host>>> {
    let defects = Defects::new(faults.iter().copied());
    Ok(match runtime {
        "wasmtime" => Some(Arc::new(WasmtimeHost::new(defects)?)),
        _ => None,
    })
}

/// `gauntlet worker`: serve the host called `runtime` on stdin and stdout.
pub fn serve(runtime: &str, faults: &[Twin]) -> ExitCode {
    let complaint = match host(runtime, faults) {
        Ok(Some(host)) => return worker::main(host, &Confinement::default()),
        Ok(None) => format!("no runtime is called {runtime}"),
        Err(error) => error.to_string(),
    };
    let _ = writeln!(std::io::stderr(), "gauntlet worker: {complaint}");
    ExitCode::from(EXIT_HARNESS)
}

/// The runtime as a subject; `program` is a `gauntlet` binary, usually this one.
pub fn subject(program: &Path, runtime: &str, faults: &[Twin]) -> Adapter {
    let launch = Launch::worker(program.to_owned(), runtime, faults);
    let flags = format!("--runtime {runtime} ");
    Adapter::new(runtime, launch, Box::new(catalogue)).called_by(flags)
}
