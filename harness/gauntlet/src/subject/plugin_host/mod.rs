//! The subject `host`: a plugin host in one of our workers, behind an adapter, or over HTTP.

pub mod actions;
pub mod adapter;
pub mod external;
#[cfg(feature = "full")]
pub mod http;
pub mod runtimes;
#[cfg(test)]
mod runtimes_tests;
