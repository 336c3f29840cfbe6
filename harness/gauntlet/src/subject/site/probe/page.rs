//! The policies inside a page, and the inline scripts to which they apply.

use scraper::{Html, Selector};
use wasm_gauntlet_web::coding::Content;
use wasm_gauntlet_web::discovery::page::{bounded, parsed};
use wasm_gauntlet_web::discovery::script;
use wasm_gauntlet_web::headers::policy::Inline;

/// Bytes of a page that are read: policies stand in the head, loaders in it or soon after.
const PAGE_BYTES_MAX: usize = 1 << 20;

/// Most policies, and most inline scripts, of one page. One is usual.
const ITEMS_MAX: usize = 16;

/// The policies and scripts of a page; empty for anything else.
#[derive(Debug, Default)]
pub(crate) struct PageFacts {
    /// The texts of `<meta http-equiv="Content-Security-Policy">`, which binds as the field does.
    pub(crate) policies: Vec<String>,
    /// Inline scripts that load modules.
    pub(crate) loaders: Vec<Inline>,
}

impl PageFacts {
    /// Read `bytes`.
    pub(crate) fn of(bytes: &[u8], content: Content) -> Self {
        if content != Content::Html {
            return Self::default();
        }
        let page = String::from_utf8_lossy(&bytes[..bytes.len().min(PAGE_BYTES_MAX)]);
        let (page, _) = parsed(bounded(&page));
        Self { policies: policies(&page), loaders: loaders(&page) }
    }
}

fn policies(page: &Html) -> Vec<String> {
    let Ok(metas) = Selector::parse("meta[http-equiv][content]") else { return Vec::new() };
    let metas = page.select(&metas).map(|meta| meta.value());
    let is_policy = |name: &str| name.trim().eq_ignore_ascii_case("content-security-policy");
    metas
        .filter(|meta| meta.attr("http-equiv").is_some_and(is_policy))
        .filter_map(|meta| meta.attr("content").map(str::to_owned))
        .take(ITEMS_MAX)
        .collect()
}

fn loaders(page: &Html) -> Vec<Inline> {
    let Ok(scripts) = Selector::parse("script:not([src])") else { return Vec::new() };
    let inline = page.select(&scripts).take(ITEMS_MAX).map(|element| Inline {
        nonce: element.attr("nonce").map(str::to_owned),
        text: element.text().collect(),
    });
    inline.filter(|one| script::read(&one.text).is_shim()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_in_the_page_is_read() {
        let page = "<!doctype html><head><meta http-equiv=content-security-Policy \
                    content=\"script-src 'self'\"><meta http-equiv=refresh content=9>";
        assert_eq!(PageFacts::of(page.as_bytes(), Content::Html).policies, ["script-src 'self'"]);
        assert_eq!(PageFacts::of(page.as_bytes(), Content::Other).policies, [""; 0]);
    }

    #[test]
    fn inline_scripts_are_read_that_deal_with_modules() {
        let page = "<!doctype html><script>count()</script><script src=a.js></script>\
                    <script nonce=x>fetch('a.wasm')</script>";
        let loaders = PageFacts::of(page.as_bytes(), Content::Html).loaders;
        let own = Inline { nonce: Some("x".to_owned()), text: "fetch('a.wasm')".to_owned() };
        assert_eq!(loaders, [own]);
    }
}
