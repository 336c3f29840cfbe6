//! The origin: a static server by RFC 9110 and 9111, and its faults.
//!
//! Answers are a pure function of the request. A range is ignored, as §14.2 allows, except by the
//! fault that answers it wrongly. The query is ignored too. Faults of bytes are in `assets`, those
//! of headers are here.

use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use wasm_gauntlet_model::fault::Fault;
use wasm_gauntlet_web::coding::Layer;

use super::assets::{Asset, Assets, Variant};
use super::faults::SiteFaults;
use super::negotiate::{Offer, choose_by_substring};
use super::reply::{SiteReply, cut_short, whole};

/// `Last-Modified` of the site: a fixed moment, so that runs are equal.
const LAST_MODIFIED: &str = "Tue, 07 Jan 2025 09:00:00 GMT";

/// Content-addressed names never change.
const CACHE_HASHED: &str = "public, max-age=31536000, immutable";

/// The page is revalidated on each load, which costs a 304.
const CACHE_ENTRY: &str = "no-cache";

/// The type that servers send for unknown files.
const CACHE_SHORT: &str = "public, max-age=600";

/// The fault: a day without revalidation.
const CACHE_ENTRY_LONG: &str = "public, max-age=86400";

/// A page of our own scripts only, which may compile WebAssembly and nothing else.
const CONTENT_SECURITY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
     connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'";

/// The fault: no word on compiling WebAssembly.
const CONTENT_SECURITY_BLOCKS: &str = "default-src 'none'; script-src 'self'; \
     connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'";

/// Where the build before this one is, whole.
pub(super) const BEFORE: &str = "/previous-build";

/// The origin server.
#[derive(Debug)]
pub(super) struct OriginServer {
    assets: Assets,
    before: Assets,
    faults: SiteFaults,
    policy: HeaderValue,
}

/// The asset, because headers depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AssetKind {
    Entry,
    Shim,
    Module,
}

impl OriginServer {
    /// An origin with the given faults. If `elsewhere` is given, its page loads the module from
    /// that origin, and the page's policy allows it.
    pub(super) fn new(faults: SiteFaults, elsewhere: Option<String>) -> Self {
        let policy = match faults.has(Fault::CspBlocksWasm) {
            true => CONTENT_SECURITY_BLOCKS,
            false => CONTENT_SECURITY,
        };
        let connect = format!("connect-src 'self' {}", elsewhere.as_deref().unwrap_or_default());
        let policy = known(&policy.replace("connect-src 'self'", connect.trim_end()));
        let (assets, before) =
            (Assets::new(&faults, elsewhere.as_deref()), Assets::before(&faults));
        Self { assets, before, faults, policy }
    }

