//! How the pages of a directory load their scripts, without any exchange: the caller reads the
//! files.

use std::collections::{BTreeSet, VecDeque};

use url::Url;

use super::load_kind::LoadKind;
use super::loads::Loads;
use super::page;
use super::script::{self, Base, Mention, ReferenceKind};

/// Scripts that are read of one page, as many as of a site.
const SCRIPTS_MAX: usize = super::bounds::SCRIPTS_MAX;

/// What the page `html` at `url` loads. `read` gives the file at an address, if it is there.
pub fn of(html: &str, url: &Url, read: impl Fn(&Url) -> Option<Vec<u8>>) -> Loads {
    let page = page::read(html, url);
    let mut loads = Loads::default();
    let mut queue: VecDeque<Url> = page.loads.iter().map(|load| load.url.clone()).collect();
    page.loads.iter().for_each(|load| loads.of_page(url, load.clone()));
    let resolve = |mention: &Mention, own: &Url| match mention.kind {
        _ if mention.load.is_module() => page.import_map.resolve(&mention.name, own),
        _ if mention.base == Base::Script => own.join(&mention.name).ok(),
        _ => page.base.join(&mention.name).ok(),
    };
    let take = |text: &str, from: Option<&Url>, own: &Url, loads: &mut Loads| {
        let mut next = Vec::new();
        for mention in script::read(text).mentions {
            let Some(to) = resolve(&mention, own) else { continue };
            match mention.kind {
                ReferenceKind::Script { .. } => {
                    loads.of_script(from, url, &to, mention.load);
                    next.push(to);
                }
                ReferenceKind::Module if mention.load == LoadKind::Module => {
                    loads.of_wasm(from, url, Some(&to));
                }
                ReferenceKind::Module => {}
            }
        }
        next
    };
    for text in &page.inline {
        queue.extend(take(text, None, &page.base, &mut loads));
    }
    let mut seen = BTreeSet::new();
    while let Some(at) = queue.pop_front() {
        if seen.len() >= SCRIPTS_MAX || !seen.insert(at.clone()) {
            continue;
        }
        let Some(bytes) = read(&at) else { continue };
        loads.holds(&at, &bytes);
        queue.extend(take(&String::from_utf8_lossy(&bytes), Some(&at), &at, &mut loads));
    }
    loads
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_files(html: &str, files: &[(&str, &str)]) -> Loads {
        let url = Url::parse("http://dir.invalid/index.html").expect("an address");
        of(html, &url, |at| {
            let file = files.iter().find(|(name, _)| at.path() == *name);
            file.map(|(_, text)| text.as_bytes().to_vec())
        })
    }

    #[test]
    fn imports_of_modules_and_integrity_are_read_from_files() {
        let wasm = Url::parse("http://dir.invalid/a.wasm").expect("an address");
        let glue =
            [("/app.js", "import './glue.js'"), ("/glue.js", "import * as a from './a.wasm'")];
        let loads = of_files("<script type=module src=app.js></script>", &glue);
        let from = loads.imports_as_script(&wasm).map(Url::path);
        assert_eq!(from, Some("/glue.js"));
        let later = of_files("<script>x = () => import('./glue.js')</script>", &glue);
        assert_eq!(later.imports_as_script(&wasm), None);
        for (integrity, wrong) in [("sha256-AAAA", 1), ("", 0)] {
            let tag = format!("<script src=app.js integrity='{integrity}'></script>");
            assert_eq!(of_files(&tag, &glue).integrity_wrong().count(), wrong, "{integrity}");
        }
    }
}
