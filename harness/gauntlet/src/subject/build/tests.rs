use std::fs;
use std::path::Path;

use tempfile::TempDir;
use wasm_gauntlet_model::action::{Asset, Inspect};
use wasm_gauntlet_model::fault::{Fault, Part};
use wasm_gauntlet_model::observation::{Facts, Value};

use super::*;
use crate::testbed::build::{FEATURE, TestbedBuild};

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    for (name, bytes) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().expect("it has one")).expect("made");
        fs::write(path, bytes).expect("written");
    }
    dir
}

fn build(dir: &Path) -> Artefact {
    let build = Build { dir: dir.to_owned(), ..Build::default() };
    Artefact::new(build, String::new())
}

/// The facts of the first asset of this kind.
fn facts(artefact: &Artefact, asset: Asset) -> Facts {
    let profile = artefact.profile().expect("a profile");
    let found = profile.found.iter().find(|one| one.asset == asset).expect("the asset");
    let action =
        Action::Inspect(Inspect { asset, url: found.url.clone(), beside: profile.found.clone() });
    let mut session = artefact.open(1).expect("a session");
    session.perform("file", &action).expect("an observation").facts
}

fn texts(facts: &Facts, name: &str) -> Vec<String> {
    match &facts[name] {
        Value::Texts(texts) => texts.clone(),
        other => panic!("{name} is {other:?}"),
    }
}

#[test]
fn a_directory_without_a_module_is_no_success() {
    let dir = folder(&[("index.html", b"<!doctype html>"), ("notes.txt", b"a.wasm")]);
    let why = build(dir.path()).profile().expect_err("nothing to test").to_string();
    assert!(why.contains("no .wasm among the 2 files") && why.contains("--artefact dist"), "{why}");
    assert!(build(&dir.path().join("nowhere")).profile().is_err());
}

#[cfg(unix)]
#[test]
fn links_that_lead_outside_are_told_and_not_followed() {
    use std::os::unix::fs::symlink;
    let outside = folder(&[("secret.wasm", b"\0asm\x01\0\0\0")]);
    let dir = folder(&[("a.wasm", b"\0asm\x01\0\0\0")]);
    let at = |name: &str| dir.path().join(name);
    symlink(outside.path().join("secret.wasm"), at("b.wasm")).expect("a link");
    symlink(outside.path(), at("folder")).expect("a link");
    symlink(at("a.wasm"), at("c.wasm")).expect("a link");
    symlink(dir.path(), at("loop")).expect("a link");
    symlink("nowhere", at("broken.wasm")).expect("a link");
    let profile = build(dir.path()).profile().expect("a profile");
    let names: Vec<&str> = profile.found.iter().map(|found| found.url.as_str()).collect();
    assert_eq!(names, ["a.wasm", "c.wasm"]);
    assert!(profile.about.contains("b.wasm is a link"), "{}", profile.about);
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    let dir = folder(&[("a.wasm", b"\0asm\x01\0\0\0")]);
    let large = fs::File::create(dir.path().join("b.wasm")).expect("a file");
    large.set_len(files::FILE_BYTES_MAX + 1).expect("a sparse file");
    let files = Files::walk(dir.path()).expect("files");
    assert!(files.read("a.wasm").is_ok());
    assert!(files.read("b.wasm").expect_err("too large").to_string().contains("larger than"));
}

#[test]
fn siblings_that_were_never_made_are_not_missed() {
    let module = wat::parse_str("(module)").expect("a module");
    let gz = wasm_gauntlet_web::coding::encode(
        wasm_gauntlet_web::coding::Layer::Gzip,
        b"let a = 1; // shim\n",
    );
    let bare = folder(&[("a.wasm", &module), ("b.js", b"new Go()")]);
    assert!(texts(&facts(&build(bare.path()), Asset::Module), "siblings-missing").is_empty());
    let some = folder(&[("a.wasm", &module), ("b.js", b"x"), ("b.js.gz", &gz)]);
    let missing = texts(&facts(&build(some.path()), Asset::Module), "siblings-missing");
    assert_eq!(missing, ["a.wasm.gz"]);
}

