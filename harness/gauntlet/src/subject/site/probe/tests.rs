//! The facts of made-up responses: every way that header and bytes can agree or not.

use std::time::{Duration, SystemTime};

use wasm_gauntlet_model::action::{Method, Special};
use wasm_gauntlet_model::observation::{Facts, Value};
use wasm_gauntlet_web::coding::{Layer, encode};
use wasm_gauntlet_web::wire::HttpResponse;

use super::*;

const PATH: &str = "http://s.test/app.wasm";

fn module() -> Vec<u8> {
    let text = format!("(module (memory 1) (data (i32.const 0) {:?}))", "abcd ".repeat(2000));
    wat::parse_str(text).expect("the module of this test is valid")
}

fn get(offer: Option<&str>) -> Fetch {
    let accept_encoding = offer.map(str::to_owned);
    let (method, url) = (Method::Get, PATH.to_owned());
    let special = Special::default();
    Fetch { method, url, accept_encoding, revalidates: None, one_off: None, special }
}

fn trail(fetch: &Fetch, status: u16, headers: &[(&str, &str)], body: &[u8]) -> Trail {
    let ask = HttpRequest::new(fetch.method, Url::parse(&fetch.url).expect("a URL of the test"));
    let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), v.as_bytes().to_vec()));
    let reply = HttpResponse {
        version: "HTTP/1.1".to_owned(),
        status,
        headers: Headers(headers.collect()),
        body: body.into(),
        broken: None,
        stalled: false,
        sampled: false,
        unanswered: None,
        peer: None,
        first_byte: Duration::ZERO,
        wall: Duration::ZERO,
        received: SystemTime::UNIX_EPOCH,
    };
    let wall = Duration::ZERO;
    Trail { hops: Vec::new(), ask, reply, stopped: None, wall, trust: None }
}

/// An empty answer to `ask`.
pub(crate) fn answered(ask: HttpRequest) -> Trail {
    let fetch = Fetch { url: ask.url.to_string(), ..get(None) };
    Trail { ask, ..trail(&fetch, 200, &[], b"") }
}

fn facts(fetch: &Fetch, trail: &Trail) -> Facts {
    observation(
        fetch,
        trail,
        &Earlier::default(),
        (&Decoder::default(), Budget::default(), &Seen::default()),
        false,
    )
    .0
    .facts
}

fn coded(layers: &[Layer], bytes: &[u8]) -> Vec<u8> {
    layers.iter().fold(bytes.to_vec(), |inner, layer| encode(*layer, &inner))
}

#[test]
fn header_and_bytes_agree_or_not() {
    use Layer::{Br, Gzip};
    let module = module();
    // Declared codings, layers from the inside out, whether they match, layers found.
    for (declared, layers, matches, found) in [
        ("", &[][..], true, &[][..]),
        ("identity", &[], true, &[]),
        ("gzip", &[Gzip], true, &["gzip"]),
        ("X-GZIP", &[Gzip], true, &["gzip"]),
        ("br", &[Br], true, &["br"]),
        ("gzip, br", &[Gzip, Br], true, &["br", "gzip"]),
        ("br", &[Br, Gzip], false, &["gzip", "br"]),
        ("gzip", &[Br, Gzip], false, &["gzip", "br"]),
        ("br, gzip", &[Gzip, Br], false, &["br", "gzip"]),
        ("", &[Br], false, &["br"]),
        ("", &[Gzip], false, &["gzip"]),
        ("br", &[], false, &[]),
        ("gzip", &[], false, &[]),
        ("gzip", &[Br], false, &["br"]),
        ("made-up", &[], false, &[]),
    ] {
        let fetch = get(Some("gzip, br, made-up"));
        let body = coded(layers, &module);
        let seen = facts(&fetch, &trail(&fetch, 200, &[("content-encoding", declared)], &body));
        let case = format!("{declared:?} over {layers:?}");
        assert_eq!(seen["layers-match"], Value::Bool(matches), "{case}");
        let found = found.iter().map(|layer| (*layer).to_owned()).collect();
        assert_eq!(seen["layers"], Value::Texts(found), "{case}");
        assert_eq!(seen["content"], Value::Text("wasm".to_owned()), "{case}");
        assert_eq!(seen["module-valid"], Value::Bool(true), "{case}");
        let raw_bytes = i64::try_from(module.len()).expect("a small module");
        assert_eq!(seen["raw-bytes"], Value::Int(raw_bytes), "{case}");
    }
}

