//! A real browser as a witness of a page: what the page loads and starts, what it is refused, and
//! what a person sees of it.
//!
//! One browser serves all subjects of a process, one page at a time, each page in a profile of its
//! own. A browser that breaks down says nothing about a page: the visit is tried once more, and
//! then nothing was seen.

mod dead;
mod deploy;
mod deploy_server;
mod evidence;
mod glance;
mod loads;
mod look;
mod pool;
mod served;
mod sight;
mod visit;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use url::Url;
use wasm_gauntlet_browser::visit::Certificates;
use wasm_gauntlet_model::action::{Deploy, Loads, Visit};
use wasm_gauntlet_model::observation::Observation;
use wasm_gauntlet_model::profile::{Need, Profile};

use self::dead::LoaderChain;
use self::deploy::{Across, BothBuilds};
pub(crate) use self::deploy_server::BuildPlace;
use self::deploy_server::DeployServer;
pub(crate) use self::glance::Glance;
use self::pool::Running;
pub(crate) use self::pool::{BROWSERS_MAX, BrowserPool};
pub(crate) use self::served::ServedDirectory;
use super::Inability;
use crate::locks::unpoisoned;

/// What a target file says of a page.
#[derive(Debug, Clone, Default)]
pub(crate) struct PageKnown {
    /// A selector of the control that uses the feature.
    pub(crate) trigger: Option<String>,
    /// Another build, with which a deploy is tried.
    pub(crate) previous: Option<PreviousBuild>,
    /// Which certificates are accepted.
    pub(crate) certificates: Certificates,
}

/// Where another build of the page is.
#[derive(Debug, Clone)]
pub(crate) enum PreviousBuild {
    /// The address of its page.
    Page(Url),
    /// A directory.
    Directory(PathBuf),
}

impl PreviousBuild {
    /// The build that a target file names: by an address with a scheme, or by a directory.
    ///
    /// # Errors
    /// When it is neither an address of the web nor a directory.
    pub(crate) fn named(name: &str) -> Result<Self, String> {
        if name.contains("://") {
            let url = Url::parse(name).map_err(|error| error.to_string())?;
            let of_web = matches!(url.scheme(), "http" | "https");
            return of_web.then_some(Self::Page(url)).ok_or("it is no address of the web".into());
        }
        let dir = PathBuf::from(name);
        if dir.is_dir() {
            Ok(Self::Directory(dir))
        } else {
            Err("there is no such directory".into())
        }
    }

    fn place<'a>(&self, current: &BuildPlace<'a>) -> Result<BuildPlace<'a>, Inability> {
        match (self, current) {
            (Self::Directory(dir), _) => Ok(BuildPlace::Directory(dir.clone())),
            (Self::Page(page), BuildPlace::Site(client, _)) => {
                Ok(BuildPlace::Site(client, page.clone()))
            }
            (Self::Page(_), BuildPlace::Directory(_)) => {
                let why = "`previous-build` of a directory is a directory, too";
                Err(Inability::setup(why))
            }
        }
    }
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
    builds: Mutex<Option<Arc<BothBuilds>>>,
}

impl Witness {
    /// A witness from `pool` of a page of which this is known.
    pub(crate) fn new(pool: Arc<BrowserPool>, known: PageKnown) -> Self {
        let (glance, chain, builds) = (Mutex::default(), Mutex::default(), Mutex::default());
        Self { pool, known, glance, chain, builds }
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

    /// What the first look saw, if there was one.
    pub(crate) fn seen_first(&self) -> Option<Arc<Glance>> {
        unpoisoned(self.glance.lock()).clone()
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
        let previous = self.known.previous.as_ref().filter(|_| started);
        profile.can.extend(previous.map(|_| Need::BrowserPrevious));
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

    /// Load the page with and without its module.
    ///
    /// # Errors
    /// As [`Witness::visit`].
    pub(crate) fn loads(&self, loads: &Loads) -> Result<Observation, Inability> {
        let glance = unpoisoned(self.glance.lock()).clone().unwrap_or_default();
        let chain = unpoisoned(self.chain.lock()).clone();
        let page = visit::Page { glance: &glance, chain: &chain, known: &self.known };
        self.pool.with(|running| loads::perform(&running, loads, &page))
    }

    /// Visit the page across a deploy. The build under test is at `current`.
    ///
    /// # Errors
    /// When the browser breaks down twice, or one of the builds does not work by itself.
    pub(crate) fn deploy(
        &self,
        deploy: &Deploy,
        current: BuildPlace,
    ) -> Result<Observation, Inability> {
        let unnamed = || Inability::setup("no target file names a `previous-build`");
        let previous = self.known.previous.as_ref().ok_or_else(unnamed)?.place(&current)?;
        let url = Url::parse(&deploy.url).map_err(|error| Inability::setup(error.to_string()))?;
        let page = url[url::Position::BeforePath..url::Position::AfterQuery].to_owned();
        let visit = |server: &DeployServer| {
            let builds = self.both_builds(server)?;
            builds.start()?;
            self.pool.with(|running| {
                let (builds, known) = (&*builds, &self.known);
                Across { running: &running, server, builds, known }.perform(deploy)
            })
        };
        let cannot = |error| Inability::harness_fault(format!("no port for two builds: {error}"));
        DeployServer::serve([previous, current], page, visit).map_err(cannot)?
    }

    /// Both builds, each seen by itself, once.
    fn both_builds(&self, server: &DeployServer) -> Result<Arc<BothBuilds>, Inability> {
        let mut builds = unpoisoned(self.builds.lock());
        if let Some(builds) = &*builds {
            return Ok(Arc::clone(builds));
        }
        let look = |running: Running| BothBuilds::look(&running, server, &self.known);
        let seen = Arc::new(self.pool.with(look)?);
        *builds = Some(Arc::clone(&seen));
        Ok(seen)
    }
}
