//! A site of files, each with its own header fields. It is served correctly: with validators, for
//! HEAD and 304, and compressed for clients that accept gzip.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;

use wasm_gauntlet_web::coding::{Layer, encode};

use crate::raw::{Asked, send};

/// One file.
#[derive(Clone)]
pub(crate) struct File {
    path: String,
    /// Lines of the header, each with its end.
    fields: String,
    raw: Vec<u8>,
    gzip: Vec<u8>,
}

impl File {
    /// The file at `path` with the usual type of its name.
    pub(crate) fn new(path: &str, body: impl Into<Vec<u8>>) -> Self {
        let kind = match path.rsplit('.').next() {
            Some("wasm") => "application/wasm",
            Some("js" | "mjs") => "text/javascript",
            _ => "text/html",
        };
        Self::typed(path, body, kind)
    }

    /// The file at `path` with this type.
    pub(crate) fn typed(path: &str, body: impl Into<Vec<u8>>, kind: &str) -> Self {
        let raw = body.into();
        let gzip = encode(Layer::Gzip, &raw);
        let fields =
            format!("Content-Type: {kind}\r\nCache-Control: no-cache\r\nVary: Accept-Encoding\r\n");
        Self { path: path.to_owned(), fields, raw, gzip }
    }

    /// The same file with another header line.
    pub(crate) fn with(mut self, line: &str) -> Self {
        self.fields += &format!("{line}\r\n");
        self
    }

    /// The same file without the header line that begins with `name`.
    pub(crate) fn without(mut self, name: &str) -> Self {
        let kept = self.fields.split_inclusive("\r\n").filter(|line| !line.starts_with(name));
        self.fields = kept.collect();
        self
    }

    fn send(&self, asked: &Asked, connection: &mut TcpStream) {
        // A coding pays for more than a packet.
        let coded = asked.takes_gzip() && self.raw.len() > 1024;
        let (coding, etag, body) = match coded {
            true => ("Content-Encoding: gzip\r\n", "\"g\"", &self.gzip),
            false => ("", "\"r\"", &self.raw),
        };
        let fields = &self.fields;
        if asked.is_fresh(etag) {
            let head = format!("HTTP/1.1 304 Same\r\n{fields}ETag: {etag}\r\n\r\n");
            return send(connection, head.as_bytes());
        }
        let length = body.len();
        let head = format!(
            "HTTP/1.1 200 OK\r\n{fields}{coding}ETag: {etag}\r\nContent-Length: {length}\r\n\r\n"
        );
        send(connection, head.as_bytes());
        if asked.method == "get" {
            send(connection, body);
        }
    }
}

/// Serves `files` on a port of its own, and gives the address of its root.
pub(crate) fn serve_files(files: Vec<File>) -> String {
    serve_where(files, |_| None)
}

/// Serves `files`, except for the requests that `other` answers with bytes of its own.
pub(crate) fn serve_where(
    files: Vec<File>,
    other: impl Fn(&Asked) -> Option<Vec<u8>> + Send + Sync + 'static,
) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = listener.local_addr().expect("its address").port();
    let shared = Arc::new((files, other));
    std::thread::spawn(move || {
        for mut connection in listener.incoming().flatten() {
            let shared = Arc::clone(&shared);
            std::thread::spawn(move || {
                let (files, other) = &*shared;
                let asked = Asked::read(&mut connection);
                if let Some(bytes) = other(&asked) {
                    return send(&mut connection, &bytes);
                }
                match files.iter().find(|file| file.path == asked.path) {
                    Some(file) => file.send(&asked, &mut connection),
                    None => send(&mut connection, b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"),
                }
            });
        }
    });
    format!("http://127.0.0.1:{port}/")
}
