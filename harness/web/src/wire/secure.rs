//! An exchange over TLS with reqwest, with the same bounds on the body as one without TLS.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::timeout;
use url::Url;
use wasm_gauntlet_model::action::Method;

use super::failure::{self, ExchangeFailure};
use super::plain::MadeExchange;
use super::stalls::{self, Stalls};
use super::variants::{SAMPLE_BYTES, SLOW_AFTER, Variants};
use super::{
    ANNOUNCED_MAX, ExchangeBounds, HttpRequest, HttpResponse, bytes_of, patience, runtimes,
};

/// The TLS client.
pub(super) struct Secured {
    pub(super) http: reqwest::Client,
    /// Why no certificate store could be read; then every TLS connection fails.
    pub(super) no_roots: Option<String>,
}

/// The bounds and shared state of an exchange.
pub(super) struct Within {
    pub(super) bounds: ExchangeBounds,
    pub(super) variants: Arc<Variants>,
    pub(super) stalls: Arc<Stalls>,
    /// Whether it is this one's turn to read a whole body on a slow link.
    pub(super) has_turn: bool,
}

/// Make the exchange, by a client, to a URL, with a `Host` if it is not that of the URL.
///
/// # Errors
/// When no response came whole enough to say anything of it.
pub(super) async fn exchange(
    (http, url, host): (reqwest::Client, Url, Option<String>),
    ask: HttpRequest,
    within: Within,
) -> Result<(MadeExchange, Vec<u8>), ExchangeFailure> {
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
    let silence = ask.silence.unwrap_or(within.bounds.total);
    let late = |_| ExchangeFailure::Timeout("before the header fields arrived".to_owned());
    let response = timeout(silence, request.send()).await.map_err(late)?;
    let mut response = response.map_err(|error| ExchangeFailure::of(&error, &within.bounds))?;
    let (version, status, peer) = (response.version(), response.status(), response.remote_addr());
    let mut reply = HttpResponse::of_head(version, status, response.headers(), peer, begun);
    let mut body = Vec::new();
    let read = read(&mut response, &ask, &mut reply, &mut body, &within).await;
    reply.wall = begun.elapsed();
    drop(response);
    runtimes::settled().await;
    match read? {
        true => Ok((MadeExchange::Reply(reply), body)),
        false => Ok((MadeExchange::Later, body)),
    }
}

/// Read the body into `into` as far as needed. Returns whether that is done.
async fn read(
    response: &mut reqwest::Response,
    ask: &HttpRequest,
    reply: &mut HttpResponse,
    into: &mut Vec<u8>,
    within: &Within,
) -> Result<bool, ExchangeFailure> {
    let (bounds, variants, begun) = (&within.bounds, &within.variants, Instant::now());
    let stalls_at = within.stalls.known(ask, reply);
    // A pause says nothing of how fast the link is.
    let mut key = Variants::key(ask, reply).filter(|_| stalls_at.is_none());
    let announced = response.content_length().map_or(0, |length| length as usize);
    into.reserve(announced.min(ANNOUNCED_MAX));
    loop {
        let idle = silence(ask, bounds, stalls_at == Some(into.len()));
        match timeout(idle, response.chunk()).await {
            Ok(Ok(Some(chunk))) => into.extend_from_slice(&chunk),
            Ok(Ok(None)) => return Ok(true),
            Ok(Err(error)) if !error.is_timeout() => {
                reply.broken = Some(failure::chain(&error));
                return Ok(true);
            }
            Ok(Err(_)) | Err(_) if into.is_empty() => {
                return Err(ExchangeFailure::slow_body(0, bounds));
            }
            Ok(Err(_)) | Err(_) => {
                reply.stalled = true;
                let length = reply.headers.first("content-length");
                reply.broken = Some(failure::silence(into.len(), length));
                return Ok(true);
            }
        }
        if ask.enough.is_some_and(|enough| into.len() >= enough) {
            return Ok(true);
        }
        if into.len() > bounds.body_bytes_max {
            return Err(ExchangeFailure::TooLarge { bytes_max: bounds.body_bytes_max });
        }
        let wall = begun.elapsed();
        if wall > bounds.total && !patience::is_paced(into.len(), wall, bounds) {
            return Err(ExchangeFailure::slow_body(into.len(), bounds));
        }
        if wall > SLOW_AFTER {
            variants.slow_down();
        }
        if variants.are_slow()
            && into.len() >= SAMPLE_BYTES
            && let Some(key) = key.take()
        {
            if let Some(body) = variants.known(&key, into) {
                (reply.body, reply.sampled) = (body, true);
                return Ok(true);
            }
            if !within.has_turn {
                return Ok(false);
            }
        }
    }
}

/// How long we wait for the next bytes.
fn silence(ask: &HttpRequest, bounds: &ExchangeBounds, stalls: bool) -> Duration {
    match stalls {
        true => stalls::silence_known(bounds.idle),
        false if ask.hurried => bounds.idle / 2,
        false => bounds.idle,
    }
}
