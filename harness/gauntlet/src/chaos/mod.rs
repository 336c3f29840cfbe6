//! Faults that come while it works: many guests, in an order that a seed replays.
//!
//! Nothing here judges: what was seen is counted, and told to whoever asked.

pub mod mix;
