//! What the actions need from a host, in whatever way it is reached.

use wasm_gauntlet_host::worker::parent::work::GuestModule;
use wasm_gauntlet_host::worker::parent::work::{LoadOutcome, Timed, Work};
use wasm_gauntlet_model::limits::Limits;

use super::differ::Opinions;
use super::registrar::Registrar;
use crate::subject::Inability;
use crate::subject::plugin_host::actions::resource_usage::ResourceUsage;

/// A host that can be called.
pub(crate) trait Port: Sync {
    /// Load a module, once; later loads of the same say the same.
    ///
    /// # Errors
    /// When the host could not be asked.
    fn load(&self, work: &Work<'_>) -> Result<LoadOutcome, Inability>;

    /// Call a module, loading it before where that was not done; the load is not timed.
    ///
    /// # Errors
    /// When the host could not be asked.
    fn call(&self, work: &Work<'_>) -> Result<Timed, Inability>;

    /// The limits that are in force when these are asked for.
    fn limits(&self, asked: &Limits) -> Limits {
        asked.clone()
    }

    /// Whether modules can be loaded; where not, guests were deployed beforehand as they are.
    fn takes_modules(&self) -> bool {
        true
    }

    /// Begin to watch the process in which these modules will run.
    ///
    /// # Errors
    /// When there is no process and none can be had.
    fn watch(&self, modules: &[&GuestModule]) -> Result<(), Inability>;

    /// What was seen since.
    fn usage(&self) -> ResourceUsage;

    /// The count that keeps `benign-spin` busy for a millisecond here, found by `find` once.
    ///
    /// # Errors
    /// What `find` gives.
    fn spins_per_ms(&self, find: &dyn Fn() -> Result<f64, Inability>) -> Result<f64, Inability>;

    /// The host's registry and counters, where there are any within reach.
    fn registrar(&self) -> Option<&dyn Registrar> {
        None
    }

    /// Runtimes that are asked what they make of a call, where there are any.
    fn opinions(&self) -> Option<&dyn Opinions> {
        None
    }

    /// A command line that repeats the call, where there is one.
    fn reproduce(&self, _work: &Work<'_>) -> Option<String> {
        None
    }
}
