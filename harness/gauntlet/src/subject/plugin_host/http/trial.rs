//! One trial on a host over HTTP.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock};
use std::time::Duration;

use wasm_gauntlet_host::protocol::LOG_LINES_MAX;
use wasm_gauntlet_host::worker::parent::work::{GuestModule, LoadOutcome, Lost, Timed, Work};
use wasm_gauntlet_model::action::Action;
use wasm_gauntlet_model::call::{CallOutcome, LogLine};
use wasm_gauntlet_model::limits::{Grants, Limits};
use wasm_gauntlet_model::observation::Observation;

use super::exchange::{HostResponse, SHORT_TIMEOUT, Sent};
use super::health::Health;
use super::presence::HONEST_GUEST;
use super::registry::ASKER;
use super::{HostHttp, curl, reading, rules};
use crate::locks::unpoisoned;
use crate::subject::plugin_host::actions as calls;
use crate::subject::plugin_host::actions::differ::Opinions;
use crate::subject::plugin_host::actions::port::Port;
use crate::subject::plugin_host::actions::registrar::Registrar;
use crate::subject::plugin_host::actions::resource_usage::ResourceUsage;
use crate::subject::{Inability, Session};

/// Time after the deadline of a call until our timeout. The host's own watchdog should come first,
/// because its answer says more than our timeout.
pub(super) const CALL_PATIENCE: Duration = Duration::from_secs(5);

/// Timeout of an upload with its compilation, longer than that of our own front.
pub(super) const UPLOAD_PATIENCE: Duration = Duration::from_secs(40);

/// A session with a host over HTTP.
pub(crate) struct HttpSession<'a> {
    pub(super) host: &'a HostHttp,
    seed: u64,
    uploads: Mutex<HashMap<String, LoadOutcome>>,
    /// Whether the host was ever there: from then on its absence is a finding.
    reached: AtomicBool,
    lost: AtomicBool,
    /// Whether an answer never came since the host was last seen to serve.
    silent: AtomicBool,
    /// Why nothing more is sent: the host was waited for in vain.
    absent: OnceLock<String>,
    /// Held by who finds that out, so that callers at once wait once.
    looking: Mutex<()>,
    lost_before: Mutex<Option<u64>>,
    /// What was active before we switched.
    pub(super) active_before: OnceLock<Option<String>>,
}

impl<'a> HttpSession<'a> {
    /// Nothing is sent before the first action.
    pub(crate) fn new(host: &'a HostHttp, seed: u64) -> Self {
        Self {
            host,
            seed,
            uploads: Mutex::default(),
            reached: AtomicBool::new(false),
            lost: AtomicBool::new(false),
            silent: AtomicBool::new(false),
            absent: OnceLock::new(),
            looking: Mutex::default(),
            lost_before: Mutex::default(),
            active_before: OnceLock::new(),
        }
    }

    /// Why nothing more is sent, if so. Where an answer never came, whether the host still serves
    /// is seen first: a host whose workers are all taken would cost our patience each time.
    pub(super) fn absent(&self) -> Option<&str> {
        if self.absent.get().is_none() && self.silent.load(Ordering::Relaxed) {
            let _one = unpoisoned(self.looking.lock());
            if self.silent.swap(false, Ordering::Relaxed) && self.absent.get().is_none() {
                self.given_up(self.host.present(true).err());
            }
        }
        self.absent.get().map(String::as_str)
    }

    fn given_up(&self, why: Option<Inability>) {
        if let Some(unable) = why {
            self.absent.get_or_init(|| unable.text);
        }
    }

    /// A call that is not made, as nobody would answer it.
    fn unmade(&self) -> Option<Timed> {
        let detail = format!("the host cannot be reached: {}", self.absent()?);
        Some(Timed::lost(Lost::Died, detail, None, Duration::ZERO))
    }

    /// Whether an honest call is answered, however; true where none can be made.
    pub(super) fn answers_honestly(&self) -> bool {
        if !self.host.has_guest(HONEST_GUEST) {
            return true;
        }
        let Ok(module) = (self.host.source)(HONEST_GUEST, &[]) else { return true };
        let (limits, grants) = (self.host.limits(), Grants::default());
        let (limits, grants) = (&limits, &grants);
        let work = Work { module: &module, tenant: ASKER, input: b"ping", limits, grants };
        let hung = |timed: &Timed| timed.lost == Some(Lost::Hung);
        // By the contract it is a matter of milliseconds; a mapped host may deploy it somewhere.
        let patience = if self.host.mapped.is_some() { UPLOAD_PATIENCE } else { SHORT_TIMEOUT };
        match self.upload(&module, patience) {
            Ok(LoadOutcome::Ended(end)) => !hung(&end),
            Ok(LoadOutcome::Ready { .. }) => !self.sent(&work).is_ok_and(|timed| hung(&timed)),
            Err(_) => true,
        }
    }

