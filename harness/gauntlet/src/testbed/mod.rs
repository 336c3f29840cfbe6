//! The reference deployment: correct by default, and with each fault that it is given.
//!
//! Nothing here knows of subjects, scenarios or verdicts. It is tested like any other deployment.

pub mod build;
pub mod plugins;
pub mod site;
