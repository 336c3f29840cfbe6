//! Guests that cannot be written as text, or that are made by size: one function each, with the
//! header of a guest.
//!
//! A generator is deterministic: the same parameters give the same bytes.

/// The header of a compile bomb: the part that all of them share, around the part of each.
macro_rules! bomb_header {
    ($tier:literal, $attack:literal, seen_in: $seen_in:literal, params: $params:literal) => {
        concat!(
            ";; attack: ",
            $attack,
            "\n;; contained-if: ok | rejected(compile-budget) | rejected(static-limit)",
            " | rejected(size)\n;; returns: bytes 74696e79\n;; seen-in: ",
            $seen_in,
            "\n;; tier: ",
            $tier,
            "\n;; counterpart: benign-heavy\n;; params: ",
            $params,
            "\n"
        )
    };
}

mod artefact;
mod benign;
mod body;
mod bomb_code;
mod bomb_count;
mod bomb_flow;
mod bomb_mild;
mod chance;
mod custom;
mod drawn;
mod drawn_abi;
mod encode;
mod many;
mod memory;
mod section;
mod stack;

use crate::guest::Build;

/// A generated guest as written; its family is the id up to the first hyphen.
pub(crate) struct Generated {
    pub(crate) id: &'static str,
    /// The same header as at the start of a `.wat`.
    pub(crate) header: &'static str,
    pub(crate) build: Build,
}

/// The generated guests of one source file.
pub(crate) struct Table {
    /// The source file, for complaints.
    pub(crate) file: &'static str,
    pub(crate) guests: &'static [Generated],
}

/// Every generated guest.
pub(crate) const TABLES: &[&Table] = &[
    &artefact::TABLE,
    &benign::TABLE,
    &body::TABLE,
    &bomb_code::TABLE,
    &bomb_count::TABLE,
    &bomb_flow::TABLE,
    &bomb_mild::TABLE,
    &custom::TABLE,
    &drawn::TABLE,
    &many::TABLE,
    &memory::TABLE,
    &section::TABLE,
    &stack::TABLE,
];
