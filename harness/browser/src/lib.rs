//! A real Chromium, driven over a pipe.
//!
//! The DevTools protocol is spoken over descriptors 3 and 4, so no port is open. Only the messages
//! that are used here have a type. Nothing here knows subjects, scenarios or verdicts: a
//! [`visit`] says what a page loaded, compiled, said and was refused.

pub mod connection;
pub mod fault_server;
pub mod find;
pub mod launch;
mod pipe;
pub mod protocol;
pub mod visit;
