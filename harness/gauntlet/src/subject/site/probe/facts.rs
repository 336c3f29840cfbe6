//! The facts of one exchange, by the fields of the model. A header field that was not sent is
//! absent; a fact of a body that was not seen is unknown.

use wasm_gauntlet_model::action::{Fetch, Method};
use wasm_gauntlet_model::observation::{Exchange, Fact, Staleness, count};
use wasm_gauntlet_model::target::Budget;
use wasm_gauntlet_web::discovery::Seen;
use wasm_gauntlet_web::headers::cache::{self, Directive};
use wasm_gauntlet_web::headers::name::{is_content_addressed, is_doubtful};
use wasm_gauntlet_web::headers::policy::{self, Policies};
use wasm_gauntlet_web::headers::software::named;
use wasm_gauntlet_web::headers::{Headers, media, offer};
use wasm_gauntlet_web::inspection::held;
use wasm_gauntlet_web::wire::HttpResponse;
use wasm_gauntlet_web::wire::redirect::Trail;
use wasm_gauntlet_web::wire::repeated::Unanswered;

use super::body::BodyFacts;
use super::relations::{self, Earlier};
use super::scripts;

/// Every fact of the exchange, including those that compare it with earlier ones.
pub(crate) fn of(
    fetch: &Fetch,
    trail: &Trail,
    body: BodyFacts,
    earlier: &Earlier,
    (budget, seen): (Budget, &Seen),
) -> Exchange {
    if let Some(unanswered) = &trail.reply.unanswered {
        return of_none(fetch, trail, unanswered);
    }
    let relations = relations::of(trail, earlier);
    let own = of_itself(fetch, trail, body);
    let (wire_budget, over_wire_budget) = held(&own.wire_bytes, budget.wire_bytes);
    Exchange {
        fields_changed: relations.fields_changed,
        fields_lost: relations.fields_lost,
        fields_added: relations.fields_added,
        part_right: relations.part_right,
        resumed_right: relations.resumed_right,
        cross_origin: relations.cross_origin,
        cors_allows: relations.cors_allows,
        csp_allows_fetch: relations.csp_allows_fetch,
        script_refused: scripts::refused(fetch, trail, seen),
        page_guessed: seen.page.as_ref().is_some_and(|page| page.is_guessed).into(),
        wire_budget,
        over_wire_budget,
        ..own
    }
}

/// The facts where nothing came that a client could use: there is no status. Claims about answers
/// with some status do not apply to it.
fn of_none(fetch: &Fetch, trail: &Trail, unanswered: &Unanswered) -> Exchange {
    let url = &trail.ask.url;
    Exchange {
        status: Fact::Absent,
        no_answer: unanswered.why.clone().into(),
        length_unusable: Fact::looked(unanswered.lengths.clone()),
        unasked_part: false.into(),
        redirects: count(trail.hops.len()).into(),
        content_encoding: Vec::new().into(),
        coding_not_offered: Fact::Absent,
        layers: Fact::Absent,
        content: Fact::Absent,
        media_type: Fact::Absent,
        etag: Fact::Absent,
        software: Vec::new().into(),
        name_hashed: is_content_addressed(url.path(), url.query()).into(),
        name_doubtful: is_doubtful(url.path(), url.query()).into(),
        refuses_identity: offer::refuses_identity(fetch.accept_encoding.as_deref()).into(),
        tls: (url.scheme() == "https").into(),
        ..Exchange::default()
    }
}

