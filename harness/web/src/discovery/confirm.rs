//! Whether a module is at an address that only a script names.

use url::Url;
use wasm_gauntlet_model::action::{Asset, Method};

use super::answer::{Availability, same_page};
use super::bounds::{CANDIDATES_MAX, CONFIRM_BYTES};
use super::crawl::Crawl;
use super::script::Strength;
use super::{Haul, label};
use crate::wire::HttpRequest;
use crate::wire::redirect::follow;

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

    /// Whether a browser gets 200 where we do not.
    pub(super) fn is_for_browsers(&mut self, url: &Url) -> bool {
        let ask = HttpRequest::new(Method::Get, url.clone()).as_a_browser();
        follow(self.client, self.site, ask, |_| {}).is_ok_and(|trail| trail.reply.status == 200)
    }

    pub(super) fn answer(&mut self, url: &Url) -> Availability {
        let trail = self.get(url.clone(), Some(CONFIRM_BYTES));
        trail.map_or(Availability::Unclear, |trail| Availability::of(&trail))
    }

    /// Ask for each name of a module, and keep those that are there.
    pub(super) fn confirm_all(&mut self, haul: &mut Haul) {
        for name in self.webpack.modules() {
            let how = "name that webpack makes".to_owned();
            self.candidate(self.put_together(&name), how, Strength::Named);
        }
        if self.candidates.len() >= CANDIDATES_MAX {
            haul.leave_out(format!("only the first {CANDIDATES_MAX} module names are requested"));
        }
        for (first, candidate) in std::mem::take(&mut self.candidates) {
            let answers: Vec<_> = candidate.addresses.iter().map(|url| self.answer(url)).collect();
            let best = answers
                .iter()
                .enumerate()
                .max_by_key(|(at, answer)| (**answer, std::cmp::Reverse(*at)));
            let (at, answer) = best.map_or((0, Availability::Gone), |(at, answer)| (at, *answer));
            let url = candidate.addresses.get(at).unwrap_or(&first);
            let asked = candidate.strength == Strength::Asked;
            if !asked && answer == Availability::Something && self.is_fallback(url) {
                let how = candidate.how;
                haul.note(format!(
                    "not there, as unknown names are a page: {} ({how})",
                    label(url)
                ));
            } else if answer > Availability::Gone || asked {
                haul.add(Asset::Module, url, candidate.how);
            } else {
                haul.note(format!("not there: {} ({})", label(&first), candidate.how));
            }
        }
    }
}
