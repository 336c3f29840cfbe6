//! Threads for calls: one for each call up to a bound, then a queue, then refusal.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

use crate::process::locked::{self, Locked};

/// Most threads. Each keeps `STACK_BYTES` of address space, so all of them take 1 GiB of the
/// 4 GiB that a worker has.
const THREADS_MAX: usize = 64;

/// Most requests that wait for a thread. A longer queue would hold the memory of callers.
const WAITING_MAX: usize = 1024;

/// Stack of one thread: room for the 512 KiB to 1 MiB of guest stack of the engines and for host
/// functions called at its end, with a wide margin, because an overflow ends the process.
const STACK_BYTES: usize = 16 << 20;

/// One piece of work.
pub(crate) type Job = Box<dyn FnOnce() + Send>;

/// The queue is full, or no thread can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PoolFull;

/// Threads that wait for work. They end when the pool is dropped and their job is done.
#[derive(Default)]
pub(crate) struct Pool {
    shared: Arc<PoolState>,
}

#[derive(Default)]
struct PoolState {
    queue: Mutex<Queue>,
    work: Condvar,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    threads: usize,
    idle: usize,
    closed: bool,
}

impl PoolState {
    /// A job that panics does so outside the lock, so a poisoned queue is still whole.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.locked()
    }

    fn work(&self) {
        let mut queue = self.lock();
        loop {
            if let Some(job) = queue.jobs.pop_front() {
                drop(queue);
                job();
                queue = self.lock();
            } else if queue.closed {
                return;
            } else {
                queue.idle += 1;
                queue = locked::wait(&self.work, queue);
                queue.idle -= 1;
            }
        }
    }
}

impl Pool {
    /// Give `job` to a thread, soon; never waits. The job must not unwind.
    pub(super) fn run(&self, job: Job) -> Result<(), PoolFull> {
        let mut queue = self.shared.lock();
        if queue.jobs.len() >= WAITING_MAX {
            return Err(PoolFull);
        }
        if queue.jobs.len() >= queue.idle && queue.threads < THREADS_MAX {
            let shared = Arc::clone(&self.shared);
            let thread = std::thread::Builder::new().name("call".into()).stack_size(STACK_BYTES);
            match thread.spawn(move || shared.work()) {
                Ok(_) => queue.threads += 1,
                Err(_) if queue.threads == 0 => return Err(PoolFull),
                Err(_) => {}
            }
        }
        queue.jobs.push_back(job);
        self.shared.work.notify_one();
        Ok(())
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.work.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    #[test]
    fn sixty_four_run_at_once_and_the_queue_has_an_end() {
        let pool = Pool::default();
        let (begun, begins) = mpsc::channel();
        let gate = Arc::new((Mutex::new(false), Condvar::new()));
        let job = || -> Job {
            let (begun, gate) = (begun.clone(), Arc::clone(&gate));
            Box::new(move || {
                begun.send(()).expect("the test listens");
                let open = gate.0.lock().expect("nothing panics under the lock");
                drop(gate.1.wait_while(open, |open| !*open).expect("nor here"));
            })
        };
        for _ in 0..THREADS_MAX {
            pool.run(job()).expect("a thread is free");
        }
        for _ in 0..THREADS_MAX {
            begins.recv_timeout(Duration::from_secs(10)).expect("each runs without another ending");
        }
        for _ in 0..WAITING_MAX {
            pool.run(job()).expect("the queue takes it");
        }
        assert_eq!(pool.run(job()), Err(PoolFull));
        assert!(begins.recv_timeout(Duration::from_millis(50)).is_err(), "no 65th thread");
        *gate.0.lock().expect("nothing panics under the lock") = true;
        gate.1.notify_all();
        for _ in 0..WAITING_MAX {
            begins.recv_timeout(Duration::from_secs(10)).expect("the queue is drained");
        }
    }
}