fn of_itself(fetch: &Fetch, trail: &Trail, body: BodyFacts) -> Exchange {
    let reply = &trail.reply;
    let dictionary = body.dictionary.clone();
    let csp = policy_texts(&reply.headers, body.policies.as_deref().unwrap_or_default());
    let seen = with_body(trail, body);
    let etag = reply.headers.first("etag").map(|etag| etag.trim().to_owned());
    let media = reply.headers.combined("content-type").as_deref().map(media::media_type);
    let essence = |media: &String| media.split(';').next().unwrap_or_default().trim().to_owned();
    let is_one_of = |types: &[&str], media: &String| types.contains(&essence(media).as_str());
    Exchange {
        dictionary,
        no_answer: Fact::Absent,
        length_unusable: Fact::Absent,
        unasked_part: (reply.status == 206 && !trail.ask.has("range")).into(),
        refuses_identity: offer::refuses_identity(fetch.accept_encoding.as_deref()).into(),
        offer_sent_by: Fact::looked(
            offer::sent_by(fetch.accept_encoding.as_deref()).map(str::to_owned),
        ),
        resumable: relations::resumable(reply).into(),
        length_fits: length_fits(fetch, reply),
        length_and_transfer_coding: has_both(&reply.headers).into(),
        etag_weak: Fact::looked(etag.as_ref().map(|etag| etag.starts_with("W/"))),
        etag_tag: Fact::looked(etag.map(|etag| without_weakness(&etag))),
        allow_origin: Fact::looked(reply.headers.combined("access-control-allow-origin")),
        csp: Fact::looked(csp),
        isolated: policy::isolated(&reply.headers).into(),
        nosniff: is_nosniff(&reply.headers).into(),
        type_is_script: Fact::looked(media.as_ref().map(|sent| is_script(sent))),
        type_is_page: Fact::looked(media.as_ref().map(|media| is_one_of(&PAGE_TYPES, media))),
        protocol: reply.version.clone().into(),
        tls: (trail.ask.url.scheme() == "https").into(),
        keeps_alive: keeps_alive(reply).into(),
        first_byte_ms: (reply.first_byte.as_secs_f64() * 1000.0).into(),
        bytes_per_s: Fact::looked(bytes_per_s(reply)),
        ..seen
    }
}

/// The policies of a page, and where those come from that are in no header field.
fn policy_texts(headers: &Headers, in_page: &[String]) -> Option<String> {
    let field = headers.combined("content-security-policy");
    let meta = in_page.iter().map(|text| format!("{text} (in a `<meta>` of the page)"));
    let all: Vec<String> = field.into_iter().chain(meta).collect();
    (!all.is_empty()).then(|| all.join(", "))
}

fn is_script(sent: &str) -> bool {
    media::essence(sent).as_deref().is_some_and(media::is_javascript)
}

/// The essences of documents that browsers show as pages (HTML Standard §7.5).
const PAGE_TYPES: [&str; 2] = ["text/html", "application/xhtml+xml"];

fn is_nosniff(headers: &Headers) -> bool {
    headers.members("x-content-type-options").first().is_some_and(|word| word == "nosniff")
}

/// Whether as many bytes came as were announced.
fn length_fits(fetch: &Fetch, reply: &HttpResponse) -> Fact<bool> {
    if fetch.method == Method::Head || matches!(reply.status, 204 | 304) {
        return Fact::Unknown;
    }
    let lengths = reply.headers.members("content-length");
    // Equal lengths may stand twice, in one line or in several (RFC 9110 §8.6).
    let fit = lengths.iter().all(|length| length.parse() == Ok(reply.body.len()));
    Fact::looked((!lengths.is_empty()).then_some(fit))
}

/// Whether the length is given in both ways, of which the receiver must ignore one.
fn has_both(headers: &Headers) -> bool {
    let has = |name: &str| !headers.lines(name).is_empty();
    has("content-length") && has("transfer-encoding")
}

/// The opaque part of a tag: `W/` stands once, in upper case (RFC 9110 §8.8.3).
fn without_weakness(etag: &str) -> String {
    etag.strip_prefix("W/").unwrap_or(etag).to_owned()
}

/// By default in HTTP/1.1 and always later; only when said in HTTP/1.0 (RFC 9112 §9.3).
fn keeps_alive(reply: &HttpResponse) -> bool {
    let words = reply.headers.members("connection");
    let says = |wanted: &str| words.iter().any(|word| word == wanted);
    match reply.version.as_str() {
        "HTTP/0.9" | "HTTP/1.0" => says("keep-alive"),
        _ => !says("close"),
    }
}

