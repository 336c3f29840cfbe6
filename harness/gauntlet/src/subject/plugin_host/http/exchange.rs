//! One HTTP exchange with the host, with bounds of time and size. No redirect is followed, nothing
//! is retried or decoded.

use std::time::{Duration, Instant};

use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder};
use tokio::runtime::Handle;
use wasm_gauntlet_host::process::shutdown;
use wasm_gauntlet_host::worker::parent::work::{Lost, Timed};

use super::secrets::Secrets;
use crate::subject::Inability;

/// Longest body that is read: longer than every output of a guest. One guest returns its whole
/// memory of 16 MiB, and base64 adds a third.
const BODY_BYTES_MAX: usize = 24 << 20;

/// Most header lines, and most bytes of them over HTTP/2.
const HEADER_LINES_MAX: usize = 100;
const HEADER_BYTES_MAX: u32 = 64 << 10;

/// Timeout of a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Timeout of requests that call no guest: the first health check, uploads without compiling, logs.
pub(crate) const SHORT_TIMEOUT: Duration = Duration::from_secs(10);

/// Timeout of the health check of a host that was there before.
pub(crate) const HEALTH_TIMEOUT: Duration = Duration::from_secs(5);

/// Pause between two looks at whether a person wants us to end.
const SHUTDOWN_POLL: Duration = Duration::from_millis(100);

/// The tenant's header.
const TENANT: &str = "X-Tenant";

/// A request, as a mapping describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spoken {
    /// The method.
    pub(crate) method: String,
    /// The whole address.
    pub(crate) url: String,
    /// Header fields.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: Vec<u8>,
}

/// The result of sending a request.
pub(crate) enum Sent {
    /// A whole response.
    Answer(HostResponse),
    /// The connection failed, before or in the response.
    Cut {
        /// How.
        detail: String,
        /// Whether it ended with our timeout.
        slow: bool,
        /// How long it took.
        wall: Duration,
    },
    /// The request cannot be written at all.
    Never(String),
}

impl Sent {
    /// The result of `read` for a whole response, or the meaning of its absence.
    ///
    /// # Errors
    /// Where the request cannot be written, and those of `read`.
    pub(crate) fn read(
        self,
        read: impl FnOnce(HostResponse) -> Result<Timed, Inability>,
    ) -> Result<Timed, Inability> {
        match self {
            Self::Answer(answer) => read(answer),
            Self::Never(why) => Err(Inability::setup(why)),
            Self::Cut { detail, slow, wall } => {
                let how = if slow { Lost::Hung } else { Lost::Died };
                Ok(Timed::lost(how, format!("no complete answer: {detail}"), None, wall))
            }
        }
    }
}

/// A whole response.
pub(crate) struct HostResponse {
    /// The status.
    pub(crate) status: u16,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The body, as it came.
    pub(crate) body: Vec<u8>,
    /// From before the request was sent to after the last byte was read.
    pub(crate) wall: Duration,
}

impl HostResponse {
    /// A header's value, if it is there and is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// A client.
pub(crate) struct Exchange {
    client: Client,
    handle: Handle,
    /// The secrets of every request.
    pub(crate) secrets: Secrets,
}

impl Exchange {
    /// A client whose sockets live on `handle`.
    pub(crate) fn new(handle: Handle) -> Result<Self, Inability> {
        // Another part of this program may have installed it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = || {
            Client::builder()
                .no_proxy()
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never())
                // An idle connection that dies under a request would look like a dead host.
                .pool_max_idle_per_host(0)
                .connect_timeout(CONNECT_TIMEOUT)
                .http1_max_headers(HEADER_LINES_MAX)
                .http2_max_header_list_size(HEADER_BYTES_MAX)
                .user_agent(concat!("gauntlet/", env!("CARGO_PKG_VERSION")))
        };
        // A machine without certificates can still test a host on its own loopback.
        let client = builder().build().or_else(|_| builder().tls_certs_only([]).build());
        let cannot =
            |error| Inability::harness_fault(format!("no HTTP client can be made: {error}"));
        Ok(Self { client: client.map_err(cannot)?, handle, secrets: Secrets::default() })
    }

    /// GET, in a tenant's name where one is given.
    pub(crate) fn get(&self, url: &str, tenant: Option<&str>) -> Sent {
        let request = self.client.request(Method::GET, url).timeout(SHORT_TIMEOUT);
        self.send(match tenant {
            Some(tenant) => request.header(TENANT, tenant),
            None => request,
        })
    }

    /// GET, in nobody's name.
    pub(crate) fn look(&self, url: &str, patience: Duration) -> Sent {
        self.send(self.client.request(Method::GET, url).timeout(patience))
    }

    /// PUT bytes.
    pub(crate) fn put(&self, url: &str, body: Vec<u8>, patience: Duration) -> Sent {
        self.send(self.client.request(Method::PUT, url).body(body).timeout(patience))
    }

    /// POST bytes in a tenant's name.
    pub(crate) fn post(&self, url: &str, tenant: &str, body: Vec<u8>, patience: Duration) -> Sent {
        let request = self.client.request(Method::POST, url).header(TENANT, tenant);
        self.send(request.body(body).timeout(patience))
    }

    /// A request in another tongue.
    pub(crate) fn spoken(&self, spoken: Spoken, patience: Duration) -> Sent {
        let method = match Method::from_bytes(spoken.method.as_bytes()) {
            Ok(method) => method,
            Err(error) => return Sent::Never(error.to_string()),
        };
        let request = self.client.request(method, &spoken.url).timeout(patience);
        let headers = spoken.headers.into_iter();
        let request = headers.fold(request, |request, (name, value)| request.header(name, value));
        self.send(request.body(spoken.body))
    }

    fn send(&self, request: RequestBuilder) -> Sent {
        let mut request = match request.build() {
            Ok(request) => request,
            Err(error) => return Sent::Never(chain(&error)),
        };
        self.secrets.put_on(request.headers_mut());
        self.handle.block_on(async {
            let begun = Instant::now();
            tokio::select! {
                whole = self.whole(request, begun) => match whole {
                    Ok(answer) => Sent::Answer(answer),
                    Err((detail, slow)) => Sent::Cut { detail, slow, wall: begun.elapsed() },
                },
                () = stopped() => Sent::Never("the run was stopped during the request".to_owned()),
            }
        })
    }

    async fn whole(
        &self,
        request: reqwest::Request,
        begun: Instant,
    ) -> Result<HostResponse, (String, bool)> {
        let failed = |error: reqwest::Error| (chain(&error), error.is_timeout());
        let mut response = self.client.execute(request).await.map_err(failed)?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            body.extend_from_slice(&chunk);
            if body.len() > BODY_BYTES_MAX {
                return Err((format!("a body of more than {BODY_BYTES_MAX} bytes"), false));
            }
        }
        let wall = begun.elapsed();
        let (headers, body) = self.secrets.taken_out(headers, body);
        Ok(HostResponse { status, headers, body, wall })
    }
}

/// Ends some time after a person has asked us to end.
async fn stopped() {
    while !shutdown::over() {
        tokio::time::sleep(SHUTDOWN_POLL).await;
    }
}

/// An error with its causes, without the address, which the caller knows.
fn chain(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    if let Some(url) = error.url() {
        text = text.replace(&format!(" for url ({url})"), "");
    }
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}
