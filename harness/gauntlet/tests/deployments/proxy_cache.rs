//! nginx with `proxy_cache` in front of an nginx with files.

use std::path::Path;

use crate::Deployment;
use crate::files::Files;
use crate::servers::{Nginx, Server};

/// A cache for paths that match `path`, in front of a correct origin. `proxy` follows `proxy_pass`.
pub(crate) fn before(site: &Path, path: &str, proxy: &str) -> Option<Vec<Server>> {
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

/// The path is relative to the folder in which nginx starts.
const CACHE: &str = "proxy_cache_path edge keys_zone=edge:1m;";

/// Modules and scripts.
pub(crate) const ASSETS: &str = r"~ \.(wasm|js)$";

/// Every deployment of this cache.
pub(crate) const DEPLOYMENTS: &[Deployment] = &[
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
        // nginx removes the condition from requests for cacheable objects, and does not answer it
        // for objects that it may not keep. So the page is sent whole each time.
        name: "the page goes through the cache too",
        page: "/",
        files: Files::Hashed,
        start: |site| before(site, "= /", "proxy_http_version 1.1;"),
        incidents: &["minor delivery/entry-not-revalidated"],
    },
];
