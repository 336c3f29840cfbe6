//! Reading the scripts of a page, and confirming the names in them.

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};
use std::time::{Duration, Instant};

use url::Url;
use wasm_gauntlet_model::action::{Asset, Method};

use super::answer::{decoded, status};
use super::bounds::{CANDIDATES_MAX, DEPTH_MAX, FRAMES_MAX, SCRIPT_BYTES_MAX, SCRIPTS_MAX};
use super::import_map::ImportMap;
use super::load_kind::LoadKind;
use super::loads::Loads;
use super::page::{self, PageReferences};
use super::script::{self, ReferenceKind, Script, Strength};
use super::webpack::Webpack;
use super::{Haul, SeenPage};
use crate::coding::{self, Content};
use crate::wire::failure::ExchangeFailure;
use crate::wire::redirect::{Trail, follow};
use crate::wire::{Client, HttpRequest};

/// A script to read.
struct Next {
    url: Url,
    /// A second address, which is tried when the first gives an error.
    second: Option<Url>,
    how: String,
    strength: Strength,
    depth: usize,
}

/// The addresses that a name may mean, best first, and where the name was found.
pub(super) struct Candidate {
    pub(super) addresses: Vec<Url>,
    pub(super) how: String,
    pub(super) strength: Strength,
}

/// Walks over one site.
pub(crate) struct Crawl<'a> {
    pub(super) client: &'a Client,
    pub(super) site: &'a Url,
    begun: Instant,
    /// How long it may take.
    most: Duration,
    queue: VecDeque<Next>,
    seen: HashSet<Url>,
    /// By the first address.
    pub(super) candidates: BTreeMap<Url, Candidate>,
    pub(super) base: Url,
    pub(super) import_map: ImportMap,
    frames: VecDeque<(Url, &'static str)>,
    late: bool,
    /// Why each script of the page could not be read.
    unseen: Option<String>,
    /// Parts of names, and the folder of the script whose runtime joins them.
    pub(super) webpack: Webpack,
    runtime: Option<Url>,
    /// What exceeded a bound.
    left_out: BTreeSet<String>,
    /// Scripts that hold a module, for which there is nothing to fetch.
    embedded: Vec<String>,
    /// The page that is read, and how its scripts are loaded.
    page: Url,
    loads: Loads,
}

impl<'a> Crawl<'a> {
    /// A walk that has not started and has this much time.
    pub(super) fn new(client: &'a Client, site: &'a Url, most: Duration) -> Self {
        Self {
            client,
            site,
            begun: Instant::now(),
            most,
            queue: VecDeque::new(),
            seen: HashSet::new(),
            candidates: BTreeMap::new(),
            base: site.clone(),
            import_map: ImportMap::default(),
            frames: VecDeque::new(),
            late: false,
            left_out: BTreeSet::new(),
            unseen: None,
            webpack: Webpack::default(),
            runtime: None,
            embedded: Vec::new(),
            page: site.clone(),
            loads: Loads::default(),
        }
    }

    /// Fetch one address without any coding, redirects followed.
    pub(super) fn get(
        &mut self,
        url: Url,
        enough: Option<usize>,
    ) -> Result<Trail, ExchangeFailure> {
        if self.begun.elapsed() > self.most {
            self.late = true;
            let seconds = self.most.as_secs();
            let why = format!("because discovery is limited to {seconds} s");
            return Err(ExchangeFailure::Timeout(why));
        }
        let mut ask = HttpRequest::new(Method::Get, url);
        ask.fields.push(("accept-encoding", "identity".to_owned()));
        ask.enough = enough;
        follow(self.client, self.site, ask, |_| {})
    }

    /// Read the page and its scripts, and confirm the names in them.
    pub(super) fn run(&mut self, entry: &Trail, haul: &mut Haul) {
        let body = decoded(entry);
        if coding::classify(&body) == Content::Wasm {
            haul.add(Asset::Module, self.site, "the address itself".to_owned());
            return;
        }
        haul.add(Asset::Entry, self.site, "the address itself".to_owned());
        haul.page = Some(SeenPage::of(self.site, entry));
        let text = String::from_utf8_lossy(&body);
        let page = page::read(&text, &entry.ask.url);
        self.take_page(page, &entry.ask.url, &super::label(&entry.ask.url), haul);
        let mut read = 0;
        self.scripts(&mut read, haul);
        self.frames(entry, &mut read, haul);
        self.confirm_all(haul);
        for one in std::mem::take(&mut self.embedded) {
            haul.note(format!("{one}, so there is no file to test"));
        }
        haul.loaders();
        std::mem::take(&mut self.left_out).into_iter().for_each(|what| haul.leave_out(what));
        haul.unseen = self.unseen.take();
        haul.loads = std::mem::take(&mut self.loads);
        if self.late {
            haul.leave_out(format!("discovery was stopped after {} s", self.most.as_secs()));
        }
    }

