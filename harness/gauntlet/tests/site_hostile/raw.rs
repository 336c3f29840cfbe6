//! A site whose module a test serves as raw bytes, request by request.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;

use wasm_gauntlet_web::coding::{Layer, encode};

/// A page that loads the module next to it.
pub(crate) const PAGE: &str = "<!doctype html><title>p</title><script>\
                    WebAssembly.instantiateStreaming(fetch('m.wasm'))</script>";

/// One request.
pub(crate) struct Asked {
    /// The whole request, in lower case.
    pub(crate) method: String,
    pub(crate) path: String,
    head: String,
}

impl Asked {
    pub(crate) fn read(connection: &mut TcpStream) -> Self {
        let (mut head, mut byte) = (Vec::new(), [0]);
        while !head.ends_with(b"\r\n\r\n") && connection.read(&mut byte).is_ok_and(|n| n == 1) {
            head.push(byte[0]);
        }
        let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
        let mut line = head.split(' ');
        let method = line.next().unwrap_or_default().to_owned();
        let path = line.next().unwrap_or_default().split('?').next().unwrap_or_default().to_owned();
        Self { method, path, head }
    }

    /// Whether the request offers gzip by name and without a weight of 0.
    pub(crate) fn takes_gzip(&self) -> bool {
        self.takes("gzip")
    }

    /// Whether the request offers this coding so.
    pub(crate) fn takes(&self, coding: &str) -> bool {
        let field = self.head.lines().find_map(|line| line.strip_prefix("accept-encoding:"));
        let mut offers = field.unwrap_or_default().split(',');
        offers.any(|one| {
            let mut parts = one.split(';').map(str::trim);
            let zero = |q: &str| q.trim_start_matches("q=").trim_matches(['0', '.']).is_empty();
            parts.next() == Some(coding) && !parts.any(zero)
        })
    }

    /// Whether the client has the answer with this tag.
    pub(crate) fn is_fresh(&self, etag: &str) -> bool {
        self.head.contains(&format!("if-none-match: {etag}"))
    }

    /// Whether the client names itself so, in lower case.
    pub(crate) fn is_sent_by(&self, name: &str) -> bool {
        let field = self.head.lines().find_map(|line| line.strip_prefix("user-agent:"));
        field.is_some_and(|field| field.contains(name))
    }

    /// Whether the request has the field.
    pub(crate) fn has(&self, field: &str) -> bool {
        self.head.contains(&format!("\r\n{field}:"))
    }
}

/// Writes the answer to a request for the module. Other requests do not reach it.
pub(crate) type Answer = Box<dyn Fn(&Asked, &mut TcpStream) + Send + Sync>;

/// Serves `page` at `/`, and the module with `answer`.
pub(crate) fn serve(page: &'static str, answer: Answer) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = listener.local_addr().expect("its address").port();
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        for mut connection in listener.incoming().flatten() {
            let answer = Arc::clone(&answer);
            std::thread::spawn(move || {
                let asked = Asked::read(&mut connection);
                match asked.path.as_str() {
                    "/" => page_of(&asked, page, &mut connection),
                    "/app/" => page_of(&asked, PAGE, &mut connection),
                    "/m.wasm" | "/app/m.wasm" => answer(&asked, &mut connection),
                    _ => send(&mut connection, b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"),
                }
            });
        }
    });
    format!("http://127.0.0.1:{port}/")
}

fn page_of(asked: &Asked, page: &str, connection: &mut TcpStream) {
    let field = "Content-Type: text/html\r\nCache-Control: no-cache\r\n";
    if asked.has("if-none-match") {
        let head = format!("HTTP/1.1 304 Same\r\n{field}ETag: \"p\"\r\n\r\n");
        return send(connection, head.as_bytes());
    }
    let length = page.len();
    let head = format!("HTTP/1.1 200 OK\r\n{field}ETag: \"p\"\r\nContent-Length: {length}\r\n\r\n");
    send(connection, head.as_bytes());
    if asked.method == "get" {
        send(connection, page.as_bytes());
    }
}

/// Sends the bytes. It does not matter if the client has gone.
pub(crate) fn send(connection: &mut TcpStream, bytes: &[u8]) {
    let _gone = connection.write_all(bytes);
}

/// A module of `kib` KiB that gzip reduces to an eighth.
fn module(kib: usize) -> Vec<u8> {
    let text = "abcdefghijklmnop".repeat(64 * kib);
    wat::parse_str(format!("(module (memory 99) (data (i32.const 0) {text:?}))")).expect("a module")
}

/// Header fields of each answer with the module.
pub(crate) const FIELDS: &str = "Content-Type: application/wasm\r\nCache-Control: no-cache\r\n\
                      Vary: Accept-Encoding\r\n";

/// The correct way to serve `raw`: 200, 304 and HEAD, compressed for clients that accept gzip.
fn served(raw: &[u8], gzip: &[u8], asked: &Asked, connection: &mut TcpStream) {
    let (coding, etag, body) = match asked.takes_gzip() {
        true => ("Content-Encoding: gzip\r\n", "\"g\"", gzip),
        false => ("", "\"r\"", raw),
    };
    if asked.is_fresh(etag) {
        let head = format!("HTTP/1.1 304 Same\r\n{FIELDS}ETag: {etag}\r\n\r\n");
        return send(connection, head.as_bytes());
    }
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\n{FIELDS}{coding}ETag: {etag}\r\nContent-Length: {length}\r\n\r\n"
    );
    send(connection, head.as_bytes());
    if asked.method == "get" {
        send(connection, body);
    }
}

fn both(kib: usize) -> (Vec<u8>, Vec<u8>) {
    let raw = module(kib);
    let gzip = encode(Layer::Gzip, &raw);
    (raw, gzip)
}

/// Serves correctly, except for the requests that `wrong` answers.
pub(crate) fn but(
    kib: usize,
    wrong: impl Fn(&[u8], &[u8], &Asked, &mut TcpStream) -> bool + Send + Sync + 'static,
) -> Answer {
    let (raw, gzip) = both(kib);
    Box::new(move |asked, connection| {
        if !wrong(&raw, &gzip, asked, connection) {
            served(&raw, &gzip, asked, connection);
        }
    })
}
