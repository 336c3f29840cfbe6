//! From a response to an outcome, for every response. The `type` of a problem decides, never its
//! status alone, and never a text.

use serde::Deserialize;
use wasm_gauntlet_host::protocol::Parts;
use wasm_gauntlet_host::worker::parent::work::{Lost, Timed};
use wasm_gauntlet_model::call::{CallOutcome, Called, RejectStage, Rejection};

use super::exchange::{HostResponse, Sent};
use crate::subject::Inability;

/// Most bytes that are shown of a body without an outcome.
const EXCERPT_BYTES_MAX: usize = 200;

/// A problem (RFC 9457) with the members of an outcome.
#[derive(Debug, Deserialize)]
struct Problem {
    #[serde(rename = "type")]
    kind: String,
    #[serde(flatten)]
    parts: Parts,
}

/// The result of a request: `ok` with the body as output, another outcome, or the loss of the host.
///
/// # Errors
/// When the host refuses the request: a 3xx, or a 4xx without an outcome.
pub(crate) fn timed(sent: Sent) -> Result<Timed, Inability> {
    sent.read(timed_answer)
}

fn timed_answer(answer: HostResponse) -> Result<Timed, Inability> {
    let wall = answer.wall;
    let digest = answer.header("x-guest-digest").unwrap_or_default().to_owned();
    let typed =
        |outcome| Timed { called: Called { digest, ..Called::bare(outcome) }, wall, lost: None };
    if let 200..=299 = answer.status {
        return Ok(typed(CallOutcome::Ok { output: answer.body }));
    }
    if let Some(parts) = problem(&answer) {
        return Ok(typed(parts.check().unwrap_or_else(|unreadable| CallOutcome::HostFault {
            detail: format!("an invalid problem document: {unreadable}"),
            signal: None,
        })));
    }
    let shown = format!("status {} without an outcome: {}", answer.status, excerpt(&answer.body));
    match answer.status {
        413 => {
            let stage = RejectStage::Size;
            Ok(typed(CallOutcome::Rejected(Rejection { stage, reason: shown })))
        }
        429 => Ok(typed(CallOutcome::Busy)),
        500.. => Ok(Timed::lost(Lost::Died, shown, None, wall)),
        _ => Err(Inability::unreadable(shown)),
    }
}

/// The outcome of a problem: none if the body is no problem, or its type ends in no outcome.
fn problem(answer: &HostResponse) -> Option<Parts> {
    let kind = answer.header("content-type")?;
    let media = kind.split(';').next()?.trim();
    if !media.eq_ignore_ascii_case("application/problem+json") {
        return None;
    }
    let problem: Problem = serde_json::from_slice(&answer.body).ok()?;
    let word = problem.kind.rsplit(['/', ':', '#']).next()?;
    let known = CallOutcome::WORDS.contains(&word);
    known.then(|| Parts { outcome: word.to_owned(), ..problem.parts })
}

/// The beginning of a body, as text that can be shown.
pub(crate) fn excerpt(body: &[u8]) -> String {
    body[..body.len().min(EXCERPT_BYTES_MAX)].escape_ascii().to_string()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};

    use super::*;

    fn read(status: u16, kind: &'static str, body: &str) -> Result<Timed, Inability> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        headers.insert("x-guest-digest", HeaderValue::from_static("d1"));
        let (body, wall) = (body.as_bytes().to_vec(), Duration::from_millis(1));
        timed(Sent::Answer(HostResponse { status, headers, body, wall }))
    }

    #[test]
    fn every_answer_is_an_outcome_a_loss_or_an_inability() {
        const PROBLEM: &str = "application/problem+json; charset=utf-8";
        let trap = r#"{"type":"https://x.example/outcomes/trap","trap":"stack","detail":"x"}"#;
        for (status, kind, body, word, lost) in [
            (200, "text/plain", "x", "ok", None),
            (502, PROBLEM, trap, "trap", None),
            (400, PROBLEM, r#"{"type":"urn:outcome:deadline"}"#, "deadline", None),
            (500, PROBLEM, r#"{"type":"/outcomes/busy"}"#, "busy", None),
            (422, PROBLEM, r#"{"type":"/outcomes/rejected"}"#, "host-fault", None),
            (502, "application/json", trap, "host-fault", Some(Lost::Died)),
            (502, PROBLEM, "not JSON", "host-fault", Some(Lost::Died)),
            (500, PROBLEM, r#"{"type":"about:blank"}"#, "host-fault", Some(Lost::Died)),
            (504, "text/html", "<h1>", "host-fault", Some(Lost::Died)),
            (413, "text/html", "<h1>", "rejected", None),
            (429, "text/html", "<h1>", "busy", None),
        ] {
            let timed = read(status, kind, body).expect("it is an answer");
            assert_eq!((timed.called.outcome.word(), timed.lost), (word, lost), "{status} {body}");
            assert_eq!(timed.called.digest.is_empty(), lost.is_some());
        }
        for status in [301, 401, 403, 404] {
            assert!(read(status, "text/html", "x").is_err(), "{status}");
        }
        let nobody = r#"{"type":"https://x.example/problems/unknown-guest"}"#;
        assert!(read(404, PROBLEM, nobody).is_err());
    }
}
