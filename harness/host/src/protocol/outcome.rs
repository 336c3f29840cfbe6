//! An outcome as written: one word and its members. The same members make the problem details of
//! the host contract over HTTP.

use serde::{Deserialize, Serialize};
use wasm_gauntlet_model::call::{ABI_ERROR_CODE, CallOutcome, RejectStage, Rejection};
use wasm_gauntlet_model::limits::ERROR_TEXT_BYTES_MAX;
use wasm_gauntlet_model::trap::TrapKind;

use super::base64_bytes;

/// Why an answer could not be read as an outcome.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The word is none of the vocabulary.
    #[error("`{0}` is not an outcome")]
    Word(String),
    /// A member that the word needs is missing.
    #[error("outcome `{word}` came without `{member}`")]
    Missing {
        /// The outcome.
        word: &'static str,
        /// The member.
        member: &'static str,
    },
    /// The stage of a rejection is none of the vocabulary.
    #[error("`{0}` is not a stage of a rejection")]
    Stage(String),
}

/// An outcome, not yet checked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Parts {
    /// The word.
    pub outcome: String,
    /// The output of `ok`.
    #[serde(with = "base64_bytes::option", skip_serializing_if = "Option::is_none")]
    pub output: Option<Vec<u8>>,
    /// The kind of a `trap`; a kind that we do not know is `other`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trap: Option<String>,
    /// The stage of `rejected`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// The code of `guest-error`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<i32>,
    /// The capability of `denied`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capability: Option<String>,
    /// The text of `guest-error`, the reason of `rejected`, what was seen of `host-fault`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The signal of `host-fault`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signal: Option<String>,
}

impl From<&CallOutcome> for Parts {
    fn from(outcome: &CallOutcome) -> Self {
        let mut parts = Self { outcome: outcome.word().to_owned(), ..Self::default() };
        match outcome {
            CallOutcome::Ok { output } => parts.output = Some(output.clone()),
            CallOutcome::Trap { kind } => parts.trap = Some(kind.word().to_owned()),
            CallOutcome::GuestError { code, text } => {
                parts.code = Some(*code);
                parts.detail = Some(text.clone());
            }
            CallOutcome::Rejected(rejection) => {
                parts.stage = Some(rejection.stage.word().to_owned());
                parts.detail = Some(rejection.reason.clone());
            }
            CallOutcome::Denied { capability } => parts.capability = Some(capability.clone()),
            CallOutcome::HostFault { detail, signal } => {
                parts.detail = Some(detail.clone());
                parts.signal = signal.clone();
            }
            CallOutcome::Deadline
            | CallOutcome::MemoryCap
            | CallOutcome::Fuel
            | CallOutcome::Busy => {}
        }
        parts
    }
}

impl Parts {
    /// Check the parts; texts are cut to their bound.
    ///
    /// # Errors
    /// When the word is unknown, or lacks what it needs.
    pub fn check(self) -> Result<CallOutcome, Unreadable> {
        let detail = cut(self.detail.unwrap_or_default());
        Ok(match self.outcome.as_str() {
            "ok" => CallOutcome::Ok { output: needed(self.output, "ok", "output")? },
            "trap" => CallOutcome::Trap { kind: trap_kind(&needed(self.trap, "trap", "trap")?) },
            "deadline" => CallOutcome::Deadline,
            "memory-cap" => CallOutcome::MemoryCap,
            "fuel" => CallOutcome::Fuel,
            "guest-error" => {
                CallOutcome::GuestError { code: self.code.unwrap_or(ABI_ERROR_CODE), text: detail }
            }
            "rejected" => CallOutcome::Rejected(Rejection {
                stage: stage(&needed(self.stage, "rejected", "stage")?)?,
                reason: detail,
            }),
            "denied" => CallOutcome::Denied {
                capability: cut(needed(self.capability, "denied", "capability")?),
            },
            "busy" => CallOutcome::Busy,
            "host-fault" => CallOutcome::HostFault { detail, signal: self.signal.map(cut) },
            other => return Err(Unreadable::Word(cut(other.to_owned()))),
        })
    }
}

fn needed<T>(part: Option<T>, word: &'static str, member: &'static str) -> Result<T, Unreadable> {
    part.ok_or(Unreadable::Missing { word, member })
}

/// The text, cut between characters to at most `ERROR_TEXT_BYTES_MAX` bytes.
fn cut(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(ERROR_TEXT_BYTES_MAX));
    text
}

/// The words are those of serde, so that a new kind needs no line here.
fn trap_kind(word: &str) -> TrapKind {
    serde_json::from_value(word.into()).unwrap_or(TrapKind::Other)
}

fn stage(word: &str) -> Result<RejectStage, Unreadable> {
    serde_json::from_value(word.into()).map_err(|_| Unreadable::Stage(cut(word.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_outcome() -> Vec<CallOutcome> {
        let text = || "quote \" and \u{1b}[31m".to_owned();
        vec![
            CallOutcome::Ok { output: vec![0, 255, 10] },
            CallOutcome::Ok { output: vec![] },
            CallOutcome::Trap { kind: TrapKind::SignatureMismatch },
            CallOutcome::Deadline,
            CallOutcome::MemoryCap,
            CallOutcome::Fuel,
            CallOutcome::GuestError { code: -7, text: text() },
            CallOutcome::Rejected(Rejection { stage: RejectStage::StaticLimit, reason: text() }),
            CallOutcome::Denied { capability: "fd_read".to_owned() },
            CallOutcome::Busy,
            CallOutcome::HostFault { detail: text(), signal: Some("SIGABRT".to_owned()) },
        ]
    }

    #[test]
    fn every_outcome_survives_being_written_and_read() {
        for outcome in every_outcome() {
            let line = serde_json::to_string(&Parts::from(&outcome)).expect("it is plain data");
            let parts: Parts = serde_json::from_str(&line).expect("we wrote it");
            assert_eq!(parts.check(), Ok(outcome), "{line}");
        }
    }

    #[test]
    fn a_word_without_what_it_needs_is_unreadable() {
        for word in ["ok", "trap", "rejected", "denied", "fine", ""] {
            let parts = Parts { outcome: word.to_owned(), ..Parts::default() };
            assert!(parts.check().is_err(), "{word}");
        }
        let odd = Parts {
            outcome: "rejected".to_owned(),
            stage: Some("mood".to_owned()),
            ..Parts::default()
        };
        assert_eq!(odd.check(), Err(Unreadable::Stage("mood".to_owned())));
    }

    #[test]
    fn a_trap_of_a_kind_unknown_to_us_is_a_trap_all_the_same() {
        let parts = Parts {
            outcome: "trap".to_owned(),
            trap: Some("gremlin".to_owned()),
            ..Parts::default()
        };
        assert_eq!(parts.check(), Ok(CallOutcome::Trap { kind: TrapKind::Other }));
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let parts = Parts {
            outcome: "guest-error".to_owned(),
            detail: Some("ü".repeat(ERROR_TEXT_BYTES_MAX)),
            ..Parts::default()
        };
        let Ok(CallOutcome::GuestError { text, .. }) = parts.check() else { panic!("readable") };
        assert_eq!(text.len(), ERROR_TEXT_BYTES_MAX);
    }
}
