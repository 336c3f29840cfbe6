//! What was seen of a page.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::requests::{BrowserRequest, Requests};
use crate::protocol::{What, audits};

/// Most bytes of what pages say that are kept.
const SAID_BYTES_MAX: usize = 256 << 10;

/// Most calls of WebAssembly that are kept.
const CALLS_MAX: usize = 10_000;

/// What a page did.
#[derive(Debug, Default)]
pub struct Seen {
    /// Why there was no page, as `net::ERR_CONNECTION_REFUSED`.
    pub not_reached: Option<String>,
    /// Whether the page came to rest, or was still busy when the time was over.
    pub settled: bool,
    /// The calls of WebAssembly that ended, in their order.
    pub calls: Vec<WasmCall>,
    /// What scripts and the browser said of errors and warnings, and what nothing caught.
    pub said: Vec<Said>,
    /// The words of dialogs that the page showed.
    pub dialogs: Vec<String>,
    /// What the browser refused, in its own structure.
    pub issues: Vec<audits::Issue>,
    /// Frames and workers that were started, by kind.
    pub targets: BTreeMap<String, usize>,
    /// Processes that broke down, as `crashed` or `oom`.
    pub crashes: Vec<String>,
    /// How many events showed that the page is at work.
    pub(super) moves: u64,
    last_data: Option<Instant>,
    requests: Requests,
    calls_open: usize,
    said_bytes: usize,
}

/// A module that was compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompiledModule {
    /// Where it came from; `wasm://wasm/…` for bytes that no URL is known of.
    pub url: String,
    /// Its bytes, where they could be read.
    pub bytes: Option<Vec<u8>>,
}

impl CompiledModule {
    /// SHA-256 of its bytes, in hex.
    pub fn sha256(&self) -> Option<String> {
        let digest = Sha256::digest(self.bytes.as_ref()?);
        Some(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// A line that a page, or the browser for it, said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// `uncaught`, `error`, `warning`, …
    pub level: String,
    /// What the browser says it is about, as `security`, `network`. None for words of a script.
    pub source: Option<String>,
    /// Its words. They are the page's, so hostile.
    pub text: String,
}

/// A call of WebAssembly that ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WasmCall {
    /// As `instantiateStreaming`, or `Instance` for its constructor.
    pub call: String,
    /// What it threw, as `LinkError: …`. It may hold words of the page.
    pub error: Option<String>,
}

impl WasmCall {
    /// Whether it made an instance.
    pub fn started(&self) -> bool {
        let makes = ["instantiate", "instantiateStreaming", "Instance"];
        self.error.is_none() && makes.contains(&self.call.as_str())
    }
}

/// A report of the prelude.
#[derive(Deserialize)]
struct Report {
    call: String,
    state: String,
    error: Option<String>,
}

impl Seen {
    /// All requests, also those of frames and workers.
    pub fn requests(&self) -> &[BrowserRequest] {
        self.requests.all()
    }

    /// How long ago the last part of a body came.
    pub fn since_data(&self) -> Option<Duration> {
        self.last_data.map(|last| last.elapsed())
    }

    /// The page showed a dialog with these words.
    pub(super) fn dialog(&mut self, words: &str) {
        self.said_bytes += words.len();
        if self.said_bytes <= SAID_BYTES_MAX {
            self.dialogs.push(words.to_owned());
        }
    }

    pub(super) fn requests_pending(&self) -> usize {
        self.requests.pending()
    }

    pub(super) fn requests_answering(&self) -> usize {
        self.requests.answering()
    }

    pub(super) fn calls_open(&self) -> usize {
        self.calls_open
    }

    /// Take one event. Whether it shows that the page is at work.
    pub(super) fn take(&mut self, what: What, binding: &str) -> bool {
        match what {
            What::Crashed(crashed) => self.crashes.push(crashed.status),
            What::RequestSent(sent) => self.requests.sent(sent),
            What::ServedFromCache(served) => self.requests.served_from_memory(&served.request_id),
            What::ResponseReceived(got) => self.requests.answered(&got.request_id, &got.response),
            What::DataReceived(_) => self.last_data = Some(Instant::now()),
            What::LoadingFinished(finished) => self.requests.finished(&finished),
            What::LoadingFailed(failed) => self.requests.failed(failed),
            What::BindingCalled(called) if called.name == binding => self.reported(&called.payload),
            What::ConsoleCalled(called) => {
                let words: Vec<String> = called.args.iter().map(|one| one.text()).collect();
                self.said(&called.r#type, None, &words.join(" "));
            }
            What::ExceptionThrown(thrown) => {
                let details = thrown.exception_details;
                let what = details.exception.map(|one| one.text()).unwrap_or_default();
                self.said("uncaught", None, format!("{} {what}", details.text).trim());
            }
            What::LogEntryAdded(added) => {
                let url = added.entry.url.map(|url| format!(" ({url})")).unwrap_or_default();
                let text = format!("{}{url}", added.entry.text);
                self.said(&added.entry.level, Some(added.entry.source), &text);
            }
            What::IssueAdded(added) => self.issues.push(added.issue),
            _ => return false,
        }
        self.moves += 1;
        true
    }

    fn reported(&mut self, payload: &str) {
        let Ok(report) = serde_json::from_str::<Report>(payload) else { return };
        if report.state == "begun" {
            self.calls_open += 1;
            return;
        }
        self.calls_open = self.calls_open.saturating_sub(1);
        if self.calls.len() < CALLS_MAX {
            self.calls.push(WasmCall { call: report.call, error: report.error });
        }
    }

    fn said(&mut self, level: &str, source: Option<String>, text: &str) {
        self.said_bytes += text.len();
        if self.said_bytes <= SAID_BYTES_MAX {
            self.said.push(Said { level: level.to_owned(), source, text: text.to_owned() });
        }
    }
}
