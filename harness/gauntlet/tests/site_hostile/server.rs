//! Servers with the behaviour that a test sets, and what the subject makes of them.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use gauntlet::subject::site::Site;
use gauntlet::subject::{Inability, Subject};
use wasm_gauntlet_model::action::{Action, Fetch, Method, Special};
use wasm_gauntlet_model::observation::Observation;
use wasm_gauntlet_web::wire::ExchangeBounds;

/// Short bounds, so that tests of slow servers are quick.
pub(crate) const BOUNDS: ExchangeBounds = ExchangeBounds {
    connect: Duration::from_secs(2),
    total: Duration::from_secs(4),
    idle: Duration::from_secs(1),
    body_bytes_max: 1 << 20,
    redirects_max: 10,
    lost: Duration::from_secs(60),
    all: Duration::from_secs(600),
};

/// Longer than any bound of [`BOUNDS`], also on a busy machine, and shorter than the slowest server
/// here. A longer exchange was held up by the server.
const HANGS: Duration = Duration::from_secs(25);

/// Answers each connection once. Its thread ends with the test program.
pub(crate) struct Server {
    /// Its address.
    pub(crate) port: u16,
}

impl Server {
    /// `answer` gets the path of the request and the open connection.
    pub(crate) fn new(answer: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) -> Self {
        Self::reading(request_path, answer)
    }

    /// A server that closes with a reset: the kernel sends one if bytes were left unread.
    pub(crate) fn resetting(answer: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) -> Self {
        let first_byte = |connection: &mut TcpStream| {
            connection.read_exact(&mut [0]).expect("a request comes");
            String::new()
        };
        Self::reading(first_byte, answer)
    }

    pub(crate) fn reading(
        read: fn(&mut TcpStream) -> String,
        answer: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        let answer = Arc::new(answer);
        std::thread::spawn(move || {
            for mut connection in listener.incoming().flatten() {
                let answer = Arc::clone(&answer);
                std::thread::spawn(move || {
                    let path = read(&mut connection);
                    answer(&path, &mut connection);
                });
            }
        });
        Self { port }
    }

    /// A server that sends the same bytes to every client and closes.
    pub(crate) fn saying(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self::new(move |_, connection| send(connection, &bytes))
    }

    pub(crate) fn site(&self) -> Site {
        let url = format!("http://127.0.0.1:{}/", self.port);
        Site::within(url::Url::parse(&url).expect("an address"), BOUNDS).expect("a client")
    }

    pub(crate) fn fetch(&self, path: &str) -> Result<Observation, Inability> {
        let site = self.site();
        let mut session = site.open(7).expect("a session");
        let fetch = Fetch {
            method: Method::Get,
            url: format!("http://127.0.0.1:{}{path}", self.port),
            accept_encoding: Some("br, gzip".to_owned()),
            revalidates: None,
            one_off: None,
            special: Special::default(),
        };
        let mut seen = session.perform("step", &Action::Fetch(fetch))?;
        seen.evidence.extend(session.evidence("step"));
        Ok(seen)
    }

    /// The reason of a fetch that must see nothing.
    pub(crate) fn refuses(&self, path: &str) -> String {
        let begun = Instant::now();
        let reason = self.fetch(path).expect_err("nothing can be seen here").to_string();
        assert!(begun.elapsed() < HANGS, "{:?}", begun.elapsed());
        assert!(self.site().profile().is_err(), "discovery sees nothing either");
        reason
    }
}

fn request_path(connection: &mut TcpStream) -> String {
    let (mut request, mut byte) = (Vec::new(), [0]);
    // A TLS greeting begins with 0x16 and does not contain this end of a header.
    let ends = |request: &[u8]| request.ends_with(b"\r\n\r\n") || request.starts_with(&[0x16]);
    while !ends(&request) && connection.read(&mut byte).is_ok_and(|n| n == 1) {
        request.push(byte[0]);
    }
    let text = String::from_utf8_lossy(&request).into_owned();
    text.split(' ').nth(1).unwrap_or_default().to_owned()
}

/// Sends the bytes. It does not matter if the client has gone.
pub(crate) fn send(connection: &mut TcpStream, bytes: &[u8]) {
    if let Err(error) = connection.write_all(bytes) {
        let gone = [ErrorKind::BrokenPipe, ErrorKind::ConnectionReset];
        assert!(gone.contains(&error.kind()), "{error}");
    }
}

/// A response with a correct length.
pub(crate) fn response(head: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\n{head}Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

pub(crate) fn assert_says(reason: &str, word: &str) {
    assert!(reason.contains(word), "{reason:?} does not say {word:?}");
}
