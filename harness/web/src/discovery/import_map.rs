//! Import maps (HTML standard §8.1.6.2): `imports` and `scopes`, exact and by prefix.

use std::collections::BTreeMap;

use url::Url;

/// Entries kept of one list; the maps of real sites have tens.
const ENTRIES_MAX: usize = 1024;

/// Scopes kept; the maps of real sites have none or a few.
const SCOPES_MAX: usize = 64;

/// Specifiers and their addresses.
type ImportEntries = BTreeMap<String, Url>;

/// An import map, resolved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ImportMap {
    imports: ImportEntries,
    /// By the prefix of the script addresses that they apply to, longest first.
    scopes: Vec<(String, ImportEntries)>,
    /// Whether it has more than is kept.
    pub cut: bool,
}

impl ImportMap {
    /// Read a map whose addresses are relative to `base`; what is broken is left out.
    pub(crate) fn read(text: &str, base: &Url) -> Self {
        let map: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
        let scopes = map.get("scopes").and_then(serde_json::Value::as_object);
        let long =
            |list: &serde_json::Value| list.as_object().is_some_and(|l| l.len() > ENTRIES_MAX);
        let cut = map.get("imports").is_some_and(long)
            || scopes.is_some_and(|all| all.len() > SCOPES_MAX || all.values().any(long));
        let scopes = scopes.into_iter().flatten().take(SCOPES_MAX);
        let mut scopes: Vec<(String, ImportEntries)> = scopes
            .filter_map(|(scope, list)| {
                Some((base.join(scope).ok()?.to_string(), entries(list, base)))
            })
            .collect();
        scopes.sort_by(|one, other| other.0.cmp(&one.0));
        Self {
            imports: map.get("imports").map(|list| entries(list, base)).unwrap_or_default(),
            scopes,
            cut,
        }
    }

    /// The address that `specifier` means in a script at `script`; none for a bare name that
    /// the map does not have.
    pub(crate) fn resolve(&self, specifier: &str, script: &Url) -> Option<Url> {
        let own = script.as_str();
        let covers = |scope: &str| own == scope || (scope.ends_with('/') && own.starts_with(scope));
        let scoped = self.scopes.iter().filter(|(scope, _)| covers(scope)).map(|(_, list)| list);
        let mapped = scoped.chain([&self.imports]).find_map(|list| find(list, specifier));
        if let Some(url) = mapped {
            return Some(url);
        }
        let relative = ["/", "./", "../"].iter().any(|start| specifier.starts_with(start));
        if relative { script.join(specifier).ok() } else { Url::parse(specifier).ok() }
    }
}

fn entries(list: &serde_json::Value, base: &Url) -> ImportEntries {
    let entries = list.as_object().into_iter().flatten().take(ENTRIES_MAX);
    let resolved = entries.filter_map(|(specifier, address)| {
        Some((specifier.clone(), base.join(address.as_str()?).ok()?))
    });
    resolved.collect()
}

/// The specifier itself, or its longest prefix that ends with a slash.
fn find(list: &ImportEntries, specifier: &str) -> Option<Url> {
    if let Some(url) = list.get(specifier) {
        return Some(url.clone());
    }
    let prefixes = list.iter().filter(|(prefix, _)| prefix.ends_with('/'));
    let longest = prefixes
        .filter_map(|(prefix, url)| Some((prefix.len(), specifier.strip_prefix(prefix)?, url)))
        .max_by_key(|(length, ..)| *length);
    longest.and_then(|(_, rest, url)| url.join(rest).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specifiers_are_resolved_by_the_map_first() {
        let base = Url::parse("http://s.test/a/b.js").expect("a URL");
        let map = r#"{"imports":{"lib":"/l.js","p/":"/p/","p/q/":"/pq/","bad":7}}"#;
        let map = ImportMap::read(map, &base);
        for (specifier, found) in [
            ("lib", Some("http://s.test/l.js")),
            ("p/x.js", Some("http://s.test/p/x.js")),
            ("p/q/x.js", Some("http://s.test/pq/x.js")),
            ("./c.js", Some("http://s.test/a/c.js")),
            ("/d.js", Some("http://s.test/d.js")),
            ("https://o.test/e.js", Some("https://o.test/e.js")),
            ("bare", None),
            ("bad", None),
        ] {
            let got = map.resolve(specifier, &base).map(|url| url.to_string());
            assert_eq!(got.as_deref(), found, "{specifier}");
        }
    }

    #[test]
    fn the_nearest_scope_comes_first() {
        let base = Url::parse("http://s.test/").expect("a URL");
        let map = r#"{"imports":{"lib":"/l.js"},
            "scopes":{"/a/":{"lib":"/a.js"},"/a/b/":{"lib":"/b.js"},"/c.js":{"lib":7}}}"#;
        let map = ImportMap::read(map, &base);
        for (script, found) in
            [("/x.js", "/l.js"), ("/a/x.js", "/a.js"), ("/a/b/x.js", "/b.js"), ("/c.js", "/l.js")]
        {
            let script = base.join(script).expect("a URL");
            let got = map.resolve("lib", &script).map(|url| url.path().to_owned());
            assert_eq!(got.as_deref(), Some(found), "{script}");
        }
    }

    #[test]
    fn a_broken_map_is_empty() {
        let base = Url::parse("http://s.test/").expect("a URL");
        for text in ["", "[", "7", "{\"imports\":[]}", "{\"scopes\":[]}"] {
            assert_eq!(ImportMap::read(text, &base), ImportMap::default(), "{text}");
        }
    }
}