#[test]
fn what_was_not_offered_is_named() {
    let body = coded(&[Layer::Br], &module());
    for (offer, declared, named) in [
        (None, "br", None),
        (Some("br"), "br", None),
        (Some("*"), "br", None),
        (Some("gzip"), "br", Some("br")),
        (Some(""), "br", Some("br")),
        (Some("identity"), "", Some("br")),
        (Some("br;q=0, *"), "br", Some("br")),
    ] {
        let fetch = get(offer);
        let seen = facts(&fetch, &trail(&fetch, 200, &[("content-encoding", declared)], &body));
        let named = named.map_or(Value::Absent, |coding| Value::Text(coding.to_owned()));
        assert_eq!(seen["coding-not-offered"], named, "{offer:?} {declared}");
    }
}

#[test]
fn without_a_body_nothing_is_said_of_it() {
    let head = Fetch { method: Method::Head, ..get(Some("gzip")) };
    for (fetch, status) in [(head, 200), (get(Some("gzip")), 304), (get(Some("gzip")), 204)] {
        let lines = [("content-encoding", "gzip"), ("content-length", "77")];
        let seen = facts(&fetch, &trail(&fetch, status, &lines, b""));
        for unseen in
            ["wire-bytes", "layers-match", "content", "module-valid", "coding-not-offered"]
        {
            assert_eq!(seen.get(unseen), None, "{unseen} with {status}");
        }
        assert_eq!(seen["content-length"], Value::Int(77));
        assert_eq!(seen["etag"], Value::Absent);
        let other = [("content-encoding", "br")];
        let seen = facts(&fetch, &trail(&fetch, status, &other, b""));
        assert_eq!(seen["coding-not-offered"], Value::Text("br".to_owned()));
    }
}

#[test]
fn missing_compression_costs_seconds() {
    let module = [module(), vec![0; 400_000]].concat();
    for (offer, layers, costs) in
        [(Some("br"), &[][..], true), (Some("gzip"), &[], true), (Some("br"), &[Layer::Br], false)]
    {
        let fetch = get(offer);
        let headers = [("content-encoding", if layers.is_empty() { "" } else { "br" })];
        let seen = facts(&fetch, &trail(&fetch, 200, &headers, &coded(layers, &module)));
        let Value::Float(seconds) = seen["lost-3g-s"] else { panic!("{seen:?}") };
        // 410 kB at 1.6 Mbit/s are 2.05 s, and nearly all of it compresses away.
        assert_eq!((1.9..2.1).contains(&seconds), costs, "{offer:?} {seconds}");
    }
    let fetch = get(Some("identity"));
    let seen = facts(&fetch, &trail(&fetch, 200, &[], &module));
    assert_eq!(seen["lost-3g-s"], Value::Absent);
}

#[test]
fn strange_bytes_under_the_name_of_a_module_do_not_match() {
    let fetch = get(Some("br"));
    let seen = facts(&fetch, &trail(&fetch, 200, &[], &[0x8f, 0x99, 0xfe, 0x01, 0x02]));
    assert_eq!(seen["content"], Value::Text("other".to_owned()));
    assert_eq!(seen["layers-match"], Value::Bool(false));
    let page = facts(&fetch, &trail(&fetch, 200, &[], b"<!doctype html><p>no module"));
    assert_eq!(page["layers-match"], Value::Bool(true));
    assert_eq!(page["module-valid"], Value::Bool(false));
}

#[test]
fn what_ends_by_itself_is_whole_where_a_length_was_wrong_and_not_where_chunks_are() {
    let fetch = get(Some("gzip"));
    let body = coded(&[Layer::Gzip], &module());
    let seen = |field: (&str, &str), broken: Option<&str>| {
        let mut trail = trail(&fetch, 200, &[("content-encoding", "gzip"), field], &body);
        trail.reply.broken = broken.map(str::to_owned);
        facts(&fetch, &trail)["module-valid"].clone()
    };
    let (length, chunked) = (("content-length", "99999"), ("transfer-encoding", "chunked"));
    assert_eq!(seen(length, Some("it ends early")), Value::Bool(true));
    assert_eq!(seen(chunked, Some("no last chunk")), Value::Bool(false));
    assert_eq!(seen(chunked, None), Value::Bool(true));
}

#[test]
fn the_length_that_is_announced_is_held_against_what_came() {
    let fetch = get(Some("br"));
    let body = coded(&[Layer::Br], &module());
    let exact = body.len().to_string();
    for (length, fits) in [
        (Some(exact.as_str()), Value::Bool(true)),
        (Some("99999"), Value::Bool(false)),
        (Some("x"), Value::Bool(false)),
        (None, Value::Absent),
    ] {
        let lines: Vec<_> = length.iter().map(|length| ("content-length", *length)).collect();
        let seen = facts(&fetch, &trail(&fetch, 200, &lines, &body));
        assert_eq!(seen["length-fits"], fits, "{length:?}");
    }
}

