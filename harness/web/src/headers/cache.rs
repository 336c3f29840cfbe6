//! `Cache-Control` and freshness (RFC 9111 §4.2.1 and §5.2.2), as a browser reads them.
//!
//! `s-maxage` is for shared caches, so it does not count in `fresh_s`. The question is how long a
//! browser uses its copy without asking.

use std::time::{Duration, SystemTime};

use super::{Headers, list};

/// Longest freshness kept, seconds: RFC 9111 §1.2.2 has caches read anything larger as 2^31.
const FRESH_S_MAX: u64 = 1 << 31;

/// One directive: lower-case name, and its argument without quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// As in `max-age`.
    pub name: String,
    /// As in `0`, of `max-age=0` and `max-age="0"` alike.
    pub value: Option<String>,
}

impl Directive {
    /// `name` or `name=value`.
    pub fn word(&self) -> String {
        self.value.as_ref().map_or(self.name.clone(), |value| format!("{}={value}", self.name))
    }
}

/// The caching rules that a response states.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CachePolicy {
    /// Every directive of every line, in order.
    pub directives: Vec<Directive>,
    /// Seconds of use without asking; none where nothing explicit is said.
    pub fresh_s: Option<u64>,
    /// Whether each later use asks the origin first.
    pub revalidated: bool,
    /// Seconds during which users may keep the old copy: while it is fresh, and then while a new
    /// one is fetched. None where nothing explicit is said.
    pub used_s: Option<u64>,
}

/// Read the policy of a response that was received at `now`.
pub fn policy(headers: &Headers, now: SystemTime) -> CachePolicy {
    let directives = directives(headers);
    let first = |name: &str| directives.iter().find(|directive| directive.name == name);
    // Only `no-cache` without a field list binds the whole response (§5.2.2.4).
    let asks = first("no-store").is_some()
        || directives.iter().any(|d| d.name == "no-cache" && d.value.is_none());
    let (explicit, broken) = match first("max-age") {
        Some(directive) => {
            let seconds = directive.value.as_deref().and_then(delta_seconds);
            // Caches are encouraged to treat a broken age as stale (§4.2.1), but need not.
            (Some(seconds.unwrap_or(0)), seconds.is_none())
        }
        None => (expires(headers, now), false),
    };
    // RFC 5861 §3 lets a stale copy be used while asking; `must-revalidate` forbids it.
    let stale_s = first("stale-while-revalidate")
        .filter(|_| first("must-revalidate").is_none())
        .and_then(|directive| directive.value.as_deref().and_then(delta_seconds))
        .unwrap_or(0);
    let revalidated = asks || (explicit == Some(0) && !broken && stale_s == 0);
    // A broken age promises nothing, so it does not count as use without asking.
    let used_s = |fresh: u64| if revalidated { 0 } else { (fresh + stale_s).max(1) };
    CachePolicy {
        fresh_s: if asks { Some(0) } else { explicit },
        revalidated,
        used_s: if asks { Some(0) } else { explicit.map(used_s) },
        directives,
    }
}

/// Every directive of every `Cache-Control` line.
fn directives(headers: &Headers) -> Vec<Directive> {
    let lines = headers.lines("cache-control");
    let members = lines.iter().flat_map(|line| list::members(line));
    members
        .map(|member| match member.split_once('=') {
            Some((name, value)) => Directive {
                name: list::trim(name).to_ascii_lowercase(),
                value: Some(list::unquote(list::trim(value))),
            },
            None => Directive { name: member.to_ascii_lowercase(), value: None },
        })
        .collect()
}

/// `delta-seconds` (§1.2.2): digits, clamped.
fn delta_seconds(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(FRESH_S_MAX).min(FRESH_S_MAX))
}

