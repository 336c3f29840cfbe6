//! What one page loads, parsed as a browser parses it.
//!
//! Nothing here fetches; what a script writes into the page is not seen.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use html5ever::tendril::{StrTendril, TendrilSink};
use scraper::{ElementRef, Html, HtmlTreeSink, Selector};
use url::Url;

use super::import_map::ImportMap;
use super::page_loads::{self, PageLoad};
use super::script::extension;
use crate::headers::media;

/// Bytes of a page that are parsed.
pub const PAGE_BYTES_MAX: usize = 4 << 20;

/// Most tags that are parsed. The parser is quadratic in the nesting depth, and this many nested
/// tags take it a second or two.
pub(crate) const PAGE_TAGS_MAX: usize = 20_000;

/// Time for the parser, which is also quadratic in the attributes of one tag. Real pages take
/// milliseconds.
const PARSE_MAX: Duration = Duration::from_secs(4);

/// Bytes given to the parser at once. It can be stopped between two pieces.
const PIECE_BYTES: usize = 4 << 10;

/// What one page loads, in the order of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageReferences {
    /// What relative addresses are relative to.
    pub base: Url,
    /// `script src`, `modulepreload`, and preloads of scripts, with how each was found.
    pub scripts: Vec<(Url, &'static str)>,
    /// How it loads each script.
    pub loads: Vec<PageLoad>,
    /// Preloaded and prefetched modules.
    pub modules: Vec<(Url, &'static str)>,
    /// Names of modules in `data-` attributes, as written.
    pub named: Vec<String>,
    /// Pages in frames, and the page that follows by a refresh, with how each was found.
    pub frames: Vec<(Url, &'static str)>,
    /// Texts of inline scripts and of event handlers.
    pub inline: Vec<String>,
    /// The page's import map.
    pub(crate) import_map: ImportMap,
    /// Whether only a part was read.
    pub cut: bool,
}

/// Parse `html`, which came from `url`.
pub fn read(html: &str, url: &Url) -> PageReferences {
    within(html, url, 0)
}

/// Parse `html`, which is nested in this many pages.
fn within(html: &str, url: &Url, depth: usize) -> PageReferences {
    let bounded = bounded(html);
    let (document, parsed) = parsed(bounded);
    let base = base(&document, url);
    let mut page = PageReferences {
        base,
        scripts: Vec::new(),
        loads: Vec::new(),
        modules: Vec::new(),
        named: Vec::new(),
        frames: Vec::new(),
        inline: Vec::new(),
        import_map: ImportMap::default(),
        cut: parsed < html.len(),
    };
    for element in live(&document) {
        match element.value().name() {
            "script" => page.script(&element),
            "link" => page.link(&element),
            // A page inside the page, with its own base. Further nesting is left to the browser.
            "iframe" if element.attr("srcdoc").is_some() && depth == 0 => {
                let inner = within(element.attr("srcdoc").unwrap_or_default(), &page.base, 1);
                page.scripts.extend(inner.scripts);
                page.modules.extend(inner.modules);
                page.named.extend(inner.named);
                page.inline.extend(inner.inline);
                page.cut |= inner.cut;
            }
            "iframe" | "frame" => page.frame(element.attr("src"), "frame"),
            "embed" if may_be_page(&element) => page.frame(element.attr("src"), "embed"),
            "object" if may_be_page(&element) => page.frame(element.attr("data"), "object"),
            "meta" => page.frame(refreshed(&element), "refresh"),
            _ => {}
        }
        page.attributes(&element);
        page.loads.extend(page_loads::of(&element, &page.base));
    }
    page
}

/// The document, and the number of bytes of `html` that were parsed in time.
pub fn parsed(html: &str) -> (Html, usize) {
    let sink = HtmlTreeSink::new(Html::new_document());
    let mut parser = html5ever::driver::parse_document(sink, Default::default());
    let (begun, mut at) = (Instant::now(), 0);
    while at < html.len() && begun.elapsed() < PARSE_MAX {
        // A character has at most four bytes, so a piece is never empty.
        let end = html.floor_char_boundary(at + PIECE_BYTES);
        parser.process(StrTendril::from_slice(&html[at..end]));
        at = end;
    }
    (parser.finish(), at)
}

/// What relative addresses of a page from `url` are relative to.
pub fn base(document: &Html, url: &Url) -> Url {
    elements(document, "base[href]")
        .find_map(|element| url.join(element.attr("href")?.trim()).ok())
        .unwrap_or_else(|| url.clone())
}

/// The elements that a browser loads, in the order of the text.
pub fn live(document: &Html) -> Vec<ElementRef<'_>> {
    // The content of templates is not loaded. An outer template comes first and has already added
    // the content of inner ones.
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

/// Whether an `object` or `embed` may hold a page: pictures, sounds and documents are not read.
fn may_be_page(element: &ElementRef<'_>) -> bool {
    match element.attr("type") {
        Some(kind) => kind.to_ascii_lowercase().contains("html"),
        None => {
            let address = element.attr("data").or(element.attr("src")).unwrap_or_default();
            let path = address.split(['?', '#']).next().unwrap_or_default();
            extension(path).is_none_or(|ending| ["html", "htm", "xhtml"].contains(&ending))
        }
    }
}

/// The target of a `meta` refresh (HTML Standard, shared declarative refresh steps).
fn refreshed<'a>(element: &ElementRef<'a>) -> Option<&'a str> {
    let is_refresh = element.attr("http-equiv")?.eq_ignore_ascii_case("refresh");
    let content = element.attr("content").filter(|_| is_refresh)?.trim_start();
    let after = content.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').trim_start();
    let after = after.trim_start_matches([';', ',']).trim_start();
    let named = after.get(..3).is_some_and(|word| word.eq_ignore_ascii_case("url"));
    let value = named.then(|| after[3..].trim_start().strip_prefix('=')).flatten();
    let address = value.unwrap_or(after).trim();
    match address.chars().next()? {
        quote @ ('"' | '\'') => address[1..].split(quote).next(),
        _ => Some(address),
    }
}

