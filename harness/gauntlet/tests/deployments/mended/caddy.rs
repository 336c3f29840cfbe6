//! Caddy.

use super::policy::{ABOUT, STRICT, without_inline};
use super::{Broken, YEAR, broken, instead};
use crate::caddy::{VARIANTS, serving};
use crate::files::Files;

const ENCODE: &str = "encode {\ngzip 6\nmatch {\nheader Content-Type application/wasm*\n\
                      header Content-Type *javascript*\n}\n}\nfile_server";

pub(super) const BROKEN: &[Broken] = &[
    broken("delivery/page-is-shown", Files::Plain, |site, fix| {
        let wrong = "header / Content-Type application/octet-stream";
        serving(site, &format!("{}\nfile_server", instead(fix, wrong)))
    }),
    broken("delivery/missing-vary", Files::Hashed, |site, fix| {
        serving(site, &format!("{VARIANTS}\n{fix}"))
    }),
    broken("delivery/uncompressed", Files::Plain, |site, fix| {
        serving(site, &format!("file_server\n{fix}"))
    }),
    broken("delivery/entry-not-revalidated", Files::Plain, |site, fix| {
        serving(site, &format!("file_server\n{fix}"))
    }),
    broken("delivery/mime-type", Files::Plain, |site, fix| {
        let text = "@text path *.wasm\n\
                    header @text {\nContent-Type application/octet-stream\ndefer\n}";
        // `defer` runs deferred changes in reverse order.
        serving(site, &format!("{fix}\n{text}\nfile_server"))
    }),
    broken("delivery/long-cache-unhashed", Files::Plain, |site, fix| {
        let all = format!("@all path *\nheader @all Cache-Control \"{YEAR}\"");
        serving(site, &format!("{all}\n{fix}\nfile_server"))
    }),
    broken("delivery/short-cache-hashed", Files::Hashed, |site, fix| {
        let all = "@all path *\nheader @all Cache-Control no-cache";
        serving(site, &format!("{all}\n{fix}\nfile_server"))
    }),
    broken("delivery/double-compression", Files::Hashed, |site, fix| {
        let by_hand = "@wasm path *.wasm\nrewrite @wasm {path}.br\n\
                       header @wasm Content-Type application/wasm\nfile_server";
        serving(site, instead(fix, by_hand))
    }),
    broken("delivery/validators", Files::Hashed, |site, fix| serving(site, instead(fix, ENCODE))),
    broken("delivery/head-and-range", Files::Hashed, |site, fix| {
        serving(site, instead(fix, ENCODE))
    }),
    broken("delivery/missing-is-404", Files::Plain, |site, fix| {
        serving(site, instead(fix, "try_files {path} /index.html\nfile_server"))
    }),
    broken("delivery/cross-origin", Files::Plain, |site, fix| {
        serving(site, &format!("{fix}\nfile_server"))
    }),
    broken(ABOUT, Files::Plain, |site, fix| {
        let strict = format!("header Content-Security-Policy \"{STRICT}\"");
        serving(without_inline(site), &format!("{}\nfile_server", instead(fix, &strict)))
    }),
];
