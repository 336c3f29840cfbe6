//! One exchange on the wire, every bound in place: bytes are kept as they came, redirects are
//! not followed here, nothing is decoded, and nothing a server does keeps us for long.
//!
//! Nothing here knows what an exchange is for.

mod bodies;
mod doors;
pub mod failure;
mod patience;
mod plain;
pub mod reach;
pub mod redirect;
mod runtimes;
mod socket;
mod trust;

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant, SystemTime};

use hyper::{HeaderMap, StatusCode, Version};
use url::Url;
use wasm_gauntlet_model::action::Method;

use self::bodies::Bodies;
use self::doors::Doors;
use self::failure::Failure;
use self::patience::Patience;
use self::runtimes::Runtimes;
pub use self::trust::Certificates;
use self::trust::Pinned;
use super::headers::Headers;

/// Sent as `User-Agent`, so that an operator can tell our requests in a log.
pub const USER_AGENT: &str = concat!("wasm-gauntlet/", env!("CARGO_PKG_VERSION"));

/// Header lines taken of one response; hyper's own default, and ten times what sites send.
const HEADER_LINES_MAX: usize = 100;

/// Bytes of all header lines over HTTP/2; browsers stop at 256 KiB.
const HEADER_BYTES_MAX: u32 = 256 << 10;

/// Bytes made room for because they were announced; more than that has to come first.
const ANNOUNCED_MAX: usize = 4 << 20;

/// How long, how much and how far a single exchange may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Until the connection stands, TLS included.
    pub connect: Duration,
    /// Until the last byte; 64 MiB in 30 s is slower than any link that a test runs on.
    pub total: Duration,
    /// Between two reads.
    pub idle: Duration,
    /// Bytes of one body, as they come: past any module that people wait for.
    pub body_bytes_max: usize,
    /// Redirects of one exchange; browsers follow 20, and more than 10 is a defect by itself.
    pub redirects_max: usize,
    /// In answers of one site that came too slowly or never: two that met `total`, or six that
    /// met `idle`. Who waits so long learns no more by waiting on.
    pub lost: Duration,
    /// In all exchanges with one site: 64 assets, each asked 400 times, at 70 ms an answer.
    pub all: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            total: Duration::from_secs(30),
            idle: Duration::from_secs(10),
            body_bytes_max: 64 << 20,
            redirects_max: 10,
            lost: Duration::from_secs(60),
            all: Duration::from_secs(1800),
        }
    }
}

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// GET or HEAD.
    pub method: Method,
    /// Where.
    pub url: Url,
    /// Header fields beside `Host`, in the order sent. Values are bytes, a character each, up to
    /// U+00FF; one with others is sent in UTF-8.
    pub fields: Vec<(&'static str, String)>,
    /// Bytes after which the rest of the body is not wanted; none wants it all.
    pub enough: Option<usize>,
    /// `Host` to send in place of that of the URL.
    pub host: Option<String>,
    /// The address to connect to, one of those that the client was made for.
    pub via: Option<IpAddr>,
}

