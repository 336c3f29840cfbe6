//! The grammar of the header fields that the catalogue uses: RFC 9110, RFC 9111 and the WebAssembly
//! Web API. Everything here is total: any bytes are accepted.
//!
//! Nothing here touches a socket or a clock.

pub mod cache;
pub mod compare;
pub mod list;
pub mod media;
pub mod name;
pub mod offer;
pub mod policy;
pub mod software;

/// The header fields of one response, as received: names in lower case, lines in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers(pub Vec<(String, Vec<u8>)>);

impl Headers {
    /// Every line of the field `name` (lower case), as text; bytes past ASCII are replaced.
    pub fn lines(&self, name: &str) -> Vec<String> {
        self.0
            .iter()
            .filter(|(have, _)| have == name)
            .map(|(_, value)| String::from_utf8_lossy(value).into_owned())
            .collect()
    }

    /// The first line of the field `name`, or none.
    pub fn first(&self, name: &str) -> Option<String> {
        self.lines(name).into_iter().next()
    }

    /// The lines of the field combined with ", " (RFC 9110 §5.2), or none if it was not sent.
    pub fn combined(&self, name: &str) -> Option<String> {
        let lines = self.lines(name);
        (!lines.is_empty()).then(|| lines.join(", "))
    }

    /// The members of a list field over all its lines (RFC 9110 §5.6.1), lower case.
    pub fn members(&self, name: &str) -> Vec<String> {
        let lines = self.lines(name);
        lines.iter().flat_map(|line| list::members(line)).map(|m| m.to_ascii_lowercase()).collect()
    }

    /// Tokens of `Vary` (RFC 9110 §12.5.5), lower case. Members that are not tokens are dropped.
    pub fn vary(&self) -> Vec<String> {
        let mut members = self.members("vary");
        members.retain(|member| list::is_token(member));
        members
    }

    /// Codings of `Content-Encoding` in the order they were applied, lower case, aliases
    /// resolved (`x-gzip` is `gzip`, §8.4.1.3), `identity` left out.
    pub fn codings(&self) -> Vec<String> {
        let members = self.members("content-encoding");
        members.iter().map(|m| offer::canonical(m)).filter(|m| m != "identity").collect()
    }

    /// Evidence that a shared cache is on the path, whether it answered or not.
    pub fn shared_cache(&self) -> Option<String> {
        let is_cache = |name: &str| CACHE_FIELDS.contains(&name) || CACHE_WORDS.contains(&name);
        let (name, value) = self.0.iter().find(|(name, _)| is_cache(name))?;
        Some(format!("{name}: {}", String::from_utf8_lossy(value)))
    }

    /// `Age` above zero, or a cache's own word that it was a hit.
    pub fn cache_hit(&self) -> Option<String> {
        // Varnish and Fastly also send `Age: 0` on a miss, so zero proves nothing.
        let age = self.first("age").filter(|age| age.trim().parse().is_ok_and(|s: u64| s > 0));
        let word = || {
            let caches = self.0.iter().filter(|(name, _)| CACHE_WORDS.contains(&name.as_str()));
            caches.map(|(name, value)| (name, String::from_utf8_lossy(value))).find(|(_, value)| {
                let mut words = value.split(|c: char| !c.is_ascii_alphanumeric());
                words.any(|word| word.eq_ignore_ascii_case("hit"))
            })
        };
        age.map(|age| format!("age: {}", age.trim()))
            .or_else(|| word().map(|(name, value)| format!("{name}: {value}")))
    }
}

/// Fields in which a cache or a network shows that it is on the path, hit or miss, besides
/// `CACHE_WORDS`: RFC 9111 §5.1, RFC 9110 §7.6.3, and fields that the large networks add to each
/// answer.
const CACHE_FIELDS: &[&str] = &[
    "age",
    "via",
    "x-varnish",
    "x-served-by",
    "x-amz-cf-id",
    "x-amz-cf-pop",
    "cf-ray",
    "x-fastly-request-id",
    "x-akamai-request-id",
    "akamai-grn",
    "x-azure-ref",
    "x-vercel-id",
    "x-nf-request-id",
    "cdn-requestid",
];

/// Fields in which a cache says that it answered: RFC 9211, and the names that the large
/// networks use.
const CACHE_WORDS: &[&str] = &[
    "cache-status",
    "x-cache",
    "x-cache-status",
    "cf-cache-status",
    "x-proxy-cache",
    "x-vercel-cache",
    "x-nf-cache-status",
    "cdn-cache",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&str, &str)]) -> Headers {
        Headers(lines.iter().map(|(n, v)| ((*n).to_owned(), v.as_bytes().to_vec())).collect())
    }

    #[test]
    fn lists_run_over_lines_and_aliases_are_resolved() {
        let got = headers(&[
            ("vary", "Origin,, ACCEPT-encoding "),
            ("content-encoding", "X-Gzip, identity"),
            ("vary", "*, \"no token\""),
            ("content-encoding", "br"),
        ]);
        assert_eq!(got.vary(), ["origin", "accept-encoding", "*"]);
        assert_eq!(got.codings(), ["gzip", "br"]);
        assert_eq!(
            got.combined("vary").as_deref(),
            Some("Origin,, ACCEPT-encoding , *, \"no token\"")
        );
        assert_eq!(got.combined("etag"), None);
    }

    #[test]
    fn a_cache_between_is_seen_on_a_miss_too() {
        for (name, value, seen) in [
            ("age", "0", true),
            ("via", "1.1 varnish", true),
            ("x-cache", "MISS", true),
            ("cf-cache-status", "DYNAMIC", true),
            ("cf-ray", "8a1", true),
            ("server", "nginx", false),
            ("cache-control", "max-age=9", false),
        ] {
            assert_eq!(headers(&[(name, value)]).shared_cache().is_some(), seen, "{name}: {value}");
        }
    }

    #[test]
    fn a_hit_is_told_from_a_miss() {
        for (name, value, hit) in [
            ("age", "0", false),
            ("age", "12", true),
            ("x-cache", "MISS, HIT", true),
            ("x-cache", "TCP_HIT from edge", true),
            ("cache-status", "edge; hit; ttl=30", true),
            ("cf-cache-status", "DYNAMIC", false),
            ("x-cache", "whitespace", false),
            ("server", "hit", false),
        ] {
            assert_eq!(headers(&[(name, value)]).cache_hit().is_some(), hit, "{name}: {value}");
        }
    }
}
