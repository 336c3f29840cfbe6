//! One trial's exchanges with a site: the request of each step, and what it reports.

mod body;
mod evidence;
mod facts;
mod inspect;
mod module;
mod reproduce;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use url::Url;
use wasm_gauntlet_model::action::{Action, Fetch, OneOff};
use wasm_gauntlet_model::observation::Observation;

use super::headers::Headers;
use super::headers::name::ONE_OFF_WORD;
use super::text::visible;
use super::wire::redirect::{Trail, follow};
use super::wire::{Ask, Client};
use crate::subject::{Inability, Session};

/// What one step's response can be revalidated by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Validators {
    etag: Option<String>,
    last_modified: Option<String>,
}

impl Validators {
    fn of(headers: &Headers) -> Self {
        Self { etag: headers.first("etag"), last_modified: headers.first("last-modified") }
    }

    /// The condition that a cache sends (RFC 9110 §13.1.2 and §13.1.3).
    fn condition(&self) -> Option<(&'static str, String)> {
        let etag = self.etag.clone().map(|etag| ("if-none-match", etag));
        etag.or_else(|| Some(("if-modified-since", self.last_modified.clone()?)))
    }
}

/// One trial's dealings with a site.
pub struct Probe<'a> {
    client: &'a Client,
    site: &'a Url,
    one_off: String,
    steps: BTreeMap<String, Validators>,
}

impl<'a> Probe<'a> {
    /// A trial whose one-off query words come from `seed` and from `nonce`, which no other run
    /// has: a cache may still hold what an earlier run of the same seed put there.
    pub fn new(client: &'a Client, site: &'a Url, seed: u64, nonce: u64) -> Self {
        let word = ChaCha8Rng::seed_from_u64(seed ^ nonce).next_u64();
        Self { client, site, one_off: format!("{word:016x}"), steps: BTreeMap::new() }
    }

    fn fetch(&mut self, step: &str, fetch: &Fetch) -> Result<Observation, Inability> {
        let url = Url::parse(&fetch.url)
            .map_err(|error| Inability(format!("`{}` is no URL: {error}", visible(&fetch.url))))?;
        let mut ask = Ask::new(fetch.method, url);
        if let Some(offer) = &fetch.accept_encoding {
            ask.fields.push(("accept-encoding", offer.clone()));
        }
        let condition = self.condition(fetch)?;
        let unconditional = fetch.revalidates.is_some() && condition.is_none();
        ask.fields.extend(condition);
        let trail = self.follow(step, fetch, ask)?;
        self.steps.insert(step.to_owned(), Validators::of(&trail.reply.headers));
        Ok(observation(fetch, &trail, unconditional))
    }

    /// The condition that `fetch` asks for; none where there is nothing to make one of, so
    /// that the answer to a plain request shows what the site lacks.
    fn condition(&self, fetch: &Fetch) -> Result<Option<(&'static str, String)>, Inability> {
        let Some(earlier) = &fetch.revalidates else { return Ok(None) };
        let validators = self.steps.get(earlier);
        let nothing = || Inability(format!("step `{earlier}` got no response to revalidate"));
        Ok(validators.ok_or_else(nothing)?.condition())
    }

    fn follow(&self, step: &str, fetch: &Fetch, ask: Ask) -> Result<Trail, Inability> {
        let word = fetch.one_off.map(|reach| match reach {
            OneOff::Trial => self.one_off.clone(),
            OneOff::Step => format!("{}-{step}", self.one_off),
        });
        let one_off = |url: &mut Url| {
            if let Some(word) = &word
                && !url.query_pairs().any(|(name, _)| name == ONE_OFF_WORD)
            {
                url.query_pairs_mut().append_pair(ONE_OFF_WORD, word);
            }
        };
        let url = visible(ask.url.as_str());
        follow(self.client, self.site, ask, one_off)
            .map_err(|failure| Inability(format!("{url}: {}", visible(&failure.to_string()))))
    }
}

impl Session for Probe<'_> {
    fn perform(&mut self, step: &str, action: &Action) -> Result<Observation, Inability> {
        match action {
            Action::Fetch(fetch) => self.fetch(step, fetch),
            Action::Inspect(inspect) => self.inspect(inspect),
            Action::Call(_) | Action::Compare(_) | Action::Contest(_) => {
                Err(Inability("a site takes no guests: it can only be fetched from".to_owned()))
            }
        }
    }
}

/// What one exchange reports.
fn observation(fetch: &Fetch, trail: &Trail, unconditional: bool) -> Observation {
    let body = body::read(fetch, trail);
    let mut evidence = evidence::of(trail);
    evidence.extend(body.evidence.iter().cloned());
    if unconditional {
        evidence.push(evidence::piece("condition", "no ETag and no Last-Modified to send"));
    }
    let facts = facts::of(trail, body).facts();
    Observation { facts, evidence, reproduce: Some(reproduce::curl(trail)) }
}
