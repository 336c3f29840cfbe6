//! One tenant calls faster than the host's limit for a tenant, on a few threads, so that the limit
//! of calls in flight is not reached. Another tenant keeps the limit meanwhile.

mod side;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use wasm_gauntlet_host::worker::parent::work::{GuestModule, LoadOutcome};
use wasm_gauntlet_model::action::Control;
use wasm_gauntlet_model::limits::Grants;
use wasm_gauntlet_model::observation::{Fact, Flood, Observation};

use super::super::port::Port;
use super::super::{Stage, evidence};
use super::{known, unknown, work};
use crate::subject::Inability;
use crate::subject::plugin_host::actions::thread_lost;
use side::Side;

/// After this time the machine counts as too slow to exceed the limit. 160 calls over HTTP take 0.2
/// s, and six times that on a machine shared with eight others.
pub(in crate::subject::plugin_host::actions) const PATIENCE: Duration = Duration::from_millis(1500);

/// Calls past the rate, by our clock, before we say that the limit does not hold: a tenth for
/// clocks that differ, and a few for calls in flight.
const SURPLUS: f64 = 1.1;
const SURPLUS_CALLS: f64 = 5.0;

/// The least number of calls of the polite tenant, and their interval. It stays below a quarter of
/// its limit.
const POLITE_CALLS_MIN: u64 = 3;
const POLITE_EVERY: Duration = Duration::from_millis(3);

/// Flood until the first `busy`, until the rate is certainly exceeded, or until the timeout.
pub(crate) fn perform(
    stage: &Stage<'_>,
    control: &Control,
    callers: u32,
) -> Result<Observation, Inability> {
    let module = stage.module(&control.guest)?;
    let Some(per_s) = stage.port.limits(&control.limits).calls_per_s else {
        return Ok(unknown("the host does not announce the calls per second of a tenant"));
    };
    stage.port.watch(&[&module])?;
    let (flooding, polite) = (format!("{}-flood", control.tenant), control.tenant.as_str());
    if let LoadOutcome::Ended(end) = stage.port.load(&work(control, &module, polite, &NOTHING))? {
        return Ok(unknown(&evidence::outcome(&end.called.outcome)));
    }
    let flood = FloodRun {
        port: stage.port,
        control,
        module: &module,
        per_s,
        begun: Instant::now(),
        flood: Side::default(),
        polite: Side::default(),
        over: AtomicBool::new(false),
    };
    flood.run(callers, &flooding, polite)?;
    let mut evidence = evidence::guest(&module).to_vec();
    evidence.push(evidence::limits(&stage.port.limits(&control.limits)));
    let facts = flood.facts().facts();
    Ok(Observation { facts, evidence, reproduce: None })
}

/// No grants.
const NOTHING: Grants = Grants {
    env: std::collections::BTreeMap::new(),
    args: Vec::new(),
    files: false,
    clock: false,
    random: false,
};

struct FloodRun<'a> {
    port: &'a dyn Port,
    control: &'a Control,
    module: &'a GuestModule,
    per_s: u32,
    begun: Instant,
    flood: Side,
    polite: Side,
    over: AtomicBool,
}

impl FloodRun<'_> {
    fn run(&self, callers: u32, flooding: &str, polite: &str) -> Result<(), Inability> {
        std::thread::scope(|scope| {
            let mut threads: Vec<_> = (0..callers)
                .map(|_| scope.spawn(|| self.until_over(flooding, &self.flood, None)))
                .collect();
            let most = u64::from(self.per_s / 4).max(POLITE_CALLS_MIN);
            threads.push(scope.spawn(move || self.until_over(polite, &self.polite, Some(most))));
            while !self.decided() && self.begun.elapsed() < PATIENCE {
                std::thread::sleep(Duration::from_millis(1));
            }
            self.over.store(true, Ordering::SeqCst);
            threads.into_iter().try_for_each(|thread| thread.join().map_err(thread_lost)?)
        })
    }

    /// Call until it is over; `most` is the number of calls of one who is polite.
    fn until_over(&self, tenant: &str, side: &Side, most: Option<u64>) -> Result<(), Inability> {
        while !self.over.load(Ordering::SeqCst) {
            if most.is_none_or(|most| side.calls() < most) {
                self.once(tenant, side)?;
            }
            if most.is_some() {
                std::thread::sleep(POLITE_EVERY);
            }
        }
        Ok(())
    }

    fn once(&self, tenant: &str, side: &Side) -> Result<(), Inability> {
        let timed = self.port.call(&work(self.control, self.module, tenant, &NOTHING))?;
        side.count(self.module, &timed.called.outcome);
        Ok(())
    }

    /// Whether more has run than the rate allows, by our clock.
    fn passed(&self) -> bool {
        let allowed = f64::from(self.per_s) * (1.0 + self.begun.elapsed().as_secs_f64());
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52 calls")]
        let ran = self.flood.ran() as f64;
        ran > allowed * SURPLUS + SURPLUS_CALLS
    }

    fn decided(&self) -> bool {
        let enough = self.polite.calls() >= POLITE_CALLS_MIN;
        enough && (self.flood.busy() > 0 || self.passed())
    }

    fn facts(&self) -> Flood {
        let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52 calls")]
        let per_s = self.flood.calls() as f64 / self.begun.elapsed().as_secs_f64();
        let limited = match self.flood.busy() {
            0 => self.passed().then_some(false),
            _ => Some(true),
        };
        Flood {
            limited: known(limited),
            calls: count(self.flood.calls()).into(),
            ran: count(self.flood.ran()).into(),
            per_s: per_s.into(),
            announced_per_s: i64::from(self.per_s).into(),
            contained: (self.flood.uncontained() == 0).into(),
            polite_calls: count(self.polite.calls()).into(),
            polite_busy: match self.polite.calls() {
                0 => Fact::Unknown,
                _ => count(self.polite.busy()).into(),
            },
        }
    }
}
