//! The commands that show again why a claim does not hold: what a trial did before it, as far as
//! that matters, and then what decided.

use std::sync::Arc;

use url::Url;
use wasm_gauntlet_model::action::{Asset, Fetch, Inspect, Method, OneOff};
use wasm_gauntlet_model::observation::{Facts, Value};
use wasm_gauntlet_model::scenario::Decided;

use super::PART_BYTES;
use super::relations::resumed_at;
use super::reproduce::{self, Look, Plain};
use crate::subject::site::wire::redirect::Trail;
use crate::subject::site::wire::{Ask, Client};

/// What one step did.
#[derive(Debug)]
pub struct Past {
    step: String,
    deed: Deed,
}

#[derive(Debug)]
enum Deed {
    Fetched { fetch: Fetch, trail: Arc<Trail>, policies: bool },
    Inspected { inspect: Inspect, facts: Facts },
}

impl Past {
    /// A step that fetched; `policies` says whether the page holds some itself.
    pub fn fetched(step: &str, fetch: &Fetch, trail: &Arc<Trail>, policies: bool) -> Self {
        let (fetch, trail) = (fetch.clone(), Arc::clone(trail));
        let deed = Deed::Fetched { fetch, trail, policies };
        Self { step: step.to_owned(), deed }
    }

    /// A step that read a file and what stands around it.
    pub fn inspected(step: &str, inspect: &Inspect, facts: &Facts) -> Self {
        let deed = Deed::Inspected { inspect: inspect.clone(), facts: facts.clone() };
        Self { step: step.to_owned(), deed }
    }

    /// Whether it asked under the word that all steps of the trial share, so that what it asked
    /// for is what a cache may have for the next.
    fn plays(&self) -> bool {
        matches!(&self.deed, Deed::Fetched { fetch, .. } if fetch.one_off == Some(OneOff::Trial))
    }

    fn trail(&self) -> Option<&Trail> {
        match &self.deed {
            Deed::Fetched { trail, .. } => Some(trail),
            Deed::Inspected { .. } => None,
        }
    }
}

/// The query word under which a trial played, and a value of it that nobody has asked for yet:
/// whoever pastes the line begins with empty caches, as the trial did.
pub struct Fresh<'a> {
    /// The word; none where caches are left alone.
    pub word: Option<&'a str>,
    /// The value that the trial had.
    pub value: &'a str,
    /// Knows whom it trusts, and how `curl` is told the same.
    pub client: &'a Client,
}