#[test]
fn a_body_that_breaks_off_at_its_end_is_whole_if_its_coding_says_so() {
    let fetch = get(Some("br, gzip"));
    for (layers, declared, cut, known) in [
        (&[Layer::Br][..], "br", 0, true),
        (&[Layer::Gzip], "gzip", 0, true),
        (&[Layer::Br], "br", 4, false),
        (&[Layer::Gzip], "gzip", 4, false),
        // Nothing says that a raw module is whole: a last section may be missing.
        (&[], "", 0, false),
    ] {
        let bytes = coded(layers, &module());
        let lines = [("content-encoding", declared), ("content-length", "99999")];
        let mut trail = trail(&fetch, 200, &lines, &bytes[..bytes.len() - cut]);
        trail.reply.broken = Some("closed".to_owned());
        let seen = facts(&fetch, &trail);
        assert_eq!(seen["module-valid"], Value::Bool(known), "{declared} {cut}");
        assert_eq!(seen.contains_key("raw-sha256"), known, "{declared} {cut}");
        assert_eq!(seen["length-fits"], Value::Bool(false), "{declared} {cut}");
    }
}

fn done(trail: Trail) -> Done {
    Done { trail: trail.into(), policies: Vec::new() }
}

#[test]
fn a_part_is_held_against_the_whole() {
    let fetch = get(Some("br"));
    let body = coded(&[Layer::Br], &module());
    let of_raw = [("content-encoding", ""), ("etag", "\"r\"")];
    let coded_as = [("content-encoding", "br"), ("etag", "\"b\"")];
    let whole = done(trail(&fetch, 200, &coded_as, &body));
    let range = format!("bytes 3-8/{}", body.len());
    let right = Value::Bool(true);
    for (status, fields, range, part, seen_as) in [
        (206, coded_as, range.as_str(), &body[3..=8], right.clone()),
        (206, coded_as, range.as_str(), &body[4..=9], Value::Bool(false)),
        (206, coded_as, "bytes 3-8/*", &body[3..=8], right),
        (206, coded_as, "bytes 3-8/7", &body[3..=8], Value::Bool(false)),
        (206, coded_as, "bytes 8-3/9", &body[3..=8], Value::Bool(false)),
        (206, coded_as, "3-8", &body[3..=8], Value::Bool(false)),
        // The raw variant under its own ETag is another one, and under the same one a trap.
        (206, of_raw, range.as_str(), &body[4..=9], Value::Absent),
        (206, [of_raw[0], coded_as[1]], range.as_str(), &body[4..=9], Value::Bool(false)),
        (200, coded_as, "", &body[..], Value::Absent),
        (416, coded_as, "bytes */9", &body[..0], Value::Absent),
    ] {
        let lines = [fields[0], fields[1], ("content-range", range)];
        let trail = trail(&fetch, status, &lines, part);
        let earlier = Earlier { part_of: Some(&whole), ..Earlier::default() };
        let seen = observation(
            &fetch,
            &trail,
            &earlier,
            (&Decoder::default(), Budget::default(), &Seen::default()),
            false,
        )
        .0
        .facts;
        assert_eq!(seen["part-right"], seen_as, "{status} {fields:?} {range}");
    }
}

#[test]
fn a_page_may_fetch_what_its_policy_and_the_answer_let_it() {
    let fetch = get(Some("br"));
    let page = |at: &str, policy: &str, meta: &str| {
        let fetch = Fetch { url: at.to_owned(), ..get(None) };
        let trail = trail(&fetch, 200, &[("content-security-policy", policy)], b"");
        Done { trail: trail.into(), policies: vec![meta.to_owned()] }
    };
    for (at, policy, meta, allowed, facts) in [
        ("http://s.test/", "", "", "", [false, false, true]),
        ("http://p.test/", "", "", "*", [true, true, true]),
        ("http://p.test/", "", "", "http://p.test", [true, true, true]),
        ("http://p.test/", "", "", "http://s.test", [true, false, true]),
        ("http://s.test:81/", "connect-src 'self'", "", "*", [true, true, false]),
        ("http://p.test/", "connect-src s.test", "", "*", [true, true, true]),
        ("http://p.test/", "", "default-src 'self'", "*", [true, true, false]),
    ] {
        let page = page(at, policy, meta);
        let trail = trail(&fetch, 200, &[("access-control-allow-origin", allowed)], &module());
        let earlier = Earlier { page: Some(&page), ..Earlier::default() };
        let seen = observation(
            &fetch,
            &trail,
            &earlier,
            (&Decoder::default(), Budget::default(), &Seen::default()),
            false,
        )
        .0
        .facts;
        let got = ["cross-origin", "cors-allows", "csp-allows-fetch"].map(|name| &seen[name]);
        assert_eq!(got, facts.map(Value::Bool).each_ref(), "{at} {policy} {meta} {allowed}");
    }
}
