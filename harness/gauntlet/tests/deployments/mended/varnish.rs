//! Varnish in front of a correct nginx.

use super::policy::{ABOUT, STRICT, without_inline};
use super::{Broken, YEAR, broken, instead};
use crate::files::Files;
use crate::varnish::before;

/// Passes both codings through, as a cache does that does not know them.
const PASSED: &[&str] = &["http_gzip_support=off"];

const NO_VARY: &str = "sub vcl_backend_response { unset beresp.http.Vary; }";

const NO_CODING: &str = "sub vcl_backend_fetch { unset bereq.http.Accept-Encoding; }";

const OTHER_TYPE: &str = "sub vcl_backend_response { \
                          set beresp.http.Content-Type = \"application/octet-stream\"; }";

pub(super) const BROKEN: &[Broken] = &[
    broken("delivery/missing-vary", Files::Hashed, |site, fix| {
        before(site, instead(fix, NO_VARY), PASSED)
    }),
    broken("delivery/cache-ignores-vary", Files::Hashed, |site, fix| {
        before(site, instead(fix, NO_VARY), PASSED)
    }),
    broken("delivery/uncompressed", Files::Hashed, |site, fix| {
        before(site, &format!("{NO_CODING}\n{fix}"), &[])
    }),
    broken("delivery/edge-skips-compression", Files::Hashed, |site, fix| {
        before(site, instead(fix, NO_CODING), &[])
    }),
    broken("delivery/mime-type", Files::Hashed, |site, fix| {
        before(site, &format!("{OTHER_TYPE}\n{fix}"), &[])
    }),
    broken("delivery/cdn-rewrites-type", Files::Hashed, |site, fix| {
        before(site, &format!("{OTHER_TYPE}\n{fix}"), &[])
    }),
    broken("delivery/entry-not-revalidated", Files::Hashed, |site, fix| {
        let hour = "sub vcl_deliver { set resp.http.Cache-Control = \"max-age=3600\"; }";
        before(site, &format!("{hour}\n{fix}"), &[])
    }),
    broken("delivery/long-cache-unhashed", Files::Plain, |site, fix| {
        let year = format!("sub vcl_deliver {{ set resp.http.Cache-Control = \"{YEAR}\"; }}");
        before(site, &format!("{year}\n{fix}"), &[])
    }),
    broken("delivery/short-cache-hashed", Files::Hashed, |site, fix| {
        let asked = "sub vcl_deliver { set resp.http.Cache-Control = \"no-cache\"; }";
        before(site, &format!("{asked}\n{fix}"), &[])
    }),
    broken("delivery/cross-origin", Files::Hashed, |site, fix| before(site, fix, &[])),
    broken(ABOUT, Files::Hashed, |site, fix| {
        let set = format!("set resp.http.Content-Security-Policy = \"{STRICT}\";");
        let strict = format!("sub vcl_deliver {{ {set} }}");
        before(without_inline(site), instead(fix, &strict), &[])
    }),
];
