//! The policies inside a page, and the inline scripts to which they apply.

use std::collections::BTreeSet;

use scraper::{Html, Selector};
use url::Url;
use wasm_gauntlet_web::coding::Content;
use wasm_gauntlet_web::discovery::load_kind::LoadKind;
use wasm_gauntlet_web::discovery::page::{self, bounded, parsed};
use wasm_gauntlet_web::discovery::script;
use wasm_gauntlet_web::headers::policy::Inline;

use super::decoded::sha256;

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
    /// Inline scripts that import others. Empty where there are more scripts than are read.
    pub(crate) importers: Vec<Inline>,
    /// SHA-256 of the files that it names. A nonce or a date does not change it.
    pub(crate) names_sha256: Option<String>,
}

impl PageFacts {
    /// Read `bytes`.
    pub(crate) fn of(bytes: &[u8], content: Content) -> Self {
        if content != Content::Html {
            return Self::default();
        }
        let text = String::from_utf8_lossy(&bytes[..bytes.len().min(PAGE_BYTES_MAX)]);
        let (page, _) = parsed(bounded(&text));
        let (all, is_whole) = inline(&page);
        let imports = |one: &&Inline| {
            let mentions = script::read(&one.text).mentions;
            is_whole && mentions.iter().any(|mention| mention.load == LoadKind::Module)
        };
        let importers = all.iter().filter(imports).cloned().collect();
        let deals = |one: &&Inline| script::read(&one.text).is_shim();
        let loaders = all.iter().filter(deals).cloned().collect();
        let names_sha256 = names_sha256(&text);
        Self { policies: policies(&page), loaders, importers, names_sha256 }
    }
}

/// The digest of all scripts and modules that the page `html` names. Addresses are relative to an
/// invented one, because only copies of one page are compared.
fn names_sha256(html: &str) -> Option<String> {
    let page = page::read(html, &Url::parse("http://page.invalid/").ok()?);
    let loaded = page.scripts.iter().chain(&page.modules).map(|(url, _)| url.to_string());
    let inline: Vec<_> = page.inline.iter().map(|text| script::read(text)).collect();
    let inline = inline.iter().flat_map(|script| &script.mentions);
    let all: BTreeSet<String> = loaded
        .chain(page.named.iter().cloned())
        .chain(inline.map(|one| one.name.clone()))
        .collect();
    let all: Vec<String> = all.into_iter().collect();
    Some(sha256(all.join("\n").as_bytes()))
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

/// The first inline scripts, and whether these are all.
fn inline(page: &Html) -> (Vec<Inline>, bool) {
    let Ok(scripts) = Selector::parse("script:not([src])") else { return (Vec::new(), false) };
    let inline = page.select(&scripts).map(|element| Inline {
        nonce: element.attr("nonce").map(str::to_owned),
        text: element.text().collect(),
    });
    let mut inline: Vec<Inline> = inline.take(ITEMS_MAX + 1).collect();
    let is_whole = inline.len() <= ITEMS_MAX;
    inline.truncate(ITEMS_MAX);
    (inline, is_whole)
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
    fn a_nonce_changes_no_name_and_another_build_does() {
        let of = |page: &str| PageFacts::of(page.as_bytes(), Content::Html).names_sha256;
        let page =
            "<!doctype html><script nonce=a src=app.1.js></script><script>f('b.wasm')</script>";
        assert_eq!(of(page), of(&page.replace("nonce=a", "nonce=b").replace("f(", "/* 9 */f(")));
        assert_ne!(of(page), of(&page.replace("app.1.js", "app.2.js")));
        assert_ne!(of(page), of(&page.replace("b.wasm", "c.wasm")));
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
