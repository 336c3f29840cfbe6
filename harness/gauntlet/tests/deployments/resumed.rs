//! An interrupted download, resumed by `curl` on Caddy's `encode`. The result mixes bytes of two
//! variants. No browser makes this request.

use std::process::Command;

use crate::caddy::{self, CACHING, VARY};
use crate::files::Files;
use crate::servers::is_there;

/// Header fields and body of one request.
fn ask(url: &str, fields: &[&str]) -> (String, Vec<u8>) {
    let folder = tempfile::tempdir().expect("a folder");
    let body = folder.path().join("body");
    let mut command = Command::new("curl");
    command.args(["-sS", "--max-time", "20", "-D", "-", "-o"]).arg(&body);
    command.args(fields.iter().flat_map(|field| ["-H", *field]));
    let output = command.arg(url).output().expect("curl runs");
    let head = String::from_utf8_lossy(&output.stdout).to_ascii_lowercase();
    (head, std::fs::read(&body).unwrap_or_default())
}

/// Caddy 2.6 mixes the bytes for a client that asks for a range. It sends neither a length nor
/// `Accept-Ranges`, so browsers do not ask. The finding is therefore minor.
pub(crate) fn mixes_and_nobody_asks() {
    if !is_there("curl") {
        return;
    }
    let site = Files::Hashed.folder();
    let lines = format!("{CACHING}\n{VARY}\n{}\nfile_server", caddy::ENCODE);
    let Some(servers) = caddy::serving(site.path(), &lines) else { return };
    let [_, (_, module), _] = Files::Hashed.paths();
    let (url, gzip) = (servers[0].url(&module), "Accept-Encoding: gzip");
    let (head, whole) = ask(&url, &[gzip]);
    assert!(head.contains("content-encoding: gzip"), "{head}");
    let etag = head.lines().find_map(|line| line.strip_prefix("etag: ")).expect("a tag").trim();
    assert!(etag.starts_with('"'), "it is strong: {etag}");
    let (at, if_range) = (whole.len() / 3, format!("If-Range: {etag}"));
    let (rest_head, rest) = ask(&url, &[gzip, &format!("Range: bytes={at}-"), &if_range]);
    assert!(rest_head.starts_with("http/1.1 206"), "{rest_head}");
    let joined = [&whole[..at], &rest].concat();
    assert!(joined != whole, "a later Caddy does it right: then its row in caddy.rs is clean");
    assert!(!head.contains("content-length:") && !head.contains("accept-ranges:"), "{head}");
}
