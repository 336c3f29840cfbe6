//! A check before requests that fill a cache: a query of our own must be an entry of its own, which
//! nobody else gets.

use std::sync::Arc;

use wasm_gauntlet_model::action::{Fetch, Method, OneOff, Place};
use wasm_gauntlet_web::text::visible;
use wasm_gauntlet_web::wire::HttpRequest;
use wasm_gauntlet_web::wire::redirect::{Trail, follow};

use super::{Probe, one_off_text, parse};
use crate::subject::Inability;

impl Probe<'_> {
    /// Whether the cache at the address of `fetch` may be filled. Not where a new query is answered
    /// from the cache, because users would then get what we put there. The check is made first and
    /// without any coding, so a shared entry is filled with what every client understands.
    pub(super) fn check_cache_isolation(&self, fetch: &Fetch) -> Result<(), Inability> {
        let special = &fetch.special;
        let (Some(word), Some(reach)) = (&self.site.one_off_word, fetch.one_off) else {
            return Ok(());
        };
        if special.place != Place::Edge || special.invented {
            return Ok(());
        }
        let url = parse(&fetch.url)?;
        let address =
            Arc::clone(self.site.learned.known().shared.entry(fetch.url.clone()).or_default());
        // Other trials at the same address wait, those at other addresses do not.
        let shared = address.get_or_init(|| {
            // Twice: if nobody has asked for it yet, the first request fills the entry.
            let asked = ["first", "second"].iter().filter_map(|which| {
                let mut ask = HttpRequest::new(Method::Get, url.clone());
                ask.fields.push(("accept-encoding", "identity".to_owned()));
                let value = format!("{}-{which}", self.one_off);
                ask.url.query_pairs_mut().append_pair(word, &value);
                ask.one_off = Some(one_off_text((&value, word)));
                ask.fills = true;
                follow(&self.site.client, &self.site.url, ask, |_| {}).ok()
            });
            asked.filter_map(|trail| shared(&trail)).next()
        });
        match shared {
            Some(why) if reach == OneOff::Trial => Err(Inability::held_back(format!(
                "{}: {why}: the cache key has no query, so test responses would reach real users; \
                 this cache is not tested (use `one-off-word` in the target file to name a query \
                 parameter that the cache key has)",
                visible(&fetch.url)
            ))),
            _ => Ok(()),
        }
    }
}

/// The sign that the answer to a new query was made for another one.
fn shared(trail: &Trail) -> Option<String> {
    let headers = &trail.reply.headers;
    let hit = headers.cache_hit().filter(|_| trail.reply.status == 200)?;
    let codings = headers.codings().join(", ");
    let coded = match codings.as_str() {
        "" => String::new(),
        codings => format!(", and as {codings} to a client that offers nothing"),
    };
    Some(format!("a new query is answered from a cache ({}){coded}", visible(&hit)))
}
