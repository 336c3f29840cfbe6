//! The addresses that a name in a script may mean.

use url::Url;

use super::crawl::Crawl;
use super::script::{Base, Mention, ReferenceKind, extension};

/// The suffix that replaces `.js` in the loader of wasm-bindgen without modules.
const BINDGEN_END: &str = "_bg.wasm";

impl Crawl<'_> {
    /// Whether the import map leads an import of a module to something else.
    pub(super) fn is_redirected(&self, mention: &Mention, own: &Url) -> bool {
        let mapped = self.import_map.resolve(&mention.name, own);
        let mapped = mapped.filter(|_| mention.load.is_module());
        mapped.is_some_and(|url| extension(url.path()) != Some("wasm"))
    }

    /// The addresses that a name may mean, best first.
    pub(super) fn addresses(&self, mention: &Mention, own: &Url) -> Vec<Url> {
        let specifier = matches!(mention.kind, ReferenceKind::Script { specifier: true });
        let mut addresses: Vec<Url> = match mention.base {
            _ if specifier => self.import_map.resolve(&mention.name, own).into_iter().collect(),
            Base::Script => own.join(&mention.name).into_iter().collect(),
            Base::Page => {
                let both = [self.base.join(&mention.name), own.join(&mention.name)];
                both.into_iter().flatten().collect()
            }
        };
        // wasm-bindgen without modules: the script's own address, its end replaced by this.
        if mention.name == BINDGEN_END
            && let Some(stem) = own.path().strip_suffix(".js")
        {
            let mut url = own.clone();
            url.set_path(&format!("{stem}{BINDGEN_END}"));
            addresses.insert(0, url);
        }
        addresses.iter_mut().for_each(|url| url.set_fragment(None));
        addresses.dedup();
        addresses
    }
}
