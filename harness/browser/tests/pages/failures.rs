//! A module that fails: the page is held, then meets the failure, and can try again.

use std::time::{Duration, Instant};

use wasm_gauntlet_browser::fault_server::FaultServer;
use wasm_gauntlet_browser::visit::{Certificates, Held, NamedControl, Press, Tab};
use wasm_gauntlet_model::action::ModuleFailure;

use crate::server::{Counting, Files};
use crate::{MODULE, browser};

const PAGE: &[u8] = b"<!doctype html><title>t</title><link rel=icon href=data:,>
<button>Run</button><p role=status>idle</p>
<script type=module>
const status = document.querySelector('p');
document.querySelector('button').onclick = async () => {
  status.textContent = 'loading';
  try {
    await WebAssembly.instantiateStreaming(fetch('/m.wasm'));
    status.textContent = 'ready';
  } catch (error) {
    status.textContent = 'failed';
  }
};
</script>";

const FILES: Files = &[("/", "text/html", PAGE), ("/m.wasm", "application/wasm", MODULE)];

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(10)
}

#[test]
fn a_module_fails_in_each_way_and_loads_again() {
    let server = Counting::start(FILES);
    let faults = FaultServer::start().expect("a port is free");
    let Some((browser, events)) = browser() else { return };
    for failure in ModuleFailure::ALL {
        let modules = [(format!("{}/m.wasm", server.url), MODULE.to_vec())].into();
        let held = Some(Held::new(modules, *failure));
        let mut tab =
            Tab::open(&browser, &events, held, Certificates::Trusted).expect("a page opens");
        tab.visit(&format!("{}/", server.url), soon()).expect("it is visited");
        assert!(tab.visible().expect("it is seen").contains("idle"));
        let control = tab.control(None, Press::Use).expect("there is one");
        assert_eq!((control.count, control.name.as_deref()), (1, Some("Run")));
        tab.rest(soon()).expect("it rests");
        assert_eq!(tab.held(), 1, "{failure:?}");
        assert!(tab.visible().expect("it is seen").contains("loading"), "{failure:?}");
        tab.fail_held(&faults).expect("it fails");
        tab.rest(soon()).expect("it rests");
        let expected = if *failure == ModuleFailure::Stalled { "loading" } else { "failed" };
        let visible = tab.visible().expect("it is seen");
        assert!(visible.contains(expected), "{failure:?}: {visible} {:?}", tab.seen().calls);
        tab.recover();
        tab.control(None, Press::Again).expect("there is one");
        tab.rest(soon()).expect("it rests");
        let visible = tab.visible().expect("it is seen");
        assert!(visible.contains("ready"), "{failure:?}: {visible} {:?}", tab.seen().calls);
        let seen = tab.seen();
        assert!(seen.settled, "{failure:?}: {:?} {:?}", seen.requests(), seen.calls);
    }
}

const ROUTED: &[u8] = b"<!doctype html><title>t</title><link rel=icon href=data:,>
<main id=m><nav><a href=/about>About</a> <a href=/tool>Tool</a></nav></main>
<a href=/logout>Log out</a> <a href=/file download>File</a> <a href=/tab target=_blank>Tab</a>
<a href=https://other.example/>x</a> <a href=/hidden hidden>Hidden</a>
<button>One</button><button id=two>Two</button>";

#[test]
fn links_and_buttons_are_named_by_selectors_that_select_them() {
    let server = Counting::start(&[("/", "text/html", ROUTED)]);
    let Some((browser, events)) = browser() else { return };
    let mut tab = Tab::open(&browser, &events, None, Certificates::Trusted).expect("a page opens");
    tab.visit(&format!("{}/", server.url), soon()).expect("it is visited");
    let named = |all: &[NamedControl]| -> Vec<String> {
        all.iter().map(|one| format!("{}: {}", one.name, one.selector)).collect()
    };
    let links = tab.routes().expect("they are read");
    let right = ["About: #m > nav > a:nth-of-type(1)", "Tool: #m > nav > a:nth-of-type(2)"];
    assert_eq!(named(&links), right);
    let buttons = tab.control(None, Press::No).expect("they are read");
    assert_eq!(named(&buttons.first), ["One: button:nth-of-type(1)", "Two: #two"]);
    assert_eq!((buttons.count, buttons.name), (2, None));
    for one in buttons.first.iter().chain(&links) {
        let chosen = tab.control(Some(&one.selector), Press::No).expect("it is read");
        assert_eq!(chosen.name.as_ref(), Some(&one.name));
    }
}
