//! The subject `host`: a plugin host in one of our workers, behind an adapter, or over HTTP.

pub mod actions;
pub mod adapter;
#[cfg(feature = "full")]
pub mod external;
#[cfg(feature = "full")]
pub mod http;
#[cfg(feature = "full")]
pub mod runtimes;
#[cfg(all(test, feature = "full"))]
mod runtimes_tests;
