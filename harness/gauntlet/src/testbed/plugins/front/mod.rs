//! What the front does for each request. Everything here may block, so `serve` calls it on a thread
//! of its own.

mod promote;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use hyper::StatusCode;
use hyper::header::{HeaderName, HeaderValue};
use serde_json::json;
use wasm_gauntlet_host::faults::HostFaults;
use wasm_gauntlet_host::process::launch::Launch;
use wasm_gauntlet_host::protocol::feature;
use wasm_gauntlet_host::worker::parent::supervised::{Supervised, WaitLimits};
use wasm_gauntlet_host::worker::parent::work::{GuestModule, LoadOutcome, Lost, Timed, Work};
use wasm_gauntlet_model::call::{CallOutcome, LogLine, RejectStage, Rejection};
use wasm_gauntlet_model::fault::Fault;
use wasm_gauntlet_model::limits::{Grants, Limits};

use super::answer::{self, FrontReply};
use super::journal::CallJournal;
use super::metrics::{Gauges, Metrics};
use super::registry::Registry;
use wasm_gauntlet_model::inability::Inability;

/// Largest module: ten times a Go build.
pub(crate) const MODULE_BYTES_MAX: usize = 16 << 20;

/// Longest input, as long as the longest output.
pub(crate) const INPUT_BYTES_MAX: usize = 1 << 20;

/// The digest of the module that was called.
const GUEST_DIGEST: HeaderName = HeaderName::from_static("x-guest-digest");

/// The address of the call's log lines.
const CALL_ID: HeaderName = HeaderName::from_static("x-call-id");

/// The number of log lines.
const LOG_LINES: HeaderName = HeaderName::from_static("x-guest-log-lines");

/// The front of a plugin host.
pub(crate) struct Front {
    host: Supervised,
    limits: Limits,
    grants: Grants,
    registry: Registry,
    journal: CallJournal,
    metrics: Metrics,
    in_flight: AtomicU64,
    faults: HostFaults,
    /// Calls of the active module, for the fault `mixed-versions`.
    runs: AtomicU64,
}

impl Front {
    /// A front with a running host, and with the faults of the front.
    pub(crate) fn start(
        launch: Launch,
        limits: Limits,
        faults: HostFaults,
    ) -> Result<Self, Inability> {
        let host = Supervised::new(launch, WaitLimits::default());
        host.process()?;
        Ok(Self {
            host,
            limits,
            grants: Grants::default(),
            registry: Registry::default(),
            journal: CallJournal::default(),
            metrics: Metrics::default(),
            in_flight: AtomicU64::new(0),
            faults,
            runs: AtomicU64::new(0),
        })
    }

    /// End the host, for good.
    pub(crate) fn stop(&self) {
        self.host.stop();
    }

    /// `PUT /guests/{sha256}`.
    pub(crate) fn upload(&self, digest: &str, bytes: Vec<u8>) -> FrontReply {
        let module = Arc::new(GuestModule::new(digest, "uploaded", false, bytes));
        if module.digest != digest {
            let detail = format!("the body's digest is {}", module.digest);
            return answer::problem(StatusCode::BAD_REQUEST, "digest-mismatch", &detail);
        }
        let (reply, word) = match self.host.load(&self.work(&module, "", &[])) {
            Err(unable) => (answer::plain(StatusCode::BAD_GATEWAY, &unable.text), "lost"),
            Ok(LoadOutcome::Ended(end)) if end.lost.is_some() => (lost(&end), "lost"),
            Ok(LoadOutcome::Ended(end)) => {
                let word = end.called.outcome.word();
                self.refused(module);
                (answer::outcome(end.called.outcome), word)
            }
            Ok(LoadOutcome::Ready { .. }) => match self.registry.keep(module) {
                Ok(true) => (answer::empty(StatusCode::CREATED), "ok"),
                Ok(false) => (answer::empty(StatusCode::OK), "ok"),
                Err(_) => {
                    let detail = "no room for another module";
                    (answer::problem(StatusCode::INSUFFICIENT_STORAGE, "full", detail), "full")
                }
            },
        };
        self.metrics.upload(word);
        reply
    }

    /// A module that is too large.
    pub(crate) fn too_large(&self) -> FrontReply {
        self.metrics.upload("rejected");
        let reason = format!("a module has at most {MODULE_BYTES_MAX} bytes");
        answer::outcome(CallOutcome::Rejected(Rejection { stage: RejectStage::Size, reason }))
    }

