//! Bodies on a slow link. A check of one module requests it more than a hundred times, which takes
//! minutes when one body takes ten seconds. So on a slow link each variant is read whole once. Of
//! later answers only the first bytes are read, and the rest is taken from the variant.
//!
//! A variant is identified by address, type, coding, length, `ETag` and `Last-Modified`, and the
//! first bytes must be equal. A comparison of places (`same-bytes-everywhere`) reads each variant
//! whole once at each place. On a slow link, a later answer of the same variant that differs after
//! its first bytes, or breaks off, is not noticed. None of this applies to a link that is not slow.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use wasm_gauntlet_model::action::Method;

use super::{HttpRequest, HttpResponse};
use crate::locked::Locked;

/// A link is slow where one body takes longer: 2 MB at 1 MB/s.
pub(super) const SLOW_AFTER: Duration = Duration::from_secs(2);

/// Bytes that are read of an answer with a known variant. They include the counts and sizes of the
/// first sections of a module, coded or not.
pub(super) const SAMPLE_BYTES: usize = 16 << 10;

/// Variants known: 64 assets in four codings.
const VARIANTS_MAX: usize = 256;

/// Bytes of all variants known.
const VARIANTS_BYTES_MAX: usize = 128 << 20;

/// Fields that show a shared cache. A request that is meant to fill one is read whole.
const CACHE_FIELDS: [&str; 7] =
    ["age", "via", "x-cache", "x-cache-status", "cf-cache-status", "cache-status", "x-served-by"];

/// Fields that tell variants apart.
const FIELDS: [&str; 5] =
    ["content-type", "content-encoding", "content-length", "etag", "last-modified"];

/// What tells one variant from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct VariantKey {
    url: String,
    fields: Vec<Vec<String>>,
    place: Option<Place>,
}

/// The place: address, `Host`, and whether caches are avoided.
type Place = (Option<IpAddr>, Option<String>, bool);

/// The variants of one run.
#[derive(Debug, Default)]
pub(super) struct Variants {
    slow: AtomicBool,
    known: Mutex<Vec<(VariantKey, Arc<[u8]>)>>,
    turn: Mutex<()>,
}

impl Variants {
    /// The key of the variant of `reply`, whose head has come; none where every answer is read as
    /// requested.
    pub(super) fn key(ask: &HttpRequest, reply: &HttpResponse) -> Option<VariantKey> {
        let has = |name: &&str| !reply.headers.lines(name).is_empty();
        let fills = ask.fills && CACHE_FIELDS.iter().any(has);
        if ask.method != Method::Get || reply.status != 200 || ask.enough.is_some() || fills {
            return None;
        }
        let fields = FIELDS.iter().map(|name| reply.headers.lines(name)).collect();
        let place = ask.by_place.then(|| place(ask));
        Some(VariantKey { url: without_word(ask), fields, place })
    }

    /// Whether the link is slow.
    pub(super) fn are_slow(&self) -> bool {
        self.slow.load(Ordering::Relaxed)
    }

    /// A body took too long.
    pub(super) fn slow_down(&self) {
        self.slow.store(true, Ordering::Relaxed);
    }

    /// The body of the variant `key`, if it is known whole and starts with `first`.
    pub(super) fn known(&self, key: &VariantKey, first: &[u8]) -> Option<Arc<[u8]>> {
        let known = self.known.locked();
        let body = known.iter().find(|(have, _)| have == key).map(|(_, body)| body)?;
        let enough = first.len() >= SAMPLE_BYTES.min(body.len());
        (enough && body.starts_with(first)).then(|| Arc::clone(body))
    }

    /// Remember the whole body of a variant.
    pub(super) fn learn(&self, key: VariantKey, ask: &HttpRequest, body: &Arc<[u8]>) {
        let anywhere = VariantKey { place: None, ..key.clone() };
        let here = VariantKey { place: Some(place(ask)), ..key };
        let mut known = self.known.locked();
        for key in [anywhere, here] {
            let held: usize = known.iter().map(|(_, body)| body.len()).sum();
            let room = known.len() < VARIANTS_MAX && held + body.len() <= VARIANTS_BYTES_MAX;
            if room && !known.iter().any(|(have, _)| *have == key) {
                known.push((key, Arc::clone(body)));
            }
        }
    }

    /// Wait until no other thread reads a whole body. A reader needs the whole link, and a thread
    /// that waits for a variant in progress need not read it.
    pub(super) fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.locked()
    }

    /// The turn, if it is free.
    pub(super) fn turn_now(&self) -> Option<MutexGuard<'_, ()>> {
        self.turn.try_lock().ok()
    }
}

fn place(ask: &HttpRequest) -> Place {
    (ask.via, ask.host.clone(), without_word(ask) != ask.url.as_str())
}

/// The address without the query word that avoids cache entries.
fn without_word(ask: &HttpRequest) -> String {
    let Some(word) = &ask.one_off else { return ask.url.to_string() };
    let text = ask.url.as_str();
    let own = text.strip_suffix(word.as_str());
    own.and_then(|text| text.strip_suffix(['?', '&'])).unwrap_or(text).to_owned()
}
