//! The facts of one exchange, by the fields of the model. A header field that was not sent is
//! absent; a fact of a body that was not seen is unknown.

use wasm_gauntlet_model::observation::{Exchange, Seen};

use super::body::Body;
use crate::subject::site::headers::cache::{self, Directive};
use crate::subject::site::headers::media;
use crate::subject::site::headers::name::is_content_addressed;
use crate::subject::site::wire::redirect::Trail;

/// Every fact of the exchange.
pub fn of(trail: &Trail, body: Body) -> Exchange {
    let headers = &trail.reply.headers;
    let content_type = headers.combined("content-type");
    let policy = cache::policy(headers, trail.reply.received);
    let length = headers.first("content-length").and_then(|text| text.trim().parse().ok());
    let url = &trail.ask.url;
    Exchange {
        status: i64::from(trail.reply.status).into(),
        redirects: count(trail.hops.len()).into(),
        media_type: Seen::looked(content_type.as_deref().map(media::media_type)),
        content_type: Seen::looked(content_type),
        content_type_lines: count(headers.lines("content-type").len()).into(),
        content_encoding: headers.codings().into(),
        vary: headers.vary().into(),
        etag: Seen::looked(headers.first("etag")),
        last_modified: Seen::looked(headers.first("last-modified")),
        cache_control: policy.directives.iter().map(Directive::word).collect::<Vec<_>>().into(),
        fresh_s: Seen::looked(policy.fresh_s.and_then(|seconds| i64::try_from(seconds).ok())),
        revalidated: policy.revalidated.into(),
        name_hashed: is_content_addressed(url.path(), url.query()).into(),
        wire_ratio: ratio(&body.wire_bytes, &body.raw_bytes),
        wire_bytes: body.wire_bytes,
        raw_bytes: body.raw_bytes,
        layers: body.layers,
        layers_match: body.layers_match,
        coding_not_offered: body.coding_not_offered,
        content: body.content,
        module_valid: body.module_valid,
        module_error: body.module_error,
        raw_sha256: body.raw_sha256,
        wire_sha256: body.wire_sha256,
        content_length: Seen::looked(length),
        cache_hit: Seen::looked(headers.cache_hit()),
        lost_3g_s: body.lost_3g_s,
        wall_ms: (trail.wall.as_secs_f64() * 1000.0).into(),
    }
}

fn count(items: usize) -> i64 {
    i64::try_from(items).unwrap_or(i64::MAX)
}

/// Wire bytes over raw bytes; absent for an empty content.
fn ratio(wire: &Seen<i64>, raw: &Seen<i64>) -> Seen<f64> {
    match (wire, raw) {
        (Seen::Is(_), Seen::Is(0)) => Seen::Absent,
        (Seen::Is(wire), Seen::Is(raw)) => (*wire as f64 / *raw as f64).into(),
        _ => Seen::Unknown,
    }
}
