//! Why there was no response: the kinds, each with advice for a person.

use std::error::Error;
use std::io;

use super::ExchangeBounds;

/// Longest text kept of a library's error chain, bytes; parts of it may be a server's words.
const DETAIL_BYTES_MAX: usize = 300;

/// Why no response came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExchangeFailure {
    /// The name has no address.
    #[error("the name does not resolve ({0}); check the host name and the DNS of this machine")]
    Dns(String),
    /// Nobody listens.
    #[error("connection refused ({0}); check the port, and that the server runs")]
    Refused(String),
    /// No connection within the bound.
    #[error("no connection within {0} s; check the address and the firewalls")]
    ConnectTimeout(u64),
    /// No whole response within the bound.
    #[error("timed out {0}")]
    Timeout(String),
    /// The site has used up its time.
    #[error("no more requests are sent: {0}, which is the limit; check why the server is slow")]
    NoPatience(String),
    /// The certificate is not trusted, or there is no common TLS version.
    #[error("TLS failed ({0}); check the certificate and its chain, or try http")]
    Tls(String),
    /// The connection was closed before a response.
    #[error("the connection was closed before a response ({0}); look at the server's log")]
    Closed(String),
    /// The answer cannot be read here, or exceeds the bounds on header fields. Other clients may
    /// read it.
    #[error("the answer cannot be read as HTTP ({0})")]
    Garbled(String),
    /// The answer does not start like an HTTP answer (RFC 9112 §4).
    #[error("the answer is not HTTP ({0})")]
    NotHttp(String),
    /// The announced lengths are invalid or contradict one another (RFC 9112 §6.3).
    #[error("Content-Length is {0}, which is not a valid length")]
    Lengths(String),
    /// A body past the bound.
    #[error("the body exceeds {bytes_max} bytes")]
    TooLarge {
        /// The bound.
        bytes_max: usize,
    },
    /// An address that we do not visit.
    #[error("not followed: {0}")]
    Forbidden(String),
    /// Any other reason, including our own machine.
    #[error("{0}")]
    Other(String),
}

impl ExchangeFailure {
    /// A failure of our own machine.
    pub(super) fn own(error: &dyn Error) -> Self {
        Self::Other(format!("the HTTP client cannot start: {}", chain(error)))
    }

    /// A body that came too slowly.
    pub(super) fn slow_body(bytes: usize, bounds: &ExchangeBounds) -> Self {
        let (idle, total) = (bounds.idle.as_secs_f64(), bounds.total.as_secs_f64());
        let within = format!("the limits are {idle} s without a byte and {total} s in total");
        Self::Timeout(format!("after {bytes} bytes of the body; {within}"))
    }

    /// Whether TLS was the reason.
    pub(super) fn is_tls(&self) -> bool {
        matches!(self, Self::Tls(_))
    }

    /// The same failure with its causes.
    pub(super) fn because(self, why: &str) -> Self {
        match self {
            Self::Tls(detail) => Self::Tls(format!("{detail}; no certificate store: {why}")),
            other => other,
        }
    }

    /// The failure for an error of the client.
    pub(super) fn of(error: &reqwest::Error, bounds: &ExchangeBounds) -> Self {
        let detail = chain(error);
        if error.is_timeout() {
            return match error.is_connect() {
                true => Self::ConnectTimeout(bounds.connect.as_secs()),
                false => Self::Timeout("before the header fields arrived".to_owned()),
            };
        }
        if error.is_dns() {
            return Self::Dns(detail);
        }
        if causes(error).any(is_tls) {
            return Self::Tls(detail);
        }
        Self::by_cause(error, detail)
    }

    /// The failure for an error of a connection without TLS.
    pub(super) fn of_hyper(error: &hyper::Error) -> Self {
        Self::by_cause(error, whole_chain(error))
    }

    /// Why no connection was accepted.
    pub(super) fn of_connect(error: &io::Error) -> Self {
        Self::by_cause(error, whole_chain(error))
    }

    fn of_parse(detail: String) -> Self {
        match detail.as_str() {
            said if said.contains(LENGTHS_WRONG) => Self::Lengths("invalid".to_owned()),
            said if said.contains(VERSION_WRONG) => Self::NotHttp(detail),
            _ => Self::Garbled(detail),
        }
    }

    /// The same failure, replaced by a more precise one if the head shows it.
    pub(super) fn told_by(self, head: &[u8]) -> Self {
        match self {
            Self::Lengths(said) => Self::Lengths(lengths(head).unwrap_or(said)),
            other => other,
        }
    }

    fn by_cause(error: &(dyn Error + 'static), detail: String) -> Self {
        let io_kind = causes(error).find_map(|cause| cause.downcast_ref::<io::Error>());
        let hyper = causes(error).find_map(|cause| cause.downcast_ref::<hyper::Error>());
        match (io_kind.map(io::Error::kind), hyper) {
            (Some(io::ErrorKind::ConnectionRefused), _) => Self::Refused(detail),
            (_, Some(error)) if error.is_parse() => Self::of_parse(detail),
            (_, Some(error)) if error.is_incomplete_message() => Self::Closed(detail),
            (Some(_), _) => Self::Closed(detail),
            _ => Self::Other(detail),
        }
    }
}

/// The text about a body that stopped after a part.
pub(super) fn silence(bytes: usize, announced: Option<String>) -> String {
    match announced {
        Some(length) => format!("{bytes} of {length} bytes came, then nothing"),
        None => format!("{bytes} bytes came, then nothing"),
    }
}

/// The text of hyper about a head that it refuses. hyper offers no other way to tell these errors
/// apart.
const LENGTHS_WRONG: &str = "invalid content-length";
const VERSION_WRONG: &str = "invalid HTTP version";

/// The error and its causes, outermost first. An `io::Error` hides its inner error from `source`,
/// so it is unwrapped here.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| cause(*error))
}

fn cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    inner.map(|inner| inner as &(dyn Error + 'static)).or_else(|| error.source())
}

fn is_tls(error: &(dyn Error + 'static)) -> bool {
    error.is::<rustls::Error>()
}

/// The lengths that a head announces, as in "10, 20"; none where it has none.
fn lengths(head: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(head);
    let fields = text.lines().take_while(|line| !line.is_empty());
    let fields = fields.filter_map(|line| line.split_once(':'));
    let lengths = fields.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let lengths: Vec<String> = lengths.map(|(_, value)| value.trim().to_owned()).collect();
    let mut told = lengths.join(", ");
    told.truncate(told.floor_char_boundary(DETAIL_BYTES_MAX));
    (!lengths.is_empty()).then_some(told)
}

/// The messages of an error's causes without the outermost, which only names the URL again.
pub(super) fn chain(error: &dyn Error) -> String {
    error.source().map_or_else(|| whole_chain(error), whole_chain)
}

/// The messages of an error and its causes.
pub(super) fn whole_chain(error: &dyn Error) -> String {
    let mut messages: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(cause) = next {
        let message = cause.to_string();
        if messages.last().is_none_or(|last| !last.contains(&message)) {
            messages.push(message);
        }
        next = cause.source();
    }
    let mut text = messages.join(": ");
    text.truncate(text.floor_char_boundary(DETAIL_BYTES_MAX));
    text
}
