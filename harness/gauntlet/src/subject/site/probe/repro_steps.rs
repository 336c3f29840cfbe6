//! The commands that show again why a claim does not hold: what a trial did before it, as far as
//! that matters, and then what decided.

use std::sync::Arc;

use url::Url;
use wasm_gauntlet_model::action::{Asset, Fetch, Inspect, Method, OneOff};
use wasm_gauntlet_model::observation::{Facts, Value};
use wasm_gauntlet_model::scenario::Decided;
use wasm_gauntlet_web::wire::redirect::Trail;
use wasm_gauntlet_web::wire::{Client, HttpRequest};

use super::PART_BYTES;
use super::relations::resumed_at;
use super::reproduce::{self, CommandView, Plain};

/// What one step did.
#[derive(Debug)]
pub struct ReproStep {
    step: String,
    act: StepAct,
}

#[derive(Debug)]
enum StepAct {
    Fetched { fetch: Fetch, trail: Arc<Trail>, policies: bool },
    Inspected { inspect: Inspect, facts: Facts },
}

impl ReproStep {
    /// A step that fetched; `policies` says whether the page holds some itself.
    pub fn fetched(step: &str, fetch: &Fetch, trail: &Arc<Trail>, policies: bool) -> Self {
        let (fetch, trail) = (fetch.clone(), Arc::clone(trail));
        let act = StepAct::Fetched { fetch, trail, policies };
        Self { step: step.to_owned(), act }
    }

    /// A step that read a file and what stands around it.
    pub fn inspected(step: &str, inspect: &Inspect, facts: &Facts) -> Self {
        let act = StepAct::Inspected { inspect: inspect.clone(), facts: facts.clone() };
        Self { step: step.to_owned(), act }
    }

    /// Whether it asked under the word that all steps of the trial share, so that what it asked
    /// for is what a cache may have for the next.
    fn plays(&self) -> bool {
        matches!(&self.act, StepAct::Fetched { fetch, .. } if fetch.one_off == Some(OneOff::Trial))
    }

    fn trail(&self) -> Option<&Trail> {
        match &self.act {
            StepAct::Fetched { trail, .. } => Some(trail),
            StepAct::Inspected { .. } => None,
        }
    }
}

/// The query word under which a trial played, and a value of it that nobody has asked for yet:
/// whoever pastes the line begins with empty caches, as the trial did.
pub struct StepQuery<'a> {
    /// The word; none where caches are left alone.
    pub word: Option<&'a str>,
    /// The value that the trial had.
    pub value: &'a str,
    /// Knows whom it trusts, and how `curl` is told the same.
    pub client: &'a Client,
}

impl StepQuery<'_> {
    fn plain(&self, address: &str) -> Option<Plain<'_>> {
        let url = Url::parse(address).ok()?;
        let trust = self.client.trust_option(&url);
        let mut ask = HttpRequest::new(Method::Get, url);
        ask.fields.push(("accept-encoding", "identity".to_owned()));
        Some(Plain { ask, trust })
    }

    fn url(&self, one: &ReproStep, trail: &Trail) -> Url {
        let mut url = reproduce::first(trail).clone();
        let StepAct::Fetched { fetch, .. } = &one.act else { return url };
        let (Some(word), Some(reach)) = (self.word, fetch.one_off) else { return url };
        let fresh = match reach {
            OneOff::Trial => format!("{}-again", self.value),
            OneOff::Step => format!("{}-again-{}", self.value, one.step),
        };
        // Ours is the last, and nothing of the address itself is written anew.
        let is_ours = |name: &str, value: &str| {
            let digits = value.split('-').next().unwrap_or_default();
            name == word && digits.len() == 16 && digits.bytes().all(|b| b.is_ascii_hexdigit())
        };
        if url.query_pairs().last().is_some_and(|(name, value)| is_ours(&name, &value))
            && let Some((before, _)) = url.query().unwrap_or_default().rsplit_once('=')
        {
            let query = format!("{before}={fresh}");
            url.set_query(Some(&query));
        }
        url
    }
}

/// The commands, in the order of the steps, as one line.
pub fn line(past: &[ReproStep], decided: &Decided, fresh: &StepQuery) -> Option<String> {
    let last = past.iter().position(|one| one.step == decided.step)?;
    let plays = past[last].plays();
    let wanted = |(at, one): &(usize, &ReproStep)| {
        let warms = plays && one.plays() && *at < last;
        *at == last || warms || decided.beside.contains(&one.step)
    };
    let commands = past.iter().enumerate().filter(wanted);
    let commands = commands.map(|(at, one)| match at == last {
        true => deciding(one, &decided.field, past, fresh),
        // What went before tells the same of itself, where it is only a matter of fields.
        false => {
            let beside = |trail| beside(one, trail, &decided.field, fresh);
            one.trail().map_or_else(String::new, beside)
        }
    });
    let commands: Vec<String> = commands.filter(|command| !command.is_empty()).collect();
    Some(commands.join(" && "))
}

