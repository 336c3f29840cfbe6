//! How late this machine lets a thread of ours wake up while something is timed: what a host
//! under test must not be blamed for.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long the watcher sleeps; a machine with nothing else to do wakes it 0.1 ms late.
const NAP: Duration = Duration::from_millis(1);

/// Times that a thread must wake between a deadline and our knowing of it: the host's ticker, its
/// answering thread, our reader and our caller.
const WAKINGS: u32 = 4;

/// Do `work`; the time by which the machine itself may have delayed it.
pub fn during<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watcher = scope.spawn(|| worst(&done));
        let given = work();
        done.store(true, Ordering::Relaxed);
        (given, watcher.join().unwrap_or_default() * WAKINGS)
    })
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
        let ((), least) = (0..5)
            .map(|_| during(|| std::thread::sleep(Duration::from_millis(20))))
            .min_by_key(|(_, late)| *late)
            .expect("five times");
        assert!(least < Duration::from_millis(100), "{least:?}");
    }
}
