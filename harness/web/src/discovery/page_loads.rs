//! How a page loads each of its scripts: by which element, and with which demands.

use scraper::ElementRef;
use url::Url;

use super::load_kind::LoadKind;
use super::page::is_classic;

/// One script that a page loads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageLoad {
    /// Its address.
    pub url: Url,
    /// How a browser loads it.
    pub kind: LoadKind,
    /// The integrity that its element demands.
    pub integrity: Option<String>,
    /// Whether it is requested with CORS, so that it may come from another origin.
    pub is_cors: bool,
    /// Whether its element has a nonce.
    pub has_nonce: bool,
    /// Whether it is a `modulepreload`. It runs nothing, but where it fails, imports of the same
    /// address fail too (HTML Standard, the module map).
    pub is_preload: bool,
}

/// The script that `element` loads; none if it loads none. A script that is `nomodule` is for old
/// browsers alone.
pub(super) fn of(element: &ElementRef<'_>, base: &Url) -> Option<PageLoad> {
    let (kind, address) = match element.value().name() {
        "script" => (script(element)?, element.attr("src").or(element.attr("href"))?),
        "link" => (link(element)?, element.attr("href")?),
        _ => return None,
    };
    let address = Some(address.trim()).filter(|address| !address.is_empty())?;
    let mut url = base.join(address).ok()?;
    url.set_fragment(None);
    let integrity = element.attr("integrity").map(str::to_owned);
    let is_cors = kind.is_module() || element.attr("crossorigin").is_some();
    let has_nonce = element.attr("nonce").is_some();
    let is_preload = element.value().name() == "link";
    Some(PageLoad { url, kind, integrity, is_cors, has_nonce, is_preload })
}

fn script(element: &ElementRef<'_>) -> Option<LoadKind> {
    let kind = element.attr("type").unwrap_or_default().trim().to_ascii_lowercase();
    match kind.as_str() {
        "module" => Some(LoadKind::Module),
        kind if is_classic(kind) && element.attr("nomodule").is_none() => Some(LoadKind::Classic),
        _ => None,
    }
}

/// A `modulepreload` puts the script into the module map. A preload loads nothing by itself.
fn link(element: &ElementRef<'_>) -> Option<LoadKind> {
    let rel = element.attr("rel").unwrap_or_default().to_ascii_lowercase();
    let loaded_as = element.attr("as").unwrap_or("script").to_ascii_lowercase();
    let is_it = rel.split_ascii_whitespace().any(|have| have == "modulepreload");
    (is_it && loaded_as == "script").then_some(LoadKind::Module)
}

#[cfg(test)]
mod tests {
    use super::super::page;
    use super::*;

    #[test]
    fn a_page_says_how_it_loads_its_scripts() {
        let html = "<script src=a.js></script><script type=module src=b.js></script>\
                    <script nomodule src=c.js></script><link rel=preload as=script href=d.js>\
                    <link rel=modulepreload href=e.js integrity=sha256-x>\
                    <script src=f.js crossorigin nonce=n></script>\
                    <script type=text/template src=g.js></script>\
                    <link rel=modulepreload as=worker href=h.js>";
        let url = Url::parse("http://site.test/").expect("an address");
        let loads = page::read(html, &url).loads;
        let loads: Vec<_> = loads
            .iter()
            .map(|one| (one.url.path(), one.kind, one.integrity.is_some(), one.is_cors))
            .collect();
        let wanted = [
            ("/a.js", LoadKind::Classic, false, false),
            ("/b.js", LoadKind::Module, false, true),
            ("/e.js", LoadKind::Module, true, true),
            ("/f.js", LoadKind::Classic, false, true),
        ];
        assert_eq!(loads, wanted);
    }
}
