//! `poll_oneoff`, with which a guest sleeps. It never lasts past the deadline of the call, and has
//! a bound on subscriptions.
//!
//! The versions of the runtimes wait as long as the guest likes (measured: 5.00 s under a deadline
//! of 50 ms) and accept as many subscriptions as fit in memory. A file or stream counts as ready,
//! because nothing that a guest has here can block.

use std::time::{Duration, Instant};

use super::clock::Clock;
use super::end::{By, HostStop};
use super::{preview1, range};

/// Most subscriptions of one call; Go uses two.
const SUBSCRIPTIONS_MAX: u32 = 1024;
/// `sizeof(subscription)` and `sizeof(event)` of preview 1.
const SUBSCRIPTION_BYTES: u32 = 48;
const EVENT_BYTES: u32 = 32;

/// What the guest waits for.
#[derive(Debug, Clone, Copy)]
struct Subscription {
    userdata: u64,
    tag: u8,
    /// Nanoseconds to wait; none for what is ready.
    wait: Option<u64>,
    errno: u16,
}

/// The arguments of `poll_oneoff`, as the guest gave them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PollArguments {
    /// Where the subscriptions are.
    pub(crate) subscriptions: u32,
    /// Where the events go.
    pub events: u32,
    /// How many subscriptions there are, and how many events there is room for.
    pub count: u32,
    /// Where the number of events goes.
    pub stored: u32,
}

/// Wait, and write the events that happened into `memory`. The answer is the errno.
///
/// # Errors
/// Where the guest is stopped: a range outside its memory, or the deadline.
pub(crate) fn oneoff(
    memory: &mut [u8],
    clock: &mut Clock,
    deadline: Option<Instant>,
    arguments: PollArguments,
) -> Result<i32, HostStop> {
    let PollArguments { count, .. } = arguments;
    if count == 0 {
        return Ok(preview1::EINVAL);
    }
    if count > SUBSCRIPTIONS_MAX {
        return Ok(preview1::ENOMEM);
    }
    let place = |ptr, len| range(ptr, len, memory.len()).ok_or(HostStop::HostPointer);
    let subscriptions = place(arguments.subscriptions, count * SUBSCRIPTION_BYTES)?;
    let events = place(arguments.events, count * EVENT_BYTES)?;
    let stored = place(arguments.stored, 4)?;
    let subscriptions: Vec<Subscription> = memory[subscriptions]
        .chunks_exact(SUBSCRIPTION_BYTES as usize)
        .map(|bytes| subscription(bytes, clock))
        .collect();
    let shortest = subscriptions.iter().map(|it| it.wait.unwrap_or(0)).min().unwrap_or(0);
    sleep(shortest, deadline)?;
    clock.slept(shortest);
    let happened = subscriptions.iter().filter(|it| it.wait.is_none_or(|wait| wait <= shortest));
    let mut number = 0_u32;
    for (event, bytes) in happened.zip(memory[events].chunks_exact_mut(EVENT_BYTES as usize)) {
        bytes.copy_from_slice(&event.bytes());
        number += 1;
    }
    memory[stored].copy_from_slice(&number.to_le_bytes());
    Ok(preview1::SUCCESS)
}

/// Read one: userdata at 0, the tag at 8; for a clock its id at 16, the timeout at 24, at 40 the
/// flag that the timeout is absolute.
fn subscription(bytes: &[u8], clock: &mut Clock) -> Subscription {
    let eight = |at: usize| {
        bytes[at..at + 8].iter().rev().fold(0_u64, |word, byte| word << 8 | u64::from(*byte))
    };
    let (userdata, tag, id) = (eight(0), bytes[8], (eight(16) & 0xffff_ffff) as u32);
    let ready = |errno| Subscription { userdata, tag, wait: None, errno };
    match tag {
        0 => match clock.read(id) {
            Some(now) => {
                let absolute = bytes[40] & 1 == 1;
                let past = if absolute { now } else { 0 };
                let wait = Some(eight(24).saturating_sub(past));
                Subscription { userdata, tag, wait, errno: 0 }
            }
            None => ready(preview1::EINVAL as u16),
        },
        1 | 2 => ready(0),
        _ => ready(preview1::EINVAL as u16),
    }
}

