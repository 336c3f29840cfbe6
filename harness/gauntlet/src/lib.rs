//! The gauntlet: scenarios are replayed against subjects, and a verdict is given with evidence.
//!
//! Data goes one way: `event, load, coding, subject, testbed, chaos, engine, render, cli`; nothing
//! imports what comes after it.

pub mod chaos;
pub mod cli;
pub mod coding;
pub mod engine;
pub mod event;
pub mod load;
pub mod render;
pub mod subject;
pub mod testbed;

pub use cli::host_test::HostTest;
pub use subject::host;
