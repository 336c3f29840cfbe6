//! The side of the parent in the adapter protocol: a host in its own process, watched from outside.
//!
//! Whatever the child does (dies, hangs, floods, lies) is an outcome; only a child that cannot be
//! started at all is an error.

pub mod answers;
pub mod modules;
pub mod outcome;
pub(crate) mod pending_replies;
pub mod process;
pub mod supervised;
pub mod work;
