//! What the policies of a page allow: Content Security Policy (level 3), CORS (Fetch standard) and
//! cross-origin isolation (HTML standard), for loading and running a module.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256, Sha384, Sha512};
use url::Url;

use super::{Headers, list};

/// The enforced policies of a page, each a text of directives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policies(pub Vec<String>);

impl Policies {
    /// The policies of the header fields, and those that the page holds in `meta` elements. A
    /// comma ends a policy in a field alone (CSP §4.1 and HTML §4.2.5.3).
    pub fn of(headers: &Headers, in_page: &[String]) -> Self {
        let lines = headers.lines("content-security-policy");
        let in_fields = lines.iter().flat_map(|line| line.split(',').map(str::to_owned));
        Self(in_fields.chain(in_page.iter().cloned()).collect())
    }

    /// Whether WebAssembly may be compiled. Every policy that mentions scripts must allow it.
    pub fn allow_wasm(&self) -> bool {
        self.0.iter().filter_map(|policy| sources(policy, "script-src")).all(|sources| {
            let allows = |source: &&str| {
                source.eq_ignore_ascii_case("'wasm-unsafe-eval'")
                    || source.eq_ignore_ascii_case("'unsafe-eval'")
            };
            sources.iter().any(allows)
        })
    }

    /// Whether `script` may run. Every policy that mentions scripts must allow it (CSP §6.7.3.3).
    pub fn allow_inline(&self, script: &Inline) -> bool {
        let own = |policy| {
            let elements = directive(policy, "script-src-elem");
            elements.or_else(|| sources(policy, "script-src"))
        };
        self.0.iter().filter_map(|policy| own(policy)).all(|sources| script.is_allowed(&sources))
    }

    /// Whether the page at `page` may load this script. Every policy that mentions scripts must
    /// allow it (CSP §6.7.1.1). A policy with nonces, digests or `'strict-dynamic'` counts as one
    /// that allows it, unless the page itself loads the script without any.
    pub fn allow_script(&self, page: &Url, script: ScriptLoad<'_>) -> bool {
        let own = |policy| {
            let elements = directive(policy, "script-src-elem");
            elements.or_else(|| sources(policy, "script-src"))
        };
        self.0.iter().filter_map(|policy| own(policy)).all(|sources| {
            let has = |word: &str| {
                sources.iter().any(|source| source.to_ascii_lowercase().starts_with(word))
            };
            let may_be_known = has("'strict-dynamic'")
                || (has("'nonce-") && script.has_nonce)
                || (has("'sha") && script.has_integrity);
            may_be_known || sources.iter().any(|source| matches(source, page, script.url))
        })
    }

    /// Whether the page at `page` may start a worker from `target` (CSP §6.1.17).
    pub fn allow_worker(&self, page: &Url, target: &Url) -> bool {
        let own = |policy| {
            let named = directive(policy, "worker-src").or_else(|| directive(policy, "child-src"));
            named.or_else(|| sources(policy, "script-src"))
        };
        self.0.iter().filter_map(|policy| own(policy)).all(|sources| {
            let is_dynamic = |one: &&str| one.eq_ignore_ascii_case("'strict-dynamic'");
            sources.iter().any(is_dynamic)
                || sources.iter().any(|source| matches(source, page, target))
        })
    }

    /// Whether a script of `page` may fetch `target`. Every policy that mentions it must allow it.
    pub fn allow_fetch(&self, page: &Url, target: &Url) -> bool {
        self.0
            .iter()
            .filter_map(|policy| sources(policy, "connect-src"))
            .all(|sources| sources.iter().any(|source| matches(source, page, target)))
    }
}

/// A script that a page loads from an address.
#[derive(Debug, Clone, Copy)]
pub struct ScriptLoad<'a> {
    /// Where it is.
    pub url: &'a Url,
    /// Whether it has a nonce, or may have that of the script that imports it.
    pub has_nonce: bool,
    /// Whether its integrity is demanded, which a digest in the policy may name.
    pub has_integrity: bool,
}

