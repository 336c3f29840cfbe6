//! One trial's dealings with a host over HTTP.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use wasm_gauntlet_model::action::Action;
use wasm_gauntlet_model::call::{CallOutcome, LogLine};
use wasm_gauntlet_model::limits::Limits;
use wasm_gauntlet_model::observation::Observation;

use super::exchange::{Answer, Sent};
use super::{HostHttp, curl, reading, rules};
use crate::subject::calls;
use crate::subject::calls::differ::Opinions;
use crate::subject::calls::module::Module;
use crate::subject::calls::port::{Loaded, Port, Timed, Vigil, Work};
use crate::subject::calls::registrar::Registrar;
use crate::subject::protocol::LOG_LINES_MAX;
use crate::subject::{Inability, Session};

/// Past the deadline of a call, until we give it up. The host's own watchdog is to come first:
/// its answer says more than our silence.
pub(super) const CALL_PATIENCE: Duration = Duration::from_secs(5);

/// For an upload, compilation included, past the patience that a front of ours has for it.
pub(super) const UPLOAD_PATIENCE: Duration = Duration::from_secs(40);

/// A session with a host over HTTP.
pub struct Trial<'a> {
    pub(super) host: &'a HostHttp,
    seed: u64,
    uploads: Mutex<HashMap<String, Loaded>>,
    /// Whether the host was ever there: from then on its absence is a finding.
    reached: AtomicBool,
    lost: AtomicBool,
    lost_before: Mutex<Option<u64>>,
    /// What was active before we switched.
    pub(super) active_before: OnceLock<Option<String>>,
}

impl<'a> Trial<'a> {
    /// Nothing is sent before the first action.
    pub fn new(host: &'a HostHttp, seed: u64) -> Self {
        let (reached, lost) = (AtomicBool::new(false), AtomicBool::new(false));
        let (uploads, lost_before) = (Mutex::default(), Mutex::default());
        let active_before = OnceLock::new();
        Self { host, seed, uploads, reached, lost, lost_before, active_before }
    }

    fn uploads(&self) -> MutexGuard<'_, HashMap<String, Loaded>> {
        self.uploads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn guest_url(&self, module: &Module) -> String {
        format!("{}/guests/{}", self.host.url, module.digest)
    }

    fn upload(&self, module: &Module) -> Result<Loaded, Inability> {
        let exchange = &self.host.exchange;
        let timed = match &self.host.mapped {
            None => {
                let bytes = module.bytes.clone();
                reading::timed(exchange.put(&self.guest_url(module), bytes, UPLOAD_PATIENCE))?
            }
            Some(mapped) => match (mapped.load(module), &mapped.mapping().load) {
                (Some(request), Some(template)) => {
                    let sent = exchange.spoken(request?, UPLOAD_PATIENCE);
                    rules::timed(sent, &template.rules, UPLOAD_PATIENCE)?
                }
                // It was deployed beforehand.
                _ => return Ok(Loaded::Ready { wall: Duration::ZERO }),
            },
        };
        let timed = self.seen(timed);
        Ok(match timed.called.outcome {
            CallOutcome::Ok { .. } => Loaded::Ready { wall: timed.wall },
            _ => Loaded::Ended(timed),
        })
    }

    fn seen(&self, timed: Timed) -> Timed {
        self.lost.fetch_or(timed.lost.is_some(), Ordering::Relaxed);
        self.host.exchange.secrets.out_of_call(timed)
    }

    /// A call by the contract, and its log.
    fn by_contract(&self, work: &Work<'_>, patience: Duration) -> Result<Timed, Inability> {
        let url = format!("{}/call", self.guest_url(work.module));
        let sent = self.host.exchange.post(&url, work.tenant, work.input.to_vec(), patience);
        let log = match &sent {
            Sent::Answer(answer) => self.log(answer, work.tenant),
            _ => Vec::new(),
        };
        let mut timed = reading::timed(sent)?;
        timed.called.log = log;
        Ok(timed)
    }