/// `Expires` minus `Date` (or minus `now`); an invalid date, `0` too, lies in the past (§5.3).
fn expires(headers: &Headers, now: SystemTime) -> Option<u64> {
    let expires = headers.first("expires")?;
    let Ok(expires) = httpdate::parse_http_date(expires.trim()) else { return Some(0) };
    let date = headers.first("date").and_then(|d| httpdate::parse_http_date(d.trim()).ok());
    let left = expires.duration_since(date.unwrap_or(now)).unwrap_or(Duration::ZERO);
    Some(left.as_secs().min(FRESH_S_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

    fn read(lines: &[(&str, &str)]) -> CachePolicy {
        let lines = lines.iter().map(|(n, v)| ((*n).to_owned(), v.as_bytes().to_vec()));
        policy(&Headers(lines.collect()), SystemTime::UNIX_EPOCH)
    }

    #[test]
    fn freshness_by_cache_control() {
        for (value, fresh_s, revalidated) in [
            ("", None, false),
            ("public", None, false),
            ("max-age=31536000, immutable", Some(31_536_000), false),
            ("MAX-AGE=\"0\"", Some(0), true),
            ("max-age=0, must-revalidate", Some(0), true),
            ("max-age=60, max-age=0", Some(60), false),
            ("no-cache", Some(0), true),
            ("No-Store, max-age=9", Some(0), true),
            ("no-cache=\"set-cookie\", max-age=9", Some(9), false),
            ("s-maxage=60", None, false),
            ("s-maxage=60, max-age=0", Some(0), true),
            ("max-age=soon", Some(0), false),
            ("max-age", Some(0), false),
            ("max-age=-1", Some(0), false),
            ("max-age=99999999999999999999", Some(1 << 31), false),
            ("max-age=0, stale-while-revalidate=60", Some(0), false),
            ("max-age=0, stale-while-revalidate=60, must-revalidate", Some(0), true),
            ("private=\"a, max-age=5\"", None, false),
            (", ,max-age=5,", Some(5), false),
            ("max-age=5;no-cache", Some(0), false),
            ("no-cache, no-cache=\"set-cookie\"", Some(0), true),
            ("max-age=\"6\\0\"", Some(60), false),
            ("max-age=+5", Some(0), false),
            ("max-age=1.5", Some(0), false),
            ("ext=\"a, no-cache\", max-age=9", Some(9), false),
        ] {
            let got = read(&[("cache-control", value)]);
            assert_eq!((got.fresh_s, got.revalidated), (fresh_s, revalidated), "{value}");
        }
    }

    #[test]
    fn a_stale_copy_that_is_used_counts() {
        for (value, used_s) in [
            ("public", None),
            ("no-cache", Some(0)),
            ("max-age=0", Some(0)),
            ("max-age=30", Some(30)),
            ("max-age=60, stale-while-revalidate=86400", Some(86_460)),
            ("max-age=60, stale-while-revalidate=86400, must-revalidate", Some(60)),
            ("max-age=0, stale-while-revalidate=60", Some(60)),
            ("max-age=soon", Some(1)),
            ("no-store, max-age=9", Some(0)),
        ] {
            assert_eq!(read(&[("cache-control", value)]).used_s, used_s, "{value}");
        }
    }

    #[test]
    fn freshness_by_expires() {
        let hour = "Sun, 06 Nov 1994 09:49:37 GMT";
        for (lines, fresh_s, revalidated) in [
            (&[("date", DATE), ("expires", hour)][..], Some(3600), false),
            (&[("date", hour), ("expires", DATE)], Some(0), true),
            (&[("expires", "0")], Some(0), true),
            (&[("expires", "-1"), ("cache-control", "max-age=7")], Some(7), false),
            (&[("expires", hour), ("date", DATE), ("cache-control", "no-cache")], Some(0), true),
        ] {
            let got = read(lines);
            assert_eq!((got.fresh_s, got.revalidated), (fresh_s, revalidated), "{lines:?}");
        }
    }

    #[test]
    fn directives_run_over_lines_and_lose_their_quotes() {
        let got = read(&[("cache-control", "Public, a=\"x,y\""), ("cache-control", "Max-Age=1")]);
        let words: Vec<_> = got.directives.iter().map(Directive::word).collect();
        assert_eq!(words, ["public", "a=x,y", "max-age=1"]);
    }

    proptest! {
        #[test]
        fn any_field_is_read(control in "\\PC*", expires in "\\PC*", date in "\\PC*") {
            let got = read(&[("cache-control", &control), ("expires", &expires), ("date", &date)]);
            prop_assert!(got.fresh_s.is_some());
        }
    }
}
