//! Builds that are deployed over each other, in ways of their own: what works or says so is green,
//! and what dies in silence or mixes builds is red.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// A page with a button, and its script.
fn page(script: &str) -> String {
    format!(
        "<!doctype html><title>t</title><link rel=icon href=data:,><button>Run</button>
<p role=status>idle</p><script type=module>
const status = document.querySelector('p');
const use = async (name) => {{
  status.textContent = 'loading';
  await WebAssembly.instantiateStreaming(fetch(name), {{ env: {{ f: () => {{}} }} }});
  status.textContent = 'ready';
}};
{script}
</script>"
    )
}

/// A module that imports `env.f`, with a note that makes its bytes differ.
fn module(note: u8) -> Vec<u8> {
    let import = b"\x01\x04\x01\x60\x00\x00\x02\x09\x01\x03env\x01f\x00\x00";
    [&b"\0asm\x01\0\0\0"[..], import, b"\x00\x03\x01n", &[note]].concat()
}

/// Write the files of a build.
fn build(dir: &Path, files: &[(&str, Vec<u8>)]) {
    fs::create_dir_all(dir).expect("it is made");
    for (name, bytes) in files {
        fs::write(dir.join(name), bytes).expect("it is written");
    }
}

/// Try the deploys between two builds.
fn tried(folder: &Path, previous: &str) -> Output {
    let target = format!("artefacts:\n  - dir: new\n    previous-build: {previous}\n");
    fs::write(folder.join("gauntlet.yaml"), target).expect("it is written");
    let only = ["--only", "browser/deploy-skew"];
    let arguments = [&["run", "--target", "gauntlet.yaml", "--out", "out"][..], &only].concat();
    let program = env!("CARGO_BIN_EXE_gauntlet");
    Command::new(program).args(arguments).current_dir(folder).output().expect("it runs")
}

fn text(output: &Output) -> String {
    let all = [&output.stdout[..], &output.stderr[..]].concat();
    // Lines are as wide as a terminal.
    String::from_utf8_lossy(&all).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Builds of which a script names the module, and the old module is gone after the deploy.
fn hashed(folder: &Path, script: &str) {
    for (dir, note) in [("old", 1), ("new", 2)] {
        let name = format!("app.0000000{note}.wasm");
        let page = page(&script.replace("MODULE", &name)).into_bytes();
        build(&folder.join(dir), &[("index.html", page), (&name, module(note))]);
    }
}

fn has_browser() -> bool {
    let found = wasm_gauntlet_browser::find::installed().is_some();
    let required = std::env::var("GAUNTLET_REQUIRE_ALL").is_ok_and(|value| value == "1");
    assert!(found || !required, "no Chromium is installed");
    found
}

#[test]
fn a_page_that_says_so_is_green_and_one_that_waits_for_ever_is_red() {
    if !has_browser() {
        return;
    }
    let click = "document.querySelector('button').onclick = () => use('MODULE')";
    let folder = tempfile::tempdir().expect("a folder");
    hashed(
        folder.path(),
        &format!("{click}.catch(() => {{ status.textContent = 'new version'; }});"),
    );
    let green = tried(folder.path(), "old");
    assert_eq!(green.status.code(), Some(0), "{}", text(&green));
    assert!(text(&green).contains("4 passed"), "{}", text(&green));

    let folder = tempfile::tempdir().expect("a folder");
    hashed(folder.path(), &format!("{click}.catch(() => {{}});"));
    let red = tried(folder.path(), "old");
    assert_eq!(red.status.code(), Some(1), "{}", text(&red));
    // The open tab, at a deploy and at a rollback. Who comes back has a page that works.
    let words = text(&red);
    assert!(words.contains("2 passed, 2 failed"), "{words}");
    let record = fs::read_to_string(folder.path().join("out/run.json")).expect("it is kept");
    assert!(record.contains("data:image/jpeg;base64,/9j/"), "no screenshot is kept");
    assert!(words.contains("shows nothing new (`/app.00000001.wasm: status 404`)"), "{words}");
}

/// Builds whose script and module have names that stay the same. The module of each imports another
/// function.
fn unhashed(folder: &Path, script: &str) {
    for (dir, import) in [("old", "a"), ("new", "b")] {
        let types_and_import = b"\x01\x04\x01\x60\x00\x00\x02\x09\x01\x03env\x01";
        let module = [&b"\0asm\x01\0\0\0"[..], types_and_import, import.as_bytes(), b"\0\0"];
        let page = page(&script.replace("IMPORT", import)).into_bytes();
        build(&folder.join(dir), &[("index.html", page), ("app.wasm", module.concat())]);
    }
}

const CLICK: &str = "document.querySelector('button').onclick = () => ";

#[test]
fn each_way_to_say_so_is_green() {
    if !has_browser() {
        return;
    }
    for says in [
        "use('MODULE').catch(() => alert('A new version is here'));",
        "use('MODULE').catch(() => location.reload());",
        "use('MODULE').catch(() => { document.body.append('Please reload'); });",
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        hashed(folder.path(), &format!("{CLICK}{says}"));
        let green = tried(folder.path(), "old");
        assert_eq!(green.status.code(), Some(0), "{says}: {}", text(&green));
    }
}

#[test]
fn each_way_to_be_silent_is_red() {
    if !has_browser() {
        return;
    }
    // It stays at a phase that it also shows when all is well.
    let phases = "(async () => {
  status.textContent = 'Downloading';
  const bytes = await (await fetch('app.wasm')).arrayBuffer();
  status.textContent = 'Starting';
  await WebAssembly.instantiate(bytes, { env: { IMPORT: () => {} } });
  status.textContent = 'Ready';
})().catch(() => {})";
    let clock = "{
  let seconds = 0;
  const clock = setInterval(() => { status.textContent = `Loading, ${seconds++} s`; }, 300);
  const imports = { env: { IMPORT: () => {} } };
  return WebAssembly.instantiateStreaming(fetch('app.wasm'), imports).then(() => {
    clearInterval(clock);
    status.textContent = 'Ready';
  }, () => {});
}";
    for silent in [phases, clock] {
        let folder = tempfile::tempdir().expect("a folder");
        unhashed(folder.path(), &format!("{CLICK}{silent};"));
        let red = tried(folder.path(), "old");
        assert_eq!(red.status.code(), Some(1), "{silent}: {}", text(&red));
        assert!(text(&red).contains("shows nothing new (`LinkError"), "{}", text(&red));
    }
}

