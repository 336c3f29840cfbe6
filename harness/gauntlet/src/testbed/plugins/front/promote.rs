//! The active module. A module becomes active only if it was accepted and does not fail when it is
//! called.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use hyper::StatusCode;
use hyper::header::HeaderValue;
use wasm_gauntlet_host::worker::parent::work::{GuestModule, Timed};
use wasm_gauntlet_model::call::CallOutcome;
use wasm_gauntlet_model::fault::Fault;

use super::super::answer::{self, FrontReply};
use super::super::route::is_digest;
use super::{Front, GUEST_DIGEST, lost, unknown_guest};

/// The tenant of the test call before a module becomes active.
const SMOKE: &str = "smoke";

impl Front {
    /// `PUT /active`: a document `{"digest": "…"}`.
    pub(crate) fn activate(&self, body: &[u8]) -> FrontReply {
        let document: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
        let Some(digest) = document["digest"].as_str().filter(|digest| is_digest(digest)) else {
            let detail = "expected {\"digest\": \"64 lower-case hex digits\"}";
            return answer::problem(StatusCode::BAD_REQUEST, "no-digest", detail);
        };
        if let Some(unfit) = self.registry.find(digest).and_then(|module| self.unfit(&module)) {
            return unfit;
        }
        match self.registry.activate(digest) {
            true => answer::empty(StatusCode::NO_CONTENT),
            false => unknown_guest(),
        }
    }

    /// `POST /run`.
    pub(crate) fn run_active(&self, tenant: &str, input: &[u8]) -> FrontReply {
        let Some(active) = self.registry.active() else {
            return answer::problem(StatusCode::CONFLICT, "no-active-guest", "PUT /active first");
        };
        let second = self.runs.fetch_add(1, Ordering::Relaxed) % 2 == 1;
        let before = self.registry.previous();
        match before.filter(|_| second && self.faults.has(Fault::MixedVersions)) {
            None => self.run(&active, tenant, input),
            Some(before) => {
                let mut reply = self.run(&before, tenant, input);
                if let Ok(digest) = HeaderValue::from_str(&active.digest) {
                    reply.headers_mut().insert(GUEST_DIGEST, digest);
                }
                reply
            }
        }
    }

    /// A module was refused. A correct host keeps nothing of it.
    pub(super) fn refused(&self, module: Arc<GuestModule>) {
        if self.faults.has(Fault::PromoteUnvalidated) {
            self.registry.remember_refused(module);
        }
    }

    /// Why a module may not become active. It is called once, without input. A module that passed
    /// is not called again, so that a rollback is immediate.
    fn unfit(&self, module: &GuestModule) -> Option<FrontReply> {
        if self.faults.has(Fault::PromoteUnvalidated) || self.registry.stood(&module.digest) {
            return None;
        }
        match self.host.call(&self.work(module, SMOKE, &[])) {
            Err(unable) => Some(answer::plain(StatusCode::BAD_GATEWAY, &unable.text)),
            Ok(timed) if timed.lost.is_some() => Some(lost(&timed)),
            Ok(Timed { called, .. }) => match called.outcome {
                CallOutcome::Ok { .. } | CallOutcome::GuestError { .. } => {
                    self.registry.stands(&module.digest);
                    None
                }
                failed => {
                    let detail = format!("its first call ended in {}", failed.word());
                    let status = StatusCode::UNPROCESSABLE_ENTITY;
                    Some(answer::problem(status, "smoke-failed", &detail))
                }
            },
        }
    }
}
