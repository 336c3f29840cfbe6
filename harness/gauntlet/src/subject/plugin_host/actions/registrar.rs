//! What the actions on a registry need from a host: modules by digest, one of them active, and
//! counters.

use wasm_gauntlet_host::worker::parent::work::GuestModule;
use wasm_gauntlet_model::action::Verb;

use crate::subject::Inability;

/// One request.
#[cfg_attr(
    not(feature = "full"),
    expect(dead_code, reason = "only a host over HTTP has a registry")
)]
#[derive(Debug, Clone, Copy)]
pub(crate) struct RegistryRequest<'a> {
    /// What is asked.
    pub(crate) verb: Verb,
    /// The module; its bytes are sent with an upload alone.
    pub(crate) module: &'a GuestModule,
    /// The digest by which it is named.
    pub(crate) digest: &'a str,
    /// In whose name.
    pub(crate) tenant: &'a str,
    /// The input of a call.
    pub(crate) input: &'a [u8],
}

/// The answer.
#[cfg_attr(
    not(feature = "full"),
    expect(dead_code, reason = "only a host over HTTP has a registry")
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RegistryAnswer {
    /// It was done.
    Done,
    /// It was not, and why is said.
    Refused,
    /// Nothing was said: the host went away, or failed without a word of the contract.
    Lost,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    /// What it comes to.
    pub(crate) said: RegistryAnswer,
    /// In short, as in `404 unknown-guest`.
    pub(crate) line: String,
    /// The output of a call that was done.
    pub(crate) output: Vec<u8>,
    /// The digest of the module that served, where one is named.
    pub(crate) digest: Option<String>,
}

/// A host that keeps modules by digest.
pub(crate) trait Registrar: Sync {
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
