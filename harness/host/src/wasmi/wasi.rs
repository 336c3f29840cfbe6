//! WASI preview 1 for one call: only what was granted.

use wasm_gauntlet_model::fault::Fault;
use wasmi_wasi::sync::{Dir, ambient_authority, clocks_ctx, random_ctx, sched_ctx};
use wasmi_wasi::wasi_common::pipe::WritePipe;
use wasmi_wasi::wasi_common::random::Deterministic;
use wasmi_wasi::wasi_common::{RngCore, StringArrayError, Table};
use wasmi_wasi::{WasiCtx, WasiDir};

use super::folder::ReadOnly;
use crate::embedded::Call;
use crate::guest_abi::log::{LineStream, plain};
use crate::guest_abi::preview1::virtual_random;

/// The context of one call. Without grants: no arguments, no environment, an empty stdin, no
/// folder, no socket, a virtual random stream; stdout and stderr go to the log. Clocks
/// and waiting are ours (`state`); those in here are never asked.
///
/// # Errors
/// When a folder cannot be opened, or the environment does not fit.
pub(super) fn context(call: &Call<'_>) -> Result<WasiCtx, String> {
    let mut context = WasiCtx::new(random(call), clocks_ctx(), sched_ctx(), Table::new());
    strings(&mut context, call).map_err(|error| words(&error))?;
    context.set_stdout(Box::new(WritePipe::new(LineStream::new(call.log.clone()))));
    context.set_stderr(Box::new(WritePipe::new(LineStream::new(call.log.clone()))));
    folders(&context, call).map_err(|error| words(&error))?;
    Ok(context)
}

fn words(error: &impl ToString) -> String {
    plain(error.to_string().as_bytes(), 400)
}

fn strings(context: &mut WasiCtx, call: &Call<'_>) -> Result<(), StringArrayError> {
    for argument in &call.grants.args {
        context.push_arg(argument)?;
    }
    for (name, value) in &call.grants.env {
        context.push_env(name, value)?;
    }
    if call.faults.has(Fault::AmbientEnv) {
        for (name, value) in std::env::vars_os() {
            context.push_env(&name.to_string_lossy(), &value.to_string_lossy())?;
        }
    }
    Ok(())
}

fn folders(context: &WasiCtx, call: &Call<'_>) -> Result<(), wasmi_wasi::Error> {
    if let Some(fixture) = call.fixture {
        let data = Dir::open_ambient_dir(fixture.data(), ambient_authority())?;
        context.push_preopened_dir(read_only(data), "/data")?;
    }
    if call.faults.has(Fault::AmbientFs) {
        let root = Dir::open_ambient_dir("/", ambient_authority())?;
        context.push_preopened_dir(read_only(root), "/")?;
    }
    Ok(())
}

fn random(call: &Call<'_>) -> Box<dyn RngCore + Send + Sync> {
    if call.grants.random { random_ctx() } else { Box::new(Deterministic::new(virtual_random())) }
}

fn read_only(folder: Dir) -> Box<dyn WasiDir> {
    Box::new(ReadOnly::new(Box::new(wasmi_wasi::sync::dir::Dir::from_cap_std(folder))))
}
