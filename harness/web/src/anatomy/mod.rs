//! What a file of a build is, read from its bytes alone: a module, a shim, a name with a hash.
//!
//! Everything here is pure: bytes in, words out. Nothing is run. The bytes are hostile, so every
//! loop and every length has a bound.

pub mod flavour;
mod go_info;
pub mod hash;
pub mod module;
mod paths;
pub mod releases;
pub mod unfit;

use wasm_gauntlet_model::source::printable;

/// Most bytes of one name or text in a report. Longer ones are data, not names.
const TEXT_BYTES_MAX: usize = 200;

/// Most items of one list in a report. People read reports.
pub(crate) const LIST_ITEMS_MAX: usize = 16;

/// A hostile text made fit for a report: bounded, without control characters.
pub fn shown(text: &str) -> String {
    let mut end = text.len().min(TEXT_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    printable(&text[..end]).to_string()
}

/// The first items of a list, and how many more there are.
pub fn first(items: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut items = items.into_iter();
    let mut kept: Vec<String> = items.by_ref().take(LIST_ITEMS_MAX).collect();
    let more = items.count();
    if more > 0 {
        kept.push(format!("and {more} more"));
    }
    kept
}
