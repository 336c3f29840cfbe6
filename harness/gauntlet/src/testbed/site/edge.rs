//! The edge: a correct shared cache in front of the origin (RFC 9111), and its faults.
//!
//! Conditional requests go to the origin, and its 304 comes back unchanged, which a cache may
//! always do. So a 304 that users see is the origin's, with the origin's faults.

use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, Response, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;
use wasm_gauntlet_model::fault::Fault;
use wasm_gauntlet_web::coding::Layer;

use super::assets::{old_variant, previous_path};
use super::breach::Breach;
use super::cache::{Store, Stored, directive, is_storable};
use super::faults::SiteFaults;
use super::origin::refusal;
use super::reply::{SiteReply, cut_short, kept_open, whole};
use crate::locks::unpoisoned;

/// Timeout of one exchange with the origin, which is on this machine.
const ORIGIN_TIMEOUT: Duration = Duration::from_secs(10);

/// Most bytes of an origin's body: ten times the module.
const BODY_BYTES_MAX: usize = 16 << 20;

/// Fields of one connection only (RFC 9110 §7.6.1); those that `Connection` names go too.
const HOP_BY_HOP: [HeaderName; 7] = [
    header::CONNECTION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
];

/// Fields that make a request conditional or partial.
const CONDITIONS: [HeaderName; 6] = [
    header::IF_NONE_MATCH,
    header::IF_MODIFIED_SINCE,
    header::IF_MATCH,
    header::IF_UNMODIFIED_SINCE,
    header::IF_RANGE,
    header::RANGE,
];

/// The type of modules.
const WASM: &str = "application/wasm";

/// The field with which CDNs say whether their cache answered.
const X_CACHE: HeaderName = HeaderName::from_static("x-cache");

/// Our name towards the origin (RFC 9110 §7.6.3).
const VIA: HeaderValue = HeaderValue::from_static("1.1 gauntlet-edge");

/// The shared cache.
#[derive(Debug)]
pub(super) struct Edge {
    origin: SocketAddr,
    store: Mutex<Store>,
    faults: SiteFaults,
}

/// Marks an answer that was shorter than announced. It is passed on unchanged, and not stored (RFC
/// 9111 §3.3).
#[derive(Debug, Clone, Copy)]
struct CutShort;

/// What the origin sent.
type Fetched = Response<Bytes>;

impl Edge {
    /// An empty cache in front of `origin`.
    pub(super) fn new(origin: SocketAddr, faults: &SiteFaults) -> Self {
        let store = Store::new(faults.has(Fault::EdgeIgnoresVary));
        Self { origin, store: Mutex::new(store), faults: faults.clone() }
    }

    /// Answer one request, from the store if that is allowed.
    pub(super) async fn answer(&self, request: Request<()>) -> SiteReply {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let part = request.headers().contains_key(header::RANGE);
        let is_module = path.ends_with(".wasm") && path != previous_path();
        if method == Method::HEAD && is_module && self.faults.has(Fault::HeadNeverAnswers) {
            return std::future::pending().await;
        }
        let outcome = if is_for_the_store(&request) {
            self.answer_from_store(&request).await
        } else {
            self.fetch(&request, None).await.map(missed)
        };
        let reply = outcome.map(|reply| self.retyped(reply));
        let reply =
            reply.unwrap_or_else(|_| refusal(StatusCode::BAD_GATEWAY, "the origin is down\n"));
        match reply.status() {
            StatusCode::OK if is_module && method == Method::GET => self.spoiled(reply, part),
            StatusCode::OK if is_module => self.lengthened(reply),
            _ => reply,
        }
    }

    /// The faults of an answer with the module, `part` of which may have been asked for.
    fn spoiled(&self, mut reply: SiteReply, part: bool) -> SiteReply {
        let Some(bytes) = length(&reply) else { return reply };
        if self.faults.has(Fault::LengthTwice) {
            Breach::Length.mark(&mut reply);
        }
        if self.faults.has(Fault::ModuleCloses) {
            Breach::Close.mark(&mut reply);
        }
        if self.faults.has(Fault::Unasked206) && !part && bytes > 0 {
            *reply.status_mut() = StatusCode::PARTIAL_CONTENT;
            let range = format!("bytes 0-{}/{bytes}", bytes - 1);
            if let Ok(range) = HeaderValue::try_from(range) {
                reply.headers_mut().insert(header::CONTENT_RANGE, range);
            }
        }
        if self.faults.has(Fault::LengthKeptOpen) && is_br(&reply) {
            return self.lengthened(reply).map(kept_open);
        }
        reply
    }

