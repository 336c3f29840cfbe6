//! Apache serving files, with the modules that Debian brings.

use std::path::Path;
use std::process::Command;

use crate::Deployment;
use crate::files::Files;
use crate::servers::{Place, Server, is_there};

const APACHE: &str = "/usr/sbin/apache2";

/// The modules that the deployments need beyond Debian's default, as by `a2enmod`.
const MODULES: [&str; 11] = [
    "mpm_event",
    "authz_core",
    "mime",
    "dir",
    "env",
    "setenvif",
    "filter",
    "headers",
    "rewrite",
    "deflate",
    "brotli",
];

/// Apache with `lines` in the folder of the site.
pub(crate) fn serving(site: &Path, lines: &str) -> Option<Vec<Server>> {
    if !is_there(APACHE) {
        return None;
    }
    let place = Place::new(site);
    let (root, port) = (place.path("site"), place.port);
    let load = |name: &&str| format!("LoadModule {name}_module modules/mod_{name}.so\n");
    let modules: String = MODULES.iter().map(load).collect();
    let (pid, log) = (place.path("pid"), place.path("errors"));
    let configuration = format!(
        r#"
        ServerRoot /usr/lib/apache2
        {modules}
        User www-data
        Group www-data
        Listen 127.0.0.1:{port}
        ServerName localhost
        PidFile {pid}
        ErrorLog {log}
        TypesConfig /etc/mime.types
        StartServers 1
        DirectoryIndex index.html
        DocumentRoot {root}
        <Directory {root}>
            Require all granted
        </Directory>
        {lines}"#
    );
    let file = place.put("apache.conf", &configuration);
    let mut command = Command::new(APACHE);
    Some(vec![place.start(command.args(["-f", &file, "-DFOREGROUND"]))])
}

/// Debian's `deflate.conf`.
pub(crate) const DEBIAN: &str = r"
    AddOutputFilterByType DEFLATE text/html text/plain text/xml text/css text/javascript
    AddOutputFilterByType DEFLATE application/x-javascript application/javascript";

/// Variants next to a file, each with its type and coding. The page is revalidated each time.
pub(crate) const VARIANTS: &str = r#"
    RewriteEngine On
    RewriteCond %{HTTP:Accept-Encoding} (^|,)\s*br\s*(,|$|;\s*q=(1|0\.0*[1-9]))
    RewriteCond %{DOCUMENT_ROOT}%{REQUEST_URI}.br -f
    RewriteRule "^(.+\.(?:wasm|js))$" "$1.br" [L]
    RewriteCond %{HTTP:Accept-Encoding} (^|,)\s*gzip\s*(,|$|;\s*q=(1|0\.0*[1-9]))
    RewriteCond %{DOCUMENT_ROOT}%{REQUEST_URI}.gz -f
    RewriteRule "^(.+\.(?:wasm|js))$" "$1.gz" [L]
    <FilesMatch "\.wasm\.(br|gz)$">
        ForceType application/wasm
    </FilesMatch>
    <FilesMatch "\.js\.(br|gz)$">
        ForceType text/javascript
    </FilesMatch>"#;

/// Types by file ending.
pub(crate) const CODINGS: &str = r"
    AddEncoding br .br
    AddEncoding gzip .gz";

const CACHING: &str = r#"
    <FilesMatch "\.(wasm|js)(\.(br|gz))?$">
        Header merge Vary Accept-Encoding
        Header set Cache-Control "public, max-age=31536000, immutable"
    </FilesMatch>
    <FilesMatch "\.html$">
        Header set Cache-Control "no-cache"
    </FilesMatch>"#;

/// Every deployment of this server.
pub(crate) const DEPLOYMENTS: &[Deployment] = &[
    Deployment {
        name: "as Debian ships it",
        page: "/",
        files: Files::Plain,
        start: |site| serving(site, DEBIAN),
        incidents: &["critical delivery/entry-not-revalidated", "major delivery/uncompressed"],
    },
    Deployment {
        name: "variants made by the build",
        page: "/",
        files: Files::Hashed,
        start: |site| serving(site, &format!("{VARIANTS}{CODINGS}{CACHING}")),
        incidents: &[],
    },
    Deployment {
        name: "compressing as it sends",
        page: "/",
        files: Files::Hashed,
        start: |site| {
            let filter = "AddOutputFilterByType BROTLI_COMPRESS;DEFLATE \
                          application/wasm text/javascript";
            serving(site, &format!("{filter}\n{CACHING}"))
        },
        incidents: &[],
    },
    Deployment {
        name: "mod_deflate over .gz files",
        page: "/",
        files: Files::Hashed,
        start: |site| {
            let deflate = "AddOutputFilterByType DEFLATE application/wasm text/javascript";
            serving(site, &format!("{VARIANTS}\nAddEncoding br .br\n{deflate}\n{CACHING}"))
        },
        incidents: &["critical delivery/double-compression"],
    },
    Deployment {
        name: "variants whose coding is not said",
        page: "/",
        files: Files::Hashed,
        start: |site| serving(site, &format!("{VARIANTS}{CACHING}")),
        incidents: &["critical delivery/double-compression"],
    },
    Deployment {
        name: "a charset for everything, the page compressed",
        page: "/",
        files: Files::Hashed,
        start: |site| {
            let charset = "AddCharset UTF-8 .html .js .wasm";
            serving(site, &format!("{VARIANTS}{CODINGS}{CACHING}\n{charset}\n{DEBIAN}"))
        },
        incidents: &["critical delivery/mime-type", "minor delivery/entry-not-revalidated"],
    },
    Deployment {
        name: "the coding looked for as people find it on the net",
        page: "/",
        files: Files::Hashed,
        start: |site| {
            let found = VARIANTS
                .replace(r"(^|,)\s*br\s*(,|$|;\s*q=(1|0\.0*[1-9]))", "br")
                .replace(r"(^|,)\s*gzip\s*(,|$|;\s*q=(1|0\.0*[1-9]))", "gzip");
            serving(site, &format!("{found}{CODINGS}{CACHING}"))
        },
        incidents: &["minor delivery/negotiation"],
    },
];
