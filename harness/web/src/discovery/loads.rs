//! The ways from a page to its scripts, as discovery saw them, and how each script was answered.
//!
//! Nothing here judges a deployment. A caller names what stops a load, and learns whether each way
//! to a script is stopped. Where a way is not known for certain, it counts as open.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use url::Url;

use super::integrity;
use super::load_kind::LoadKind;
use super::page_loads::PageLoad;
use crate::headers::{Headers, media};
use crate::wire::redirect::Trail;

/// Loads kept of one site. A page with 96 scripts that import ten others each has fewer.
const LOADS_MAX: usize = 2048;

/// The polyfill of import maps, which loads modules through imports too.
const POLYFILL: &str = "es-module-shims";

/// One load of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load {
    /// The script that asks for it; none where the page does.
    pub from: Option<Url>,
    /// The page, in whose name the script runs.
    pub page: Url,
    /// Whether an inline script of the page asks for it.
    pub is_inline: bool,
    /// What is asked for.
    pub to: Url,
    /// How.
    pub kind: LoadKind,
    /// Whether the request is made with CORS.
    pub is_cors: bool,
    /// Whether the page gives it a nonce, or may give it that of the script that imports it.
    pub has_nonce: bool,
    /// Whether it is a `modulepreload`.
    is_preload: bool,
    /// The integrity that is demanded of it.
    pub integrity: Option<String>,
    /// How the bytes fail that demand.
    pub integrity_wrong: Option<String>,
}

/// An import of a module as if it were a script.
#[derive(Debug, Clone, PartialEq, Eq)]
struct WasmImport {
    /// The script; none for an inline one.
    from: Option<Url>,
    page: Url,
    to: Url,
}

/// How a script was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptAnswer {
    /// The header fields.
    pub headers: Headers,
    /// The addresses that were asked, redirects included, the last one last.
    pub addresses: Vec<Url>,
}

/// All loads of a site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Loads {
    list: Vec<Load>,
    answers: BTreeMap<Url, ScriptAnswer>,
    /// Modules that a script, or an inline script of a page, imports as if they were scripts.
    wasm_imports: Vec<WasmImport>,
}

impl Loads {
    /// The page at `page` loads this.
    pub(super) fn of_page(&mut self, page: &Url, load: PageLoad) {
        let PageLoad { url, kind, integrity, is_cors, has_nonce, is_preload } = load;
        let (from, page, integrity_wrong) = (None, page.clone(), None);
        self.add(Load {
            from,
            is_inline: false,
            page,
            to: url,
            kind,
            is_cors,
            has_nonce,
            is_preload,
            integrity,
            integrity_wrong,
        });
    }

    /// The script at `from`, or an inline script of the page, loads `to`.
    pub(super) fn of_script(&mut self, from: Option<&Url>, page: &Url, to: &Url, kind: LoadKind) {
        self.add(Load {
            from: from.cloned(),
            is_inline: from.is_none(),
            page: page.clone(),
            to: to.clone(),
            kind,
            is_cors: kind.is_module(),
            // What a script imports has the nonce of that script.
            has_nonce: true,
            is_preload: false,
            integrity: None,
            integrity_wrong: None,
        });
    }

    /// The script at `from`, or an inline script of the page, has `import … from "x.wasm"`.
    pub(super) fn of_wasm(&mut self, from: Option<&Url>, page: &Url, to: Option<&Url>) {
        let import =
            to.map(|to| WasmImport { from: from.cloned(), page: page.clone(), to: to.clone() });
        if self.wasm_imports.len() < LOADS_MAX {
            self.wasm_imports.extend(import);
        }
    }

    /// The script that imports the module at `url` as a script, and that the page runs for certain:
    /// module scripts and their static imports lead to it. None where a polyfill may load modules
    /// so.
    pub fn imports_as_script(&self, url: &Url) -> Option<&Url> {
        self.import_as_script(|to| to == url)
    }

    /// The same of a module whose address `is_it`.
    pub fn import_as_script(&self, is_it: impl Fn(&Url) -> bool) -> Option<&Url> {
        let is_polyfill = |load: &Load| load.to.path().contains(POLYFILL);
        if self.list.iter().any(is_polyfill) {
            return None;
        }
        let sure = |load: &Load| load.kind == LoadKind::Module;
        let runs = |from: &Url| self.way(from, sure).is_some();
        let mut imports = self.wasm_imports.iter().filter(|import| is_it(&import.to));
        let import = imports.find(|import| import.from.as_ref().is_none_or(runs))?;
        Some(import.from.as_ref().unwrap_or(&import.page))
    }

