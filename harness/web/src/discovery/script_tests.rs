//! Output of bundlers and code of people, and what is found in it.

use proptest::prelude::*;

use super::*;

fn modules(source: &str) -> Vec<(String, Base, Strength, &'static str)> {
    let mentions = read(source).mentions.into_iter().filter(|m| m.kind == ReferenceKind::Module);
    mentions.map(|m| (m.name, m.base, m.strength, m.how)).collect()
}

#[test]
fn modules_are_found_where_they_are_named() {
    use Base::{Page, Script};
    use Strength::{Asked, Named};
    for (source, name, base, strength, how) in [
        ("WebAssembly.instantiateStreaming(fetch('a.wasm'), i)", "a.wasm", Page, Asked, "fetch"),
        ("fetch(new URL('a.wasm', import.meta.url))", "a.wasm", Script, Asked, "fetch"),
        ("u = new URL(\"./a.wasm\", import.meta.url)", "./a.wasm", Script, Named, "URL"),
        ("u = new URL('a.wasm', document.baseURI)", "a.wasm", Page, Named, "string"),
        ("const f = locateFile('a.wasm')", "a.wasm", Page, Named, "string"),
        ("x = base + '/b/a.wasm?v=1#f'", "/b/a.wasm?v=1#f", Page, Named, "string"),
        ("x = `${base}/a.wasm`", "/a.wasm", Page, Named, "template"),
        ("fetch(`${base}a.wasm`)", "a.wasm", Page, Named, "template"),
        ("fetch(`a.wasm`)", "a.wasm", Page, Asked, "fetch"),
        ("fetch(' my app.wasm')", "my app.wasm", Page, Asked, "fetch"),
        ("WebAssembly.compileStreaming(fetch('/module'))", "/module", Page, Asked, "fetch"),
        ("const URL_ = 'a.wasm'; fetch(URL_, {})", "a.wasm", Page, Asked, "fetch"),
        ("a = 'a.wasm'; fetch(a)", "a.wasm", Page, Named, "string"),
        ("import init from './a.wasm'", "./a.wasm", Script, Asked, "import"),
        ("import('./a.wasm')", "./a.wasm", Script, Asked, "import"),
        ("const dir = '/b/'; fetch(dir + 'a.wasm')", "/b/a.wasm", Page, Asked, "fetch"),
        ("const dir = '/b/'; fetch(`${dir}a.wasm`)", "/b/a.wasm", Page, Asked, "fetch"),
    ] {
        assert_eq!(modules(source), [(name.to_owned(), base, strength, how)], "{source}");
    }
}

#[test]
fn what_is_no_module_name_is_not_found() {
    for source in [
        "// fetch('a.wasm')",
        "x = `.wasm`",
        "x = 'wasm'",
        "x = 'a file called a.wasm'",
        "x = 'data:application/wasm;base64,AGFzbQ.wasm'",
        "x = /a.wasm/",
        "x = 'a.wasm.js.txt'",
    ] {
        assert_eq!(modules(source), [], "{source}");
    }
}

#[test]
fn further_scripts_are_found() {
    for (source, name, specifier, base) in [
        ("import './b.js'", "./b.js", true, Base::Script),
        ("import {a} from 'lib'", "lib", true, Base::Script),
        ("export * from \"./c.mjs\"", "./c.mjs", true, Base::Script),
        ("await import(`./d`)", "./d", true, Base::Script),
        ("importScripts('wasm_exec.js')", "wasm_exec.js", false, Base::Page),
        ("new Worker('w')", "w", false, Base::Page),
        ("navigator.serviceWorker.register('/sw')", "/sw", false, Base::Page),
        ("new Worker(new URL('w.js', import.meta.url))", "w.js", false, Base::Script),
        ("fetch('_framework/blazor.boot.json')", "_framework/blazor.boot.json", false, Base::Page),
        ("s.src = '/wasm_exec.js'", "/wasm_exec.js", false, Base::Page),
    ] {
        let script = read(source);
        let got: Vec<_> = script.mentions.iter().map(|m| (&*m.name, m.kind, m.base)).collect();
        assert_eq!(got, [(name, ReferenceKind::Script { specifier }, base)], "{source}");
    }
}

#[test]
fn a_module_inside_of_a_script_is_told() {
    for (source, how) in [
        ("fetch('data:application/wasm;base64,AGFzbQ==')", Some("a `data:` address")),
        ("f = 'DATA:application/octet-stream;base64,AGFzbQEAAAABBwFg'", Some("a `data:` address")),
        ("const bytes = atob('AGFzbQEAAAABBwFg')", Some("a text in base64")),
        (
            "u = URL.createObjectURL(new Blob([b], { type: 'application/wasm' }))",
            Some("a `blob:` address"),
        ),
        ("if (type === 'application/wasm') {}", None),
        ("i.src = 'data:image/png;base64,iVBORw0KGgo='", None),
        ("fetch('a.wasm')", None),
    ] {
        assert_eq!(read(source).embedded, how, "{source}");
    }
}

#[test]
fn shims_are_told_by_what_they_do() {
    for (source, shim) in [
        ("const go = new Go();", true),
        ("globalThis.Go = class { }", true),
        ("if (globalThis.Go == null) {}", false),
        ("WebAssembly.instantiateStreaming(f)", true),
        ("if (typeof WebAssembly === 'object') {}", false),
        ("load('a.wasm')", true),
        ("// WebAssembly.instantiate", false),
        ("console.log('WebAssembly.instantiate')", false),
    ] {
        assert_eq!(read(source).is_shim(), shim, "{source}");
    }
}

proptest! {
    #[test]
    fn any_script_is_read(source in "[ -~\\n]*") {
        let _ = read(&source);
    }

    #[test]
    fn any_name_has_an_extension_or_none(name in "\\PC*") {
        let _ = extension(&name);
    }
}