impl Ask {
    /// A request for `url` with the fields that every request has.
    pub fn new(method: Method, url: Url) -> Self {
        let fields = vec![("user-agent", USER_AGENT.to_owned()), ("accept", "*/*".to_owned())];
        Self { method, url, fields, enough: None, host: None, via: None }
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
pub struct Reply {
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
    /// Who answered.
    pub peer: Option<SocketAddr>,
    /// From the request to the header fields.
    pub first_byte: Duration,
    /// From the request to the last byte.
    pub wall: Duration,
    /// When the header fields had come.
    pub received: SystemTime,
}

impl Reply {
    /// One whose header fields have just come, in an exchange that began at `begun`.
    fn of_head(
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
            peer,
            first_byte: begun.elapsed(),
            wall: Duration::ZERO,
            received: SystemTime::now(),
        }
    }
}

/// Makes exchanges.
pub struct Client {
    /// For TLS, once it is wanted: to read 140 certificates takes longer than an exchange.
    https: OnceLock<Secured>,
    /// The ways to single addresses of the site's host.
    doors: Doors,
    /// Origins with certificates of their own, the last named first.
    pinned: Vec<Pinned>,
    patience: Patience,
    runtimes: Runtimes,
    bodies: Bodies,
    /// What is held to.
    pub bounds: Bounds,
}

impl Client {
    /// A client within `bounds`.
    ///
    /// # Errors
    /// When the runtime cannot be started.
    pub fn new(bounds: Bounds) -> Result<Self, Failure> {
        // Another part of the process may have installed one before; either will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let runtimes = Runtimes::default();
        let (https, doors) = (OnceLock::new(), Doors::default());
        let (pinned, patience, bodies) = (Vec::new(), Patience::default(), Bodies::default());
        Ok(Self { https, doors, pinned, patience, runtimes, bodies, bounds })
    }

    /// Let requests for `host` go to each of `addresses`, as [`Ask::via`] says.
    ///
    /// # Errors
    /// When a client cannot be made.
    pub fn open_doors(
        &mut self,
        host: &str,
        addresses: &[IpAddr],
        trusted: Option<&Certificates>,
    ) -> Result<(), Failure> {
        self.doors = Doors::new(host, addresses, trusted, &self.bounds)?;
        Ok(())
    }

    /// Trust `certificates`, and nothing else, of the origin of `url`.
    ///
    /// # Errors
    /// When a client cannot be made of them.
    pub fn trust(&mut self, url: &Url, certificates: &Certificates) -> Result<(), Failure> {
        self.pinned.insert(0, Pinned::new(url, certificates, &self.bounds)?);
        Ok(())
    }

    /// The option by which `curl` trusts the origin of `url` as we do, where that is not as usual.
    pub fn trust_option(&self, url: &Url) -> Option<&str> {
        self.pinned.iter().find_map(|one| one.option(url))
    }

    /// Make one exchange; a redirect is a response like any other.
    ///
    /// # Errors
    /// When no response came whole enough to say anything of it.
    pub fn exchange(&self, ask: &Ask) -> Result<Reply, Failure> {
        self.patience.check(&self.bounds)?;
        let begun = Instant::now();
        let made = match ask.url.scheme() {
            "http" => self.plain(ask),
            _ => self.secure(ask)?,
        };
        let bytes = match &made {
            Ok(reply) => Some(reply.body.len()),
            Err(Failure::Timeout(_) | Failure::ConnectTimeout(_)) => None,
            Err(_) => Some(usize::MAX),
        };
        self.patience.spend(begun.elapsed(), bytes);
        made.map_err(|failure| match self.https.get() {
            Some(Secured { no_roots: Some(why), .. }) if failure.is_tls() => failure.because(why),
            _ => failure,
        })
    }

    fn plain(&self, ask: &Ask) -> Result<Reply, Failure> {
        let mut room = self.bodies.room();
        let made = plain::exchange(ask, self.doors.address(ask), &self.bounds, &mut room);
        let made = made.map(|reply| Reply { body: self.bodies.keep(&room), ..reply });
        self.bodies.give_back(room);
        made
    }

    fn secure(&self, ask: &Ask) -> Result<Result<Reply, Failure>, Failure> {
        let pinned = self.pinned.iter().find_map(|one| one.client(&ask.url));
        let usual = match pinned {
            Some(http) => http,
            None => &self.secured()?.http,
        };
        let (http, url, host) = self.doors.way(usual, ask);
        let soon = exchange(http.clone(), url, host, ask.clone(), self.bounds);
        let made = self.runtimes.run(soon)?;
        Ok(made.map(|(reply, body)| Reply { body: self.bodies.keep(&body), ..reply }))
    }

