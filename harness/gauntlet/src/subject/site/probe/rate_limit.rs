//! Checks before a refusal counts: it must come neither from a rate limit, nor from a firewall that
//! refuses tools.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::thread::sleep;
use std::time::Duration;

use url::Url;
use wasm_gauntlet_model::action::Method;
use wasm_gauntlet_web::text::visible;
use wasm_gauntlet_web::wire::redirect::{Trail, follow};
use wasm_gauntlet_web::wire::{HttpRequest, browser_agent};

use super::Probe;
use crate::locks::unpoisoned;
use crate::subject::Inability;

/// The statuses of rate limits: nginx's default, and RFC 6585 §4.
const UNAVAILABLE: u16 = 503;
const TOO_MANY_REQUESTS: u16 = 429;

/// Pauses before a refused request is repeated: one second in all, in which the usual limits let at
/// least one request through.
const WAITS: [Duration; 3] =
    [Duration::from_millis(100), Duration::from_millis(300), Duration::from_millis(600)];

/// What a run has learned about a site so far.
#[derive(Debug, Default)]
pub(crate) struct Learned(Mutex<SiteKnowledge>);

#[derive(Debug, Default)]
pub(super) struct SiteKnowledge {
    /// Whether a refusal went away by itself.
    limits: bool,
    /// Paths that refuse some requests for good.
    refuses: BTreeSet<String>,
    /// By address, why a query of our own shares its cache entry with others; none where it does
    /// not.
    pub(super) shared: BTreeMap<String, Arc<OnceLock<Option<String>>>>,
}

impl Learned {
    pub(super) fn known(&self) -> MutexGuard<'_, SiteKnowledge> {
        unpoisoned(self.0.lock())
    }
}

impl Probe<'_> {
    /// Whether the refusal in `trail` is about the site, and not about the rate of our requests.
    pub(super) fn believed(
        &self,
        trail: &Trail,
        again: impl Fn() -> Option<u16>,
    ) -> Result<(), Inability> {
        let url = visible(trail.ask.url.as_str());
        let status = trail.reply.status;
        if status == TOO_MANY_REQUESTS || (status == UNAVAILABLE && self.is_limited(trail, again)) {
            return Err(Inability::rate_limited(format!(
                "{url} is answered with {status}, but not always: the site limits the request \
                 rate, or fails sometimes; exempt this machine from the limit"
            )));
        }
        Ok(())
    }

    /// Whether the refusal in `trail` is for everybody, and not for tools alone.
    pub(super) fn let_through(
        &self,
        trail: &Trail,
        again: impl Fn() -> Option<u16>,
        as_a_browser: impl Fn() -> Option<u16>,
    ) -> Result<(), Inability> {
        let status = trail.reply.status;
        let is_for_tools = browser_agent::may_be_a_firewall(&trail.reply)
            && as_a_browser() == Some(200)
            && again() == Some(status);
        match is_for_tools {
            true => {
                let url = visible(trail.ask.url.as_str());
                Err(Inability::refused(browser_agent::refusal(&url, status)))
            }
            false => Ok(()),
        }
    }

    /// Repeats the request, and asks for the page, which was there when the run began. A rate limit
    /// either lets the request through later, or refuses the page too.
    fn is_limited(&self, trail: &Trail, again: impl Fn() -> Option<u16>) -> bool {
        let learned = &self.site.learned;
        if learned.known().limits {
            return true;
        }
        let path = trail.ask.url.path().to_owned();
        let rounds = if learned.known().refuses.contains(&path) { 1 } else { WAITS.len() };
        let page = || self.plainly(self.site.url.clone()).map(|trail| trail.reply.status);
        let refused = |status: Option<u16>| {
            status.is_some_and(|status| [UNAVAILABLE, TOO_MANY_REQUESTS].contains(&status))
        };
        for (round, wait) in WAITS.iter().take(rounds).enumerate() {
            sleep(*wait);
            // In alternating order: a limit that lets one of two through would always refuse the
            // same one.
            let (same, page) = match round % 2 {
                0 => (again(), page()),
                _ => {
                    let page = page();
                    (again(), page)
                }
            };
            if same.is_some_and(|status| status != UNAVAILABLE) || refused(page) {
                learned.known().limits = true;
                return true;
            }
        }
        learned.known().refuses.insert(path);
        false
    }

    /// GET without any coding, as discovery does.
    pub(super) fn plainly(&self, url: Url) -> Option<Trail> {
        let mut ask = HttpRequest::new(Method::Get, url);
        ask.fields.push(("accept-encoding", "identity".to_owned()));
        follow(&self.site.client, &self.site.url, ask, |_| {}).ok()
    }
}