/// None where the whole body came with the header fields, so that there is no rate.
fn bytes_per_s(reply: &HttpResponse) -> Option<f64> {
    let seconds = reply.wall.saturating_sub(reply.first_byte).as_secs_f64();
    (seconds > 0.0 && !reply.body.is_empty() && !reply.sampled)
        .then(|| reply.body.len() as f64 / seconds)
}

fn with_body(trail: &Trail, body: BodyFacts) -> Exchange {
    let headers = &trail.reply.headers;
    let content_type = headers.combined("content-type");
    let policy = cache::policy(headers, trail.reply.received);
    let lengths = headers.members("content-length");
    let length = lengths.first().and_then(|text| text.parse().ok());
    let url = &trail.ask.url;
    let policies = body.policies.map(|in_page| Policies::of(headers, &in_page));
    Exchange {
        status: i64::from(trail.reply.status).into(),
        redirects: count(trail.hops.len()).into(),
        redirect_stopped: Fact::looked(trail.stopped.clone()),
        media_type: Fact::looked(content_type.as_deref().map(media::media_type)),
        content_type: Fact::looked(content_type),
        content_type_lines: count(headers.lines("content-type").len()).into(),
        content_encoding: headers.codings().into(),
        vary: headers.vary().into(),
        etag: Fact::looked(headers.first("etag")),
        last_modified: Fact::looked(headers.first("last-modified")),
        cache_control: policy.directives.iter().map(Directive::word).collect::<Vec<_>>().into(),
        fresh_s: Fact::looked(policy.fresh_s.and_then(|seconds| i64::try_from(seconds).ok())),
        revalidated: policy.revalidated.into(),
        stale_for: Fact::looked(policy.used_s.map(|s| Staleness::of(s).word().to_owned())),
        name_hashed: is_content_addressed(url.path(), url.query()).into(),
        name_doubtful: is_doubtful(url.path(), url.query()).into(),
        wire_ratio: ratio(&body.wire_bytes, &body.raw_bytes),
        wire_over_recompressed: body.over_recompressed,
        wire_bytes: body.wire_bytes,
        raw_bytes: body.raw_bytes,
        unreadable: body.unreadable,
        codings: body.codings,
        layers: body.layers,
        layers_match: body.layers_match,
        coding_not_offered: body.coding_not_offered,
        content: body.content,
        module_valid: body.module_valid,
        module_error: body.module_error,
        module_mangled: body.module_mangled,
        raw_sha256: body.raw_sha256,
        wire_sha256: body.wire_sha256,
        content_length: Fact::looked(length),
        cache_hit: Fact::looked(headers.cache_hit()),
        shared_cache: Fact::looked(headers.shared_cache()),
        lost_3g_s: body.lost_3g_s,
        wall_ms: (trail.wall.as_secs_f64() * 1000.0).into(),
        software: named(&trail.reply.headers)
            .iter()
            .map(|s| s.word().to_owned())
            .collect::<Vec<_>>()
            .into(),
        csp_allows_wasm: policies.as_ref().map_or(Fact::Unknown, |own| own.allow_wasm().into()),
        csp_allows_inline: policies.map_or(Fact::Unknown, |own| {
            body.loaders.iter().all(|loader| own.allow_inline(loader)).into()
        }),
        shared_memory: body.shared_memory,
        ..Exchange::default()
    }
}

/// Wire bytes over raw bytes; absent for an empty content.
fn ratio(wire: &Fact<i64>, raw: &Fact<i64>) -> Fact<f64> {
    match (wire, raw) {
        (Fact::Is(_), Fact::Is(0)) => Fact::Absent,
        (Fact::Is(wire), Fact::Is(raw)) => (*wire as f64 / *raw as f64).into(),
        _ => Fact::Unknown,
    }
}
