//! `gauntlet init` on a real server. It finds modules with every common way of naming them. If it
//! finds nothing, it says what to do.

use std::fs;
use std::process::{Command, Output};

use crate::builds::Wrong;
use crate::servers::{Nginx, Server, is_there, pair};

/// Each module is reachable in one way only.
const PAGES: &[(&str, &str)] = &[
    (
        "index.html",
        r#"<!doctype html><title>found</title>
        <script type="importmap">
            { "scopes": { "/scoped.mjs": { "lib": "/in-scope.mjs" } } }</script>
        <link rel="modulepreload" href="preloaded.mjs">
        <script type="module" src="scoped.mjs"></script>
        <script src="bundle.js"></script><script src="hello.js"></script>
        <script src="blazor.js"></script>
        <iframe src="frame.html"></iframe>
        <script>
            const folder = "/", ending = ".wasm";
            fetch(folder + "concatenated" + ending);
            fetch(`${folder}templated.wasm`);
            new Worker("worker.js");
            navigator.serviceWorker.register("offline.js");
        </script>"#,
    ),
    ("preloaded.mjs", "fetch('by-preload.wasm')"),
    ("scoped.mjs", "import 'lib'"),
    ("in-scope.mjs", "fetch('by-scope.wasm')"),
    ("frame.html", "<!doctype html><script>fetch('by-frame.wasm')</script>"),
    ("worker.js", "fetch('by-worker.wasm')"),
    ("offline.js", "fetch('by-service-worker.wasm')"),
    // As webpack 5, wasm-bindgen and Blazor write them, shortened.
    (
        "bundle.js",
        r#"(()=>{var o={};o.u=e=>e+".chunk.js";o.v=(e,t,r,n)=>WebAssembly.instantiateStreaming(
           fetch(o.p+""+r+".module.wasm"),n);o.e(12).then(o.bind(o,12))})()"#,
    ),
    ("12.chunk.js", r#"n.v(t,e.id,"3f9a2c1b4d5e6f708192",{"./app_bg.js":{a:r.x}})"#),
    (
        "hello.js",
        r#"let script_src = new URL(document.currentScript.src, location.href).toString();
           module_or_path = script_src.replace(/\.js$/, "_bg.wasm");"#,
    ),
    ("blazor.js", r#"const e = await fetch("blazor.boot.json"); WebAssembly.compile(e)"#),
    ("blazor.boot.json", r#"{ "resources": { "wasmNative": { "dotnet.wasm": "sha256-x" } } }"#),
    ("empty.html", "<!doctype html><title>no module</title><script src=lazy.js></script>"),
    ("lazy.js", "load(pick() + '.was' + 'm'); fetch('data:application/wasm;base64,AGFzbQEAAAA=')"),
];

/// The modules of those pages.
const MODULES: &[&str] = &[
    "concatenated.wasm",
    "templated.wasm",
    "by-preload.wasm",
    "by-scope.wasm",
    "by-frame.wasm",
    "by-worker.wasm",
    "by-service-worker.wasm",
    "3f9a2c1b4d5e6f708192.module.wasm",
    "hello_bg.wasm",
    "dotnet.wasm",
];

fn server() -> Option<Server> {
    let site = tempfile::tempdir().expect("a site");
    for (name, text) in PAGES {
        fs::write(site.path().join(name), text).expect("a page");
    }
    for name in MODULES {
        fs::write(site.path().join(name), &pair::pair().module).expect("a module");
    }
    Nginx::right(site.path())
}

fn gauntlet(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gauntlet"));
    // These are about reading alone.
    command.env("CHROME", "/nowhere/chromium");
    command.args(arguments).output().expect("the program runs")
}

/// The written file is valid, and `init` never overwrites it.
pub(crate) fn is_written() {
    let Some(server) = server() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("gauntlet.yaml").display().to_string();
    let arguments = ["init", "--site", &server.url("/"), "--out", &file];
    let written = gauntlet(&arguments);
    let errors = String::from_utf8_lossy(&written.stderr).into_owned();
    assert_eq!(written.status.code(), Some(0), "{errors}");
    let text = fs::read_to_string(&file).expect("the file is there");
    for name in MODULES {
        assert!(text.contains(&format!("module  /{name} ")), "{name} is not in\n{text}");
    }
    let again = gauntlet(&arguments);
    assert_eq!(again.status.code(), Some(2), "a file that is there is left as it is");
    assert_eq!(fs::read_to_string(&file).expect("the file is there"), text);
    let run = gauntlet(&["run", "--target", &file, "--only", "delivery/mime-type"]);
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stdout));
}

/// The naming rule is written only if every found name follows it.
pub(crate) fn rule_of_names_is_written() {
    if !is_there("go") {
        return;
    }
    for (site, line) in [
        (pair::right_site(), "\n  name-digest: sha256-raw\n"),
        (Wrong::Patched.site(), "\n  # name-digest: sha256-raw\n"),
    ] {
        let Some(server) = Nginx::right(site.path()) else { return };
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("gauntlet.yaml").display().to_string();
        let written = gauntlet(&["init", "--site", &server.url("/"), "--out", &file]);
        assert_eq!(written.status.code(), Some(0));
        let text = fs::read_to_string(&file).expect("the file is there");
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}

/// Finding nothing is a failure, and the message says what to do.
pub(crate) fn nothing_is_no_success() {
    let Some(server) = server() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("gauntlet.yaml");
    let (url, path) = (server.url("/empty.html"), file.display().to_string());
    for arguments in [&["init", "--site", &url, "--out", &path][..], &["run", "--site", &url]] {
        let output = gauntlet(arguments);
        assert_eq!(output.status.code(), Some(3), "{arguments:?}");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).split_whitespace().collect::<Vec<_>>().join(" ");
        let advice = "name the page that loads one, or the address of the module itself";
        assert!(said.contains(advice), "{arguments:?}: {said}");
        let inside = "/lazy.js holds a module in a `data:` address";
        assert!(said.contains(inside), "{arguments:?}: {said}");
    }
    assert!(!file.exists());
}
