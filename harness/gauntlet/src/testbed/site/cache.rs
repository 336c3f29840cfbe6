//! The store of the shared cache: which responses may be kept, for which requests, and for how long
//! (RFC 9111 §3 and §4). It knows no socket, and the caller gives the time.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use hyper::body::Bytes;
use hyper::header::{self, HeaderMap, HeaderName};

/// Most entries, all variants counted. One-off queries of a run would fill any cache.
const ENTRIES_MAX: usize = 256;

/// Most bytes of bodies: forty raw modules.
const BYTES_MAX: usize = 64 << 20;

/// A stored 200.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// When it came, or was last revalidated.
    pub(super) since: Instant,
}

impl Stored {
    /// Time since the origin sent or confirmed it. Ours is the only cache, so there is no `Age`.
    pub(super) fn age(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.since)
    }

    /// Whether it may be used without revalidation (§4.2). `Expires` and heuristics are not used: a
    /// response without a lifetime is revalidated each time, which is always allowed.
    pub(super) fn is_fresh(&self, now: Instant) -> bool {
        let seconds = |name| directive(&self.headers, name)?.parse().ok();
        let lifetime = seconds("s-maxage").or_else(|| seconds("max-age")).unwrap_or(0);
        directive(&self.headers, "no-cache").is_none()
            && self.age(now) < Duration::from_secs(lifetime)
    }

    /// Update it from a 304 (§3.2), without the fields that describe the body.
    pub(super) fn refresh(&mut self, confirmed: &HeaderMap, now: Instant) {
        let of_body = [header::CONTENT_ENCODING, header::CONTENT_LENGTH, header::CONTENT_TYPE];
        for name in confirmed.keys().filter(|name| !of_body.contains(name)) {
            self.headers.remove(name);
            for value in confirmed.get_all(name) {
                self.headers.append(name, value.clone());
            }
        }
        self.since = now;
    }
}

/// The request fields that selected a response, with their values.
type Secondary = Vec<(HeaderName, Vec<String>)>;

#[derive(Debug)]
struct CacheEntry {
    url: String,
    secondary: Secondary,
    stored: Stored,
}

/// Responses by URL and by the request fields that their `Vary` names; the oldest go first.
#[derive(Debug)]
pub(super) struct Store {
    entries: VecDeque<CacheEntry>,
    bytes: usize,
    ignores_vary: bool,
}

impl Store {
    /// An empty store. `ignores_vary` is the fault of a key that is the URL alone.
    pub(super) fn new(ignores_vary: bool) -> Self {
        Self { entries: VecDeque::new(), bytes: 0, ignores_vary }
    }

    /// The newest response that is right for this request (§4.1).
    pub(super) fn find(&self, url: &str, request: &HeaderMap) -> Option<Stored> {
        let matches = |entry: &&CacheEntry| {
            let same = |(name, value): &(HeaderName, Vec<String>)| said(request, name) == *value;
            entry.url == url && entry.secondary.iter().all(same)
        };
        self.entries.iter().rev().find(matches).map(|entry| entry.stored.clone())
    }

    /// Store a response to this request, in place of one with the same keys.
    pub(super) fn keep(&mut self, url: String, request: &HeaderMap, stored: Stored) {
        let Some(secondary) = self.secondary(request, &stored.headers) else { return };
        let same = |entry: &CacheEntry| entry.url == url && entry.secondary == secondary;
        if let Some(at) = self.entries.iter().position(same) {
            self.remove(at);
        }
        self.bytes += stored.body.len();
        self.entries.push_back(CacheEntry { url, secondary, stored });
        while self.entries.len() > ENTRIES_MAX || self.bytes > BYTES_MAX {
            self.remove(0);
        }
    }

    fn remove(&mut self, at: usize) {
        if let Some(entry) = self.entries.remove(at) {
            self.bytes -= entry.stored.body.len();
        }
    }

    /// `None` for `Vary: *`, which matches no later request.
    fn secondary(&self, request: &HeaderMap, response: &HeaderMap) -> Option<Secondary> {
        if self.ignores_vary {
            return Some(Vec::new());
        }
        let mut names: Vec<String> = said(response, &header::VARY);
        names.dedup();
        let key = |name: String| {
            let name = HeaderName::try_from(name).ok()?;
            let value = said(request, &name);
            (name.as_str() != "*").then_some((name, value))
        };
        names.into_iter().map(key).collect()
    }
}

/// Whether a shared cache may keep this 200 (§3).
pub(super) fn is_storable(request: &HeaderMap, response: &HeaderMap) -> bool {
    let barred = |headers, name| directive(headers, name).is_some();
    !barred(request, "no-store")
        && !barred(response, "no-store")
        && !barred(response, "private")
        && !request.contains_key(header::AUTHORIZATION)
        && !response.contains_key(header::SET_COOKIE)
}

/// The argument of a `Cache-Control` directive; "" if it has none.
pub(super) fn directive(headers: &HeaderMap, name: &str) -> Option<String> {
    said(headers, &header::CACHE_CONTROL).into_iter().find_map(|member| {
        let (word, value) = member.split_once('=').unwrap_or((&member, ""));
        (word == name).then(|| value.trim_matches('"').to_owned())
    })
}

/// The members of a list field, normalised so that fields with the same meaning are equal: lower
/// case, no blanks, sorted. Every field here is such a list. An absent field differs from an empty
/// one.
fn said(headers: &HeaderMap, name: &HeaderName) -> Vec<String> {
    let lines = headers.get_all(name).iter().map(|line| String::from_utf8_lossy(line.as_bytes()));
    let mut members: Vec<String> = lines
        .flat_map(|line| {
            let normal = |member: &str| member.to_ascii_lowercase().replace([' ', '\t'], "");
            line.split(',').map(normal).collect::<Vec<_>>()
        })
        .collect();
    members.sort();
    members
}
