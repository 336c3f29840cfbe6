//! Discovery: from one address to the page, its scripts, and the modules that they load.
//!
//! A module is *found* when a GET of its name gives anything but 404 or 410, or when the page asks
//! for exactly that name (a fetch, an import, a preload): then the scenarios must fail on it. A
//! literal that is only present, and gives 404 or 410, is dead code or a part of a longer name. It
//! is mentioned in the profile and not tested. Any other status or failure does not show whether it
//! exists, so it counts as found: a missed module would be a false green.
//!
//! All requests offer `identity` only: if a broken cache keeps an answer for others, it keeps a
//! variant that every client understands.
//!
//! Not seen: names put together at run time, pages in frames of another origin, what scripts write
//! into the page, service workers, `scopes` of import maps.

mod addresses;
mod answer;
mod bounds;
pub mod broken;
mod confirm;
mod crawl;
mod fold;
pub mod glue;
mod glue_alias;
mod import_map;
pub mod integrity;
pub mod lexer;
mod links;
pub mod load_kind;
pub mod loads;
pub mod local;
pub mod page;
pub mod page_loads;
pub mod script;
pub mod tags;
mod webpack;

use url::Url;
use wasm_gauntlet_model::action::Asset;
use wasm_gauntlet_model::inability::Inability;
use wasm_gauntlet_model::profile::{Found, Need, Profile, SubjectKind};

use self::bounds::{DISCOVERY_MAX, FIRST_BYTE_TOLD};
use self::crawl::Crawl;
use self::loads::Loads;
use super::text::{bounded, visible};
use super::wire::redirect::Trail;
use super::wire::{Client, browser_agent};
use crate::headers::cache;

/// Assets of one profile; a trial is made of each, and no page loads so many modules.
const ASSETS_MAX: usize = 64;

/// Bytes of the profile's own words.
const ABOUT_BYTES_MAX: usize = 2048;

/// Milliseconds of network time to a site and back that count against nobody.
const GRACE_MS: u32 = 1000;

/// What was found, before it is put in order.
#[derive(Debug, Default)]
struct Haul {
    found: Vec<Found>,
    notes: Vec<String>,
    /// What exceeded a bound and was not looked at.
    left_out: Vec<String>,
    /// Scripts that the page asks for and that are missing or not scripts.
    unread: Vec<(Url, String)>,
    /// A script that loads others by unknown names, or that could not be read.
    unseen: Option<String>,
    /// Whether those were treated as the loader.
    dead_loader: bool,
    /// How the page loads its scripts.
    loads: Loads,
    page: Option<SeenPage>,
}

impl Haul {
    fn add(&mut self, asset: Asset, url: &Url, how: String) {
        let label = visible(&label(url));
        self.found.push(Found { asset, url: url.to_string(), label, how: visible(&how) });
    }

    fn note(&mut self, note: String) {
        self.notes.push(visible(&note));
    }

    /// Something that exceeded a bound: its state is unknown.
    fn leave_out(&mut self, what: String) {
        self.left_out.push(what.clone());
        self.note(what);
    }

    /// If no script loads the module, an unreadable script may be the loader, and the page does not
    /// work.
    fn loaders(&mut self) {
        let unread = std::mem::take(&mut self.unread);
        if !self.found.iter().any(|found| found.asset == Asset::Shim) {
            self.dead_loader = !unread.is_empty();
            unread.into_iter().for_each(|(url, how)| self.add(Asset::Shim, &url, how));
        }
    }

    /// Sorted, each URL once per kind, bounded, no two labels alike.
    fn settle(&mut self) {
        self.found.sort();
        self.found.dedup_by(|next, kept| (next.asset, &next.url) == (kept.asset, &kept.url));
        let left_out = self.found.len().saturating_sub(ASSETS_MAX);
        if left_out > 0 {
            self.found.truncate(ASSETS_MAX);
            self.leave_out(format!("{left_out} assets are left out: the limit is {ASSETS_MAX}"));
        }
        for at in 1..self.found.len() {
            let (before, rest) = self.found.split_at_mut(at);
            let alike = |other: &&Found| {
                other.asset == rest[0].asset && bare(&other.label) == rest[0].label
            };
            let same = before.iter().filter(alike).count();
            if same > 0 {
                rest[0].label = format!("{} #{}", rest[0].label, same + 1);
            }
        }
        self.notes.sort();
        self.notes.dedup();
    }
}

