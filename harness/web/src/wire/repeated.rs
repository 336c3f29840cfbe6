//! Protocol errors that every client meets. A single one may be an accident, so it is tried again
//! on fresh connections. What happens each time is an answer that says why no client can use it.
//! What happens once only is a failure to look.

use std::collections::BTreeMap;
use std::mem::{Discriminant, discriminant};
use std::sync::Mutex;
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use url::{Position, Url};
use wasm_gauntlet_model::action::Method;

use super::failure::ExchangeFailure;
use super::{Client, HttpRequest, HttpResponse};
use crate::headers::Headers;
use crate::locked::Locked;

/// Pauses before each further try, three tries in all. A server that restarts is back by then, and
/// most rate limits let one of the tries through.
const PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_millis(600)];

/// How long we wait for HEAD, unless GET takes as long: the head of a file is ready at once.
const HEAD_SILENCE: Duration = Duration::from_secs(4);

/// How many paths are tried with HEAD before the site counts as never answering it.
const SILENT_PATHS_MAX: usize = 3;

/// Why no client can use an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unanswered {
    /// What came, or what did not come.
    pub why: String,
    /// What was announced as length, where that is the reason.
    pub lengths: Option<String>,
}

/// What is known of paths that are not answered.
#[derive(Debug, Default)]
pub(super) struct Heads(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    /// Why HEAD of a path is not asked for again.
    silent: BTreeMap<String, String>,
    /// Whether any HEAD was answered.
    answered: bool,
    /// Paths whose GET was not answered three times, each with the kind of failure: one more of
    /// that kind is enough.
    breached: BTreeMap<String, Discriminant<ExchangeFailure>>,
}

impl Client {
    /// Make an exchange on behalf of `site`. If no client can use the answer, make it again.
    ///
    /// # Errors
    /// Those of [`Client::exchange`] that do not come each time, or that others may not meet.
    pub fn answered(&self, site: &Url, ask: &HttpRequest) -> Result<HttpResponse, ExchangeFailure> {
        let is_head = ask.method == Method::Head;
        if let Some(why) = self.heads.silent(ask).filter(|_| is_head) {
            return Ok(unanswered(why, None));
        }
        let mut ask = ask.clone();
        if is_head {
            let twice = 2 * self.slowest_first_byte();
            ask.silence = Some(HEAD_SILENCE.max(twice).min(self.bounds.idle));
        }
        let first = self.exchange(&ask);
        match first {
            Ok(reply) if reply.stalled => self.stalls_again(&ask, reply),
            Ok(reply) => {
                self.heads.answered(is_head);
                Ok(reply)
            }
            Err(failure) if is_breach(&ask, &failure) => self.fails_again(site, &ask, failure),
            Err(failure) => Err(failure),
        }
    }

    /// Whether a stalled body stops after the same number of bytes each time.
    fn stalls_again(
        &self,
        ask: &HttpRequest,
        first: HttpResponse,
    ) -> Result<HttpResponse, ExchangeFailure> {
        let bytes = first.body.len();
        if self.stalls.known(ask, &first) == Some(bytes) {
            return Ok(first);
        }
        let slow = || ExchangeFailure::slow_body(bytes, &self.bounds);
        let mut ask = ask.clone();
        ask.hurried = true;
        for pause in PAUSES {
            sleep(pause);
            let again = self.exchange(&ask)?;
            if !again.stalled || again.body != first.body {
                return Err(slow());
            }
        }
        self.stalls.learn(&ask, &first);
        Ok(first)
    }

    fn fails_again(
        &self,
        site: &Url,
        ask: &HttpRequest,
        failure: ExchangeFailure,
    ) -> Result<HttpResponse, ExchangeFailure> {
        // When it is known, one try is enough: it is the same server.
        let known = self.heads.is_known(ask, &failure);
        let tries = if known { 0 } else { PAUSES.len() };
        for pause in PAUSES.iter().take(tries) {
            sleep(*pause);
            match self.exchange(ask) {
                Err(again) if discriminant(&again) == discriminant(&failure) => {}
                _ => return Err(failure),
            }
            // A server that accepts no connection at all is down, or has blocked us.
            if matches!(failure, ExchangeFailure::Closed(_)) && !self.is_there(site, ask) {
                return Err(failure);
            }
        }
        let lengths = match &failure {
            ExchangeFailure::Lengths(said) => Some(said.clone()),
            _ => None,
        };
        let why = told(ask, &failure, &self.bounds.idle);
        self.heads.learn(ask, &failure, &why);
        Ok(unanswered(why, lengths))
    }

    /// Whether the page is still there, as it was at the start of the run.
    fn is_there(&self, site: &Url, ask: &HttpRequest) -> bool {
        let mut page = HttpRequest::new(Method::Get, site.clone());
        page.fields.push(("accept-encoding", "identity".to_owned()));
        page.enough = Some(1);
        *site != ask.url && self.exchange(&page).is_ok()
    }
}

impl Heads {
    fn silent(&self, ask: &HttpRequest) -> Option<String> {
        let known = self.0.locked();
        let all = known.silent.len() >= SILENT_PATHS_MAX && !known.answered;
        let other = || known.silent.values().next().filter(|_| all);
        known.silent.get(path(ask)).or_else(other).cloned()
    }

    /// Whether `failure` came three times before: of HEAD at any path, of GET at this one.
    fn is_known(&self, ask: &HttpRequest, failure: &ExchangeFailure) -> bool {
        let known = self.0.locked();
        match ask.method {
            Method::Head => !known.silent.is_empty(),
            Method::Get => known.breached.get(path(ask)) == Some(&discriminant(failure)),
        }
    }

    fn answered(&self, is_head: bool) {
        if is_head {
            self.0.locked().answered = true;
        }
    }

    fn learn(&self, ask: &HttpRequest, failure: &ExchangeFailure, why: &str) {
        let mut known = self.0.locked();
        let path = path(ask).to_owned();
        match ask.method {
            Method::Head => drop(known.silent.insert(path, why.to_owned())),
            Method::Get => drop(known.breached.insert(path, discriminant(failure))),
        }
    }
}

fn path(ask: &HttpRequest) -> &str {
    &ask.url[..Position::AfterPath]
}

/// Whether every client would meet `failure` if it happens each time. A slow GET does not count:
/// users wait longer than we do.
fn is_breach(ask: &HttpRequest, failure: &ExchangeFailure) -> bool {
    match failure {
        ExchangeFailure::Lengths(_) | ExchangeFailure::NotHttp(_) | ExchangeFailure::Closed(_) => {
            true
        }
        ExchangeFailure::Timeout(_) => ask.method == Method::Head,
        _ => false,
    }
}

fn told(ask: &HttpRequest, failure: &ExchangeFailure, idle: &Duration) -> String {
    match failure {
        ExchangeFailure::Timeout(_) => {
            let seconds = ask.silence.unwrap_or(*idle).as_secs_f64();
            format!("no answer within {seconds} s")
        }
        ExchangeFailure::Closed(_) => "every connection is closed without an answer".to_owned(),
        other => format!("{other}, every time"),
    }
}

/// The stand-in for an answer.
fn unanswered(why: String, lengths: Option<String>) -> HttpResponse {
    HttpResponse {
        version: String::new(),
        status: 0,
        headers: Headers::default(),
        body: Default::default(),
        broken: None,
        stalled: false,
        sampled: false,
        unanswered: Some(Unanswered { why, lengths }),
        peer: None,
        first_byte: Duration::ZERO,
        wall: Duration::ZERO,
        received: SystemTime::now(),
    }
}
