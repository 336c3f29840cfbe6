//! Exchanges of this run. Many incidents are about the same few exchanges, so each is made once and
//! every incident judges its result.
//!
//! Never remembered: exchanges that fill a cache, because their order matters, and those of a
//! lattice, because their repeats matter.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use wasm_gauntlet_model::action::OneOff;
use wasm_gauntlet_web::wire::HttpRequest;
use wasm_gauntlet_web::wire::redirect::Trail;

use crate::locks::unpoisoned;

/// Bytes of bodies remembered: some twenty answers of a module of 5 MB.
const BYTES_MAX: usize = 96 << 20;

/// The key of an exchange: method, URL without a one-off word, fields, `Host`, and whether it goes
/// past the caches.
type ExchangeKey = (&'static str, String, Vec<(&'static str, String)>, Option<String>, bool);

/// Exchanges of one run.
#[derive(Debug, Default)]
pub(crate) struct ExchangeCache {
    known: Mutex<CachedExchanges>,
}

#[derive(Debug, Default)]
struct CachedExchanges {
    trails: BTreeMap<ExchangeKey, Arc<Mutex<CachedTrail>>>,
    bytes: usize,
}

/// What is known of one exchange.
#[derive(Debug, Default)]
enum CachedTrail {
    #[default]
    Unasked,
    /// Nothing came, or more than is remembered.
    Unknown,
    Is(Arc<Trail>),
}

impl ExchangeCache {
    /// The remembered result of `ask`, or the one that `make` gives now.
    ///
    /// # Errors
    /// Those of `make`; nothing is remembered then.
    pub(crate) fn once<E>(
        &self,
        ask: HttpRequest,
        reach: Option<OneOff>,
        make: impl FnOnce(HttpRequest) -> Result<Trail, E>,
    ) -> Result<Arc<Trail>, E> {
        if reach == Some(OneOff::Trial) {
            return make(ask).map(Arc::new);
        }
        let key = (
            ask.method_word(),
            ask.url.to_string(),
            ask.fields.clone(),
            ask.host.clone(),
            reach.is_some(),
        );
        let known = || unpoisoned(self.known.lock());
        let answer = Arc::clone(known().trails.entry(key).or_default());
        let mut held = unpoisoned(answer.lock());
        if let CachedTrail::Is(trail) = &*held {
            return Ok(Arc::clone(trail));
        }
        // Threads that want the same exchange wait for the first. If that gives no answer, all of
        // them ask at once, because each may take until a timeout.
        let first = matches!(*held, CachedTrail::Unasked);
        *held = CachedTrail::Unknown;
        if !first {
            drop(held);
            return make(ask).map(Arc::new);
        }
        let trail = Arc::new(make(ask)?);
        let mut known = known();
        if known.bytes + trail.reply.body.len() <= BYTES_MAX {
            known.bytes += trail.reply.body.len();
            *held = CachedTrail::Is(Arc::clone(&trail));
        }
        Ok(trail)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use url::Url;
    use wasm_gauntlet_model::action::Method;

    use super::*;
    use crate::subject::site::probe::tests::answered;

    #[test]
    fn an_exchange_is_made_once_but_for_the_play_on_caches() {
        let asked = ExchangeCache::default();
        let made = Cell::new(0);
        let ask = |method, fields: &[(&'static str, &str)]| {
            let mut ask = HttpRequest::new(method, Url::parse("http://s.test/a").expect("a URL"));
            ask.fields.extend(fields.iter().map(|(name, value)| (*name, (*value).to_owned())));
            ask
        };
        let count = |ask: HttpRequest, reach| {
            let before = made.get();
            let make = |ask| {
                made.set(made.get() + 1);
                Ok::<_, ()>(answered(ask))
            };
            asked.once(ask, reach, make).expect("an answer");
            made.get() - before
        };
        let br = [("accept-encoding", "br")];
        assert_eq!(count(ask(Method::Get, &br), None), 1);
        assert_eq!(count(ask(Method::Get, &br), None), 0);
        assert_eq!(count(ask(Method::Get, &br), Some(OneOff::Step)), 1);
        assert_eq!(count(ask(Method::Get, &br), Some(OneOff::Step)), 0);
        assert_eq!(count(ask(Method::Head, &br), None), 1);
        assert_eq!(count(ask(Method::Get, &[]), None), 1);
        for _ in 0..2 {
            assert_eq!(count(ask(Method::Get, &br), Some(OneOff::Trial)), 1);
        }
    }
}
