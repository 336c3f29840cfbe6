//! Bodies that stop on a connection that stays open, as with a `Content-Length` that is too long.
//! When a variant is known to stop, we do not wait for long again.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use super::{HttpRequest, HttpResponse};
use crate::locked::Locked;

/// Most stalled variants that are remembered. Their waits do not count as lost time. Four codings
/// of two assets.
pub(super) const STALLS_MAX: usize = 8;

/// Path, coding, announced length.
type StallKey = (String, Vec<String>, Vec<String>);

/// Where bodies stop before their end.
#[derive(Debug, Default)]
pub(super) struct Stalls(Mutex<BTreeMap<StallKey, usize>>);

impl Stalls {
    /// After how many bytes the body of `reply` stalled before.
    pub(super) fn known(&self, ask: &HttpRequest, reply: &HttpResponse) -> Option<usize> {
        let known = self.0.locked();
        known.get(&key(ask, reply)).copied()
    }

    /// The body of `reply` stalled each time.
    pub(super) fn learn(&self, ask: &HttpRequest, reply: &HttpResponse) {
        let mut known = self.0.locked();
        if known.len() < STALLS_MAX {
            known.insert(key(ask, reply), reply.body.len());
        }
    }

    /// Whether there is room for more.
    pub(super) fn has_room(&self) -> bool {
        self.0.locked().len() < STALLS_MAX
    }
}

/// How long we wait at the point where the body stopped before. It has stopped there three times.
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
