//! The facts of made-up responses: every way that header and bytes can agree or not.

use std::time::{Duration, SystemTime};

use wasm_gauntlet_model::action::{Method, Special};
use wasm_gauntlet_model::observation::{Facts, Value};

use super::*;
use crate::coding::{Layer, encode};
use crate::subject::site::wire::Reply;

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
    let ask = Ask::new(fetch.method, Url::parse(&fetch.url).expect("a URL of the test"));
    let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), v.as_bytes().to_vec()));
    let reply = Reply {
        version: "HTTP/1.1".to_owned(),
        status,
        headers: Headers(headers.collect()),
        body: body.to_vec(),
        broken: None,
        peer: None,
        first_byte: Duration::ZERO,
        wall: Duration::ZERO,
        received: SystemTime::UNIX_EPOCH,
    };
    Trail { hops: Vec::new(), ask, reply, stopped: None, wall: Duration::ZERO }
}

fn facts(fetch: &Fetch, trail: &Trail) -> Facts {
    observation(fetch, trail, &Earlier::default(), &Decoder::default(), false).0.facts
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
