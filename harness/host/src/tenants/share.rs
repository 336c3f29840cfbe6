//! One tenant's share of the processor: a bucket of processor time that fills at a quarter of a
//! core, with what is in flight reserved.
//!
//! Pure: time is an argument.

use std::time::{Duration, Instant};

/// Part of one core that a tenant may use permanently while others use the processor. Normal use, 5
/// ms ten times a second, is a twentieth.
const RATE: f64 = 0.25;
/// Processor time that a tenant may use at once, seconds: four calls that reach a deadline of 50
/// ms, so that a tenant without a history may have all of its calls in flight.
const BURST_S: f64 = 0.2;
/// Assumed cost of a call while its tenant has no history, seconds: a whole default deadline.
const UNKNOWN_S: f64 = 0.05;
/// Calls whose largest cost is the estimate of the next.
const HISTORY: usize = 8;
/// Time in which recent use fades to a third, seconds.
const FADE_S: f64 = 0.5;

/// Processor time in the recent past, seconds, fading.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Recent {
    used: f64,
    at: Option<Instant>,
}

impl Recent {
    /// How much it is now.
    pub(super) fn at(&self, now: Instant) -> f64 {
        let since = |at| now.saturating_duration_since(at).as_secs_f64();
        self.at.map_or(0.0, |at| self.used * (-since(at) / FADE_S).exp())
    }

    /// Add what was used.
    pub(super) fn add(&mut self, now: Instant, used: Duration) {
        *self = Self { used: self.at(now) + used.as_secs_f64(), at: Some(now) };
    }
}

/// The account of one tenant.
#[derive(Debug)]
pub(super) struct Share {
    /// Seconds that may be used; negative where more was used than reserved.
    balance: f64,
    filled: Instant,
    in_flight: u32,
    /// Seconds reserved by calls in flight.
    reserved: f64,
    costs: [Option<f64>; HISTORY],
    next: usize,
    recent: Recent,
}

impl Share {
    /// A tenant that has used nothing.
    pub(super) fn new(now: Instant) -> Self {
        Self {
            balance: BURST_S,
            filled: now,
            in_flight: 0,
            reserved: 0.0,
            costs: [None; HISTORY],
            next: 0,
            recent: Recent::default(),
        }
    }

    /// What the tenant used in the recent past.
    pub(super) fn recent(&self, now: Instant) -> f64 {
        self.recent.at(now)
    }

    /// What the next call reserves, if it may begin.
    pub(super) fn admit(
        &mut self,
        now: Instant,
        contended: bool,
        in_flight_max: u32,
    ) -> Option<Duration> {
        self.fill(now);
        let over = contended && self.balance - self.reserved <= 0.0;
        if over || self.in_flight >= in_flight_max {
            return None;
        }
        let estimate = self.estimate();
        self.in_flight += 1;
        self.reserved += estimate;
        Some(Duration::from_secs_f64(estimate))
    }

    /// A call has ended that used so much.
    pub(super) fn finish(&mut self, now: Instant, reserved: Duration, used: Duration) {
        self.fill(now);
        self.in_flight = self.in_flight.saturating_sub(1);
        self.reserved = (self.reserved - reserved.as_secs_f64()).max(0.0);
        // A tenant that was alone and used everything owes at most one burst.
        self.balance = (self.balance - used.as_secs_f64()).max(-BURST_S);
        self.costs[self.next] = Some(used.as_secs_f64());
        self.next = (self.next + 1) % HISTORY;
        self.recent.add(now, used);
    }

    /// Whether forgetting the tenant changes nothing that matters.
    pub(super) fn forgettable(&mut self, now: Instant) -> bool {
        self.fill(now);
        self.in_flight == 0 && self.balance >= BURST_S
    }

    fn fill(&mut self, now: Instant) {
        let since = now.saturating_duration_since(self.filled).as_secs_f64();
        self.balance = (self.balance + since * RATE).min(BURST_S);
        self.filled = now;
    }

    fn estimate(&self) -> f64 {
        self.costs.iter().flatten().copied().reduce(f64::max).unwrap_or(UNKNOWN_S)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// Calls that each use `used`, one every `every`, for ten seconds; how many were refused.
    fn refused(every: Duration, used: Duration, contended: bool) -> usize {
        let start = Instant::now();
        let mut share = Share::new(start);
        let count = (10 * 1000 * MS).as_micros() / every.as_micros();
        let begin = |nth: u128| start + every * u32::try_from(nth).expect("a small count");
        (0..count)
            .filter(|nth| match share.admit(begin(*nth), contended, 4) {
                Some(reserved) => {
                    share.finish(begin(*nth) + used, reserved, used);
                    false
                }
                None => true,
            })
            .count()
    }

    #[test]
    fn polite_work_is_never_refused() {
        assert_eq!(refused(100 * MS, 5 * MS, true), 0);
        assert_eq!(refused(66 * MS, 4 * MS, true), 0);
        assert_eq!(refused(100 * MS, 20 * MS, true), 0);
    }

    #[test]
    fn a_tenant_alone_is_never_refused() {
        assert_eq!(refused(MS, MS, false), 0);
        assert_eq!(refused(50 * MS, 50 * MS, false), 0);
    }

    #[test]
    fn a_spinning_tenant_keeps_to_its_share_while_others_work() {
        // 200 calls of 50 ms would be a whole core; a quarter is 50, and two for the burst.
        let ran = 200 - refused(50 * MS, 50 * MS, true);
        assert!((45..=55).contains(&ran), "{ran}");
    }

    #[test]
    fn unknown_calls_at_once_are_no_more_than_the_burst_while_others_work() {
        let now = Instant::now();
        let at_once = |contended, in_flight_max| {
            let mut share = Share::new(now);
            (0..8).filter(|_| share.admit(now, contended, in_flight_max).is_some()).count()
        };
        assert_eq!((at_once(true, 8), at_once(false, 8)), (4, 8));
        assert_eq!((at_once(true, 2), at_once(false, 2)), (2, 2));
    }

    #[test]
    fn recent_use_fades() {
        let now = Instant::now();
        let mut recent = Recent::default();
        recent.add(now, 10 * MS);
        assert!(recent.at(now) > 0.009);
        assert!(recent.at(now + 2000 * MS) < 0.001);
    }
}
