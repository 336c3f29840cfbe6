//! One exchange compared with earlier ones of the same trial: equal fields, a right part of a
//! whole, something that a page may fetch.

use std::sync::Arc;

use url::Url;
use wasm_gauntlet_model::observation::Fact;
use wasm_gauntlet_web::headers::compare::{Difference, compare};
use wasm_gauntlet_web::headers::policy::{self, Policies};
use wasm_gauntlet_web::wire::HttpResponse;
use wasm_gauntlet_web::wire::redirect::Trail;

/// An earlier exchange, and the policies that its page carries inside itself.
#[derive(Debug)]
pub(crate) struct Done {
    /// The exchange.
    pub(crate) trail: Arc<Trail>,
    /// Of a page; empty of anything else.
    pub(crate) policies: Vec<String>,
}

/// The earlier exchanges that a step names.
#[derive(Debug, Default)]
pub(crate) struct Earlier<'a> {
    /// The one whose fields are compared.
    pub(crate) against: Option<&'a Done>,
    /// The one of whose bytes a part was asked for.
    pub(crate) part_of: Option<&'a Done>,
    /// The one that was resumed.
    pub(crate) resumes: Option<&'a Done>,
    /// The page in whose name this was fetched.
    pub(crate) page: Option<&'a Done>,
}

/// The results; unknown where no step was named.
#[derive(Debug, Default)]
pub(crate) struct Relations {
    pub(crate) fields_changed: Fact<Vec<String>>,
    pub(crate) fields_lost: Fact<Vec<String>>,
    pub(crate) fields_added: Fact<Vec<String>>,
    pub(crate) part_right: Fact<bool>,
    pub(crate) resumed_right: Fact<bool>,
    pub(crate) cross_origin: Fact<bool>,
    pub(crate) cors_allows: Fact<bool>,
    pub(crate) csp_allows_fetch: Fact<bool>,
}

/// Compare `trail` with the exchanges that its step names.
pub(crate) fn of(trail: &Trail, earlier: &Earlier) -> Relations {
    let mut relations = Relations::default();
    if let Some(first) = earlier.against {
        let Difference { changed, lost, added } =
            compare(&first.trail.reply.headers, &trail.reply.headers);
        relations.fields_changed = changed.into();
        relations.fields_lost = lost.into();
        relations.fields_added = added.into();
    }
    if let Some(whole) = earlier.part_of {
        relations.part_right = Fact::looked(part_right(&whole.trail.reply, &trail.reply));
    }
    if let Some(first) = earlier.resumes {
        let asked = trail.ask.has("if-range");
        let right = asked.then(|| resumed_right(&first.trail.reply, &trail.reply)).flatten();
        relations.resumed_right = Fact::looked(right);
    }
    if let Some(page) = earlier.page {
        for_page(page, trail, &mut relations);
    }
    relations
}

/// The origin of a page, as browsers send it.
pub(crate) fn origin(page: &Url) -> String {
    page.origin().ascii_serialization()
}

fn for_page(page: &Done, trail: &Trail, relations: &mut Relations) {
    let at = &page.trail.ask.url;
    let hops = trail.hops.iter().map(|hop| &hop.url).chain([&trail.ask.url]);
    let crosses = hops.clone().any(|url| url.origin() != at.origin());
    relations.cross_origin = crosses.into();
    relations.cors_allows = policy::cors_allows(&trail.reply.headers, &origin(at)).into();
    let policies = Policies::of(&page.trail.reply.headers, &page.policies);
    relations.csp_allows_fetch = hops.into_iter().all(|url| policies.allow_fetch(at, url)).into();
}

