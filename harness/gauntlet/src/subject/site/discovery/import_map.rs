//! Import maps, as far as module specifiers need them: `imports`, exact and by prefix. `scopes`
//! are not read: they change which version of a library is used, not whether a module is.

use std::collections::BTreeMap;

use url::Url;

/// Entries kept; the maps of real sites have tens.
const ENTRIES_MAX: usize = 1024;

/// The `imports` of an import map, resolved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportMap(BTreeMap<String, Url>);

impl ImportMap {
    /// Read a map whose addresses are relative to `base`; what is broken is left out.
    pub fn read(text: &str, base: &Url) -> Self {
        let map: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
        let imports = map.get("imports").and_then(serde_json::Value::as_object);
        let entries = imports.into_iter().flatten().take(ENTRIES_MAX);
        let resolved = entries.filter_map(|(specifier, address)| {
            Some((specifier.clone(), base.join(address.as_str()?).ok()?))
        });
        Self(resolved.collect())
    }

    /// The address that `specifier` means in a script at `script`; none for a bare name that
    /// the map does not have.
    pub fn resolve(&self, specifier: &str, script: &Url) -> Option<Url> {
        if let Some(url) = self.0.get(specifier) {
            return Some(url.clone());
        }
        let prefixes = self.0.iter().filter(|(prefix, _)| prefix.ends_with('/'));
        let longest = prefixes
            .filter_map(|(prefix, url)| Some((prefix.len(), specifier.strip_prefix(prefix)?, url)))
            .max_by_key(|(length, ..)| *length);
        if let Some((_, rest, url)) = longest {
            return url.join(rest).ok();
        }
        let relative = ["/", "./", "../"].iter().any(|start| specifier.starts_with(start));
        if relative { script.join(specifier).ok() } else { Url::parse(specifier).ok() }
    }
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
    fn a_broken_map_is_empty() {
        let base = Url::parse("http://s.test/").expect("a URL");
        for text in ["", "[", "7", "{\"imports\":[]}"] {
            assert_eq!(ImportMap::read(text, &base), ImportMap::default(), "{text}");
        }
    }
}
