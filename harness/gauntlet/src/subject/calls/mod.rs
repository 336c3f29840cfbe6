//! The actions on a plugin host, performed over any [`Port`]: embedded, by adapter or over HTTP.
//!
//! Nothing here knows how a host is reached, and nothing here judges: what is seen is written
//! into the fields of the observation, and what was not seen stays unknown.

pub mod module;
pub mod port;
