//! One request and one response.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use hyper::{HeaderMap, StatusCode, Version};
use url::Url;
use wasm_gauntlet_model::action::Method;

use super::repeated::Unanswered;
use crate::headers::Headers;

/// Sent as `User-Agent`, so that an operator can tell our requests in a log.
pub(crate) const USER_AGENT: &str = concat!("wasm-gauntlet/", env!("CARGO_PKG_VERSION"));

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// GET or HEAD.
    pub method: Method,
    /// Where.
    pub url: Url,
    /// Header fields besides `Host`, in the order sent. Values are bytes, one character each, up to
    /// U+00FF. A value with other characters is sent in UTF-8.
    pub fields: Vec<(&'static str, String)>,
    /// Most bytes of the body that are wanted; none wants all.
    pub enough: Option<usize>,
    /// `Host` to send in place of that of the URL.
    pub host: Option<String>,
    /// The address to connect to, one of those that the client was made for.
    pub via: Option<IpAddr>,
    /// How long we wait for the header fields; none for the default.
    pub silence: Option<Duration>,
    /// Whether a pause counts as the end of the body sooner, because one was seen before.
    pub(crate) hurried: bool,
    /// Whether the request is meant to fill a cache, which takes the whole body.
    pub fills: bool,
    /// Whether it compares places, each of which must send each variant whole once.
    pub by_place: bool,
    /// The query word that avoids cache entries of others, as in `word=value`.
    pub one_off: Option<String>,
}

impl HttpRequest {
    /// A request for `url` with the fields that every request has.
    pub fn new(method: Method, url: Url) -> Self {
        let fields = vec![("user-agent", USER_AGENT.to_owned()), ("accept", "*/*".to_owned())];
        Self {
            method,
            url,
            fields,
            enough: None,
            host: None,
            via: None,
            silence: None,
            hurried: false,
            fills: false,
            by_place: false,
            one_off: None,
        }
    }

    /// Whether the request has the field `name`.
    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(have, _)| *have == name)
    }

    /// The word of the request line.
    pub fn method_word(&self) -> &'static str {
        match self.method {
            Method::Get => "GET",
            Method::Head => "HEAD",
        }
    }
}

/// One response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpResponse {
    /// As in `HTTP/1.1`.
    pub version: String,
    /// Status code.
    pub status: u16,
    /// Header fields as received.
    pub headers: Headers,
    /// The body's bytes as they came; shared by all answers that had the same.
    pub body: Arc<[u8]>,
    /// Why the body ended before its announced end; none if it is whole.
    pub broken: Option<String>,
    /// Whether it stopped while the connection stayed open.
    pub stalled: bool,
    /// Whether only the first bytes were read. The rest comes from the same variant, which was read
    /// whole before.
    pub sampled: bool,
    /// Why no client can use this answer. The other fields then mean nothing.
    pub unanswered: Option<Unanswered>,
    /// Who answered.
    pub peer: Option<SocketAddr>,
    /// From the request to the header fields.
    pub first_byte: Duration,
    /// From the request to the last byte.
    pub wall: Duration,
    /// When the header fields had come.
    pub received: SystemTime,
}

impl HttpResponse {
    /// One whose header fields have just come, in an exchange that began at `begun`.
    pub(super) fn of_head(
        version: Version,
        status: StatusCode,
        fields: &HeaderMap,
        peer: Option<SocketAddr>,
        begun: Instant,
    ) -> Self {
        let fields = fields.iter();
        let fields = fields.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
        Self {
            version: format!("{version:?}"),
            status: status.as_u16(),
            headers: Headers(fields.collect()),
            body: Arc::default(),
            broken: None,
            stalled: false,
            sampled: false,
            unanswered: None,
            peer,
            first_byte: begun.elapsed(),
            wall: Duration::ZERO,
            received: SystemTime::now(),
        }
    }
}

/// The bytes of a field's value.
pub(super) fn bytes_of(value: &str) -> Vec<u8> {
    let bytes: Result<Vec<u8>, _> = value.chars().map(u8::try_from).collect();
    bytes.unwrap_or_else(|_| value.as_bytes().to_vec())
}
