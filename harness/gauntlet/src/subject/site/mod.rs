//! x
pub mod headers;
pub mod wire;
pub mod discovery;
