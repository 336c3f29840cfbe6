//! nginx: with Debian's default, with the setup of the playbook, and with any configuration.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use super::{Place, Server, is_there};

/// Debian's path. The modules are relative to nginx's usual prefix.
const NGINX: &str = "/usr/sbin/nginx";
const NGINX_MODULES: &str = "/usr/share/nginx/modules";

/// Ways to start nginx. None gives a server if nginx is not installed.
pub(crate) struct Nginx;

impl Nginx {
    /// With Debian's default configuration for the files of `site`. It uses the installed
    /// configuration, except for paths and the port.
    pub(crate) fn debian_default(site: &Path) -> Option<Server> {
        Self::start(site, |place| {
            place.make("conf.d");
            place.make("sites-enabled");
            let port = place.port;
            let installed = read("/etc/nginx/sites-available/default");
            let server = instead(&installed, "listen 80 ", &format!("listen 127.0.0.1:{port} "));
            let server = instead(&server, "listen [::]:80 default_server;", "");
            let server = instead(&server, "/var/www/html", &place.path("site"));
            place.put("sites-enabled/default", &server);
            let main = read("/etc/nginx/nginx.conf");
            let main = instead(&main, "/run/nginx.pid", &place.path("nginx.pid"));
            let main = instead(&main, "/var/log/nginx", &place.path("logs"));
            let main = instead(&main, "/etc/nginx/conf.d", &place.path("conf.d"));
            instead(&main, "/etc/nginx/sites-enabled", &place.path("sites-enabled"))
        })
    }

    /// With the setup of the playbook in the catalogue: types, both codings with `Vary`. Hashed
    /// names are kept forever, and the page is revalidated each time.
    pub(crate) fn right(site: &Path) -> Option<Server> {
        Self::serving(
            site,
            r#"
            gzip on;
            gzip_vary on;
            gzip_static on;
            brotli_static on;
            gzip_types application/wasm application/javascript;"#,
            r#"
            location / {
                add_header Cache-Control "no-cache";
            }
            location ~ "\.[0-9a-f]{16}\.(wasm|js)$" {
                add_header Cache-Control "public, max-age=31536000, immutable";
            }"#,
        )
    }

    /// With these lines inside `http` and these inside `server`. `@PORT@` stands for the port. A
    /// `listen` line replaces the default address.
    pub(crate) fn serving(site: &Path, http: &str, server: &str) -> Option<Server> {
        Self::start(site, |place| {
            let (root, pid, port) = (place.path("site"), place.path("nginx.pid"), place.port);
            let own = server.contains("listen ");
            let listen = if own { String::new() } else { format!("listen 127.0.0.1:{port};") };
            let text = format!(
                r#"
                pid {pid};
                include /etc/nginx/modules-enabled/*.conf;
                events {{ worker_connections 64; }}
                http {{
                    access_log off;
                    include /etc/nginx/mime.types;
                    default_type application/octet-stream;
                    {http}
                    server {{
                        {listen}
                        root {root};
                        {server}
                    }}
                }}"#
            );
            text.replace("@PORT@", &port.to_string())
        })
    }

    fn start(site: &Path, configuration: impl Fn(&Place) -> String) -> Option<Server> {
        if !is_there(NGINX) {
            return None;
        }
        let place = Place::new(site);
        place.make("logs");
        symlink(NGINX_MODULES, place.path("modules")).expect("a link to the modules");
        let configuration = with_paths(&configuration(&place), &place);
        let configuration = place.put("nginx.conf", &configuration);
        let (folder, log) = (place.path(""), place.path("logs/start.log"));
        let mut command = Command::new(NGINX);
        command.args(["-p", &folder, "-c", &configuration, "-e", &log, "-g", "daemon off;"]);
        Some(place.start(&mut command))
    }
}

/// Folders for request and response bodies, so that nginx runs without root.
fn with_paths(configuration: &str, place: &Place) -> String {
    let kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let paths = kinds.map(|kind| format!("{kind}_temp_path {};", place.path(kind)));
    instead(configuration, "http {", &format!("http {{\n{}", paths.join("\n")))
}

/// `text` with `old` replaced. Panics if `old` is missing, so that a changed configuration in a new
/// release is noticed.
fn instead(text: &str, old: &str, new: &str) -> String {
    assert!(text.contains(old), "the installed configuration has no `{old}`");
    text.replace(old, new)
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"))
}