impl Fresh<'_> {
    fn plain(&self, address: &str) -> Option<Plain<'_>> {
        let url = Url::parse(address).ok()?;
        let trust = self.client.trust_option(&url);
        let mut ask = Ask::new(Method::Get, url);
        ask.fields.push(("accept-encoding", "identity".to_owned()));
        Some(Plain { ask, trust })
    }

    fn url(&self, one: &Past, trail: &Trail) -> Url {
        let mut url = reproduce::first(trail).clone();
        let Deed::Fetched { fetch, .. } = &one.deed else { return url };
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
pub fn line(past: &[Past], decided: &Decided, fresh: &Fresh) -> Option<String> {
    let last = past.iter().position(|one| one.step == decided.step)?;
    let plays = past[last].plays();
    let wanted = |(at, one): &(usize, &Past)| {
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

fn beside(one: &Past, trail: &Trail, field: &str, fresh: &Fresh) -> String {
    let look = match field {
        "raw-sha256" | "wire-sha256" => Look::Digest,
        "part-right" | "resumed-right" => return String::new(),
        _ => Look::Fields,
    };
    reproduce::again(trail, &fresh.url(one, trail), look)
}

fn deciding(one: &Past, field: &str, past: &[Past], fresh: &Fresh) -> String {
    match &one.deed {
        Deed::Inspected { inspect, facts } => inspected(inspect, facts, field, fresh),
        Deed::Fetched { fetch, trail, policies } => {
            let whole = fetch.special.part_of.as_ref().filter(|_| field == "part-right");
            let whole = whole.and_then(|name| past.iter().find(|one| one.step == *name));
            if let Some(whole) = whole.and_then(Past::trail) {
                let part = (whole.reply.body.len() / 3, PART_BYTES);
                return reproduce::parts(whole, trail, part);
            }
            let first = fetch.special.resumes.as_ref().filter(|_| field == "resumed-right");
            let first = first.and_then(|name| past.iter().find(|one| one.step == *name));
            if let Some(first) = first.and_then(Past::trail) {
                return reproduce::resumed(first, trail, resumed_at(&first.reply));
            }
            let look = look(field, trail, *policies);
            reproduce::again(trail, &fresh.url(one, trail), look)
        }
    }
}

/// What of an exchange shows its `field`.
fn look(field: &str, trail: &Trail, policies: bool) -> Look {
    match field {
        "layers" if !trail.reply.headers.codings().is_empty() => Look::Bytes,
        "wire-bytes" | "lost-3g-s" | "length-fits" | "layers" => Look::Size,
        "wire-ratio" => Look::Ratio,
        "content-length" if trail.ask.method == Method::Get => Look::Size,
        "coding-not-offered" if !trail.reply.headers.codings().is_empty() => Look::Fields,
        "layers-match" | "coding-not-offered" => Look::Bytes,
        "content" => Look::Text,
        "module-valid" | "module-error" => Look::Module,
        "raw-sha256" | "wire-sha256" => Look::Digest,
        "protocol" => Look::Version,
        "csp-allows-wasm" | "csp-allows-inline" | "csp-allows-fetch" if policies => Look::Policies,
        _ => Look::Fields,
    }
}

/// The command for a file that was read.
fn inspected(inspect: &Inspect, facts: &Facts, field: &str, fresh: &Fresh) -> String {
    let Some(module) = fresh.plain(&inspect.url) else { return String::new() };
    let scripts = inspect.beside.iter().filter(|found| found.asset == Asset::Shim);
    let scripts = scripts.take(SCRIPTS_MAX).filter_map(|found| fresh.plain(&found.url));
    match field {
        "hash-scheme" => reproduce::asked(&module, Look::Digest),
        "flavour" => reproduce::asked(&module, Look::Imports),
        "imports-undefined" => {
            let missing = match facts.get("imports-undefined") {
                Some(Value::Texts(names)) => names.first(),
                _ => None,
            };
            let name = missing.and_then(|name| name.split_once('.')).map_or("", |(_, name)| name);
            let imports = reproduce::asked(&module, Look::Imports);
            let defined = scripts.flat_map(|script| {
                [reproduce::namespaces(&script), reproduce::occurrences(&script, name)]
            });
            std::iter::once(imports).chain(defined).collect::<Vec<_>>().join(" && ")
        }
        "namespaces-undefined" | "shim-missing" | "shim-release-fits" => {
            let imports = reproduce::asked(&module, Look::Imports);
            let defined = scripts.map(|script| reproduce::namespaces(&script));
            std::iter::once(imports).chain(defined).collect::<Vec<_>>().join(" && ")
        }
        "integrity-wrong" => reproduce::asked(&module, Look::Digest),
        "glue-hashed" => {
            let all = std::iter::once(module).chain(scripts);
            let all = all.map(|one| reproduce::asked(&one, Look::Fields));
            all.collect::<Vec<_>>().join(" && ")
        }
        "debug-bytes" | "name-bytes" | "custom-bytes" => reproduce::asked(&module, Look::Sections),
        "build-path-count" | "build-path-bytes" => match facts.get("build-paths") {
            Some(Value::Texts(paths)) if !paths.is_empty() => {
                reproduce::occurrences(&module, &paths[0])
            }
            _ => reproduce::asked(&module, Look::Fields),
        },
        _ => reproduce::asked(&module, Look::Fields),
    }
}

/// Scripts whose commands are told; a page has one or two.
const SCRIPTS_MAX: usize = 4;
