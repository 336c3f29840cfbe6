//! A visit of a page, of which another build is deployed meanwhile. The page works afterwards, or
//! it says that something is wrong.

use std::time::{Duration, Instant};

use wasm_gauntlet_browser::connection::CallError;
use wasm_gauntlet_browser::visit::{CompiledModule, Held, ModuleBytes, Press, Tab};
use wasm_gauntlet_model::action::{Deploy, ModuleFailure, Visitor};
use wasm_gauntlet_model::observation::{Fact, Observation, PageSkew};

use super::deploy_server::{DeployServer, WhichBuild};
use super::glance::{self, Glance};
use super::pool::Running;
use super::sight::Sight;
use super::{PageKnown, dead, evidence, look};
use crate::subject::Inability;

/// How often a person opens the page again. A service worker may answer the first time, and fetch
/// the new build meanwhile.
const RETURNS: usize = 2;

/// Time for a page to show that something is wrong. Some wait for a timeout of their own.
const SHOWN_WITHIN: Duration = Duration::from_secs(10);

/// How often the page is looked at meanwhile.
const SHOWN_STEP: Duration = Duration::from_millis(400);

/// Both builds, each seen by itself.
pub(crate) struct BothBuilds([Glance; 2]);

impl BothBuilds {
    /// Look at each build by itself.
    pub(super) fn look(
        running: &Running,
        server: &DeployServer,
        known: &PageKnown,
    ) -> Result<Self, CallError> {
        let look = |which| {
            server.deploy(which);
            glance::look(running, &server.url(), known)
        };
        Ok(Self([look(WhichBuild::Previous)?, look(WhichBuild::Current)?]))
    }

    /// Both start a module by themselves. Otherwise nothing can be said of a deploy.
    pub(super) fn start(&self) -> Result<(), Inability> {
        for (glance, name) in self.0.iter().zip(["previous build", "build under test"]) {
            if let Some(why) = &glance.dead {
                let why = format!("the {name} does not work by itself (at loopback): {why}");
                return Err(Inability::setup(why));
            }
            if glance.compiled == 0 {
                let why = format!("the {name} starts no module by itself (at loopback)");
                return Err(Inability::setup(why));
            }
        }
        Ok(())
    }

    fn of(&self, which: WhichBuild) -> &Glance {
        &self.0[which as usize]
    }
}

/// What is around a visit.
pub(super) struct Across<'a> {
    pub(super) running: &'a Running<'a>,
    pub(super) server: &'a DeployServer<'a>,
    pub(super) builds: &'a BothBuilds,
    pub(super) known: &'a PageKnown,
}