#[test]
fn siblings_of_every_other_file_are_held_against_it_once() {
    let module = wat::parse_str("(module)").expect("a module");
    let gz = |bytes: &[u8]| {
        wasm_gauntlet_web::coding::encode(wasm_gauntlet_web::coding::Layer::Gzip, bytes)
    };
    let (style, large) = ("a { color: red }\n".repeat(200), "p { color: red }\n".repeat(300));
    let noise = |at: u32| <sha2::Sha256 as sha2::Digest>::digest(at.to_le_bytes());
    let noise: Vec<u8> = (0..64).flat_map(noise).collect();
    let dir = folder(&[
        ("a.wasm", &module),
        ("b.wasm", &module),
        ("s/a.css", style.as_bytes()),
        ("s/a.css.gz", &gz(style.as_bytes())),
        ("s/b.css", large.as_bytes()),
        ("index.html", b"<p>new"),
        ("index.html.gz", &gz(b"<p>old")),
        ("x.bin", &noise),
        ("x.bin.gz", &gz(&noise)),
        ("small.txt", b"a"),
        ("small.txt.gz", &gz(b"a")),
    ]);
    let of = |name: &str| {
        let artefact = build(dir.path());
        let beside = artefact.profile().expect("a profile").found;
        let url = name.to_owned();
        let action = Action::Inspect(Inspect { asset: Asset::Module, url, beside });
        artefact.open(1).expect("a session").perform("file", &action).expect("facts").facts
    };
    let first = of("a.wasm");
    assert_eq!(
        texts(&first, "beside-wrong"),
        ["index.html.gz decodes to another content (6 bytes)"]
    );
    assert_eq!(texts(&first, "beside-missing"), ["s/b.css.gz"]);
    assert!(texts(&first, "beside-fat")[0].starts_with("x.bin.gz has"));
    assert_eq!(of("b.wasm")["beside-wrong"], Value::Absent);
}

#[test]
fn a_page_may_name_what_lies_elsewhere() {
    let module = wat::parse_str("(module)").expect("a module");
    let page = br#"<script src="https://cdn.example/runtime.0a1b2c3d.js"></script>
        <script type="module">fetch("app.wasm"); import("/config.js")</script>"#;
    let dir = folder(&[("app.wasm", &module), ("index.html", page)]);
    let seen = facts(&build(dir.path()), Asset::Module);
    assert!(texts(&seen, "dangling").is_empty());
    assert_eq!(seen["named-by-page"], Value::Bool(true));
    assert_eq!(seen["destination"], Value::Text("page".to_owned()));
}

/// What is said to be missing of a page `at` with this text, beside `app.wasm` and `js/go.js`.
fn dangling(at: &str, page: &str) -> Vec<String> {
    let module = wat::parse_str("(module)").expect("a module");
    let files = [(at, page.as_bytes()), ("app.wasm", &module), ("js/go.js", b"new Go()")];
    texts(&facts(&build(folder(&files).path()), Asset::Module), "dangling")
}

#[test]
fn what_a_page_loads_and_is_not_there_is_missed_wherever_the_folder_is_served() {
    for (at, page) in [
        ("index.html", "<script src=js/go.js></script>"),
        ("index.html", "<script src='/js/go.js?v=1#x'></script>"),
        ("index.html", "<script src=/served/below/js/go.js></script>"),
        ("index.html", "<base href=/below/><script src='./j%73/go.js'></script>"),
        ("index.html", "<base href=https://cdn.example/><script src=none.js></script>"),
        ("docs/a.html", "<script src=../js/go.js></script>"),
        ("index.html", "<script src=/cdn-cgi/x.js></script><script src='{{ .Name }}.js'></script>"),
        ("index.html", "<script>fetch('app.wasm?v=1'); fetch('https://a.example/b.wasm')</script>"),
        ("index.html", "<!-- <script src=none.js></script> -->"),
        // It is written when the server starts.
        ("index.html", "<script src=/env.js></script>"),
    ] {
        assert!(dangling(at, page).is_empty(), "{page} {:?}", dangling(at, page));
    }
    for (at, page, missing) in [
        ("index.html", "<script src=go.js></script>", "go.js in index.html"),
        ("index.html", "<script src=js/none.js></script>", "js/none.js in index.html"),
        ("index.html", "<script src=/served/none.js></script>", "served/none.js in index.html"),
        ("docs/a.html", "<script src=js/go.js></script>", "docs/js/go.js in docs/a.html"),
        ("index.html", "<link rel=modulepreload href=m.mjs>", "m.mjs in index.html"),
        ("index.html", "<script>fetch('main.wasm')</script>", "main.wasm in index.html"),
        ("index.html", "<link rel=preload as=fetch href=a.wasm>", "a.wasm in index.html"),
    ] {
        assert_eq!(dangling(at, page), [missing], "{page}");
    }
}

/// What is said of the scripts of a page with this tag, with a Go module and `go.js` of this text.
fn of_scripts(tag: &str, script: &[u8]) -> (Vec<String>, Value) {
    let text = "(module (import \"gojs\" \"runtime.wasmExit\" (func (param i32))))";
    let module = wat::parse_str(text).expect("a module");
    let page = format!("{tag}<script>fetch('app.wasm')</script>");
    let dir = folder(&[("app.wasm", &module), ("index.html", page.as_bytes()), ("go.js", script)]);
    let seen = facts(&build(dir.path()), Asset::Module);
    (texts(&seen, "scripts-wrong"), seen["namespaces-nowhere"].clone())
}