/// Whether a 206 has the bytes of `whole` that it announces. None for any other answer, and for a
/// part of another variant, which its coding shows, or an `ETag` that differs or is weak.
fn part_right(whole: &HttpResponse, part: &HttpResponse) -> Option<bool> {
    if part.status != 206 || part.broken.is_some() || whole.broken.is_some() {
        return None;
    }
    let etags = (whole.headers.first("etag"), part.headers.first("etag"));
    let other_coding = whole.headers.codings() != part.headers.codings();
    // Parts under a weak tag are never combined (RFC 9110 §15.3.7.3), so they may be of any
    // variant, as with Express.
    let weak = etags.1.as_ref().is_none_or(|etag| etag.starts_with("W/"));
    if other_coding && (etags.0 != etags.1 || weak) {
        return None;
    }
    let said = part.headers.first("content-range")?;
    let Some((first, last, length)) = read_range(&said) else { return Some(false) };
    let bytes = whole.body.get(first..=last);
    Some(bytes == Some(&part.body[..]) && length.is_none_or(|length| length == whole.body.len()))
}

/// The `ETag` with which the rest of an answer can be requested. A weak one does not promise the
/// same bytes, and `If-Range` does not accept it (RFC 9110 §13.1.5).
pub(crate) fn strong_etag(reply: &HttpResponse) -> Option<String> {
    let etag = reply.headers.first("etag").map(|etag| etag.trim().to_owned());
    etag.filter(|etag| etag.starts_with('"'))
}

/// Bytes of an answer that a client has when it resumes.
pub(crate) fn resumed_at(whole: &HttpResponse) -> usize {
    whole.body.len() / 3
}

/// Whether a browser would resume an answer that breaks off. Chromium does so for a truncated
/// entry of its cache, whatever its coding, by a strong validator and with a `Content-Length`
/// (`net/http/partial_data.cc`, `UpdateFromStoredHeaders`).
pub(crate) fn resumable(reply: &HttpResponse) -> bool {
    let refuses = reply.headers.members("accept-ranges").iter().any(|word| word == "none");
    let lengths = reply.headers.members("content-length");
    let length = lengths.first().and_then(|length| number(length)).unwrap_or(0);
    strong_etag(reply).is_some() && length > 0 && !refuses
}

/// Whether the rest that came belongs to the first part. None where the whole came again, because
/// then nothing is combined.
fn resumed_right(first: &HttpResponse, rest: &HttpResponse) -> Option<bool> {
    if rest.status != 206 || rest.broken.is_some() || first.broken.is_some() {
        return None;
    }
    let said = read_range(&rest.headers.first("content-range")?)?;
    let at = resumed_at(first);
    // No client combines a part that it did not request.
    (said.0 == at).then(|| first.body.get(at..) == Some(&rest.body[..]))
}

/// `bytes FIRST-LAST/LENGTH`, or `*` as length (RFC 9110 §14.4).
fn read_range(said: &str) -> Option<(usize, usize, Option<usize>)> {
    let (unit, range) = said.trim().split_once(' ')?;
    // Names of units are case-insensitive (§14.1).
    let range = Some(range).filter(|_| unit.eq_ignore_ascii_case("bytes"))?;
    let (range, length) = range.split_once('/')?;
    let (first, last) = range.trim().split_once('-')?;
    let (first, last) = (number(first)?, number(last)?);
    let length = if length == "*" { None } else { Some(number(length)?) };
    // The last byte of a range that a program could hold.
    (first <= last && last < usize::MAX).then_some((first, last, length))
}

/// Digits and nothing else, not even a sign.
fn number(text: &str) -> Option<usize> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_by_its_grammar() {
        for (said, read) in [
            ("bytes 0-63/100", Some((0, 63, Some(100)))),
            ("Bytes 5-5/*", Some((5, 5, None))),
            ("bytes */100", None),
            ("bytes 9-3/100", None),
            ("bytes +0-63/100", None),
            ("bytes=0-63/100", None),
            ("items 0-63/100", None),
            ("bytes 0-18446744073709551615/*", None),
        ] {
            assert_eq!(read_range(said), read, "{said}");
        }
    }
}
