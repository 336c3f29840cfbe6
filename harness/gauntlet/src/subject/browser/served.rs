//! A build directory on loopback, served as a plain static server would, so that a browser can look
//! at it before it is deployed.
//!
//! The build gets the best conditions that a deployment can give: right types, cross-origin
//! isolation, the coding of a file that is requested by its compressed name, and any base path. So
//! what fails here is the fault of the build.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use url::Url;

/// Most time for one request or answer.
const EXCHANGE_WITHIN: Duration = Duration::from_secs(10);

/// Most bytes of a request's head.
const HEAD_BYTES_MAX: u64 = 64 << 10;

/// Types by the end of a name. Anything else is `application/octet-stream`.
const TYPES: [(&str, &str); 14] = [
    ("html", "text/html; charset=utf-8"),
    ("htm", "text/html; charset=utf-8"),
    ("js", "text/javascript"),
    ("mjs", "text/javascript"),
    ("wasm", "application/wasm"),
    ("css", "text/css"),
    ("json", "application/json"),
    ("map", "application/json"),
    ("svg", "image/svg+xml"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("ico", "image/x-icon"),
    ("txt", "text/plain; charset=utf-8"),
    ("webmanifest", "application/manifest+json"),
];

/// A directory that is served until this is dropped.
pub(crate) struct ServedDirectory {
    address: SocketAddr,
    stopped: Arc<AtomicBool>,
}

impl ServedDirectory {
    /// Serve `dir` at a free port of loopback.
    ///
    /// # Errors
    /// When the directory cannot be read, or no port is free.
    pub(crate) fn start(dir: &Path) -> io::Result<Self> {
        let dir = dir.canonicalize()?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let stopped = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&stopped);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let (Ok(stream), dir) = (stream, dir.clone()) else { continue };
                std::thread::spawn(move || serve(&stream, &dir));
            }
        });
        Ok(Self { address, stopped })
    }

    /// The address of a file.
    pub(crate) fn url(&self, name: &str) -> Option<Url> {
        Url::parse(&format!("http://{}/", self.address)).ok()?.join(name).ok()
    }
}

impl Drop for ServedDirectory {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        // The thread waits for a connection.
        let _ = TcpStream::connect_timeout(&self.address, EXCHANGE_WITHIN);
    }
}

/// The answers to the requests of one connection.
fn serve(stream: &TcpStream, dir: &Path) -> io::Result<()> {
    stream.set_read_timeout(Some(EXCHANGE_WITHIN))?;
    stream.set_write_timeout(Some(EXCHANGE_WITHIN))?;
    let mut reader = BufReader::new(stream);
    while let Some(request) = request(&mut reader)? {
        let (head, body) = answer(dir, request.target());
        let mut writer = stream;
        writer.write_all(head.as_bytes())?;
        if request.method() != "HEAD" {
            writer.write_all(&body)?;
        }
    }
    Ok(())
}

/// Whether there is a file for a request target.
pub(super) fn has(dir: &Path, target: &str) -> bool {
    dir.canonicalize().is_ok_and(|dir| file(&dir, target).is_some())
}

/// The answer to a request for `target`: its head and its body.
pub(super) fn answer(dir: &Path, target: &str) -> (String, Vec<u8>) {
    let dir = dir.canonicalize().ok();
    let found = dir.and_then(|dir| file(&dir, target));
    let found = found.and_then(|file| Some((fields(&file), std::fs::read(&file).ok()?)));
    let (status, fields, body) = match found {
        Some((fields, body)) => ("200 OK", fields, body),
        None => ("404 Not Found", "Content-Type: text/plain\r\n".to_owned(), b"none\n".to_vec()),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\n{fields}Content-Length: {}\r\nCache-Control: no-cache\r\n\
         Cross-Origin-Opener-Policy: same-origin\r\n\
         Cross-Origin-Embedder-Policy: credentialless\r\n\r\n",
        body.len()
    );
    (head, body)
}

/// The head of a request.
pub(super) struct RequestHead {
    first: String,
    /// With names in small letters.
    fields: Vec<(String, String)>,
}

