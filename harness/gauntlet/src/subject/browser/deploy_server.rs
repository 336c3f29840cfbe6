//! Two builds at one address of loopback, one at a time: what a browser meets when one is deployed
//! over the other.

use std::io::{self, BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use url::Url;
use wasm_gauntlet_model::action::Method;
use wasm_gauntlet_web::wire::{Client, HttpRequest};

use super::served::{self, RequestHead};
use crate::locks::unpoisoned;

/// Most time for one request or answer.
const EXCHANGE_WITHIN: Duration = Duration::from_secs(10);

/// Fields of a request that the site gets. A connection and its host are ours.
const PASSED_ON: [&str; 12] = [
    "accept",
    "accept-encoding",
    "accept-language",
    "cache-control",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "range",
    "sec-fetch-dest",
    "sec-fetch-mode",
    "user-agent",
];

/// Fields of an answer that are about the connection to the site (RFC 9110 §7.6.1), or that would
/// lead the browser to another address.
const KEPT_BACK: [&str; 9] = [
    "alt-svc",
    "connection",
    "content-length",
    "keep-alive",
    "strict-transport-security",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "location",
];

/// Where a build is.
#[derive(Clone)]
pub(crate) enum BuildPlace<'a> {
    /// The page of a site, and what fetches it.
    Site(&'a Client, Url),
    /// A directory.
    Directory(PathBuf),
}

/// Which of the two builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WhichBuild {
    /// The previous one.
    Previous = 0,
    /// The one under test.
    Current = 1,
}

/// The address at which the builds are.
pub(crate) struct DeployServer<'a> {
    address: SocketAddr,
    /// Path and query of the page of the build under test.
    page: String,
    /// The previous build, and the one under test.
    places: [BuildPlace<'a>; 2],
    active: AtomicUsize,
    keeps: AtomicBool,
    streams: Mutex<Vec<TcpStream>>,
    stopped: AtomicBool,
}

impl<'a> DeployServer<'a> {
    /// Serve the builds of `places` (the previous one, and the one under test) while `visit` runs.
    ///
    /// # Errors
    /// When no port is free.
    pub(crate) fn serve<T>(
        places: [BuildPlace<'a>; 2],
        page: String,
        visit: impl FnOnce(&Self) -> T,
    ) -> io::Result<T> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let server = Self {
            address: listener.local_addr()?,
            page,
            places,
            active: AtomicUsize::new(WhichBuild::Current as usize),
            keeps: AtomicBool::new(false),
            streams: Mutex::default(),
            stopped: AtomicBool::new(false),
        };
        Ok(std::thread::scope(|scope| {
            let _stop = StopOnDrop(&server);
            let server = &server;
            scope.spawn(move || {
                for stream in listener.incoming().flatten() {
                    if server.stopped.load(Ordering::SeqCst) {
                        return;
                    }
                    unpoisoned(server.streams.lock()).extend(stream.try_clone());
                    scope.spawn(move || server.connection(&stream));
                }
            });
            visit(server)
        }))
    }

    /// The address of the page.
    pub(super) fn url(&self) -> String {
        format!("http://{}{}", self.address, self.page)
    }

    /// The address here of what is at `url` elsewhere.
    pub(super) fn here(&self, url: &str) -> Option<String> {
        let url = Url::parse(url).ok()?;
        let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
        Some(format!("http://{}{path}", self.address))
    }

    /// From now on this build answers.
    pub(super) fn deploy(&self, which: WhichBuild) {
        self.active.store(which as usize, Ordering::SeqCst);
    }

    /// The build that answers now.
    pub(super) fn deployed(&self) -> WhichBuild {
        match self.active.load(Ordering::SeqCst) == WhichBuild::Current as usize {
            true => WhichBuild::Current,
            false => WhichBuild::Previous,
        }
    }

    /// Whether whoever deploys keeps the files of other builds: a directory is then completed by
    /// the other one.
    pub(super) fn keep(&self, keeps: bool) {
        self.keeps.store(keeps, Ordering::SeqCst);
    }

    /// Whether a build has files for all of these addresses. Only asked of directories.
    pub(super) fn has_all(&self, which: WhichBuild, urls: &[String]) -> bool {
        let BuildPlace::Directory(dir) = &self.places[which as usize] else { return false };
        let path = |url: &String| Some(Url::parse(url).ok()?.path().to_owned());
        !urls.is_empty()
            && urls.iter().all(|url| path(url).is_some_and(|path| served::has(dir, &path)))
    }

