//! The browser of this process: started when it is first needed, and again if it breaks down.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, Weak};

use wasm_gauntlet_browser::connection::{CallError, Events};
use wasm_gauntlet_browser::fault_server::FaultServer;
use wasm_gauntlet_browser::launch::Browser;

use crate::locks::unpoisoned;
use crate::subject::Inability;

/// How often a visit is tried if the browser breaks down.
const ATTEMPTS: usize = 2;

/// Browsers that run at once. A visit waits most of the time for the page to come to rest.
pub(crate) const BROWSERS_MAX: usize = 3;

/// Browsers that may be running.
pub(crate) struct BrowserPool {
    program: PathBuf,
    server: FaultServer,
    idle: Mutex<Browsers>,
    breakdowns: AtomicUsize,
    returned: Condvar,
}

#[derive(Default)]
struct Browsers {
    browsers: Vec<(Browser, Events)>,
    busy: usize,
}

/// The running browser, for one visit.
#[derive(Clone, Copy)]
pub(crate) struct Running<'a> {
    pub(crate) browser: &'a Browser,
    pub(crate) events: &'a Events,
    pub(crate) server: &'a FaultServer,
}

impl BrowserPool {
    /// The pool of `program`, which all subjects that live at the same time share.
    ///
    /// # Errors
    /// When no port is free.
    pub(crate) fn of(program: PathBuf) -> std::io::Result<Arc<Self>> {
        static SHARED: Mutex<Weak<BrowserPool>> = Mutex::new(Weak::new());
        let mut shared = unpoisoned(SHARED.lock());
        if let Some(pool) = shared.upgrade().filter(|pool| pool.program == program) {
            return Ok(pool);
        }
        let server = FaultServer::start()?;
        let (idle, breakdowns, returned) = Default::default();
        let pool = Arc::new(Self { program, server, idle, breakdowns, returned });
        *shared = Arc::downgrade(&pool);
        Ok(pool)
    }

    /// Do `visit` with a browser that no other visit uses meanwhile.
    ///
    /// # Errors
    /// When the browser cannot be started, or breaks down twice.
    pub(crate) fn with<T>(
        &self,
        visit: impl Fn(Running) -> Result<T, CallError>,
    ) -> Result<T, Inability> {
        let mut kept = self.take();
        let _turn = Turn(self);
        let mut why = String::new();
        for _ in 0..ATTEMPTS {
            let started = kept.take().map_or_else(|| Browser::start(&self.program), Ok);
            let (browser, events) = match started {
                Ok(started) => started,
                Err(error) => {
                    self.breakdowns.fetch_add(1, Ordering::Relaxed);
                    why = error.to_string();
                    continue;
                }
            };
            match visit(Running { browser: &browser, events: &events, server: &self.server }) {
                Ok(seen) => {
                    unpoisoned(self.idle.lock()).browsers.push((browser, events));
                    return Ok(seen);
                }
                Err(error) => {
                    self.breakdowns.fetch_add(1, Ordering::Relaxed);
                    why = error.to_string();
                }
            }
        }
        Err(Inability::tool_missing(format!("the browser broke down {ATTEMPTS} times: {why}")))
    }

    /// How often a browser broke down so far.
    pub(crate) fn breakdowns(&self) -> usize {
        self.breakdowns.load(Ordering::Relaxed)
    }

    /// Wait for a turn. A browser that is idle, if there is one.
    fn take(&self) -> Option<(Browser, Events)> {
        let mut idle = unpoisoned(self.idle.lock());
        while idle.busy >= BROWSERS_MAX {
            idle = unpoisoned(self.returned.wait(idle));
        }
        idle.busy += 1;
        idle.browsers.pop()
    }
}

/// One of the visits that run at once, also if it panics.
struct Turn<'a>(&'a BrowserPool);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        unpoisoned(self.0.idle.lock()).busy -= 1;
        self.0.returned.notify_one();
    }
}