    fn secured(&self) -> Result<&Secured, Failure> {
        if let Some(secured) = self.https.get() {
            return Ok(secured);
        }
        let made = match builder(&self.bounds).build() {
            Ok(http) => Secured { http, no_roots: None },
            Err(error) => {
                let http = builder(&self.bounds).tls_certs_only([]).build();
                let http = http.map_err(|error| Failure::own(&error))?;
                Secured { http, no_roots: Some(failure::chain(&error)) }
            }
        };
        Ok(self.https.get_or_init(|| made))
    }
}

/// What speaks TLS.
struct Secured {
    http: reqwest::Client,
    /// Why no certificate store could be read; then every TLS connection fails.
    no_roots: Option<String>,
}

async fn exchange(
    http: reqwest::Client,
    url: Url,
    host: Option<String>,
    ask: Ask,
    bounds: Bounds,
) -> Result<(Reply, Vec<u8>), Failure> {
    let begun = Instant::now();
    let method = match ask.method {
        Method::Get => reqwest::Method::GET,
        Method::Head => reqwest::Method::HEAD,
    };
    let mut request = http.request(method, url);
    if let Some(host) = host {
        request = request.header("host", host);
    }
    for (name, value) in &ask.fields {
        request = request.header(*name, bytes_of(value));
    }
    let mut response = request.send().await.map_err(|error| Failure::of(&error, &bounds))?;
    let (version, status, peer) = (response.version(), response.status(), response.remote_addr());
    let mut reply = Reply::of_head(version, status, response.headers(), peer, begun);
    let mut body = Vec::new();
    let read = read_body(&mut response, &ask, &mut body, bounds).await;
    reply.wall = begun.elapsed();
    drop(response);
    runtimes::settled().await;
    reply.broken = read?;
    Ok((reply, body))
}

/// Read the body into `into`; why it broke off, if it did.
async fn read_body(
    response: &mut reqwest::Response,
    ask: &Ask,
    into: &mut Vec<u8>,
    bounds: Bounds,
) -> Result<Option<String>, Failure> {
    let announced = response.content_length().map_or(0, |length| length as usize);
    into.reserve(announced.min(ANNOUNCED_MAX));
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => into.extend_from_slice(&chunk),
            Ok(None) => return Ok(None),
            Err(error) if error.is_timeout() => {
                return Err(Failure::slow_body(into.len(), &bounds));
            }
            Err(error) => return Ok(Some(failure::chain(&error))),
        }
        if ask.enough.is_some_and(|enough| into.len() >= enough) {
            return Ok(None);
        }
        if into.len() > bounds.body_bytes_max {
            return Err(Failure::TooLarge { bytes_max: bounds.body_bytes_max });
        }
    }
}

/// The bytes of a field's value.
fn bytes_of(value: &str) -> Vec<u8> {
    let bytes: Result<Vec<u8>, _> = value.chars().map(u8::try_from).collect();
    bytes.unwrap_or_else(|_| value.as_bytes().to_vec())
}

fn builder(bounds: &Bounds) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        // What stands between us and the site is to be the site's own edge alone.
        .no_proxy()
        .connect_timeout(bounds.connect)
        .timeout(bounds.total)
        .read_timeout(bounds.idle)
        // A connection of its own for each probe: leftovers of a wrong length can not be read
        // as the next response, and no idle connection dies under a request.
        .pool_max_idle_per_host(0)
        .retry(reqwest::retry::never())
        // An exchange ends long before the first probe would be sent.
        .tcp_keepalive(None)
        .tcp_keepalive_interval(None)
        .tcp_keepalive_retries(None)
        .tcp_user_timeout(None)
        .http1_max_headers(HEADER_LINES_MAX)
        // A user agent reads a folded line as one (RFC 9112 §5.2).
        .http1_allow_obsolete_multiline_headers_in_responses(true)
        .http2_max_header_list_size(HEADER_BYTES_MAX)
}
