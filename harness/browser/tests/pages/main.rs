//! Against a real Chromium.

mod counts;
mod failures;
mod paints;
mod progress;
mod server;

use wasm_gauntlet_browser::connection::Events;
use wasm_gauntlet_browser::find;
use wasm_gauntlet_browser::launch::Browser;

/// The smallest module.
const MODULE: &[u8] = b"\0asm\x01\0\0\0";

/// A browser, or none where there is none and none is required.
fn browser() -> Option<(Browser, Events)> {
    let found = find::installed();
    let required = std::env::var("GAUNTLET_REQUIRE_ALL").is_ok_and(|value| value == "1");
    assert!(found.is_some() || !required, "no Chromium is installed");
    let (browser, events) = Browser::start(&found?).expect("the browser starts");
    assert!(browser.product().contains("Chrome/"), "{}", browser.product());
    Some((browser, events))
}
