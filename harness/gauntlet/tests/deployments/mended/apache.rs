//! Apache.

use super::policy::{ABOUT, STRICT, without_inline};
use super::{Broken, YEAR, broken, instead};
use crate::apache::{CODINGS, DEBIAN, VARIANTS, serving};
use crate::files::Files;

const DEFLATE: &str = "AddOutputFilterByType DEFLATE application/wasm text/javascript";

/// A single-page fallback for everything but the page itself.
fn fallback(fix: &str) -> String {
    format!(
        "RewriteEngine On\n{fix}\nRewriteCond %{{DOCUMENT_ROOT}}%{{REQUEST_URI}} !-f\n\
         RewriteRule ^ /index.html [L]"
    )
}

/// The types of the variants, and the tests for a coding as the web recommends them.
fn naive() -> String {
    let weighed = |coding: &str| format!(r"(^|,)\s*{coding}\s*(,|$|;\s*q=(1|0\.0*[1-9]))");
    VARIANTS.replace(&weighed("br"), "br").replace(&weighed("gzip"), "gzip")
}

/// The part of `VARIANTS` that sets the types.
fn types() -> &'static str {
    VARIANTS.find("<FilesMatch").map_or("", |at| &VARIANTS[at..])
}

pub(super) const BROKEN: &[Broken] = &[
    broken("delivery/page-is-shown", Files::Plain, |site, fix| {
        serving(site, &format!("AddType application/octet-stream .html\n{fix}"))
    }),
    broken("delivery/missing-vary", Files::Hashed, |site, fix| {
        // mod_rewrite adds `Vary` by itself. People remove it to help a cache.
        serving(site, &format!("{VARIANTS}{CODINGS}\nHeader unset Vary\n{fix}"))
    }),
    broken("delivery/uncompressed", Files::Plain, serving),
    broken("delivery/mime-type", Files::Plain, |site, fix| {
        serving(site, &format!("AddCharset UTF-8 .html .js .wasm\n{fix}"))
    }),
    broken("delivery/entry-not-revalidated", Files::Plain, |site, fix| {
        serving(site, &format!("{DEBIAN}\n{fix}"))
    }),
    broken("delivery/long-cache-unhashed", Files::Plain, |site, fix| {
        serving(site, &format!("Header set Cache-Control \"{YEAR}\"\n{fix}"))
    }),
    broken("delivery/short-cache-hashed", Files::Hashed, |site, fix| {
        serving(site, &format!("Header set Cache-Control no-cache\n{fix}"))
    }),
    broken("delivery/double-compression", Files::Hashed, |site, fix| {
        serving(site, &format!("{VARIANTS}\n{DEFLATE}\n{fix}"))
    }),
    broken("delivery/validators", Files::Plain, |site, fix| {
        serving(site, &format!("{DEFLATE}\nDeflateAlterETag NoChange\n{fix}"))
    }),
    broken("delivery/negotiation", Files::Hashed, |site, fix| match fix.is_empty() {
        true => serving(site, &format!("{}{CODINGS}", naive())),
        false => serving(site, &format!("{fix}\n{}{CODINGS}", types())),
    }),
    broken("delivery/missing-is-404", Files::Plain, |site, fix| serving(site, &fallback(fix))),
    broken("delivery/cross-origin", Files::Plain, |site, fix| {
        serving(site, instead(fix, "# nothing is said of other origins"))
    }),
    broken(ABOUT, Files::Plain, |site, fix| {
        let strict = format!("Header set Content-Security-Policy \"{STRICT}\"");
        serving(without_inline(site), instead(fix, &strict))
    }),
];
