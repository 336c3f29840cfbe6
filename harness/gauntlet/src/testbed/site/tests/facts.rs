//! Everything that a client can see of a site, as facts by name, so that two sites can be compared.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use sha2::{Digest, Sha256};
use wasm_gauntlet_web::coding::{DecodeBounds, classify, peel};

use super::{Answer, Method, Visitor};

/// What clients offer; `~` sends no such field.
pub(super) const OFFERS: &[&str] =
    &["~", "", "identity", "gzip", "br", "gzip, br", "br;q=0, *", "abrupt"];

/// Which fact.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fact {
    pub(super) asset: &'static str,
    pub(super) offer: &'static str,
    pub(super) what: &'static str,
}

/// Every fact of a site.
pub(super) type Facts = BTreeMap<Fact, String>;

/// See everything that can be seen.
pub(super) async fn all(visitor: &Visitor) -> Facts {
    let (shim, module) = visitor.discover().await;
    let mut facts = Facts::new();
    for (asset, path) in [("entry", "/"), ("shim", &shim), ("module", &module)] {
        for offer in OFFERS {
            for (what, value) in of_variant(visitor, path, offer).await {
                facts.insert(Fact { asset, offer, what }, value);
            }
        }
        facts.insert(Fact { asset, offer: "", what: "name" }, name_of(path));
        let mut etags: BTreeMap<String, BTreeSet<Vec<u8>>> = BTreeMap::new();
        for offer in ["br", "gzip", "identity"] {
            let got = visitor.get(path, offer).await;
            etags.entry(got.header("etag")).or_default().insert(got.body);
        }
        let own = etags.values().all(|bodies| bodies.len() == 1);
        facts.insert(Fact { asset, offer: "", what: "etags" }, own.to_string());
    }
    let lost = visitor.get("/assets/app.00000000.wasm", "br").await;
    for (what, value) in
        [("status", lost.status.to_string()), ("cache", lost.header("cache-control"))]
    {
        facts.insert(Fact { asset: "lost", offer: "", what }, value);
    }
    facts
}

async fn of_variant(
    visitor: &Visitor,
    path: &str,
    offer: &'static str,
) -> Vec<(&'static str, String)> {
    let offered = [("accept-encoding", offer)];
    let offered = if offer == "~" { &[][..] } else { &offered[..] };
    let got = visitor.ask(Method::GET, path, offered).await;
    let head = visitor.ask(Method::HEAD, path, offered).await;
    let etag = got.header("etag");
    let condition = [offered, &[("if-none-match", etag.as_str())]].concat();
    let again = visitor.ask(Method::GET, path, &condition).await;
    let ranged = [offered, &[("range", "bytes=100-199")]].concat();
    let part = visitor.ask(Method::GET, path, &ranged).await;
    let peeled = peel(&got.body, &DecodeBounds::default());
    let valid = is_valid(&peeled.content);
    let layers: Vec<_> = peeled.layers.iter().map(|layer| layer.word()).collect();
    let length = got.header("content-length") == got.body.len().to_string();
    vec![
        ("status", got.status.to_string()),
        ("type", got.header("content-type")),
        ("coding", got.header("content-encoding")),
        ("layers", layers.join(" ")),
        ("vary", got.header("vary")),
        ("cache", got.header("cache-control")),
        ("nosniff", got.header("x-content-type-options")),
        ("modified", got.header("last-modified")),
        ("length", length.to_string()),
        ("content", format!("{} valid={valid}", classify(&peeled.content).word())),
        ("digest", digest_of(path, &peeled.content)),
        ("head", agrees(&got, &head).to_string()),
        ("policy", policy_of(&got)),
        ("allow", got.header("access-control-allow-origin")),
        ("part", part.status.to_string()),
        ("304", again.status.to_string()),
        ("304-body", again.body.len().to_string()),
        ("304-vary", again.header("vary")),
        ("304-cache", again.header("cache-control")),
        ("304-etag", (again.header("etag") == etag && etag.starts_with('"')).to_string()),
    ]
}

/// Whether this is a valid module; remembered, as one takes a tenth of a second unoptimised.
fn is_valid(content: &[u8]) -> bool {
    static KNOWN: Mutex<BTreeMap<[u8; 32], bool>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().expect("no test panics here");
    let validate = || wasmparser::Validator::new().validate_all(content).is_ok();
    *known.entry(Sha256::digest(content).into()).or_insert_with(validate)
}

/// Names and addresses in the page and the shim differ between sites, and the size of the module
/// too. So their texts are compared without.
fn digest_of(path: &str, content: &[u8]) -> String {
    if path.ends_with(".wasm") {
        format!("{:x?}", &Sha256::digest(content)[..8])
    } else {
        let text = String::from_utf8_lossy(content);
        let is_word = |one: char| one.is_ascii_alphanumeric();
        let is_hash =
            |word: &&str| word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        let plain: Vec<String> = text
            .lines()
            .map(|line| {
                let line = line.replace("http://127.0.0.1:", "");
                let words = line.split(|one| !is_word(one));
                let names: Vec<&str> = words.filter(is_hash).collect();
                let line = names.iter().fold(line.clone(), |line, name| line.replace(name, ""));
                line.replace("..", ".").chars().filter(|one| !one.is_ascii_digit()).collect()
            })
            .collect();
        format!("{:x?}", &Sha256::digest(plain.join("\n"))[..8])
    }
}

/// Whether the page's policy allows compiling, and requests to its own origin only.
fn policy_of(got: &Answer) -> String {
    let policy = got.header("content-security-policy");
    let own_alone = policy == "-" || policy.contains("connect-src 'self';");
    format!("compiles={} own={own_alone}", policy.contains("'wasm-unsafe-eval'"))
}

fn agrees(got: &Answer, head: &Answer) -> bool {
    let timeless = |answer: &Answer| {
        let mut headers = answer.headers.clone();
        for name in ["date", "age", "x-cache"] {
            headers.remove(name);
        }
        headers
    };
    head.body.is_empty() && head.status == got.status && timeless(got) == timeless(head)
}

fn name_of(path: &str) -> String {
    let parts: Vec<&str> = path.split('.').collect();
    match parts[..] {
        [stem, hash, suffix] if hash.len() == 8 => format!("{stem}.#.{suffix}"),
        _ => path.to_owned(),
    }
}
