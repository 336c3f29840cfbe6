//! The origin: what RFC 9110 and 9111 ask of a static server, and the origin's switches.
//!
//! Answers are a pure function of the request. A range is ignored, as §14.2 allows, and so is
//! the query. The faults that lie in bytes are in `assets`, those that lie in headers are here.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use wasm_gauntlet_model::twin::Twin;

use super::assets::{Asset, Assets, Variant};
use super::faults::Faults;
use super::negotiate::Offer;

/// What every answer carries.
pub(super) type Reply = Response<Full<Bytes>>;

/// When the site was made, as it says: a fixed moment, so that runs are alike.
const LAST_MODIFIED: &str = "Tue, 07 Jan 2025 09:00:00 GMT";

/// Content-addressed names never change.
const CACHE_HASHED: &str = "public, max-age=31536000, immutable";

/// The page is asked for anew on each load, for the price of a 304.
const CACHE_ENTRY: &str = "no-cache";

/// What servers send for files that they know nothing of.
const CACHE_SHORT: &str = "public, max-age=600";

/// The fault: a day without asking.
const CACHE_ENTRY_LONG: &str = "public, max-age=86400";

/// A page of our own scripts only, which may compile WebAssembly and nothing else.
const CONTENT_SECURITY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
     connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'";

/// The origin server.
#[derive(Debug)]
pub(super) struct Origin {
    assets: Assets,
    faults: Faults,
}

/// Which asset, as the headers differ by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Entry,
    Shim,
    Module,
}

impl Origin {
    /// An origin with the given faults.
    pub(super) fn new(faults: Faults) -> Self {
        Self { assets: Assets::new(&faults), faults }
    }

