//! Open-loop load: calls are planned by a clock that does not wait for answers, and latency is
//! counted from the planned time. A host that stalls for a second has the delay in its histogram
//! for every call that was due in that second (no coordinated omission).

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use wasm_gauntlet_host::worker::parent::work::Timed;
use wasm_gauntlet_model::call::CallOutcome;

use crate::locks::unpoisoned;
use crate::subject::Inability;

/// Largest latency of the histogram, microseconds: 2 minutes, longer than every time limit of ours.
const LATENCY_US_MAX: u64 = 120_000_000;

/// Senders of one tenant. Calls are sent on time while fewer than this are unanswered. When all
/// senders wait, the next call is late, and its delay is part of its latency.
const SENDERS: usize = 8;

/// The word for planned calls that were never sent because the host was too far behind.
const UNSENT: &str = "unsent";

/// The plan of one tenant: `count` calls, one every `every`, the first at `offset`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plan {
    /// From the beginning of the phase to the first call.
    pub(crate) offset: Duration,
    /// From call to call.
    pub(crate) every: Duration,
    /// Calls.
    pub(crate) count: u64,
    /// Calls that are not sent by this time after the beginning are given up.
    pub(crate) give_up: Duration,
}

impl Plan {
    fn due(&self, index: u64) -> Duration {
        self.offset + self.every.saturating_mul(u32::try_from(index).unwrap_or(u32::MAX))
    }
}

/// Latencies of a phase, and what went wrong in it.
pub(crate) struct Latencies {
    /// Microseconds from the planned send to the answer, of the calls that were `ok`.
    pub(crate) histogram: Histogram<u64>,
    /// Outcome words other than `ok`.
    pub(crate) failures: BTreeSet<String>,
}

impl Default for Latencies {
    fn default() -> Self {
        Self { histogram: histogram(), failures: BTreeSet::new() }
    }
}

/// Three significant digits; constant memory. A histogram without bounds grows, but not when it is
/// told to clamp a value: it then keeps 2.
pub(crate) fn histogram() -> Histogram<u64> {
    Histogram::new_with_max(LATENCY_US_MAX, 3).unwrap_or_else(|_| {
        // The bounds above are constants that the crate takes; without bounds it grows.
        Histogram::new(3).unwrap_or_else(|_| unreachable!("3 digits are allowed"))
    })
}

impl Latencies {
    fn record(&mut self, timed: &Timed, latency: Duration) {
        if matches!(timed.called.outcome, CallOutcome::Ok { .. }) {
            let us = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
            self.histogram.saturating_record(us.max(1));
        } else {
            self.failures.insert(timed.called.outcome.word().to_owned());
        }
    }

    /// Take in another's.
    pub(crate) fn add(&mut self, other: Self) {
        // Both have the same bounds, so nothing is lost.
        let _ = self.histogram.add(&other.histogram);
        self.failures.extend(other.failures);
    }

    /// The 99th percentile in milliseconds; none without a sample.
    pub(crate) fn p99_ms(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "at most 120 000 000")]
        let ms = |us: u64| us as f64 / 1000.0;
        (!self.histogram.is_empty()).then(|| ms(self.histogram.value_at_quantile(0.99)))
    }
}

/// Send what is planned, from `begun` on, and wait for every answer.
pub(crate) fn send(
    plan: Plan,
    begun: Instant,
    call: &(dyn Fn() -> Result<Timed, Inability> + Sync),
) -> Result<Latencies, Inability> {
    let next = AtomicU64::new(0);
    let all = Mutex::new(Ok(Latencies::default()));
    std::thread::scope(|scope| {
        for _ in 0..SENDERS {
            scope.spawn(|| {
                let mine = sender(plan, begun, &next, call);
                let mut all = unpoisoned(all.lock());
                match (&mut *all, mine) {
                    (Ok(all), Ok(mine)) => all.add(mine),
                    (Ok(_), Err(unable)) => *all = Err(unable),
                    (Err(_), _) => {}
                }
            });
        }
    });
    unpoisoned(all.into_inner())
}

/// Take the next planned call, wait until it is due, send it.
fn sender(
    plan: Plan,
    begun: Instant,
    next: &AtomicU64,
    call: &(dyn Fn() -> Result<Timed, Inability> + Sync),
) -> Result<Latencies, Inability> {
    let mut mine = Latencies::default();
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        if index >= plan.count {
            return Ok(mine);
        }
        let due = begun + plan.due(index);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        if begun.elapsed() > plan.give_up {
            mine.failures.insert(UNSENT.to_owned());
            continue;
        }
        let timed = call()?;
        mine.record(&timed, due.elapsed());
    }
}

#[cfg(test)]
mod tests {
    use wasm_gauntlet_model::call::Called;

    use super::*;
    use crate::subject::plugin_host::actions::lateness;

    fn ok(wall: Duration) -> Timed {
        std::thread::sleep(wall);
        let called = Called::bare(CallOutcome::Ok { output: vec![] });
        Timed { called, wall, lost: None }
    }

    const PLAN: Plan = Plan {
        offset: Duration::ZERO,
        every: Duration::from_millis(5),
        count: 100,
        give_up: Duration::from_secs(5),
    };

    #[test]
    fn a_stall_is_in_every_latency_that_was_due_in_it() {
        let first = Mutex::new(true);
        let call = || {
            let mut first = first.lock().expect("nothing panics");
            let stall = if std::mem::take(&mut *first) { 300 } else { 0 };
            Ok(ok(Duration::from_millis(stall)))
        };
        let seen = send(PLAN, Instant::now(), &call).expect("it can be called");
        assert_eq!(seen.histogram.len(), 100, "nothing that was planned is left out");
        let late = seen.histogram.count_between(100_000, LATENCY_US_MAX);
        assert!(late >= 20, "only {late} of the calls due in the stall are late");
    }

    #[test]
    fn an_unstalled_host_is_called_on_time() {
        let call = || Ok(ok(Duration::from_millis(1)));
        let (seen, busy) = lateness::while_busy(|| send(PLAN, Instant::now(), &call));
        let seen = seen.expect("it can be called");
        let median = seen.histogram.value_at_quantile(0.5);
        // A machine that does other things is late by itself.
        assert!(median >= 1_000 && (median < 40_000 || busy), "{median} µs");
        assert!(seen.failures.is_empty());
    }

    #[test]
    fn what_is_never_sent_is_said() {
        let plan = Plan { give_up: Duration::from_millis(50), ..PLAN };
        let seen = send(plan, Instant::now(), &|| Ok(ok(Duration::from_millis(30))));
        assert!(seen.expect("it can be called").failures.contains(UNSENT));
    }

    #[test]
    fn a_failure_is_a_word_and_no_latency() {
        let busy = || {
            Ok(Timed { called: Called::bare(CallOutcome::Busy), wall: Duration::ZERO, lost: None })
        };
        let seen = send(Plan { count: 3, ..PLAN }, Instant::now(), &busy);
        let seen = seen.expect("it can be called");
        assert_eq!(seen.failures, BTreeSet::from(["busy".to_owned()]));
        assert_eq!(seen.p99_ms(), None);
    }
}