fn beside(one: &ReproStep, trail: &Trail, field: &str, fresh: &StepQuery) -> String {
    let look = match field {
        "raw-sha256" | "wire-sha256" => CommandView::Digest,
        "part-right" | "resumed-right" => return String::new(),
        _ => CommandView::Fields,
    };
    reproduce::again(trail, &fresh.url(one, trail), look)
}

fn deciding(one: &ReproStep, field: &str, past: &[ReproStep], fresh: &StepQuery) -> String {
    match &one.act {
        StepAct::Inspected { inspect, facts } => inspected(inspect, facts, field, fresh),
        StepAct::Fetched { fetch, trail, policies } => {
            let whole = fetch.special.part_of.as_ref().filter(|_| field == "part-right");
            let whole = whole.and_then(|name| past.iter().find(|one| one.step == *name));
            if let Some(whole) = whole.and_then(ReproStep::trail) {
                let part = (whole.reply.body.len() / 3, PART_BYTES);
                return reproduce::parts(whole, trail, part);
            }
            let first = fetch.special.resumes.as_ref().filter(|_| field == "resumed-right");
            let first = first.and_then(|name| past.iter().find(|one| one.step == *name));
            if let Some(first) = first.and_then(ReproStep::trail) {
                return reproduce::resumed(first, trail, resumed_at(&first.reply));
            }
            let look = look(field, trail, *policies);
            reproduce::again(trail, &fresh.url(one, trail), look)
        }
    }
}

/// What of an exchange shows its `field`.
fn look(field: &str, trail: &Trail, policies: bool) -> CommandView {
    match field {
        "layers" if !trail.reply.headers.codings().is_empty() => CommandView::Bytes,
        "wire-bytes" | "lost-3g-s" | "length-fits" | "layers" => CommandView::Size,
        "wire-ratio" => CommandView::Ratio,
        "content-length" if trail.ask.method == Method::Get => CommandView::Size,
        "coding-not-offered" if !trail.reply.headers.codings().is_empty() => CommandView::Fields,
        "layers-match" | "coding-not-offered" => CommandView::Bytes,
        "content" => CommandView::Text,
        "module-valid" | "module-error" => CommandView::Module,
        "raw-sha256" | "wire-sha256" => CommandView::Digest,
        "protocol" => CommandView::Version,
        "csp-allows-wasm" | "csp-allows-inline" | "csp-allows-fetch" if policies => {
            CommandView::Policies
        }
        _ => CommandView::Fields,
    }
}

/// The command for a file that was read.
fn inspected(inspect: &Inspect, facts: &Facts, field: &str, fresh: &StepQuery) -> String {
    let Some(module) = fresh.plain(&inspect.url) else { return String::new() };
    let scripts = inspect.beside.iter().filter(|found| found.asset == Asset::Shim);
    let scripts = scripts.take(SCRIPTS_MAX).filter_map(|found| fresh.plain(&found.url));
    match field {
        "hash-scheme" => reproduce::asked(&module, CommandView::Digest),
        "flavour" => reproduce::asked(&module, CommandView::Imports),
        "imports-undefined" => {
            let missing = match facts.get("imports-undefined") {
                Some(Value::Texts(names)) => names.first(),
                _ => None,
            };
            let name = missing.and_then(|name| name.split_once('.')).map_or("", |(_, name)| name);
            let imports = reproduce::asked(&module, CommandView::Imports);
            let defined = scripts.flat_map(|script| {
                [reproduce::namespaces(&script), reproduce::occurrences(&script, name)]
            });
            std::iter::once(imports).chain(defined).collect::<Vec<_>>().join(" && ")
        }
        "namespaces-undefined" | "shim-missing" | "shim-release-fits" => {
            let imports = reproduce::asked(&module, CommandView::Imports);
            let defined = scripts.map(|script| reproduce::namespaces(&script));
            std::iter::once(imports).chain(defined).collect::<Vec<_>>().join(" && ")
        }
        "integrity-wrong" => reproduce::asked(&module, CommandView::Digest),
        "glue-hashed" => {
            let all = std::iter::once(module).chain(scripts);
            let all = all.map(|one| reproduce::asked(&one, CommandView::Fields));
            all.collect::<Vec<_>>().join(" && ")
        }
        "debug-bytes" | "name-bytes" | "custom-bytes" => {
            reproduce::asked(&module, CommandView::Sections)
        }
        "build-path-count" | "build-path-bytes" => match facts.get("build-paths") {
            Some(Value::Texts(paths)) if !paths.is_empty() => {
                reproduce::occurrences(&module, &paths[0])
            }
            _ => reproduce::asked(&module, CommandView::Fields),
        },
        _ => reproduce::asked(&module, CommandView::Fields),
    }
}

/// Scripts whose commands are told; a page has one or two.
const SCRIPTS_MAX: usize = 4;