/// A label without the number that distinguishes equal paths on other hosts.
fn bare(label: &str) -> &str {
    label.split_once(" #").map_or(label, |(label, _)| label)
}

/// Path and query.
fn label(url: &Url) -> String {
    url.query().map_or(url.path().to_owned(), |query| format!("{}?{query}", url.path()))
}

/// What a browser saw of the page.
#[derive(Debug, Default)]
pub struct Witnessed {
    /// Assets, each with its address and how it was reached.
    pub found: Vec<(Asset, Url, String)>,
    /// Whether it saw a module without an address, or why there is none. Then nothing more is
    /// searched for.
    pub decided: bool,
}

/// What discovery saw beside the assets.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// Why some scripts could not be read, if so.
    pub unseen: Option<String>,
    /// How the page loads its scripts.
    pub loads: Loads,
    /// The scripts that deal with modules.
    pub shims: Vec<Url>,
    /// The page; none where the address of the site is that of a module.
    pub page: Option<SeenPage>,
}

/// The page as discovery saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenPage {
    /// The address that was asked.
    pub asked: Url,
    /// The address that answered.
    pub at: Url,
    /// Whether no header field says how long caches use the page, so that they guess.
    pub is_guessed: bool,
}

impl SeenPage {
    fn of(asked: &Url, trail: &Trail) -> Self {
        let policy = cache::policy(&trail.reply.headers, trail.reply.received);
        let (asked, at) = (asked.clone(), trail.ask.url.clone());
        Self { asked, at, is_guessed: policy.used_s.is_none() }
    }
}

/// Look at the site at `url`: what it has, and how it loads that. `witnessed` is what a browser has
/// seen.
///
/// # Errors
/// When no page answers there, with what can be done about it.
pub fn discover(
    client: &Client,
    url: &Url,
    witnessed: &Witnessed,
) -> Result<(Profile, Seen), Inability> {
    let mut crawl = Crawl::new(client, url, DISCOVERY_MAX);
    let entry = crawl.get(url.clone(), None).map_err(|failure| {
        Inability::unreachable(format!(
            "{url} cannot be reached: {}",
            visible(&failure.to_string())
        ))
    })?;
    let status = entry.reply.status;
    if let Some(none) = &entry.reply.unanswered {
        return Err(Inability::unreachable(format!(
            "{url} cannot be reached: {}",
            visible(&none.why)
        )));
    }
    if let Some(why) = &entry.stopped {
        return Err(Inability::unreadable(format!(
            "{url} redirects ({status}), but the target cannot be used: {}",
            visible(why)
        )));
    }
    if !(200..300).contains(&status) {
        let refused = browser_agent::may_be_a_firewall(&entry.reply)
            && crawl.is_for_browsers(url)
            && crawl.get(url.clone(), None).is_ok_and(|again| again.reply.status == status);
        if refused {
            return Err(Inability::refused(browser_agent::refusal(url.as_str(), status)));
        }
        let advice = "name a page that answers with 200, as a browser's address bar shows it";
        return Err(Inability::unreadable(format!("{url} answers with status {status}; {advice}")));
    }
    let server = entry.reply.headers.first("server").unwrap_or_else(|| "unnamed server".to_owned());
    let mut haul = Haul::default();
    note_way(&entry, &mut haul);
    crawl.run(&entry, &mut haul);
    for (asset, url, how) in &witnessed.found {
        let is_new = !haul.found.iter().any(|one| one.asset == *asset && one.url == url.as_str());
        if is_new {
            haul.add(*asset, url, how.clone());
        }
    }
    let no_module = !haul.found.iter().any(|found| found.asset == Asset::Module);
    if no_module && !haul.dead_loader && !witnessed.decided {
        let linked = links::follow(client, &entry);
        let Some((_, found)) = linked.found else {
            haul.settle();
            return Err(Inability::not_offered(nothing_found(url, &linked.told, &haul.notes)));
        };
        haul = found;
        haul.note(linked.told);
    }
    haul.settle();
    note_wait(client, &mut haul);
    let unseen = haul.unseen.take().or_else(|| haul.left_out.first().cloned());
    let loads = std::mem::take(&mut haul.loads);
    let shims = haul.found.iter().filter(|found| found.asset == Asset::Shim);
    let shims = shims.filter_map(|found| Url::parse(&found.url).ok()).collect();
    let page = haul.page.take();
    Ok((profile(&server, haul), Seen { unseen, loads, shims, page }))
}

