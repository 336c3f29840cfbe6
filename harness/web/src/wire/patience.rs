//! The total time for one site. Each exchange is bounded, but a site is asked hundreds of times,
//! and one that sends a byte a second would delay a run for hours. After this time it is not asked
//! again, and what was not seen stays inconclusive.

use std::sync::Mutex;
use std::time::Duration;

use super::ExchangeBounds;
use super::failure::ExchangeFailure;
use crate::locked::Locked;

/// Bytes a second below which an answer counts as a wait. A modem of 1998 was seven times as fast.
const SLOW_BYTES_PER_S: f64 = 1000.0;

/// Time that any answer may take before it counts as slow: a cold start of a serverless origin.
const SLOW_AFTER: Duration = Duration::from_secs(2);

/// Bytes a second at which a body may exceed the usual bound: a link of 64 kbit/s.
const PACE_BYTES_PER_S: f64 = 8000.0;

/// How many times the usual bound such a body may take: 8 MB at 70 KB/s.
pub(super) const PACED_TIMES: u32 = 4;

/// Whether a body of which `bytes` came in `wall` may go on.
pub(super) fn is_paced(bytes: usize, wall: Duration, bounds: &ExchangeBounds) -> bool {
    let paced = bytes as f64 >= wall.as_secs_f64() * PACE_BYTES_PER_S;
    paced && wall < bounds.total * PACED_TIMES
}

/// The time that a site has cost so far.
#[derive(Debug, Default)]
pub(super) struct SitePatience {
    spent: Mutex<Spent>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Spent {
    /// In all exchanges together.
    all: Duration,
    /// In those that met a bound of time, or were slower than any link.
    lost: Duration,
}

impl SitePatience {
    /// Whether there is time left for one more exchange.
    ///
    /// # Errors
    /// When there is none, with what it went for.
    pub(super) fn check(&self, bounds: &ExchangeBounds) -> Result<(), ExchangeFailure> {
        let spent = *self.spent.locked();
        let of = |bound: Duration, what: &str| {
            let seconds = bound.as_secs_f64();
            Err(ExchangeFailure::NoPatience(format!("{seconds} s were spent on {what}")))
        };
        if spent.lost >= bounds.lost {
            return of(bounds.lost, "answers that were too slow or never came");
        }
        if spent.all >= bounds.all {
            return of(bounds.all, "this site");
        }
        Ok(())
    }

    /// An exchange that took `wall`, and gave `bytes` in the time that it lasted past its first
    /// byte; none where a bound of time was met.
    pub(super) fn spend(&self, wall: Duration, lasting: Duration, bytes: Option<usize>) {
        let mut spent = self.spent.locked();
        spent.all += wall;
        let slow = |bytes: usize| {
            lasting > SLOW_AFTER && (bytes as f64) < lasting.as_secs_f64() * SLOW_BYTES_PER_S
        };
        if bytes.is_none_or(slow) {
            spent.lost += lasting;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(spend: &[(u64, Option<usize>)]) -> bool {
        let bounds = ExchangeBounds {
            lost: Duration::from_secs(60),
            all: Duration::from_secs(100),
            ..ExchangeBounds::default()
        };
        let patience = SitePatience::default();
        for (seconds, bytes) in spend {
            let wall = Duration::from_secs(*seconds);
            patience.spend(wall, wall, *bytes);
        }
        patience.check(&bounds).is_ok()
    }

    #[test]
    fn what_is_slow_counts_as_lost_and_everything_counts() {
        assert!(left(&[]));
        assert!(left(&[(30, None), (29, None)]));
        assert!(!left(&[(30, None), (30, None)]), "two answers that never came");
        assert!(!left(&[(30, Some(30)), (30, Some(30))]), "a byte a second");
        assert!(left(&[(30, Some(1 << 20)), (30, Some(1 << 20))]), "a slow link");
        assert!(left(&[(2, Some(0)); 40]), "short answers are not slow");
        let late = SitePatience::default();
        late.spend(Duration::from_secs(90), Duration::ZERO, Some(300));
        assert!(
            late.check(&ExchangeBounds::default()).is_ok(),
            "a first byte that is late, and comes"
        );
        assert!(!left(&[(50, Some(1 << 20)), (50, Some(1 << 20))]), "too long in all");
    }
}
