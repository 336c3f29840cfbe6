//! Whether the host is there and serves calls. A host that was there and is lost may have a
//! supervisor, so it gets time to come back, once.
//!
//! A health check alone is not enough: a thread that no guest can block may answer it, while every
//! worker is blocked. So where an answer never came, a benign guest is called too.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use wasm_gauntlet_host::process::shutdown;

use super::health::{self, Health};
use super::mapped::Mapped;
use super::trial::{CALL_PATIENCE, HttpSession, UPLOAD_PATIENCE};
use super::{HostHttp, exchange};
use crate::locks::unpoisoned;
use crate::subject::Inability;
use crate::subject::plugin_host::actions::bound::Patience;

/// The time for a supervisor to start a lost host again: a process that restarts in a container,
/// behind a health probe each second.
const BACK_WITHIN: Duration = Duration::from_secs(10);

/// Pause between two looks at whether it is back.
const BACK_PAUSE: Duration = Duration::from_millis(100);

/// The guest of that call, which every host runs quickly.
pub(super) const HONEST_GUEST: &str = "benign-echo";

/// Whether the host was there, over all trials.
#[derive(Default)]
pub(super) struct Presence {
    /// Whether it was ever there.
    met: AtomicBool,
    /// Whether it stayed away once: nobody waits for it again.
    gone: AtomicBool,
    /// Whether an answer went missing since [`HostHttp::lost_since`] was last asked.
    suspect: AtomicBool,
    /// Why it was taken for lost since then.
    lost: Mutex<Option<String>>,
}

impl Presence {
    /// An answer went missing.
    pub(crate) fn suspect(&self) {
        self.suspect.store(true, Ordering::Relaxed);
    }

    fn lost(&self, why: &str) {
        *unpoisoned(self.lost.lock()) = Some(why.to_owned());
    }
}

impl HostHttp {
    /// What it says of itself, if it is there.
    pub(super) fn health(&self) -> Result<Health, Inability> {
        let met = self.presence.met.load(Ordering::Relaxed);
        let patience = if met { exchange::HEALTH_TIMEOUT } else { exchange::SHORT_TIMEOUT };
        let health = match &self.mapped {
            None => health::by_contract(&self.exchange, &self.url, patience),
            Some(mapped) => health::mapped(&self.exchange, mapped, patience),
        };
        self.presence.met.fetch_or(health.is_ok(), Ordering::Relaxed);
        if health.is_err() {
            self.presence.suspect();
        }
        health
    }

    /// Whether a guest can be called here.
    pub(super) fn has_guest(&self, id: &str) -> bool {
        let deployed = self.mapped.as_ref().and_then(Mapped::deployed);
        deployed.is_none_or(|all| all.iter().any(|one| one == id))
    }

    /// The same, and where an answer never came, whether it serves an honest call.
    fn serves(&self, silent: bool) -> Result<Health, Inability> {
        let health = self.health()?;
        match silent && !HttpSession::new(self, 0).answers_honestly() {
            true => Err(Inability::timeout(
                "health checks are answered, but a call of an honest guest is not".to_owned(),
            )),
            false => Ok(health),
        }
    }

    /// The same, once it is back; `silent` where an answer never came.
    pub(super) fn present(&self, silent: bool) -> Result<Health, Inability> {
        let begun = Instant::now();
        loop {
            let Presence { met, gone, .. } = &self.presence;
            let health = self.serves(silent || gone.load(Ordering::Relaxed));
            let Err(unable) = &health else { return health };
            let may_return =
                met.load(Ordering::Relaxed) && !gone.load(Ordering::Relaxed) && !shutdown::over();
            if !may_return || begun.elapsed() >= BACK_WITHIN {
                gone.fetch_or(met.load(Ordering::Relaxed), Ordering::Relaxed);
                self.presence.lost(&unable.text);
                return health;
            }
            std::thread::sleep(BACK_PAUSE);
        }
    }

    /// Why it is taken for lost, if an answer went missing since this was last asked, and it is
    /// not there.
    pub(super) fn lost_since(&self) -> Option<String> {
        let seen = unpoisoned(self.presence.lost.lock()).take();
        let suspect = self.presence.suspect.swap(false, Ordering::Relaxed);
        if shutdown::over() || !suspect && seen.is_none() {
            return None;
        }
        let lost = seen.or_else(|| self.present(true).err().map(|unable| unable.text));
        unpoisoned(self.presence.lost.lock()).take();
        lost
    }

    /// How long it is waited for. Once an answer never came, the rest of a trial costs no more
    /// than one wait.
    pub(super) fn patience() -> Patience {
        Patience {
            // The log of a call is asked for after it.
            call: CALL_PATIENCE + exchange::SHORT_TIMEOUT,
            load: UPLOAD_PATIENCE,
            look: BACK_WITHIN + exchange::HEALTH_TIMEOUT * 4,
        }
    }
}
