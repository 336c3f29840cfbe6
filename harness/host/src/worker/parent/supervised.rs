//! An adapter that is always available: after its process is lost, the next call starts another.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use wasm_gauntlet_model::call::CallOutcome;
use wasm_gauntlet_model::inability::Inability;

use super::outcome::timed;
use super::process::Process;
use crate::process::launch::Launch;
use crate::process::locked::Locked;
use crate::process::shutdown;
use crate::protocol::Ask;
use crate::worker::parent::work::{LoadOutcome, Lost, Timed, Work};

/// How long we wait before we kill, by our clock.
#[derive(Debug, Clone, Copy)]
pub struct WaitLimits {
    /// After the deadline of a call. No engine can interrupt one bulk operation over a whole
    /// memory, which takes 0.1 s for 256 MiB, and a machine with two cores and 64 calls at once is
    /// late by less than a second. A host that needs 2 s more has no deadline.
    pub call: Duration,
    /// For a load: the slowest honest guest takes 8 s in a debug build on two busy cores.
    pub load: Duration,
}

impl Default for WaitLimits {
    fn default() -> Self {
        Self { call: Duration::from_secs(2), load: Duration::from_secs(30) }
    }
}

/// A module of at most this size compiles quickly, whatever is in it.
const QUICK_BYTES_MAX: usize = 1024;

/// The reason when a person has stopped the run.
fn stopped() -> Inability {
    Inability::stopped("the run was stopped while it waited for the host".to_owned())
}

/// An adapter, started when needed.
pub struct Supervised {
    launch: Launch,
    patience: WaitLimits,
    current: Mutex<Option<Arc<Process>>>,
    started: AtomicU64,
    stopped: AtomicBool,
}

impl Supervised {
    /// Nothing is started yet.
    pub fn new(launch: Launch, patience: WaitLimits) -> Self {
        Self {
            launch,
            patience,
            current: Mutex::default(),
            started: AtomicU64::new(0),
            stopped: AtomicBool::new(false),
        }
    }

    /// The same, beginning with a process that runs.
    pub fn with(launch: Launch, patience: WaitLimits, process: Option<Arc<Process>>) -> Self {
        let supervised = Self::new(launch, patience);
        *supervised.current() = process;
        supervised
    }

    fn current(&self) -> MutexGuard<'_, Option<Arc<Process>>> {
        self.current.locked()
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
        if self.stopped.load(Ordering::Relaxed) {
            return Err(Inability::stopped("the harness stopped the host".to_owned()));
        }
        if let Some(process) = current.as_ref().filter(|process| process.gone().is_none()) {
            return Ok(Arc::clone(process));
        }
        if let Some(broken) = self.launch.remarks.broken() {
            return Err(Inability::unreachable(broken));
        }
        if shutdown::over() {
            return Err(stopped());
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

    /// How many processes were lost: started, and not there any more.
    pub fn lost(&self) -> u64 {
        let current = self.current();
        let lives = current.as_ref().is_some_and(|process| process.gone().is_none());
        self.started().saturating_sub(u64::from(lives))
    }

    /// End the process and start no other.
    pub fn stop(&self) {
        let mut current = self.current();
        self.stopped.store(true, Ordering::Relaxed);
        if let Some(process) = current.take() {
            process.stop();
        }
    }

    /// Load a module.
    ///
    /// # Errors
    /// When no process can be started.
    pub fn load(&self, work: &Work<'_>) -> Result<LoadOutcome, Inability> {
        let process = self.process()?;
        let loaded = process.modules.load(&*process, work, self.patience.load).1;
        self.noted(&process, work, &loaded)?;
        Ok(loaded)
    }

    /// Load a module where needed, and call it.
    ///
    /// # Errors
    /// When no process can be started.
    pub fn call(&self, work: &Work<'_>) -> Result<Timed, Inability> {
        let process = self.process()?;
        let (slot, loaded) = process.modules.load(&*process, work, self.patience.load);
        self.noted(&process, work, &loaded)?;
        if let LoadOutcome::Ended(end) = loaded {
            return Ok(end);
        }
        let module = slot.name.clone();
        let (tenant, input) = (work.tenant.to_owned(), work.input.to_vec());
        let patience = Duration::from_millis(work.limits.deadline_ms) + self.patience.call;
        let timed = timed(process.ask(Ask::Call { module, tenant, input }, patience));
        match (timed.lost, process.broke()) {
            (None, _) => self.launch.remarks.answered(),
            (Some(_), _) if shutdown::over() => return Err(stopped()),
            // A guest that keeps running explains a missing answer to its own call only.
            (Some(Lost::Hung), Some(how)) => self.launch.remarks.broke(&how),
            (Some(Lost::Died), Some(how)) if work.module.benign => self.launch.remarks.broke(&how),
            (Some(_), _) => {}
        }
        Ok(timed)
    }

    /// Note a load without an answer, where no guest can be the reason.
    fn noted(
        &self,
        process: &Process,
        work: &Work<'_>,
        loaded: &LoadOutcome,
    ) -> Result<(), Inability> {
        let LoadOutcome::Ended(Timed { lost: Some(lost), called, .. }) = loaded else {
            return Ok(());
        };
        if shutdown::over() {
            return Err(stopped());
        }
        let quick = work.module.benign || work.module.bytes.len() <= QUICK_BYTES_MAX;
        if quick && (*lost == Lost::Hung || process.broke().is_some()) {
            let CallOutcome::HostFault { detail, .. } = &called.outcome else { return Ok(()) };
            self.launch.remarks.broke(detail);
        }
        Ok(())
    }
}
