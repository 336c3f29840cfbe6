//! The first look at a page: does it load a module by itself, or by a control?

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use url::Url;
use wasm_gauntlet_browser::connection::CallError;
use wasm_gauntlet_browser::fault_server::FaultServer;
use wasm_gauntlet_browser::visit::{
    CompiledModule, Control, ModuleBytes, NamedControl, Press, Seen, Tab,
};
use wasm_gauntlet_model::action::Asset;
use wasm_gauntlet_web::coding::{Layer, encode};
use wasm_gauntlet_web::discovery::Witnessed;

use super::dead::{self, Suspect};
use super::pool::Running;
use super::sight::Sight;
use super::{PageKnown, look};

/// Time for a page to come to rest. Those of real toolchains take 1 to 5 s here.
pub(crate) const REST_WITHIN: Duration = Duration::from_secs(15);

/// Time for a page that never comes to rest.
const RESTLESS_WITHIN: Duration = Duration::from_secs(2);

/// Some pages load their module a moment after everything else.
const LATE_WITHIN: Duration = Duration::from_secs(3);

/// How a module was reached that a browser requested.
pub(super) const IN_A_BROWSER: &str = "requested in a browser";

/// What the first look saw.
#[derive(Debug, Default)]
pub(crate) struct Glance {
    /// Name and version of the browser.
    pub(crate) product: String,
    /// Addresses of the modules that the page requests, each once.
    pub(crate) modules: Vec<String>,
    /// Their bytes, as the engine compiled them.
    pub(crate) bytes: ModuleBytes,
    /// The header fields of the answers that brought them, by address.
    pub(crate) fields: BTreeMap<String, BTreeMap<String, String>>,
    /// Digests of the modules that were compiled (SHA-256, in hexadecimal).
    pub(crate) digests: BTreeSet<String>,
    /// Whether a module was there before anything was used.
    pub(crate) early: bool,
    /// Errors that nothing caught.
    pub(crate) uncaught: BTreeSet<String>,
    /// The first error that WebAssembly gave a script.
    pub(crate) wasm_error: Option<String>,
    /// The words of every text that the page showed.
    pub(crate) texts: BTreeSet<String>,
    /// Whether a control is known to use the module: the target file names it, or the module was
    /// loaded only when it was used.
    pub(crate) by_control: bool,
    /// Whether the module was loaded only when the page was scrolled.
    pub(crate) by_scroll: bool,
    /// A selector of the link by which the page came to its module without loading another page.
    pub(crate) route: Option<String>,
    /// The text of the control that was used.
    pub(crate) control: Option<String>,
    /// The first controls of the page.
    pub(crate) named: Vec<NamedControl>,
    /// How many controls there are.
    pub(crate) controls: usize,
    /// How many modules were compiled, those without an address included.
    pub(crate) compiled: usize,
    /// Why the page cannot do its work, for certain.
    pub(crate) dead: Option<String>,
    /// What may be the reason, if no module was compiled.
    pub(crate) suspects: Vec<Suspect>,
    /// An alert on the page that tells a failure.
    pub(crate) alert: Option<String>,
    /// Whether the page never comes to rest.
    pub(crate) restless: bool,
    /// What a person sees when the module works.
    pub(crate) sight: Option<Sight>,
}

impl Glance {
    /// Whether a module that the page loads by itself is not there yet, in a later visit.
    fn is_late(&self, tab: &mut Tab) -> Result<bool, CallError> {
        let by_itself = self.compiled > 0 && !self.by_control && !self.by_scroll;
        Ok(by_itself && tab.held() == 0 && tab.modules()?.is_empty())
    }

    /// A selector of the control that uses the module, if one is known.
    pub(super) fn trigger<'a>(&'a self, known: &'a PageKnown) -> Option<&'a str> {
        known.trigger.as_deref().or(self.route.as_deref())
    }

    /// Whether something failed that did not fail in the first look.
    pub(super) fn fails_anew(&self, seen: &Seen) -> bool {
        let is_new = |line: &String| !self.uncaught.contains(line);
        let wasm_error = look::wasm_error(seen);
        look::uncaught(seen).iter().any(is_new)
            || wasm_error.is_some() && wasm_error != self.wasm_error
    }