impl PageReferences {
    fn resolve(&self, address: Option<&str>) -> Option<Url> {
        let address = address?.trim();
        let mut url = (!address.is_empty()).then(|| self.base.join(address).ok())??;
        url.set_fragment(None);
        Some(url)
    }

    fn frame(&mut self, address: Option<&str>, how: &'static str) {
        let url = self.resolve(address).filter(|url| !url.cannot_be_a_base());
        self.frames.extend(url.map(|url| (url, how)));
    }

    fn script(&mut self, element: &ElementRef<'_>) {
        let kind = element.attr("type").unwrap_or_default().trim().to_ascii_lowercase();
        match kind.as_str() {
            "importmap" => {
                let text: String = element.text().collect();
                self.import_map = ImportMap::read(&text, &self.base);
                self.cut |= self.import_map.cut;
            }
            "module" => self.code(element, "module script"),
            _ if is_classic(&kind) => self.code(element, "script src"),
            // Data blocks are never run.
            _ => {}
        }
    }

    fn code(&mut self, element: &ElementRef<'_>, how: &'static str) {
        // In SVG it is `href` that names a script.
        match element.attr("src").or(element.attr("href")) {
            Some(src) => {
                let url = self.resolve(Some(src));
                self.scripts.extend(url.map(|url| (url, how)));
            }
            None => self.inline.push(element.text().collect()),
        }
    }

    fn link(&mut self, element: &ElementRef<'_>) {
        let rel = element.attr("rel").unwrap_or_default().to_ascii_lowercase();
        let rel = |word| rel.split_ascii_whitespace().any(|have| have == word);
        let Some(url) = self.resolve(element.attr("href")) else { return };
        let is_module = extension(url.path()) == Some("wasm");
        let loaded_as = element.attr("as").unwrap_or_default().to_ascii_lowercase();
        if is_module && (rel("preload") || rel("modulepreload") || rel("prefetch")) {
            self.modules.extend(Some((url, "preload")));
        } else if rel("modulepreload") || (rel("preload") && loaded_as == "script") {
            self.scripts.extend(Some((url, "preload")));
        }
    }

