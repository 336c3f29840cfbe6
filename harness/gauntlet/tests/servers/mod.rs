//! Real servers for tests: started on a free loopback port from a folder of their own, waited
//! for, and stopped when dropped. Where a program is not installed the test says so and passes,
//! or panics when `GAUNTLET_REQUIRE_ALL=1` (as in CI, where everything is installed).

pub mod nginx;
pub mod pair;

use std::fs;
use std::io::Write;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant, SystemTime};

/// How long a server may take to answer its first connection.
const START_MAX: Duration = Duration::from_secs(20);

/// The age of what is served.
const AGE: Duration = Duration::from_secs(86_400);

/// How long a server may take to end when it is asked to; then it is killed.
const STOP_MAX: Duration = Duration::from_secs(5);

pub use nginx::Nginx;

/// Whether `program` (a path, or a name on `PATH`) can be used; says so where not.
pub fn is_there(program: &str) -> bool {
    let search = std::env::var_os("PATH").unwrap_or_default();
    let mut folders = std::env::split_paths(&search);
    let path = Path::new(program);
    let there = match path.strip_prefix("/usr") {
        // Debian's servers are in `sbin`, which users have not on their path; a path that leads
        // to nothing of Debian's is that of a machine without them.
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

/// Where one server lives: a folder with a copy of the site in it, removed at the end, and a port.
pub struct Place {
    folder: tempfile::TempDir,
    /// The loopback port to listen at.
    pub port: u16,
}

impl Place {
    /// A place with the files of `site` under `site`.
    pub fn new(site: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a folder for a server");
        // Workers run as another user than the one who made the folder.
        let open = fs::Permissions::from_mode(0o755);
        fs::set_permissions(folder.path(), open).expect("the folder can be opened");
        let place = Self { folder, port: free_port() };
        place.make("site");
        for file in fs::read_dir(site).expect("the site is there").flatten() {
            let to = Path::new(&place.path("site")).join(file.file_name());
            fs::copy(file.path(), &to).expect("a file of the site");
            // Of a file that is younger than a second Apache makes a weak tag.
            let copy = fs::File::options().append(true).open(&to).expect("the copy");
            copy.set_modified(SystemTime::now() - AGE).expect("the copy has a time");
        }
        place
    }

    /// The path of `name` in the folder.
    pub fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Make the folder `name`.
    pub fn make(&self, name: &str) {
        fs::create_dir(self.path(name)).expect("a folder of a server");
    }

    /// Write the file `name`; gives its path.
    pub fn put(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        fs::write(&path, text).unwrap_or_else(|error| panic!("{path}: {error}"));
        path
    }

    /// Start `command` here, and wait until its port can be connected to.
    pub fn start(self, command: &mut Command) -> Server {
        // What it says goes into its folder: a pipe that nobody reads would stop it.
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
pub struct Server {
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
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.place.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Workers end with their master only if it is asked, not if it is killed.
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

/// A port that was free a moment ago, below those that the kernel gives away by itself (Linux has
/// 32768 and up), and never the same one twice.
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