impl Across<'_> {
    /// Visit the page while `deploy` happens.
    pub(super) fn perform(&self, deploy: &Deploy) -> Result<Observation, CallError> {
        let (from, to) = match deploy.rollback {
            true => (WhichBuild::Current, WhichBuild::Previous),
            false => (WhichBuild::Previous, WhichBuild::Current),
        };
        self.server.deploy(from);
        let Running { browser, events, .. } = *self.running;
        let mut tab = Tab::open(browser, events, None, self.known.certificates)?;
        self.builds.of(from).arrive(&mut tab, &self.server.url())?;
        let facts = match deploy.visitor {
            Visitor::OpenTab => {
                let (before, made) = (Sight::of(&mut tab)?, look::instances(tab.seen()));
                self.server.deploy(to);
                self.use_feature(&mut tab, from)?;
                self.judge(&mut tab, (from, to), Some(&before), made)?
            }
            Visitor::Returning => {
                self.use_feature(&mut tab, from)?;
                self.server.deploy(to);
                self.returns(&mut tab, from, to)?
            }
        };
        let facts = PageSkew { visitor: deploy.visitor.word().to_owned().into(), ..facts };
        let evidence = evidence::of(&mut tab)?;
        Ok(Observation { facts: facts.facts(), evidence, reproduce: None })
    }

    /// The page is opened again, until something is wrong.
    fn returns(
        &self,
        tab: &mut Tab,
        from: WhichBuild,
        to: WhichBuild,
    ) -> Result<PageSkew, CallError> {
        let mut facts = PageSkew::default();
        for _ in 0..RETURNS {
            tab.leave()?;
            self.builds.of(to).arrive(tab, &self.server.url())?;
            let page = if is_kept(tab, &self.server.url()) { from } else { to };
            let other = if page == from { to } else { from };
            let by_control = self.builds.of(page).by_control;
            let before = if by_control { Some(Sight::of(tab)?) } else { None };
            self.use_feature(tab, page)?;
            facts = self.judge(tab, (page, other), before.as_ref(), 0)?;
            let well = facts.outcome == Fact::Is(WORKS.to_owned());
            if !well || facts.mixed == Fact::Is(true) {
                break;
            }
        }
        Ok(facts)
    }

    fn use_feature(&self, tab: &mut Tab, page: WhichBuild) -> Result<(), CallError> {
        let glance = self.builds.of(page);
        if glance.by_control {
            tab.control(glance.trigger(self.known), Press::Use)?;
            tab.rest(Instant::now() + glance.rest_within())?;
        }
        Ok(())
    }

    /// What became of the page, which is that of the first build of `builds`. `before` is what it
    /// showed before its feature was used, and `made` the instances that it had made by then.
    fn judge(
        &self,
        tab: &mut Tab,
        builds: (WhichBuild, WhichBuild),
        before: Option<&Sight>,
        made: usize,
    ) -> Result<PageSkew, CallError> {
        let own = self.builds.of(builds.0);
        let lazy = own.by_control || own.by_scroll;
        let has_effect = before.is_some_and(|before| {
            lazy && own.sight.as_ref().is_some_and(|works| works.differs(before))
        });
        let (url, until) = (self.server.url(), Instant::now() + SHOWN_WITHIN);
        let mut waiting = None;
        let (outcome, compiled, after) = loop {
            let compiled = tab.modules()?;
            let after = Sight::of(tab)?;
            let changed = before.is_none_or(|before| after.differs(before));
            let started = look::instances(tab.seen()) > made || !lazy && made > 0;
            let alive = dead::certain(tab.seen(), &compiled, &url).is_none();
            if started && alive && (changed || !has_effect) {
                break (WORKS, compiled, after);
            }
            if changed && !after.text.is_empty() {
                let waiting = match &mut waiting {
                    Some(waiting) => waiting,
                    none => none.insert(self.waiting(builds.0)?),
                };
                if after.says_else(waiting) {
                    break (SAYS_SO, compiled, after);
                }
            }
            if Instant::now() >= until {
                break (SILENT, compiled, after);
            }
            tab.pass(SHOWN_STEP)?;
        };
        let seen = tab.seen();
        let why = || {
            let suspect = || Some(dead::suspects(seen, &compiled, &url).first()?.words.clone());
            let first = |lines: Vec<String>| lines.into_iter().next();
            let certain = dead::certain(seen, &compiled, &url).or_else(suspect);
            certain.or_else(|| first(look::uncaught(seen))).or_else(|| first(look::refused(seen)))
        };
        Ok(PageSkew {
            outcome: outcome.to_owned().into(),
            why: Fact::looked(if outcome == WORKS { None } else { why() }),
            mixed: self.mixed(tab, &compiled, builds),
            text: look::short(&after.text).into(),
            refused: look::refused(seen).into(),
            ..PageSkew::default()
        })
    }

    /// Whether a page of the first build ran a module of the other.
    fn mixed(
        &self,
        tab: &Tab,
        compiled: &[CompiledModule],
        builds: (WhichBuild, WhichBuild),
    ) -> Fact<bool> {
        let (own, other) = (&self.builds.of(builds.0).digests, &self.builds.of(builds.1).digests);
        let page = document(tab, &self.server.url());
        let by_worker = page.and_then(look::answer).is_some_and(|answer| answer.by_worker);
        if by_worker || own == other || own.is_empty() || other.is_empty() {
            return Fact::Unknown;
        }
        let foreign = |digest: String| other.contains(&digest) && !own.contains(&digest);
        let runs = look::instances(tab.seen()) > 0;
        (runs && compiled.iter().filter_map(CompiledModule::sha256).any(foreign)).into()
    }

    /// What the page of a build shows while it waits for its module.
    fn waiting(&self, page: WhichBuild) -> Result<Sight, CallError> {
        let glance = self.builds.of(page);
        self.server.deploy(page);
        let here = |url: &String| Some((self.server.here(url)?, Vec::new()));
        let modules: ModuleBytes = glance.modules.iter().filter_map(here).collect();
        let held = Some(Held::new(modules, ModuleFailure::Stalled));
        let Running { browser, events, .. } = *self.running;
        let mut tab = Tab::open(browser, events, held, self.known.certificates)?;
        tab.visit(&self.server.url(), Instant::now() + glance.rest_within())?;
        self.use_feature(&mut tab, page)?;
        Sight::of(&mut tab)
    }
}

/// The words of `outcome`.
const WORKS: &str = "works";
const SAYS_SO: &str = "says so";
const SILENT: &str = "silent";

type Request = wasm_gauntlet_browser::visit::requests::BrowserRequest;

/// The request for the page itself.
fn document<'a>(tab: &'a Tab, url: &str) -> Option<&'a Request> {
    let is_page = |one: &&Request| one.kind == "Document" && one.url == url;
    tab.seen().requests().iter().rfind(is_page)
}

/// Whether the page came from a cache of the browser, without a word to the server.
fn is_kept(tab: &Tab, url: &str) -> bool {
    let answer = document(tab, url).and_then(look::answer);
    answer.is_some_and(|answer| answer.is_local && !answer.by_worker)
}
