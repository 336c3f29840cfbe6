//! Reports. They are made of a record and of nothing else: no clock, no subject, no scenario,
//! so equal records give equal reports.
//!
//! What a record says is hostile text: nothing leaves here with a control character in it.

pub mod bound;
pub mod interruption;
pub mod junit;
pub mod matrix;
pub mod paint;
pub mod run_json;
pub mod terminal;
