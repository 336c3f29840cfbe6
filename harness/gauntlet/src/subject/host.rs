//! The host trait: what a plugin host does, for anyone's host that is written in Rust.

use std::sync::Arc;

use wasm_gauntlet_model::call::{Called, Rejection};
use wasm_gauntlet_model::limits::{Grants, Limits};

/// What a host says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// As in `wasmtime`.
    pub name: String,
    /// As in `48.0.8`.
    pub version: String,
    /// As in `cranelift`.
    pub engine: String,
    /// Whether it offers WASI preview 1.
    pub wasi: bool,
    /// Whether it meters instructions when asked.
    pub fuel: bool,
}

/// A plugin host.
pub trait Host: Send + Sync {
    /// What the host says of itself.
    fn about(&self) -> About;

    /// Take a module: validate it, compile it once (cached by digest), check its contract.
    ///
    /// # Errors
    /// When the module cannot run here, with a reason that a person can use.
    fn load(
        &self,
        bytes: &[u8],
        limits: &Limits,
        grants: &Grants,
    ) -> Result<Arc<dyn Plugin>, Rejection>;
}

/// A loaded module, ready to be called any number of times, at once too.
pub trait Plugin: Send + Sync {
    /// Call the guest with `input` in the name of `tenant`, in an instance of its own.
    /// Blocks the calling thread; never panics; every end is an outcome.
    fn call(&self, tenant: &str, input: &[u8]) -> Called;
}
