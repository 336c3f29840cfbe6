//! Whether the answer to a module name shows that a module is there.

use crate::coding;
use crate::wire::redirect::Trail;

/// How well an address answers a GET, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Availability {
    /// 404 or 410.
    Gone,
    /// Another error, or no answer.
    Unclear,
    /// 200, but it does not look like a module: encoded, or a page in its place.
    Something,
    /// 200, and a module by magic word or type.
    Module,
}

impl Availability {
    /// What `trail` says.
    pub(super) fn of(trail: &Trail) -> Self {
        let media = trail.reply.headers.combined("content-type").unwrap_or_default();
        match trail.reply.status {
            404 | 410 => Self::Gone,
            200 if trail.reply.body.starts_with(b"\0asm") => Self::Module,
            200 if media.to_ascii_lowercase().contains("wasm") => Self::Module,
            200 => Self::Something,
            _ => Self::Unclear,
        }
    }
}

/// Whether both answers are the same page, as a site with one page for all names gives it.
pub(super) fn same_page(one: &Trail, other: &Trail) -> bool {
    let is_page = |trail: &Trail| trail.reply.status == 200 && !trail.reply.body.is_empty();
    is_page(one) && is_page(other) && one.reply.body == other.reply.body
}

/// The body with its declared codings undone; unchanged where that fails.
pub(super) fn decoded(trail: &Trail) -> Vec<u8> {
    let codings = trail.reply.headers.codings();
    let bounds = coding::DecodeBounds::default();
    coding::decode_declared(&trail.reply.body, &codings, &bounds)
        .unwrap_or_else(|_| trail.reply.body.to_vec())
}

/// How an address that was not read answered.
pub(super) fn status(trail: &Trail) -> String {
    let none = trail.reply.unanswered.as_ref().map(|none| none.why.clone());
    none.unwrap_or_else(|| format!("status {}", trail.reply.status))
}
