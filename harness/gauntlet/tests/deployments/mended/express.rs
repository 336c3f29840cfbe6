//! Express.

use super::policy::{ABOUT, STRICT, without_inline};
use super::{Broken, broken, instead};
use crate::express::serving;
use crate::files::Files;

const STATIC: &str = "app.use(express.static(root));";

/// A variant from the build, sent by hand after `lines`.
fn by_hand(lines: &str) -> String {
    format!(
        "app.get(/\\.wasm$/, (request, response) => {{\n\
         response.vary('Accept-Encoding');\nresponse.type('application/wasm');\n{lines}\n\
         if (coding !== 'identity') response.setHeader('Content-Encoding', coding);\n\
         const end = {{ br: '.br', gzip: '.gz' }}[coding] || '';\n\
         response.sendFile(path.join(root, request.path + end),\n\
             {{ headers: {{ 'Content-Type': 'application/wasm' }} }});\n}});\n{STATIC}"
    )
}

pub(super) const BROKEN: &[Broken] = &[
    broken("delivery/page-is-shown", Files::Plain, |site, fix| {
        let page = "response.end(require('fs').readFileSync(path.join(root, 'index.html')));";
        let own = format!("response.type('bin');\n{fix}\n{page}");
        serving(site, &format!("app.get('/', (request, response) => {{\n{own}\n}});\n{STATIC}"))
    }),
    broken("delivery/missing-vary", Files::Hashed, |site, fix| {
        let taken = "const coding = request.acceptsEncodings('br', 'gzip', 'identity');";
        let lines = by_hand(taken).replace("response.vary('Accept-Encoding');", "");
        serving(site, &format!("{fix}\n{lines}"))
    }),
    broken("delivery/uncompressed", Files::Plain, |site, fix| {
        // `require` looks for packages next to the program. Here they are elsewhere.
        let fix = fix.replace("require('compression')", "compression");
        serving(site, &format!("{fix}\n{STATIC}"))
    }),
    broken("delivery/mime-type", Files::Plain, |site, fix| {
        let types = "express.static.mime.define({ 'text/plain': ['wasm'] }, true);";
        serving(site, &format!("{types}\n{fix}\n{STATIC}"))
    }),
    broken("delivery/entry-not-revalidated", Files::Plain, |site, fix| {
        let lines = "app.use(express.static(root, { maxAge: '1y' }));";
        serving(site, &format!("{fix}\n{lines}"))
    }),
    broken("delivery/long-cache-unhashed", Files::Plain, |site, fix| {
        let lines = "app.use(express.static(root, { maxAge: '1y', immutable: true }));";
        serving(site, &format!("{fix}\n{lines}"))
    }),
    broken("delivery/short-cache-hashed", Files::Hashed, |site, fix| {
        serving(site, instead(fix, STATIC))
    }),
    broken("delivery/double-compression", Files::Hashed, |site, fix| {
        let lines = by_hand("const coding = 'br';").replace(
            "if (coding !== 'identity') response.setHeader('Content-Encoding', coding);",
            fix,
        );
        serving(site, &lines)
    }),
    broken("delivery/negotiation", Files::Hashed, |site, fix| {
        let naive = "const coding = /br/.test(request.get('Accept-Encoding')) ? 'br' : 'identity';";
        serving(site, &by_hand(instead(fix, naive)))
    }),
    broken("delivery/validators", Files::Plain, |site, fix| {
        let lines = "app.use(compression());\n";
        let by_hand = "app.use(express.static(root, { etag: false, \
                       setHeaders: (response) => response.setHeader('ETag', '\"v1\"') }));";
        serving(site, &format!("{lines}{}", instead(fix, by_hand)))
    }),
    broken("delivery/missing-is-404", Files::Plain, |site, fix| {
        let fallback = "app.get('*', (_, response) => \
                        response.sendFile(path.join(root, 'index.html')));";
        serving(site, &format!("{STATIC}\n{fix}\n{fallback}"))
    }),
    broken("delivery/cross-origin", Files::Plain, |site, fix| {
        serving(site, &format!("{fix}\n{STATIC}"))
    }),
    broken(ABOUT, Files::Plain, |site, fix| {
        let strict = format!(
            "app.use((request, response, next) => {{\n\
             response.setHeader('Content-Security-Policy', \"{STRICT}\");\nnext();\n}});"
        );
        serving(without_inline(site), &format!("{}\n{STATIC}", instead(fix, &strict)))
    }),
];
