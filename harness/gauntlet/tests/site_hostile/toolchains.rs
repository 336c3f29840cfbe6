//! What toolchains ship and how it is deployed wrongly (`harness/docs/field.md`, section 4), seen
//! with HTTP alone. Beside each broken deployment stands the healthy one that is most like it.

use std::sync::atomic::{AtomicUsize, Ordering};

use wasm_gauntlet_model::record::Outcome;
use wasm_gauntlet_model::verdict::{Severity, Verdict};
use wasm_gauntlet_web::coding::{Layer, encode};

use crate::field::{Ran, run_on};
use crate::files::{File, serve_files, serve_where};

/// A page with this in its head and body.
pub(crate) fn page(inside: &str) -> File {
    File::new("/", format!("<!doctype html><html lang=en><title>p</title>{inside}"))
}

/// A loader as modules have it.
const GLUE: &str = "export default () => WebAssembly.instantiateStreaming(fetch('m.wasm'));";

/// The same as a classic script.
const CLASSIC: &str = "WebAssembly.instantiateStreaming(fetch('m.wasm')).then(() => 0);";

/// A module without imports.
pub(crate) fn module() -> File {
    File::new("/m.wasm", wat::parse_str("(module (func (export \"f\")))").expect("a module"))
}

pub(crate) fn run_files(files: Vec<File>) -> Ran {
    run_on(&["--site", &serve_files(files)])
}

const OCTETS: &str = "application/octet-stream";

#[test]
fn f8_a_loader_that_is_missing() {
    const APP: &str = "import init from './glue.mjs'; init();";
    let app = |text: &str| File::typed("/app.mjs", text, "text/javascript");
    let tag = "<script type=module src=app.mjs></script>";
    let ran = run_files(vec![page(tag), app(APP)]);
    ran.is_one("delivery/answers", Severity::Critical, "gets status 404");
    let ran = run_files(vec![page("<script src=loader.js></script>")]);
    ran.is_one("delivery/answers", Severity::Critical, "gets status 404");
    // The module is loaded without the script that is missing.
    let other = "<script async src=metrics.js></script>";
    let glue = File::typed("/glue.mjs", GLUE, "text/javascript");
    run_files(vec![page(&format!("{other}{tag}")), app(APP), glue, module()]).is_right();
}

#[test]
fn f9_a_module_script_needs_a_javascript_type() {
    const TAG: &str = "<script type=module src=app.mjs></script>";
    let app = "import init from './glue.mjs'; init();";
    let later = "document.body.onclick = async () => (await import('./glue.mjs')).default();";
    for (app, app_type, glue_type) in [
        (app, "text/javascript", OCTETS),
        (app, "text/javascript", "text/plain; charset=utf-8"),
        (app, OCTETS, "text/javascript"),
        (later, "text/javascript", OCTETS),
    ] {
        let files = vec![
            page(TAG),
            module(),
            File::typed("/app.mjs", app, app_type),
            File::typed("/glue.mjs", GLUE, glue_type),
        ];
        let ran = run_files(files);
        ran.is_one("delivery/shim-is-script", Severity::Critical, "needs a JavaScript type");
    }
    for right in ["application/javascript", "text/ecmascript", "Text/JavaScript; charset=utf-8"] {
        let files = vec![
            page(TAG),
            module(),
            File::typed("/app.mjs", app, right),
            File::typed("/glue.mjs", GLUE, right),
        ];
        run_files(files).is_right();
    }
}

#[test]
fn f9_a_way_that_is_open_is_enough() {
    let files = vec![
        page("<script type=module src=old.mjs></script><script type=module src=app.mjs></script>"),
        module(),
        File::typed("/old.mjs", "import init from './glue.mjs'; init();", OCTETS),
        File::new("/app.mjs", "import init from './glue.mjs'; init();"),
        File::new("/glue.mjs", GLUE),
    ];
    run_files(files).is_right();
}

