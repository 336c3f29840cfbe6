//! `gauntlet worker`: the child's side of an embedded runtime.

use super::args::WorkerArgs;
use super::exit::{Exit, Failure};
use crate::subject::runtimes;
use crate::subject::worker::{self, Confinement};

/// `gauntlet worker`.
pub(super) fn worker(args: &WorkerArgs) -> Result<Exit, Failure> {
    let cannot = |error| Failure::harness(format!("cannot start {}: {error}", args.runtime));
    let Some(host) = runtimes::host(&args.runtime, &args.fault).map_err(cannot)? else {
        return Err(Failure::usage(format!("no runtime is called `{}`", args.runtime)));
    };
    match worker::main(host, &Confinement::default()) {
        code if code == std::process::ExitCode::SUCCESS => Ok(Exit::Ready),
        _ => Ok(Exit::Harness),
    }
}
