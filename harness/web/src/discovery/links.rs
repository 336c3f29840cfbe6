//! Pages that a page links to, one level deep and on its own origin. They are read where the page
//! itself loads no module, as the front page of a site that contains an application.

use std::time::Instant;

use url::Url;
use wasm_gauntlet_model::action::Asset;

use super::answer::decoded;
use super::bounds::{LINKS_MAX, LINKS_TIME_MAX};
use super::crawl::Crawl;
use super::script::extension;
use super::{Haul, page};
use crate::coding::{self, Content};
use crate::wire::Client;
use crate::wire::redirect::Trail;

/// Endings of names that pages have.
const PAGE_ENDINGS: [&str; 6] = ["html", "htm", "xhtml", "php", "aspx", "jsp"];

/// What the linked pages gave.
pub(crate) struct LinkedPages {
    /// The page that leads to a module, and what it leads to.
    pub found: Option<(Url, Haul)>,
    /// What was done, in words.
    pub told: String,
}

/// Look at the pages that `entry` links to, until one leads to a module.
pub(super) fn follow(client: &Client, entry: &Trail) -> LinkedPages {
    let text = decoded(entry);
    let links = of(&String::from_utf8_lossy(&text), &entry.ask.url);
    let (begun, mut looked) = (Instant::now(), 0);
    for link in links.iter().take(LINKS_MAX) {
        let left = LINKS_TIME_MAX.saturating_sub(begun.elapsed());
        if left.is_zero() {
            break;
        }
        looked += 1;
        let mut crawl = Crawl::new(client, link, left);
        let Ok(trail) = crawl.get(link.clone(), Some(page::PAGE_BYTES_MAX)) else { continue };
        let is_page = trail.reply.status == 200
            && trail.ask.url.origin() == entry.ask.url.origin()
            && coding::classify(&decoded(&trail)) == Content::Html;
        if !is_page {
            continue;
        }
        let mut haul = Haul::default();
        crawl.run(&trail, &mut haul);
        if haul.found.iter().any(|found| found.asset == Asset::Module) {
            let (own, path) = (super::label(&entry.ask.url), super::label(link));
            let told = format!(
                "{own} loads no module; it links to {} pages of its origin, and {path} is the \
                 first that loads one, so that page is tested",
                links.len()
            );
            return LinkedPages { found: Some((link.clone(), haul)), told };
        }
    }
    let told = match (looked, links.len()) {
        (0, _) => String::new(),
        (all, links) if all == links => format!("nor on the pages that it links to ({all})"),
        (some, links) => format!("nor on {some} of the {links} pages that it links to"),
    };
    LinkedPages { found: None, told }
}

/// The pages that a page from `url` links to, of its own origin, in the order of the text.
fn of(html: &str, url: &Url) -> Vec<Url> {
    let (document, _) = page::parsed(page::bounded(html));
    let base = page::base(&document, url);
    let mut links: Vec<Url> = Vec::new();
    for element in page::live(&document) {
        let is_link = matches!(element.value().name(), "a" | "area");
        let address =
            element.attr("href").filter(|_| is_link && element.attr("download").is_none());
        let Some(mut link) = address.and_then(|to| base.join(to.trim()).ok()) else { continue };
        link.set_fragment(None);
        let ending = extension(link.path());
        let may_be_page = ending.is_none_or(|ending| PAGE_ENDINGS.contains(&ending));
        let is_own = link.origin() == url.origin() && link != *url;
        if is_own && may_be_page && !links.contains(&link) {
            links.push(link);
        }
    }
    links
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_pages_of_the_same_origin() {
        let html = "<a href=/app/>a</a> <a href=app/#top>b</a> <a href=//else.test/>c</a> \
                    <a href=x.pdf>d</a> <a href=mailto:a@b.test>e</a> \
                    <a href='demo.html?x=1'>f</a> \
                    <a href=/>g</a> <a download href=h>h</a> <template><a href=i>i</a></template>";
        let url = Url::parse("http://s.test/").expect("an address");
        let links: Vec<String> = of(html, &url).iter().map(Url::to_string).collect();
        assert_eq!(links, ["http://s.test/app/", "http://s.test/demo.html?x=1"]);
    }
}