    /// The log of a call, where the answer says that there is one.
    fn log(&self, answer: &Answer, tenant: &str) -> Vec<LogLine> {
        let id: Option<u64> = answer.header("x-call-id").and_then(|id| id.parse().ok());
        let Some(id) = id else { return Vec::new() };
        let url = format!("{}/calls/{id}/log", self.host.url);
        match self.host.exchange.get(&url, Some(tenant)) {
            Sent::Answer(answer) if answer.status == 200 => {
                let mut lines: Vec<LogLine> =
                    serde_json::from_slice(&answer.body).unwrap_or_default();
                // One more than may be kept shows a host that keeps more.
                let most = self.host.limits().log_lines_max as usize + 1;
                lines.truncate(most.max(LOG_LINES_MAX));
                lines
            }
            _ => Vec::new(),
        }
    }
}

impl Port for Trial<'_> {
    fn load(&self, work: &Work<'_>) -> Result<Loaded, Inability> {
        if let Some(loaded) = self.uploads().get(&work.module.digest) {
            return Ok(loaded.clone());
        }
        let loaded = self.upload(work.module)?;
        self.uploads().insert(work.module.digest.clone(), loaded.clone());
        Ok(loaded)
    }

    fn call(&self, work: &Work<'_>) -> Result<Timed, Inability> {
        if let Loaded::Ended(end) = self.load(work)? {
            return Ok(end);
        }
        let deadline = Duration::from_millis(self.host.limits().deadline_ms);
        let patience = deadline + CALL_PATIENCE;
        let timed = match &self.host.mapped {
            None => self.by_contract(work, patience)?,
            Some(mapped) => {
                let sent = self.host.exchange.spoken(mapped.call(work)?, patience);
                rules::timed(sent, &mapped.mapping().call.rules, deadline)?
            }
        };
        Ok(self.seen(timed))
    }

    fn limits(&self, _: &Limits) -> Limits {
        self.host.limits()
    }

    fn takes_modules(&self) -> bool {
        self.host.mapped.as_ref().is_none_or(|mapped| mapped.mapping().load.is_some())
    }

    fn watch(&self, _: &[&Module]) -> Result<(), Inability> {
        let health = match self.host.health_again() {
            Err(unable) if !self.reached.load(Ordering::Relaxed) => return Err(unable),
            health => health.ok(),
        };
        self.reached.store(true, Ordering::Relaxed);
        self.lost.store(false, Ordering::Relaxed);
        let lost = health.and_then(|health| health.processes_lost);
        *self.lost_before.lock().unwrap_or_else(PoisonError::into_inner) = lost;
        Ok(())
    }

    /// The same host answers if it says so, no answer went missing, and, where it counts its
    /// losses, there is none more.
    fn vigil(&self) -> Vigil {
        let before = *self.lost_before.lock().unwrap_or_else(PoisonError::into_inner);
        let alive = self.host.health().is_ok_and(|health| health.processes_lost == before);
        let alive = Some(alive && !self.lost.load(Ordering::Relaxed));
        Vigil { alive, ..Vigil::default() }
    }

    fn opinions(&self) -> Option<&dyn Opinions> {
        self.host.references.as_deref().map(|references| references as &dyn Opinions)
    }

    fn spins_per_ms(&self, find: &dyn Fn() -> Result<f64, Inability>) -> Result<f64, Inability> {
        let known = &self.host.spins_per_ms;
        match known.get() {
            Some(found) => Ok(*found),
            None => find().map(|found| *known.get_or_init(|| found)),
        }
    }

    fn registrar(&self) -> Option<&dyn Registrar> {
        Some(self)
    }

    fn reproduce(&self, work: &Work<'_>) -> Option<String> {
        let secrets = self.host.exchange.secrets.options();
        if let Some(mapped) = &self.host.mapped {
            return curl::spoken(&mapped.call(work).ok()?, &secrets);
        }
        curl::call(&self.host.url, work.module, work.tenant, work.input, &secrets)
    }
}

impl Session for Trial<'_> {
    fn perform(&mut self, step: &str, action: &Action) -> Result<Observation, Inability> {
        let seen = calls::perform(self, &*self.host.source, self.seed, step, action);
        self.host.exchange.secrets.out_of_step(seen)
    }
}

impl Drop for Trial<'_> {
    fn drop(&mut self) {
        self.back();
    }
}
