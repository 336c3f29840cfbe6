//! What stops an endless guest, by its shape and by the host's mechanism: a table of measurements,
//! not of verdicts.

use serde::{Deserialize, Serialize};

/// The table: a column for each mechanism of a runtime, a row for each shape of guest.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Interruption {
    /// The deadline of each call, milliseconds.
    pub deadline_ms: u64,
    /// The mechanisms.
    pub columns: Vec<Column>,
    /// The shapes.
    pub rows: Vec<InterruptionRow>,
}

/// One mechanism of one runtime.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name, as in `wasmtime` or `wasmtime, fuel`.
    pub name: String,
    /// How the runtime is set up for it, in words.
    pub means: String,
}

/// One shape of guest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InterruptionRow {
    /// The shape, as in `tree of calls`.
    pub shape: String,
    /// The guest that has it.
    pub guest: String,
    /// One cell a column, in their order.
    pub cells: Vec<InterruptionCell>,
}

/// How guests of one shape ended under one mechanism.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InterruptionCell {
    /// The mechanism that stopped it, as the host names it, or `watchdog` where only the end of
    /// the process did; otherwise the outcome, as in `rejected(validate)`.
    pub stopped_by: String,
    /// Median of the wall time from the call to its answer, or to the end of the process,
    /// milliseconds.
    pub wall_ms: f64,
}
