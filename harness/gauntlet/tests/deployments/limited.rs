//! Limits of what a run can see: a request rate limit, and a cache key without the query.

use wasm_gauntlet_model::record::Record;
use wasm_gauntlet_model::verdict::{Severity, Verdict};

use crate::files::Files;
use crate::nginx::{CACHING, STATIC};
use crate::servers::Nginx;
use crate::{proxy_cache, run};

fn doubts(record: &Record, word: &str) -> usize {
    let doubts = record.outcomes.iter().filter(|one| one.verdict == Verdict::Inconclusive);
    doubts.filter(|one| one.reason.contains(word)).count()
}

/// nginx refuses frequent requests with 503 by default. This is no fault of the site.
pub(crate) fn is_a_doubt() {
    let site = Files::Hashed.folder();
    let http = format!("{STATIC} limit_req_zone $binary_remote_addr zone=z:1m rate=5r/s;");
    let server = format!("limit_req zone=z burst=10 nodelay;\n{CACHING}");
    let Some(running) = Nginx::serving(site.path(), &http, &server) else { return };
    let (code, record) = run(&running.url("/"), "delivery/");
    let failed = record
        .outcomes
        .iter()
        .find(|one| one.verdict == Verdict::Fail && one.severity >= Severity::Minor);
    let failed = failed.map(|one| format!("{}: {}", one.incident, one.reason));
    assert_eq!(failed, None);
    assert_eq!(code, Some(3));
    assert!(doubts(&record, "limits the request rate") > 0);
}

/// The run leaves the cache entry of real users unchanged, and says so.
pub(crate) fn is_not_played_with() {
    let site = Files::Hashed.folder();
    let key = "proxy_http_version 1.1; proxy_ignore_headers Vary; proxy_cache_key $uri;";
    let Some(running) = proxy_cache::before(site.path(), proxy_cache::ASSETS, key) else { return };
    let (_, record) = run(&running[0].url("/"), "delivery/cache-ignores-vary");
    assert!(record.outcomes.iter().all(|one| one.verdict == Verdict::Inconclusive));
    assert!(doubts(&record, "the cache key has no query") > 0);
}
