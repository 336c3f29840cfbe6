//! Comparison of the header fields of two answers.
//!
//! Fields of a single exchange or hop are left out, and, where the codings differ, the fields that
//! describe the coded bytes.

use std::collections::BTreeSet;

use super::{Headers, list};

/// The names of fields that differ, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// In both, with other values.
    pub changed: Vec<String>,
    /// In the first alone.
    pub lost: Vec<String>,
    /// In the second alone.
    pub added: Vec<String>,
}

/// Fields of one exchange, one hop or one machine: connections (RFC 9110 §7.6), caches
/// (RFC 9111 §5, RFC 9211), tracing, and the transport's own.
const OF_ONE_EXCHANGE: &[&str] = &[
    "accept-ranges",
    "age",
    "alt-svc",
    "cache-status",
    "cdn-cache",
    "connection",
    "date",
    "expect-ct",
    "expires",
    "keep-alive",
    "nel",
    "priority",
    "proxy-connection",
    "report-to",
    "reporting-endpoints",
    "server",
    "server-timing",
    "set-cookie",
    "strict-transport-security",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "warning",
    "x-cache",
    "x-cache-hits",
    "x-cache-status",
    "x-powered-by",
    "x-proxy-cache",
    "x-request-id",
    "x-served-by",
    "x-timer",
    "x-varnish",
];

/// Prefixes of fields that the large networks add for themselves.
const OF_NETWORKS: &[&str] = &[
    "cf-",
    "cdn-",
    "fastly-",
    "fly-",
    "x-akamai",
    "x-amz-cf-",
    "x-amz-id",
    "x-amz-request",
    "x-azure-",
    "x-edge-",
    "x-fastly",
    "x-goog-",
    "x-guploader",
    "x-github-",
    "x-ms-request",
    "x-nf-",
    "x-vercel-",
];

/// Fields of the coded bytes. An edge that encodes anew also makes these anew.
const OF_CODED_BYTES: &[&str] = &[
    "content-digest",
    "content-encoding",
    "content-length",
    "content-md5",
    "digest",
    "etag",
    "last-modified",
    "repr-digest",
    "vary",
];

/// How `second` differs from `first`.
pub fn compare(first: &Headers, second: &Headers) -> Difference {
    let recoded = first.codings() != second.codings();
    let counts = |name: &&str| {
        let of_network = OF_NETWORKS.iter().any(|start| name.starts_with(start));
        let of_coding = recoded && OF_CODED_BYTES.contains(name);
        !of_network && !of_coding && !OF_ONE_EXCHANGE.contains(name)
    };
    let names = |headers: &'_ Headers| -> BTreeSet<String> {
        let names = headers.0.iter().map(|(name, _)| name.as_str());
        names.filter(counts).map(str::to_owned).collect()
    };
    let (before, after) = (names(first), names(second));
    // Each hop decides between a length and a chunked body (RFC 9112 §6).
    let told = |name: &&String| *name != "content-length";
    let same = |name: &&String| value(first, name) == value(second, name);
    Difference {
        changed: before.intersection(&after).filter(|name| !same(name)).cloned().collect(),
        lost: before.difference(&after).filter(told).cloned().collect(),
        added: after.difference(&before).filter(told).cloned().collect(),
    }
}

/// The members of a field, without blanks and in lower case where case does not count.
fn value(headers: &Headers, name: &str) -> Vec<String> {
    let of_tokens = ["cache-control", "content-encoding", "content-type", "vary"];
    let lines = headers.lines(name);
    let members = lines.iter().flat_map(|line| list::members(line));
    let mut members: Vec<String> = match of_tokens.contains(&name) {
        true => {
            members.map(|member| member.to_ascii_lowercase().replace([' ', '\t'], "")).collect()
        }
        false => members.map(str::to_owned).collect(),
    };
    match name {
        "vary" => members.sort(),
        // An edge that changes the bytes, or may change them, weakens the `ETag` (RFC 9110 §8.8.1).
        "etag" => members.iter_mut().for_each(|tag| *tag = tag.replacen("W/", "", 1)),
        _ => {}
    }
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&str, &str)]) -> Headers {
        Headers(lines.iter().map(|(n, v)| ((*n).to_owned(), v.as_bytes().to_vec())).collect())
    }

    #[test]
    fn what_is_of_one_exchange_is_left_out() {
        let origin = headers(&[
            ("content-type", "application/wasm"),
            ("vary", "Accept-Encoding, Origin"),
            ("date", "one"),
            ("content-length", "7"),
            ("access-control-allow-origin", "*"),
            ("cache-control", "public, max-age=1"),
        ]);
        let edge = headers(&[
            ("content-type", "Application/wasm"),
            ("vary", "origin,accept-encoding"),
            ("date", "two"),
            ("age", "3"),
            ("x-amz-cf-id", "x"),
            ("cache-control", "max-age=9"),
            ("x-robots-tag", "none"),
        ]);
        let difference = compare(&origin, &edge);
        assert_eq!(difference.changed, ["cache-control"]);
        assert_eq!(difference.lost, ["access-control-allow-origin"]);
        assert_eq!(difference.added, ["x-robots-tag"]);
        assert_eq!(compare(&origin, &origin), Difference::default());
    }

    #[test]
    fn another_coding_has_other_fields() {
        let plain = headers(&[("etag", "\"a\""), ("content-length", "9")]);
        let coded =
            headers(&[("etag", "W/\"a\""), ("content-length", "5"), ("content-encoding", "br")]);
        assert_eq!(compare(&plain, &coded), Difference::default());
        let other = headers(&[("etag", "\"b\""), ("content-length", "5")]);
        assert_eq!(compare(&plain, &other).changed, ["content-length", "etag"]);
    }
}
