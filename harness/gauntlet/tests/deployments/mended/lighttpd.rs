//! lighttpd.

use super::policy::{ABOUT, STRICT, without_inline};
use super::{Broken, YEAR, broken, instead};
use crate::files::Files;
use crate::lighttpd::{DEFLATE, TYPES, VARIANTS, serving};

/// The variants without their last part, which sets the coding.
fn unsaid() -> String {
    let said = VARIANTS.find("$HTTP[\"url\"] =~ \"\\.(wasm|js)\\.br$\"").unwrap_or_default();
    VARIANTS[..said].to_owned()
}

pub(super) const BROKEN: &[Broken] = &[
    broken("delivery/page-is-shown", Files::Plain, |site, fix| {
        let types = "mimetype.assign = ( \".wasm\" => \"application/wasm\" )";
        serving(site, &format!("{types}\n{fix}"))
    }),
    broken("delivery/missing-vary", Files::Plain, |site, fix| {
        serving(site, &[TYPES, DEFLATE, fix].join("\n"))
    }),
    broken("delivery/uncompressed", Files::Plain, |site, fix| {
        serving(site, &format!("{TYPES}\n{fix}"))
    }),
    broken("delivery/mime-type", Files::Plain, |site, fix| {
        let types = "mimetype.assign = ( \".html\" => \"text/html\" )";
        serving(site, &format!("{types}\n{fix}"))
    }),
    broken("delivery/entry-not-revalidated", Files::Plain, |site, fix| {
        serving(site, &format!("{TYPES}\n{fix}"))
    }),
    broken("delivery/long-cache-unhashed", Files::Plain, |site, fix| {
        let all = format!(
            "$HTTP[\"url\"] =~ \"\" {{\nsetenv.set-response-header = \
             ( \"Cache-Control\" => \"{YEAR}\" )\n}}"
        );
        serving(site, &[TYPES, &all, fix].join("\n"))
    }),
    broken("delivery/short-cache-hashed", Files::Hashed, |site, fix| {
        serving(site, &format!("{TYPES}\n{fix}"))
    }),
    broken("delivery/double-compression", Files::Hashed, |site, fix| {
        serving(site, &[TYPES, &unsaid(), fix].join("\n"))
    }),
    broken("delivery/negotiation", Files::Hashed, |site, fix| {
        serving(site, &[TYPES, instead(fix, DEFLATE)].join("\n"))
    }),
    broken("delivery/head-and-range", Files::Hashed, |site, fix| {
        serving(site, &[TYPES, instead(fix, DEFLATE)].join("\n"))
    }),
    broken("delivery/missing-is-404", Files::Plain, |site, fix| {
        let fallback = "url.rewrite-if-not-file = ( \"\" => \"/index.html\" )";
        serving(site, &[TYPES, instead(fix, fallback)].join("\n"))
    }),
    broken("delivery/cross-origin", Files::Plain, |site, fix| {
        serving(site, &format!("{TYPES}\n{fix}"))
    }),
    broken(ABOUT, Files::Plain, |site, fix| {
        let field = format!("\"Content-Security-Policy\" => \"{STRICT}\"");
        let strict = format!("setenv.set-response-header = ( {field} )");
        serving(without_inline(site), &format!("{TYPES}\n{}", instead(fix, &strict)))
    }),
];