    fn add(&mut self, load: Load) {
        if self.list.len() < LOADS_MAX && !self.list.contains(&load) {
            self.list.push(load);
        }
    }

    /// The script at `url` has this content.
    pub(super) fn holds(&mut self, url: &Url, body: &[u8]) {
        for load in self.list.iter_mut().filter(|load| load.to == *url) {
            let demanded = load.integrity.as_deref();
            load.integrity_wrong = demanded.and_then(|text| integrity::complaint(text, body));
        }
    }

    /// Each script whose content fails the integrity that its element demands, with how.
    pub fn integrity_wrong(&self) -> impl Iterator<Item = (&Url, &str)> {
        self.list.iter().filter_map(|load| Some((&load.to, load.integrity_wrong.as_deref()?)))
    }

    /// The script at `url` was answered so, with this content.
    pub(super) fn answered(&mut self, url: &Url, trail: &Trail, body: &[u8]) {
        self.holds(url, body);
        let addresses = trail.hops.iter().map(|hop| hop.url.clone());
        let addresses = addresses.chain([trail.ask.url.clone()]).collect();
        let headers = trail.reply.headers.clone();
        self.answers.insert(url.clone(), ScriptAnswer { headers, addresses });
    }

    /// Whether a browser fetches `url` as a module script.
    pub fn is_module(&self, url: &Url) -> bool {
        self.list.iter().any(|load| load.to == *url && load.kind.is_module())
    }

    /// What `stops` says of the first load on the way to `url`, where no way is left open.
    pub fn stopped(
        &self,
        url: &Url,
        stops: impl Fn(&Load, Option<&ScriptAnswer>) -> Option<String>,
    ) -> Option<String> {
        let why = |load: &Load| stops(load, self.answers.get(&load.to));
        let spoiled: BTreeMap<&Url, String> = self
            .list
            .iter()
            .filter(|load| load.is_preload)
            .filter_map(|load| Some((&load.to, why(load)?)))
            .collect();
        let stopped = |load: &Load| {
            let spoiled = spoiled.get(&load.to).filter(|_| load.kind.is_module());
            spoiled.cloned().or_else(|| why(load))
        };
        let way = self.way(url, |_| true)?;
        match self.way(url, |load| stopped(load).is_none()) {
            Some(_) => None,
            None => way.into_iter().find_map(stopped),
        }
    }

    /// Whether a script at `from` runs in the page, and not in a worker. None is the page itself.
    pub fn runs_in_page(&self, from: Option<&Url>) -> bool {
        from.is_none_or(|from| self.way(from, |load| !load.kind.is_worker()).is_some())
    }

    /// The loads on the shortest way from a page to `url` over loads that are `open`.
    fn way(&self, url: &Url, open: impl Fn(&Load) -> bool) -> Option<Vec<&Load>> {
        let mut reached: BTreeMap<&Url, &Load> = BTreeMap::new();
        let mut next: VecDeque<Option<&Url>> = VecDeque::from([None]);
        let mut seen = BTreeSet::new();
        while let Some(from) = next.pop_front() {
            let loads = self.list.iter().filter(|load| load.from.as_ref() == from);
            for load in loads.filter(|load| !load.is_preload && open(load)) {
                if seen.insert(&load.to) {
                    reached.insert(&load.to, load);
                    next.push_back(Some(&load.to));
                }
            }
        }
        let mut way = Vec::new();
        let mut at = url;
        while let Some(load) = reached.get(at) {
            way.insert(0, *load);
            let Some(from) = &load.from else { return Some(way) };
            at = from;
        }
        None
    }
}

