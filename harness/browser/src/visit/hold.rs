//! Requests for modules that are held, and what then becomes of them.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use wasm_gauntlet_model::action::ModuleFailure;

use crate::connection::{CallError, Connection};
use crate::fault_server::FaultServer;
use crate::protocol::SessionId;
use crate::protocol::fetch::{
    ContinueRequest, FailRequest, FulfillRequest, HeaderEntry, RequestPaused,
};

/// The bytes of each module, by address.
pub type ModuleBytes = BTreeMap<String, Vec<u8>>;

/// Bytes in the middle of a corrupt module that are overwritten. No opcode is 0xff.
const CORRUPT_BYTES: usize = 64;

/// Which requests are held, and what becomes of them.
pub struct Held {
    modules: ModuleBytes,
    failure: ModuleFailure,
    state: HoldState,
    waiting: Vec<(Option<SessionId>, RequestPaused)>,
    ended: usize,
    /// Where requests are answered instead, by address. They do not wait.
    elsewhere: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HoldState {
    /// Modules wait.
    Holds,
    /// Modules fail at once.
    Fails,
    /// Modules load.
    Recovered,
}

impl Held {
    /// Hold the requests for these modules, which will then meet `failure`.
    pub fn new(modules: ModuleBytes, failure: ModuleFailure) -> Self {
        let state = HoldState::Holds;
        let (waiting, elsewhere) = (Vec::new(), BTreeMap::new());
        Self { modules, failure, state, waiting, ended: 0, elsewhere }
    }

    /// Let these requests be answered by other addresses. The page does not see it.
    pub fn elsewhere(elsewhere: BTreeMap<String, String>) -> Self {
        Self { elsewhere, ..Self::new(ModuleBytes::new(), ModuleFailure::Stalled) }
    }

    /// How many requests are held. Those that stall stay held for good.
    pub(super) fn count(&self) -> usize {
        self.waiting.len()
    }

    /// Whether they never get an answer.
    pub(super) fn stalls(&self) -> bool {
        self.failure == ModuleFailure::Stalled
    }

    /// How many requests have met their failure.
    pub(super) fn ended(&self) -> usize {
        self.ended
    }

    pub(super) fn paused(
        &mut self,
        connection: &Connection,
        session: Option<SessionId>,
        paused: RequestPaused,
    ) -> Result<(), CallError> {
        if let Some(url) = self.elsewhere.get(&paused.request.url) {
            return go_on(connection, session.as_ref(), &paused, Some(url));
        }
        let is_module = self.modules.contains_key(&paused.request.url);
        match self.state {
            HoldState::Recovered => go_on(connection, session.as_ref(), &paused, None),
            _ if !is_module => go_on(connection, session.as_ref(), &paused, None),
            _ => {
                // Those that come while modules fail meet it with the next call of `fail`.
                self.waiting.push((session, paused));
                Ok(())
            }
        }
    }

    pub(super) fn fail(
        &mut self,
        connection: &Connection,
        server: &FaultServer,
    ) -> Result<(), CallError> {
        self.state = HoldState::Fails;
        if self.failure == ModuleFailure::Stalled {
            return Ok(());
        }
        for (session, paused) in std::mem::take(&mut self.waiting) {
            self.end(connection, server, session.as_ref(), &paused)?;
            self.ended += 1;
        }
        Ok(())
    }

    pub(super) fn recover(&mut self) {
        self.state = HoldState::Recovered;
    }

    fn end(
        &self,
        connection: &Connection,
        server: &FaultServer,
        session: Option<&SessionId>,
        paused: &RequestPaused,
    ) -> Result<(), CallError> {
        let raw = self.modules.get(&paused.request.url).cloned().unwrap_or_default();
        let html = b"<!doctype html><title>error</title><h1>error</h1>".to_vec();
        let (status, kind, body) = match self.failure {
            ModuleFailure::NotFound => (404, "text/html", html),
            ModuleFailure::ServerError => (500, "text/html", html),
            ModuleFailure::WrongType => (200, "text/plain", raw),
            ModuleFailure::Corrupt => (200, "application/wasm", corrupt(raw)),
            ModuleFailure::Reset => {
                let reason = "ConnectionReset";
                let fail = FailRequest { request_id: &paused.request_id, error_reason: reason };
                return connection.send(session, &fail).map(|_| ());
            }
            ModuleFailure::Cut => {
                let url = server.cut(&raw);
                return go_on(connection, session, paused, Some(&url));
            }
            ModuleFailure::Stalled => return Ok(()),
        };
        let fulfill = FulfillRequest {
            request_id: &paused.request_id,
            response_code: status,
            response_headers: fields(kind, paused),
            body: BASE64.encode(body),
        };
        connection.send(session, &fulfill).map(|_| ())
    }
}

/// The header fields of an answer. Another origin lets the page read it, because only the failure
/// is to be tested.
fn fields(kind: &str, paused: &RequestPaused) -> Vec<HeaderEntry> {
    let headers = &paused.request.headers;
    let origin = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("origin"));
    let origin = origin.map_or("*", |(_, origin)| origin.as_str()).to_owned();
    let entry = |name: &'static str, value: &str| HeaderEntry { name, value: value.to_owned() };
    vec![
        entry("Content-Type", kind),
        entry("Access-Control-Allow-Origin", &origin),
        entry("Cross-Origin-Resource-Policy", "cross-origin"),
        entry("Cache-Control", "no-store"),
    ]
}

fn corrupt(mut bytes: Vec<u8>) -> Vec<u8> {
    let middle = bytes.len() / 2;
    let end = (middle + CORRUPT_BYTES).min(bytes.len());
    bytes[middle..end].fill(0xff);
    bytes
}

fn go_on(
    connection: &Connection,
    session: Option<&SessionId>,
    paused: &RequestPaused,
    url: Option<&str>,
) -> Result<(), CallError> {
    connection.send(session, &ContinueRequest { request_id: &paused.request_id, url }).map(|_| ())
}