#[test]
fn a_script_that_cannot_run_is_told_and_one_that_somebody_fills_in_is_not() {
    let tag = "<script src=go.js></script>";
    let gojs = Value::Texts(vec!["gojs".to_owned()]);
    let nothing = Value::Texts(Vec::new());
    let whole = "x = { gojs: { 'runtime.wasmExit': f } }";
    assert_eq!(of_scripts(tag, whole.as_bytes()), (vec![], nothing.clone()));
    let merged = format!("{whole}\n=======\n");
    for (script, why, nowhere) in [
        (&whole[..whole.len() - 1], "go.js: it ends before { is closed", &nothing),
        (&merged, "go.js: it contains the markers of", &nothing),
        (" \n", "go.js is empty", &gojs),
        ("<!DOCTYPE html><p>gone", "go.js is an HTML page", &gojs),
    ] {
        let (wrong, named) = of_scripts(tag, script.as_bytes());
        assert!(wrong.len() == 1 && wrong[0].starts_with(why), "{wrong:?}");
        assert_eq!(named, *nowhere, "{script}");
    }
    // Another script has the namespace, or a script from elsewhere may.
    let cdn = "<script src=https://cdn.example/wasm_exec.js></script>";
    assert_eq!(of_scripts(cdn, b""), (vec![], Value::Absent));
    assert_eq!(of_scripts("", b"a.gojs=1"), (vec![], nothing));
    assert_eq!(of_scripts("", b"a.gojsx=1"), (vec![], gojs));
}

#[test]
fn a_go_is_made_after_the_script_that_defines_it() {
    let module = wat::parse_str("(module (import \"gojs\" \"runtime.wasmExit\" (func)))");
    let module = module.expect("a module");
    let seen = |page: &str| {
        let shim = b"globalThis.Go = class { x = { gojs: { 'runtime.wasmExit': f } } }";
        let page = page.replace("MADE", "<script>const go = new Go(); fetch('app.wasm')</script>");
        let all: [(&str, &[u8]); 4] = [
            ("app.wasm", &module),
            ("index.html", page.as_bytes()),
            ("go.js", shim),
            ("other.js", b"f()"),
        ];
        let seen = facts(&build(folder(&all).path()), Asset::Module);
        (seen["shim-late"].clone(), seen["shim-unloaded"].clone())
    };
    let is = |text: &str| Value::Text(text.to_owned());
    for (page, late, unloaded) in [
        ("<script src=go.js></script>MADE", Value::Absent, Value::Absent),
        ("MADE<script src=go.js></script>", is("go.js in index.html"), Value::Absent),
        ("<script defer src=go.js></script>MADE", is("go.js in index.html"), Value::Absent),
        ("<script src=other.js></script>MADE", Value::Absent, is("index.html")),
        ("MADE", Value::Absent, is("index.html")),
        ("<script src=https://cdn.example/go.js></script>MADE", Value::Absent, Value::Absent),
        ("<script src=gone.js></script>MADE", Value::Absent, Value::Absent),
        (
            "<script>document.write('<script src=go.js><\\/script>')</script>MADE",
            Value::Absent,
            Value::Absent,
        ),
        (
            "<script>import('./go.js').then(() => { const go = new Go() })</script>",
            Value::Absent,
            Value::Absent,
        ),
    ] {
        assert_eq!(seen(page), (late, unloaded), "{page}");
    }
}

#[test]
fn each_line_of_a_manifest_is_understood_or_told_of() {
    let digest = "0123456789abcdef".repeat(4);
    for line in [
        format!("{digest}  a b.wasm"),
        format!("{} *./a b.wasm", digest.to_uppercase()),
        format!("SHA256 (a b.wasm) = {digest}"),
        format!("SHA256 (./a b.wasm) = {digest}\r"),
        format!("# of the release\n\n{digest}  a b.wasm\n"),
    ] {
        let read = listing::parse(&line);
        assert_eq!(read.named.get("a b.wasm"), Some(&digest), "{line:?}");
        assert!(read.unread.is_empty(), "{line:?} {read:?}");
    }
    let escaped = listing::parse(&format!("\\{digest}  a\\\\b"));
    assert!(escaped.named.contains_key("a\\b"), "{escaped:?}");
    for (line, words) in [
        ("nothing".to_owned(), "line 2: `nothing` is not an entry; expected 64 hex"),
        (format!("{digest}{digest}  a"), "line 2: 128 digits are SHA-512; expected 64"),
        (format!("SHA512 (a) = {digest}{digest}"), "line 2: 128 digits are SHA-512"),
        (format!("SHA1 (a) = {}", &digest[..40]), "40 digits are SHA-1"),
        (format!("{}  a", &digest[..63]), "63 digits are no SHA-256"),
        (format!("g{}  a", &digest[1..]), "is not a digest"),
        (format!("{digest} a"), "is not an entry"),
        ("-----BEGIN PGP SIGNED MESSAGE-----".to_owned(), "line 2"),
    ] {
        let read = listing::parse(&format!("{digest}  z\n{line}\n"));
        assert_eq!((read.named.len(), read.unread.len()), (1, 1), "{line} {read:?}");
        assert!(read.unread[0].contains(words), "{line}: {}", read.unread[0]);
    }
}

