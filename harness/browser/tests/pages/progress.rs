//! Progress bars are read as people see them, in each way in which pages make them.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use wasm_gauntlet_browser::fault_server::FaultServer;
use wasm_gauntlet_browser::visit::requests::{BrowserRequest, RequestEnd};
use wasm_gauntlet_browser::visit::{Certificates, Held, Progress, Tab};

use crate::browser;
use crate::server::{Counting, Files};

/// A page that reads a module in parts. `BAR` is its bar, and `SHOW` shows `read` of `total` bytes.
macro_rules! page {
    ($bar:literal, $show:literal) => {
        concat!(
            "<!doctype html><title>t</title><link rel=icon href=data:,>",
            $bar,
            "<script type=module>
const response = await fetch('/m.wasm');
const bar = document.querySelector('#bar');
const [total, size] = [Number(response.headers.get('x-coded-size')), 10000];
let read = 0;
for (const reader = response.body.getReader(); ; ) {
  const { done, value } = await reader.read();
  if (done) break;
  read += value.length;
  ",
            $show,
            "
}
</script>"
        )
        .as_bytes()
    };
}

const FILES: Files = &[
    // Right, and left on the page.
    (
        "/honest",
        "text/html",
        page!("<progress id=bar value=0 max=1></progress>", "bar.value = read / size;"),
    ),
    // Right, and gone at the end.
    (
        "/gone",
        "text/html",
        page!(
            "<progress id=bar value=0 max=10000></progress>",
            "bar.value = read; bar.hidden = read >= size;"
        ),
    ),
    // A bar without a value shows that something is under way, and no more.
    ("/endless", "text/html", page!("<progress id=bar></progress>", "")),
    // A number that does not change is no bar.
    ("/sale", "text/html", page!("<p id=bar>Now 120 % more</p>", "")),
    // Decoded bytes by the length of the coded ones, as an element and as a text.
    (
        "/over",
        "text/html",
        page!("<progress id=bar value=0 max=100></progress>", "bar.value = 100 * read / total;"),
    ),
    (
        "/over-text",
        "text/html",
        page!("<p id=bar></p>", "bar.textContent = `Loading ${Math.round(100 * read / total)} %`;"),
    ),
    // Each tenth of the bytes starts the bar again.
    (
        "/back",
        "text/html",
        page!(
            "<div id=bar role=progressbar aria-valuenow=0>loading</div>",
            "bar.setAttribute('aria-valuenow', (read % 2500) / 25);"
        ),
    ),
    // It stops before the end.
    (
        "/short",
        "text/html",
        page!("<progress id=bar value=0 max=100></progress>", "bar.value = 80 * read / size;"),
    ),
];

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(10)
}

#[test]
fn bars_are_read_as_people_see_them() {
    let server = Counting::start(FILES);
    let faults = FaultServer::start().expect("a port is free");
    let Some((browser, events)) = browser() else { return };
    let seen = |path: &str| -> Option<Progress> {
        // What is not one line is left out.
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let fields = BTreeMap::from([field("x-coded-size", "4000"), field("x", "1\r\nx-y: 2")]);
        let slow = faults.slow(fields, vec![0; 10_000]);
        let held = Held::elsewhere([(format!("{}/m.wasm", server.url), slow)].into());
        let mut tab =
            Tab::open(&browser, &events, Some(held), Certificates::Trusted).expect("a page opens");
        tab.watch_progress().expect("it is watched");
        tab.visit(&format!("{}{path}", server.url), soon()).expect("it is visited");
        assert!(tab.seen().settled, "{path}");
        let module = |one: &&BrowserRequest| one.url.ends_with(".wasm");
        let module = tab.seen().requests().iter().find(module).expect("it is requested");
        // Chromium says of a body that a script has read to its end that the script gave it up.
        let (RequestEnd::Answered(answer) | RequestEnd::Failed(_, Some(answer))) = &module.end
        else {
            panic!("{path}: {module:?}")
        };
        assert_eq!(answer.fields.get("x-coded-size").map(String::as_str), Some("4000"));
        assert!(!answer.fields.contains_key("x-y"), "{path}");
        tab.progress().expect("it answers")
    };
    let honest = seen("/honest").expect("it moves");
    assert_eq!((honest.max, honest.back, honest.end), (100.0, None, Some(100.0)));
    let gone = seen("/gone").expect("it moves");
    assert!(gone.max < 100.0 && gone.back.is_none() && gone.end.is_none(), "{gone:?}");
    assert_eq!(seen("/endless"), None);
    assert_eq!(seen("/sale"), None);
    for path in ["/over", "/over-text"] {
        let over = seen(path).expect("it moves");
        assert!(over.max > 240.0 && over.back.is_none(), "{path}: {over:?}");
    }
    let short = seen("/short").expect("it moves");
    assert_eq!((short.max, short.back, short.end), (80.0, None, Some(80.0)));
    let back = seen("/back").expect("it moves");
    assert!(back.back.is_some_and(|(from, to)| from > to + 50.0), "{back:?}");
}
