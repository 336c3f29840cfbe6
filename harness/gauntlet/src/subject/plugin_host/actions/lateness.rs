//! How late this machine wakes a thread of ours during a measurement. A host under test must not be
//! blamed for that.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long the watcher sleeps. An idle machine wakes it 0.1 ms late.
const NAP: Duration = Duration::from_millis(1);

/// Threads that must wake between a deadline and our knowledge of it: the host's ticker, its
/// answering thread, our reader and our caller.
const WAKINGS: u32 = 4;

/// Do `work`. Returns the time by which the machine itself may have delayed it.
pub(crate) fn during<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let done = AtomicBool::new(false);
    let waited = waited();
    std::thread::scope(|scope| {
        let watcher = scope.spawn(|| worst(&done));
        let given = work();
        done.store(true, Ordering::Relaxed);
        let woken = watcher.join().unwrap_or_default() * WAKINGS;
        (given, woken.max(self::waited().saturating_sub(waited)))
    })
}

/// Time since the machine's start in which something that could run waited for a processor
/// (pressure stall information, `some total`). Zero where the kernel does not tell it. Even a full
/// machine wakes a sleeping thread soon, while one that computes, as a guest does, waits.
fn waited() -> Duration {
    let said = std::fs::read_to_string("/proc/pressure/cpu").unwrap_or_default();
    let total = said.lines().find_map(|line| line.strip_prefix("some ")?.split_once("total="));
    Duration::from_micros(total.and_then(|(_, us)| us.trim().parse().ok()).unwrap_or(0))
}

/// A machine is busy if something waited for a processor in at least this part of the time. A trial
/// alone on a quiet machine of two cores causes a tenth by itself.
const BUSY_PART: f64 = 0.25;

/// Do `work`. Returns whether the machine had too few processors meanwhile. Where the kernel does
/// not tell how long threads waited, its load decides.
pub fn while_busy<T>(work: impl FnOnce() -> T) -> (T, bool) {
    let (began, before) = (Instant::now(), waited());
    let given = work();
    let (wall, waited) = (began.elapsed(), waited().saturating_sub(before));
    let told = before > Duration::ZERO;
    let busy = match told {
        true => waited.as_secs_f64() > wall.as_secs_f64() * BUSY_PART,
        false => load() > processors(),
    };
    (given, busy)
}

/// Check what measures time. On a busy machine a failure is a doubt, and no failure of the test.
#[cfg(test)]
pub(crate) fn unless_busy(check: impl FnOnce()) {
    let check = std::panic::AssertUnwindSafe(check);
    let (checked, busy) = while_busy(|| std::panic::catch_unwind(check));
    match checked {
        Err(failure) if !busy => std::panic::resume_unwind(failure),
        _ => {}
    }
}

/// Threads that ran or could have run, on average of the last minute.
fn load() -> f64 {
    let said = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    said.split(' ').next().and_then(|load| load.parse().ok()).unwrap_or(0.0)
}

fn processors() -> f64 {
    std::thread::available_parallelism().map_or(1.0, |count| count.get() as f64)
}

fn worst(done: &AtomicBool) -> Duration {
    let mut worst = Duration::ZERO;
    while !done.load(Ordering::Relaxed) {
        let began = Instant::now();
        std::thread::sleep(NAP);
        worst = worst.max(began.elapsed().saturating_sub(NAP));
    }
    worst
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_that_is_not_starved_is_hardly_late() {
        let nap = || during(|| std::thread::sleep(Duration::from_millis(20))).1;
        let (least, busy) = while_busy(|| (0..5).map(|_| nap()).min().expect("five times"));
        assert!(least < Duration::from_millis(100) || busy, "{least:?}");
    }
}