/// Advice where a page names no module that could be found.
fn nothing_found(url: &Url, linked: &str, notes: &[String]) -> String {
    let linked = if linked.is_empty() { String::new() } else { format!(", {linked}") };
    let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join("; ")) };
    let text = format!(
        "no module was found on {url}{linked}{notes}; name the page that loads one, or the address \
         of the module itself, as in `--site {}`",
        url.join("app.wasm").unwrap_or_else(|_| url.clone()),
    );
    bounded(text, ABOUT_BYTES_MAX)
}

/// Add the modules of earlier builds that the page no longer names.
pub fn remember(profile: &mut Profile, previous: &[Url]) {
    let known = |url: &Url| profile.found.iter().any(|found| found.url == url.as_str());
    let gone: Vec<&Url> = previous.iter().filter(|url| !known(url)).take(ASSETS_MAX).collect();
    let mut haul = Haul::default();
    for url in gone {
        haul.add(Asset::Previous, url, "module of an earlier build".to_owned());
    }
    haul.settle();
    if !haul.found.is_empty() {
        profile.can.push(Need::SitePrevious);
        profile.found.extend(haul.found);
        profile.found.sort();
    }
}

/// A note that answers take long to start. Nothing is wrong with them otherwise.
fn note_wait(client: &Client, haul: &mut Haul) {
    let wait = client.slowest_first_byte();
    if wait > FIRST_BYTE_TOLD {
        haul.note(format!("the first byte of an answer took {:.1} s", wait.as_secs_f64()));
    }
}

/// What the redirects before the page say.
fn note_way(entry: &Trail, haul: &mut Haul) {
    if entry.crossed_hosts() {
        let host = entry.ask.url.host_str().unwrap_or_default();
        haul.note(format!("the page is on another host: {host}"));
    }
    let steps = entry.hops.iter().map(|hop| &hop.url).chain([&entry.ask.url]);
    let schemes: Vec<_> = steps.map(Url::scheme).collect();
    if schemes.windows(2).any(|pair| pair == ["https", "http"]) {
        haul.note("a redirect leads from https to http".to_owned());
    }
}

fn profile(server: &str, haul: Haul) -> Profile {
    let has = |asset| haul.found.iter().any(|found| found.asset == asset);
    let needs = [
        (Asset::Entry, Need::SiteEntry),
        (Asset::Module, Need::SiteModule),
        (Asset::Shim, Need::SiteShim),
    ];
    // What cannot be read stands for the module that it would load.
    let there = |asset| has(asset) || asset == Asset::Module && haul.dead_loader;
    let can = needs.into_iter().filter(|(asset, _)| there(*asset)).map(|(_, need)| need).collect();
    let words = std::iter::once(visible(server)).chain(haul.notes);
    let about = bounded(words.collect::<Vec<_>>().join("; "), ABOUT_BYTES_MAX);
    let kind = SubjectKind::Site;
    let (found, left_out) = (haul.found, haul.left_out);
    let (limits, held, deployed) = (None, Vec::new(), None);
    Profile { kind, about, can, found, left_out, limits, held, deployed, grace_ms: GRACE_MS }
}