    /// Answer one request.
    pub(super) fn answer<B>(&self, request: &Request<B>) -> SiteReply {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let mut reply = refusal(StatusCode::METHOD_NOT_ALLOWED, "GET and HEAD only\n");
            reply.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
            return reply;
        }
        match self.find(request.uri().path()) {
            Some((kind, _)) if self.refuses(kind, request) => {
                refusal(StatusCode::SERVICE_UNAVAILABLE, "try again later\n")
            }
            Some((kind, asset)) => self.represent(kind, asset, request),
            None if self.faults.has(Fault::Soft404) => {
                self.represent(AssetKind::Entry, &self.assets.entry, request)
            }
            None => self.missing(),
        }
    }

    /// The fault of an answer only for those who offer nothing, as simple checks do.
    fn refuses<B>(&self, kind: AssetKind, request: &Request<B>) -> bool {
        let offers = request.headers().get(header::ACCEPT_ENCODING);
        let coded = offers.is_some_and(|offer| !offer.is_empty() && offer != "identity");
        self.faults.has(Fault::BrowsersRefused)
            && matches!(kind, AssetKind::Entry | AssetKind::Shim)
            && coded
    }

    fn missing(&self) -> SiteReply {
        let mut reply = refusal(StatusCode::NOT_FOUND, "not found\n");
        if self.faults.has(Fault::LongCached404) {
            let cache = HeaderValue::from_static(CACHE_HASHED);
            reply.headers_mut().insert(header::CACHE_CONTROL, cache);
        }
        reply
    }

    fn find(&self, path: &str) -> Option<(AssetKind, &Asset)> {
        let (assets, path) = match path.strip_prefix(BEFORE) {
            Some(path) => (&self.before, path),
            None => (&self.assets, path),
        };
        let Assets { entry, shim, module, previous } = assets;
        let found = [
            (AssetKind::Entry, entry),
            (AssetKind::Shim, shim),
            (AssetKind::Module, module),
            (AssetKind::Module, previous),
        ];
        let kept = found.len() - usize::from(self.faults.has(Fault::PreviousGone));
        let mut found = found.into_iter().take(kept);
        let (kind, asset) = found.find(|(_, asset)| asset.path == path)?;
        if self.faults.has(Fault::ModuleGone) && asset.path == module.path {
            return None;
        }
        let falls_back = kind == AssetKind::Module && self.faults.has(Fault::HtmlFallback)
            || kind == AssetKind::Shim && self.faults.has(Fault::ShimFallback);
        Some(if falls_back { (AssetKind::Entry, entry) } else { (kind, asset) })
    }

    fn represent<B>(&self, kind: AssetKind, asset: &Asset, request: &Request<B>) -> SiteReply {
        let Ok(chosen) = self.choose(request) else {
            let mut reply = refusal(StatusCode::NOT_ACCEPTABLE, "br, gzip or identity\n");
            self.set_vary(&mut reply, true);
            return reply;
        };
        let by_dictionary = self.is_by_dictionary(kind, request).then(|| asset.by_dictionary());
        let variant = by_dictionary.as_ref().unwrap_or_else(|| asset.variant(chosen));
        let mut reply = if is_unchanged(request.headers(), variant) {
            not_modified()
        } else if let Some(part) = self.part_of_raw(kind, asset, variant, request.headers()) {
            part
        } else {
            self.whole(kind, asset, variant)
        };
        let cache = HeaderValue::from_static(self.cache_control(kind));
        let headers = reply.headers_mut();
        headers.insert(header::CACHE_CONTROL, cache);
        headers.insert(header::ETAG, known(&variant.etag));
        headers.insert(header::LAST_MODIFIED, HeaderValue::from_static(LAST_MODIFIED));
        self.set_vary(&mut reply, chosen.is_some());
        reply
    }

    /// The fault of a coding that needs a dictionary, sent to every client that knows its name.
    fn is_by_dictionary<B>(&self, kind: AssetKind, request: &Request<B>) -> bool {
        let offers = request.headers().get_all(header::ACCEPT_ENCODING).iter();
        let mut offers = offers.filter_map(|line| line.to_str().ok());
        self.faults.has(Fault::DictionaryUnasked)
            && kind == AssetKind::Module
            && offers.any(|line| line.split(',').any(|word| word.trim() == "dcb"))
    }

    fn choose<B>(&self, request: &Request<B>) -> Result<Option<Layer>, super::negotiate::Refused> {
        let lines = request.headers().get_all(header::ACCEPT_ENCODING);
        let lines = lines.iter().filter_map(|line| line.to_str().ok());
        let raw_for_head = self.faults.has(Fault::HeadDiffers) && request.method() == Method::HEAD;
        match () {
            () if self.faults.has(Fault::NoCompression) || raw_for_head => Ok(None),
            () if self.faults.has(Fault::NegotiateBySubstring) => Ok(choose_by_substring(lines)),
            () => Offer::read(lines).choose(),
        }
    }

    fn whole(&self, kind: AssetKind, asset: &Asset, variant: &Variant) -> SiteReply {
        let bytes = variant.body.clone();
        let of_raw = kind == AssetKind::Module
            && variant.coding.is_some()
            && self.faults.has(Fault::LengthOfRaw);
        let (length, body) = match of_raw {
            true => (asset.variant(None).body.len(), cut_short(bytes)),
            false => (bytes.len(), whole(bytes)),
        };
        let mut reply = Response::new(body);
        self.describe(&mut reply, kind, variant);
        let headers = reply.headers_mut();
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        if kind == AssetKind::Entry {
            headers.insert(header::CONTENT_SECURITY_POLICY, self.policy.clone());
        }
        reply
    }

    /// The header fields about the bytes, without their number.
    fn describe(&self, reply: &mut SiteReply, kind: AssetKind, variant: &Variant) {
        let headers = reply.headers_mut();
        for line in self.content_type(kind) {
            headers.append(header::CONTENT_TYPE, HeaderValue::from_static(line));
        }
        if let Some(coding) = variant.coding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
            if kind == AssetKind::Module && coding == "gzip" && self.faults.has(Fault::CodingTwice)
            {
                headers.append(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
            }
        }
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    }

    /// The fault of cutting a range out of the raw module for a client that has the coded one.
    fn part_of_raw(
        &self,
        kind: AssetKind,
        asset: &Asset,
        variant: &Variant,
        request: &HeaderMap,
    ) -> Option<SiteReply> {
        let asked = request.get(header::RANGE)?.to_str().ok()?;
        if kind != AssetKind::Module || !self.faults.has(Fault::RangeOfRaw) {
            return None;
        }
        // A part for another tag is not sent (§13.1.5), and the fault keeps that rule.
        if request.get(header::IF_RANGE).is_some_and(|tag| tag != variant.etag.as_str()) {
            return None;
        }
        let raw = &asset.variant(None).body;
        let (first, last) = asked.strip_prefix("bytes=")?.split_once('-')?;
        let last = if last.is_empty() { raw.len().checked_sub(1)? } else { last.parse().ok()? };
        let first: usize = first.parse().ok()?;
        if first > last || last >= raw.len() {
            return None;
        }
        let mut reply = Response::new(whole(raw.slice(first..=last)));
        *reply.status_mut() = StatusCode::PARTIAL_CONTENT;
        self.describe(&mut reply, kind, variant);
        let range = known(&format!("bytes {first}-{last}/{}", raw.len()));
        reply.headers_mut().insert(header::CONTENT_RANGE, range);
        Some(reply)
    }

    /// The lines of `Content-Type`.
    fn content_type(&self, kind: AssetKind) -> &'static [&'static str] {
        const FAULTS: &[(Fault, &[&str])] = &[
            (Fault::MimeMissing, &[]),
            (Fault::MimeOctetStream, &["application/octet-stream"]),
            (Fault::MimeText, &["text/plain"]),
            (Fault::MimeParameter, &["application/wasm; charset=utf-8"]),
            (Fault::MimeTwice, &["application/wasm", "application/wasm"]),
            (Fault::MimeConflict, &["application/wasm", "application/octet-stream"]),
        ];
        let fault = FAULTS.iter().find(|(fault, _)| self.faults.has(*fault));
        match (kind, fault) {
            (AssetKind::Entry, _) if self.faults.has(Fault::PageAsDownload) => {
                &["application/octet-stream"]
            }
            (AssetKind::Entry, _) => &["text/html; charset=utf-8"],
            (AssetKind::Shim, _) => &["text/javascript; charset=utf-8"],
            (AssetKind::Module, Some((_, lines))) => lines,
            (AssetKind::Module, None) => &["application/wasm"],
        }
    }

    fn cache_control(&self, kind: AssetKind) -> &'static str {
        match kind {
            AssetKind::Entry if self.faults.has(Fault::EntryLongCache) => CACHE_ENTRY_LONG,
            AssetKind::Entry => CACHE_ENTRY,
            AssetKind::Shim | AssetKind::Module if self.faults.has(Fault::HashedNoCache) => {
                CACHE_ENTRY
            }
            AssetKind::Shim if self.faults.has(Fault::ShimUnhashed) => CACHE_SHORT,
            AssetKind::Module if self.faults.has(Fault::SkewBreaks) => CACHE_ENTRY,
            AssetKind::Shim | AssetKind::Module => CACHE_HASHED,
        }
    }

    /// `Vary` on every negotiated answer, the raw variant and the 304 too (§12.5.5).
    fn set_vary(&self, reply: &mut SiteReply, coded: bool) {
        let is_304 = reply.status() == StatusCode::NOT_MODIFIED;
        let omitted = self.faults.has(Fault::NoVary)
            || (self.faults.has(Fault::NoVaryOn304) && is_304)
            || (self.faults.has(Fault::NoVaryOnIdentity) && !coded && !is_304);
        if !omitted {
            let other = self.faults.has(Fault::OtherVaryOn304) && is_304;
            let vary = if other { "Origin" } else { "Accept-Encoding" };
            let vary = HeaderValue::from_static(vary);
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

fn not_modified() -> SiteReply {
    let mut reply = Response::new(whole(""));
    *reply.status_mut() = StatusCode::NOT_MODIFIED;
    reply
}

/// An answer of our own that no cache stores.
pub(super) fn refusal(status: StatusCode, text: &'static str) -> SiteReply {
    let mut reply = Response::new(whole(text));
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
