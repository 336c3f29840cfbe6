//! Hostile WebAssembly modules, each with its attack and the right reaction of a host.
//!
//! A guest is one `.wat` file under `guests/<family>/` with a fixed header. A guest that cannot be
//! written as text is one generator under `src/generated/` with the same header. Everything is
//! inside the crate, so the tests of a host can iterate over [`all`] without a file system. Guests
//! from Go, C and Rust compilers are in [`toolchain`].
//!
//! The header has one key a line in this order, and `;;   ` at the start of continuation lines:
//!
//! ```text
//! ;; attack: what the guest does, one sentence
//! ;; contained-if: one or more outcomes ([`Contained`]), between ` | `
//! ;; returns: what the output is where the call ends `ok`
//! ;; seen-in: where it comes from
//! ;; tier: core | heavy
//! ;; counterpart: the benign guest that does nearly the same and must pass (hostile guests only)
//! ;; params: name=default, ... (`${name}` in the text is replaced by the value)
//! ;; features: proposals beyond the baseline ([`Feature`])
//! ;; reaches: how far it grows at most, `N pages` or `N elements` ([`Reach`])
//! ```
//!
//! Guest ABI v1: a guest exports `memory`, `alloc(len: i32) -> i32` and
//! `process(ptr: i32, len: i32) -> i64`, which is `ptr << 32 | len` of the output; it may import
//! `env.log(ptr: i32, len: i32)`, `env.error(code: i32, ptr: i32, len: i32)` and WASI preview 1.
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
mod recipe;
pub mod toolchain;
mod words;

pub use assemble::AssembleError;
pub use catalogue::{FileError, load};
pub use feature::Feature;
pub use guest::Guest;
pub use header::{HeaderError, HeaderProblem};
pub use words::{Contained, Reach, Stage, Tier, TrapKind};

use std::sync::LazyLock;

static GUESTS: LazyLock<Vec<Guest>> =
    LazyLock::new(|| load().unwrap_or_else(|complaint| panic!("hostile-guests: {complaint}")));

/// Every guest that needs only this crate for its bytes, sorted by id. [`toolchain::all`] has the
/// guests that a compiler builds.
///
/// # Panics
///
/// When an embedded file has an invalid header. The tests of this crate check that none has.
#[must_use]
pub fn all() -> &'static [Guest] {
    &GUESTS
}

/// The guest of that id, of [`all`] or of [`toolchain::all`].
#[must_use]
pub fn find(id: &str) -> Option<&'static Guest> {
    let among = |guests: &'static [Guest]| {
        let found = guests.binary_search_by(|guest| guest.id.as_str().cmp(id));
        found.ok().map(|index| &guests[index])
    };
    among(all()).or_else(|| among(toolchain::all()))
}
