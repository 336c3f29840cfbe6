//! A promise that each embedded runtime must keep.

use std::process::ExitCode;

use wasm_gauntlet_host::faults::HostFaults;
use wasm_gauntlet_host::host::Host;
use wasm_gauntlet_host::wasmi::WasmiHost;
use wasm_gauntlet_host::wasmtime::WasmtimeHost;

/// Code 1 if a runtime breaks one of `promises`. All of them run.
pub(crate) fn on_each(promises: fn(&dyn Host) -> bool) -> ExitCode {
    let wasmtime = WasmtimeHost::new(HostFaults::default()).expect("the ticker starts");
    let wasmi = WasmiHost::new(HostFaults::default()).expect("WASI links");
    let hosts: [&dyn Host; 2] = [&wasmtime, &wasmi];
    let kept = hosts.map(promises).into_iter().all(|kept| kept);
    ExitCode::from(u8::from(!kept))
}
