//! When a page is painted, and for how long it cannot react.

use std::time::{Duration, Instant};

use wasm_gauntlet_browser::visit::{Certificates, Tab};

use crate::server::{Counting, Files};
use crate::{MODULE, browser};

const FILES: Files = &[
    ("/", "text/html", b"<!doctype html><title>t</title><link rel=icon href=data:,><p>text"),
    (
        "/hidden",
        "text/html",
        b"<!doctype html><title>t</title><link rel=icon href=data:,><p hidden>text",
    ),
    (
        "/busy",
        "text/html",
        b"<!doctype html><title>t</title><link rel=icon href=data:,><p>text<script>
setTimeout(() => { const end = performance.now() + 400; while (performance.now() < end); }, 50);
</script>",
    ),
    (
        "/empty-field",
        "text/html",
        b"<!doctype html><title>t</title><link rel=icon href=data:,><input>",
    ),
    (
        "/full-field",
        "text/html",
        b"<!doctype html><title>t</title><link rel=icon href=data:,><input value=secret>",
    ),
    ("/m.wasm", "application/wasm", MODULE),
    (
        "/kept",
        "text/html",
        b"<!doctype html><title>t</title><link rel=icon href=data:,><p>text<script type=module>
const before = localStorage.getItem('k');
localStorage.setItem('k', 'v');
document.querySelector('p').textContent = `before: ${before}`;
await WebAssembly.instantiateStreaming(fetch('/m.wasm'));
</script>",
    ),
];

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(10)
}

#[test]
fn a_paint_and_a_long_task_are_seen() {
    let server = Counting::start(FILES);
    let Some((browser, events)) = browser() else { return };
    let paints = |path: &str| {
        let mut tab =
            Tab::open(&browser, &events, None, Certificates::Trusted).expect("a page opens");
        tab.visit(&format!("{}{path}", server.url), soon()).expect("it is visited");
        tab.paints().expect("it answers").expect("it has figures")
    };
    let plain = paints("/");
    assert!(plain.first.is_some_and(|ms| ms > 0.0), "{plain:?}");
    assert!(plain.largest >= plain.first, "{plain:?}");
    assert_eq!(paints("/hidden").first, None);
    let busy = paints("/busy").blocked;
    assert!(busy > 300.0 && busy > plain.blocked, "{busy}, {plain:?}");
}

#[test]
fn who_comes_back_has_the_same_profile_and_a_clean_record() {
    let server = Counting::start(FILES);
    let Some((browser, events)) = browser() else { return };
    let url = format!("{}/kept", server.url);
    let mut tab = Tab::open(&browser, &events, None, Certificates::Trusted).expect("a page opens");
    for before in ["before: null", "before: v"] {
        tab.visit(&url, soon()).expect("it is visited");
        let visible = tab.visible().expect("it is seen");
        assert!(visible.contains(before), "{visible}");
        assert_eq!(tab.seen().calls.len(), 1, "{before}");
        assert_eq!(tab.modules().expect("they are read").len(), 1, "{before}");
        tab.leave().expect("it is left");
        assert!(tab.seen().calls.is_empty() && tab.seen().requests().is_empty());
    }
}

#[test]
fn a_picture_shows_nothing_that_was_written_into_fields() {
    let server = Counting::start(FILES);
    let Some((browser, events)) = browser() else { return };
    let mut tab = Tab::open(&browser, &events, None, Certificates::Trusted).expect("a page opens");
    let pictures = ["/empty-field", "/full-field"].map(|path| {
        tab.visit(&format!("{}{path}", server.url), soon()).expect("it is visited");
        (tab.picture().expect("it is taken"), tab.screenshot().expect("it is taken"))
    });
    let [(empty, empty_blanked), (full, full_blanked)] = pictures;
    assert_ne!(empty, full);
    assert_eq!(empty_blanked, full_blanked);
}
