//! One exchange, with every bound in place. Bytes are kept as received, redirects are not followed
//! here, nothing is decoded, and no server can delay us for long.
//!
//! Nothing here knows the purpose of an exchange.

mod address_clients;
mod bodies;
pub mod browser_agent;
pub mod failure;
mod message;
mod patience;
mod plain;
pub mod reach;
pub mod redirect;
pub mod repeated;
mod runtimes;
mod secure;
mod socket;
mod stalls;
mod trust;
mod variants;

use std::net::IpAddr;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use url::Url;
use wasm_gauntlet_model::action::Method;

use self::address_clients::AddressClients;
use self::bodies::Bodies;
use self::failure::ExchangeFailure;
use self::message::bytes_of;
pub use self::message::{HttpRequest, HttpResponse};
use self::patience::SitePatience;
use self::plain::{Around, MadeExchange};
use self::repeated::Heads;
use self::runtimes::Runtimes;
use self::secure::Secured;
use self::stalls::Stalls;
pub use self::trust::Certificates;
use self::trust::Pinned;
use self::variants::Variants;

use crate::locked::Locked;

/// Header lines taken of one response; hyper's own default, and ten times what sites send.
const HEADER_LINES_MAX: usize = 100;

/// Bytes of all header lines over HTTP/2; browsers stop at 256 KiB.
const HEADER_BYTES_MAX: u32 = 256 << 10;

/// Most bytes allocated because of an announced length. A longer body allocates as it arrives.
const ANNOUNCED_MAX: usize = 4 << 20;

/// The bounds of a single exchange: time, size, redirects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExchangeBounds {
    /// Until the connection stands, TLS included.
    pub connect: Duration,
    /// Until the last byte. 64 MiB in 30 s is slower than any link that a test uses.
    pub total: Duration,
    /// Between two reads.
    pub idle: Duration,
    /// Most bytes of one body as received: larger than any module that users wait for.
    pub body_bytes_max: usize,
    /// Redirects of one exchange; browsers follow 20, and more than 10 is a fault by itself.
    pub redirects_max: usize,
    /// Time for answers of one site that are too slow or never come: two that met `total`, or six
    /// that met `idle`. Waiting longer shows nothing new.
    pub lost: Duration,
    /// Time for all exchanges with one site: 64 assets, each asked 400 times, at 70 ms an answer.
    pub all: Duration,
}

