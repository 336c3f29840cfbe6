//! Bodies that come in part, and then nothing comes, on a connection that stays open: as with a
//! `Content-Length` that is longer than the body. Once that is known of a variant nobody waits for
//! long again.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::{HttpRequest, HttpResponse};

/// Stalled variants that are known, and whose waits are no lost time: four codings of two assets.
pub(super) const STALLS_MAX: usize = 8;

/// Path, coding, announced length.
type StallKey = (String, Vec<String>, Vec<String>);

/// Where bodies end before their end.
#[derive(Debug, Default)]
pub(super) struct Stalls(Mutex<BTreeMap<StallKey, usize>>);

impl Stalls {
    /// After how many bytes the body of `reply` stalled before.
    pub(super) fn known(&self, ask: &HttpRequest, reply: &HttpResponse) -> Option<usize> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&key(ask, reply)).copied()
    }

    /// The body of `reply` stalled each time.
    pub(super) fn learn(&self, ask: &HttpRequest, reply: &HttpResponse) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() < STALLS_MAX {
            known.insert(key(ask, reply), reply.body.len());
        }
    }

    /// Whether more of them could be learned.
    pub(super) fn has_room(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len() < STALLS_MAX
    }
}

/// How long nothing may come where the body stalled before: it did so three times.
pub(super) fn silence_known(idle: Duration) -> Duration {
    (idle / 10).min(Duration::from_secs(1))
}

fn key(ask: &HttpRequest, reply: &HttpResponse) -> StallKey {
    let lines = |name| reply.headers.lines(name);
    (
        ask.url[..url::Position::AfterPath].to_owned(),
        lines("content-encoding"),
        lines("content-length"),
    )
}
