//! One trial's exchanges with a site: the request of each step, and its observation.

mod body;
mod cache_isolation;
pub(crate) mod decoded;
mod evidence;
pub(crate) mod exchange_cache;
mod facts;
mod field_commands;
pub(crate) mod inspect;
mod lattice;
mod loaded;
mod module;
mod page;
mod page_blocks;
pub(crate) mod place;
pub(crate) mod rate_limit;
mod relations;
mod repro_steps;
mod reproduce;
mod scripts;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use url::Url;
use wasm_gauntlet_model::action::{Action, Fetch, OneOff, Place};
use wasm_gauntlet_model::observation::{Evidence, Observation};
use wasm_gauntlet_model::scenario::Decided;
use wasm_gauntlet_model::target::Budget;
use wasm_gauntlet_web::discovery::Seen;
use wasm_gauntlet_web::headers::Headers;
use wasm_gauntlet_web::text::visible;
use wasm_gauntlet_web::wire::HttpRequest;
use wasm_gauntlet_web::wire::redirect::{Trail, follow};

use self::decoded::Decoder;
use self::place::OriginAddress;
use self::relations::{Done, Earlier};
use self::repro_steps::{ReproStep, StepQuery};
use super::Site;
use crate::locks::unpoisoned;
use crate::subject::browser::{BuildPlace, Witness};
use crate::subject::{Inability, Session};

/// Bytes of a part that is asked for.
const PART_BYTES: usize = 64;

/// The condition that a cache sends for its copy (RFC 9110 §13.1.2 and §13.1.3).
fn condition(headers: &Headers) -> Option<(&'static str, String)> {
    // As its bytes: a tag may hold any past ASCII too (RFC 9110 §8.8.3).
    let etag = headers.0.iter().find(|(name, _)| name == "etag");
    let etag = etag.map(|(_, tag)| ("if-none-match", tag.iter().map(|b| char::from(*b)).collect()));
    etag.or_else(|| Some(("if-modified-since", headers.first("last-modified")?)))
}

/// One trial on a site.
pub(crate) struct Probe<'a> {
    site: &'a Site,
    one_off: String,
    steps: BTreeMap<String, Done>,
    past: Vec<ReproStep>,
}

impl<'a> Probe<'a> {
    /// A trial whose one-off query words come from `seed` and from a number that no other run
    /// has: a cache may still hold what an earlier run of the same seed put there.
    pub(crate) fn new(site: &'a Site, seed: u64) -> Self {
        let word = ChaCha8Rng::seed_from_u64(seed ^ site.nonce).next_u64();
        Self { site, one_off: format!("{word:016x}"), steps: BTreeMap::new(), past: Vec::new() }
    }

    fn fetch(&mut self, step: &str, fetch: &Fetch) -> Result<Observation, Inability> {
        let origin = self.origin(fetch.special.place)?;
        let earlier = self.earlier(fetch)?;
        let ask = self.ask(fetch, origin, &earlier)?;
        let unconditional = fetch.revalidates.is_some()
            && !ask.fields.iter().any(|(name, _)| name.starts_with("if-"));
        self.check_cache_isolation(fetch)?;
        let make = |ask| self.follow(step, fetch.one_off, origin, ask);
        let trail = self.site.asked.once(ask, fetch.one_off, make)?;
        let seen = unpoisoned(self.site.seen.lock()).clone();
        let held = (&self.site.decoder, self.site.budget, &*seen);
        let (observation, policies) = observation(fetch, &trail, &earlier, held, unconditional);
        self.past.push(ReproStep::fetched(step, fetch, &trail, !policies.is_empty()));
        self.steps.insert(step.to_owned(), Done { trail, policies });
        Ok(observation)
    }

    fn witness(&self) -> Result<&Witness, Inability> {
        let none = || Inability::tool_missing("there is no browser to visit it with");
        self.site.witness.as_ref().ok_or_else(none)
    }

