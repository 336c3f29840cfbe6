//! One asset in every coding, from every address, several times: do all give the same content?

use std::collections::BTreeMap;
use std::net::IpAddr;

use url::Url;
use wasm_gauntlet_model::action::{Everywhere, Fetch, Method, OneOff, Special};
use wasm_gauntlet_model::observation::{Fact, Lattice, Observation, count};
use wasm_gauntlet_web::text::visible;
use wasm_gauntlet_web::wire::HttpRequest;

use super::Probe;
use super::body;
use super::evidence::piece;
use super::place::OriginAddress;
use super::reproduce::{self, CommandView};
use crate::locks::unpoisoned;
use crate::subject::{Inability, Subject};

/// Hex digits of a digest in a sentence.
const DIGEST_SHOWN: usize = 12;

/// Members of a list that a sentence shows. The evidence has them all.
const TOLD_MAX: usize = 6;

/// Answers of a slow site that are waited for at once.
const AT_ONCE_MAX: usize = 5;

/// Where to ask.
struct LatticePlace<'a> {
    name: String,
    via: Option<IpAddr>,
    origin: Option<&'a OriginAddress>,
    one_off: Option<OneOff>,
}

/// One answer.
struct LatticeAnswer {
    /// As in `br at 192.0.2.1`.
    name: String,
    /// None where nothing came that a client could use.
    status: Option<u16>,
    /// Whether it was read to its end, and not known by its first bytes.
    read: bool,
    /// Of the content, or of the names in a page; none where it could not be decoded.
    digest: Option<String>,
    reproduce: String,
}

/// Ask everywhere.
pub(crate) fn perform(
    probe: &Probe,
    step: &str,
    everywhere: &Everywhere,
) -> Result<Observation, Inability> {
    let url = super::parse(&everywhere.url)?;
    let is_page = is_page(probe, &url);
    let mut places = places(probe, &url);
    // Many pages answer an unknown query with another page.
    places.retain(|place| !is_page || place.one_off.is_none());
    let mut all: Vec<(&LatticePlace, &str)> = Vec::new();
    for place in &places {
        for offer in &everywhere.offers {
            // Under a query word of our own a cache has nothing old, so one request is enough.
            let times = if place.one_off.is_some() { 1 } else { everywhere.repeats };
            all.extend((0..times).map(|_| (place, offer.as_str())));
        }
    }
    let one = |(place, offer): &(&LatticePlace, &str)| ask(probe, step, place, &url, offer);
    // One after another, unless each takes long to begin.
    let at_once = if probe.site.waits() { AT_ONCE_MAX } else { 1 };
    let mut answers = Vec::new();
    for some in all.chunks(at_once) {
        let asked: Vec<_> = match some {
            [alone] => vec![one(alone)],
            some => std::thread::scope(|scope| {
                let threads: Vec<_> = some.iter().map(|each| scope.spawn(|| one(each))).collect();
                let lost =
                    |_| Err(Inability::harness_fault("a request thread ended early".to_owned()));
                threads.into_iter().map(|thread| thread.join().unwrap_or_else(lost)).collect()
            }),
        };
        answers.extend(asked.into_iter().collect::<Result<Vec<_>, _>>()?);
    }
    Ok(observation(&places, &answers, is_page))
}

/// Whether `url` is that of the page.
fn is_page(probe: &Probe, url: &Url) -> bool {
    unpoisoned(probe.site.seen.lock()).page.as_ref().is_some_and(|page| page.asked == *url)
}

fn places<'a>(probe: &'a Probe, url: &Url) -> Vec<LatticePlace<'a>> {
    let site = probe.site;
    let at = |name: String, via| LatticePlace { name, via, origin: None, one_off: None };
    let of_site = site.url.host_str() == url.host_str();
    let mut places: Vec<LatticePlace> = match site.addresses.as_slice() {
        addresses if of_site && !addresses.is_empty() => {
            addresses.iter().map(|address| at(address.to_string(), Some(*address))).collect()
        }
        _ => vec![at(visible(url.host_str().unwrap_or_default()), None)],
    };
    if site.one_off_word.is_some() {
        let fresh = |place: &LatticePlace| LatticePlace {
            name: format!("{}, without its caches", place.name),
            via: place.via,
            origin: None,
            one_off: Some(OneOff::Step),
        };
        places.extend(places.iter().map(fresh).collect::<Vec<_>>());
    }
    let origin = site.origin.as_ref();
    places.extend(origin.map(|origin| LatticePlace {
        name: "the origin".to_owned(),
        via: None,
        origin: Some(origin),
        one_off: None,
    }));
    places
}

