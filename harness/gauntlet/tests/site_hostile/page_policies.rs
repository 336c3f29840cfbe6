//! Policies of a page that stop the scripts on the way to its module (`harness/docs/field.md`,
//! F10), seen with HTTP alone.

use std::net::{Ipv4Addr, ToSocketAddrs};

use wasm_gauntlet_model::verdict::Severity;

use crate::field::{Ran, run_on};
use crate::files::{File, serve_files};
use crate::toolchains::{module, page, run_files};

const INCIDENT: &str = "delivery/cross-origin";

const GLUE: &str = "export default () => WebAssembly.instantiateStreaming(fetch('/m.wasm'));";

const CLASSIC: &str = "WebAssembly.instantiateStreaming(fetch('/m.wasm')).then(() => 0);";

const COEP: &str = "Cross-Origin-Embedder-Policy: require-corp";

/// A page with these header lines.
fn under(lines: &[&str], inside: &str) -> File {
    lines.iter().fold(page(inside), |page, line| page.with(line))
}

/// The address of another origin that serves this script, with this header line.
fn elsewhere(script: &str, line: &str) -> String {
    serve_files(vec![File::new("/glue.js", script).with(line)]) + "glue.js"
}

fn is_one(ran: &Ran, word: &str) {
    ran.is_one(INCIDENT, Severity::Critical, word);
}

#[test]
fn f10_a_policy_without_the_origin_of_the_loader() {
    let other = elsewhere(GLUE, "Access-Control-Allow-Origin: *");
    let origin = other.trim_end_matches("/glue.js");
    let of = |policy: &str| {
        let line = format!("Content-Security-Policy: {policy}");
        let files = vec![
            under(&[&line], "<script type=module src=app.js></script>"),
            module(),
            File::new("/app.js", format!("import init from '{other}'; init();")),
        ];
        run_files(files)
    };
    is_one(&of("default-src 'self'; script-src 'self' 'wasm-unsafe-eval'"), "blocks `http://");
    of(&format!("script-src 'self' {origin} 'wasm-unsafe-eval'")).is_right();
    of("script-src 'nonce-x' 'strict-dynamic' 'wasm-unsafe-eval'").is_right();
    of("connect-src 'self'").is_right();
}

#[test]
fn f10_a_policy_that_blocks_the_inline_script_that_imports_the_loader() {
    let of = |policy: &str, inside: &str| {
        let line = format!("Content-Security-Policy: script-src {policy} 'wasm-unsafe-eval'");
        let files = vec![under(&[&line], inside), module(), File::new("/glue.js", GLUE)];
        run_files(files)
    };
    const INLINE: &str = "<script type=module nonce=n>import f from './glue.js'; f();</script>";
    is_one(&of("'self'", INLINE), "blocks `an inline script`");
    of("'self' 'unsafe-inline'", INLINE).is_right();
    of("'self' 'nonce-n'", INLINE).is_right();
    // Another script of the page comes to the loader.
    of("'self'", &format!("{INLINE}<script type=module src=glue.js></script>")).is_right();
    of("'self'", "<script>let a;</script><script type=module src=glue.js></script>").is_right();
}

/// A page whose module is loaded in a worker.
fn working(page_lines: &[&str], made: &str, worker_lines: &[&str]) -> Ran {
    let worker = File::new("/worker.js", "import init from './glue.js'; init();");
    let files = vec![
        under(page_lines, "<script type=module src=app.js></script>"),
        module(),
        File::new("/app.js", format!("const worker = {made};")),
        worker_lines.iter().fold(worker, |file, line| file.with(line)),
        File::new("/glue.js", GLUE),
    ];
    run_files(files)
}

const MADE: &str = "new Worker('worker.js', { type: 'module' })";

#[test]
fn f10_a_worker_that_the_policy_of_the_page_blocks() {
    let policy = |worker: &str| {
        format!("Content-Security-Policy: script-src 'self' 'wasm-unsafe-eval'; {worker}")
    };
    is_one(&working(&[&policy("worker-src 'none'")], MADE, &[]), "worker `/worker.js`");
    working(&[&policy("worker-src 'self'")], MADE, &[]).is_right();
    working(&[&policy("child-src 'self'; default-src 'none'; connect-src *")], MADE, &[])
        .is_right();
}

#[test]
fn f10_a_worker_without_the_embedder_policy_of_its_page() {
    is_one(&working(&[COEP], MADE, &[]), "its worker `/worker.js` does not");
    working(&[COEP], MADE, &[COEP]).is_right();
    working(&[COEP], MADE, &["Cross-Origin-Embedder-Policy: credentialless"]).is_right();
    working(&[], MADE, &[]).is_right();
    // The page has another way to its module.
    let other = format!("window.x ? {MADE} : import('./glue.js')");
    working(&[COEP], &other, &[]).is_right();
}

#[test]
fn f10_a_worker_of_another_origin() {
    let other = elsewhere(CLASSIC, "Access-Control-Allow-Origin: *");
    is_one(&working(&[], &format!("new Worker('{other}')"), &[]), "on another origin");
    working(&[], "new Worker(new URL('./worker.js', import.meta.url))", &[]).is_right();
}

#[test]
fn f10_a_script_without_cors_or_corp_where_the_page_requires_it() {
    let of = |lines: &[&str], tag: &str, line: &str| {
        let other = elsewhere(CLASSIC, line);
        let tag = format!("<script {tag} src=\"{other}\"></script>");
        run_files(vec![under(lines, &tag), module()])
    };
    const NONE: &str = "X-Other: 1";
    is_one(&of(&[COEP], "", NONE), "Cross-Origin-Resource-Policy");
    is_one(&of(&[COEP], "", "Cross-Origin-Resource-Policy: same-origin"), "browsers refuse it");
    of(&[COEP], "", "Cross-Origin-Resource-Policy: cross-origin").is_right();
    of(&[COEP], "", "Cross-Origin-Resource-Policy: same-site").is_right();
    of(&[COEP], "crossorigin", "Access-Control-Allow-Origin: *").is_right();
    of(&["Cross-Origin-Embedder-Policy: credentialless"], "", NONE).is_right();
    of(&[], "", NONE).is_right();
}

/// The name of this machine, if it leads to 127.0.0.1. Browsers isolate pages of `localhost` only.
fn own_name() -> Option<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok()?.trim().to_owned();
    let found = (name.as_str(), 80).to_socket_addrs().ok()?;
    let is_here = { found }.all(|address| address.ip() == Ipv4Addr::LOCALHOST);
    (is_here && !name.starts_with("localhost")).then_some(name)
}

#[test]
fn f10_isolation_over_plain_http_from_another_machine() {
    let shared = wat::parse_str("(module (import \"e\" \"m\" (memory 1 1 shared)))");
    let shared = shared.expect("a module");
    let lines = ["Cross-Origin-Opener-Policy: same-origin", COEP];
    let of = |host: &str, module: &[u8]| {
        let files = vec![
            under(&lines, "<script src=glue.js></script>"),
            File::new("/m.wasm", module),
            File::new("/glue.js", CLASSIC),
        ];
        run_on(&["--site", &serve_files(files).replace("127.0.0.1", host)])
    };
    let plain = wat::parse_str("(module)").expect("a module");
    // Where this machine's name leads elsewhere, `page_blocks::tests` shows the fact alone.
    if let Some(name) = own_name() {
        is_one(&of(&name, &shared), "over plain http");
        of(&name, &plain).is_right();
    }
    of("localhost", &shared).is_right();
}