#[test]
fn keys_and_signatures_are_read_in_both_writings() {
    let hex = "00".repeat(31) + "ff";
    let key = manifest::fixed::<32>(&hex).expect("hexadecimal");
    assert_eq!(key[31], 255);
    use base64::Engine as _;
    let base64 = base64::engine::general_purpose::STANDARD.encode(key);
    assert_eq!(manifest::fixed::<32>(&format!("{base64}\n")), Some(key));
    for wrong in ["", "0g", "é", &hex[..62], &"é".repeat(32)] {
        assert_eq!(manifest::fixed::<32>(wrong), None, "{wrong}");
    }
}

#[test]
fn each_fault_of_the_build_changes_some_fact() {
    let seen = |faults: &[Fault]| {
        let made = TestbedBuild::write(faults).expect("a build");
        let build = Build {
            dir: made.dir(),
            second: Some(made.second()),
            public_key: Some(made.public_key()),
            exports: vec![FEATURE.to_owned()],
            ..Build::default()
        };
        facts(&Artefact::new(build, String::new()), Asset::Module)
    };
    let healthy = seen(&[]);
    assert_eq!(healthy, seen(&[Fault::MimeText]), "a fault of another part");
    for fault in Fault::ALL.iter().filter(|fault| fault.part() == Part::Build) {
        assert_ne!(healthy, seen(&[*fault]), "{fault:?}");
    }
}

#[test]
fn pages_whose_scripts_no_browser_takes_are_told() {
    let module = wat::parse_str("(module)").expect("a module");
    let of = |tag: &str, glue: &str| {
        let page = format!("<!doctype html><script type=module src=/base/g.js {tag}></script>");
        let files: &[(&str, &[u8])] =
            &[("index.html", page.as_bytes()), ("g.js", glue.as_bytes()), ("a.wasm", &module)];
        let facts = facts(&build(folder(files).path()), Asset::Module);
        ["imported-as-script", "integrity-wrong"].map(|name| facts[name] == Value::Absent)
    };
    let right = "WebAssembly.instantiateStreaming(fetch('a.wasm'))";
    assert_eq!(of("", right), [true, true]);
    assert_eq!(of("integrity=sha256-AAAA", right), [true, false]);
    assert_eq!(of("", "import * as a from './a.wasm'; a.f();"), [false, true]);
}

#[test]
fn modules_that_nothing_identifies_are_one_list() {
    let plain = wat::parse_str("(module)").expect("a module");
    let named = wat::parse_str("(module (@custom \"build_id\" \"7f\"))").expect("a module");
    let of = |files: &[(&str, &[u8])]| facts(&build(folder(files).path()), Asset::Module);
    let all = of(&[("a.wasm", &named), ("b.wasm", &plain), ("c.wasm", b"no"), ("d.wasm", &plain)]);
    assert_eq!(texts(&all, "unidentified"), ["b.wasm", "d.wasm"]);
    assert!(texts(&of(&[("a.wasm", &named)]), "unidentified").is_empty());
}

#[test]
fn glue_of_another_build_is_told_by_what_it_lacks() {
    let module = r#"(module (import "wbg" "f1" (func)) (import "wbg" "g" (func)))"#;
    let module = wat::parse_str(module).expect("a module");
    let glue = "imports.wbg = {}; imports.wbg.f1 = f; imports.wbg.g = g; \
                WebAssembly.instantiateStreaming(fetch('a_bg.wasm'), imports)";
    for (glue, lacks) in [(glue.to_owned(), 0), (glue.replace("f1", "f2"), 1)] {
        let dir = folder(&[("a_bg.wasm", &module), ("a.js", glue.as_bytes())]);
        assert_eq!(texts(&facts(&build(dir.path()), Asset::Module), "glue-lacks").len(), lacks);
    }
}
