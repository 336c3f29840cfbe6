//! lighttpd serving files, with Debian's types and modules.

use std::path::Path;
use std::process::Command;

use crate::Deployment;
use crate::files::Files;
use crate::servers::{Place, Server, is_there};

const LIGHTTPD: &str = "/usr/sbin/lighttpd";

/// lighttpd with `lines`.
pub(crate) fn serving(site: &Path, lines: &str) -> Option<Vec<Server>> {
    if !is_there(LIGHTTPD) {
        return None;
    }
    let place = Place::new(site);
    let (root, port) = (place.path("site"), place.port);
    let configuration = format!(
        r#"
        server.modules = ( "mod_indexfile", "mod_setenv", "mod_rewrite",
            "mod_expire", "mod_deflate" )
        server.document-root = "{root}"
        server.bind = "127.0.0.1"
        server.port = {port}
        index-file.names = ( "index.html" )
        {lines}
        server.modules += ( "mod_staticfile" )"#
    );
    let file = place.put("lighttpd.conf", &configuration);
    let mut command = Command::new(LIGHTTPD);
    Some(vec![place.start(command.args(["-D", "-f", &file]))])
}

/// Debian's types; `application/wasm` is among them.
pub(crate) const TYPES: &str = r#"include_shell "/usr/share/lighttpd/create-mime.conf.pl""#;

/// mod_expire leaves errors alone; mod_setenv does not.
const CACHING: &str = r#"
    $HTTP["url"] =~ "(/|\.html)$" {
        setenv.set-response-header = ( "Cache-Control" => "no-cache" )
    }
    $HTTP["url"] =~ "\.[0-9a-f]{16}\.(wasm|js)(\.(br|gz))?$" {
        expire.url = ( "" => "access plus 1 years" )
    }"#;

/// A first attempt, as people write it.
const CACHING_ALL: &str = r#"
    $HTTP["url"] =~ "(/|\.html)$" {
        setenv.set-response-header = ( "Cache-Control" => "no-cache" )
    }
    $HTTP["url"] =~ "\.[0-9a-f]{16}\.(wasm|js)$" {
        setenv.set-response-header =
            ( "Cache-Control" => "public, max-age=31536000, immutable" )
    }"#;

/// The variants next to a file. A rewritten request is matched again under its new name.
pub(crate) const VARIANTS: &str = r#"
    $REQUEST_HEADER["Accept-Encoding"] =~ "(^|,)\s*br\s*(,|$|;\s*q=(1|0\.0*[1-9]))" {
        url.rewrite-once = ( "^(/[^?]*\.(wasm|js))(\?|$)" => "$1.br" )
    }
    else $REQUEST_HEADER["Accept-Encoding"] =~ "(^|,)\s*gzip\s*(,|$|;\s*q=(1|0\.0*[1-9]))" {
        url.rewrite-once = ( "^(/[^?]*\.(wasm|js))(\?|$)" => "$1.gz" )
    }
    mimetype.assign += (
        ".wasm.br" => "application/wasm", ".wasm.gz" => "application/wasm",
        ".js.br" => "text/javascript", ".js.gz" => "text/javascript" )
    $HTTP["url"] =~ "\.(wasm|js)$" {
        setenv.set-response-header = ( "Vary" => "Accept-Encoding" )
    }
    $HTTP["url"] =~ "\.(wasm|js)\.br$" {
        setenv.set-response-header =
            ( "Vary" => "Accept-Encoding", "Content-Encoding" => "br" )
    }
    $HTTP["url"] =~ "\.(wasm|js)\.gz$" {
        setenv.set-response-header =
            ( "Vary" => "Accept-Encoding", "Content-Encoding" => "gzip" )
    }"#;

/// mod_deflate sends `Vary` only where it compresses. The raw variant needs it too.
const VARY: &str = r#"
    $HTTP["url"] =~ "\.(wasm|js)$" {
        setenv.add-response-header = ( "Vary" => "Accept-Encoding" )
    }"#;

/// Both codings, for every type that compresses well.
pub(crate) const DEFLATE: &str = r#"
    deflate.mimetypes = ( "application/wasm", "text/javascript" )
    deflate.allowed-encodings = ( "br", "gzip" )"#;

/// Every deployment of this server.
pub(crate) const DEPLOYMENTS: &[Deployment] = &[
    Deployment {
        name: "as Debian's deflate module is set up: text alone",
        page: "/",
        files: Files::Plain,
        start: |site| {
            let deflate = r#"deflate.mimetypes =
                ( "application/javascript", "text/css", "text/html", "text/plain" )"#;
            serving(site, &format!("{TYPES}\n{deflate}"))
        },
        incidents: &["critical delivery/entry-not-revalidated", "major delivery/uncompressed"],
    },
    Deployment {
        name: "variants made by the build",
        page: "/",
        files: Files::Hashed,
        start: |site| serving(site, &format!("{TYPES}\n{VARIANTS}\n{CACHING}")),
        incidents: &[],
    },
    Deployment {
        // mod_deflate of 1.4.69 ignores weights, and HEAD has the length of the raw file.
        name: "compressing as it sends",
        page: "/",
        files: Files::Hashed,
        start: |site| serving(site, &format!("{TYPES}\n{DEFLATE}\n{CACHING}\n{VARY}")),
        incidents: &["minor delivery/head-and-range", "minor delivery/negotiation"],
    },
    Deployment {
        name: "compressing as it sends, and no more said than that",
        page: "/",
        files: Files::Hashed,
        start: |site| serving(site, &format!("{TYPES}\n{DEFLATE}\n{CACHING_ALL}")),
        incidents: &[
            "major delivery/missing-is-404",
            "minor delivery/head-and-range",
            // mod_deflate sends Vary for what it compresses; only the raw variant lacks it.
            "minor delivery/missing-vary",
            "minor delivery/negotiation",
        ],
    },
    Deployment {
        name: "a list of types without application/wasm",
        page: "/",
        files: Files::Hashed,
        start: |site| {
            let types = r#"
                mimetype.assign = ( ".html" => "text/html", ".js" => "text/javascript" )
                deflate.mimetypes = ( "text/javascript" )"#;
            serving(site, &format!("{types}\n{CACHING}"))
        },
        incidents: &["critical delivery/mime-type", "major delivery/uncompressed"],
    },
];
