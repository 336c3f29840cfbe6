//! The reference deployment: correct by default, with a switch for each defect.
//!
//! Nothing here knows of subjects, scenarios or verdicts: it is judged like any stranger's.

pub mod build;
pub mod plugins;
pub mod site;
