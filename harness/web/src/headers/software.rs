//! Which software answered, by its own words. All of these are hostile text: they are only compared
//! with known names, and never shown.
//!
//! A name only selects advice. No verdict depends on it.

use super::{Headers, list};

wasm_gauntlet_model::words! {
    /// Software that the playbooks have configuration for. Its word is the name of its fixes there.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
    pub enum Software {
        /// nginx, and OpenResty, which is built on it.
        Nginx = "nginx",
        /// The Apache HTTP server.
        Apache = "apache",
        /// Caddy.
        Caddy = "caddy",
        /// lighttpd.
        Lighttpd = "lighttpd",
        /// Varnish, and Fastly, which is built on it.
        Varnish = "varnish",
        /// Amazon's object store, and compatible ones.
        S3 = "s3",
        /// Amazon's network of caches.
        CloudFront = "cloudfront",
        /// Express on Node.
        Express = "express",
        /// The server of Go's standard library.
        Go = "go",
        /// `http.server` of Python's standard library.
        Python = "python",
    }
}

/// Words that name software, in `Server`, `Via`, `X-Cache` and `X-Powered-By`.
const WORDS: &[(&str, Software)] = &[
    ("nginx", Software::Nginx),
    ("openresty", Software::Nginx),
    ("apache", Software::Apache),
    ("caddy", Software::Caddy),
    ("lighttpd", Software::Lighttpd),
    ("varnish", Software::Varnish),
    ("amazons3", Software::S3),
    ("minio", Software::S3),
    ("cloudfront", Software::CloudFront),
    ("express", Software::Express),
    ("simplehttp", Software::Python),
];

/// Fields whose presence identifies software, by the prefix of their name.
const FIELDS: &[(&str, Software)] = &[
    ("x-varnish", Software::Varnish),
    ("x-amz-cf-", Software::CloudFront),
    ("x-amz-", Software::S3),
];

/// Fields that name software, nearest to us first.
const NAMING: [&str; 4] = ["via", "x-cache", "server", "x-powered-by"];

/// All software that a response names, without repetition, nearest to us first.
pub fn named(headers: &Headers) -> Vec<Software> {
    let mut found = Vec::new();
    let mut add = |one: Software| {
        if !found.contains(&one) {
            found.push(one);
        }
    };
    for (name, _) in &headers.0 {
        let known = FIELDS.iter().find(|(start, _)| name.starts_with(start));
        known.into_iter().for_each(|(_, software)| add(*software));
    }
    for field in NAMING {
        for line in headers.lines(field) {
            // The last hop adds its name at the end of `Via` (RFC 9110 §7.6.3).
            list::members(&line).into_iter().rev().flat_map(words).for_each(&mut add);
        }
    }
    if found.is_empty() && looks_like_go(headers) {
        found.push(Software::Go);
    }
    found
}

fn words(member: &str) -> Vec<Software> {
    let pieces = member.split(|c: char| !c.is_ascii_alphanumeric());
    let known = |word: &str| WORDS.iter().find(|(have, _)| have.eq_ignore_ascii_case(word));
    pieces.filter_map(|word| known(word).map(|(_, software)| *software)).collect()
}

/// Go's net/http does not name itself, but writes the fields of a handler sorted by name, and
/// `Date` after them. No other known server does both.
fn looks_like_go(headers: &Headers) -> bool {
    let names: Vec<&str> = headers.0.iter().map(|(name, _)| name.as_str()).collect();
    let Some(date) = names.iter().position(|name| *name == "date") else { return false };
    let (set, after) = (&names[..date], &names[date + 1..]);
    let adds = |name: &&str| ["content-length", "content-type", "transfer-encoding"].contains(name);
    set.len() >= SORTED_MIN && set.is_sorted() && after.iter().all(adds)
}

/// Fewest fields for which the order is evidence: three are sorted by chance once in six.
const SORTED_MIN: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seen(lines: &[(&str, &str)]) -> Vec<&'static str> {
        let lines = lines.iter().map(|(n, v)| ((*n).to_owned(), v.as_bytes().to_vec())).collect();
        named(&Headers(lines)).into_iter().map(Software::word).collect()
    }

    #[test]
    fn software_is_recognised_by_what_it_sends() {
        for (lines, expected) in [
            (&[("server", "nginx/1.22.1")][..], &["nginx"][..]),
            (&[("server", "openresty")], &["nginx"]),
            (&[("server", "Apache/2.4.62 (Debian)")], &["apache"]),
            (&[("server", "SimpleHTTP/0.6 Python/3.11.7")], &["python"]),
            (&[("x-powered-by", "Express")], &["express"]),
            (&[("server", "AmazonS3"), ("x-amz-request-id", "7")], &["s3"]),
            (
                &[
                    ("server", "AmazonS3"),
                    ("x-cache", "Hit from cloudfront"),
                    ("via", "1.1 abc.cloudfront.net (CloudFront)"),
                ],
                &["cloudfront", "s3"],
            ),
            (
                &[("server", "nginx"), ("x-varnish", "3"), ("via", "1.1 varnish (Varnish/7.1)")],
                &["varnish", "nginx"],
            ),
            (
                &[("via", "1.1 caddy, 1.1 varnish"), ("server", "lighttpd")],
                &["varnish", "caddy", "lighttpd"],
            ),
            (&[("server", "notnginxatall \u{1b}[31m")], &[]),
            (&[], &[]),
        ] {
            assert_eq!(seen(lines), expected, "{lines:?}");
        }
    }

    #[test]
    fn go_is_told_by_the_order_of_its_fields() {
        let go = ["accept-ranges", "content-length", "content-type", "last-modified", "date"];
        let node = ["accept-ranges", "etag", "last-modified", "vary", "date", "connection"];
        let lines = |names: &[&'static str]| -> Vec<(&'static str, &'static str)> {
            names.iter().map(|name| (*name, "x")).collect()
        };
        assert_eq!(seen(&lines(&go)), ["go"]);
        assert_eq!(seen(&lines(&node)), [""; 0]);
        assert_eq!(seen(&lines(&go[3..])), [""; 0]);
    }

    proptest! {
        #[test]
        fn any_fields_are_read(server in "\\PC*", via in "\\PC*") {
            let _ = seen(&[("server", &server), ("via", &via)]);
        }
    }
}
