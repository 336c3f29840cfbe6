//! A policy without WebAssembly, for a page with its script in a file.

use std::fs;
use std::path::Path;

/// The topic of the lines.
pub(super) const ABOUT: &str = "delivery/cross-origin: page.csp-allows-wasm";

/// The policy.
pub(super) const STRICT: &str = "script-src 'self'";

/// The page of `site`, with its inline script in a file and without variants.
pub(super) fn without_inline(site: &Path) -> &Path {
    let at = |name: &str| site.join(name);
    let page = fs::read_to_string(at("index.html")).expect("a page");
    if let Some((before, rest)) = page.split_once("<script>") {
        let (script, after) = rest.split_once("</script>").expect("the script ends");
        fs::write(at("start.js"), script).expect("a script");
        let page = format!("{before}<script src=\"start.js\"></script>{after}");
        fs::write(at("index.html"), page).expect("a page");
    }
    for variant in ["index.html.gz", "index.html.br"].map(at) {
        let _none = fs::remove_file(variant);
    }
    site
}
