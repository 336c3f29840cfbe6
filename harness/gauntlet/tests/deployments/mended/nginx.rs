//! nginx.

use super::policy::{ABOUT, STRICT, without_inline};
use super::{Broken, YEAR, broken, instead};
use crate::files::Files;
use crate::nginx::serving;
use crate::proxy_cache::{ASSETS, before};

/// A variant under another name, configured by hand.
const BY_HAND: &str = "location ~ \\.wasm$ { types { application/wasm br wasm; } \
                       try_files $uri.br =404; }";

/// The same, with its coding sent to all clients.
const BY_HAND_SAID: &str = "location ~ \\.wasm$ { types { application/wasm br wasm; } \
                            add_header Content-Encoding br; try_files $uri.br =404; }";

/// A single-page fallback for everything.
const FALLBACK: &str = "location / { try_files $uri /index.html; }";

pub(super) const BROKEN: &[Broken] = &[
    broken("delivery/page-is-shown", Files::Plain, |site, fix| {
        serving(site, "", instead(fix, "types { application/wasm wasm; }"))
    }),
    broken("delivery/missing-vary", Files::Plain, |site, fix| {
        let http = "gzip on; gzip_types application/wasm application/javascript;";
        serving(site, &format!("{http}\n{fix}"), "")
    }),
    broken("delivery/uncompressed", Files::Plain, |site, fix| serving(site, fix, "")),
    broken("delivery/mime-type", Files::Plain, |site, fix| {
        let types = "types { text/html html; application/javascript js; }";
        serving(site, "", &format!("{types}\n{fix}"))
    }),
    broken("delivery/entry-not-revalidated", Files::Plain, |site, fix| {
        serving(site, "gzip on;", fix)
    }),
    broken("delivery/long-cache-unhashed", Files::Plain, |site, fix| {
        serving(site, "", &format!("add_header Cache-Control \"{YEAR}\";\n{fix}"))
    }),
    broken("delivery/short-cache-hashed", Files::Hashed, |site, fix| {
        serving(site, "", &format!("add_header Cache-Control \"no-cache\";\n{fix}"))
    }),
    broken("delivery/double-compression", Files::Hashed, |site, fix| {
        let wrong = if fix.is_empty() { BY_HAND } else { "" };
        serving(site, fix, wrong)
    }),
    broken("delivery/negotiation", Files::Hashed, |site, fix| {
        let wrong = if fix.is_empty() { BY_HAND_SAID } else { "" };
        serving(site, fix, wrong)
    }),
    broken("delivery/missing-is-404", Files::Plain, |site, fix| {
        serving(site, "", &format!("{FALLBACK}\n{fix}"))
    }),
    broken("delivery/cross-origin", Files::Plain, |site, fix| serving(site, "", fix)),
    broken("delivery/cache-ignores-vary", Files::Hashed, |site, fix| {
        let proxy = "proxy_http_version 1.1; proxy_ignore_headers Vary;";
        before(site, ASSETS, &format!("{proxy}\n{fix}"))
    }),
    broken("delivery/edge-skips-compression", Files::Hashed, |site, fix| {
        before(site, ASSETS, instead(fix, "proxy_set_header Accept-Encoding \"\";"))
    }),
    broken(ABOUT, Files::Plain, |site, fix| {
        let strict = format!("add_header Content-Security-Policy \"{STRICT}\";");
        serving(without_inline(site), "", instead(fix, &strict))
    }),
];
