//! The built-in ledgers, one file for each runtime.

use wasm_gauntlet_model::ledger::{self, Ledger};
use wasm_gauntlet_model::source::Source;

use super::LoadError;

macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        &[$((concat!("ledger/", $name), include_str!(concat!("../../ledger/", $name)))),+]
    };
}

/// Path and text of each.
const FILES: &[(&str, &str)] = files!["wasmi.yaml", "wazero.yaml"];

/// The built-in files.
pub fn ledger_sources() -> Vec<Source> {
    FILES.iter().map(|(path, text)| Source::new(*path, *text)).collect()
}

/// What is known of every runtime.
///
/// # Errors
/// When a built-in file is wrong, which the tests of this crate exclude.
pub fn ledger() -> Result<Ledger, LoadError> {
    let (mut entries, mut wrong) = (Vec::new(), Vec::new());
    for source in ledger_sources() {
        match ledger::parse(&source) {
            Ok(ledger) => entries.extend(ledger.0),
            Err(complaints) => wrong.push(complaints),
        }
    }
    if wrong.is_empty() { Ok(Ledger(entries)) } else { Err(LoadError::Wrong(wrong)) }
}
