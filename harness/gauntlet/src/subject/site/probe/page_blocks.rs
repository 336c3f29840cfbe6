//! What the policies of a page stop on the only way to a loader: scripts and workers that browsers
//! refuse, whatever they contain.

use url::{Host, Url};
use wasm_gauntlet_model::observation::{Exchange, Fact};
use wasm_gauntlet_web::discovery::Seen;
use wasm_gauntlet_web::discovery::load_kind::LoadKind;
use wasm_gauntlet_web::discovery::loads::{Load, ScriptAnswer};
use wasm_gauntlet_web::headers::Headers;
use wasm_gauntlet_web::headers::policy::{self, Inline, Policies, ScriptLoad};
use wasm_gauntlet_web::text::visible;
use wasm_gauntlet_web::wire::redirect::Trail;

/// The page whose policies count.
struct PolicedPage<'a> {
    url: &'a Url,
    headers: &'a Headers,
    policies: Policies,
    /// Whether they block every inline script that imports others, and there is one.
    blocks_inline: bool,
}

/// Add what the page in `trail` stops, which holds these policies, and these inline scripts that
/// import others. Another answer stops nothing.
pub(crate) fn add(
    facts: &mut Exchange,
    trail: &Trail,
    (policies, importers): (&[String], &[Inline]),
    seen: &Seen,
) {
    (facts.csp_blocks_script, facts.csp_blocks_worker) = (Fact::Absent, Fact::Absent);
    (facts.script_without_corp, facts.worker_without_coep) = (Fact::Absent, Fact::Absent);
    (facts.worker_elsewhere, facts.isolation_ignored) = (Fact::Absent, false.into());
    let is_it = seen.page.as_ref().is_some_and(|page| page.at == trail.ask.url);
    if !is_it || trail.reply.status != 200 {
        return;
    }
    let (url, headers) = (&trail.ask.url, &trail.reply.headers);
    let policies = Policies::of(headers, policies);
    let is_blocked = |one: &Inline| !policies.allow_inline(one);
    let blocks_inline = !importers.is_empty() && importers.iter().all(is_blocked);
    let page = PolicedPage { url, headers, policies, blocks_inline };
    facts.csp_blocks_script = page.first(seen, |load, _| page.blocks_script(load));
    facts.csp_blocks_worker = page.first(seen, |load, _| page.blocks_worker(load));
    facts.script_without_corp = page.first(seen, |load, answer| page.lacks_corp(load, answer?));
    facts.worker_without_coep = page.first(seen, |load, answer| page.lacks_coep(load, answer?));
    facts.worker_elsewhere = page.first(seen, |load, _| page.is_elsewhere(load));
    facts.isolation_ignored = (policy::isolated(headers) && !is_trustworthy(url)).into();
}