    /// Visit the page in another tab, until its module is there, or would be.
    pub(super) fn arrive(&self, tab: &mut Tab, url: &str) -> Result<(), CallError> {
        tab.visit(url, Instant::now() + self.rest_within())?;
        if self.is_late(tab)? {
            tab.pass(LATE_WITHIN)?;
            tab.rest(Instant::now() + self.rest_within())?;
        }
        if self.by_scroll {
            tab.scroll_down()?;
            tab.rest(Instant::now() + self.rest_within())?;
        }
        Ok(())
    }

    /// Time for the page to come to rest in a later visit.
    pub(super) fn rest_within(&self) -> Duration {
        if self.restless { RESTLESS_WITHIN } else { REST_WITHIN }
    }

    /// Addresses that give the same modules in small parts, as the deployment sends them:
    /// compressed if it compresses, and with a length if it says one.
    pub(super) fn slowly(&self, server: &FaultServer) -> BTreeMap<String, String> {
        let answer = |(url, bytes): (&String, &Vec<u8>)| {
            let mut fields = self.fields.get(url).cloned().unwrap_or_default();
            let mut body = bytes.clone();
            if let Some(coding) = fields.get_mut("content-encoding") {
                *coding = Layer::Gzip.word().to_owned();
                body = encode(Layer::Gzip, bytes);
            }
            (url.clone(), server.slow(fields, body))
        };
        self.bytes.iter().map(answer).collect()
    }

    /// What the control is.
    fn kind(&self) -> &'static str {
        if self.route.is_some() { "link" } else { "button" }
    }

    /// What discovery learns from it.
    pub(crate) fn witnessed(&self) -> Witnessed {
        let decided = self.compiled > 0 || self.dead.is_some() || !self.suspects.is_empty();
        Witnessed { found: self.found(), decided }
    }

    /// The modules that the page requested, with how they were reached.
    fn found(&self) -> Vec<(Asset, Url, String)> {
        let how = match (&self.control, self.by_control) {
            (Some(name), true) => format!("{IN_A_BROWSER} after the {} \"{name}\"", self.kind()),
            _ => IN_A_BROWSER.to_owned(),
        };
        let parsed = self.modules.iter().filter_map(|url| Url::parse(url).ok());
        parsed.map(|url| (Asset::Module, url, how.clone())).collect()
    }

    /// What it saw, for the profile. `dead` is why the page does not work, if so.
    pub(crate) fn words(&self, dead: Option<&str>) -> String {
        let saw = match (dead, self.compiled) {
            (Some(dead), _) => format!("the page does not work: {dead}"),
            (None, 0) => match self.controls {
                0 => "no module was loaded".to_owned(),
                1 => "no module was loaded, also not by the only button".to_owned(),
                many => format!(
                    "no module was loaded; the page has {many} buttons, and `trigger` in a target \
                     file names the one that loads it"
                ),
            },
            (None, 1) => "1 module compiled".to_owned(),
            (None, many) => format!("{many} modules compiled"),
        };
        let by = match (&self.control, self.by_control) {
            (Some(name), true) => format!(" by the {} \"{name}\"", self.kind()),
            _ => String::new(),
        };
        format!("seen with {}: {saw}{by}", self.product)
    }
}