    /// `POST /guests/{sha256}/call`.
    pub(crate) fn call(&self, digest: &str, tenant: &str, input: &[u8]) -> FrontReply {
        match self.registry.find(digest) {
            Some(module) => self.run(&module, tenant, input),
            None => unknown_guest(),
        }
    }

    /// `GET /calls/{id}/log`.
    pub(crate) fn log(&self, id: u64, tenant: &str) -> FrontReply {
        match self.journal.find(id, tenant) {
            Some(lines) => answer::json(&json!(lines)),
            None => {
                let detail = "no log of that call is kept for this tenant";
                answer::problem(StatusCode::NOT_FOUND, "unknown-call", detail)
            }
        }
    }

    /// `GET /healthz`.
    pub(crate) fn health(&self) -> FrontReply {
        match self.host.process() {
            Err(unable) => answer::plain(StatusCode::SERVICE_UNAVAILABLE, &unable.text),
            Ok(process) => {
                let hello = process.hello();
                let mut features: Vec<&str> = hello.features.iter().map(String::as_str).collect();
                features.extend([feature::REGISTRY, feature::METRICS]);
                answer::json(&json!({
                    "name": hello.name,
                    "version": hello.version,
                    "engine": hello.engine,
                    "features": features,
                    "limits": self.limits,
                    "processes-lost": self.host.lost(),
                }))
            }
        }
    }

    /// `GET /metrics`.
    pub(crate) fn metrics(&self) -> FrontReply {
        let in_flight = self.in_flight.load(Ordering::Relaxed);
        let text = self.metrics.text(&Gauges { processes_lost: self.host.lost(), in_flight });
        answer::bytes(StatusCode::OK, "text/plain; version=0.0.4", text.into_bytes())
    }

    fn work<'a>(&'a self, module: &'a GuestModule, tenant: &'a str, input: &'a [u8]) -> Work<'a> {
        Work { module, tenant, input, limits: &self.limits, grants: &self.grants }
    }

    fn run(&self, module: &GuestModule, tenant: &str, input: &[u8]) -> FrontReply {
        let begun = Instant::now();
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        let timed = self.host.call(&self.work(module, tenant, input));
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
        let counts = !self.faults.has(Fault::NoMetrics);
        let count = |word| {
            if counts {
                self.metrics.call(tenant, word, begun.elapsed());
            }
        };
        match timed {
            Err(unable) => {
                count("lost");
                answer::plain(StatusCode::BAD_GATEWAY, &unable.text)
            }
            Ok(timed) if timed.lost.is_some() => {
                count("lost");
                lost(&timed)
            }
            Ok(timed) => {
                count(timed.called.outcome.word());
                if counts && !self.faults.has(Fault::NoCapHits) {
                    for limit in timed.called.limits_reached() {
                        self.metrics.limit(tenant, &module.digest, limit);
                    }
                }
                self.typed(timed, tenant)
            }
        }
    }

    /// A typed answer, with the digest of the module and the address of the log.
    fn typed(&self, timed: Timed, tenant: &str) -> FrontReply {
        let called = timed.called;
        let mut reply = answer::outcome(called.outcome);
        let headers = reply.headers_mut();
        if let Ok(digest) = HeaderValue::from_str(&called.digest) {
            headers.insert(GUEST_DIGEST, digest);
        }
        let lines: Vec<LogLine> = called.log;
        if !lines.is_empty() {
            headers.insert(LOG_LINES, HeaderValue::from(lines.len()));
            headers.insert(CALL_ID, HeaderValue::from(self.journal.keep(tenant, lines)));
        }
        reply
    }
}

fn unknown_guest() -> FrontReply {
    let detail = "no module with that digest was accepted";
    answer::problem(StatusCode::NOT_FOUND, "unknown-guest", detail)
}

/// The answer of a gateway whose upstream is gone. It says nothing about the guest.
fn lost(timed: &Timed) -> FrontReply {
    match timed.lost {
        Some(Lost::Hung) => answer::plain(StatusCode::GATEWAY_TIMEOUT, "the plugin host hung"),
        _ => answer::plain(StatusCode::BAD_GATEWAY, "the plugin host is gone"),
    }
}
