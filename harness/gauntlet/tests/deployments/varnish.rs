//! Varnish in front of an nginx with files.

use std::path::Path;
use std::process::Command;

use crate::Deployment;
use crate::files::Files;
use crate::servers::{Nginx, Place, Server, is_there};

const VARNISH: &str = "/usr/sbin/varnishd";

/// Varnish in front of a correct origin, which also compresses for proxies: they send `Via`.
pub(crate) fn before(site: &Path, vcl: &str, parameters: &[&str]) -> Option<Vec<Server>> {
    if !is_there(VARNISH) {
        return None;
    }
    let origin = Nginx::serving(
        site,
        "gzip_static on; brotli_static on; gzip_vary on; gzip_proxied any;",
        r#"location / { add_header Cache-Control "no-cache"; }
        location ~ "\.[0-9a-f]{16}\.(wasm|js)$" {
            add_header Cache-Control "public, max-age=31536000, immutable";
        }"#,
    )?;
    let place = Place::new(site);
    let port = origin.url("").rsplit(':').next().unwrap_or_default().to_owned();
    let backend = format!("backend default {{ .host = \"127.0.0.1\"; .port = \"{port}\"; }}");
    let vcl = place.put("default.vcl", &format!("vcl 4.1;\n{backend}\n{vcl}"));
    let listen = format!("127.0.0.1:{}", place.port);
    let mut command = Command::new(VARNISH);
    command.args(["-F", "-j", "none", "-a", &listen, "-f", &vcl, "-n", &place.path("work")]);
    // Small enough for a folder in memory. The default log of 80 MB is made for a busy site.
    command.args(["-s", "malloc,64m", "-p", "vsl_space=1M"]);
    command.args(parameters.iter().flat_map(|parameter| ["-p", *parameter]));
    Some(vec![place.start(&mut command), origin])
}

/// Every deployment of this cache.
pub(crate) const DEPLOYMENTS: &[Deployment] = &[
    Deployment {
        name: "as installed, which offers the origin gzip alone",
        page: "/",
        files: Files::Hashed,
        start: |site| before(site, "", &[]),
        incidents: &[],
    },
    Deployment {
        name: "both codings passed through",
        page: "/",
        files: Files::Hashed,
        start: |site| before(site, "", &["http_gzip_support=off"]),
        incidents: &[],
    },
    Deployment {
        name: "Vary removed to raise the hit rate",
        page: "/",
        files: Files::Hashed,
        start: |site| {
            let vcl = "sub vcl_backend_response { unset beresp.http.Vary; }";
            before(site, vcl, &["http_gzip_support=off"])
        },
        incidents: &["critical delivery/missing-vary", "follows delivery/cache-ignores-vary"],
    },
    Deployment {
        name: "Accept-Encoding removed to raise the hit rate",
        page: "/",
        files: Files::Hashed,
        start: |site| {
            let vcl = "sub vcl_recv { unset req.http.Accept-Encoding; }";
            before(site, vcl, &["http_gzip_support=off"])
        },
        incidents: &["major delivery/uncompressed"],
    },
];
