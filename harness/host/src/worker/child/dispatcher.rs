//! Connects requests to the host: holds the loaded modules and writes the answers.

use std::collections::HashMap;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use sha2::{Digest, Sha256};
use wasm_gauntlet_model::call::{CallOutcome, Called, Rejection, hex};
use wasm_gauntlet_model::limits::{Grants, Limits};

use crate::host::{Host, Plugin};
use crate::process::locked::Locked;
use crate::protocol::{
    ANSWER_OUTPUT_BYTES_MAX, Hello, Reply, ReplyLine, Stats, VERSION, WrittenCall,
};

/// Most modules held. A module that is not unloaded keeps its code.
const MODULES_MAX: usize = 1024;

/// The host, its modules and the way back.
pub(super) struct Dispatcher {
    host: Arc<dyn Host>,
    modules: Mutex<HashMap<String, Arc<dyn Plugin>>>,
    out: Mutex<Box<dyn Write + Send>>,
    calls: AtomicU64,
    in_flight: AtomicU64,
}

impl Dispatcher {
    /// A dispatcher without modules.
    pub(super) fn new(host: Arc<dyn Host>, out: impl Write + Send + 'static) -> Self {
        let out: Box<dyn Write + Send> = Box::new(out);
        let (calls, in_flight) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { host, modules: Mutex::default(), out: Mutex::new(out), calls, in_flight }
    }

    fn modules(&self) -> MutexGuard<'_, HashMap<String, Arc<dyn Plugin>>> {
        self.modules.locked()
    }

    /// Write one answer. The end of stdin shows that the reader has gone.
    pub(super) fn say(&self, answer: &ReplyLine) {
        let Ok(mut line) = serde_json::to_vec(answer) else { return };
        line.push(b'\n');
        let mut out = self.out.locked();
        let _ = out.write_all(&line).and_then(|()| out.flush());
    }

    /// Answer that a request is invalid.
    pub(super) fn refuse(&self, id: u64, reason: &str) {
        self.say(&ReplyLine { id, reply: Reply::Refused { reason: reason.to_owned() } });
    }

    /// Say who serves.
    pub(super) fn hello(&self, id: u64) {
        let about = self.host.about();
        let features = self.host.features().into_iter().map(str::to_owned).collect();
        let (name, version, engine) = (about.name, about.version, about.engine);
        let hello = Hello { protocol: VERSION, name, version, engine, features };
        self.say(&ReplyLine { id, reply: Reply::Hello(hello) });
    }

    /// Say what is held.
    pub(super) fn stats(&self, id: u64) {
        let stats = Stats {
            modules: self.modules().len() as u64,
            calls: self.calls.load(Ordering::Relaxed),
            in_flight: self.in_flight.load(Ordering::Relaxed),
        };
        self.say(&ReplyLine { id, reply: Reply::Stats(stats) });
    }

    /// Forget a module.
    pub(super) fn unload(&self, id: u64, module: &str) {
        match self.modules().remove(module) {
            Some(_) => self.say(&ReplyLine { id, reply: Reply::Unloaded }),
            None => self.refuse(id, &unknown(module)),
        }
    }

    /// Load a module, whose bytes must be those that the digest names.
    pub(super) fn load(
        &self,
        id: u64,
        module: String,
        digest: &str,
        bytes: &[u8],
        limits: &Limits,
        grants: &Grants,
    ) {
        if hex(&Sha256::digest(bytes)) != digest {
            return self.refuse(id, "the digest is not that of the bytes");
        }
        if self.modules().len() >= MODULES_MAX {
            return self.refuse(id, "too many modules are loaded");
        }
        match catch_unwind(AssertUnwindSafe(|| self.host.load(bytes, limits, grants))) {
            Ok(Ok(plugin)) => {
                self.modules().insert(module, plugin);
                self.say(&ReplyLine { id, reply: Reply::Loaded });
            }
            Ok(Err(Rejection { stage, reason })) => {
                let stage = stage.word().to_owned();
                self.say(&ReplyLine { id, reply: Reply::Rejected { stage, reason } });
            }
            Err(panic) => self.called(id, &fault(format!("load panicked: {}", said(&*panic)))),
        }
    }

    /// Count a call that was read; `call` or `busy` answers it.
    pub(crate) fn call_begins(&self) {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
    }

    /// Call a module.
    pub(super) fn call(&self, id: u64, module: &str, tenant: &str, input: &[u8]) {
        let plugin = self.modules().get(module).cloned();
        match plugin.map(|plugin| catch_unwind(AssertUnwindSafe(|| plugin.call(tenant, input)))) {
            None => self.refuse(id, &unknown(module)),
            Some(Ok(called)) => self.called(id, &sendable(called)),
            Some(Err(panic)) => {
                self.called(id, &fault(format!("call panicked: {}", said(&*panic))));
            }
        }
        self.call_ends();
    }

    /// Answer a call for which there is no room.
    pub(super) fn busy(&self, id: u64) {
        self.called(id, &Called::bare(CallOutcome::Busy));
        self.call_ends();
    }

    fn call_ends(&self) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
    }

    fn called(&self, id: u64, called: &Called) {
        self.say(&ReplyLine { id, reply: Reply::Called(WrittenCall::from(called)) });
    }
}

fn unknown(module: &str) -> String {
    format!("no module is called {}", module.escape_debug())
}

/// The words of a panic.
fn said(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no text".into())
}

/// An output that fits in no line means a host without an output bound. The answer says so.
fn sendable(called: Called) -> Called {
    match &called.outcome {
        CallOutcome::Ok { output } if output.len() > ANSWER_OUTPUT_BYTES_MAX => {
            let detail = format!("the host took {} bytes of output", output.len());
            Called { outcome: CallOutcome::HostFault { detail, signal: None }, ..called }
        }
        _ => called,
    }
}

fn fault(detail: String) -> Called {
    Called::bare(CallOutcome::HostFault { detail, signal: None })
}