#[test]
fn f9_a_classic_script_is_refused_under_nosniff_alone_or_as_a_picture() {
    const TAG: &str = "<script src=glue.js></script>";
    let of = |glue: File| run_files(vec![page(TAG), module(), glue]);
    const NOSNIFF: &str = "X-Content-Type-Options: nosniff";
    let ran = of(File::typed("/glue.js", CLASSIC, OCTETS).with(NOSNIFF));
    ran.is_one("delivery/shim-is-script", Severity::Critical, "under nosniff");
    let ran = of(File::typed("/glue.js", CLASSIC, "image/png"));
    ran.is_one("delivery/shim-is-script", Severity::Critical, "no browser runs");
    let ran = of(File::typed("/glue.js", CLASSIC, "application/json"));
    ran.is_one("delivery/shim-is-script", Severity::Minor, "application/json");
    of(File::typed("/glue.js", CLASSIC, OCTETS)).is_right();
    of(File::new("/glue.js", CLASSIC).with(NOSNIFF)).is_right();
    of(File::new("/glue.js", CLASSIC).without("Content-Type")).is_right();
}

/// A module as wasm-bindgen makes it, and glue of the same build.
fn bindgen() -> (Vec<u8>, String) {
    let module = r#"(module (import "wbg" "__wbg_new_28c511d9" (func))
        (import "wbg" "__wbindgen_throw" (func)) (func (export "render")))"#;
    let glue = "let wasm; export function render() { wasm.render(); }
        export default async () => {
            const imports = {}; imports.wbg = {};
            imports.wbg.__wbg_new_28c511d9 = () => {};
            imports.wbg.__wbindgen_throw = () => {};
            const { instance } = await WebAssembly.instantiateStreaming(fetch('m.wasm'), imports);
            wasm = instance.exports;
        };";
    (wat::parse_str(module).expect("a module"), glue.to_owned())
}

#[test]
fn f6_glue_and_module_of_two_builds() {
    let (module, glue) = bindgen();
    let of = |glue: String| {
        let tag = "<script type=module>import init from './glue.js'; init();</script>";
        run_files(vec![page(tag), File::new("/m.wasm", &module[..]), File::new("/glue.js", glue)])
    };
    let ran = of(glue.replace("__wbg_new_28c511d9", "__wbg_new_15d3966e"));
    let word = "wbg.__wbg_new_28c511d9";
    ran.is_one("delivery/shim-matches-binary", Severity::Critical, word);
    let ran = of(glue.replace("wasm.render(", "wasm.resvg_render("));
    ran.is_one("delivery/shim-matches-binary", Severity::Critical, "resvg_render");
    // Where the object of imports cannot be read with certainty, nothing is said.
    let open = "Object.assign(imports.wbg, window.more);";
    let old = glue.replace("__wbg_new_28c511d9", "__wbg_new_15d3966e");
    of(old.replace("imports.wbg = {};", &format!("imports.wbg = {{}}; {open}"))).is_right();
    of(glue).is_right();
}

#[test]
fn f11_no_browser_imports_a_module_as_a_script() {
    let of = |inside: &str, glue: &str| {
        run_files(vec![page(inside), module(), File::new("/glue.js", glue)])
    };
    const TAG: &str = "<script type=module src=glue.js></script>";
    const BUNDLER: &str = "import * as wasm from './m.wasm'; wasm.f();";
    let ran = of(TAG, BUNDLER);
    ran.is_one("delivery/shim-matches-binary", Severity::Critical, "/glue.js");
    let ran = of("<script type=module>import * as w from './m.wasm'; w.f();</script>", GLUE);
    ran.is_one("delivery/shim-matches-binary", Severity::Critical, "no browser");
    // A script that is imported only when something happens, a polyfill, and a phase import.
    of("<script type=module>if (window.x) import('./glue.js');</script>", BUNDLER).is_right();
    of(&format!("<script async src=es-module-shims.js></script>{TAG}"), BUNDLER).is_right();
    of(TAG, "import source m from './m.wasm'; new WebAssembly.Instance(m);").is_right();
    let map = "<script type=importmap>{\"imports\":{\"./m.wasm\":\"./m.js\"}}</script>";
    let files = vec![
        page(&format!("{map}{TAG}<script src=classic.js></script>")),
        module(),
        File::new("/glue.js", BUNDLER),
        File::new("/m.js", "export const f = () => 0;"),
        File::new("/classic.js", CLASSIC),
    ];
    run_files(files).is_right();
}

