//! x
pub mod headers;
