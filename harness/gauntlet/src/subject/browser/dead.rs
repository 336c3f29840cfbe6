//! Why a page cannot do its work.
//!
//! Some of what a browser says is about a module for certain. The rest (a script that failed, a
//! refusal, an error that nothing caught) may be about an advertisement. It counts if it names
//! something by which the page comes to its module. Otherwise it is a doubt.

use std::time::Duration;

use url::Url;
use wasm_gauntlet_browser::visit::requests::{BrowserRequest, RequestEnd};
use wasm_gauntlet_browser::visit::{CompiledModule, Said, Seen};
use wasm_gauntlet_model::action::Asset;
use wasm_gauntlet_model::profile::Found;

use super::glance::IN_A_BROWSER;
use super::look::{answer, failure, instances, is_module, label, short, uncaught, wasm_error};

/// An answer of which nothing came for so long has stalled.
const STALLED_AFTER: Duration = Duration::from_secs(5);

/// Errors that show that WebAssembly of the page did not work.
const WASM_ERRORS: [&str; 3] = ["CompileError", "LinkError", "RuntimeError"];

/// What begins the alert of a page, among the lines that a person sees.
const ALERT: &str = "role=alert";

/// Words of an alert that tells a failure.
const ALERT_WORDS: [&str; 7] =
    ["error", "fail", "not load", "could not", "cannot", "unable", "not supported"];

/// Something that may be the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Suspect {
    /// On one line, for people.
    pub(crate) words: String,
    /// With all addresses that it names.
    whole: String,
}

/// By what a page comes to its module, as discovery found it.
#[derive(Debug, Clone, Default)]
pub(crate) struct LoaderChain {
    /// File names of modules and of scripts that load them.
    names: Vec<String>,
    /// Whether reading found no module, so that any script may be the loader.
    open: bool,
}

impl LoaderChain {
    /// The chain of these assets.
    pub(crate) fn of(found: &[Found]) -> Self {
        let of_chain = found.iter().filter(|one| matches!(one.asset, Asset::Module | Asset::Shim));
        // How it was found names the script before it, as in `import in /app.js`.
        let words = of_chain.flat_map(|one| {
            let before = one.how.split_whitespace().filter(|word| word.contains('.'));
            std::iter::once(one.url.as_str()).chain(before)
        });
        let name = |word: &str| {
            let path = word.split(['?', '#']).next().unwrap_or_default();
            path.rsplit('/').next().unwrap_or_default().to_owned()
        };
        let names = words.map(name).filter(|name| name.len() > 3).collect();
        let read = |one: &&Found| one.asset == Asset::Module && !one.how.starts_with(IN_A_BROWSER);
        Self { names, open: !found.iter().any(|one| read(&one)) }
    }

    /// The first of `suspects` that is about the module.
    pub(crate) fn first(&self, suspects: &[Suspect]) -> Option<String> {
        let is_ours = |one: &&Suspect| {
            self.open || self.names.iter().any(|name| one.whole.contains(name.as_str()))
        };
        suspects.iter().find(is_ours).map(|one| one.words.clone())
    }
}

/// A module whose answer stays away, or stops in the middle and does not end.
fn endless(seen: &Seen, compiled: &[CompiledModule]) -> Option<String> {
    if seen.settled || seen.since_data().is_some_and(|since| since < STALLED_AFTER) {
        return None;
    }
    let mut modules = seen.requests().iter().filter(|one| is_module(one, compiled));
    let open =
        modules.find(|one| matches!(one.end, RequestEnd::Pending | RequestEnd::Answering(_)))?;
    Some(format!("{}: its answer does not end", label(&open.url)))
}

/// The name of what was requested: with its host, if that is another one than the page's.
fn name(url: &str, page: &str) -> String {
    let origin = |url: &str| Url::parse(url).ok().map(|url| url.origin());
    if origin(url) == origin(page) { label(url) } else { short(url) }
}

