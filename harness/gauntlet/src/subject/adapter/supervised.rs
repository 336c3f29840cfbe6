//! An adapter that is always there: when its process is lost, the next call starts another.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::launch::Launch;
use super::lost::timed;
use super::process::Process;
use crate::subject::Inability;
use crate::subject::calls::port::{Loaded, Timed, Work};
use crate::subject::protocol::Ask;

/// How long we wait before we kill, by our clock.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Past the deadline of a call. One bulk operation over a whole memory cannot be interrupted
    /// by any engine and takes 0.1 s for 256 MiB; a machine of two cores with 64 calls at
    /// once is late by less than a second. Who needs 2 s more has no deadline.
    pub call: Duration,
    /// For a load: the slowest honest guest takes 8 s in a debug build on two busy cores.
    pub load: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { call: Duration::from_secs(2), load: Duration::from_secs(30) }
    }
}

/// An adapter, started when needed.
pub struct Supervised {
    launch: Launch,
    patience: Patience,
    current: Mutex<Option<Arc<Process>>>,
    started: AtomicU64,
}

impl Supervised {
    /// Nothing is started yet.
    pub fn new(launch: Launch, patience: Patience) -> Self {
        Self { launch, patience, current: Mutex::default(), started: AtomicU64::new(0) }
    }

    /// The same, beginning with a process that runs.
    pub fn with(launch: Launch, patience: Patience, process: Option<Arc<Process>>) -> Self {
        let supervised = Self::new(launch, patience);
        *supervised.current() = process;
        supervised
    }

    fn current(&self) -> MutexGuard<'_, Option<Arc<Process>>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The process as it is, running, lost or none.
    pub fn peek(&self) -> Option<Arc<Process>> {
        self.current().clone()
    }

    /// A running process.
    ///
    /// # Errors
    /// When none can be started.
    pub fn process(&self) -> Result<Arc<Process>, Inability> {
        let mut current = self.current();
        if let Some(process) = current.as_ref().filter(|process| process.gone().is_none()) {
            return Ok(Arc::clone(process));
        }
        let process = Arc::new(Process::start(&self.launch)?);
        self.started.fetch_add(1, Ordering::Relaxed);
        *current = Some(Arc::clone(&process));
        Ok(process)
    }

    /// How many processes were started.
    pub fn started(&self) -> u64 {
        self.started.load(Ordering::Relaxed)
    }

    /// Load a module.
    ///
    /// # Errors
    /// When no process can be started.
    pub fn load(&self, work: &Work<'_>) -> Result<Loaded, Inability> {
        let process = self.process()?;
        Ok(process.modules.load(&process, work, self.patience.load).1)
    }

    /// Load a module where needed, and call it.
    ///
    /// # Errors
    /// When no process can be started.
    pub fn call(&self, work: &Work<'_>) -> Result<Timed, Inability> {
        let process = self.process()?;
        let (slot, loaded) = process.modules.load(&process, work, self.patience.load);
        if let Loaded::Ended(end) = loaded {
            return Ok(end);
        }
        let module = slot.name.clone();
        let (tenant, input) = (work.tenant.to_owned(), work.input.to_vec());
        let patience = Duration::from_millis(work.limits.deadline_ms) + self.patience.call;
        Ok(timed(process.ask(Ask::Call { module, tenant, input }, patience)))
    }
}