impl Default for ExchangeBounds {
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

/// Makes exchanges.
pub struct Client {
    /// The TLS client, made when it is first needed: reading 140 certificates takes longer than an
    /// exchange.
    https: OnceLock<Secured>,
    /// Clients for single addresses of the host of the site.
    clients: AddressClients,
    /// Origins with certificates of their own, the last named first.
    pinned: Vec<Pinned>,
    patience: SitePatience,
    runtimes: Runtimes,
    bodies: Bodies,
    variants: Arc<Variants>,
    stalls: Arc<Stalls>,
    heads: Heads,
    /// What requests are sent as `User-Agent`; none for our own name.
    user_agent: Option<String>,
    /// The longest time until the header fields of an answer.
    slowest: Mutex<Duration>,
    /// The bounds of each exchange.
    pub bounds: ExchangeBounds,
}

impl Client {
    /// A client within `bounds`.
    ///
    /// # Errors
    /// When the runtime cannot be started.
    pub fn new(bounds: ExchangeBounds) -> Result<Self, ExchangeFailure> {
        // Another part of the process may have installed a provider already; either works.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Ok(Self {
            https: OnceLock::new(),
            clients: AddressClients::default(),
            pinned: Vec::new(),
            patience: SitePatience::default(),
            runtimes: Runtimes::default(),
            bodies: Bodies::default(),
            variants: Arc::default(),
            stalls: Arc::default(),
            heads: Heads::default(),
            user_agent: None,
            slowest: Mutex::default(),
            bounds,
        })
    }

    /// Send this as `User-Agent` in place of our own name.
    pub fn call_itself(&mut self, name: String) {
        self.user_agent = Some(name);
    }

    /// The request with the name that was set, unless it has another one than our own.
    pub(crate) fn named(&self, mut ask: HttpRequest) -> HttpRequest {
        if let Some(name) = self.user_agent.as_ref().filter(|_| ask.has_own_name()) {
            ask.call(name);
        }
        ask
    }

    /// Let requests for `host` go to each of `addresses`, as [`HttpRequest::via`] says.
    ///
    /// # Errors
    /// When a client cannot be made.
    pub fn open_doors(
        &mut self,
        host: &str,
        addresses: &[IpAddr],
        trusted: Option<&Certificates>,
    ) -> Result<(), ExchangeFailure> {
        self.clients = AddressClients::new(host, addresses, trusted, &self.bounds)?;
        Ok(())
    }

    /// For the origin of `url`, trust `certificates` and nothing else.
    ///
    /// # Errors
    /// When a client cannot be made of them.
    pub fn trust(&mut self, url: &Url, certificates: &Certificates) -> Result<(), ExchangeFailure> {
        self.pinned.insert(0, Pinned::new(url, certificates, &self.bounds)?);
        Ok(())
    }

    /// The option that makes `curl` trust the origin of `url` as we do; none for the usual trust.
    pub fn trust_option(&self, url: &Url) -> Option<&str> {
        self.pinned.iter().find_map(|one| one.option(url))
    }

    /// Make one exchange; a redirect is a response like any other.
    ///
    /// # Errors
    /// When no response came whole enough to say anything of it.
    pub fn exchange(&self, ask: &HttpRequest) -> Result<HttpResponse, ExchangeFailure> {
        self.patience.check(&self.bounds)?;
        let begun = Instant::now();
        let made = match ask.url.scheme() {
            "http" => self.plain(ask),
            _ => self.secure(ask)?,
        };
        self.account(ask, begun.elapsed(), &made);
        made.map_err(|failure| match self.https.get() {
            Some(Secured { no_roots: Some(why), .. }) if failure.is_tls() => failure.because(why),
            _ => failure,
        })
    }

    /// The longest time until the header fields of an answer so far.
    pub fn slowest_first_byte(&self) -> Duration {
        *self.slowest.locked()
    }

    /// The cost of an exchange. Time is lost where nothing comes of it. A first byte that comes
    /// late is no loss, nor are waits that are few and bounded elsewhere.
    fn account(
        &self,
        ask: &HttpRequest,
        wall: Duration,
        made: &Result<HttpResponse, ExchangeFailure>,
    ) {
        let (lasting, bytes) = match made {
            Ok(reply) => {
                let mut slowest = self.slowest.locked();
                *slowest = reply.first_byte.max(*slowest);
                let bounded = reply.stalled && self.stalls.has_room();
                let bytes = if bounded { usize::MAX } else { reply.body.len() };
                (wall.saturating_sub(reply.first_byte), Some(bytes))
            }
            Err(ExchangeFailure::Timeout(_)) if ask.method == Method::Head => {
                (wall, Some(usize::MAX))
            }
            Err(ExchangeFailure::Timeout(_) | ExchangeFailure::ConnectTimeout(_)) => (wall, None),
            Err(_) => (wall, Some(usize::MAX)),
        };
        self.patience.spend(wall, lasting, bytes);
    }

    fn plain(&self, ask: &HttpRequest) -> Result<HttpResponse, ExchangeFailure> {
        let mut room = self.bodies.room();
        let make = |has_turn, room: &mut Vec<u8>| {
            room.clear();
            let (variants, stalls) = (&*self.variants, &*self.stalls);
            let around = Around { bounds: &self.bounds, variants, stalls, has_turn };
            plain::exchange(ask, self.clients.address(ask), &around, room)
        };
        let made = match make(false, &mut room) {
            Ok(MadeExchange::Later) => {
                let _turn = self.variants.turn();
                self.patience.check(&self.bounds).and_then(|()| make(true, &mut room))
            }
            made => made,
        };
        let made = made.and_then(|made| match made {
            MadeExchange::Reply(reply) => Ok(self.kept(ask, reply, &room)),
            MadeExchange::Later => Err(ExchangeFailure::Other("the turn was lost".to_owned())),
        });
        self.bodies.give_back(room);
        made
    }

    fn secure(
        &self,
        ask: &HttpRequest,
    ) -> Result<Result<HttpResponse, ExchangeFailure>, ExchangeFailure> {
        let pinned = self.pinned.iter().find_map(|one| one.client(&ask.url));
        let usual = match pinned {
            Some(http) => http,
            None => &self.secured()?.http,
        };
        let (http, url, host) = self.clients.way(usual, ask);
        let within = |has_turn| secure::Within {
            bounds: self.bounds,
            variants: Arc::clone(&self.variants),
            stalls: Arc::clone(&self.stalls),
            has_turn,
        };
        let make = |has_turn| {
            let way = (http.clone(), url.clone(), host.clone());
            self.runtimes.run(secure::exchange(way, ask.clone(), within(has_turn)))
        };
        let mut made = make(false)?;
        if let Ok((MadeExchange::Later, _)) = made {
            let _turn = self.variants.turn();
            self.patience.check(&self.bounds)?;
            made = make(true)?;
        }
        Ok(made.and_then(|(made, body)| match made {
            MadeExchange::Reply(reply) => Ok(self.kept(ask, reply, &body)),
            MadeExchange::Later => Err(ExchangeFailure::Other("the turn was lost".to_owned())),
        }))
    }

    /// The reply with its body. The body is `read`, or that of a known variant.
    fn kept(&self, ask: &HttpRequest, reply: HttpResponse, read: &[u8]) -> HttpResponse {
        if reply.sampled {
            return reply;
        }
        let reply = HttpResponse { body: self.bodies.keep(read), ..reply };
        let whole = reply.broken.is_none() && reply.body.len() > variants::SAMPLE_BYTES;
        if let Some(key) = Variants::key(ask, &reply).filter(|_| whole) {
            self.variants.learn(key, ask, &reply.body);
        }
        reply
    }

    fn secured(&self) -> Result<&Secured, ExchangeFailure> {
        if let Some(secured) = self.https.get() {
            return Ok(secured);
        }
        let made = match builder(&self.bounds).build() {
            Ok(http) => Secured { http, no_roots: None },
            Err(error) => {
                let http = builder(&self.bounds).tls_certs_only([]).build();
                let http = http.map_err(|error| ExchangeFailure::own(&error))?;
                Secured { http, no_roots: Some(failure::chain(&error)) }
            }
        };
        Ok(self.https.get_or_init(|| made))
    }
}

fn builder(bounds: &ExchangeBounds) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        // No proxy: only the edge of the site itself may be between us and the site.
        .no_proxy()
        .connect_timeout(bounds.connect)
        // A body that keeps coming may take longer than usual.
        .timeout(bounds.total * patience::PACED_TIMES)
        .read_timeout(bounds.idle)
        // Each probe has its own connection: leftovers of a wrong length cannot be read as the next
        // response, and no idle connection closes during a request.
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