/// An inline script of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inline {
    /// The nonce of its element.
    pub nonce: Option<String>,
    /// Its text.
    pub text: String,
}

impl Inline {
    fn is_allowed(&self, sources: &[&str]) -> bool {
        let text = self.text.as_bytes();
        let digests = [
            ("sha256", STANDARD.encode(Sha256::digest(text))),
            ("sha384", STANDARD.encode(Sha384::digest(text))),
            ("sha512", STANDARD.encode(Sha512::digest(text))),
        ];
        let named = |source: &&str| {
            let source = source.strip_prefix('\'')?.strip_suffix('\'')?;
            let (kind, value) = source.split_once('-')?;
            let kind = kind.to_ascii_lowercase();
            match kind.as_str() {
                "nonce" => Some(self.nonce.as_deref() == Some(value)),
                "sha256" | "sha384" | "sha512" => {
                    // The URL-safe alphabet means the same as the usual one.
                    let value = value.replace('-', "+").replace('_', "/");
                    Some(digests.iter().any(|(name, digest)| *name == kind && *digest == value))
                }
                "strict" if value.eq_ignore_ascii_case("dynamic") => Some(false),
                _ => None,
            }
        };
        let named: Vec<bool> = sources.iter().filter_map(named).collect();
        let unsafe_inline = |source: &&str| source.eq_ignore_ascii_case("'unsafe-inline'");
        // With a nonce or hash, 'unsafe-inline' is only for browsers that do not know these.
        named.contains(&true) || named.is_empty() && sources.iter().any(unsafe_inline)
    }
}

/// The sources of a directive, or else of `default-src`; none where the policy has neither.
fn sources<'a>(policy: &'a str, wanted: &str) -> Option<Vec<&'a str>> {
    directive(policy, wanted).or_else(|| directive(policy, "default-src"))
}

/// The sources of a directive. The first of several equal directives counts.
fn directive<'a>(policy: &'a str, wanted: &str) -> Option<Vec<&'a str>> {
    policy.split(';').find_map(|text| {
        let mut words = text.split_ascii_whitespace();
        let name = words.next()?;
        name.eq_ignore_ascii_case(wanted).then(|| words.collect())
    })
}

/// Whether a source expression covers `target` (CSP §6.7.2.8).
fn matches(source: &str, page: &Url, target: &Url) -> bool {
    if source == "*" {
        return matches!(target.scheme(), "http" | "https") || target.scheme() == page.scheme();
    }
    if source.eq_ignore_ascii_case("'self'") {
        let upgraded = page.scheme() == "http" && target.scheme() == "https";
        return page.origin() == target.origin()
            || (upgraded && page.host_str() == target.host_str() && page.port() == target.port());
    }
    if let Some(scheme) = source.strip_suffix(':') {
        return scheme_matches(scheme, target.scheme());
    }
    let (scheme, rest) = match source.split_once("://") {
        Some((scheme, rest)) => (scheme, rest),
        None => (page.scheme(), source),
    };
    let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let (host, port) = split_port(authority);
    scheme_matches(scheme, target.scheme())
        && host_matches(host, target.host_str().unwrap_or_default())
        && port_matches(port, target)
        && (path.is_empty()
            || target.path() == path
            || (path.ends_with('/') && target.path().starts_with(path)))
}

/// Host and port. The colons of an IPv6 address do not start a port.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

fn scheme_matches(wanted: &str, scheme: &str) -> bool {
    wanted.eq_ignore_ascii_case(scheme)
        || (wanted.eq_ignore_ascii_case("http") && scheme == "https")
}

fn host_matches(wanted: &str, host: &str) -> bool {
    let wanted = wanted.to_ascii_lowercase();
    match wanted.strip_prefix('*') {
        Some("") => true,
        Some(suffix) => host.ends_with(suffix) && host.len() > suffix.len(),
        None => host == wanted,
    }
}

