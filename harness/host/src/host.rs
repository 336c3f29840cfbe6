//! The host trait: what a plugin host does, for anyone's host that is written in Rust.
//!
//! Implement [`Host`] and [`Plugin`] for the host that you ship, and `gauntlet::HostTest` runs the
//! whole catalogue against it in your own `cargo test`. Units are part of the names: `deadline_ms`
//! is milliseconds of wall clock, `memory_pages` is pages of 64 KiB, `output_bytes_max` is bytes.
//! An `Err` of [`Host::load`] is a normal answer: the module was refused, and at which stage. A
//! call has no error: each of its ends is a [`CallOutcome`].

use std::sync::Arc;

pub use wasm_gauntlet_model::call::{
    ABI_ERROR_CODE, CallOutcome, Called, LogLine, RejectStage, Rejection, hex,
};
pub use wasm_gauntlet_model::limits::{Grants, Limits};
pub use wasm_gauntlet_model::trap::TrapKind;

use super::protocol::feature;

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

    /// What the host offers, in the words of [`feature`]. Scenarios that need something else are
    /// skipped, and the report says so. Override this in a host that offers less than everything.
    fn features(&self) -> Vec<&'static str> {
        let about = self.about();
        let mut features = vec![feature::LOG, feature::TENANTS, feature::LIMITS, feature::GRANTS];
        features.extend(about.wasi.then_some(feature::WASI));
        features.extend(about.fuel.then_some(feature::FUEL));
        features
    }

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

/// A loaded module. It can be called any number of times, also at once.
pub trait Plugin: Send + Sync {
    /// Call the guest with `input` for `tenant`, in its own instance. Blocks the calling thread and
    /// never panics. Every end is an outcome.
    fn call(&self, tenant: &str, input: &[u8]) -> Called;
}
