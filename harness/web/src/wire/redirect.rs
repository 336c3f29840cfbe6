//! Redirects, followed here one hop at a time: bounded, recorded, loops refused.

use std::time::Duration;

use url::Url;

use super::failure::ExchangeFailure;
use super::{Client, HttpRequest, HttpResponse, reach};

/// One response that led elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// Who answered.
    pub url: Url,
    /// With which status.
    pub status: u16,
}

/// An exchange with its redirects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trail {
    /// The redirects, in order.
    pub hops: Vec<Hop>,
    /// The last request.
    pub ask: HttpRequest,
    /// The last response.
    pub reply: HttpResponse,
    /// Why a last response that is a redirect was not followed.
    pub stopped: Option<String>,
    /// From the first request to the last byte.
    pub wall: Duration,
    /// The option that makes `curl` trust the first address as we did; none for the usual trust.
    pub trust: Option<String>,
}

impl Trail {
    /// Whether the last hop is on another host than the first.
    pub(crate) fn crossed_hosts(&self) -> bool {
        self.hops.first().is_some_and(|hop| hop.url.host_str() != self.ask.url.host_str())
    }
}

/// Send the request and follow redirects within the bounds. `site` is the site on whose behalf we
/// ask; `each` is given every URL before it is asked.
///
/// # Errors
/// When a hop gave no response, or the first address may not be asked.
pub fn follow(
    client: &Client,
    site: &Url,
    ask: HttpRequest,
    each: impl Fn(&mut Url),
) -> Result<Trail, ExchangeFailure> {
    reach::may_reach(site, &ask.url).map_err(ExchangeFailure::Forbidden)?;
    let mut ask = client.named(ask);
    let mut hops: Vec<Hop> = Vec::new();
    let mut wall = Duration::ZERO;
    each(&mut ask.url);
    let trust = client.trust_option(&ask.url).map(str::to_owned);
    loop {
        let reply = client.answered(site, &ask)?;
        wall += reply.wall;
        let trail = |hops, reply, stopped| {
            let (ask, trust) = (ask.clone(), trust.clone());
            Trail { hops, ask, reply, stopped, wall, trust }
        };
        let mut next = match target(&ask.url, &reply) {
            Ok(Some(next)) => next,
            Ok(None) => return Ok(trail(hops, reply, None)),
            Err(why) => return Ok(trail(hops, reply, Some(why))),
        };
        each(&mut next);
        if let Err(why) = allowed(client, site, &hops, &ask.url, &next) {
            return Ok(trail(hops, reply, Some(why)));
        }
        hops.push(Hop { url: std::mem::replace(&mut ask.url, next), status: reply.status });
    }
}

fn allowed(
    client: &Client,
    site: &Url,
    hops: &[Hop],
    from: &Url,
    next: &Url,
) -> Result<(), String> {
    reach::may_reach(site, next)?;
    if next == from || hops.iter().any(|hop| hop.url == *next) {
        return Err("redirect loop".to_owned());
    }
    if hops.len() >= client.bounds.redirects_max {
        return Err(format!("more than {} redirects", client.bounds.redirects_max));
    }
    Ok(())
}

/// Where a response leads; none if it is no redirect.
fn target(from: &Url, reply: &HttpResponse) -> Result<Option<Url>, String> {
    if !matches!(reply.status, 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    // RFC 9110 §15.4: without `Location` it is an answer like any other.
    let Some(location) = reply.headers.first("location") else { return Ok(None) };
    let mut next = from.join(location.trim()).map_err(|_| "`Location` is not a URL".to_owned())?;
    next.set_fragment(None);
    Ok(Some(next))
}
