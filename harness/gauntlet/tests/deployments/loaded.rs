//! Pages that load the module differently from Go's example, and loaders that cannot run.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256, Sha384};
use wasm_gauntlet_web::coding::Layer;

use crate::behind::{Behind, NO_CACHE, Running, files};
use crate::files::Files;
use crate::servers::pair::coded;

const PAGE: &str = "index.html";
const SHIM: &str = "wasm_exec.js";

/// The site after its file `name` was replaced. The module is always the same and has variants.
fn altered(site: &Path, name: &str, made: impl FnOnce(String) -> String) -> Option<Running> {
    altered_under(site, name, "", made)
}

/// The same with these lines for nginx.
fn altered_under(
    site: &Path,
    name: &str,
    lines: &str,
    made: impl FnOnce(String) -> String,
) -> Option<Running> {
    let text = fs::read_to_string(site.join(name)).expect("a text of the site");
    fs::write(site.join(name), made(text)).expect("a text of the site");
    let module = fs::read(site.join("main.wasm")).expect("a module");
    for (layer, ending) in [(Layer::Gzip, "gz"), (Layer::Br, "br")] {
        let variant = site.join(format!("main.wasm.{ending}"));
        fs::write(variant, coded(layer, &module)).expect("a variant");
    }
    let lines = format!("gzip_static on; brotli_static on; {NO_CACHE} {lines}");
    Some(Running::new(files(site, &lines)?, ""))
}

/// The page with this tag for the shim and this inline script.
fn paged(site: &Path, tag: &str, script: &str) -> Option<Running> {
    let page = format!("<!doctype html><title>x</title>{tag}\n<script>{script}</script>");
    altered(site, PAGE, |_| page)
}

const TAG: &str = "<script src=\"wasm_exec.js\"></script>";

const RUNS: &str = "const go = new Go();
    WebAssembly.instantiateStreaming(fetch(\"main.wasm\"), go.importObject)
        .then((result) => go.run(result.instance));";

/// Adds another file to the site.
fn add(site: &Path, name: &str, text: &str) {
    fs::write(site.join(name), text).expect("a file of the site");
}

/// The text of the shim.
fn shim(site: &Path) -> String {
    fs::read_to_string(site.join(SHIM)).expect("the shim")
}

const DEAD: &[&str] = &["critical delivery/shim-matches-binary"];

/// Every deployment with its own loader.
pub(crate) const LOADED: &[Behind] = &[
    Behind {
        name: "a shim that was cut on its way",
        files: Files::Plain,
        start: |site| altered(site, SHIM, |text| text[..9000].to_owned()),
        incidents: DEAD,
    },
    Behind {
        name: "a shim with the marks of a merge",
        files: Files::Plain,
        start: |site| altered(site, SHIM, |text| format!("<<<<<<< HEAD\n{text}")),
        incidents: DEAD,
    },
    Behind {
        name: "a page without the shim's tag",
        files: Files::Plain,
        start: |site| paged(site, "", RUNS),
        incidents: DEAD,
    },
    Behind {
        name: "the shim's tag after the script that uses it",
        files: Files::Plain,
        start: |site| altered(site, PAGE, |text| format!("{}{TAG}", text.replace(TAG, ""))),
        incidents: DEAD,
    },
    Behind {
        name: "the shim of Node in place of that of browsers",
        files: Files::Plain,
        start: |site| altered(site, SHIM, |_| "require(\"./wasm_exec\"); new Go();".to_owned()),
        incidents: DEAD,
    },
    Behind {
        name: "a bundle in which nothing is called as it was",
        files: Files::Plain,
        start: |site| {
            let text = shim(site).replace("globalThis.Go = class", "self.G = class");
            add(site, "vendor.js", &text);
            let script = RUNS.replace("new Go", "new G");
            paged(site, "<script src=\"vendor.js\"></script>", &script)
        },
        incidents: &[],
    },
    Behind {
        name: "a worker that imports the shim",
        files: Files::Plain,
        start: |site| {
            add(site, "worker.js", &format!("importScripts('wasm_exec.js');{RUNS}"));
            paged(site, "", "new Worker('worker.js')")
        },
        incidents: &[],
    },
    Behind {
        name: "a module script that imports the shim when it is needed",
        files: Files::Plain,
        start: |site| {
            add(site, "app.js", &format!("await import('./wasm_exec.js');{RUNS}"));
            paged(site, "<script type=module src=app.js></script>", "")
        },
        incidents: &[],
    },
    Behind {
        name: "a module script whose ending the table of types lacks, as that of nginx 1.20",
        files: Files::Plain,
        start: |site| {
            add(site, "app.mjs", &format!("await import('./wasm_exec.js');{RUNS}"));
            let tag = "<script type=module src=app.mjs></script>";
            let page = format!("<!doctype html><title>x</title>{tag}");
            let lines = "location ~ \\.mjs$ { types { } default_type application/octet-stream; }";
            altered_under(site, PAGE, lines, |_| page)
        },
        incidents: &["critical delivery/shim-is-script"],
    },
    Behind {
        name: "integrity of other bytes, in the tag",
        files: Files::Plain,
        start: |site| {
            let other = STANDARD.encode(Sha384::digest(b"other"));
            let tag = TAG.replace("></", &format!(" integrity=\"sha384-{other}\"></"));
            paged(site, &tag, RUNS)
        },
        incidents: &["critical delivery/hash-matches-content"],
    },
    Behind {
        name: "integrity of other bytes, in the call",
        files: Files::Plain,
        start: |site| {
            let other = STANDARD.encode(Sha256::digest(b"other"));
            let call = format!("\"main.wasm\", {{ integrity: \"sha256-{other}\" }}");
            paged(site, TAG, &RUNS.replace("\"main.wasm\"", &call))
        },
        incidents: &["critical delivery/hash-matches-content"],
    },
    Behind {
        name: "integrity of these bytes, beside that of others and a weaker one that is wrong",
        files: Files::Plain,
        start: |site| {
            let right = STANDARD.encode(Sha384::digest(shim(site)));
            let all = format!("sha384-AAAA sha384-{right} sha256-AAAA md5-AAAA");
            let tag = TAG.replace("></", &format!(" integrity=\"{all}\"></"));
            paged(site, &tag, RUNS)
        },
        incidents: &[],
    },
];
