//! `gauntlet report`: a record in another form. It ends with the exit code of the run, so a
//! pipeline that shows a red run stays red.

use wasm_gauntlet_model::record::Record;

use super::args::{Format, ReportArgs};
use super::exit::{Exit, Failure};
use crate::render::terminal::{self, Appearance};
use crate::render::{junit, run_json};

/// `gauntlet report`.
pub(super) fn report(args: &ReportArgs) -> Result<Exit, Failure> {
    let record = run_json::read(&args.run).map_err(|error| Failure::usage(error.to_string()))?;
    match args.format {
        Format::Text => super::print(&summary(&record))?,
        Format::Json => super::print(&run_json::text(&record))?,
        Format::Junit => {
            let failed = |error| Failure::harness(format!("cannot write JUnit XML: {error}"));
            super::print(&junit::render(&record).map_err(failed)?)?;
        }
    }
    Ok(Exit::of(record.exit_code))
}

/// The summary that `run` prints too. The printer removes its styles where stdout is no terminal.
pub(super) fn summary(record: &Record) -> String {
    let size = terminal_size::terminal_size_of(std::io::stdout());
    terminal::render(record, Appearance::styled(size.map(|(width, _)| usize::from(width.0))))
}
