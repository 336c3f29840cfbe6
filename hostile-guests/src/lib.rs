//! Hostile WebAssembly modules, each with its attack and with what a right host does.
//!
//! A guest is one `.wat` file under `guests/<family>/` with a fixed header, or, where text cannot
//! say it, one generator under `src/generated/` with the same header. Everything travels inside the
//! crate: a host's own tests can walk [`all`] without a file system.
//!
//! ```
//! let guest = hostile_guests::find("cpu-loop").expect("the guest exists");
//! let wasm = guest.bytes(&[]).expect("it assembles");
//! assert!(wasm.starts_with(b"\0asm"));
//! assert!(guest.contained_if.contains(&hostile_guests::Contained::Deadline));
//! ```
//!
//! This crate must not run a guest, nor name a runtime.

mod assemble;
mod catalogue;
mod feature;
mod generated;
mod guest;
mod header;
mod words;

pub use assemble::AssembleError;
pub use catalogue::{FileError, load};
pub use feature::Feature;
pub use guest::Guest;
pub use header::{HeaderError, HeaderProblem};
pub use words::{Contained, Stage, Tier, TrapKind};

use std::sync::LazyLock;

static GUESTS: LazyLock<Vec<Guest>> =
    LazyLock::new(|| load().unwrap_or_else(|complaint| panic!("hostile-guests: {complaint}")));

/// Every guest, sorted by id.
///
/// # Panics
///
/// When an embedded file breaks the header's form; the crate's own tests hold that none does.
#[must_use]
pub fn all() -> &'static [Guest] {
    &GUESTS
}

/// The guest of that id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Guest> {
    let guests = all();
    guests.binary_search_by(|guest| guest.id.as_str().cmp(id)).ok().map(|index| &guests[index])
}