    /// Read the queued scripts; `read` scripts were read before.
    fn scripts(&mut self, read: &mut usize, haul: &mut Haul) {
        while let Some(next) = self.next() {
            if *read == SCRIPTS_MAX {
                haul.leave_out(format!("only the first {SCRIPTS_MAX} scripts are read"));
                self.queue.clear();
                break;
            }
            *read += 1;
            self.script(next, haul);
        }
    }

    /// The next script to read. When the queue is empty, the scripts that webpack loads late.
    fn next(&mut self) -> Option<Next> {
        if self.queue.is_empty() {
            for name in self.webpack.scripts() {
                let Some(url) = self.put_together(&name).into_iter().next() else { continue };
                let (how, strength) = ("chunk that webpack loads".to_owned(), Strength::Named);
                self.enqueue(Next { url, second: None, how, strength, depth: 1 });
            }
        }
        self.queue.pop_front()
    }

    /// The addresses that a name of the webpack runtime may mean: in the folder that the script
    /// states, or else in the folder of the script itself.
    pub(super) fn put_together(&self, name: &str) -> Vec<Url> {
        let folder = self.webpack.folder.as_deref().unwrap_or_default();
        let written = self.base.join(folder).and_then(|folder| folder.join(name));
        let beside = self.runtime.as_ref().map(|own| own.join(name));
        let both = match folder.is_empty() {
            true => [beside, Some(written)],
            false => [Some(written), beside],
        };
        both.into_iter().flatten().flatten().collect()
    }

    /// Read the pages in frames, each with its own base and import map.
    fn frames(&mut self, entry: &Trail, read: &mut usize, haul: &mut Haul) {
        let mut seen = HashSet::from([entry.ask.url.clone()]);
        while let Some((mut url, how)) = self.frames.pop_front() {
            url.set_fragment(None);
            if url.origin() != entry.ask.url.origin() || !seen.insert(url.clone()) {
                continue;
            }
            let place = format!("{how} {}", super::label(&url));
            if seen.len() > FRAMES_MAX + 1 {
                haul.leave_out(format!("only the first {FRAMES_MAX} frames are read"));
                break;
            }
            match self.get(url, Some(page::PAGE_BYTES_MAX)) {
                Ok(trail) if trail.reply.status == 200 => {
                    let text = decoded(&trail);
                    let page = page::read(&String::from_utf8_lossy(&text), &trail.ask.url);
                    self.unseen.get_or_insert_with(|| format!("{place} has its own scripts"));
                    self.take_page(page, &trail.ask.url, &place, haul);
                    self.scripts(read, haul);
                }
                Ok(trail) => haul.note(format!("not read: {place}: {}", status(&trail))),
                Err(failure) => haul.note(format!("not read: {place}: {failure}")),
            }
        }
    }

    fn take_page(&mut self, page: PageReferences, own: &Url, place: &str, haul: &mut Haul) {
        let PageReferences {
            base,
            scripts,
            loads,
            modules,
            named,
            frames,
            inline,
            import_map,
            cut,
        } = page;
        self.page.clone_from(own);
        loads.into_iter().for_each(|load| self.loads.of_page(own, load));
        if cut {
            haul.leave_out(format!("only a part of {place} is read"));
        }
        (self.base, self.import_map) = (base, import_map);
        self.frames.extend(frames);
        for (url, how) in modules {
            self.candidate(vec![url], format!("{how} of {place}"), Strength::Asked);
        }
        for name in named {
            let addresses = self.base.join(&name).into_iter().collect();
            self.candidate(addresses, format!("attribute of {place}"), Strength::Named);
        }
        for (url, how) in scripts {
            let (how, strength) = (format!("{how} of {place}"), Strength::Asked);
            self.enqueue(Next { url, second: None, how, strength, depth: 1 });
        }
        let base = self.base.clone();
        for text in inline {
            let place = format!("inline script of {place}");
            self.take_script(&script::read(&text), (None, &base), &place, 0);
        }
    }

    fn enqueue(&mut self, next: Next) {
        if next.depth <= DEPTH_MAX && self.seen.insert(next.url.clone()) {
            self.queue.push_back(next);
        } else if !self.seen.contains(&next.url) {
            self.left_out.insert(format!("scripts deeper than {DEPTH_MAX} imports are not read"));
            let place = super::label(&next.url);
            self.unseen.get_or_insert_with(|| format!("{place} is behind too many imports"));
        }
    }

