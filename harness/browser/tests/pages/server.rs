//! A server on loopback that counts what it was asked for.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Path, type and bytes of each file.
pub(crate) type Files = &'static [(&'static str, &'static str, &'static [u8])];

/// The running server. It ends with the process.
pub(crate) struct Counting {
    pub(crate) url: String,
    counts: Arc<Mutex<BTreeMap<String, usize>>>,
}

impl Counting {
    pub(crate) fn start(files: Files) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let counts: Arc<Mutex<BTreeMap<String, usize>>> = Arc::default();
        let counted = Arc::clone(&counts);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let counted = Arc::clone(&counted);
                std::thread::spawn(move || serve(stream, files, &counted));
            }
        });
        Self { url, counts }
    }

    pub(crate) fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = self.counts.lock().expect("no thread panicked").clone();
        counts.remove("/favicon.ico");
        counts
    }
}

fn serve(stream: TcpStream, files: Files, counts: &Mutex<BTreeMap<String, usize>>) {
    let mut writer = stream.try_clone().expect("a socket can be cloned");
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    while let Some(first) = lines.next() {
        let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
        while lines.next().is_some_and(|line| !line.is_empty()) {}
        *counts.lock().expect("no thread panicked").entry(path.clone()).or_default() += 1;
        let name = path.split('?').next().unwrap_or_default();
        let found = files.iter().find(|(known, ..)| *known == name);
        let (status, kind, body) = found
            .map_or(("404 Not Found", "text/plain", &b"no"[..]), |(_, kind, body)| {
                ("200 OK", *kind, *body)
            });
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\
             Cache-Control: no-store\r\n\r\n",
            body.len()
        );
        if writer.write_all(head.as_bytes()).and_then(|()| writer.write_all(body)).is_err() {
            return;
        }
    }
}