    fn connection(&self, stream: &TcpStream) -> io::Result<()> {
        stream.set_read_timeout(Some(EXCHANGE_WITHIN))?;
        stream.set_write_timeout(Some(EXCHANGE_WITHIN))?;
        let mut reader = BufReader::new(stream);
        while let Some(request) = served::request(&mut reader)? {
            let mut answer = self.answer(&request);
            if request.method() == "HEAD" {
                answer.body.clear();
            }
            let mut writer = stream;
            writer.write_all(answer.head.as_bytes())?;
            writer.write_all(&answer.body)?;
        }
        Ok(())
    }

    fn answer(&self, request: &RequestHead) -> PlainAnswer {
        let active = self.active.load(Ordering::SeqCst);
        match (&self.places[active], &self.places[1 - active]) {
            (BuildPlace::Directory(dir), BuildPlace::Directory(other))
                if self.keeps.load(Ordering::SeqCst) && !served::has(dir, request.target()) =>
            {
                of_directory(other, request)
            }
            (BuildPlace::Directory(dir), _) => of_directory(dir, request),
            (BuildPlace::Site(client, page), _) => {
                self.of_site(client, page, request).unwrap_or_else(|| {
                    let head = "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n";
                    PlainAnswer { head: head.to_owned(), body: Vec::new() }
                })
            }
        }
    }

    fn of_site(&self, client: &Client, page: &Url, request: &RequestHead) -> Option<PlainAnswer> {
        let method = if request.method() == "HEAD" { Method::Head } else { Method::Get };
        let url = page.join(&mapped(request.target(), &self.page, page.path())).ok()?;
        let mut ask = HttpRequest::new(method, url);
        ask.fields = PASSED_ON
            .iter()
            .filter_map(|name| Some((*name, request.field(name)?.to_owned())))
            .collect();
        // The whole body, although it may be known.
        ask.fills = true;
        let reply = client.exchange(&ask).ok()?;
        let mut head = format!("HTTP/1.1 {} -\r\n", reply.status);
        for (name, value) in &reply.headers.0 {
            let value = String::from_utf8_lossy(value);
            let is_line = !value.contains(|one: char| one.is_control());
            if is_line && !KEPT_BACK.contains(&name.as_str()) {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
        }
        if let Some(location) = reply.headers.first("location") {
            let there = page.join(&location).ok()?;
            let is_own = there.origin() == page.origin();
            let path = &there[url::Position::BeforePath..];
            head.push_str(&format!("location: {}\r\n", if is_own { path } else { &location }));
        }
        let body = reply.body.to_vec();
        if reply.status != 304 && reply.status != 204 {
            head.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        head.push_str("\r\n");
        Some(PlainAnswer { head, body })
    }
}

struct StopOnDrop<'a, 'b>(&'a DeployServer<'b>);

impl Drop for StopOnDrop<'_, '_> {
    fn drop(&mut self) {
        self.0.stopped.store(true, Ordering::SeqCst);
        for stream in unpoisoned(self.0.streams.lock()).drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
        // The thread waits for a connection.
        let _ = TcpStream::connect_timeout(&self.0.address, EXCHANGE_WITHIN);
    }
}

/// An answer as it is sent.
struct PlainAnswer {
    head: String,
    body: Vec<u8>,
}

fn of_directory(dir: &Path, request: &RequestHead) -> PlainAnswer {
    let (head, body) = served::answer(dir, request.target());
    PlainAnswer { head, body }
}

/// The target of a request at a build whose page is at `there`, where this page is at `here`.
/// What is not below the folder of the page stays as it is.
fn mapped(target: &str, here: &str, there: &str) -> String {
    if target == here {
        return there.to_owned();
    }
    let folder = |path: &str| {
        let path = path.split(['?', '#']).next().unwrap_or_default();
        path.rsplit_once('/').map_or_else(String::new, |(folder, _)| folder.to_owned())
    };
    let (here, there) = (folder(here), folder(there));
    // A build with a base of its own names it.
    let below = |folder: &str| target.strip_prefix(folder).filter(|rest| rest.starts_with('/'));
    if there.len() > here.len() && below(&there).is_some() {
        return target.to_owned();
    }
    match below(&here) {
        Some(rest) => format!("{there}{rest}"),
        None => target.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_may_have_another_folder() {
        assert_eq!(mapped("/", "/", "/old/"), "/old/");
        assert_eq!(mapped("/assets/a.js?x", "/", "/old/"), "/old/assets/a.js?x");
        assert_eq!(mapped("/app/a.js", "/app/index.html", "/r/1/start.html"), "/r/1/a.js");
        assert_eq!(
            mapped("/app/index.html", "/app/index.html", "/r/1/start.html"),
            "/r/1/start.html"
        );
        assert_eq!(mapped("/old/app.js", "/", "/old/"), "/old/app.js");
        assert_eq!(mapped("/cdn/a.js", "/app/", "/r/1/"), "/cdn/a.js");
        assert_eq!(mapped("/apps/a.js", "/app/", "/r/1/"), "/apps/a.js");
    }
}
