//! A small plugin host for the contract, as anyone could write it. It has a few workers and no
//! deadline. A guest that does not stop keeps its worker forever.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};

use gauntlet::host::{CallOutcome, Grants, Host, Limits, Plugin};
use serde_json::json;
use wasm_gauntlet_host::faults::HostFaults;
use wasm_gauntlet_host::wasmi::WasmiHost;

/// A guest counts as endless after this many steps. Its thread then sleeps forever instead of
/// keeping a processor busy. A client cannot see the difference.
const ENDLESS_STEPS: u64 = 20_000_000;

/// The host.
pub(crate) struct SmallHost {
    engine: WasmiHost,
    guests: Mutex<HashMap<String, Arc<dyn Plugin>>>,
    /// Free workers.
    free: Mutex<usize>,
    freed: Condvar,
    /// Whether a worker answers health requests, as in a host with one pool for everything.
    health_by_worker: bool,
    /// Requests since an endless guest took the last worker.
    in_vain: AtomicUsize,
    taken: AtomicUsize,
    workers: usize,
}

impl SmallHost {
    /// Starts a host and returns its address and the host.
    pub(crate) fn start(workers: usize, health_by_worker: bool) -> (String, Arc<Self>) {
        let engine = WasmiHost::new(HostFaults::default()).expect("wasmi starts");
        let host = Arc::new(Self {
            engine,
            guests: Mutex::default(),
            free: Mutex::new(workers),
            freed: Condvar::new(),
            health_by_worker,
            in_vain: AtomicUsize::new(0),
            taken: AtomicUsize::new(0),
            workers,
        });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let serving = Arc::clone(&host);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let host = Arc::clone(&serving);
                std::thread::spawn(move || host.connection(stream));
            }
        });
        (url, host)
    }

    /// Requests that came after the last worker was taken.
    pub(crate) fn in_vain(&self) -> usize {
        self.in_vain.load(Ordering::SeqCst)
    }

    fn connection(&self, stream: TcpStream) {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line).expect("a request line");
        let mut words = line.split(' ');
        let (method, path) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
        let mut length = 0;
        loop {
            let mut field = String::new();
            reader.read_line(&mut field).expect("a field");
            match field.trim().split_once(": ") {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.parse().expect("a length");
                }
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).expect("a body");
        let (status, kind, answer) = self.answer(method, path, &body);
        let head = format!(
            "HTTP/1.1 {status} x\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\
             connection: close\r\n\r\n",
            answer.len()
        );
        // A client that gave up has closed its end.
        let _ = reader.get_mut().write_all(&[head.into_bytes(), answer].concat());
    }

    fn answer(&self, method: &str, path: &str, body: &[u8]) -> (u16, &'static str, Vec<u8>) {
        if self.taken.load(Ordering::SeqCst) >= self.workers {
            self.in_vain.fetch_add(1, Ordering::SeqCst);
        }
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        match (method, &parts[..]) {
            ("GET", ["healthz"]) => {
                if self.health_by_worker {
                    self.worker(|| Some(()));
                }
                let health = json!({ "name": "small", "features": ["log"] });
                (200, "application/json", health.to_string().into_bytes())
            }
            ("PUT", ["guests", digest]) => self.upload(digest, body),
            ("POST", ["guests", digest, "call"]) => self.call(digest, body),
            _ => problem(404, "problems/unknown-path"),
        }
    }

    fn upload(&self, digest: &str, bytes: &[u8]) -> (u16, &'static str, Vec<u8>) {
        let limits = Limits {
            deadline_ms: u64::from(u32::MAX),
            fuel: Some(ENDLESS_STEPS),
            ..Limits::default()
        };
        let loaded = self.worker(|| Some(self.engine.load(bytes, &limits, &Grants::default())));
        match loaded {
            Ok(plugin) => {
                self.guests.lock().expect("a lock").insert(digest.to_owned(), plugin);
                (201, "text/plain", Vec::new())
            }
            Err(refused) => rejected(refused.stage.word(), &refused.reason),
        }
    }

    fn call(&self, digest: &str, input: &[u8]) -> (u16, &'static str, Vec<u8>) {
        let plugin = self.guests.lock().expect("a lock").get(digest).cloned();
        let Some(plugin) = plugin else { return problem(404, "problems/unknown-guest") };
        // An endless guest keeps the worker: this call never returns.
        let outcome = self.worker(|| match plugin.call("t", input).outcome {
            CallOutcome::Fuel => None,
            outcome => Some(outcome),
        });
        match outcome {
            CallOutcome::Ok { output } => (200, "application/octet-stream", output),
            CallOutcome::Rejected(refused) => rejected(refused.stage.word(), &refused.reason),
            other => problem(502, &format!("outcomes/{}", other.word())),
        }
    }

    /// Runs `work` on a worker. If it never ends, this call never returns.
    fn worker<T>(&self, work: impl FnOnce() -> Option<T>) -> T {
        let mut free = self.free.lock().expect("a lock");
        while *free == 0 {
            free = self.freed.wait(free).expect("a lock");
        }
        *free -= 1;
        drop(free);
        let Some(done) = work() else {
            self.taken.fetch_add(1, Ordering::SeqCst);
            loop {
                std::thread::park();
            }
        };
        *self.free.lock().expect("a lock") += 1;
        self.freed.notify_one();
        done
    }
}

fn problem(status: u16, kind: &str) -> (u16, &'static str, Vec<u8>) {
    let trap = kind.ends_with("trap").then_some("other");
    let problem = json!({ "type": format!("https://small.example/{kind}"), "trap": trap });
    (status, "application/problem+json", problem.to_string().into_bytes())
}

fn rejected(stage: &str, reason: &str) -> (u16, &'static str, Vec<u8>) {
    let problem = json!({
        "type": "https://small.example/outcomes/rejected", "stage": stage, "reason": reason,
    });
    (422, "application/problem+json", problem.to_string().into_bytes())
}
