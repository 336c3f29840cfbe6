//! A server on loopback whose answers stop in the middle. The browser's own interception cannot do
//! that.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Most time for a browser to send its request or to take the answer.
const EXCHANGE_WITHIN: Duration = Duration::from_secs(10);

/// Most lines of a request that are read.
const LINES_MAX: usize = 200;

/// The server. It ends with the process; its port is on loopback.
pub struct FaultServer {
    url: String,
    bodies: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl FaultServer {
    /// Start it at a free port.
    ///
    /// # Errors
    /// When no port is free.
    pub fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}", listener.local_addr()?);
        let bodies: Arc<Mutex<Vec<Vec<u8>>>> = Arc::default();
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
        let mut bodies = self.bodies.lock().unwrap_or_else(PoisonError::into_inner);
        let at = match bodies.iter().position(|one| one == body) {
            Some(at) => at,
            None => {
                bodies.push(body.to_vec());
                bodies.len() - 1
            }
        };
        format!("{}/cut/{at}", self.url)
    }
}

fn answer(stream: &TcpStream, bodies: &Mutex<Vec<Vec<u8>>>) -> Option<()> {
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
    let at: usize = first.split(' ').nth(1)?.strip_prefix("/cut/")?.parse().ok()?;
    let body = bodies.lock().unwrap_or_else(PoisonError::into_inner).get(at)?.clone();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/wasm\r\nContent-Length: {}\r\n\
         Access-Control-Allow-Origin: {origin}\r\nCross-Origin-Resource-Policy: cross-origin\r\n\
         Cache-Control: no-store\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let mut writer = stream;
    writer.write_all(head.as_bytes()).ok()?;
    writer.write_all(&body[..body.len() / 2]).ok()?;
    stream.shutdown(Shutdown::Both).ok()
}
