//! No request is lost, whoever made it, and what was compiled is what was delivered.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use wasm_gauntlet_browser::visit::requests::{BrowserRequest, RequestEnd};
use wasm_gauntlet_browser::visit::{Certificates, Tab};

use crate::server::{Counting, Files};
use crate::{MODULE, browser};

/// Those that reached the server, by path.
fn reported(requests: &[BrowserRequest], url: &str) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for request in requests {
        let Some(path) = request.url.strip_prefix(url) else { continue };
        let local = matches!(&request.end, RequestEnd::Answered(answer) if answer.is_local);
        if !local && path != "/favicon.ico" {
            *counts.entry(path.to_owned()).or_default() += 1;
        }
    }
    counts
}

const PAGE: &[u8] = b"<!doctype html><title>t</title><link rel=stylesheet href=/a.css>
<img src=/i.png><script src=/a.js></script><iframe src=/frame.html></iframe>
<script type=module>
await WebAssembly.compileStreaming(fetch('/m.wasm'));
for (let i = 0; i < 40; i++) fetch('/n?' + i);
new Worker('/w.js');
await navigator.serviceWorker.register('/sw.js');
console.warn('page done');
Promise.reject(new Error('nobody catches this'));
</script>";

const FILES: Files = &[
    ("/", "text/html", PAGE),
    ("/frame.html", "text/html", b"<script src=/f.js></script>"),
    ("/f.js", "text/javascript", b"fetch('/from-frame')"),
    ("/a.js", "text/javascript", b"fetch('/from-script')"),
    ("/a.css", "text/css", b"body { color: red }"),
    ("/m.wasm", "application/wasm", MODULE),
    (
        "/w.js",
        "text/javascript",
        b"fetch('/from-worker'); WebAssembly.instantiateStreaming(fetch('/m.wasm?worker'));\
          importScripts('/w2.js')",
    ),
    ("/w2.js", "text/javascript", b"fetch('/from-worker-2')"),
    (
        "/sw.js",
        "text/javascript",
        b"addEventListener('install', e => e.waitUntil(fetch('/from-service-worker')))",
    ),
];

#[test]
fn no_request_is_lost_and_what_was_compiled_is_what_was_delivered() {
    let server = Counting::start(FILES);
    let Some((browser, events)) = browser() else { return };
    let mut tab = Tab::open(&browser, &events, None, Certificates::Trusted).expect("a page opens");
    let url = format!("{}/", server.url);
    tab.visit(&url, Instant::now() + Duration::from_secs(20)).expect("the page is visited");
    let modules = tab.modules().expect("they can be read");
    let seen = tab.seen();
    let open: Vec<_> = seen
        .requests()
        .iter()
        .filter(|one| matches!(one.end, RequestEnd::Pending | RequestEnd::Answering(_)))
        .map(|one| &one.url)
        .collect();
    assert!(seen.settled, "{open:?}");
    let counts = server.counts();
    assert!(counts.contains_key("/from-service-worker"), "{counts:?}");
    assert_eq!(reported(seen.requests(), &server.url), counts);
    let mut compiled: Vec<_> =
        modules.iter().map(|one| (one.url.clone(), one.bytes.clone())).collect();
    compiled.sort();
    let of = |path: &str| (format!("{}{path}", server.url), Some(MODULE.to_vec()));
    assert_eq!(compiled, [of("/m.wasm"), of("/m.wasm?worker")]);
    let started: Vec<_> =
        seen.calls.iter().map(|call| (call.call.as_str(), call.started())).collect();
    assert!(started.contains(&("compileStreaming", false)), "{started:?}");
    assert!(started.contains(&("instantiateStreaming", true)), "{started:?}");
    let said = |level: &str, text: &str| {
        seen.said.iter().any(|one| one.level == level && one.text.contains(text))
    };
    assert!(said("warning", "page done"), "{:?}", seen.said);
    assert!(said("uncaught", "nobody catches this"), "{:?}", seen.said);
    assert_eq!(seen.targets.get("service_worker"), Some(&1), "{:?}", seen.targets);
    assert_eq!(seen.targets.get("worker"), Some(&1), "{:?}", seen.targets);
}

#[test]
fn a_page_that_nobody_serves_is_not_reached() {
    let Some((browser, events)) = browser() else { return };
    let mut tab = Tab::open(&browser, &events, None, Certificates::Trusted).expect("a page opens");
    tab.visit("http://127.0.0.1:9/", Instant::now() + Duration::from_secs(20)).expect("it answers");
    assert!(tab.seen().not_reached.as_ref().is_some_and(|why| why.starts_with("net::ERR_")));
}
