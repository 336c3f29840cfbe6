//! A real pair of module and shim: built by Go if it is installed, and otherwise generated. It
//! makes two sites: one as people first write it, and a correct one.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock, PoisonError};

use sha2::{Digest, Sha256};
use wasm_gauntlet_web::coding::{Layer, encode};

/// A module and the script that starts it.
pub(crate) struct Pair {
    /// The bytes of the module.
    pub module: Vec<u8>,
    /// The text of the shim.
    pub shim: Vec<u8>,
}

/// The pair, built once for each target folder and Go release.
pub(crate) fn pair() -> &'static Pair {
    static PAIR: OnceLock<Pair> = OnceLock::new();
    PAIR.get_or_init(|| if super::is_there("go") { built() } else { generated() })
}

/// The program uses only println, so the module stays under 2 MB. `-s -w` is usual for a release.
fn built() -> Pair {
    let root = PathBuf::from(go(&["env", "GOROOT"], &[]));
    let release = go(&["env", "GOVERSION"], &[]);
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("pair-{release}"));
    let module = cache.join("main.wasm");
    if !module.is_file() {
        fs::create_dir_all(&cache).expect("a cache folder");
        let work = tempfile::tempdir_in(&cache).expect("a folder to build in");
        let source = work.path().join("main.go");
        fs::write(&source, "package main\n\nfunc main() { println(\"hello\") }\n")
            .expect("a source");
        let out = work.path().join("out.wasm");
        let (out_text, source) = (out.display().to_string(), source.display().to_string());
        let target = [("GOOS", "js"), ("GOARCH", "wasm"), ("GO111MODULE", "off")];
        go(&["build", "-trimpath", "-ldflags=-s -w", "-o", &out_text, &source], &target);
        // Moved into place as a whole, because two test programs may build at the same time.
        fs::rename(out, &module).expect("the module moves into the cache");
    }
    let places = ["lib/wasm/wasm_exec.js", "misc/wasm/wasm_exec.js"].map(|place| root.join(place));
    let shim = places.iter().find_map(|place| fs::read(place).ok());
    let module = fs::read(module).expect("the module is in the cache");
    Pair { module, shim: shim.expect("Go brings its shim") }
}

/// The output of `go`.
pub(crate) fn go(arguments: &[&str], environment: &[(&str, &str)]) -> String {
    let mut command = Command::new("go");
    command.args(arguments).envs(environment.iter().copied());
    let output = command.output().expect("go runs");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "go {arguments:?}: {errors}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// A valid module of about 1 MB that compresses like code, and a shim for it.
fn generated() -> Pair {
    use wasm_encoder::{CodeSection, Function, FunctionSection, Module, TypeSection};
    let (mut types, mut functions, mut code) =
        (TypeSection::new(), FunctionSection::new(), CodeSection::new());
    types.ty().function([], []);
    for number in 0..20_000_i32 {
        let mut body = Function::new([]);
        for step in 0..8 {
            body.instructions().i32_const(number.wrapping_mul(2_654_435) ^ step).drop();
        }
        body.instructions().end();
        functions.function(0);
        code.function(&body);
    }
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&code);
    let shim = "globalThis.Go = class { run() {} importObject = {} };";
    Pair { module: module.finish(), shim: shim.as_bytes().to_vec() }
}

/// A page that starts `module` with `shim`, in the words of Go's own example.
pub(crate) fn page(shim: &str, module: &str) -> String {
    format!(
        "<!doctype html>\n<html><head><meta charset=\"utf-8\"><title>pair</title>\n\
         <script src=\"{shim}\"></script>\n<script>\n\
         const go = new Go();\n\
         WebAssembly.instantiateStreaming(fetch(\"{module}\"), go.importObject)\n\
         \x20 .then((result) => go.run(result.instance));\n\
         </script></head><body>pair</body></html>\n"
    )
}

/// A site as in Go's own example: plain names, no variants.
pub(crate) fn plain_site() -> tempfile::TempDir {
    let (site, pair) = (tempfile::tempdir().expect("a site"), pair());
    write(&site, "index.html", page("wasm_exec.js", "main.wasm").as_bytes());
    write(&site, "wasm_exec.js", &pair.shim);
    write(&site, "main.wasm", &pair.module);
    site
}

/// A site with hashed names, and both variants next to every file.
pub(crate) fn right_site() -> tempfile::TempDir {
    let (site, pair) = (tempfile::tempdir().expect("a site"), pair());
    let shim = format!("wasm_exec.{}.js", digest(&pair.shim));
    let module = format!("main.{}.wasm", digest(&pair.module));
    let page = page(&shim, &module).into_bytes();
    let files = [("index.html", &page), (&shim, &pair.shim), (&module, &pair.module)];
    for (name, bytes) in files {
        write(&site, name, bytes);
        write(&site, &format!("{name}.gz"), &coded(Layer::Gzip, bytes));
        write(&site, &format!("{name}.br"), &coded(Layer::Br, bytes));
    }
    site
}

/// The coded form of `bytes`, made once. Brotli takes a second for a module, and longer in a debug
/// build.
pub(crate) fn coded(layer: Layer, bytes: &[u8]) -> Vec<u8> {
    static KNOWN: Mutex<BTreeMap<(Layer, String), Vec<u8>>> = Mutex::new(BTreeMap::new());
    let key = (layer, digest(bytes));
    let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(coded) = known().get(&key) {
        return coded.clone();
    }
    // Not under the lock, because another test may need another file.
    let coded = encode(layer, bytes);
    known().insert(key, coded.clone());
    coded
}

/// The first 16 hex digits of the SHA-256 digest.
pub(crate) fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes)[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes a file of the site.
pub(crate) fn write(site: &tempfile::TempDir, name: &str, bytes: &[u8]) {
    fs::write(site.path().join(name), bytes).expect("a file of the site");
}
