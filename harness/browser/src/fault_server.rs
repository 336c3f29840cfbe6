//! A server on loopback whose answers stop in the middle or come in small parts. The browser's own
//! interception cannot do that.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Most time for a browser to send its request or to take the answer.
const EXCHANGE_WITHIN: Duration = Duration::from_secs(10);

/// Most lines of a request that are read.
const LINES_MAX: usize = 200;

/// Parts of a slow answer, and the pause before each: a second in all.
const PARTS: usize = 20;
const PART_PAUSE: Duration = Duration::from_millis(50);

/// The server. It ends with the process; its port is on loopback.
pub struct FaultServer {
    url: String,
    bodies: Arc<Mutex<Vec<Prepared>>>,
}

/// An answer that was prepared.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Prepared {
    /// Half of this body.
    Cut(Vec<u8>),
    /// These fields, and this body in small parts.
    Slow(BTreeMap<String, String>, Vec<u8>),
}

impl FaultServer {
    /// Start it at a free port.
    ///
    /// # Errors
    /// When no port is free.
    pub fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}", listener.local_addr()?);
        let bodies: Arc<Mutex<Vec<Prepared>>> = Arc::default();
        let served = Arc::clone(&bodies);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let served = Arc::clone(&served);
                std::thread::spawn(move || answer(&stream, &served));
            }
        });
        Ok(Self { url, bodies })
    }

    /// An address that announces all of `body` and sends half of it.
    pub fn cut(&self, body: &[u8]) -> String {
        self.prepare(Prepared::Cut(body.to_vec()))
    }

    /// An address that sends `body` in small parts, in the course of a second. `fields` are those
    /// of the answer. Names are in small letters. A length is sent only if it is one of them.
    pub fn slow(&self, fields: BTreeMap<String, String>, body: Vec<u8>) -> String {
        self.prepare(Prepared::Slow(fields, body))
    }

    fn prepare(&self, answer: Prepared) -> String {
        let mut bodies = self.bodies.lock().unwrap_or_else(PoisonError::into_inner);
        let at = match bodies.iter().position(|one| *one == answer) {
            Some(at) => at,
            None => {
                bodies.push(answer);
                bodies.len() - 1
            }
        };
        format!("{}/{at}", self.url)
    }
}

fn answer(stream: &TcpStream, bodies: &Mutex<Vec<Prepared>>) -> Option<()> {
    stream.set_read_timeout(Some(EXCHANGE_WITHIN)).ok()?;
    stream.set_write_timeout(Some(EXCHANGE_WITHIN)).ok()?;
    let mut lines = BufReader::new(stream).lines().take(LINES_MAX).map_while(Result::ok);
    let first = lines.next()?;
    let mut origin = "*".to_owned();
    for line in lines.take_while(|line| !line.is_empty()) {
        if let Some((_, value)) =
            line.split_once(':').filter(|(n, _)| n.eq_ignore_ascii_case("origin"))
        {
            origin = value.trim().to_owned();
        }
    }
    let at: usize = first.split(' ').nth(1)?.strip_prefix('/')?.parse().ok()?;
    let prepared = bodies.lock().unwrap_or_else(PoisonError::into_inner).get(at)?.clone();
    match prepared {
        Prepared::Cut(body) => cut(stream, &origin, &body),
        Prepared::Slow(fields, body) => slow(stream, &origin, fields, &body),
    }
}

fn cut(mut stream: &TcpStream, origin: &str, body: &[u8]) -> Option<()> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/wasm\r\nContent-Length: {}\r\n\
         Access-Control-Allow-Origin: {origin}\r\nCross-Origin-Resource-Policy: cross-origin\r\n\
         Cache-Control: no-store\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(&body[..body.len() / 2]).ok()?;
    stream.shutdown(Shutdown::Both).ok()
}

/// The fields are those of another server: only those that are one line are sent.
fn slow(
    mut stream: &TcpStream,
    origin: &str,
    mut fields: BTreeMap<String, String>,
    body: &[u8],
) -> Option<()> {
    for hop in ["connection", "keep-alive", "transfer-encoding", "upgrade", "trailer"] {
        fields.remove(hop);
    }
    if let Some(length) = fields.get_mut("content-length") {
        *length = body.len().to_string();
    }
    let add = |name: &str| (name.to_owned(), origin.to_owned());
    fields.extend([add("access-control-allow-origin")]);
    fields.insert("cache-control".to_owned(), "no-store".to_owned());
    let mut head = "HTTP/1.1 200 OK\r\nConnection: close\r\n".to_owned();
    let is_line = |text: &str| !text.contains(|one: char| one.is_control());
    for (name, value) in fields.iter().filter(|(name, value)| is_line(name) && is_line(value)) {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.set_nodelay(true).ok()?;
    stream.write_all(format!("{head}\r\n").as_bytes()).ok()?;
    for part in body.chunks(body.len().div_ceil(PARTS).max(1)) {
        std::thread::sleep(PART_PAUSE);
        stream.write_all(part).ok()?;
    }
    stream.shutdown(Shutdown::Both).ok()
}