/// Why the page cannot do its work, for certain. None if a module started and kept running.
pub(crate) fn certain(seen: &Seen, compiled: &[CompiledModule], page: &str) -> Option<String> {
    if let Some(why) = &seen.not_reached {
        return Some(format!("the page is not shown ({})", short(why)));
    }
    let uncaught = uncaught(seen);
    let fatal = uncaught.iter().find(|line| WASM_ERRORS.iter().any(|error| line.contains(error)));
    if instances(seen) > 0 {
        return fatal.cloned();
    }
    let is_page = |one: &&BrowserRequest| one.kind == "Document" && one.url == page;
    let document = seen.requests().iter().rfind(is_page).and_then(failure);
    let document = document.map(|why| format!("the page itself: {why}"));
    let is_module = |one: &&BrowserRequest| is_module(one, compiled);
    let failed =
        |one: &BrowserRequest| Some(format!("{}: {}", name(&one.url, page), failure(one)?));
    let module = seen.requests().iter().filter(is_module).find_map(failed);
    let module = module.or_else(|| endless(seen, compiled));
    document.or(module).or_else(|| wasm_error(seen)).or(fatal.cloned())
}

/// What may be the reason why no module was compiled, scripts first.
pub(crate) fn suspects(seen: &Seen, compiled: &[CompiledModule], page: &str) -> Vec<Suspect> {
    if !compiled.is_empty() || instances(seen) > 0 {
        return Vec::new();
    }
    let script = |one: &BrowserRequest| {
        let no_script = || {
            let kind = &answer(one)?.media_type;
            (kind == "text/html").then(|| "it is a page, not a script".to_owned())
        };
        let why = failure(one).or_else(no_script)?;
        let words = format!("{}: {why}", name(&one.url, page));
        Some(Suspect { words, whole: one.url.clone() })
    };
    let scripts = seen.requests().iter().filter(|one| one.kind == "Script").filter_map(script);
    // What failed to load over the network is known by its request.
    let by_browser = |source: &String| source != "network";
    let refused = |said: &&Said| {
        said.level == "error" && said.source.as_ref().is_some_and(by_browser)
            || said.level == "uncaught"
    };
    let said = seen.said.iter().filter(refused).map(|said| {
        let first = said.text.lines().next().unwrap_or_default();
        Suspect { words: short(first), whole: said.text.clone() }
    });
    scripts.chain(said).collect()
}

/// An alert that tells a failure, among what a person sees.
pub(crate) fn alert(visible: &str) -> Option<String> {
    let mut alerts = visible.lines().filter(|line| line.contains(ALERT));
    let tells = |line: &&str| {
        let line = line.to_lowercase();
        ALERT_WORDS.iter().any(|word| line.contains(word))
    };
    let text = alerts.find(tells)?.split_once("] ").map_or("", |(_, text)| text);
    Some(short(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(asset: Asset, url: &str, how: &str) -> Found {
        let (url, how) = (url.to_owned(), how.to_owned());
        Found { asset, label: url.clone(), url, how }
    }

    fn suspect(whole: &str) -> Suspect {
        Suspect { words: whole.to_owned(), whole: whole.to_owned() }
    }

    #[test]
    fn an_error_counts_if_it_names_what_loads_the_module() {
        let suspects = [suspect("https://ads.example/tag.js"), suspect("https://a/loader.js: 404")];
        let read = [
            found(Asset::Module, "https://a/x.wasm", "fetch in /loader.js"),
            found(Asset::Shim, "https://a/loader.js?v=1", "script src of /"),
        ];
        let first = LoaderChain::of(&read).first(&suspects);
        assert_eq!(first.as_deref(), Some("https://a/loader.js: 404"));
        assert_eq!(LoaderChain::of(&read).first(&suspects[..1]), None);
        // Where reading finds no module, any script may be the one.
        let first = LoaderChain::of(&[]).first(&suspects[..1]);
        assert_eq!(first.as_deref(), Some("https://ads.example/tag.js"));
    }

    #[test]
    fn an_alert_is_one_that_tells_a_failure() {
        let shown = "p [role=alert] This part of the page did not load: x\np [role=status] ok";
        assert_eq!(alert(shown).as_deref(), Some("This part of the page did not load: x"));
        assert_eq!(alert("p [role=alert] New: dark mode"), None);
        assert_eq!(alert("p [] an error"), None);
    }
}
