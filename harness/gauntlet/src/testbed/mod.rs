//! The reference deployment: correct by default, and faulty in each way that it is told to be.
//!
//! Nothing here knows of subjects, scenarios or verdicts: it is judged like any stranger's.

pub mod build;
pub mod plugins;
pub mod site;
