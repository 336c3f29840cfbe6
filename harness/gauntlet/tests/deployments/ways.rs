//! Edges and their origins, several addresses, TLS by a private certificate, earlier builds.

use std::fs;
use std::path::Path;

use base64::Engine as _;

use crate::behind::{Behind, NO_CACHE, Running, files, variants};
use crate::builds::Wrong;
use crate::files::Files;
use crate::servers::Server;
use crate::{nginx, varnish};

/// The line of the target file with the address of the origin.
fn origin(servers: &[Server]) -> String {
    format!("  origin: {{ url: \"{}\" }}\n", servers[1].url("/"))
}

fn edge(site: &Path, vcl: &str) -> Option<Running> {
    let servers = varnish::before(site, vcl, &["http_gzip_support=off"])?;
    let origin = origin(&servers);
    Some(Running::new(servers, &origin))
}

/// Two addresses of one edge. The second serves the previous build.
const TWO_ADDRESSES: &str = r#"
    listen 127.0.0.1:@PORT@; listen 127.0.0.2:@PORT@;
    add_header Cache-Control no-cache;
    location = /main.wasm {
        add_header Cache-Control no-cache;
        types { application/wasm wasm; }
        if ($server_addr = 127.0.0.2) { rewrite ^ /main.old.wasm last; }
    }"#;

/// nginx with a self-signed certificate for the loopback address.
fn secured(site: &Path, listen: &str) -> Option<Running> {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("made");
    let folder = tempfile::tempdir().expect("a folder").keep();
    let put = |name: &str, what: &str, bytes: &[u8]| {
        let text = base64::engine::general_purpose::STANDARD.encode(bytes);
        let file = folder.join(name);
        let text = format!("-----BEGIN {what}-----\n{text}\n-----END {what}-----\n");
        fs::write(&file, text).expect("a file of the certificate");
        file.display().to_string()
    };
    let certificate = put("it's own.pem", "CERTIFICATE", made.cert.der());
    let key = put("key.pem", "PRIVATE KEY", &made.signing_key.serialize_der());
    let lines = format!(
        "listen 127.0.0.1:@PORT@ {listen};\n\
         ssl_certificate \"{certificate}\"; ssl_certificate_key \"{key}\";"
    );
    let servers = variants(site, &lines)?;
    let mut running = Running::new(servers, &format!("  certificate: \"{certificate}\"\n"));
    running.target = running.target.replace("http://", "https://");
    Some(running)
}

/// Every deployment of this kind.
pub(crate) const WAYS: &[Behind] = &[
    Behind {
        name: "Varnish before nginx, each named",
        files: Files::Hashed,
        start: |site| edge(site, ""),
        incidents: &[],
    },
    Behind {
        name: "Varnish puts a charset on everything",
        files: Files::Hashed,
        start: |site| {
            edge(
                site,
                "sub vcl_backend_response { set beresp.http.Content-Type = \
                 regsub(beresp.http.Content-Type, \";.*\", \"\") + \"; charset=utf-8\"; }",
            )
        },
        incidents: &["critical delivery/cdn-rewrites-type", "follows delivery/mime-type"],
    },
    Behind {
        name: "Varnish asks the origin for no coding",
        files: Files::Hashed,
        start: |site| edge(site, "sub vcl_backend_fetch { unset bereq.http.Accept-Encoding; }"),
        incidents: &["follows delivery/uncompressed", "major delivery/edge-skips-compression"],
    },
    Behind {
        name: "two addresses, of which one holds the build before",
        files: Files::Wrong(Wrong::WithOld),
        start: |site| {
            let addresses = "  addresses: [\"127.0.0.1\", \"127.0.0.2\"]\n";
            Some(Running::new(files(site, TWO_ADDRESSES)?, addresses))
        },
        incidents: &["critical delivery/same-bytes-everywhere"],
    },
    Behind {
        name: "a .br of the build before, served by brotli_static",
        files: Files::Wrong(Wrong::StaleBr),
        start: |site| Some(Running::new(nginx::serving(site, nginx::STATIC, NO_CACHE)?, "")),
        incidents: &["critical delivery/same-bytes-everywhere"],
    },
    Behind {
        name: "a deploy that deletes what the new build has not",
        files: Files::Hashed,
        start: |site| {
            Some(Running::new(variants(site, "")?, "  previous: [main.0123456789abcdef.wasm]\n"))
        },
        incidents: &["major delivery/previous-still-served"],
    },
    Behind {
        name: "HTTP/1.1 alone over TLS, by a certificate of its own",
        files: Files::Hashed,
        start: |site| secured(site, "ssl"),
        incidents: &["note delivery/transport"],
    },
    Behind {
        name: "HTTP/2 over TLS, by a certificate of its own",
        files: Files::Hashed,
        start: |site| secured(site, "ssl http2"),
        incidents: &[],
    },
];
