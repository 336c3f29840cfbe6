//! A deployment as `curl` sees it: one line for all offers of an asset with the same answer, equal
//! in every run.

use std::process::Command;

use crate::files::Files;

/// `Accept-Encoding` of the requests, in this order. The order matters to a shared cache.
const OFFERS: [&str; 4] = ["identity", "gzip", "br", "gzip, deflate, br, zstd"];

/// Header fields that the incidents check.
const FIELDS: [&str; 5] =
    ["content-type", "content-encoding", "vary", "cache-control", "access-control-allow-origin"];

/// Every line.
pub(crate) fn table(site: &str, files: &Files) -> String {
    let mut text = String::new();
    for (asset, path) in files.paths() {
        let url = format!("{}{path}", site.trim_end_matches('/'));
        let (mut tags, mut lines) = (Vec::new(), Vec::<(String, String)>::new());
        for offer in OFFERS {
            let line = line(&url, offer, &mut tags);
            match lines.iter_mut().find(|(have, _)| *have == line) {
                Some((_, offers)) => *offers += &format!(" [{offer}]"),
                None => lines.push((line, format!("[{offer}]"))),
            }
        }
        text.extend(lines.iter().map(|(line, offers)| format!("{asset} {offers}\n    {line}\n")));
    }
    text
}

fn line(url: &str, offer: &str, tags: &mut Vec<String>) -> String {
    let seen = ask(url, &[&format!("Accept-Encoding: {offer}")], false);
    let mut line = seen.status.clone();
    for name in FIELDS {
        let value = seen.field(name);
        line += &value.map(|value| format!("; {name}: {value}")).unwrap_or_default();
    }
    // Varnish leaves the length out while it streams an object that it does not have as a whole.
    if seen.field("content-length").is_some_and(|length| length != seen.body.len().to_string()) {
        line += "; length WRONG";
    }
    line += &format!("; body {}", kind(&seen.body));
    if let Some(tag) = seen.field("etag") {
        line += &format!("; {}", lettered(&tag, tags));
        let fields = [format!("Accept-Encoding: {offer}"), format!("If-None-Match: {tag}")];
        let again = ask(url, &[&fields[0], &fields[1]], false);
        line += &format!(", again {}", again.status);
    }
    let head = ask(url, &[&format!("Accept-Encoding: {offer}")], true);
    let differ: Vec<_> =
        FIELDS.iter().filter(|name| head.field(name) != seen.field(name)).collect();
    if head.status != seen.status || !differ.is_empty() {
        line += &format!("; HEAD {} differs in {differ:?}", head.status);
    }
    line
}

/// Tags, by weakness and one letter each: A, B …
fn lettered(tag: &str, tags: &mut Vec<String>) -> String {
    let at = tags.iter().position(|one| one == tag).unwrap_or_else(|| {
        tags.push(tag.to_owned());
        tags.len() - 1
    });
    let letter = char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"[at % 26]);
    format!("{} etag {letter}", if tag.starts_with("W/") { "weak" } else { "strong" })
}

/// The format of the first bytes.
fn kind(body: &[u8]) -> &'static str {
    match body {
        [] => "empty",
        [0, b'a', b's', b'm', ..] => "wasm",
        [0x1f, 0x8b, ..] => "gzip",
        [0x28, 0xb5, 0x2f, 0xfd, ..] => "zstd",
        _ if body.starts_with(b"<") => "html",
        _ if body.starts_with(b"//") => "script",
        _ if body.iter().take(64).all(u8::is_ascii) => "text",
        _ => "binary without a magic word",
    }
}

struct Seen {
    status: String,
    fields: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Seen {
    /// The lines of the field `name`, each in brackets if there are several.
    fn field(&self, name: &str) -> Option<String> {
        let lines: Vec<_> =
            self.fields.iter().filter(|(have, _)| have == name).map(|(_, v)| v.clone()).collect();
        (!lines.is_empty()).then(|| lines.join(" | "))
    }
}

fn ask(url: &str, fields: &[&str], head: bool) -> Seen {
    let folder = tempfile::tempdir().expect("a folder");
    let body = folder.path().join("body");
    let mut command = Command::new("curl");
    command.args(["-sS", "-g", "--max-time", "20"]);
    command.args(fields.iter().flat_map(|field| ["-H", *field]));
    if head {
        command.arg("-I");
    } else {
        command.args(["-D", "-", "-o"]).arg(&body);
    }
    let output = command.arg(url).output().expect("curl runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut lines = text.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap_or("nothing");
    let fields = lines.filter_map(|line| line.split_once(':'));
    let fields = fields.map(|(n, v)| (n.to_ascii_lowercase(), v.trim().to_owned())).collect();
    Seen { status: status.to_owned(), fields, body: std::fs::read(&body).unwrap_or_default() }
}
