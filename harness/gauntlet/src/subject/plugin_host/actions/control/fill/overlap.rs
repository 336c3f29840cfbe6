//! How many intervals contain one moment, where the ends of each interval are known within bounds.

use std::time::{Duration, Instant};

use wasm_gauntlet_host::worker::parent::work::Timed;
use wasm_gauntlet_model::call::CallOutcome;

/// One call, with the times of request and answer.
pub(crate) struct Stay {
    /// Made.
    pub(crate) from: Instant,
    /// Answered.
    pub(crate) to: Instant,
    /// What came of it.
    pub(crate) timed: Timed,
}

/// How many there were at once: for certain, and at most.
pub(crate) fn at_once(stays: &[Stay], deadline: Duration) -> (f64, f64) {
    let ran = || stays.iter().filter(|stay| stay.timed.called.outcome != CallOutcome::Busy);
    let possible: Vec<_> = ran().map(|stay| (stay.from, stay.to)).collect();
    let stayed = |stay: &&Stay| stay.timed.called.outcome == CallOutcome::Deadline;
    let sure = ran().filter(stayed).filter_map(|stay| {
        let (from, to) = (stay.to.checked_sub(deadline)?, stay.from + deadline);
        (from < to).then_some((from, to))
    });
    let sure: Vec<_> = sure.collect();
    (most(&sure), most(&possible))
}

/// The most of these intervals that contain one moment. The beginning of one of them is such a
/// moment.
fn most(times: &[(Instant, Instant)]) -> f64 {
    let holding = |at: Instant| times.iter().filter(|(from, to)| *from <= at && at < *to).count();
    let most = times.iter().map(|(from, _)| holding(*from)).max().unwrap_or_default();
    f64::from(u32::try_from(most).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use wasm_gauntlet_model::call::Called;

    use super::*;

    #[test]
    fn what_surely_was_at_once_is_less_than_what_may_have_been() {
        let (begun, ms) = (Instant::now(), Duration::from_millis);
        let stay = |from: u64, to: u64, outcome| Stay {
            from: begun + ms(1000 + from),
            to: begun + ms(1000 + to),
            timed: Timed { called: Called::bare(outcome), wall: ms(to - from), lost: None },
        };
        let deadline = CallOutcome::Deadline;
        let of = |stays: &[Stay]| at_once(stays, ms(100));
        let together = [stay(0, 105, deadline.clone()), stay(1, 104, deadline.clone())];
        assert_eq!(of(&together), (2.0, 2.0));
        let late = [stay(0, 105, deadline.clone()), stay(1, 230, deadline.clone())];
        assert_eq!(of(&late), (1.0, 2.0), "the second may have begun when the first had ended");
        let busy = [stay(0, 105, deadline), stay(0, 1, CallOutcome::Busy)];
        assert_eq!(of(&busy), (1.0, 1.0));
    }
}
