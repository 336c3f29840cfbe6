//! Many guests on one host, in an order that a seed replays.
//!
//! Nothing here judges. What was seen is counted and returned.

pub mod mix;
