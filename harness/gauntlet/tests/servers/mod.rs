//! Real servers for tests: started on a free loopback port from a folder of their own, waited
//! for, and stopped when dropped. Where a program is not installed the test says so and passes,
//! or panics when `GAUNTLET_REQUIRE_ALL=1` (as in CI, where everything is installed).

pub mod pair;

use std::fs;
use std::io::Write;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a server may take to answer its first connection.
const START_MAX: Duration = Duration::from_secs(20);

/// Where Debian puts what the tests start; the modules are relative to nginx's usual prefix.
const NGINX: &str = "/usr/sbin/nginx";
const NGINX_MODULES: &str = "/usr/share/nginx/modules";

/// Whether `program` (a path, or a name on `PATH`) can be used; says so where not.
pub fn is_there(program: &str) -> bool {
    let search = std::env::var_os("PATH").unwrap_or_default();
    let there = Path::new(program).is_file()
        || std::env::split_paths(&search).any(|dir| dir.join(program).is_file());
    if !there {
        let required = std::env::var("GAUNTLET_REQUIRE_ALL").is_ok_and(|value| value == "1");
        assert!(!required, "{program} is required and not installed");
        let mut out = std::io::stderr().lock();
        writeln!(out, "skipped: {program} is not installed").expect("standard error takes a line");
    }
    there
}

/// A running nginx.
pub struct Nginx {
    child: Child,
    /// Holds configuration, logs and the site; removed at the end.
    _folder: tempfile::TempDir,
    port: u16,
}

impl Nginx {
    /// nginx with a Debian default configuration, for the files of `site`; none if it is not
    /// installed. What is installed is used, but for paths and the port.
    pub fn debian_default(site: &Path) -> Option<Self> {
        Self::start(site, |folder, port| {
            let installed = read("/etc/nginx/sites-available/default");
            let server = instead(&installed, "listen 80 ", &format!("listen 127.0.0.1:{port} "));
            let server = instead(&server, "listen [::]:80 default_server;", "");
            let server = instead(&server, "/var/www/html", &shown(&folder.join("site")));
            put(&folder.join("sites-enabled/default"), &server);
            let main = read("/etc/nginx/nginx.conf");
            let main = instead(&main, "/run/nginx.pid", &shown(&folder.join("nginx.pid")));
            let main = instead(&main, "/var/log/nginx", &shown(&folder.join("logs")));
            let main = instead(&main, "/etc/nginx/conf.d", &shown(&folder.join("conf.d")));
            let sites = shown(&folder.join("sites-enabled"));
            instead(&main, "/etc/nginx/sites-enabled", &sites)
        })
    }

    /// nginx as the playbook of the catalogue sets it up: types, both codings with `Vary`,
    /// hashed names for ever, the page asked for each time.
    pub fn right(site: &Path) -> Option<Self> {
        Self::start(site, |folder, port| {
            let root = shown(&folder.join("site"));
            let pid = shown(&folder.join("nginx.pid"));
            format!(
                r#"
                pid {pid};
                include /etc/nginx/modules-enabled/*.conf;
                events {{ worker_connections 64; }}
                http {{
                    access_log off;
                    include /etc/nginx/mime.types;
                    default_type application/octet-stream;
                    gzip on;
                    gzip_vary on;
                    gzip_static on;
                    brotli_static on;
                    gzip_types application/wasm application/javascript;
                    server {{
                        listen 127.0.0.1:{port};
                        root {root};
                        location / {{
                            add_header Cache-Control "no-cache";
                        }}
                        location ~ "\.[0-9a-f]{{16}}\.(wasm|js)$" {{
                            add_header Cache-Control "public, max-age=31536000, immutable";
                        }}
                    }}
                }}"#
            )
        })
    }

    fn start(site: &Path, configuration: impl Fn(&Path, u16) -> String) -> Option<Self> {
        if !is_there(NGINX) {
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder for nginx");
        // Workers run as another user than the one who made the folder.
        let open = fs::Permissions::from_mode(0o755);
        fs::set_permissions(folder.path(), open).expect("the folder can be opened");
        for name in ["logs", "conf.d", "sites-enabled", "site"] {
            fs::create_dir(folder.path().join(name)).expect("a folder of nginx");
        }
        for file in fs::read_dir(site).expect("the site is there").flatten() {
            let to = folder.path().join("site").join(file.file_name());
            fs::copy(file.path(), to).expect("a file of the site");
        }
        symlink(NGINX_MODULES, folder.path().join("modules")).expect("a link to the modules");
        let port = free_port();
        let text = with_paths(&configuration(folder.path(), port), folder.path());
        put(&folder.path().join("nginx.conf"), &text);
        let child = Command::new(NGINX)
            .arg("-p")
            .arg(folder.path())
            .arg("-c")
            .arg(folder.path().join("nginx.conf"))
            .arg("-e")
            .arg(folder.path().join("logs/start.log"))
            .args(["-g", "daemon off;"])
            .stderr(Stdio::piped())
            .spawn()
            .expect("nginx can be started");
        let mut nginx = Self { child, _folder: folder, port };
        nginx.wait();
        Some(nginx)
    }

    fn wait(&mut self) {
        let begun = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            let ended = self.child.try_wait().expect("the state of nginx");
            assert!(ended.is_none(), "nginx ended at its start: {ended:?}");
            assert!(begun.elapsed() < START_MAX, "nginx does not answer");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The address of `path` on this server.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // The workers end with their master only if it is asked, not if it is killed.
        let pid = rustix::process::Pid::from_child(&self.child);
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        let _ = self.child.wait();
    }
}

/// nginx's folders for bodies on their way, so that it runs without root.
fn with_paths(configuration: &str, folder: &Path) -> String {
    let kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let paths = kinds.map(|kind| format!("{kind}_temp_path {};", shown(&folder.join(kind))));
    instead(configuration, "http {", &format!("http {{\n{}", paths.join("\n")))
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("its address").port()
}

/// `text` with `old` replaced; panics where `old` is not there, so that a new release of the
/// installed configuration can not go unnoticed.
fn instead(text: &str, old: &str, new: &str) -> String {
    assert!(text.contains(old), "the installed configuration has no `{old}`");
    text.replace(old, new)
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn put(path: &PathBuf, text: &str) {
    fs::write(path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
