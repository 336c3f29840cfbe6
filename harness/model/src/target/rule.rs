//! Rules from an answer of a host to an outcome: as written, and as meant.

use super::pattern::Pattern;
use super::written::{Status, Texts};
use crate::call::{CallOutcome, RejectStage};
use crate::reading::{Log, written};
use crate::source::{At, Complaint};
use crate::trap::TrapKind;

written! {
    /// A rule: where every condition holds, the answer means this outcome. The first rule that
    /// fits decides; an answer that none fits is a fault of the host or unknown, never `ok`.
    "a rule" RawRule {
        /// The status is one of these: `200`, or `5xx` for all of them.
        status: Vec<Status>,
        /// Header fields that are there with such a value; `*` stands for anything.
        header: Option<Texts>,
        /// Members of a JSON body, by JSON pointer (RFC 6901), that have such a value; `*` stands
        /// for anything.
        json: Option<Texts>,
        /// Whether the answer came after the deadline, by our clock.
        past_deadline: Option<bool>,
        /// The outcome, as in `ok`, `trap`, `trap(stack)`, `rejected(import)`.
        outcome: At<String>,
        /// With `ok`: JSON pointer to the output; the whole body if not written.
        output: Option<At<String>>,
        /// With `output`: `text`, `base64` or `hex`; `text` if not written.
        encoding: Option<At<String>>,
        /// JSON pointer to the text of a failure.
        text: Option<At<String>>,
        /// With `guest-error`: JSON pointer to the guest's own code.
        code: Option<At<String>>,
    }
}

/// One rule: every condition holds, then the outcome is this.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Ranges of the status, one of which it is in; empty for any.
    pub status: Vec<(u16, u16)>,
    /// Header fields of which one value fits.
    pub headers: Vec<(String, Pattern)>,
    /// Members of a JSON body, by pointer, that fit.
    pub json: Vec<(String, Pattern)>,
    /// Whether the answer came after the deadline, by our clock; none for either.
    pub past_deadline: Option<bool>,
    /// The outcome.
    pub gives: Gives,
    /// Where the output of `ok` stands, and the text of a failure.
    pub finds: Finds,
}

/// The meaning that a rule gives to an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gives {
    /// The guest answered.
    Ok,
    /// This outcome, without further parts.
    Just(CallOutcome),
    /// It reported an error.
    GuestError,
    /// It was refused before any of its code ran.
    Rejected(RejectStage),
    /// It asked for what it was not granted.
    Denied,
    /// The host failed.
    HostFault,
}

/// Where the parts of an outcome stand in a JSON body, by pointer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Finds {
    /// The output of `ok`; none for the body as it came.
    pub output: Option<String>,
    /// How it is written there.
    pub encoding: Encoding,
    /// The text of a failure.
    pub text: Option<String>,
    /// The guest's own code.
    pub code: Option<String>,
}

/// How bytes are written in a JSON text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Encoding {
    /// As they are, in UTF-8.
    #[default]
    Text,
    /// Base64 with padding.
    Base64,
    /// Hexadecimal.
    Hex,
}

/// How bytes may be written in JSON.
const ENCODINGS: [(&str, Encoding); 3] =
    [("text", Encoding::Text), ("base64", Encoding::Base64), ("hex", Encoding::Hex)];

/// The rule that is meant; none if a complaint was kept.
pub(super) fn meant(raw: At<RawRule>, log: &mut Log) -> Option<Rule> {
    let raw_span = raw.span;
    let raw = raw.value;
    let (headers, json) = (raw.header.unwrap_or_default(), raw.json.unwrap_or_default());
    let pointers = [&raw.output, &raw.text, &raw.code].into_iter().flatten();
    for pointer in pointers.chain(json.0.iter().map(|(pointer, _)| pointer)) {
        check_pointer(pointer, log);
    }
    headers.0.iter().for_each(|(name, _)| super::written::check_header(name, log));
    let conditions = raw.status.len() + headers.0.len() + json.0.len();
    if conditions == 0 && raw.past_deadline.is_none() {
        let problem = "a rule without a condition would match every answer";
        let help = "expected `status`, `header`, `json` or `past-deadline`";
        log.add(Complaint::new(raw_span, problem).help(help));
    }
    let gives = gives(&raw.outcome, log)?;
    check_finds(&gives, &raw.outcome, [&raw.output, &raw.encoding, &raw.code], log);
    let encoding =
        raw.encoding.as_ref().map_or(Some(Encoding::Text), |word| encoding(word, log))?;
    let value = |at: Option<At<String>>| at.map(|at| at.value);
    let finds =
        Finds { output: value(raw.output), encoding, text: value(raw.text), code: value(raw.code) };
    let (status, past_deadline) =
        (raw.status.into_iter().map(|status| status.0).collect(), raw.past_deadline);
    let (headers, json) = (headers.patterns(), json.patterns());
    Some(Rule { status, headers, json, past_deadline, gives, finds })
}