    /// The origin to ask in place of the address that discovery found.
    fn origin(&self, place: Place) -> Result<Option<&'a OriginAddress>, Inability> {
        let unknown = || Inability::setup("no target file names the origin of the site".to_owned());
        match place {
            Place::Edge => Ok(None),
            Place::Origin => self.site.origin.as_ref().ok_or_else(unknown).map(Some),
            Place::Secure if self.site.url.scheme() == "https" => Ok(None),
            Place::Secure => {
                let plain = || Inability::not_offered("the site is not served over TLS".to_owned());
                self.site.secure.as_ref().ok_or_else(plain).map(Some)
            }
        }
    }

    fn earlier(&self, fetch: &Fetch) -> Result<Earlier<'_>, Inability> {
        let find = |name: &Option<String>| match name {
            None => Ok(None),
            Some(name) => self.done(name).map(Some),
        };
        Ok(Earlier {
            against: find(&fetch.special.against)?,
            part_of: find(&fetch.special.part_of)?,
            resumes: find(&fetch.special.resumes)?,
            page: find(&fetch.special.for_page)?,
        })
    }

    fn done(&self, step: &str) -> Result<&Done, Inability> {
        let nothing =
            || Inability::unreachable(format!("there is no response of step `{step}` to refer to"));
        self.steps.get(step).ok_or_else(nothing)
    }

    /// The request of a step. Without a validator it has no condition, so the answer to a plain
    /// request shows what the site lacks.
    fn ask(
        &self,
        fetch: &Fetch,
        origin: Option<&OriginAddress>,
        earlier: &Earlier,
    ) -> Result<HttpRequest, Inability> {
        let mut url = parse(&fetch.url)?;
        if fetch.special.invented {
            url = place::invented(&url, &self.one_off);
        }
        let mut ask =
            HttpRequest::new(fetch.method, origin.map_or(url.clone(), |origin| origin.of(&url)));
        ask.host = origin.and_then(|origin| origin.host.clone());
        ask.fields.extend(fetch.accept_encoding.clone().map(|offer| ("accept-encoding", offer)));
        if let Some(revalidated) = &fetch.revalidates {
            ask.fields.extend(condition(&self.done(revalidated)?.trail.reply.headers));
        }
        if let Some(whole) = earlier.part_of {
            let first = whole.trail.reply.body.len() / 3;
            ask.fields.push(("range", format!("bytes={first}-{}", first + PART_BYTES - 1)));
        }
        // Without a strong tag no client resumes, and the whole is requested again.
        if let Some(first) = earlier.resumes.map(|done| &done.trail.reply)
            && let Some(etag) = relations::strong_etag(first)
        {
            ask.fields.push(("range", format!("bytes={}-", relations::resumed_at(first))));
            ask.fields.push(("if-range", etag));
        }
        // Browsers name the page's origin only where the two differ.
        if let Some(page) = earlier.page.map(|page| &page.trail.ask.url)
            && page.origin() != ask.url.origin()
        {
            ask.fields.push(("origin", relations::origin(page)));
        }
        Ok(ask)
    }

    /// Follow `ask` under a one-off word, if the target allows that its caches are filled.
    fn follow(
        &self,
        step: &str,
        reach: Option<OneOff>,
        origin: Option<&OriginAddress>,
        ask: HttpRequest,
    ) -> Result<Trail, Inability> {
        let value = reach.map(|reach| match reach {
            OneOff::Trial => self.one_off.clone(),
            OneOff::Step => format!("{}-{step}", self.one_off),
        });
        let one_off = |url: &mut Url| {
            if let (Some(value), Some(word)) = (&value, &self.site.one_off_word)
                && !url.query_pairs().any(|(name, _)| name == word.as_str())
            {
                url.query_pairs_mut().append_pair(word, value);
            }
        };
        let url = visible(ask.url.as_str());
        let mut ask = ask;
        ask.one_off = value.as_ref().zip(self.site.one_off_word.as_ref()).map(one_off_text);
        ask.fills = reach == Some(OneOff::Trial);
        // An origin in a private network may be asked, because its owner named it.
        let behalf = origin.map_or(&self.site.url, |origin| &origin.url);
        let same = ask.clone();
        let trail = follow(&self.site.client, behalf, ask, one_off).map_err(|failure| {
            Inability::unreachable(format!("{url}: {}", visible(&failure.to_string())))
        })?;
        let again = || {
            let trail = follow(&self.site.client, behalf, same.clone(), one_off);
            trail.ok().map(|trail| trail.reply.status)
        };
        let as_a_browser = || {
            let trail = follow(&self.site.client, behalf, same.as_a_browser(), one_off);
            trail.ok().map(|trail| trail.reply.status)
        };
        self.let_through(&trail, again, as_a_browser)?;
        self.believed(&trail, again)?;
        Ok(trail)
    }
}