impl Subscription {
    /// As an event: userdata at 0, errno at 8, the tag at 10, bytes that are ready at 16.
    fn bytes(&self) -> [u8; EVENT_BYTES as usize] {
        let mut bytes = [0; EVENT_BYTES as usize];
        bytes[..8].copy_from_slice(&self.userdata.to_le_bytes());
        bytes[8..10].copy_from_slice(&self.errno.to_le_bytes());
        bytes[10] = self.tag;
        bytes[16] = u8::from(self.tag != 0);
        bytes
    }
}

fn sleep(nanos: u64, deadline: Option<Instant>) -> Result<(), HostStop> {
    if nanos == 0 {
        return Ok(());
    }
    let wanted = Duration::from_nanos(nanos);
    let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
    match left {
        Some(left) if left < wanted => {
            std::thread::sleep(left);
            Err(HostStop::Deadline(By::HostCall))
        }
        _ => {
            std::thread::sleep(wanted);
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUBSCRIPTIONS: usize = 64;

    fn clock_subscription(memory: &mut [u8], nth: usize, timeout: u64, absolute: bool) {
        let at = SUBSCRIPTIONS + nth * 48;
        memory[at] = 7 + nth as u8;
        memory[at + 16] = 1;
        memory[at + 24..at + 32].copy_from_slice(&timeout.to_le_bytes());
        memory[at + 40] = u8::from(absolute);
    }

    fn poll(memory: &mut [u8], count: u32, deadline_ms: u64) -> Result<i32, HostStop> {
        let deadline = Instant::now() + Duration::from_millis(deadline_ms);
        let arguments = PollArguments { subscriptions: 64, events: 512, count, stored: 8 };
        oneoff(memory, &mut Clock::new(false), Some(deadline), arguments)
    }

    #[test]
    fn the_shortest_wait_ends_and_no_other() {
        let mut memory = vec![0; 1024];
        clock_subscription(&mut memory, 0, 60_000_000_000, false);
        clock_subscription(&mut memory, 1, 1_000_000, false);
        assert_eq!(poll(&mut memory, 2, 5000), Ok(0));
        assert_eq!((memory[8], memory[512]), (1, 8));
    }

    #[test]
    fn a_wait_past_the_deadline_is_cut_there() {
        let mut memory = vec![0; 1024];
        clock_subscription(&mut memory, 0, u64::MAX, false);
        let began = Instant::now();
        assert_eq!(poll(&mut memory, 1, 20), Err(HostStop::Deadline(By::HostCall)));
        assert!(began.elapsed() >= Duration::from_millis(20));
    }

    #[test]
    fn a_time_that_is_past_and_a_stream_are_ready() {
        let mut memory = vec![0; 1024];
        clock_subscription(&mut memory, 0, 1, true);
        assert_eq!(poll(&mut memory, 1, 0), Ok(0));
        memory[SUBSCRIPTIONS + 8] = 1;
        assert_eq!(poll(&mut memory, 1, 0), Ok(0));
        assert_eq!((memory[8], memory[522]), (1, 1));
    }

    #[test]
    fn ranges_and_counts_are_bounded() {
        let mut memory = vec![0; 1024];
        assert_eq!(poll(&mut memory, 0, 0), Ok(preview1::EINVAL));
        assert_eq!(poll(&mut memory, 1025, 0), Ok(preview1::ENOMEM));
        assert_eq!(poll(&mut memory, u32::MAX, 0), Ok(preview1::ENOMEM));
        assert_eq!(poll(&mut memory, 1000, 0), Err(HostStop::HostPointer));
    }
}