    /// The fault of a length that is three times what comes, in the br variant.
    fn lengthened(&self, mut reply: SiteReply) -> SiteReply {
        if let Some(bytes) = length(&reply)
            && self.faults.has(Fault::LengthKeptOpen)
            && is_br(&reply)
        {
            reply.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(bytes * 3));
        }
        reply
    }

    /// The fault of a table of types that lacks `.wasm`.
    fn retyped(&self, mut reply: SiteReply) -> SiteReply {
        let is_module = reply.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == WASM);
        if is_module && self.faults.has(Fault::EdgeRewritesType) {
            let kind = HeaderValue::from_static("application/octet-stream");
            reply.headers_mut().insert(header::CONTENT_TYPE, kind);
        }
        reply
    }

    /// The fault of keeping the old content of a name after a new deployment.
    fn aged(&self, request: &Request<()>, fetched: Fetched) -> Fetched {
        let is_module =
            fetched.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == WASM);
        let is_asked = is_module && request.uri().query().is_none();
        if !is_asked || !self.faults.has(Fault::EdgeStale) {
            return fetched;
        }
        let coding = fetched.headers().get(header::CONTENT_ENCODING);
        let coding = coding.and_then(|line| line.to_str().ok()).and_then(Layer::of_word);
        let old = old_variant(request.uri().path(), coding);
        let (mut parts, _) = fetched.into_parts();
        parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(old.body.len()));
        if let Ok(etag) = HeaderValue::try_from(&old.etag) {
            parts.headers.insert(header::ETAG, etag);
        }
        Response::from_parts(parts, old.body)
    }

    async fn answer_from_store(&self, request: &Request<()>) -> Result<SiteReply, OriginAway> {
        let url = url(request);
        let stored = self.store().find(&url, request.headers());
        match stored {
            Some(stored) if stored.is_fresh(Instant::now()) && !asks_anew(request) => {
                Ok(hit(stored))
            }
            _ if request.method() == Method::HEAD => self.fetch(request, None).await.map(missed),
            Some(stored) => self.revalidate(request, url, stored).await,
            None => Ok(self.take(request, url, self.fetch(request, None).await?)),
        }
    }

    /// Revalidate the stored response with the origin (§4.3).
    async fn revalidate(
        &self,
        request: &Request<()>,
        url: String,
        mut stored: Stored,
    ) -> Result<SiteReply, OriginAway> {
        let fetched = self.fetch(request, stored.headers.get(header::ETAG)).await?;
        if fetched.status() != StatusCode::NOT_MODIFIED {
            return Ok(self.take(request, url, fetched));
        }
        stored.refresh(fetched.headers(), Instant::now());
        self.store().keep(url, request.headers(), stored.clone());
        Ok(hit(stored))
    }

    /// Store the response if that is allowed, and pass it on.
    fn take(&self, request: &Request<()>, url: String, fetched: Fetched) -> SiteReply {
        let fetched = self.aged(request, fetched);
        let keep =
            fetched.status() == StatusCode::OK && fetched.extensions().get::<CutShort>().is_none();
        if keep && is_storable(request.headers(), fetched.headers()) {
            let (headers, body) = (fetched.headers().clone(), fetched.body().clone());
            let stored = Stored { headers, body, since: Instant::now() };
            self.store().keep(url, request.headers(), stored);
        }
        missed(fetched)
    }

    /// Nothing panics under the lock. If it did, the store would still be consistent.
    fn store(&self) -> MutexGuard<'_, Store> {
        unpoisoned(self.store.lock())
    }

    async fn fetch(
        &self,
        request: &Request<()>,
        etag: Option<&HeaderValue>,
    ) -> Result<Fetched, OriginAway> {
        let mut forward = Request::new(Empty::<Bytes>::new());
        *forward.method_mut() = request.method().clone();
        *forward.uri_mut() = path_of(request.uri());
        *forward.headers_mut() = request.headers().clone();
        let headers = forward.headers_mut();
        remove_hop_by_hop(headers);
        if self.faults.has(Fault::EdgeIdentityOnly) {
            headers.remove(header::ACCEPT_ENCODING);
        }
        // No body is read from the client, so none is announced.
        headers.remove(header::CONTENT_LENGTH);
        headers.append(header::VIA, VIA);
        if !headers.contains_key(header::HOST) {
            let host = HeaderValue::try_from(self.origin.to_string()).map_err(|_| OriginAway)?;
            headers.insert(header::HOST, host);
        }
        if let Some(etag) = etag {
            headers.insert(header::IF_NONE_MATCH, etag.clone());
        }
        let exchange = timeout(ORIGIN_TIMEOUT, exchange(self.origin, forward));
        exchange.await.map_err(|_| OriginAway)?
    }
}

