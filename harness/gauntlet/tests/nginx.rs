//! The subject `site` against a real nginx: with Debian's default, and with a correct setup.

mod servers;

use std::collections::BTreeMap;
use std::process::Command;

use gauntlet::subject::site::Site;
use gauntlet::subject::{Session, Subject};
use wasm_gauntlet_model::action::{Action, Asset, Fetch, Method, OneOff, Special};
use wasm_gauntlet_model::observation::{Facts, Observation, Value};
use wasm_gauntlet_model::profile::Profile;

use servers::{Nginx, Server, pair};

const OFFERS: [Option<&str>; 5] = [None, Some(""), Some("gzip"), Some("br"), Some("br, gzip")];

fn site(nginx: &Server) -> Site {
    let url = url::Url::parse(&nginx.url("/")).expect("an address");
    Site::new(url).expect("a client")
}

fn get(url: &str, offer: Option<&str>) -> Fetch {
    Fetch {
        method: Method::Get,
        url: url.to_owned(),
        accept_encoding: offer.map(str::to_owned),
        revalidates: None,
        one_off: None,
        special: Special::default(),
    }
}

fn see(session: &mut dyn Session, step: &str, fetch: Fetch) -> Observation {
    session.perform(step, &Action::Fetch(fetch)).expect("the server answers")
}

fn url(profile: &Profile, asset: Asset) -> String {
    let mut found = profile.found.iter().filter(|found| found.asset == asset);
    let first = found.next().unwrap_or_else(|| panic!("no {asset:?}: {profile:?}"));
    assert!(found.next().is_none(), "more than one {asset:?}: {profile:?}");
    first.url.clone()
}

