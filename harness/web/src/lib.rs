//! Reading a web deployment: exchanges with the bytes kept, headers, codings, pages, and what the
//! files are.
//!
//! Nothing here knows of subjects, scenarios or verdicts, and no script is run.

pub mod anatomy;
pub mod coding;
pub mod discovery;
pub mod headers;
pub mod inspection;
mod locked;
mod pair;
pub mod shell;
pub mod text;
pub mod wire;
