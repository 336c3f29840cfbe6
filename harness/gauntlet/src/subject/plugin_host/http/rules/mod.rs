//! From a response to an outcome by the rules of a mapping, for every response. No rule fits by
//! default, and a response that no rule fits is never `ok`.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use wasm_gauntlet_host::worker::parent::work::{Lost, Timed};
use wasm_gauntlet_model::call::{CallOutcome, Called, Rejection, unhex};
use wasm_gauntlet_model::limits::ERROR_TEXT_BYTES_MAX;
use wasm_gauntlet_model::target::{Encoding, Gives, Pattern, Rule};

use super::exchange::{HostResponse, Sent};
use super::reading::excerpt;
use crate::subject::Inability;

/// Longest body that is read as JSON: the longest output in base64, and some text around it. A tree
/// takes 32 bytes for every two bytes of its text.
const JSON_BYTES_MAX: usize = 2 << 20;

/// The parts of a response that rules read.
struct Answered<'a> {
    answer: &'a HostResponse,
    /// The body, where it is JSON; serde_json refuses what is nested deeper than 128.
    json: Option<Value>,
    /// Whether it came after the deadline.
    past_deadline: bool,
}

/// The result of a request: the outcome of the first rule that fits, or the loss of the host.
///
/// # Errors
/// When no rule fits an answer below 500, or a rule points at something that is not there.
pub(crate) fn timed(sent: Sent, rules: &[Rule], deadline: Duration) -> Result<Timed, Inability> {
    sent.read(|answer| meant(&answer, rules, deadline))
}

fn meant(answer: &HostResponse, rules: &[Rule], deadline: Duration) -> Result<Timed, Inability> {
    let (wall, readable) = (answer.wall, answer.body.len() <= JSON_BYTES_MAX);
    let asks_json = rules.iter().any(reads_json) && readable;
    let json = asks_json.then(|| serde_json::from_slice(&answer.body).ok()).flatten();
    let answered = Answered { answer, json, past_deadline: wall >= deadline };
    let shown = || format!("status {}: {}", answer.status, excerpt(&answer.body));
    match rules.iter().find(|rule| fits(rule, &answered)) {
        Some(rule) => {
            let outcome = outcome(rule, &answered);
            let outcome =
                outcome.map_err(|why| Inability::unreadable(format!("{why}, of {}", shown())))?;
            let digest = answer.header("x-guest-digest").unwrap_or_default().to_owned();
            Ok(Timed { called: Called { digest, ..Called::bare(outcome) }, wall, lost: None })
        }
        None => {
            let why = format!("no rule of the mapping matches {}", shown());
            match answer.status {
                500.. => Ok(Timed::lost(Lost::Died, why, None, wall)),
                _ => Err(Inability::unreadable(why)),
            }
        }
    }
}

fn reads_json(rule: &Rule) -> bool {
    let finds = [&rule.finds.output, &rule.finds.text, &rule.finds.code];
    !rule.json.is_empty() || finds.iter().any(|pointer| pointer.is_some())
}

/// Whether every condition holds.
fn fits(rule: &Rule, seen: &Answered<'_>) -> bool {
    let status = |range: &(u16, u16)| (range.0..=range.1).contains(&seen.answer.status);
    let header = |(name, pattern): &(String, Pattern)| {
        let values = seen.answer.headers.get_all(name.as_str()).iter();
        values.filter_map(|value| value.to_str().ok()).any(|value| pattern.fits(value))
    };
    let member = |(pointer, pattern): &(String, Pattern)| {
        seen.json
            .as_ref()
            .and_then(|json| json.pointer(pointer))
            .is_some_and(|value| pattern.fits(&scalar(value)))
    };
    (rule.status.is_empty() || rule.status.iter().any(status))
        && rule.headers.iter().all(header)
        && rule.json.iter().all(member)
        && rule.past_deadline.is_none_or(|past| past == seen.past_deadline)
}

/// The outcome of an answer that fits, or the part of it that is missing or not as the rule says.
fn outcome(rule: &Rule, seen: &Answered<'_>) -> Result<CallOutcome, String> {
    let at = |pointer: &String| {
        let found = seen.json.as_ref().and_then(|json| json.pointer(pointer)).map(scalar);
        found.ok_or_else(|| format!("the JSON has no `{pointer}`"))
    };
    let told = |pointer: &Option<String>| pointer.as_ref().map(at).transpose();
    let text = || told(&rule.finds.text).map(|text| cut(text.unwrap_or_default()));
    Ok(match &rule.gives {
        Gives::Ok => CallOutcome::Ok {
            output: match told(&rule.finds.output)? {
                None => seen.answer.body.clone(),
                Some(text) => bytes(rule.finds.encoding, text)?,
            },
        },
        Gives::Just(outcome) => outcome.clone(),
        Gives::GuestError => {
            let code = told(&rule.finds.code)?.unwrap_or_default();
            let code = code.parse().map_err(|_| format!("`{}` is not a code", cut(code)))?;
            CallOutcome::GuestError { code, text: text()? }
        }
        Gives::Rejected(stage) => {
            CallOutcome::Rejected(Rejection { stage: *stage, reason: text()? })
        }
        Gives::Denied => CallOutcome::Denied { capability: text()? },
        Gives::HostFault => CallOutcome::HostFault { detail: text()?, signal: None },
    })
}

/// A scalar as text. A list or a mapping is only present, which `*` fits.
fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(_) | Value::Object(_) => String::new(),
        other => other.to_string(),
    }
}

fn cut(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(ERROR_TEXT_BYTES_MAX));
    text
}

fn bytes(encoding: Encoding, text: String) -> Result<Vec<u8>, String> {
    match encoding {
        Encoding::Text => Ok(text.into_bytes()),
        Encoding::Hex => unhex(&text).ok_or_else(|| "the output is not hexadecimal".to_owned()),
        Encoding::Base64 => {
            STANDARD.decode(text).map_err(|_| "the output is not base64".to_owned())
        }
    }
}

#[cfg(test)]
mod tests;