    fn uploads(&self) -> MutexGuard<'_, HashMap<String, LoadOutcome>> {
        unpoisoned(self.uploads.lock())
    }

    fn guest_url(&self, module: &GuestModule) -> String {
        format!("{}/guests/{}", self.host.url, module.digest)
    }

    fn upload(&self, module: &GuestModule, patience: Duration) -> Result<LoadOutcome, Inability> {
        let exchange = &self.host.exchange;
        let timed = match &self.host.mapped {
            None => {
                let bytes = module.bytes.clone();
                reading::timed(exchange.put(&self.guest_url(module), bytes, patience))?
            }
            Some(mapped) => match (mapped.load(module), &mapped.mapping().load) {
                (Some(request), Some(template)) => {
                    let sent = exchange.spoken(request?, patience);
                    rules::timed(sent, &template.rules, patience)?
                }
                // It was deployed beforehand.
                _ => return Ok(LoadOutcome::Ready { wall: Duration::ZERO }),
            },
        };
        let timed = self.seen(timed);
        Ok(match timed.called.outcome {
            CallOutcome::Ok { .. } => LoadOutcome::Ready { wall: timed.wall },
            _ => LoadOutcome::Ended(timed),
        })
    }

    fn seen(&self, timed: Timed) -> Timed {
        self.lost.fetch_or(timed.lost.is_some(), Ordering::Relaxed);
        self.silent.fetch_or(timed.lost == Some(Lost::Hung), Ordering::Relaxed);
        if timed.lost.is_some() {
            self.host.presence.suspect();
        }
        self.host.exchange.secrets.out_of_call(timed)
    }

    /// A call, sent whatever is known of the host.
    fn sent(&self, work: &Work<'_>) -> Result<Timed, Inability> {
        let deadline = Duration::from_millis(self.host.limits().deadline_ms);
        let patience = deadline + CALL_PATIENCE;
        match &self.host.mapped {
            None => self.by_contract(work, patience),
            Some(mapped) => {
                let sent = self.host.exchange.spoken(mapped.call(work)?, patience);
                rules::timed(sent, &mapped.mapping().call.rules, deadline)
            }
        }
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
    fn log(&self, answer: &HostResponse, tenant: &str) -> Vec<LogLine> {
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

impl Port for HttpSession<'_> {
    fn load(&self, work: &Work<'_>) -> Result<LoadOutcome, Inability> {
        if let Some(loaded) = self.uploads().get(&work.module.digest) {
            return Ok(loaded.clone());
        }
        if let Some(unmade) = self.unmade() {
            return Ok(LoadOutcome::Ended(self.seen(unmade)));
        }
        let loaded = self.upload(work.module, UPLOAD_PATIENCE)?;
        self.uploads().insert(work.module.digest.clone(), loaded.clone());
        Ok(loaded)
    }

    fn call(&self, work: &Work<'_>) -> Result<Timed, Inability> {
        if let LoadOutcome::Ended(end) = self.load(work)? {
            return Ok(end);
        }
        match self.unmade() {
            Some(unmade) => Ok(self.seen(unmade)),
            None => Ok(self.seen(self.sent(work)?)),
        }
    }

    fn limits(&self, _: &Limits) -> Limits {
        self.host.limits()
    }

    fn takes_modules(&self) -> bool {
        self.host.mapped.as_ref().is_none_or(|mapped| mapped.mapping().load.is_some())
    }

    fn watch(&self, _: &[&GuestModule]) -> Result<(), Inability> {
        let health = match self.absent() {
            Some(_) => None,
            None => match self.host.present(false) {
                Err(unable) if !self.reached.load(Ordering::Relaxed) => return Err(unable),
                Err(unable) => {
                    self.given_up(Some(unable));
                    None
                }
                Ok(health) => Some(health),
            },
        };
        self.reached.store(true, Ordering::Relaxed);
        self.lost.store(false, Ordering::Relaxed);
        let lost = health.and_then(|health| health.processes_lost);
        *unpoisoned(self.lost_before.lock()) = lost;
        Ok(())
    }

    /// The same host answers if it says so, no answer went missing, and, where it counts its
    /// losses, there is none more.
    fn usage(&self) -> ResourceUsage {
        let before = *unpoisoned(self.lost_before.lock());
        let health = self.absent.get().is_none().then(|| self.host.health());
        let answered = health.as_ref().is_some_and(Result::is_ok);
        self.silent.fetch_or(!answered, Ordering::Relaxed);
        let same = |health: Health| health.processes_lost == before;
        let alive = health.and_then(Result::ok).is_some_and(same);
        let alive = Some(alive && !self.lost.load(Ordering::Relaxed));
        ResourceUsage { alive, ..ResourceUsage::default() }
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

impl Session for HttpSession<'_> {
    fn perform(&mut self, step: &str, action: &Action) -> Result<Observation, Inability> {
        let seen = calls::perform(self, &*self.host.source, self.seed, step, action);
        self.host.exchange.secrets.out_of_step(seen)
    }
}

impl Drop for HttpSession<'_> {
    fn drop(&mut self) {
        self.back();
    }
}
