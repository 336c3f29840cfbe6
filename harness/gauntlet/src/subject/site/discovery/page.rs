//! What one page loads, parsed as a browser parses it.
//!
//! Nothing here fetches; what a script writes into the page is not seen.

use std::collections::HashSet;

use scraper::{ElementRef, Html, Selector};
use url::Url;

use super::import_map::ImportMap;
use super::script::extension;

/// Bytes of a page that are parsed.
pub const PAGE_BYTES_MAX: usize = 4 << 20;

/// Tags that are parsed: the standard's parser is quadratic in the depth of nesting, and so
/// many nested tags cost it a second or two.
pub const PAGE_TAGS_MAX: usize = 20_000;

/// Inline scripts, links and scripts kept of one page.
const ITEMS_MAX: usize = 512;

/// What one page loads, in the order of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// What relative addresses are relative to.
    pub base: Url,
    /// `script src`, `modulepreload`, and preloads of scripts, with how each was found.
    pub scripts: Vec<(Url, &'static str)>,
    /// Preloaded and prefetched modules.
    pub modules: Vec<(Url, &'static str)>,
    /// Names of modules in `data-` attributes, as written.
    pub named: Vec<String>,
    /// Pages in frames.
    pub frames: Vec<Url>,
    /// Texts of inline scripts and of event handlers.
    pub inline: Vec<String>,
    /// The page's import map.
    pub import_map: ImportMap,
    /// Whether only the first part was parsed.
    pub cut: bool,
}

/// Parse `html`, which came from `url`.
pub fn read(html: &str, url: &Url) -> Page {
    let bounded = bounded(html);
    let document = Html::parse_document(bounded);
    let base = base(&document, url);
    let mut page = Page {
        base,
        scripts: Vec::new(),
        modules: Vec::new(),
        named: Vec::new(),
        frames: Vec::new(),
        inline: Vec::new(),
        import_map: ImportMap::default(),
        cut: bounded.len() < html.len(),
    };
    for element in live(&document) {
        match element.value().name() {
            "script" => page.script(&element),
            "link" => page.link(&element),
            "iframe" | "frame" => {
                let url = page.resolve(element.attr("src"));
                push(&mut page.frames, url.filter(|url| !url.cannot_be_a_base()));
            }
            _ => {}
        }
        page.attributes(&element);
    }
    page
}

/// What relative addresses of a page from `url` are relative to.
pub fn base(document: &Html, url: &Url) -> Url {
    elements(document, "base[href]")
        .find_map(|element| url.join(element.attr("href")?.trim()).ok())
        .unwrap_or_else(|| url.clone())
}

/// The elements that a browser loads, in the order of the text.
pub fn live(document: &Html) -> Vec<ElementRef<'_>> {
    // What stands inside of templates is not loaded. An outer template comes first and has
    // added all that is inside of an inner one.
    let mut inert = HashSet::new();
    for template in elements(document, "template") {
        if !inert.contains(&template.id()) {
            inert.extend(template.descendants().skip(1).map(|node| node.id()));
        }
    }
    elements(document, "*").filter(|element| !inert.contains(&element.id())).collect()
}

/// The part of `html` within the bounds.
pub fn bounded(html: &str) -> &str {
    let tags = html.match_indices('<').nth(PAGE_TAGS_MAX).map_or(html.len(), |(at, _)| at);
    &html[..html.floor_char_boundary(tags.min(PAGE_BYTES_MAX))]
}

fn elements<'a>(document: &'a Html, selector: &str) -> impl Iterator<Item = ElementRef<'a>> {
    let selected = Selector::parse(selector).ok();
    let found = selected.map(|selector| document.select(&selector).collect::<Vec<_>>());
    found.unwrap_or_default().into_iter()
}

impl Page {
    fn resolve(&self, address: Option<&str>) -> Option<Url> {
        let address = address?.trim();
        let mut url = (!address.is_empty()).then(|| self.base.join(address).ok())??;
        url.set_fragment(None);
        Some(url)
    }

    fn script(&mut self, element: &ElementRef<'_>) {
        let kind = element.attr("type").unwrap_or_default().trim().to_ascii_lowercase();
        match kind.as_str() {
            "importmap" => {
                let text: String = element.text().collect();
                self.import_map = ImportMap::read(&text, &self.base);
            }
            "module" => self.code(element, "module script"),
            _ if is_classic(&kind) => self.code(element, "script src"),
            // Data blocks are never run.
            _ => {}
        }
    }

