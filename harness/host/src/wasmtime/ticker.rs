//! The clock of epoch interruption: a thread that ticks while calls are active.
//!
//! A tick only makes a running guest look at the clock. It never decides a deadline. The thread is
//! an operating system thread, so guests on all worker threads cannot starve it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use wasmtime::{Engine, EngineWeak};

use crate::process::locked::{self, Locked};

/// Between two ticks: the mean overshoot of a deadline is half of it.
const TICK: Duration = Duration::from_millis(1);
/// Idle ticks before the thread sleeps, so that calls in a row never pay for a wake-up.
const IDLE_TICKS_MAX: u32 = 100;

#[derive(Default)]
struct TickerState {
    active: AtomicUsize,
    parked: AtomicBool,
    ended: AtomicBool,
    engines: Mutex<Vec<EngineWeak>>,
    wake: Condvar,
}

/// The ticking thread; it ends when this is dropped.
pub(super) struct Ticker(Arc<TickerState>);

/// One call during which the thread ticks.
pub(super) struct Ticking<'a>(&'a TickerState);

impl Ticker {
    /// Start the thread.
    pub(super) fn start() -> std::io::Result<Self> {
        let shared = Arc::new(TickerState::default());
        let its = shared.clone();
        thread::Builder::new().name("epoch-ticker".to_owned()).spawn(move || its.run())?;
        Ok(Self(shared))
    }

    /// Tick this engine too, as long as it lives.
    pub(super) fn add(&self, engine: &Engine) {
        self.0.engines().push(engine.weak());
    }

    /// Tick until the answer is dropped.
    pub(super) fn during(&self) -> Ticking<'_> {
        self.0.active.fetch_add(1, Ordering::SeqCst);
        if self.0.parked.load(Ordering::SeqCst) {
            let _engines = self.0.engines();
            self.0.wake.notify_one();
        }
        Ticking(&self.0)
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.0.ended.store(true, Ordering::SeqCst);
        let _engines = self.0.engines();
        self.0.wake.notify_one();
    }
}

impl Drop for Ticking<'_> {
    fn drop(&mut self) {
        self.0.active.fetch_sub(1, Ordering::SeqCst);
    }
}

impl TickerState {
    fn engines(&self) -> MutexGuard<'_, Vec<EngineWeak>> {
        self.engines.locked()
    }

    fn run(&self) {
        let mut idle = 0;
        while !self.ended.load(Ordering::SeqCst) {
            thread::sleep(TICK);
            if self.active.load(Ordering::SeqCst) > 0 {
                idle = 0;
                self.tick();
            } else if idle < IDLE_TICKS_MAX {
                idle += 1;
            } else {
                self.park();
                idle = 0;
            }
        }
    }

    fn tick(&self) {
        self.engines().retain(|engine| {
            let engine = engine.upgrade();
            if let Some(engine) = &engine {
                engine.increment_epoch();
            }
            engine.is_some()
        });
    }

    /// Sleep until a call begins. This thread raises the flag before it reads the count, and a call
    /// raises the count before it reads the flag, so one of the two always sees the other.
    fn park(&self) {
        let mut engines = self.engines();
        self.parked.store(true, Ordering::SeqCst);
        let idle = || self.active.load(Ordering::SeqCst) == 0 && !self.ended.load(Ordering::SeqCst);
        while idle() {
            engines = locked::wait(&self.wake, engines);
        }
        self.parked.store(false, Ordering::SeqCst);
    }
}