#[test]
fn f12_integrity_of_scripts_that_no_longer_fits() {
    use base64::Engine as _;
    use sha2::Digest as _;
    let integrity = |text: &str| {
        let digest = sha2::Sha384::digest(text);
        format!("sha384-{}", base64::engine::general_purpose::STANDARD.encode(digest))
    };
    const APP: &str = "import init from './glue.js'; init();";
    let of = |inside: &str| {
        let app = File::new("/app.js", APP);
        run_files(vec![page(inside), module(), app, File::new("/glue.js", GLUE)])
    };
    let preload = |name: &str, of: &str| {
        let demanded = integrity(of);
        format!(
            "<link rel=modulepreload href={name} integrity=\"{demanded}\">\
             <script type=module src=app.js></script>"
        )
    };
    let script = |of: &str| {
        format!("<script type=module src=app.js integrity=\"{}\"></script>", integrity(of))
    };
    for wrong in [preload("glue.js", "old"), preload("app.js", "old"), script("old")] {
        of(&wrong).is_one("delivery/hash-matches-content", Severity::Critical, "the page demands");
    }
    let of_module = format!(
        "<link rel=preload as=fetch crossorigin href=m.wasm integrity=\"{}\">{}",
        integrity("old"),
        script(APP)
    );
    for right in [preload("glue.js", GLUE), preload("app.js", APP), script(APP), of_module] {
        of(&right).is_right();
    }
}

#[test]
fn f13_the_br_form_of_the_page_is_of_another_build() {
    let new = "<!doctype html><title>p</title><script src=app.2f1c.js></script>";
    let old = "<!doctype html><title>p</title><script src=app.1a0b.js></script>";
    let of = |br: &'static str, has_nonce: bool| {
        let files =
            vec![module(), File::new("/app.2f1c.js", CLASSIC), File::new("/app.1a0b.js", CLASSIC)];
        let nonces = AtomicUsize::new(0);
        let url = serve_where(files, move |asked| {
            let is_br = asked.takes("br");
            let text = if is_br { br } else { new };
            let nonce = nonces.fetch_add(1, Ordering::Relaxed);
            let text = match has_nonce {
                true => format!("{text}<script nonce=n{nonce}>let a = {nonce};</script>"),
                false => text.to_owned(),
            };
            let body = if is_br { encode(Layer::Br, text.as_bytes()) } else { text.into_bytes() };
            let coding = if is_br { "Content-Encoding: br\r\n" } else { "" };
            let fields =
                "Content-Type: text/html\r\nCache-Control: no-store\r\nVary: Accept-Encoding\r\n";
            let length = body.len();
            let head =
                format!("HTTP/1.1 200 OK\r\n{fields}{coding}Content-Length: {length}\r\n\r\n");
            let body = if asked.method == "get" { body } else { Vec::new() };
            (asked.path == "/").then(|| [head.into_bytes(), body].concat())
        });
        run_on(&["--site", &url])
    };
    for has_nonce in [false, true] {
        let ran = of(old, has_nonce);
        ran.is_one("delivery/same-bytes-everywhere", Severity::Critical, "page of another build");
        of(new, has_nonce).is_right();
    }
}

#[test]
fn f13_a_page_that_differs_each_time_is_not_compared() {
    let turns = AtomicUsize::new(0);
    let url = serve_where(vec![module(), File::new("/app.js", CLASSIC)], move |asked| {
        let turn = turns.fetch_add(1, Ordering::Relaxed);
        let text = format!("<!doctype html><title>p</title><script src=app.js?t={turn}></script>");
        let length = text.len();
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nCache-Control: no-store\r\n\
             Content-Length: {length}\r\n\r\n"
        );
        let body = if asked.method == "get" { text } else { String::new() };
        (asked.path == "/").then(|| [head, body].concat().into_bytes())
    });
    run_on(&["--site", &url]).is_right();
}

