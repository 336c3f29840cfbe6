//! A guest of the catalogue as bytes with a digest.

use sha2::{Digest, Sha256};
use wasm_gauntlet_model::call::hex;

use crate::subject::Inability;

/// A module, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Module {
    /// Its id in `hostile-guests`.
    pub id: String,
    /// What it does, in one sentence.
    pub attack: String,
    /// Whether a right host runs it to its end.
    pub benign: bool,
    /// SHA-256 of the bytes, lower-case hex.
    pub digest: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Module {
    /// A module from its bytes.
    pub fn new(id: &str, attack: &str, benign: bool, bytes: Vec<u8>) -> Self {
        let digest = hex(&Sha256::digest(&bytes));
        Self { id: id.to_owned(), attack: attack.to_owned(), benign, digest, bytes }
    }
}

/// Where modules come from: the catalogue, or a test's own.
pub type Source = dyn Fn(&str, &[(String, String)]) -> Result<Module, Inability> + Sync;