/// Look at the page at `url`.
pub(super) fn look(running: &Running, url: &str, known: &PageKnown) -> Result<Glance, CallError> {
    let (browser, trigger) = (running.browser, known.trigger.as_deref());
    let mut tab = Tab::open(browser, running.events, None, known.certificates)?;
    tab.watch_texts()?;
    tab.visit(url, Instant::now() + REST_WITHIN)?;
    // A module may be fetched ahead, and compiled when a control is used.
    let early = tab.modules()?.len();
    let mut control = tab.control(trigger, Press::No)?;
    // Some pages load what comes into view.
    let scrolls = early == 0 && control.name.is_none();
    if scrolls {
        tab.scroll_down()?;
        tab.rest(Instant::now() + REST_WITHIN)?;
    }
    let by_scroll = scrolls && !tab.modules()?.is_empty();
    if tab.modules()?.is_empty() && control.name.is_none() {
        tab.pass(LATE_WITHIN)?;
        tab.rest(Instant::now() + REST_WITHIN)?;
    }
    // A control that the target file names is used even if the page loads a module before.
    if (early == 0 || trigger.is_some()) && control.name.is_some() {
        control = tab.control(trigger, Press::Use)?;
        tab.rest(Instant::now() + REST_WITHIN)?;
    }
    let route = match (&control.name, trigger) {
        (None, None) if tab.modules()?.is_empty() => route(&mut tab, url)?,
        _ => None,
    };
    if let Some(route) = &route {
        control = Control { count: 1, name: Some(route.name.clone()), first: vec![route.clone()] };
    }
    let texts = tab.texts()?;
    let compiled = tab.modules()?;
    let sight = Some(Sight::of(&mut tab)?);
    let seen = tab.seen();
    let (found, bytes) = modules_of(seen, &compiled);
    Ok(Glance {
        product: browser.product().replace("Headless", ""),
        by_control: control.name.is_some()
            && (trigger.is_some() || early == 0)
            && (!found.is_empty() || !compiled.is_empty()),
        by_scroll,
        modules: found,
        bytes,
        route: route.map(|route| route.selector),
        control: control.name.map(|name| look::short(&name)),
        controls: control.count,
        named: control.first,
        compiled: compiled.len(),
        early: early > 0,
        uncaught: look::uncaught(seen).into_iter().collect(),
        wasm_error: look::wasm_error(seen),
        texts: texts.into_iter().collect(),
        digests: compiled.iter().filter_map(CompiledModule::sha256).collect(),
        fields: fields(seen),
        dead: dead::certain(seen, &compiled, url),
        suspects: dead::suspects(seen, &compiled, url),
        alert: sight.as_ref().and_then(|sight| dead::alert(&sight.text)),
        restless: !seen.settled,
        sight,
    })
}

/// The modules that were requested, each once, with the bytes of those that were compiled.
fn modules_of(seen: &Seen, compiled: &[CompiledModule]) -> (Vec<String>, ModuleBytes) {
    let mut found: Vec<String> = Vec::new();
    for request in seen.requests().iter().filter(|one| look::is_module(one, compiled)) {
        if !found.contains(&request.url) {
            found.push(request.url.clone());
        }
    }
    let mut bytes = ModuleBytes::new();
    for url in &found {
        // A module that was compiled from a buffer has no address; if there is only one, it is it.
        let own = compiled.iter().find(|one| one.url == *url);
        let only = compiled.first().filter(|_| compiled.len() == 1 && found.len() == 1);
        if let Some(read) = own.or(only).and_then(|one| one.bytes.clone()) {
            bytes.insert(url.clone(), read);
        }
    }
    (found, bytes)
}

/// Follow the first links of a page that handles them itself, one by one, until a module is there.
fn route(tab: &mut Tab, url: &str) -> Result<Option<NamedControl>, CallError> {
    for link in tab.routes()? {
        let pages = documents(tab);
        tab.control(Some(&link.selector), Press::Use)?;
        tab.rest(Instant::now() + REST_WITHIN)?;
        if documents(tab) == pages && !tab.modules()?.is_empty() {
            return Ok(Some(link));
        }
        tab.leave()?;
        tab.visit(url, Instant::now() + REST_WITHIN)?;
    }
    Ok(None)
}

/// How many pages were loaded in this tab.
pub(super) fn documents(tab: &Tab) -> usize {
    tab.seen().requests().iter().filter(|one| one.kind == "Document").count()
}

/// The header fields of the answers with modules.
fn fields(seen: &Seen) -> BTreeMap<String, BTreeMap<String, String>> {
    let requests = seen.requests().iter().filter(|one| look::is_module(one, &[]));
    requests.filter_map(|one| Some((one.url.clone(), look::answer(one)?.fields.clone()))).collect()
}

/// Addresses of the modules that were requested so far, in order, with repeats.
pub(super) fn modules(tab: &Tab) -> Vec<String> {
    let requests = tab.seen().requests().iter().filter(|one| look::is_module(one, &[]));
    requests.map(|one| one.url.clone()).collect()
}
