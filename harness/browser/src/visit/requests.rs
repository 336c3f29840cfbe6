//! The requests of a visit, each with what became of it.

use std::collections::{BTreeMap, HashMap};

use crate::protocol::network::{LoadingFailed, LoadingFinished, RequestSent, Response};

/// One request. Each hop of a redirect is one.
#[derive(Debug, Clone)]
pub struct BrowserRequest {
    /// Where to.
    pub url: String,
    /// Its method.
    pub method: String,
    /// `Document`, `Script`, `Fetch`, …
    pub kind: String,
    /// Whether it is for later: a prefetch, which the browser makes when it has nothing else to do.
    pub ahead: bool,
    /// What asked for it: `parser`, `script`, `preload`, …
    pub asked_by: String,
    /// The script or page that asked, where it is known.
    pub asked_from: Option<String>,
    /// Bytes of the answer on the wire, once it has ended.
    pub wire_bytes: Option<u64>,
    /// What came of it.
    pub end: RequestEnd,
}

/// What came of a request.
#[derive(Debug, Clone)]
pub enum RequestEnd {
    /// Nothing yet.
    Pending,
    /// An answer began, and has not ended.
    Answering(Answer),
    /// It was answered to its end.
    Answered(Answer),
    /// It failed, with the answer that had begun.
    Failed(LoadingFailed, Option<Answer>),
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// The type that the browser took it for.
    pub media_type: String,
    /// Its header fields, with names in small letters.
    pub fields: BTreeMap<String, String>,
    /// Whether it came from a cache of the browser or from a service worker, not from the network.
    pub is_local: bool,
    /// Whether a service worker gave it.
    pub by_worker: bool,
}

impl Answer {
    fn of(response: &Response, from_memory: bool) -> Self {
        Self {
            status: response.status,
            media_type: response.mime_type.clone(),
            fields: response
                .headers
                .iter()
                .map(|(n, v)| (n.to_ascii_lowercase(), v.clone()))
                .collect(),
            by_worker: response.from_service_worker,
            is_local: from_memory || response.from_disk_cache || response.from_service_worker,
        }
    }
}

/// All requests in the order in which they began.
#[derive(Debug, Default)]
pub(super) struct Requests {
    all: Vec<BrowserRequest>,
    /// The newest hop of each id, and whether it was answered from memory.
    by_id: HashMap<String, (usize, bool)>,
}

impl Requests {
    pub(super) fn sent(&mut self, sent: RequestSent) {
        let known = self.by_id.get(&sent.request_id).copied();
        match (known, &sent.redirect_response) {
            (Some((at, from_memory)), Some(redirect)) => {
                self.all[at].end = RequestEnd::Answered(Answer::of(redirect, from_memory));
            }
            // A frame or worker with a session of its own repeats what its parent has reported.
            (Some(_), None) => return,
            (None, _) => {}
        }
        self.by_id.insert(sent.request_id, (self.all.len(), false));
        let purpose = |name: &str, value: &str| {
            let name = name.to_ascii_lowercase();
            matches!(name.as_str(), "purpose" | "sec-purpose") && value.contains("prefetch")
        };
        let headers = &sent.request.headers;
        let ahead = sent.r#type == "Prefetch" || headers.iter().any(|(n, v)| purpose(n, v));
        self.all.push(BrowserRequest {
            url: sent.request.url,
            ahead,
            method: sent.request.method,
            kind: sent.r#type,
            asked_by: sent.initiator.r#type,
            asked_from: sent.initiator.url,
            wire_bytes: None,
            end: RequestEnd::Pending,
        });
    }

    pub(super) fn served_from_memory(&mut self, id: &str) {
        if let Some((_, from_memory)) = self.by_id.get_mut(id) {
            *from_memory = true;
        }
    }

    pub(super) fn answered(&mut self, id: &str, response: &Response) {
        let Some((at, from_memory)) = self.by_id.get(id).copied() else { return };
        self.all[at].end = RequestEnd::Answering(Answer::of(response, from_memory));
    }

    pub(super) fn finished(&mut self, finished: &LoadingFinished) {
        let Some((at, _)) = self.by_id.get(&finished.request_id).copied() else { return };
        self.all[at].wire_bytes = Some(finished.encoded_data_length.max(0.0) as u64);
        if let RequestEnd::Answering(answer) = &self.all[at].end {
            self.all[at].end = RequestEnd::Answered(answer.clone());
        }
    }

    pub(super) fn failed(&mut self, failed: LoadingFailed) {
        let Some((at, _)) = self.by_id.get(&failed.request_id).copied() else { return };
        let answer = match &self.all[at].end {
            RequestEnd::Answering(answer) | RequestEnd::Answered(answer) => Some(answer.clone()),
            RequestEnd::Pending | RequestEnd::Failed(..) => None,
        };
        self.all[at].end = RequestEnd::Failed(failed, answer);
    }

    /// How many have no answer yet. Streams of events and sockets do not count.
    pub(super) fn pending(&self) -> usize {
        self.count(|end| matches!(end, RequestEnd::Pending))
    }

    /// How many answers have begun and not ended. A page that does not read a body leaves it so.
    pub(super) fn answering(&self) -> usize {
        self.count(|end| matches!(end, RequestEnd::Answering(_)))
    }

    fn count(&self, counts: impl Fn(&RequestEnd) -> bool) -> usize {
        let endless = ["EventSource", "WebSocket", "Ping"];
        let all = self.all.iter().filter(|one| !endless.contains(&one.kind.as_str()));
        all.filter(|one| counts(&one.end)).count()
    }

    pub(super) fn all(&self) -> &[BrowserRequest] {
        &self.all
    }
}
