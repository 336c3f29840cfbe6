//! Reports. They are made from a record alone: no clock, no subject, no scenario. So equal records
//! give equal reports.
//!
//! The texts of a record are hostile. No report contains a control character of theirs.

pub(crate) mod bound;
pub(crate) mod interruption;
pub mod junit;
pub mod matrix;
pub(crate) mod paint;
pub mod run_json;
pub mod terminal;