fn ask(
    probe: &Probe,
    step: &str,
    place: &LatticePlace,
    url: &Url,
    offer: &str,
) -> Result<LatticeAnswer, Inability> {
    let fetch = Fetch {
        method: Method::Get,
        url: url.to_string(),
        accept_encoding: Some(offer.to_owned()),
        revalidates: None,
        one_off: place.one_off,
        special: Special::default(),
    };
    let mut ask = HttpRequest::new(Method::Get, place.origin.map_or(url.clone(), |o| o.of(url)));
    ask.fields.push(("accept-encoding", offer.to_owned()));
    (ask.via, ask.by_place) = (place.via, true);
    ask.host = place.origin.and_then(|origin| origin.host.clone());
    let trail = probe.follow(step, fetch.one_off, place.origin, ask)?;
    let seen = body::read(&fetch, &trail, &probe.site.decoder);
    let is_page = is_page(probe, url) && seen.content == Fact::Is("html".to_owned());
    let digest = match seen.raw_sha256 {
        Fact::Is(_) if is_page && trail.stopped.is_none() => seen.names_sha256,
        Fact::Is(digest) if trail.stopped.is_none() => Some(digest),
        _ => None,
    };
    Ok(LatticeAnswer {
        name: format!("{} at {}", if offer.is_empty() { "no coding" } else { offer }, place.name),
        status: trail.reply.unanswered.is_none().then_some(trail.reply.status),
        read: !trail.reply.sampled,
        digest,
        reproduce: reproduce::again(&trail, reproduce::first(&trail), CommandView::Digest),
    })
}

/// Whether the same variant at the same place differs from one answer to the next.
fn varies(answers: &[LatticeAnswer]) -> bool {
    let mut known: BTreeMap<&str, &Option<String>> = BTreeMap::new();
    answers.iter().any(|one| *known.entry(&one.name).or_insert(&one.digest) != &one.digest)
}

fn observation(places: &[LatticePlace], answers: &[LatticeAnswer], is_page: bool) -> Observation {
    let good = || answers.iter().filter(|answer| answer.status == Some(200));
    let mut by_digest: BTreeMap<&str, Vec<&LatticeAnswer>> = BTreeMap::new();
    for answer in good() {
        by_digest.entry(answer.digest.as_deref().unwrap_or_default()).or_default().push(answer);
    }
    let unread = by_digest.remove("").unwrap_or_default();
    let refused = answers.iter().filter(|answer| answer.status != Some(200));
    let most = by_digest.iter().max_by_key(|(_, answers)| answers.len()).map(|(digest, _)| *digest);
    let odd: Vec<&LatticeAnswer> = (by_digest.iter())
        .filter(|(digest, _)| Some(**digest) != most)
        .flat_map(|(_, answers)| answers.iter().copied())
        .collect();
    let facts = Lattice {
        answers: count(good().count() - unread.len()).into(),
        unread: names(&unread).into(),
        refused: refused
            .map(|one| format!("{} for {}", word(one.status), one.name))
            .collect::<Vec<_>>()
            .into(),
        contents: count(by_digest.len()).into(),
        is_page: is_page.into(),
        varies: varies(answers).into(),
        odd: Fact::looked((!odd.is_empty()).then(|| evidence(&odd))),
        places: places.iter().map(|place| place.name.clone()).collect::<Vec<_>>().into(),
    };
    let line = |answer: &LatticeAnswer| {
        let digest = answer.digest.as_deref().unwrap_or("not decoded");
        let known = if answer.read { "" } else { ", known by its first bytes" };
        format!("{} {digest} {}{known}", word(answer.status), answer.name)
    };
    let lines: Vec<String> = answers.iter().map(line).collect();
    Observation {
        facts: facts.facts(),
        evidence: vec![piece("answers", &lines.join("\n"))],
        reproduce: reproduced(
            most.and_then(|most| by_digest[most].first().copied()),
            &odd,
            &unread,
        ),
    }
}

/// The digests of an answer that most agree with, and of one that is not like it.
fn reproduced(
    usual: Option<&LatticeAnswer>,
    odd: &[&LatticeAnswer],
    unread: &[&LatticeAnswer],
) -> Option<String> {
    let other = odd.first().or(unread.first())?;
    let lines = usual.into_iter().chain([*other]).map(|answer| answer.reproduce.clone());
    Some(lines.collect::<Vec<_>>().join(" && "))
}

fn word(status: Option<u16>) -> String {
    status.map_or_else(|| "no answer".to_owned(), |status| status.to_string())
}

fn names(answers: &[&LatticeAnswer]) -> Vec<String> {
    answers.iter().map(|answer| answer.name.clone()).collect()
}

/// A few of the answers that differ, each with its digest.
fn evidence(odd: &[&LatticeAnswer]) -> String {
    let mut told: Vec<String> = (odd.iter())
        .map(|answer| {
            let digest = answer.digest.as_deref().unwrap_or_default();
            format!("{} ({})", answer.name, &digest[..digest.len().min(DIGEST_SHOWN)])
        })
        .collect();
    told.dedup();
    let more = told.len().saturating_sub(TOLD_MAX);
    told.truncate(TOLD_MAX);
    if more > 0 {
        told.push(format!("{more} more"));
    }
    told.join("; ")
}
