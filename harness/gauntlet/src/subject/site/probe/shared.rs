//! What has to be known before a cache is played with: that a query of our own is an entry of its
//! own, which nobody else is given.

use wasm_gauntlet_model::action::{Fetch, OneOff, Place};

use super::{Probe, parse};
use crate::subject::Inability;
use crate::subject::site::text::visible;
use crate::subject::site::wire::redirect::Trail;

impl Probe<'_> {
    /// Whether a cache may be played with at the address of `fetch`: not where a query that nobody
    /// asked for before is answered from a cache, as what we put there people would get. Asked
    /// without any coding, before the first play: an entry that is shared is filled with what every
    /// client understands.
    pub(super) fn may_play(&self, fetch: &Fetch) -> Result<(), Inability> {
        let special = &fetch.special;
        let (Some(word), Some(reach)) = (&self.site.one_off_word, fetch.one_off) else {
            return Ok(());
        };
        if special.place != Place::Edge || special.invented {
            return Ok(());
        }
        let mut known = self.site.learned.known();
        let shared = match known.shared.get(&fetch.url) {
            Some(shared) => shared.clone(),
            None => {
                let url = parse(&fetch.url)?;
                // Twice: where nobody has asked for it yet, the first fills the entry.
                let asked = ["first", "second"].iter().filter_map(|which| {
                    let mut url = url.clone();
                    let value = format!("{}-{which}", self.one_off);
                    url.query_pairs_mut().append_pair(word, &value);
                    self.plainly(url)
                });
                let shared = asked.filter_map(|trail| shared(&trail)).next();
                known.shared.insert(fetch.url.clone(), shared.clone());
                shared
            }
        };
        match shared {
            Some(why) if reach == OneOff::Trial => Err(Inability(format!(
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
