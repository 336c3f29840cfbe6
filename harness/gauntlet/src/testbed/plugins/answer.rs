//! Responses: an outcome becomes a status and a problem (RFC 9457) whose `type` ends in it.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use hyper::{Response, StatusCode};
use serde_json::{Value, json};
use wasm_gauntlet_host::protocol::Parts;
use wasm_gauntlet_model::call::{CallOutcome, RejectStage};

/// The beginning of `type` for an outcome; its word follows.
const OUTCOMES: &str = "https://wasm-gauntlet.dev/outcomes/";

/// The beginning of `type` for a wrong request; its word follows.
const PROBLEMS: &str = "https://wasm-gauntlet.dev/problems/";

/// Seconds after which a `busy` tenant may try again. A call lasts 50 ms, and a second is the least
/// value of the field.
const RETRY_AFTER_S: HeaderValue = HeaderValue::from_static("1");

/// A response of the front.
pub(crate) type FrontReply = Response<Full<Bytes>>;

/// The status of an outcome, as in `openapi.yaml`.
pub(crate) fn status(outcome: &CallOutcome) -> StatusCode {
    match outcome {
        CallOutcome::Ok { .. } => StatusCode::OK,
        CallOutcome::GuestError { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        CallOutcome::Rejected(rejection) if rejection.stage == RejectStage::Size => {
            StatusCode::PAYLOAD_TOO_LARGE
        }
        CallOutcome::Rejected(_) => StatusCode::UNPROCESSABLE_ENTITY,
        CallOutcome::Denied { .. } => StatusCode::FORBIDDEN,
        CallOutcome::Busy => StatusCode::TOO_MANY_REQUESTS,
        // The guest is upstream of the front, and it gave no answer.
        CallOutcome::Trap { .. } => StatusCode::BAD_GATEWAY,
        CallOutcome::Deadline | CallOutcome::Fuel => StatusCode::GATEWAY_TIMEOUT,
        CallOutcome::MemoryCap => StatusCode::INSUFFICIENT_STORAGE,
        CallOutcome::HostFault { .. } => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The response to an outcome: the output itself, or a problem.
pub(crate) fn outcome(outcome: CallOutcome) -> FrontReply {
    let status = status(&outcome);
    let parts = match outcome {
        CallOutcome::Ok { output } => return bytes(status, "application/octet-stream", output),
        failure => Parts::from(&failure),
    };
    let mut members = serde_json::to_value(&parts).unwrap_or_default();
    members["type"] = format!("{OUTCOMES}{}", parts.outcome).into();
    members["title"] = parts.outcome.as_str().into();
    let mut reply = with_members(status, members);
    if status == StatusCode::TOO_MANY_REQUESTS {
        reply.headers_mut().insert(RETRY_AFTER, RETRY_AFTER_S);
    }
    reply
}

/// A response to a wrong request.
pub(crate) fn problem(status: StatusCode, word: &str, detail: &str) -> FrontReply {
    let kind = format!("{PROBLEMS}{word}");
    with_members(status, json!({ "type": kind, "title": word, "detail": detail }))
}

/// A 405 that names the allowed methods.
pub(crate) fn wrong_method(allowed: &'static str) -> FrontReply {
    let mut reply = problem(StatusCode::METHOD_NOT_ALLOWED, "wrong-method", allowed);
    reply.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    reply
}

fn with_members(status: StatusCode, mut members: Value) -> FrontReply {
    members["status"] = status.as_u16().into();
    let body = members.to_string().into_bytes();
    bytes(status, "application/problem+json", body)
}

/// A JSON document.
pub(crate) fn json(document: &Value) -> FrontReply {
    bytes(StatusCode::OK, "application/json", document.to_string().into_bytes())
}

/// Plain text, as from a gateway, without any outcome.
pub(crate) fn plain(status: StatusCode, text: &str) -> FrontReply {
    bytes(status, "text/plain; charset=utf-8", format!("{text}\n").into_bytes())
}

/// No content.
pub(crate) fn empty(status: StatusCode) -> FrontReply {
    let mut reply = Response::new(Full::default());
    *reply.status_mut() = status;
    reply
}

/// A body of one type, with `nosniff`, because a guest may write any output.
pub(crate) fn bytes(status: StatusCode, kind: &'static str, body: Vec<u8>) -> FrontReply {
    let mut reply = Response::new(Full::new(Bytes::from(body)));
    *reply.status_mut() = status;
    let headers = reply.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    reply
}
