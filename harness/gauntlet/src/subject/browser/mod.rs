//! A real browser as a witness of a page: what the page loads and starts, what it is refused, and
//! what a person sees of it.
//!
//! One browser serves all subjects of a process, one page at a time, each page in a profile of its
//! own. A browser that breaks down says nothing about a page: the visit is tried once more, and
//! then nothing was seen.

mod dead;
mod glance;
mod look;
mod pool;
mod served;
mod sight;
mod visit;

use std::sync::{Arc, Mutex};

use url::Url;
use wasm_gauntlet_browser::visit::Certificates;
use wasm_gauntlet_model::action::Visit;
use wasm_gauntlet_model::observation::Observation;
use wasm_gauntlet_model::profile::{Need, Profile};

use self::dead::LoaderChain;
pub(crate) use self::glance::Glance;
pub(crate) use self::pool::BrowserPool;
use self::pool::Running;
pub(crate) use self::served::ServedDirectory;
use super::Inability;
use crate::locks::unpoisoned;

/// What a target file says of a page.
#[derive(Debug, Clone, Default)]
pub(crate) struct PageKnown {
    /// A selector of the control that uses the feature.
    pub(crate) trigger: Option<String>,
    /// Which certificates are accepted.
    pub(crate) certificates: Certificates,
}

impl PageKnown {
    /// A page whose feature is used by the control that `trigger` selects.
    pub(crate) fn used_by(trigger: &str) -> Self {
        Self { trigger: Some(trigger.to_owned()), ..Self::default() }
    }
}

/// A browser that looks at the page of one subject.
pub(crate) struct Witness {
    pool: Arc<BrowserPool>,
    known: PageKnown,
    glance: Mutex<Option<Arc<Glance>>>,
    chain: Mutex<LoaderChain>,
}

impl Witness {
    /// A witness from `pool` of a page of which this is known.
    pub(crate) fn new(pool: Arc<BrowserPool>, known: PageKnown) -> Self {
        Self { pool, known, glance: Mutex::default(), chain: Mutex::default() }
    }

    /// A witness of the installed Chromium. None where there is none.
    pub(crate) fn installed(known: PageKnown) -> Option<Self> {
        let pool = BrowserPool::of(wasm_gauntlet_browser::find::installed()?).ok()?;
        Some(Self::new(pool, known))
    }

    /// Look at the page once, before anything is planned.
    ///
    /// # Errors
    /// When the browser breaks down twice.
    pub(crate) fn glance(&self, url: &Url) -> Result<Arc<Glance>, Inability> {
        let look = |running: Running| glance::look(&running, url.as_str(), &self.known);
        let glance = self.pool.with(look)?;
        let glance = Arc::new(glance);
        *unpoisoned(self.glance.lock()) = Some(Arc::clone(&glance));
        Ok(glance)
    }

    /// Add what the browser saw to a profile.
    pub(crate) fn tell(&self, profile: &mut Profile, glance: &Glance) {
        let chain = LoaderChain::of(&profile.found);
        let dead = glance.dead.clone().or_else(|| chain.first(&glance.suspects));
        *unpoisoned(self.chain.lock()) = chain;
        profile.can.push(Need::BrowserPage);
        let feature = !glance.modules.is_empty() || glance.compiled > 0 || dead.is_some();
        profile.can.extend(feature.then_some(Need::BrowserFeature));
        let doubt = glance.alert.as_ref().map(|alert| format!("the page shows an alert: {alert}"));
        let suspect = || {
            let words = &glance.suspects.first()?.words;
            Some(format!("no module started, and the browser says, perhaps of another: {words}"))
        };
        let unmatched = || {
            let trigger = self.known.trigger.as_ref().filter(|_| glance.control.is_none())?;
            let trigger = look::short(trigger);
            Some(format!("`trigger: {trigger}` selects no control of the page that can be pressed"))
        };
        let doubt = doubt.or_else(unmatched).or_else(suspect);
        profile.left_out.extend(doubt.filter(|_| dead.is_none()));
        let started = dead.is_none() && !glance.bytes.is_empty();
        profile.can.extend(started.then_some(Need::BrowserStarted));
        profile.can.extend((started && glance.by_control).then_some(Need::BrowserTrigger));
        profile.about = format!("{}; {}", profile.about, glance.words(dead.as_deref()));
    }

    /// Visit the page.
    ///
    /// # Errors
    /// When the browser breaks down twice, or no module is known that could fail.
    pub(crate) fn visit(&self, visit: &Visit) -> Result<Observation, Inability> {
        let glance = unpoisoned(self.glance.lock()).clone().unwrap_or_default();
        if visit.module_fails.is_some() && glance.bytes.is_empty() {
            let why = "the browser saw no module of the page, so none can be made to fail";
            return Err(Inability::not_offered(why));
        }
        let chain = unpoisoned(self.chain.lock()).clone();
        let page = visit::Page { glance: &glance, chain: &chain, known: &self.known };
        self.pool.with(|running| visit::perform(&running, visit, &page))
    }
}