/// The same exchange as `curl` sees it: status, header lines, body.
struct Curl {
    status: i64,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

/// Runs the command line of an observation and keeps the body.
fn curl(observation: &Observation) -> Option<Curl> {
    if !servers::is_there("curl") {
        return None;
    }
    let line = observation.reproduce.as_deref().expect("a line that shows it again");
    let folder = tempfile::tempdir().expect("a folder");
    let body = folder.path().join("body");
    let line = line.replace("/dev/null", &body.display().to_string());
    let output = Command::new("sh").args(["-c", &line]).output().expect("a shell");
    assert!(output.status.success(), "{line}: {output:?}");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut lines = text.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
    let headers = lines.filter_map(|line| line.split_once(": "));
    Some(Curl {
        status: status.expect("a status line"),
        headers: headers.map(|(n, v)| (n.to_ascii_lowercase(), v.trim().to_owned())).collect(),
        body: std::fs::read(&body).unwrap_or_default(),
    })
}

/// The facts agree with the output of `curl`.
fn agrees(observation: &Observation) {
    let Some(curl) = curl(observation) else { return };
    let facts = &observation.facts;
    assert_eq!(facts["status"], Value::Int(curl.status));
    for (fact, header) in
        [("content-type", "content-type"), ("etag", "etag"), ("last-modified", "last-modified")]
    {
        let shown = curl.headers.get(header).map_or(Value::Absent, |v| Value::Text(v.clone()));
        assert_eq!(facts[fact], shown, "{fact}");
    }
    for (fact, header) in [
        ("content-encoding", "content-encoding"),
        ("vary", "vary"),
        ("cache-control", "cache-control"),
    ] {
        let shown = curl.headers.get(header).map(|value| value.to_ascii_lowercase());
        let shown = shown.iter().flat_map(|value| value.split(", ")).map(str::to_owned).collect();
        assert_eq!(facts[fact], Value::Texts(shown), "{fact}");
    }
    let length = curl.headers.get("content-length").and_then(|v| v.parse().ok());
    assert_eq!(facts["content-length"], length.map_or(Value::Absent, Value::Int));
    if let Some(wire_bytes) = facts.get("wire-bytes") {
        assert_eq!(*wire_bytes, Value::Int(i64::try_from(curl.body.len()).expect("a small body")));
    }
}

/// Every fact in `wanted` has its value.
fn has(facts: &Facts, wanted: &[(&str, Value)]) {
    for (name, value) in wanted {
        assert_eq!(facts.get(*name), Some(value), "{name} of {facts:#?}");
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn texts(texts: &[&str]) -> Value {
    Value::Texts(texts.iter().map(|text| (*text).to_owned()).collect())
}

#[test]
fn discovery_finds_page_shim_and_module_on_a_debian_default() {
    let files = pair::plain_site();
    let Some(nginx) = Nginx::debian_default(files.path()) else { return };
    let profile = site(&nginx).profile().expect("a page that answers");
    assert_eq!(url(&profile, Asset::Entry), nginx.url("/"));
    assert_eq!(url(&profile, Asset::Shim), nginx.url("/wasm_exec.js"));
    assert_eq!(url(&profile, Asset::Module), nginx.url("/main.wasm"));
    assert!(profile.about.starts_with("nginx/"), "{}", profile.about);
}

#[test]
fn a_debian_default_compresses_html_alone_and_says_no_vary() {
    let files = pair::plain_site();
    let Some(nginx) = Nginx::debian_default(files.path()) else { return };
    let site = site(&nginx);
    let mut session = site.open(1).expect("a session");
    for offer in OFFERS {
        let module = see(&mut *session, "module", get(&nginx.url("/main.wasm"), offer));
        agrees(&module);
        has(
            &module.facts,
            &[
                ("status", Value::Int(200)),
                ("media-type", text("application/wasm")),
                ("content-type-lines", Value::Int(1)),
                ("content-encoding", texts(&[])),
                ("vary", texts(&[])),
                ("layers", texts(&[])),
                ("layers-match", Value::Bool(true)),
                ("coding-not-offered", Value::Absent),
                ("content", text("wasm")),
                ("module-valid", Value::Bool(true)),
                ("module-error", Value::Absent),
                ("fresh-s", Value::Absent),
                ("revalidated", Value::Bool(false)),
                ("name-hashed", Value::Bool(false)),
                ("wire-ratio", Value::Float(1.0)),
            ],
        );
        let costs = matches!(module.facts["lost-3g-s"], Value::Float(s) if s > 1.0);
        let offered = offer.is_some_and(|offer| !offer.is_empty());
        assert_eq!(costs, offered, "{offer:?}: {:?}", module.facts["lost-3g-s"]);
        let page = see(&mut *session, "page", get(&nginx.url("/"), offer));
        agrees(&page);
        let gzip = offer.is_some_and(|offer| offer.contains("gzip"));
        let layers = if gzip { texts(&["gzip"]) } else { texts(&[]) };
        has(
            &page.facts,
            &[
                ("content-encoding", layers.clone()),
                ("layers", layers),
                ("layers-match", Value::Bool(true)),
                ("vary", texts(&[])),
                ("content", text("html")),
                ("revalidated", Value::Bool(false)),
            ],
        );
    }
}

#[test]
fn a_right_nginx_negotiates_every_variant() {
    let files = pair::right_site();
    let Some(nginx) = Nginx::right(files.path()) else { return };
    let site = site(&nginx);
    let profile = site.profile().expect("a page that answers");
    let mut session = site.open(1).expect("a session");
    let mut digests = Vec::new();
    for offer in OFFERS {
        let layers = match offer {
            None | Some("") => texts(&[]),
            Some("gzip") => texts(&["gzip"]),
            Some(_) => texts(&["br"]),
        };
        for asset in [Asset::Module, Asset::Shim] {
            let seen = see(&mut *session, "asset", get(&url(&profile, asset), offer));
            agrees(&seen);
            has(
                &seen.facts,
                &[
                    ("content-encoding", layers.clone()),
                    ("layers", layers.clone()),
                    ("layers-match", Value::Bool(true)),
                    ("coding-not-offered", Value::Absent),
                    ("vary", texts(&["accept-encoding"])),
                    ("name-hashed", Value::Bool(true)),
                    ("fresh-s", Value::Int(31_536_000)),
                    ("revalidated", Value::Bool(false)),
                    ("module-valid", Value::Bool(asset == Asset::Module)),
                ],
            );
            if asset == Asset::Module {
                digests.push(seen.facts["raw-sha256"].clone());
            }
        }
    }
    digests.dedup();
    assert_eq!(digests.len(), 1, "every variant decodes to the same module");
}

#[test]
fn a_page_is_revalidated_and_a_head_has_no_body() {
    let files = pair::right_site();
    let Some(nginx) = Nginx::right(files.path()) else { return };
    let site = site(&nginx);
    let mut session = site.open(1).expect("a session");
    let entry = get(&nginx.url("/"), Some("gzip"));
    let first = see(&mut *session, "first", entry.clone());
    has(&first.facts, &[("revalidated", Value::Bool(true)), ("fresh-s", Value::Int(0))]);
    let again = Fetch { revalidates: Some("first".to_owned()), ..entry.clone() };
    let again = see(&mut *session, "again", again);
    agrees(&again);
    has(&again.facts, &[("status", Value::Int(304)), ("content-type", Value::Absent)]);
    assert!(again.reproduce.as_deref().is_some_and(|line| line.contains("If-None-Match")));
    let head = see(&mut *session, "head", Fetch { method: Method::Head, ..entry });
    agrees(&head);
    has(&head.facts, &[("content-encoding", texts(&["gzip"]))]);
    for facts in [&again.facts, &head.facts] {
        for unseen in ["wire-bytes", "raw-bytes", "layers", "layers-match", "content"] {
            assert_eq!(facts.get(unseen), None, "{unseen}");
        }
    }
    let nowhere = Fetch { revalidates: Some("nowhere".to_owned()), ..get(&nginx.url("/"), None) };
    assert!(session.perform("x", &Action::Fetch(nowhere)).is_err());
}

#[test]
fn one_off_words_are_equal_in_a_session_and_differ_between_sessions() {
    let files = pair::plain_site();
    let Some(nginx) = Nginx::debian_default(files.path()) else { return };
    let site = site(&nginx);
    let line = |session: &mut dyn Session, step| {
        let fetch =
            Fetch { one_off: Some(OneOff::Trial), ..get(&nginx.url("/main.wasm?a=b"), None) };
        see(session, step, fetch).reproduce.expect("a line")
    };
    let (mut one, mut other) = (site.open(1).expect("one"), site.open(2).expect("other"));
    let plain = see(&mut *one, "plain", get(&nginx.url("/main.wasm"), None));
    assert!(plain.reproduce.is_some_and(|line| line.ends_with("/main.wasm'")));
    let first = line(&mut *one, "first");
    assert!(first.contains("/main.wasm?a=b&gauntlet="), "{first}");
    assert_eq!(first, line(&mut *one, "second"));
    assert_ne!(first, line(&mut *other, "first"));
}
/// nginx leaves `Vary` out of a 304 for files that it compresses on the fly, whatever `gzip_vary`
/// says. For precompressed files it does not.
#[test]
fn a_304_has_vary_only_where_the_variants_are_files() {
    for (files, vary) in
        [(pair::right_site(), texts(&["accept-encoding"])), (pair::plain_site(), texts(&[]))]
    {
        let Some(nginx) = Nginx::right(files.path()) else { return };
        let site = site(&nginx);
        let mut session = site.open(1).expect("a session");
        let page = get(&nginx.url("/"), Some("gzip"));
        let first = see(&mut *session, "first", page.clone());
        has(&first.facts, &[("vary", texts(&["accept-encoding"])), ("layers", texts(&["gzip"]))]);
        let again = Fetch { revalidates: Some("first".to_owned()), ..page };
        let again = see(&mut *session, "again", again);
        agrees(&again);
        has(&again.facts, &[("status", Value::Int(304)), ("vary", vary)]);
    }
}
