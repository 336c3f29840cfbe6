//! A visit of a page, of which another build is deployed meanwhile. The page works afterwards, or
//! it says that something is wrong.

use std::time::{Duration, Instant};

use wasm_gauntlet_browser::connection::CallError;
use wasm_gauntlet_browser::visit::{CompiledModule, Held, ModuleBytes, Press, Tab};
use wasm_gauntlet_model::action::{Deploy, ModuleFailure, Visitor};
use wasm_gauntlet_model::observation::{Fact, Observation, PageSkew};

use super::deploy_server::{DeployServer, WhichBuild};
use super::glance::{self, Glance, documents};
use super::pool::Running;
use super::sight::{Sight, words};
use super::{PageKnown, dead, evidence, look};
use crate::subject::Inability;

/// How often a person opens the page again. A service worker may answer the first time, and fetch
/// the new build meanwhile.
const RETURNS: usize = 2;

/// Time for a page to show that something is wrong. Some wait for a timeout of their own.
const SHOWN_WITHIN: Duration = Duration::from_secs(10);

/// A text that changes sooner is a clock or a counter, and no message.
const STANDS_STILL_FOR: Duration = Duration::from_millis(1200);

/// How often the page is looked at meanwhile.
const SHOWN_STEP: Duration = Duration::from_millis(400);

/// Both builds, each seen by itself.
pub(crate) struct BothBuilds {
    glances: [Glance; 2],
    /// Whether the build under test still has the modules of the previous one.
    keeps: bool,
}

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
        let glances = [look(WhichBuild::Previous)?, look(WhichBuild::Current)?];
        let keeps = server.has_all(WhichBuild::Current, &glances[0].modules);
        Ok(Self { glances, keeps })
    }

    /// Both start a module by themselves. Otherwise nothing can be said of a deploy.
    pub(super) fn start(&self) -> Result<(), Inability> {
        for (glance, name) in self.glances.iter().zip(["previous build", "build under test"]) {
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
        &self.glances[which as usize]
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
        self.server.keep(self.builds.keeps);
        self.server.deploy(from);
        let Running { browser, events, .. } = *self.running;
        let mut tab = Tab::open(browser, events, None, self.known.certificates)?;
        self.builds.of(from).arrive(&mut tab, &self.server.url())?;
        let facts = match deploy.visitor {
            Visitor::OpenTab => self.open_tab(&mut tab, from, to)?,
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

    /// The feature of a page is used after the deploy. A page may load itself again, and is then
    /// used once more.
    fn open_tab(
        &self,
        tab: &mut Tab,
        from: WhichBuild,
        to: WhichBuild,
    ) -> Result<PageSkew, CallError> {
        let before = self.before(tab, from)?;
        let (made, pages) = (look::instances(tab.seen()), documents(tab));
        self.server.deploy(to);
        self.use_feature(tab, from)?;
        if documents(tab) == pages {
            return self.judge(tab, (from, to), before.as_ref(), made);
        }
        let page = if is_kept(tab, &self.server.url()) { from } else { to };
        let other = if page == from { to } else { from };
        if look::instances(tab.seen()) > made {
            // It went on with what was asked of it.
            return self.judge(tab, (page, other), None, made);
        }
        let before = self.before(tab, page)?;
        self.use_feature(tab, page)?;
        self.judge(tab, (page, other), before.as_ref(), made)
    }

    /// What the page shows before its feature is used.
    fn before(&self, tab: &mut Tab, page: WhichBuild) -> Result<Option<Sight>, CallError> {
        let glance = self.builds.of(page);
        if glance.by_control {
            // The page is scrolled to it.
            tab.control(glance.trigger(self.known), Press::No)?;
        }
        let lazy = glance.by_control || glance.by_scroll;
        if lazy { Sight::of(tab).map(Some) } else { Ok(None) }
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
            let before = self.before(tab, page)?;
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
        let lazy = (own.by_control || own.by_scroll) && !own.early;
        let has_effect = before.is_some_and(|before| {
            lazy && own.sight.as_ref().is_some_and(|works| works.differs(before))
        });
        let (url, until) = (self.server.url(), Instant::now() + SHOWN_WITHIN);
        let mut waiting = None;
        let (outcome, compiled, after) = loop {
            let compiled = tab.modules()?;
            let after = Sight::of(tab)?;
            let changed = before.is_none_or(|before| after.differs(before));
            let instances = look::instances(tab.seen());
            let started = instances > made || !lazy && instances > 0;
            let alive = dead::certain(tab.seen(), &compiled, &url).is_none();
            let as_usual = own.sight.as_ref().is_some_and(|works| works.text == after.text);
            let well = alive && (as_usual || !own.fails_anew(tab.seen()));
            if started && well && (changed || !has_effect) {
                break (WORKS, compiled, after);
            }
            if self.says(tab, builds.0, (before, &after), &mut waiting)? {
                break (SAYS_SO, compiled, after);
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
            why: if outcome == WORKS {
                Fact::Absent
            } else {
                why().unwrap_or_else(no_reason).into()
            },
            mixed: self.mixed(tab, &compiled, builds),
            text: look::short(&after.text).into(),
            refused: look::refused(seen).into(),
            ..PageSkew::default()
        })
    }

    /// Whether the page says that something is wrong: by words that it never shows when all is well
    /// and that stand still, or by a picture.
    fn says(
        &self,
        tab: &mut Tab,
        page: WhichBuild,
        (before, after): (Option<&Sight>, &Sight),
        waiting: &mut Option<Sight>,
    ) -> Result<bool, CallError> {
        let own = self.builds.of(page);
        let is_new = |line: &&str| {
            let words = words(line);
            !words.is_empty() && !own.texts.contains(&words)
        };
        let new: Vec<&str> = after.news(before).into_iter().filter(is_new).collect();
        if !new.is_empty() {
            tab.pass(STANDS_STILL_FOR)?;
            let later = tab.visible()?;
            return Ok(new.iter().any(|line| later.lines().any(|one| one == *line)));
        }
        match before {
            Some(before) if after.text == before.text && after.differs(before) => {
                let waiting = match waiting {
                    Some(waiting) => waiting,
                    none => none.insert(self.waiting(page)?),
                };
                Ok(after.says_else(waiting))
            }
            _ => Ok(false),
        }
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
            return Fact::Absent;
        }
        let foreign = |digest: String| other.contains(&digest) && !own.contains(&digest);
        let runs = look::instances(tab.seen()) > 0;
        (runs && compiled.iter().filter_map(CompiledModule::sha256).any(foreign)).into()
    }

    /// What the page of a build shows while it waits for its module.
    fn waiting(&self, page: WhichBuild) -> Result<Sight, CallError> {
        let glance = self.builds.of(page);
        let deployed = self.server.deployed();
        self.server.deploy(page);
        let here = |url: &String| Some((self.server.here(url)?, Vec::new()));
        let modules: ModuleBytes = glance.modules.iter().filter_map(here).collect();
        let held = Some(Held::new(modules, ModuleFailure::Stalled));
        let Running { browser, events, .. } = *self.running;
        let mut tab = Tab::open(browser, events, held, self.known.certificates)?;
        tab.visit(&self.server.url(), Instant::now() + glance.rest_within())?;
        self.use_feature(&mut tab, page)?;
        let sight = Sight::of(&mut tab);
        self.server.deploy(deployed);
        sight
    }
}

/// What is said where the browser says nothing.
fn no_reason() -> String {
    "the browser names no reason".to_owned()
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
