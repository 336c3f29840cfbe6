//! `gauntlet worker`: the child's side of an embedded runtime.

use std::process::ExitCode;
use std::sync::Arc;

use wasm_gauntlet_host::compile_trial::{self, CompileBudget, CompileTrial};
use wasm_gauntlet_host::guest_abi::MODULE_BYTES_MAX;
use wasm_gauntlet_host::host::Host;
use wasm_gauntlet_host::isolation;
use wasm_gauntlet_host::process::confine::Confinement;
use wasm_gauntlet_host::worker::child as worker;

use super::args::WorkerArgs;
use super::exit::{Exit, Failure};
use super::subjects;

/// `gauntlet worker`.
pub(super) fn worker(args: &WorkerArgs) -> Result<Exit, Failure> {
    let code = match &args.exceed {
        Some(limit) => isolation::exceed(limit),
        None if args.compile => compile_trial::main(&*host(args, None)?, MODULE_BYTES_MAX),
        None => worker::main(host(args, Some(trial(args)?))?, &Confinement::embedded()),
    };
    match code {
        code if code == ExitCode::SUCCESS => Ok(Exit::Ready),
        _ => Ok(Exit::Harness),
    }
}

fn host(args: &WorkerArgs, trial: Option<CompileTrial>) -> Result<Arc<dyn Host>, Failure> {
    let cannot = |error| Failure::harness(format!("cannot start {}: {error}", args.runtime));
    let host =
        wasm_gauntlet_host::runtimes::host(&args.runtime, &args.fault, trial).map_err(cannot)?;
    host.ok_or_else(|| Failure::usage(format!("unknown runtime `{}`", args.runtime)))
}

/// Long modules are first compiled by this program in another process.
fn trial(args: &WorkerArgs) -> Result<CompileTrial, Failure> {
    let words = ["worker", "--compile", "--runtime", &args.runtime];
    let args = words.into_iter().map(str::to_owned).collect();
    Ok(CompileTrial { program: subjects::program()?, args, budget: CompileBudget::default() })
}