    fn code(&mut self, element: &ElementRef<'_>, how: &'static str) {
        match element.attr("src") {
            Some(src) => {
                let url = self.resolve(Some(src));
                push(&mut self.scripts, url.map(|url| (url, how)));
            }
            None => push(&mut self.inline, Some(element.text().collect())),
        }
    }

    fn link(&mut self, element: &ElementRef<'_>) {
        let rel = element.attr("rel").unwrap_or_default().to_ascii_lowercase();
        let rel = |word| rel.split_ascii_whitespace().any(|have| have == word);
        let Some(url) = self.resolve(element.attr("href")) else { return };
        let is_module = extension(url.path()) == Some("wasm");
        let loaded_as = element.attr("as").unwrap_or_default().to_ascii_lowercase();
        if is_module && (rel("preload") || rel("modulepreload") || rel("prefetch")) {
            push(&mut self.modules, Some((url, "preload")));
        } else if rel("modulepreload") || (rel("preload") && loaded_as == "script") {
            push(&mut self.scripts, Some((url, "preload")));
        }
    }

    /// Event handlers are code; `data-` attributes are where loaders keep a module's name.
    fn attributes(&mut self, element: &ElementRef<'_>) {
        for (name, value) in element.value().attrs() {
            if name.starts_with("on") {
                push(&mut self.inline, Some(value.to_owned()));
            } else if name.starts_with("data-") && extension(value.trim()) == Some("wasm") {
                push(&mut self.named, Some(value.trim().to_owned()));
            }
        }
    }
}

/// Whether a script of this type, in lower case, is run as a classic one.
pub fn is_classic(kind: &str) -> bool {
    kind.is_empty() || JAVASCRIPT_TYPES.contains(&kind)
}

/// The types that browsers take for classic scripts and that are still met.
const JAVASCRIPT_TYPES: &[&str] = &[
    "text/javascript",
    "application/javascript",
    "application/x-javascript",
    "text/ecmascript",
    "application/ecmascript",
];

fn push<T>(list: &mut Vec<T>, item: Option<T>) {
    if list.len() < ITEMS_MAX {
        list.extend(item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(html: &str) -> Page {
        read(html, &Url::parse("http://site.test/app/index.html").expect("a URL"))
    }

    fn urls(list: &[(Url, &'static str)]) -> Vec<String> {
        list.iter().map(|(url, how)| format!("{how} {url}")).collect()
    }

    #[test]
    fn a_page_says_what_it_loads() {
        let page = page(
            "<base href=/b/><script src='a.js'></script><script type=module src=m.js></script>\
             <script type=application/json src=no.js>{}</script><script>inline()</script>\
             <link rel='preload' as=fetch href=x.wasm><LINK REL=modulepreload HREF=/p.mjs>\
             <script type=importmap>{\"imports\":{\"lib\":\"./lib.js\"}}</script>\
             <link rel=stylesheet href=s.css>\
             <iframe src=f.html></iframe><iframe src=about:blank></iframe>\
             <div data-module=d.wasm onclick=\"go()\">\
             <!-- <script src=no.js></script> --><template><script src=no.js></script></template>",
        );
        assert_eq!(page.base.as_str(), "http://site.test/b/");
        assert_eq!(
            urls(&page.scripts),
            [
                "script src http://site.test/b/a.js",
                "module script http://site.test/b/m.js",
                "preload http://site.test/p.mjs",
            ]
        );
        assert_eq!(urls(&page.modules), ["preload http://site.test/b/x.wasm"]);
        assert_eq!(page.named, ["d.wasm"]);
        let frames: Vec<_> = page.frames.iter().map(Url::as_str).collect();
        assert_eq!(frames, ["http://site.test/b/f.html"]);
        assert_eq!(page.inline, ["inline()", "go()"]);
        let mapped = page.import_map.resolve("lib", &page.base).map(|url| url.to_string());
        assert_eq!(mapped.as_deref(), Some("http://site.test/b/lib.js"));
    }

    #[test]
    fn deep_nesting_is_cut_before_it_costs_more_than_seconds() {
        let begun = std::time::Instant::now();
        let page = page(&"<div>".repeat(400_000));
        assert!(page.cut);
        assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
    }

    #[test]
    fn broken_addresses_are_left_out() {
        let page = page("<base href='http://['><script src='http://['></script><script src>");
        assert_eq!(page.base.as_str(), "http://site.test/app/index.html");
        assert!(page.scripts.is_empty());
    }
}
