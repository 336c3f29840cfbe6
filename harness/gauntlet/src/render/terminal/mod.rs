//! The summary of a run for a person: what was tested, a table, what failed and how to fix it, what
//! stayed inconclusive, and one line with the verdict.

mod doubts;
mod failures;
mod header;
mod page;
mod table;
mod verdict;

use wasm_gauntlet_model::record::Record;

use super::paint::Paint;
use page::ReportPage;

/// How the summary is to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appearance {
    /// Columns of the terminal.
    pub(crate) columns: usize,
    /// Whether to style.
    pub(crate) paint: Paint,
}

/// The width if it is not known, and that of the snapshots.
const COLUMNS_USUAL: usize = 80;
/// Narrower terminals get lines of this length, because labels and words would not fit.
const COLUMNS_MIN: usize = 60;
/// Wider lines are hard to read.
const COLUMNS_MAX: usize = 120;

impl Appearance {
    /// Plain text, 80 columns.
    pub const PLAIN: Self = Self { columns: COLUMNS_USUAL, paint: Paint { coloured: false } };

    /// Styled, as wide as the terminal where its width is known.
    pub(crate) fn styled(columns: Option<usize>) -> Self {
        let columns = columns.unwrap_or(COLUMNS_USUAL).clamp(COLUMNS_MIN, COLUMNS_MAX);
        Self { columns, paint: Paint { coloured: true } }
    }
}

/// The summary of a record.
pub fn render(record: &Record, look: Appearance) -> String {
    let mut page = ReportPage::new(look);
    header::write(record, &mut page);
    table::write(record, &mut page);
    failures::write(record, &mut page);
    doubts::write_inconclusive(record, &mut page);
    doubts::write_gaps(record, &mut page);
    doubts::write_skipped(record, &mut page);
    verdict::write(record, &mut page);
    page.text()
}
