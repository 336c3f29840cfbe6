//! One trial's dealings with an adapter: a worker of its own where anything hostile runs.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use wasm_gauntlet_model::action::Action;
use wasm_gauntlet_model::observation::Observation;

use super::Adapter;
use super::process::Process;
use super::supervised::Supervised;
use crate::subject::calls;
use crate::subject::calls::differ::Opinions;
use crate::subject::calls::module::Module;
use crate::subject::calls::port::{Loaded, Port, Timed, Vigil, Work};
use crate::subject::{Inability, Session};

const KIB_PER_MIB: f64 = 1024.0;

/// A session with an adapter.
pub struct Trial<'a> {
    adapter: &'a Adapter,
    seed: u64,
    host: OnceLock<Supervised>,
    hostile: AtomicBool,
    mark: Mutex<Option<Mark>>,
}

/// The process as it was when a watch began.
struct Mark {
    process: Arc<Process>,
    resident_kib: u64,
    /// Peaks at or below this one are not seen; 0 where the peak could be reset.
    blind_below_kib: u64,
}

impl<'a> Trial<'a> {
    /// Nothing is started before the first action.
    pub fn new(adapter: &'a Adapter, seed: u64) -> Self {
        let (hostile, mark) = (AtomicBool::new(false), Mutex::default());
        Self { adapter, seed, host: OnceLock::new(), hostile, mark }
    }

    /// The worker of this trial. One that has served another trial is taken only if the first
    /// guest is benign; what comes later finds it as that guest left it.
    fn host(&self, benign: bool) -> &Supervised {
        if !benign {
            self.hostile.store(true, Ordering::Relaxed);
        }
        self.host.get_or_init(|| {
            let used = if benign { self.adapter.idle.take() } else { None };
            Supervised::with(self.adapter.launch.clone(), self.adapter.patience, used)
        })
    }

    fn seen(&self, timed: Timed) -> Timed {
        if timed.lost.is_some() {
            self.hostile.store(true, Ordering::Relaxed);
        }
        timed
    }
}

impl Port for Trial<'_> {
    fn load(&self, work: &Work<'_>) -> Result<Loaded, Inability> {
        self.host(work.module.benign).load(work).map(|loaded| match loaded {
            Loaded::Ended(timed) => Loaded::Ended(self.seen(timed)),
            ready @ Loaded::Ready { .. } => ready,
        })
    }

    fn call(&self, work: &Work<'_>) -> Result<Timed, Inability> {
        self.host(work.module.benign).call(work).map(|timed| self.seen(timed))
    }

    fn watch(&self, modules: &[&Module]) -> Result<(), Inability> {
        let process = self.host(modules.iter().all(|module| module.benign)).process()?;
        let before = process.vitals().unwrap_or_default();
        let reset = process.reset_peak();
        let blind_below_kib = if reset { 0 } else { before.peak_kib };
        let mark = Mark { process, resident_kib: before.resident_kib, blind_below_kib };
        *self.mark.lock().unwrap_or_else(PoisonError::into_inner) = Some(mark);
        Ok(())
    }

    fn vigil(&self) -> Vigil {
        let mark = self.mark.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(mark) = mark.as_ref() else { return Vigil::default() };
        let peak_kib = mark.process.peak_seen_kib();
        let seen = mark.resident_kib > 0 && peak_kib > mark.blind_below_kib;
        let past_kib = peak_kib.saturating_sub(mark.resident_kib);
        #[expect(clippy::cast_precision_loss, reason = "2^52 KiB is more memory than there is")]
        let peak_mib = seen.then_some(past_kib as f64 / KIB_PER_MIB);
        Vigil { peak_mib, alive: Some(mark.process.answers()) }
    }

    fn opinions(&self) -> Option<&dyn Opinions> {
        self.adapter.references.as_deref().map(|references| references as &dyn Opinions)
    }

    fn spins_per_ms(&self, find: &dyn Fn() -> Result<f64, Inability>) -> Result<f64, Inability> {
        let known = &self.adapter.spins_per_ms;
        match known.get() {
            Some(found) => Ok(*found),
            None => find().map(|found| *known.get_or_init(|| found)),
        }
    }
}

impl Session for Trial<'_> {
    fn perform(&mut self, step: &str, action: &Action) -> Result<Observation, Inability> {
        calls::perform(self, &*self.adapter.source, self.seed, step, action)
    }
}

impl Drop for Trial<'_> {
    fn drop(&mut self) {
        *self.mark.get_mut().unwrap_or_else(PoisonError::into_inner) = None;
        let process = self.host.get().and_then(Supervised::peek);
        if let Some(process) = process.filter(|_| !self.hostile.load(Ordering::Relaxed)) {
            self.adapter.idle.put(process);
        }
    }
}
