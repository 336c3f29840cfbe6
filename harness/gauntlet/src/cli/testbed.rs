//! `gauntlet testbed`.

use super::args::TestbedArgs;
use super::exit::{Exit, Failure};

/// Not wired yet.
pub(super) fn testbed(_args: &TestbedArgs) -> Result<Exit, Failure> {
    Err(Failure::harness("not wired yet"))
}
