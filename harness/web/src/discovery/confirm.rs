//! Whether a module is at an address that only a script names.

use url::Url;

use super::answer::{Availability, same_page};
use super::bounds::CONFIRM_BYTES;
use super::crawl::Crawl;

/// A name beside a module that nobody gave.
const INVENTED: &str = "gauntlet-unknown-name.wasm";

impl Crawl<'_> {
    /// Whether the site answers this name as it answers a name that nobody gave: with the same
    /// page.
    pub(super) fn is_fallback(&mut self, url: &Url) -> bool {
        let mut get = |url: Url| self.get(url, Some(CONFIRM_BYTES)).ok();
        let invented = url.join(INVENTED).ok().and_then(&mut get);
        get(url.clone()).zip(invented).is_some_and(|(one, other)| same_page(&one, &other))
    }

    pub(super) fn answer(&mut self, url: &Url) -> Availability {
        let trail = self.get(url.clone(), Some(CONFIRM_BYTES));
        trail.map_or(Availability::Unclear, |trail| Availability::of(&trail))
    }
}
