//! `gauntlet run`.

use super::args::RunArgs;
use super::exit::{Exit, Failure};

/// Not wired yet.
pub(super) fn run(_args: &RunArgs) -> Result<Exit, Failure> {
    Err(Failure::harness("not wired yet"))
}