/// The origin did not answer, not in time, or past a bound: 502 for the client.
#[derive(Debug)]
struct OriginAway;

async fn exchange(
    origin: SocketAddr,
    request: Request<Empty<Bytes>>,
) -> Result<Fetched, OriginAway> {
    let stream = TcpStream::connect(origin).await.map_err(|_| OriginAway)?;
    let handshake = http1::handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = handshake.map_err(|_| OriginAway)?;
    // Ends when the sender is dropped.
    tokio::spawn(connection);
    let answer = sender.send_request(request).await.map_err(|_| OriginAway)?;
    let (mut parts, body) = answer.into_parts();
    let (bytes, is_whole) = read(body).await?;
    if !is_whole {
        parts.extensions.insert(CutShort);
    }
    remove_hop_by_hop(&mut parts.headers);
    Ok(Response::from_parts(parts, bytes))
}

/// The bytes of a body, and whether they are all that was announced.
async fn read(mut body: hyper::body::Incoming) -> Result<(Bytes, bool), OriginAway> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return Ok((bytes.into(), false)) };
        bytes.extend_from_slice(frame.data_ref().map(|data| &data[..]).unwrap_or_default());
        if bytes.len() > BODY_BYTES_MAX {
            return Err(OriginAway);
        }
    }
    Ok((bytes.into(), true))
}

fn is_for_the_store(request: &Request<()>) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD)
        && !CONDITIONS.iter().any(|name| request.headers().contains_key(name))
        && directive(request.headers(), "no-store").is_none()
}

/// Whether the client demands a request to the origin (§5.2.1).
fn asks_anew(request: &Request<()>) -> bool {
    let headers = request.headers();
    directive(headers, "no-cache").is_some()
        || directive(headers, "max-age").is_some_and(|seconds| seconds == "0")
}

fn length(reply: &SiteReply) -> Option<u64> {
    reply.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn is_br(reply: &SiteReply) -> bool {
    reply.headers().get(header::CONTENT_ENCODING).is_some_and(|one| one == "br")
}

/// The primary key: host, path and query.
fn url(request: &Request<()>) -> String {
    let host = request.headers().get(header::HOST).map(HeaderValue::as_bytes).unwrap_or_default();
    format!("{}{}", String::from_utf8_lossy(host), path_of(request.uri()))
}

/// Path and query, whatever the form of the request target.
fn path_of(uri: &Uri) -> Uri {
    uri.path_and_query().cloned().map(Uri::from).unwrap_or_default()
}

fn remove_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<String> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(',').map(|name| name.trim().to_owned()))
        .collect();
    for name in named {
        headers.remove(name);
    }
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
    headers.remove("keep-alive");
}

fn hit(stored: Stored) -> SiteReply {
    let age = stored.age(Instant::now()).as_secs();
    let mut reply = Response::new(whole(stored.body));
    *reply.headers_mut() = stored.headers;
    reply.headers_mut().insert(header::AGE, HeaderValue::from(age));
    reply.headers_mut().insert(X_CACHE, HeaderValue::from_static("HIT"));
    reply
}

fn missed(fetched: Fetched) -> SiteReply {
    let is_cut = fetched.extensions().get::<CutShort>().is_some();
    let mut reply = fetched.map(|bytes| if is_cut { cut_short(bytes) } else { whole(bytes) });
    reply.headers_mut().insert(X_CACHE, HeaderValue::from_static("MISS"));
    reply
}