    /// Event handlers are code; `data-` attributes are where loaders keep a module's name.
    fn attributes(&mut self, element: &ElementRef<'_>) {
        for (name, value) in element.value().attrs() {
            if name.starts_with("on") {
                self.inline.extend(Some(value.to_owned()));
            } else if name.starts_with("data-") && extension(value.trim()) == Some("wasm") {
                self.named.extend(Some(value.trim().to_owned()));
            }
        }
    }
}

/// Whether a script of this type, in lower case, is run as a classic one.
pub(crate) fn is_classic(kind: &str) -> bool {
    kind.is_empty() || media::is_javascript(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(html: &str) -> PageReferences {
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
        assert_eq!(urls(&page.frames), ["frame http://site.test/b/f.html"]);
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
    fn attributes_without_end_are_cut_before_they_cost_more_than_seconds() {
        let begun = std::time::Instant::now();
        let attributes: String = (0..400_000).map(|one| format!(" a{one}=1")).collect();
        let page = page(&format!("<script src=a.js></script><div{attributes}>"));
        assert!(page.cut && page.scripts.len() == 1);
        assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
    }

    #[test]
    fn a_script_behind_hundreds_of_handlers_is_read() {
        let page = page(&format!("{}<script>last()</script>", "<p onclick='go(1)'>".repeat(600)));
        assert_eq!((page.inline.len(), page.inline.last()), (601, Some(&"last()".to_owned())));
        assert!(!page.cut);
    }

    #[test]
    fn scripts_of_pictures_and_of_pages_in_the_page_are_read() {
        let page = page(
            "<svg><script href=s.js></script></svg>\
             <iframe srcdoc='<script src=d.js></script><script>inner()</script>'></iframe>",
        );
        let found = urls(&page.scripts);
        assert_eq!(
            found,
            ["script src http://site.test/app/s.js", "script src http://site.test/app/d.js"]
        );
        assert_eq!(page.inline, ["inner()"]);
    }

    #[test]
    fn pages_in_objects_and_pages_that_follow_are_frames() {
        let found = page(
            "<object data=o.html></object><object data=o.svg></object><object data=p></object>\
             <embed src=e.pdf><embed src='e?a.pdf' type='text/html'><meta name=refresh content=x>\
             <meta http-equiv=Refresh content='0; URL=\"app/\"'>",
        );
        let expected = ["object o.html", "object p", "embed e?a.pdf", "refresh app/"];
        let expected = expected.map(|one| one.replace(' ', " http://site.test/app/"));
        assert_eq!(urls(&found.frames), expected);
        for (content, address) in [
            ("5;url=b", Some("b")),
            ("0;b", Some("b")),
            ("0, url = 'b'c", Some("b")),
            ("5", None),
            ("0;url", Some("url")),
            ("", None),
        ] {
            let html = format!("<meta http-equiv=refresh content=\"{content}\">");
            let address = address.map(|one| format!("refresh http://site.test/app/{one}"));
            assert_eq!(urls(&page(&html).frames), Vec::from_iter(address), "{content}");
        }
    }

    #[test]
    fn an_import_map_past_its_bound_is_no_whole_page() {
        let entries: Vec<String> = (0..2000).map(|one| format!("\"m{one}\":\"/m.js\"")).collect();
        let map = format!("{{\"imports\":{{{}}}}}", entries.join(","));
        assert!(page(&format!("<script type=importmap>{map}</script>")).cut);
    }

    #[test]
    fn broken_addresses_are_left_out() {
        let page = page("<base href='http://['><script src='http://['></script><script src>");
        assert_eq!(page.base.as_str(), "http://site.test/app/index.html");
        assert!(page.scripts.is_empty());
    }
}
