//! What the actions on a registry need from a host: modules by digest, one of them active, and
//! counters.

use wasm_gauntlet_host::worker::parent::work::GuestModule;
use wasm_gauntlet_model::action::Verb;

use crate::subject::Inability;

/// One request.
#[derive(Debug, Clone, Copy)]
pub struct RegistryRequest<'a> {
    /// What is asked.
    pub verb: Verb,
    /// The module; its bytes are sent with an upload alone.
    pub module: &'a GuestModule,
    /// The digest by which it is named.
    pub digest: &'a str,
    /// In whose name.
    pub tenant: &'a str,
    /// The input of a call.
    pub input: &'a [u8],
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegistryAnswer {
    /// It was done.
    Done,
    /// It was not, and why is said.
    Refused,
    /// Nothing was said: the host went away, or failed without a word of the contract.
    Lost,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What it comes to.
    pub said: RegistryAnswer,
    /// In short, as in `404 unknown-guest`.
    pub line: String,
    /// The output of a call that was done.
    pub output: Vec<u8>,
    /// The digest of the module that served, where one is named.
    pub digest: Option<String>,
}

/// A host that keeps modules by digest.
pub trait Registrar: Sync {
    /// Ask, with nothing around it.
    ///
    /// # Errors
    /// When the request cannot be made.
    fn ask(&self, request: RegistryRequest<'_>) -> Result<Told, Inability>;

    /// The counters, in the text format of Prometheus.
    ///
    /// # Errors
    /// When there are none.
    fn counters(&self) -> Result<String, Inability>;
}