impl PolicedPage<'_> {
    /// The first script that `stops` names, without which the page comes to no loader.
    fn first(
        &self,
        seen: &Seen,
        stops: impl Fn(&Load, Option<&ScriptAnswer>) -> Option<String>,
    ) -> Fact<String> {
        let own = |load: &Load, answer: Option<&ScriptAnswer>| {
            let is_own = load.page == *self.url && seen.loads.runs_in_page(load.from.as_ref());
            stops(load, answer.filter(|_| is_own)).filter(|_| is_own)
        };
        Fact::looked(seen.shims.iter().find_map(|shim| seen.loads.stopped(shim, own)))
    }

    fn blocks_script(&self, load: &Load) -> Option<String> {
        if load.is_inline && load.kind == LoadKind::Module && self.blocks_inline {
            return Some("an inline script".to_owned());
        }
        let is_script = load.kind == LoadKind::Classic || load.kind.is_module();
        let asked = ScriptLoad {
            url: &load.to,
            has_nonce: load.has_nonce,
            has_integrity: load.integrity.is_some(),
        };
        let blocked = is_script && !load.kind.is_worker();
        (blocked && !self.policies.allow_script(self.url, asked)).then(|| self.named(&load.to))
    }

    fn blocks_worker(&self, load: &Load) -> Option<String> {
        let is_worker = load.kind.is_worker();
        (is_worker && !self.policies.allow_worker(self.url, &load.to)).then(|| self.named(&load.to))
    }

    /// A script of another origin that comes without CORS needs
    /// `Cross-Origin-Resource-Policy: cross-origin` where the page requires it (Fetch standard,
    /// cross-origin resource policy check).
    fn lacks_corp(&self, load: &Load, answer: &ScriptAnswer) -> Option<String> {
        let [url] = answer.addresses.as_slice() else { return None };
        let is_required = self.embedder_policy() == "require-corp" && is_trustworthy(self.url);
        let is_plain = load.kind == LoadKind::Classic && !load.is_cors;
        let word = policy::first_word(&answer.headers, "cross-origin-resource-policy");
        let is_elsewhere = url.origin() != self.url.origin();
        let lacks = matches!(word.as_str(), "" | "same-origin");
        (is_required && is_plain && is_elsewhere && lacks).then(|| self.named(url))
    }

    /// A dedicated worker needs the same kind of policy as its page (HTML Standard, check a global
    /// object's embedder policy).
    fn lacks_coep(&self, load: &Load, answer: &ScriptAnswer) -> Option<String> {
        let isolates = |word: &str| matches!(word, "require-corp" | "credentialless");
        let own = policy::first_word(&answer.headers, "cross-origin-embedder-policy");
        let is_due = load.kind.is_worker()
            && load.to.origin() == self.url.origin()
            && is_trustworthy(self.url);
        let lacks = isolates(&self.embedder_policy()) && !isolates(&own);
        (is_due && lacks).then(|| self.named(&load.to))
    }

    /// No worker is started from another origin (HTML Standard, the `Worker` constructor).
    fn is_elsewhere(&self, load: &Load) -> Option<String> {
        let is_elsewhere = load.kind.is_worker() && load.to.origin() != self.url.origin();
        is_elsewhere.then(|| self.named(&load.to))
    }

    fn embedder_policy(&self) -> String {
        policy::first_word(self.headers, "cross-origin-embedder-policy")
    }

    /// An address as a sentence has it: its path alone where it is of the page's origin.
    fn named(&self, url: &Url) -> String {
        match url.origin() == self.url.origin() {
            true => visible(url.path()),
            false => visible(url.as_str()),
        }
    }
}

/// Whether browsers treat `url` as a secure context, in which isolation works (Secure Contexts
/// §3.1).
fn is_trustworthy(url: &Url) -> bool {
    let is_local = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    };
    url.scheme() == "https" || is_local
}

#[cfg(test)]
mod tests {
    use wasm_gauntlet_model::action::Method;
    use wasm_gauntlet_web::discovery::SeenPage;
    use wasm_gauntlet_web::wire::HttpRequest;

    use super::super::tests::answered;
    use super::*;

    /// The answer of a page at `url` that asks for isolation.
    fn isolating(url: &Url) -> Trail {
        let line = |name: &str, value: &str| (name.to_owned(), value.as_bytes().to_vec());
        let headers = Headers(vec![
            line("cross-origin-opener-policy", "same-origin"),
            line("cross-origin-embedder-policy", "require-corp"),
        ]);
        let mut trail = answered(HttpRequest::new(Method::Get, url.clone()));
        trail.reply.headers = headers;
        trail
    }

    #[test]
    fn isolation_that_a_page_asks_for_over_plain_http_is_ignored() {
        for (url, ignored) in [("http://site.test/", true), ("https://site.test/", false)] {
            let url = Url::parse(url).expect("an address");
            let page = SeenPage { asked: url.clone(), at: url.clone(), is_guessed: false };
            let seen = Seen { page: Some(page), ..Seen::default() };
            let mut facts = Exchange::default();
            add(&mut facts, &isolating(&url), (&[], &[]), &seen);
            assert_eq!(facts.isolation_ignored, ignored.into(), "{url}");
            // The answer of anything but the page says nothing.
            add(&mut facts, &isolating(&url), (&[], &[]), &Seen::default());
            assert_eq!(facts.isolation_ignored, false.into(), "{url}");
        }
    }

    #[test]
    fn isolation_works_over_tls_and_on_this_machine() {
        for (url, works) in [
            ("https://site.test/", true),
            ("http://site.test/", false),
            ("http://192.168.1.7/", false),
            ("http://localhost:8080/", true),
            ("http://app.localhost/", true),
            ("http://127.0.0.1/", true),
            ("http://[::1]/", true),
        ] {
            assert_eq!(is_trustworthy(&Url::parse(url).expect("an address")), works, "{url}");
        }
    }
}
