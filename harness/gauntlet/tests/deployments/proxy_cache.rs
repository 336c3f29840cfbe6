//! nginx with `proxy_cache` before an nginx with files.

use std::path::Path;

use crate::Deployment;
use crate::files::Files;
use crate::servers::{Nginx, Server};

/// A cache of what `path` matches, before a right origin; `proxy` stands beside `proxy_pass`.
pub fn before(site: &Path, path: &str, proxy: &str) -> Option<Vec<Server>> {
    let origin = Nginx::right(site)?;
    let pass = origin.url("").trim_end_matches('/').to_owned();
    let server = format!(
        r#"
        location / {{
            proxy_pass {pass};
            proxy_http_version 1.1;
        }}
        location {path} {{
            proxy_pass {pass};
            proxy_cache edge;
            proxy_cache_valid 200 1m;
            add_header X-Cache-Status $upstream_cache_status;
            {proxy}
        }}"#
    );
    Some(vec![Nginx::serving(site, CACHE, &server)?, origin])
}

/// The path is relative to the folder that nginx is started in.
const CACHE: &str = "proxy_cache_path edge keys_zone=edge:1m;";

/// Modules and scripts.
pub const ASSETS: &str = r"~ \.(wasm|js)$";

/// Each of them.
pub const DEPLOYMENTS: &[Deployment] = &[
    Deployment {
        name: "a cache that minds Vary",
        page: "/",
        files: Files::Hashed,
        start: |site| before(site, ASSETS, "proxy_http_version 1.1;"),
        incidents: &[],
    },
    Deployment {
        name: "as the manual begins: HTTP/1.0 to the origin, which then compresses nothing",
        page: "/",
        files: Files::Hashed,
        start: |site| before(site, ASSETS, ""),
        incidents: &["major delivery/uncompressed"],
    },
    Deployment {
        name: "Vary ignored to raise the hit rate",
        page: "/",
        files: Files::Hashed,
        start: |site| before(site, ASSETS, "proxy_http_version 1.1; proxy_ignore_headers Vary;"),
        incidents: &["critical delivery/cache-ignores-vary"],
    },
    Deployment {
        // nginx takes the condition out of requests for what it might keep, and does not answer
        // it for what it may not keep: the page is sent whole each time.
        name: "the page goes through the cache too",
        page: "/",
        files: Files::Hashed,
        start: |site| before(site, "= /", "proxy_http_version 1.1;"),
        incidents: &["minor delivery/entry-not-revalidated"],
    },
];