    pub(super) fn candidate(&mut self, addresses: Vec<Url>, how: String, strength: Strength) {
        let Some(first) = addresses.first().cloned() else { return };
        if self.candidates.len() >= CANDIDATES_MAX && !self.candidates.contains_key(&first) {
            return;
        }
        let candidate = Candidate { addresses, how, strength };
        let kept = self.candidates.entry(first).or_insert_with(|| Candidate {
            addresses: candidate.addresses.clone(),
            how: candidate.how.clone(),
            strength,
        });
        if kept.strength < strength {
            *kept = candidate;
        }
    }

    /// Keep the names in the script that was asked for at `node` and answered from `own`. An inline
    /// script has no node.
    fn take_script(
        &mut self,
        script: &Script,
        (node, own): (Option<&Url>, &Url),
        place: &str,
        depth: usize,
    ) {
        if script.webpack.is_runtime() {
            self.runtime = Some(own.clone());
        }
        self.webpack.add(&script.webpack);
        if script.cut {
            self.left_out.insert(format!("not all names in {place} are requested"));
        }
        if script.loads_unseen {
            self.unseen.get_or_insert_with(|| format!("{place} makes script names at run time"));
        }
        let embedded = script.embedded.map(|how| format!("{place} holds a module in {how}"));
        self.embedded.extend(embedded);
        for mention in &script.mentions {
            let mut addresses = self.addresses(mention, own);
            let how = format!("{} in {place}", mention.how);
            match mention.kind {
                ReferenceKind::Module if self.is_redirected(mention, own) => {}
                ReferenceKind::Module => {
                    if mention.load == LoadKind::Module {
                        self.loads.of_wasm(node, &self.page, addresses.first());
                    }
                    self.candidate(addresses, how, mention.strength);
                }
                ReferenceKind::Script { .. } if !addresses.is_empty() => {
                    let url = addresses.remove(0);
                    self.loads.of_script(node, &self.page, &url, mention.load);
                    let second = addresses.pop();
                    // A script with `import … from` does not run without what it imports.
                    let strength = match mention.load {
                        LoadKind::Module => Strength::Asked,
                        _ => mention.strength,
                    };
                    self.enqueue(Next { url, second, how, strength, depth: depth + 1 });
                }
                ReferenceKind::Script { .. } => {}
            }
        }
    }

    /// Read one script and keep its names.
    fn script(&mut self, next: Next, haul: &mut Haul) {
        let place = super::label(&next.url);
        let (trail, url) = match self.first_answer(&next) {
            Ok(found) => found,
            Err(why) => {
                if next.strength == Strength::Asked && why != "status 404" {
                    self.unseen.get_or_insert_with(|| format!("{place} is not read: {why}"));
                }
                // The page asks for it, and its name is that of a module loader.
                if next.strength == Strength::Asked && place.contains("wasm") {
                    haul.add(Asset::Shim, &next.url, next.how);
                } else if next.strength == Strength::Asked {
                    haul.note(format!("not read: {place} ({}): {why}", next.how));
                    haul.unread.push((next.url, next.how));
                }
                return;
            }
        };
        let mut body = decoded(&trail);
        if let Some(why) = &trail.reply.broken {
            haul.leave_out(format!("{place} is incomplete, so what it loads is not known: {why}"));
        }
        if coding::classify(&body) == Content::Html {
            haul.note(format!("{place} ({}) is HTML, not a script", next.how));
            if next.strength == Strength::Asked {
                haul.unread.push((url, next.how));
            }
            return;
        }
        if body.len() > SCRIPT_BYTES_MAX {
            body.truncate(SCRIPT_BYTES_MAX);
            self.unseen.get_or_insert_with(|| format!("{place} is read in part"));
            haul.leave_out(format!("only the first {SCRIPT_BYTES_MAX} bytes of {place} are read"));
        }
        let script = script::read(&String::from_utf8_lossy(&body));
        if script.is_shim() {
            haul.add(Asset::Shim, &url, next.how);
        }
        self.loads.answered(&url, &trail, &body);
        self.take_script(&script, (Some(&url), &trail.ask.url), &place, next.depth);
    }

    /// The first of a script's addresses that is answered well.
    fn first_answer(&mut self, next: &Next) -> Result<(Trail, Url), String> {
        let mut why = None;
        for url in std::iter::once(&next.url).chain(&next.second) {
            match self.get(url.clone(), Some(SCRIPT_BYTES_MAX + 1)) {
                Ok(trail) if trail.reply.status == 200 => return Ok((trail, url.clone())),
                Ok(trail) => why = why.or(Some(status(&trail))),
                Err(failure) => why = why.or(Some(failure.to_string())),
            }
        }
        Err(why.unwrap_or_default())
    }
}
