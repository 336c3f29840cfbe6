//! `gauntlet worker`.

use super::args::WorkerArgs;
use super::exit::{Exit, Failure};

/// Not wired yet.
pub(super) fn worker(_args: &WorkerArgs) -> Result<Exit, Failure> {
    Err(Failure::harness("not wired yet"))
}
