//! The browser of this process: started when it is first needed, and again if it breaks down.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, Weak};

use wasm_gauntlet_browser::connection::{CallError, Events};
use wasm_gauntlet_browser::fault_server::FaultServer;
use wasm_gauntlet_browser::launch::Browser;

use crate::locks::unpoisoned;
use crate::subject::Inability;

/// How often a visit is tried if the browser breaks down.
const ATTEMPTS: usize = 2;

/// A browser that may be running.
pub(crate) struct BrowserPool {
    program: PathBuf,
    server: FaultServer,
    running: Mutex<Option<(Browser, Events)>>,
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
        let pool = Arc::new(Self { program, server, running: Mutex::default() });
        *shared = Arc::downgrade(&pool);
        Ok(pool)
    }

    /// Do `visit` with the browser. No other visit runs meanwhile.
    ///
    /// # Errors
    /// When the browser cannot be started, or breaks down twice.
    pub(crate) fn with<T>(
        &self,
        visit: impl Fn(Running) -> Result<T, CallError>,
    ) -> Result<T, Inability> {
        let mut running = unpoisoned(self.running.lock());
        let mut why = String::new();
        for _ in 0..ATTEMPTS {
            if running.is_none() {
                let started = Browser::start(&self.program);
                *running = Some(started.map_err(|error| Inability::tool_missing(error.to_string()))?);
            }
            let Some((browser, events)) = running.as_ref() else { continue };
            match visit(Running { browser, events, server: &self.server }) {
                Ok(seen) => return Ok(seen),
                Err(error) => why = error.to_string(),
            }
            *running = None;
        }
        Err(Inability::tool_missing(format!("the browser broke down {ATTEMPTS} times: {why}")))
    }
}
