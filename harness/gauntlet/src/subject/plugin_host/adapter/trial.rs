//! One trial on an adapter. It has its own worker where anything hostile runs.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use wasm_gauntlet_host::process::vitals::Vitals;
use wasm_gauntlet_host::worker::parent::process::Process;
use wasm_gauntlet_host::worker::parent::supervised::Supervised;
use wasm_gauntlet_host::worker::parent::work::{GuestModule, LoadOutcome, Timed, Work};
use wasm_gauntlet_model::action::Action;
use wasm_gauntlet_model::observation::Observation;

use super::Adapter;
use crate::locks::unpoisoned;
use crate::subject::plugin_host::actions as calls;
use crate::subject::plugin_host::actions::differ::Opinions;
use crate::subject::plugin_host::actions::port::Port;
use crate::subject::plugin_host::actions::resource_usage::{ResourceUsage, Settled};
use crate::subject::{Inability, Session};

const KIB_PER_MIB: f64 = 1024.0;

/// A session with an adapter.
pub(crate) struct AdapterSession<'a> {
    adapter: &'a Adapter,
    seed: u64,
    host: OnceLock<Supervised>,
    hostile: AtomicBool,
    mark: Mutex<Option<Mark>>,
}

/// The process as it was when a watch began.
struct Mark {
    process: Arc<Process>,
    before: Option<Vitals>,
    looks: u64,
    /// Peaks at or below this one are not seen; 0 where the peak could be reset.
    blind_below_kib: u64,
}

/// A growth in threads or descriptors past this number is looked at again. A pool that serves calls
/// has a few more after them than before, and a host may not yet have closed all of its own.
const UNSETTLED_MIN: i64 = 8;

/// How long they may take to go.
pub(super) const SETTLE_PATIENCE: Duration = Duration::from_secs(1);

/// Pause between two looks meanwhile.
const SETTLE_NAP: Duration = Duration::from_millis(20);

impl Mark {
    /// What is there beside `before`, when it has settled or was given time to.
    fn settled(&self, before: Vitals) -> Option<Settled> {
        let until = Instant::now() + SETTLE_PATIENCE;
        loop {
            let settled = beside(before, self.process.vitals()?);
            let more = settled.threads.max(settled.descriptors.unwrap_or(0));
            if more <= UNSETTLED_MIN || Instant::now() >= until {
                return Some(settled);
            }
            std::thread::sleep(SETTLE_NAP);
        }
    }
}

fn beside(before: Vitals, after: Vitals) -> Settled {
    let descriptors = before.descriptors.zip(after.descriptors);
    Settled {
        memory_mib: mib(grown(before.resident_kib, after.resident_kib)),
        threads: grown(before.threads, after.threads),
        descriptors: descriptors.map(|(before, after)| grown(before, after)),
        processor_ms: grown(before.processor_ms, after.processor_ms),
    }
}

fn grown(before: u64, after: u64) -> i64 {
    after.saturating_sub(before).cast_signed() - before.saturating_sub(after).cast_signed()
}

fn mib(kib: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "2^52 KiB is more memory than there is")]
    let kib = kib as f64;
    kib / KIB_PER_MIB
}

impl<'a> AdapterSession<'a> {
    /// Nothing is started before the first action.
    pub(crate) fn new(adapter: &'a Adapter, seed: u64) -> Self {
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

impl Port for AdapterSession<'_> {
    fn load(&self, work: &Work<'_>) -> Result<LoadOutcome, Inability> {
        self.host(work.module.benign).load(work).map(|loaded| match loaded {
            LoadOutcome::Ended(timed) => LoadOutcome::Ended(self.seen(timed)),
            ready @ LoadOutcome::Ready { .. } => ready,
        })
    }

    fn call(&self, work: &Work<'_>) -> Result<Timed, Inability> {
        self.host(work.module.benign).call(work).map(|timed| self.seen(timed))
    }

    fn watch(&self, modules: &[&GuestModule]) -> Result<(), Inability> {
        let process = self.host(modules.iter().all(|module| module.benign)).process()?;
        let before = process.vitals();
        let reset = process.reset_peak();
        let peak_kib = before.map_or(0, |before| before.peak_kib);
        let blind_below_kib = if reset { 0 } else { peak_kib };
        let looks = process.looks();
        let mark = Mark { process, before, looks, blind_below_kib };
        *unpoisoned(self.mark.lock()) = Some(mark);
        Ok(())
    }

    fn usage(&self) -> ResourceUsage {
        let mark = unpoisoned(self.mark.lock());
        let Some(mark) = mark.as_ref() else { return ResourceUsage::default() };
        let peak_kib = mark.process.peak_seen_kib();
        let before = mark.before.filter(|_| peak_kib > mark.blind_below_kib);
        let past = |before: Vitals| mib(grown(before.resident_kib, peak_kib).max(0));
        let peak_mib = before.map(past);
        let looks = mark.process.looks().saturating_sub(mark.looks);
        let alive = Some(mark.process.answers());
        ResourceUsage {
            peak_mib,
            settled: mark.before.and_then(|one| mark.settled(one)),
            looks,
            alive,
        }
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

impl Session for AdapterSession<'_> {
    fn perform(&mut self, step: &str, action: &Action) -> Result<Observation, Inability> {
        calls::perform(self, &*self.adapter.source, self.seed, step, action)
    }
}

impl Drop for AdapterSession<'_> {
    fn drop(&mut self) {
        *unpoisoned(self.mark.get_mut()) = None;
        let process = self.host.get().and_then(Supervised::peek);
        if let Some(process) = process.filter(|_| !self.hostile.load(Ordering::Relaxed)) {
            self.adapter.idle.put(process);
        }
    }
}
