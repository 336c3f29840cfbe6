//! What the actions need of a host, whichever way it is reached.

use std::time::Duration;

use wasm_gauntlet_model::call::{CallOutcome, Called};
use wasm_gauntlet_model::limits::{Grants, Limits};

use super::differ::Opinions;
use super::module::GuestModule;
use super::registrar::Registrar;
use crate::subject::Inability;

/// How the host was lost in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// The process ended, broke the protocol, or the connection was cut.
    Died,
    /// No answer within our patience, by our clock.
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

/// What was seen of the host's process since [`Port::watch`].
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ResourceUsage {
    /// Peak memory past the size at the beginning, MiB; none where it cannot be seen.
    pub peak_mib: Option<f64>,
    /// What stands beside the peak; none where the process cannot be seen, or is gone.
    pub settled: Option<Settled>,
    /// How often the process was looked at from outside while calls ran.
    pub looks: u64,
    /// Whether the same process still answers; none where that cannot be told.
    pub alive: Option<bool>,
}

/// The host's process after the calls of a step, beside what it was before.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Settled {
    /// Memory that stayed, MiB; less than zero where it has shrunk.
    pub memory_mib: f64,
    /// Threads more.
    pub threads: i64,
    /// Open descriptors more; none if they may not be counted.
    pub descriptors: Option<i64>,
    /// Processor time used, milliseconds.
    pub processor_ms: i64,
}

/// A host within reach.
pub trait Port: Sync {
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
