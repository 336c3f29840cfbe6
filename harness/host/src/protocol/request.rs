//! What is asked of an adapter.

use serde::{Deserialize, Serialize};
use wasm_gauntlet_model::limits::{Grants, Limits};

use super::base64_bytes;

/// One line to an adapter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestLine {
    /// Chosen by the asker, never used twice; the answer carries it.
    pub id: u64,
    /// What is asked.
    #[serde(flatten)]
    pub ask: Ask,
}

/// What can be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "kebab-case")]
pub enum Ask {
    /// Who are you? Always the first line.
    Hello {
        /// The version that the asker speaks.
        protocol: u32,
    },
    /// Validate and compile a module.
    Load {
        /// The name by which calls refer to it; the same bytes may be loaded under several
        /// names, with other limits.
        module: String,
        /// SHA-256 of the bytes, lower-case hex.
        digest: String,
        /// The module.
        #[serde(with = "base64_bytes")]
        bytes: Vec<u8>,
        /// What each call is held to.
        limits: Limits,
        /// What each call is given.
        grants: Grants,
    },
    /// Call a loaded module in a fresh instance.
    Call {
        /// The name of a load that was answered `loaded`.
        module: String,
        /// In whose name.
        tenant: String,
        /// The input.
        #[serde(with = "base64_bytes")]
        input: Vec<u8>,
    },
    /// Are you there, and which modules and calls do you hold?
    Stats,
    /// Forget a module.
    Unload {
        /// Its name.
        module: String,
    },
    /// Answer, then end.
    Bye,
}
