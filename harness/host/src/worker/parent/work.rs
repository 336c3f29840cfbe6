//! What a host is asked to do, and the result as seen from outside.

use std::time::Duration;

use sha2::{Digest, Sha256};
use wasm_gauntlet_model::call::{CallOutcome, Called, hex};
use wasm_gauntlet_model::limits::{Grants, Limits};

/// How the host was lost in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// The process ended, broke the protocol, or the connection was cut.
    Died,
    /// No answer within our time limit.
    Hung,
}

/// One call, seen from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timed {
    /// What the host said, or what its loss is called.
    pub called: Called,
    /// Wall time by our clock, from before the request was written to after its answer was read.
    pub wall: Duration,
    /// Whether there was no answer.
    pub lost: Option<Lost>,
}

impl Timed {
    /// A call that the host did not answer.
    pub fn lost(how: Lost, detail: String, signal: Option<String>, wall: Duration) -> Self {
        let called = Called::bare(CallOutcome::HostFault { detail, signal });
        Self { called, wall, lost: Some(how) }
    }
}

/// One call to make.
#[derive(Debug, Clone, Copy)]
pub struct Work<'a> {
    /// The module; it is loaded first where it is not.
    pub module: &'a GuestModule,
    /// In whose name.
    pub tenant: &'a str,
    /// The input.
    pub input: &'a [u8],
    /// The limits that the host is to hold it to.
    pub limits: &'a Limits,
    /// What the guest is given.
    pub grants: &'a Grants,
}

/// What came of a load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoadOutcome {
    /// The module can be called. `wall` is what the load took, the first time.
    Ready {
        /// Wall time by our clock.
        wall: Duration,
    },
    /// It was rejected, or the host was lost.
    Ended(Timed),
}

/// A module, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestModule {
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
    /// The outcomes that its header calls right, as in `trap(stack)`; `ok` for a module that
    /// has no header.
    pub contained_if: Vec<String>,
    /// The one right output, in the words of its header; none for a module that has no header.
    pub returns: Option<String>,
    /// The first word of each input of a guest that shares its module with others.
    pub word: Option<String>,
    /// The proposals beyond the baseline that its header names.
    pub features: Vec<String>,
    /// Whether it is drawn from a seed, which is a parameter of it.
    pub seeded: bool,
}

impl GuestModule {
    /// A module from its bytes.
    pub fn new(id: &str, attack: &str, benign: bool, bytes: Vec<u8>) -> Self {
        let digest = hex(&Sha256::digest(&bytes));
        let contained_if = vec!["ok".to_owned()];
        let (id, attack) = (id.to_owned(), attack.to_owned());
        let (returns, word, features, seeded) = (None, None, Vec::new(), false);
        Self { id, attack, benign, digest, bytes, contained_if, returns, word, features, seeded }
    }

    /// What the guest is called with for the input `given`.
    pub fn input(&self, given: Vec<u8>) -> Vec<u8> {
        match &self.word {
            Some(word) => [word.as_bytes(), b" ", &given].concat(),
            None => given,
        }
    }
}
