//! The call rate of a tenant: a bucket of calls that fills at the rate and holds one second of
//! calls.
//!
//! Pure: time is an argument.

use std::time::Instant;

/// The calls that a tenant may make.
#[derive(Debug)]
pub(super) struct Rate {
    /// None before the first call: the bucket is full then, whatever its rate.
    calls: Option<f64>,
    filled: Instant,
}

impl Rate {
    /// A tenant that has made no call.
    pub(super) fn new(now: Instant) -> Self {
        Self { calls: None, filled: now }
    }

    /// Whether a call may begin at this rate.
    pub(super) fn allows(&mut self, now: Instant, per_s: u32) -> bool {
        let (since, full) = (now.saturating_duration_since(self.filled), f64::from(per_s));
        let calls = self.calls.map_or(full, |calls| calls + since.as_secs_f64() * full);
        self.calls = Some(calls.min(full));
        self.filled = now;
        calls >= 1.0
    }

    /// A call begins.
    pub(super) fn take(&mut self) {
        self.calls = self.calls.map(|calls| calls - 1.0);
    }

    /// Whether forgetting the tenant changes nothing: after a second any bucket is full again.
    pub(super) fn forgettable(&self, now: Instant) -> bool {
        self.calls.is_none() || now.saturating_duration_since(self.filled).as_secs_f64() >= 1.0
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// How many of the calls, one every `every`, may begin.
    fn allowed(every: Duration, calls: u32, per_s: u32) -> usize {
        let start = Instant::now();
        let mut rate = Rate::new(start);
        (0..calls)
            .filter(|nth| {
                let may = rate.allows(start + every * *nth, per_s);
                if may {
                    rate.take();
                }
                may
            })
            .count()
    }

    #[test]
    fn a_seconds_worth_at_once_and_then_the_rate() {
        assert_eq!(allowed(Duration::ZERO, 300, 100), 100);
        assert_eq!(allowed(Duration::from_millis(1), 1000, 100), 199);
        assert_eq!(allowed(Duration::from_millis(10), 1000, 100), 1000, "who keeps to it");
        assert_eq!(allowed(Duration::from_millis(1), 1000, 0), 0);
    }
}