impl RequestHead {
    pub(super) fn method(&self) -> &str {
        self.first.split(' ').next().unwrap_or_default()
    }

    pub(super) fn target(&self) -> &str {
        self.first.split(' ').nth(1).unwrap_or_default()
    }

    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str())
    }
}

/// The head of the next request. None at the end.
pub(super) fn request(reader: &mut BufReader<&TcpStream>) -> io::Result<Option<RequestHead>> {
    let mut head = reader.by_ref().take(HEAD_BYTES_MAX);
    let mut first = String::new();
    if head.read_line(&mut first)? == 0 {
        return Ok(None);
    }
    let (mut fields, mut line) = (Vec::new(), String::new());
    while head.read_line(&mut line)? > 0 && !line.trim().is_empty() {
        if let Some((name, value)) = line.split_once(':') {
            fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
        line.clear();
    }
    Ok(Some(RequestHead { first: first.trim().to_owned(), fields }))
}

/// The file of a request target. A build may expect a base path: then the longest end of the path
/// that exists is it. Links that lead outside of the directory are not followed.
fn file(dir: &Path, target: &str) -> Option<PathBuf> {
    let url = Url::parse("http://localhost/").ok()?.join(target).ok()?;
    let segments: Vec<String> = url.path_segments()?.map(decoded).collect::<Option<_>>()?;
    (0..segments.len()).find_map(|from| {
        let relative: PathBuf = segments[from..].iter().collect();
        let is_plain = relative.components().all(|part| matches!(part, Component::Normal(_)));
        let path = dir.join(&relative);
        let path = if path.is_dir() { path.join("index.html") } else { path };
        let path = path.canonicalize().ok()?;
        (is_plain && path.starts_with(dir) && path.is_file()).then_some(path)
    })
}

/// A segment of a path without its percent signs (RFC 3986 §2.1).
fn decoded(segment: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        let hex = |byte: Option<u8>| char::from(byte?).to_digit(16);
        bytes.push(match byte {
            b'%' => u8::try_from(hex(rest.next())? * 16 + hex(rest.next())?).ok()?,
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

/// `Content-Type` by the name, and `Content-Encoding` of a file with a compressed name.
fn fields(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let (name, coding) = match (name.strip_suffix(".br"), name.strip_suffix(".gz")) {
        (Some(inner), _) => (inner, "Content-Encoding: br\r\n"),
        (_, Some(inner)) => (inner, "Content-Encoding: gzip\r\n"),
        _ => (name.as_str(), ""),
    };
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    let kind = TYPES.iter().find(|(known, _)| *known == end).map(|(_, kind)| *kind);
    format!("Content-Type: {}\r\n{coding}", kind.unwrap_or("application/octet-stream"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_under_any_base_path_and_never_outside() {
        let dir = tempfile::tempdir().expect("a folder");
        let root = dir.path().canonicalize().expect("it is there");
        std::fs::create_dir(root.join("assets")).expect("it is made");
        std::fs::write(root.join("index.html"), "page").expect("it is written");
        std::fs::write(root.join("assets/a b.wasm"), "module").expect("it is written");
        std::os::unix::fs::symlink("/etc/hostname", root.join("link")).expect("it is linked");
        assert_eq!(file(&root, "/"), Some(root.join("index.html")));
        assert_eq!(file(&root, "/assets/a%20b.wasm?x=1"), Some(root.join("assets/a b.wasm")));
        assert_eq!(
            file(&root, "/base/of/app/assets/a%20b.wasm"),
            Some(root.join("assets/a b.wasm"))
        );
        for outside in ["/link", "/../etc/hostname", "/%2e%2e/etc/hostname", "//etc/hostname"] {
            assert_eq!(file(&root, outside), None, "{outside}");
        }
        assert_eq!(file(&root, "/assets/gone.wasm"), None);
    }

    #[test]
    fn a_compressed_name_says_its_coding() {
        let unity = fields(Path::new("build/game.wasm.br"));
        assert_eq!(unity, "Content-Type: application/wasm\r\nContent-Encoding: br\r\n");
        assert_eq!(fields(Path::new("data")), "Content-Type: application/octet-stream\r\n");
    }
}