#[test]
fn a_worker_that_keeps_the_old_module_for_the_new_page_is_red() {
    if !has_browser() {
        return;
    }
    let worker = "addEventListener('activate', (event) => event.waitUntil(clients.claim()));
addEventListener('fetch', (event) => {
  if (!event.request.url.endsWith('.wasm')) return;
  event.respondWith(caches.open('modules').then(async (cache) => {
    const kept = await cache.match(event.request);
    if (kept) return kept;
    const answer = await fetch(event.request);
    cache.put(event.request, answer.clone());
    return answer;
  }));
});";
    let script = "await navigator.serviceWorker.register('sw.js');
await navigator.serviceWorker.ready;
if (!navigator.serviceWorker.controller) {
  await new Promise((done) => navigator.serviceWorker.addEventListener('controllerchange', done));
}
document.title = 'VERSION';
document.querySelector('button').onclick = () => use('app.wasm').catch((error) => {
  status.textContent = `failed: ${error}`;
});";
    let folder = tempfile::tempdir().expect("a folder");
    for (dir, note) in [("old", 1), ("new", 2)] {
        let page = page(&script.replace("VERSION", dir)).into_bytes();
        let files = [
            ("index.html", page),
            ("sw.js", worker.as_bytes().to_vec()),
            ("app.wasm", module(note)),
        ];
        build(&folder.path().join(dir), &files);
    }
    let red = tried(folder.path(), "old");
    assert_eq!(red.status.code(), Some(1), "{}", text(&red));
    assert!(text(&red).contains("runs the module of the other build"), "{}", text(&red));
}

#[test]
fn a_previous_build_that_is_not_there_is_wrong_usage() {
    let folder = tempfile::tempdir().expect("a folder");
    hashed(folder.path(), "");
    for (previous, says) in [
        ("gone", "there is no such directory"),
        ("ftp://old.example/", "it is no address of the web"),
        ("http://[", "invalid IPv6 address"),
    ] {
        let wrong = tried(folder.path(), &format!("\"{previous}\""));
        assert_eq!(wrong.status.code(), Some(2), "{}", text(&wrong));
        assert!(text(&wrong).contains(says), "{}", text(&wrong));
    }
}