fn encoding(read: &At<String>, log: &mut Log) -> Option<Encoding> {
    let found = ENCODINGS.iter().find(|(word, _)| *word == read.value).map(|(_, meant)| *meant);
    if found.is_none() {
        log.unknown("encoding", read, &ENCODINGS.map(|(word, _)| word));
    }
    found
}

fn check_pointer(pointer: &At<String>, log: &mut Log) {
    if !pointer.value.is_empty() && !pointer.value.starts_with('/') {
        let problem = format!("`{}` is not a JSON pointer", pointer.value);
        let help = format!("expected as in `/{}`", pointer.value.replace('.', "/"));
        log.add(Complaint::new(pointer.span, problem).help(help));
    }
}

/// Complain about parts that the outcome cannot have, and about missing ones.
fn check_finds(
    gives: &Gives,
    outcome: &At<String>,
    [output, encoding, code]: [&Option<At<String>>; 3],
    log: &mut Log,
) {
    let mut needless = |part: &Option<At<String>>, key: &str, wanted: &str| {
        if let Some(part) = part {
            let problem = format!("`{key}` needs `{wanted}`");
            log.add(Complaint::new(part.span, problem));
        }
    };
    if *gives != Gives::Ok {
        needless(output, "output", "outcome: ok");
    }
    if output.is_none() {
        needless(encoding, "encoding", "output");
    }
    if *gives != Gives::GuestError {
        needless(code, "code", "outcome: guest-error");
    } else if code.is_none() {
        let problem = "a `guest-error` needs the guest's own error code";
        let help = "expected `code: /pointer/to/it`; without such a code, write `trap`";
        log.add(Complaint::new(outcome.span, problem).help(help));
    }
}

/// The outcome that a word names, as in `trap(stack)`.
fn gives(read: &At<String>, log: &mut Log) -> Option<Gives> {
    let (word, argument) = match read.value.split_once('(') {
        Some((word, rest)) => (word, rest.strip_suffix(')')),
        None => (&*read.value, None),
    };
    let part = |text: &str| At { value: text.to_owned(), span: read.span };
    let trap = |kind| Gives::Just(CallOutcome::Trap { kind });
    match (word, argument) {
        ("ok", None) => Some(Gives::Ok),
        ("trap", None) => Some(trap(TrapKind::Untold)),
        ("trap", Some(kind)) => named(kind).map(trap).or_else(|| {
            log.unknown("kind of trap", &part(kind), TrapKind::WORDS);
            None
        }),
        ("rejected", stage) => {
            named(stage.unwrap_or_default()).map(Gives::Rejected).or_else(|| {
                log.unknown("stage", &part(stage.unwrap_or_default()), RejectStage::WORDS);
                None
            })
        }
        ("deadline", None) => Some(Gives::Just(CallOutcome::Deadline)),
        ("memory-cap", None) => Some(Gives::Just(CallOutcome::MemoryCap)),
        ("fuel", None) => Some(Gives::Just(CallOutcome::Fuel)),
        ("guest-error", None) => Some(Gives::GuestError),
        ("denied", None) => Some(Gives::Denied),
        ("busy", None) => Some(Gives::Just(CallOutcome::Busy)),
        ("host-fault", None) => Some(Gives::HostFault),
        _ => {
            log.unknown("outcome", read, CallOutcome::WORDS);
            None
        }
    }
}

/// A kind or a stage by its word.
fn named<T: serde::de::DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(word.into()).ok()
}
