//! The gauntlet: scenarios are replayed against subjects, and a verdict is given with evidence.
//!
//! Data goes one way: `locks, event, load, subject, conformance, interruption, testbed, chaos,
//! engine, host_test, render, cli`. Each module imports only what stands to its left. The crates
//! `wasm-gauntlet-web` and `wasm-gauntlet-host` come before all of them.

#[cfg(feature = "full")]
pub mod chaos;
#[cfg(feature = "full")]
pub mod cli;
#[cfg(feature = "full")]
pub(crate) mod conformance;
pub mod engine;
pub(crate) mod event;
pub(crate) mod host_test;
#[cfg(feature = "full")]
pub(crate) mod interruption;
pub mod load;
mod locks;
#[cfg(feature = "full")]
pub mod render;
pub mod subject;
#[cfg(feature = "full")]
pub mod testbed;

pub use crate::host_test::HostTest;
pub use wasm_gauntlet_host::host;
pub use wasm_gauntlet_host::static_limits;