fn port_matches(wanted: Option<&str>, target: &Url) -> bool {
    match wanted {
        Some("*") => true,
        Some(port) => {
            target.port_or_known_default().map(|p| p.to_string()).as_deref() == Some(port)
        }
        None => target.port().is_none(),
    }
}

/// Whether the answer with these fields may be read by a page of `origin`.
pub fn cors_allows(headers: &Headers, origin: &str) -> bool {
    let allowed = headers.combined("access-control-allow-origin");
    allowed.is_some_and(|allowed| matches!(list::trim(&allowed), "*") || allowed == origin)
}

/// The value of a field without its parameters, as in `require-corp`; empty if it was not sent.
pub fn first_word(headers: &Headers, name: &str) -> String {
    let value = headers.combined(name).unwrap_or_default();
    list::trim(value.split(';').next().unwrap_or_default()).to_owned()
}

/// Whether a page with these fields is cross-origin isolated.
pub fn isolated(headers: &Headers) -> bool {
    let word = |name: &str| first_word(headers, name);
    word("cross-origin-opener-policy") == "same-origin"
        && matches!(
            word("cross-origin-embedder-policy").as_str(),
            "require-corp" | "credentialless"
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn policies(line: &str) -> Policies {
        let lines = vec![("content-security-policy".to_owned(), line.as_bytes().to_vec())];
        Policies::of(&Headers(lines), &[])
    }

    #[test]
    fn compiling_takes_a_word_of_its_own() {
        for (policy, allowed) in [
            ("", true),
            ("img-src 'none'", true),
            ("script-src 'self'", false),
            ("default-src 'self'", false),
            ("default-src 'self' 'wasm-unsafe-eval'", true),
            ("default-src 'self' 'wasm-unsafe-eval'; script-src 'self'", false),
            ("default-src 'none'; Script-Src 'self' 'WASM-unsafe-eval'", true),
            ("script-src 'self' 'unsafe-eval'", true),
            ("script-src * 'unsafe-inline'", false),
            ("script-src 'wasm-unsafe-eval', script-src 'self'", false),
            ("script-src 'self'; script-src 'unsafe-eval'", false),
        ] {
            assert_eq!(policies(policy).allow_wasm(), allowed, "{policy}");
        }
        let meta = ["script-src 'self'".to_owned()];
        assert!(!Policies::of(&Headers::default(), &meta).allow_wasm());
    }

    #[test]
    fn a_script_is_loaded_from_where_the_policy_allows() {
        let page = Url::parse("https://a.test/x").expect("a page");
        for (policy, url, has_nonce, allowed) in [
            ("", "https://b.test/a.js", false, true),
            ("connect-src 'none'", "https://b.test/a.js", false, true),
            ("script-src 'self'", "https://a.test/a.js", false, true),
            ("script-src 'self'", "https://b.test/a.js", false, false),
            ("default-src 'self'", "https://b.test/a.js", true, false),
            ("script-src 'self' https://b.test", "https://b.test/a.js", false, true),
            ("script-src 'none'; script-src-elem *", "https://b.test/a.js", false, true),
            ("script-src 'nonce-x'", "https://b.test/a.js", true, true),
            ("script-src 'nonce-x'", "https://b.test/a.js", false, false),
            ("script-src 'nonce-x' 'strict-dynamic'", "https://b.test/a.js", false, true),
            ("script-src *, script-src 'self'", "https://b.test/a.js", false, false),
        ] {
            let url = Url::parse(url).expect("a script");
            let script = ScriptLoad { url: &url, has_nonce, has_integrity: false };
            assert_eq!(policies(policy).allow_script(&page, script), allowed, "{policy} {url}");
        }
        for (policy, allowed) in [
            ("", true),
            ("script-src 'self'", true),
            ("script-src 'none'", false),
            ("worker-src 'none'", false),
            ("script-src 'none'; worker-src 'self'", true),
            ("script-src 'none'; child-src 'self'", true),
            ("default-src 'none'", false),
            ("worker-src blob:", false),
        ] {
            assert_eq!(policies(policy).allow_worker(&page, &page), allowed, "{policy}");
        }
    }

    #[test]
    fn an_inline_script_runs_by_a_word_a_nonce_or_a_hash() {
        // printf go | openssl dgst -sha256 -binary | base64
        let hash = "'sha256-TNDiGpoHlaFOyapfDn0av/BJJWV3DkPq/fHj6K/tHzM='";
        let script = Inline { nonce: Some("n1".to_owned()), text: "go".to_owned() };
        for (policy, allowed) in [
            ("", true),
            ("img-src 'self'", true),
            ("script-src 'self' 'wasm-unsafe-eval'", false),
            ("default-src 'self'", false),
            ("script-src 'self' 'unsafe-inline'", true),
            ("default-src 'none'; script-src 'unsafe-inline'", true),
            ("script-src 'unsafe-inline'; script-src-elem 'self'", false),
            ("script-src 'none'; script-src-elem 'unsafe-inline'", true),
            ("script-src 'nonce-n1'", true),
            ("script-src 'nonce-n2' 'unsafe-inline'", false),
            ("script-src 'unsafe-inline' 'strict-dynamic'", false),
            (&format!("script-src {hash}"), true),
            ("script-src 'sha256-AAAA'", false),
            ("script-src 'unsafe-inline', script-src 'self'", false),
        ] {
            assert_eq!(policies(policy).allow_inline(&script), allowed, "{policy}");
        }
    }

    #[test]
    fn fetching_takes_a_source_that_covers_it() {
        let page = Url::parse("https://a.test/x").expect("a page");
        for (policy, target, allowed) in [
            ("", "https://b.test/m.wasm", true),
            ("connect-src 'self'", "https://a.test/m.wasm", true),
            ("connect-src 'self'", "https://b.test/m.wasm", false),
            ("default-src 'none'", "https://a.test/m.wasm", false),
            ("default-src 'none'; connect-src *", "https://b.test/m.wasm", true),
            ("connect-src https:", "https://b.test/m.wasm", true),
            ("connect-src b.test", "https://b.test/m.wasm", true),
            ("connect-src http://b.test", "https://b.test/m.wasm", true),
            ("connect-src b.test", "http://b.test/m.wasm", false),
            ("connect-src *.b.test", "https://c.b.test/m.wasm", true),
            ("connect-src *.b.test", "https://b.test/m.wasm", false),
            ("connect-src b.test", "https://b.test:8443/m.wasm", false),
            ("connect-src b.test:*", "https://b.test:8443/m.wasm", true),
            ("connect-src b.test/assets/", "https://b.test/assets/m.wasm", true),
            ("connect-src b.test/assets/", "https://b.test/m.wasm", false),
        ] {
            let target = Url::parse(target).expect("a target");
            assert_eq!(policies(policy).allow_fetch(&page, &target), allowed, "{policy} {target}");
        }
    }

    #[test]
    fn reading_takes_one_origin_or_a_star() {
        for (lines, allowed) in [
            (&[][..], false),
            (&["*"], true),
            (&["https://a.test"], true),
            (&["https://b.test"], false),
            (&["https://a.test, https://b.test"], false),
            (&["*", "*"], false),
            (&["null"], false),
        ] {
            let name = "access-control-allow-origin".to_owned();
            let lines = lines.iter().map(|line| (name.clone(), line.as_bytes().to_vec()));
            let headers = Headers(lines.collect());
            assert_eq!(cors_allows(&headers, "https://a.test"), allowed, "{headers:?}");
        }
    }

    proptest! {
        #[test]
        fn any_policy_is_read(policy in "\\PC*", source in "[*a-z:/.'\\[\\]-]{0,20}") {
            let page = Url::parse("https://a.test/x").expect("a page");
            let read = policies(&format!("{policy}; connect-src {source}"));
            let _ = (read.allow_wasm(), read.allow_fetch(&page, &page));
        }
    }
}