#[test]
fn f16_what_stands_in_place_of_the_module_is_named() {
    const TAG: &str = "<script src=glue.js></script>";
    let of = |body: &[u8]| {
        run_files(vec![page(TAG), File::new("/m.wasm", body), File::new("/glue.js", CLASSIC)])
    };
    let text = format!("(module (func (export \"f\")) (data \"{}\"))", "\\80\\ff".repeat(2000));
    let module = wat::parse_str(text).expect("a module");
    let base64 = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &module);
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00ff\nsize 181088\n";
    let mangled = String::from_utf8_lossy(&module).into_owned();
    for (body, word) in [
        (base64.as_bytes(), "base64"),
        (pointer.as_bytes(), "Git LFS pointer"),
        (b"{\"message\": \"Internal server error\"}", "JSON"),
        (mangled.as_bytes(), "read as text and written again"),
    ] {
        of(body).is_one("delivery/module-is-valid", Severity::Critical, word);
    }
    // Text in a module is no damage, and neither is a U+FFFD.
    let text = wat::parse_str("(module (memory 1) (data (i32.const 0) \"\u{fffd} AGFzbQ {}\"))");
    of(&text.expect("a module")).is_right();
}

/// Refuses `path` to all clients whose name has none of these words.
fn refusing(path: &'static str, names: &'static [&'static str]) -> String {
    let files =
        vec![page("<script src=glue.js></script>"), module(), File::new("/glue.js", CLASSIC)];
    serve_where(files, move |asked| {
        let is_known = names.iter().any(|name| asked.is_sent_by(name));
        let refused = (path == "*" || asked.path == path) && !is_known;
        refused.then(|| b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n".to_vec())
    })
}

#[test]
fn f17_who_refuses_tools_is_a_doubt_with_advice() {
    let ran = run_on(&["--site", &refusing("/m.wasm", &["chrome/"])]);
    let doubts: Vec<_> = ran.of(Verdict::Inconclusive).collect();
    assert!(!doubts.is_empty() && ran.code == Some(3), "{}", ran.said);
    let advises = |one: &&Outcome| one.reason.contains("user-agent:");
    assert!(doubts.iter().all(advises), "{}", ran.said);
    assert_eq!(ran.of(Verdict::Fail).count(), 0, "{}", ran.said);
    // The page too: there is nothing to test.
    let ran = run_on(&["--site", &refusing("*", &["chrome/"])]);
    assert!(ran.code == Some(3) && ran.text().contains("`user-agent:`"), "{}", ran.said);
    // A module that nobody may read stays what it is.
    let ran = run_on(&["--site", &refusing("/m.wasm", &[])]);
    let found: Vec<_> = ran.of(Verdict::Fail).filter(|one| one.is_finding()).collect();
    let is_it = |one: &&Outcome| one.incident == "delivery/answers" && one.reason.contains("403");
    assert!(!found.is_empty() && found.iter().all(is_it), "{}", ran.said);
    ran.has_no_doubt();
}

#[test]
fn f17_the_name_in_the_target_file_is_sent() {
    let url = refusing("*", &["acme-monitor"]);
    let file = tempfile::NamedTempFile::new().expect("a file");
    let text = format!("site:\n  url: {url}\n  user-agent: acme-monitor/1.0\n");
    std::fs::write(file.path(), text).expect("it is written");
    run_on(&["--target", &file.path().display().to_string()]).is_right();
}

#[test]
fn f1_caches_guess_how_long_a_module_is_used() {
    const MODIFIED: &str = "Last-Modified: Wed, 02 Sep 2026 10:00:00 GMT";
    let of = |policy: Option<&str>, dated: bool, page_policy: bool| {
        let alter = |file: File| {
            let file = if dated { file.with(MODIFIED) } else { file };
            match policy {
                Some(line) => file.without("Cache-Control").with(line),
                None => file.without("Cache-Control"),
            }
        };
        let page = page("<script src=glue.js></script>").with(MODIFIED);
        let page = if page_policy { page } else { page.without("Cache-Control") };
        run_files(vec![page, alter(module()), alter(File::new("/glue.js", CLASSIC))])
    };
    let ran = of(None, true, true);
    ran.is_one("delivery/long-cache-unhashed", Severity::Major, "caches guess");
    // The page is the cause where caches guess about it too.
    let ran = of(None, true, false);
    ran.is_one("delivery/entry-not-revalidated", Severity::Critical, "guess");
    of(None, false, true).is_right();
    of(Some("Cache-Control: no-cache"), true, true).is_right();
}
