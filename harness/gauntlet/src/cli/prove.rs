//! `gauntlet prove`.

use super::args::ProveArgs;
use super::exit::{Exit, Failure};

/// Not wired yet.
pub(super) fn prove(_args: &ProveArgs) -> Result<Exit, Failure> {
    Err(Failure::harness("not wired yet"))
}