    /// Answer one request.
    pub(super) fn answer<B>(&self, request: &Request<B>) -> Reply {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let mut reply = refusal(StatusCode::METHOD_NOT_ALLOWED, "GET and HEAD only\n");
            reply.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
            return reply;
        }
        match self.find(request.uri().path()) {
            Some((kind, asset)) => self.represent(kind, asset, request.headers()),
            None => refusal(StatusCode::NOT_FOUND, "not found\n"),
        }
    }

    fn find(&self, path: &str) -> Option<(Kind, &Asset)> {
        let Assets { entry, shim, module, previous } = &self.assets;
        let found = [
            (Kind::Entry, entry),
            (Kind::Shim, shim),
            (Kind::Module, module),
            (Kind::Module, previous),
        ];
        let kept = found.len() - usize::from(self.faults.has(Twin::PreviousGone));
        let mut found = found.into_iter().take(kept);
        let (kind, asset) = found.find(|(_, asset)| asset.path == path)?;
        let falls_back = kind == Kind::Module && self.faults.has(Twin::HtmlFallback);
        Some(if falls_back { (Kind::Entry, entry) } else { (kind, asset) })
    }

    fn represent(&self, kind: Kind, asset: &Asset, request: &HeaderMap) -> Reply {
        let lines = request.get_all(header::ACCEPT_ENCODING);
        let chosen = Offer::read(lines.iter().filter_map(|line| line.to_str().ok())).choose();
        let chosen = match chosen {
            _ if self.faults.has(Twin::NoCompression) => None,
            Ok(chosen) => chosen,
            Err(_) => {
                let mut reply = refusal(StatusCode::NOT_ACCEPTABLE, "br, gzip or identity\n");
                self.set_vary(&mut reply, true);
                return reply;
            }
        };
        let variant = asset.variant(chosen);
        let unchanged = is_unchanged(request, variant);
        let mut reply = if unchanged { not_modified() } else { self.whole(kind, variant) };
        let cache = HeaderValue::from_static(self.cache_control(kind));
        let headers = reply.headers_mut();
        headers.insert(header::CACHE_CONTROL, cache);
        headers.insert(header::ETAG, known(&variant.etag));
        headers.insert(header::LAST_MODIFIED, HeaderValue::from_static(LAST_MODIFIED));
        self.set_vary(&mut reply, chosen.is_some());
        reply
    }

    fn whole(&self, kind: Kind, variant: &Variant) -> Reply {
        let mut reply = Response::new(Full::new(variant.body.clone()));
        let headers = reply.headers_mut();
        if let Some(kind) = self.content_type(kind) {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        if let Some(coding) = variant.coding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(variant.body.len()));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if kind == Kind::Entry {
            let policy = HeaderValue::from_static(CONTENT_SECURITY);
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        reply
    }

    fn content_type(&self, kind: Kind) -> Option<&'static str> {
        match kind {
            Kind::Entry => Some("text/html; charset=utf-8"),
            Kind::Shim => Some("text/javascript; charset=utf-8"),
            Kind::Module if self.faults.has(Twin::MimeMissing) => None,
            Kind::Module if self.faults.has(Twin::MimeOctetStream) => {
                Some("application/octet-stream")
            }
            Kind::Module if self.faults.has(Twin::MimeText) => Some("text/plain"),
            Kind::Module if self.faults.has(Twin::MimeParameter) => {
                Some("application/wasm; charset=utf-8")
            }
            Kind::Module => Some("application/wasm"),
        }
    }

    fn cache_control(&self, kind: Kind) -> &'static str {
        match kind {
            Kind::Entry if self.faults.has(Twin::EntryLongCache) => CACHE_ENTRY_LONG,
            Kind::Entry => CACHE_ENTRY,
            Kind::Shim | Kind::Module if self.faults.has(Twin::HashedNoCache) => CACHE_ENTRY,
            Kind::Shim if self.faults.has(Twin::ShimUnhashed) => CACHE_SHORT,
            Kind::Shim | Kind::Module => CACHE_HASHED,
        }
    }

    /// `Vary` on whatever negotiation had a part in, the raw variant and the 304 too (§12.5.5).
    fn set_vary(&self, reply: &mut Reply, coded: bool) {
        let is_304 = reply.status() == StatusCode::NOT_MODIFIED;
        let omitted = self.faults.has(Twin::NoVary)
            || (self.faults.has(Twin::NoVaryOn304) && is_304)
            || (self.faults.has(Twin::NoVaryOnIdentity) && !coded && !is_304);
        if !omitted {
            let vary = HeaderValue::from_static("Accept-Encoding");
            reply.headers_mut().insert(header::VARY, vary);
        }
    }
}

/// Preconditions, in the order of §13.2.2; comparison is weak (§13.1.2).
fn is_unchanged(request: &HeaderMap, variant: &Variant) -> bool {
    let mut tags = request.get_all(header::IF_NONE_MATCH).iter().peekable();
    if tags.peek().is_some() {
        let lines = tags.filter_map(|line| line.to_str().ok());
        let mut tags = lines.flat_map(|line| line.split(','));
        return tags.any(|tag| match tag.trim() {
            "*" => true,
            tag => tag.strip_prefix("W/").unwrap_or(tag) == variant.etag,
        });
    }
    let since = request.get(header::IF_MODIFIED_SINCE).and_then(|line| line.to_str().ok());
    let since = since.and_then(|text| httpdate::parse_http_date(text).ok());
    let modified = httpdate::parse_http_date(LAST_MODIFIED).expect("a date of our own");
    since.is_some_and(|since| since >= modified)
}

fn not_modified() -> Reply {
    let mut reply = Response::new(Full::default());
    *reply.status_mut() = StatusCode::NOT_MODIFIED;
    reply
}

/// An answer of our own, kept by nobody.
pub(super) fn refusal(status: StatusCode, text: &'static str) -> Reply {
    let mut reply = Response::new(Full::from(text));
    *reply.status_mut() = status;
    let headers = reply.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(text.len()));
    reply
}

fn known(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("a value of our own is visible ASCII")
}