/// Why browsers refuse an answer with these fields as a script that is loaded so, if they do.
pub fn type_refused(headers: &Headers, is_module: bool) -> Option<String> {
    let sent = headers.combined("content-type");
    let essence = sent.as_deref().and_then(media::essence);
    if essence.as_deref().is_some_and(media::is_javascript) {
        return None;
    }
    let nosniff = headers.members("x-content-type-options").first().is_some_and(|w| w == "nosniff");
    let sent = match &sent {
        Some(sent) => format!("is sent as {}", sent.trim()),
        None => "is sent without a type".to_owned(),
    };
    let never = essence.as_deref().is_some_and(media::is_never_a_script);
    match (is_module, nosniff, never) {
        (true, ..) => Some(format!("a module script needs a JavaScript type, but it {sent}")),
        (_, true, _) => {
            Some(format!("under nosniff a script needs a JavaScript type, but it {sent}"))
        }
        (.., true) => Some(format!("it {sent}, which no browser runs")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(path: &str) -> Url {
        Url::parse(&format!("http://site.test/{path}")).expect("an address")
    }

    /// `from>to` for each load; the page has no name.
    fn loads(list: &[(&str, &str, LoadKind)]) -> Loads {
        let mut loads = Loads::default();
        for (from, to, kind) in list {
            let from = (!from.is_empty()).then(|| url(from));
            loads.of_script(from.as_ref(), &url(""), &url(to), *kind);
        }
        loads
    }

    fn stopped(loads: &Loads, to: &str, bad: &[&str]) -> Option<String> {
        loads.stopped(&url(to), |load, _| {
            let path = load.to.path().trim_start_matches('/');
            bad.contains(&path).then(|| path.to_owned())
        })
    }

    #[test]
    fn a_script_is_stopped_where_each_way_to_it_is() {
        use LoadKind::{Module, ModuleLater, Unknown};
        let one = loads(&[("", "a", Module), ("a", "b", ModuleLater), ("b", "c", Module)]);
        assert_eq!(stopped(&one, "c", &["b"]).as_deref(), Some("b"));
        assert_eq!(stopped(&one, "c", &["c", "a"]).as_deref(), Some("a"));
        assert_eq!(stopped(&one, "a", &["b"]), None);
        assert_eq!(stopped(&one, "d", &["a"]), None, "nobody loads it");
        let two = loads(&[("", "a", Module), ("", "b", Unknown), ("a", "c", Module)]);
        let mut both = two;
        both.of_script(Some(&url("b")), &url(""), &url("c"), Module);
        assert_eq!(stopped(&both, "c", &["a"]), None, "the other way is open");
        assert_eq!(stopped(&both, "c", &["a", "b"]).as_deref(), Some("a"));
    }

    #[test]
    fn imports_fail_where_the_preload_of_the_same_script_does() {
        let mut loads = loads(&[("", "a", LoadKind::Module), ("a", "b", LoadKind::Module)]);
        loads.of_page(
            &url(""),
            PageLoad {
                url: url("b"),
                kind: LoadKind::Module,
                integrity: Some("sha256-AAAA".to_owned()),
                is_cors: true,
                has_nonce: false,
                is_preload: true,
            },
        );
        let wrong = |load: &Load, _: Option<&ScriptAnswer>| load.integrity.clone();
        assert_eq!(loads.stopped(&url("b"), wrong).as_deref(), Some("sha256-AAAA"));
        assert_eq!(loads.stopped(&url("a"), wrong), None);
    }

    #[test]
    fn a_type_is_refused_by_the_rules_of_the_load() {
        for (kind, nosniff, is_module, refused) in [
            (Some("text/javascript"), true, true, false),
            (Some("application/x-javascript; charset=utf-8"), true, true, false),
            (Some("application/octet-stream"), false, true, true),
            (Some("text/plain"), false, true, true),
            (None, false, true, true),
            (Some("application/octet-stream"), false, false, false),
            (Some("text/html"), false, false, false),
            (None, false, false, false),
            (None, true, false, true),
            (Some("text/plain"), true, false, true),
            (Some("image/png"), false, false, true),
            (Some("text/csv"), false, false, true),
        ] {
            let line = |name: &str, value: &str| (name.to_owned(), value.as_bytes().to_vec());
            let kind_line = kind.map(|kind| line("content-type", kind));
            let nosniff_line = nosniff.then(|| line("x-content-type-options", "nosniff"));
            let headers = Headers(kind_line.into_iter().chain(nosniff_line).collect());
            let said = type_refused(&headers, is_module);
            assert_eq!(said.is_some(), refused, "{kind:?} {nosniff} {is_module} {said:?}");
        }
    }
}
