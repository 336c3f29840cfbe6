//! The pure half of the gauntlet: its words, its scenario language, its judge and its record.
//!
//! Nothing here touches a file, a clock, a socket, a thread or the environment, so everything
//! here is tested by tables and properties.

pub mod action;
pub mod call;
pub mod cause;
pub mod detection;
pub mod excuse;
pub mod fault;
pub mod found;
pub mod host_limits;
pub mod inability;
pub mod interruption;
pub mod judge;
pub mod ledger;
pub mod limits;
pub mod name;
pub mod observation;
pub mod plan;
pub mod profile;
pub mod reading;
pub mod record;
mod renamed;
pub mod scenario;
pub mod selection;
pub mod source;
pub mod static_limits;
pub mod target;
pub mod trap;
pub mod verdict;
mod words;
pub mod yaml;