/// A one-off word and its value, as they stand in a query.
fn one_off_text((value, word): (&String, &String)) -> String {
    format!("{word}={value}")
}

fn parse(url: &str) -> Result<Url, Inability> {
    Url::parse(url)
        .map_err(|error| Inability::unreadable(format!("`{}` is not a URL: {error}", visible(url))))
}

impl Session for Probe<'_> {
    fn perform(&mut self, step: &str, action: &Action) -> Result<Observation, Inability> {
        match action {
            Action::Fetch(fetch) => self.fetch(step, fetch),
            Action::Inspect(inspect) => {
                let observation = self.inspect(inspect)?;
                self.past.push(ReproStep::inspected(step, inspect, &observation.facts));
                Ok(observation)
            }
            Action::Everywhere(everywhere) => lattice::perform(self, step, everywhere),
            Action::Visit(visit) => self.witness()?.visit(visit),
            Action::Loads(loads) => self.witness()?.loads(loads),
            Action::Deploy(deploy) => {
                let page = parse(&deploy.url)?;
                self.witness()?.deploy(deploy, BuildPlace::Site(&self.site.client, page))
            }
            Action::Call(_)
            | Action::Compare(_)
            | Action::NoisyNeighbour(_)
            | Action::Control(_)
            | Action::Differ(_) => Err(Inability::not_offered(
                "a site does not run guests: it can only be fetched".to_owned(),
            )),
        }
    }

    fn evidence(&self, step: &str) -> Vec<Evidence> {
        let trail = self.steps.get(step).map(|done| evidence::of(&done.trail));
        trail.unwrap_or_default()
    }

    fn reproduce(&self, decided: &Decided) -> Option<String> {
        let (site, value) = (self.site, self.one_off.as_str());
        let fresh = StepQuery { word: site.one_off_word.as_deref(), value, client: &site.client };
        repro_steps::line(&self.past, decided, &fresh)
    }
}

/// The observation of one exchange, and the policies of a page.
fn observation(
    fetch: &Fetch,
    trail: &Trail,
    earlier: &Earlier,
    (decoder, budget, seen): (&Decoder, Budget, &Seen),
    unconditional: bool,
) -> (Observation, Vec<String>) {
    let body = body::read(fetch, trail, decoder);
    let policies = body.policies.clone().unwrap_or_default();
    let mut evidence = body.evidence.clone();
    if unconditional {
        evidence.push(evidence::piece("condition", "no ETag and no Last-Modified to send"));
    }
    let compared =
        earlier.against.map(|first| evidence::response_of("compared with", &first.trail));
    evidence.extend(compared);
    let importers = body.importers.clone();
    let mut facts = facts::of(fetch, trail, body, earlier, (budget, seen));
    page_blocks::add(&mut facts, trail, (&policies, &importers), seen);
    let facts = facts.facts();
    (Observation { facts, evidence, reproduce: Some(reproduce::curl(trail)) }, policies)
}
