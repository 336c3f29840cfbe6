//! `gauntlet interruption`: which mechanism stops which shape of endless guest, and how soon.

use std::fs;

use super::args::InterruptionArgs;
use super::exit::{Exit, Failure};
use super::{adapters, subjects};
use crate::interruption::{embedded, measure, wazero};
use crate::render::interruption::{json, timed, words};

/// `gauntlet interruption`.
pub(super) fn interruption(args: &InterruptionArgs) -> Result<Exit, Failure> {
    let mut mechanisms = embedded(&subjects::program()?);
    match adapters::wazero() {
        Ok(program) => mechanisms.extend(wazero(&program)),
        Err(why) => super::say(&format!("wazero is not measured: {why}\n")),
    }
    let table = measure(&mechanisms).map_err(|error| Failure::inconclusive(error.to_string()))?;
    super::print(&if args.words { words(&table) } else { timed(&table) })?;
    if let Some(dir) = &args.out {
        let cannot = |error| Failure::usage(format!("cannot write to {}: {error}", dir.display()));
        fs::create_dir_all(dir).map_err(cannot)?;
        fs::write(dir.join("interruption.md"), timed(&table)).map_err(cannot)?;
        fs::write(dir.join("interruption.json"), json(&table)).map_err(cannot)?;
    }
    Ok(Exit::Ready)
}
