//! Real servers for tests. Each starts on a free loopback port in a separate folder, and the test
//! waits for it. It stops when it is dropped. If a program is not installed, the test says so and
//! passes. With `GAUNTLET_REQUIRE_ALL=1` it panics, as in CI, where everything is installed.

pub(crate) mod nginx;
pub(crate) mod pair;

use std::fs;
use std::io::Write;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant, SystemTime};

/// Longest wait for the first connection to a server.
const START_MAX: Duration = Duration::from_secs(20);

/// The age of the served files.
const AGE: Duration = Duration::from_secs(86_400);

/// Longest wait for a server that was asked to end. Then it is killed.
const STOP_MAX: Duration = Duration::from_secs(5);

pub(crate) use nginx::Nginx;

/// Whether `program` (a path, or a name on `PATH`) can be used. Prints a message if not.
pub(crate) fn is_there(program: &str) -> bool {
    let search = std::env::var_os("PATH").unwrap_or_default();
    let mut folders = std::env::split_paths(&search);
    let path = Path::new(program);
    let there = match path.strip_prefix("/usr") {
        // Debian's servers are in `sbin`, which is not on the path of users. A `PATH` without
        // `/usr` stands for a machine without these servers.
        Ok(_) => path.is_file() && folders.any(|folder| folder.starts_with("/usr")),
        Err(_) => path.is_file() || folders.any(|folder| folder.join(program).is_file()),
    };
    if !there {
        let required = std::env::var("GAUNTLET_REQUIRE_ALL").is_ok_and(|value| value == "1");
        assert!(!required, "{program} is required and not installed");
        let mut out = std::io::stderr().lock();
        writeln!(out, "skipped: {program} is not installed").expect("standard error takes a line");
    }
    there
}

/// The place of one server: a port, and a folder with a copy of the site, removed at the end.
pub(crate) struct Place {
    folder: tempfile::TempDir,
    /// The loopback port of the server.
    pub port: u16,
}

impl Place {
    /// A place with a copy of `site` in its folder `site`.
    pub(crate) fn new(site: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a folder for a server");
        // Workers run as another user than the owner of the folder.
        let open = fs::Permissions::from_mode(0o755);
        fs::set_permissions(folder.path(), open).expect("the folder can be opened");
        let place = Self { folder, port: free_port() };
        place.make("site");
        for file in fs::read_dir(site).expect("the site is there").flatten() {
            let to = Path::new(&place.path("site")).join(file.file_name());
            fs::copy(file.path(), &to).expect("a file of the site");
            // Apache gives a file that is younger than a second a weak tag.
            let copy = fs::File::options().append(true).open(&to).expect("the copy");
            copy.set_modified(SystemTime::now() - AGE).expect("the copy has a time");
        }
        place
    }

    /// The path of `name` in the folder.
    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Makes the folder `name`.
    pub(crate) fn make(&self, name: &str) {
        fs::create_dir(self.path(name)).expect("a folder of a server");
    }

    /// Writes the file `name` and returns its path.
    pub(crate) fn put(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        fs::write(&path, text).unwrap_or_else(|error| panic!("{path}: {error}"));
        path
    }

    /// Starts `command` here, and waits until its port accepts connections.
    pub(crate) fn start(self, command: &mut Command) -> Server {
        // Its output goes to a file in its folder. A full pipe without a reader would stop it.
        let log = fs::File::create(self.path("log")).expect("a log");
        let errors = log.try_clone().expect("a second handle of the log");
        command.stdin(Stdio::null()).stdout(log).stderr(errors).current_dir(self.folder.path());
        let child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let mut server = Server { child, place: self };
        server.wait();
        server
    }
}

/// A running server.
pub(crate) struct Server {
    child: Child,
    place: Place,
}

impl Server {
    fn wait(&mut self) {
        let begun = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.place.port)).is_err() {
            let ended = self.child.try_wait().expect("the state of a server");
            let log = || fs::read_to_string(self.place.path("log")).unwrap_or_default();
            assert!(ended.is_none(), "the server ended at its start: {ended:?}\n{}", log());
            assert!(begun.elapsed() < START_MAX, "the server does not answer\n{}", log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The address of `path` on this server.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.place.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Workers end with their master only if it gets a signal to end, not if it is killed.
        let pid = rustix::process::Pid::from_child(&self.child);
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        let begun = Instant::now();
        while begun.elapsed() < STOP_MAX {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A free port below the range that the kernel assigns (on Linux from 32768 on), and never the same
/// one twice.
fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let own = std::process::id() * 97;
    loop {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = 20_000 + ((own + step) % 12_000) as u16;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}
