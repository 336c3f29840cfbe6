//! What has to be known before a cache is played with: that a query of our own is an entry of its
//! own, which nobody else is given.

use std::sync::Arc;

use wasm_gauntlet_model::action::{Fetch, Method, OneOff, Place};
use wasm_gauntlet_web::text::visible;
use wasm_gauntlet_web::wire::HttpRequest;
use wasm_gauntlet_web::wire::redirect::{Trail, follow};

use super::{Probe, one_off_text, parse};
use crate::subject::Inability;

impl Probe<'_> {
    /// Whether a cache may be played with at the address of `fetch`: not where a query that nobody
    /// asked for before is answered from a cache, as what we put there people would get. Asked
    /// without any coding, before the first play: an entry that is shared is filled with what every
    /// client understands.
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
        // Whoever plays there meanwhile waits; who plays elsewhere does not.
        let shared = address.get_or_init(|| {
            // Twice: where nobody has asked for it yet, the first fills the entry.
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
                "{}: {why}: the key of the cache leaves the query out, so that what is put there \
                 people get; it is not played with (one-off-word in the target file may name a \
                 query that the key has)",
                visible(&fetch.url)
            ))),
            _ => Ok(()),
        }
    }
}

/// What shows that an answer to a query that is new was made for another.
fn shared(trail: &Trail) -> Option<String> {
    let headers = &trail.reply.headers;
    let hit = headers.cache_hit().filter(|_| trail.reply.status == 200)?;
    let codings = headers.codings().join(", ");
    let coded = match codings.as_str() {
        "" => String::new(),
        codings => format!(", and as {codings} to a client that offers nothing"),
    };
    Some(format!("a query that is new is answered from a cache ({}){coded}", visible(&hit)))
}
