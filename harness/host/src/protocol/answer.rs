//! The answers of an adapter.

use serde::{Deserialize, Serialize};
use wasm_gauntlet_model::call::{Called, LogLine};

use super::{LOG_LINES_MAX, Parts, Unreadable};

/// Longest word kept of the mechanism that stopped a guest; ours have ten letters.
const MECHANISM_CHARS_MAX: usize = 40;

/// One line from an adapter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyLine {
    /// The id of the request.
    pub id: u64,
    /// What is answered.
    #[serde(flatten)]
    pub reply: Reply,
}

/// The possible answers. Unknown members are ignored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum Reply {
    /// To `hello`.
    Hello(Hello),
    /// To `load`: calls may come.
    Loaded,
    /// To `load`: the module cannot run here.
    Rejected {
        /// Where it was refused, a word of `RejectStage`.
        stage: String,
        /// Why, for a person.
        reason: String,
    },
    /// To `call`.
    Called(WrittenCall),
    /// To `stats`.
    Stats(Stats),
    /// To `unload`.
    Unloaded,
    /// To `bye`.
    Bye,
    /// To an invalid request: an unknown module, or a line that is no request (then the id is 0).
    Refused {
        /// Why.
        reason: String,
    },
}

/// Who answers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The version of this protocol that is spoken.
    pub protocol: u32,
    /// As in `wazero`.
    pub name: String,
    /// As in `1.12.0`.
    #[serde(default)]
    pub version: String,
    /// As in `compiler`.
    #[serde(default)]
    pub engine: String,
    /// Words of [`super::feature`]; others are ignored.
    #[serde(default)]
    pub features: Vec<String>,
}

/// What an adapter holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Stats {
    /// Modules loaded and not unloaded.
    pub modules: u64,
    /// Calls answered.
    pub calls: u64,
    /// Calls running or queued.
    pub in_flight: u64,
}

/// One call as written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WrittenCall {
    #[serde(flatten)]
    parts: Parts,
    log: Vec<LogLine>,
    log_lines_dropped: u64,
    digest: String,
    host_wall_us: u64,
    fuel_used: Option<u64>,
    growths_denied: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped_by: Option<String>,
}

impl From<&Called> for WrittenCall {
    fn from(called: &Called) -> Self {
        Self {
            parts: Parts::from(&called.outcome),
            log: called.log.clone(),
            log_lines_dropped: called.log_lines_dropped,
            digest: called.digest.clone(),
            host_wall_us: called.host_wall_us,
            fuel_used: called.fuel_used,
            growths_denied: called.growths_denied,
            stopped_by: called.stopped_by.clone(),
        }
    }
}

impl WrittenCall {
    /// The call as meant. Log lines above the bound are dropped and counted.
    ///
    /// # Errors
    /// When the outcome is none.
    pub fn check(mut self) -> Result<Called, Unreadable> {
        let dropped = self.log.len().saturating_sub(LOG_LINES_MAX) as u64;
        self.log.truncate(LOG_LINES_MAX);
        Ok(Called {
            outcome: self.parts.check()?,
            log: self.log,
            log_lines_dropped: self.log_lines_dropped.saturating_add(dropped),
            digest: self.digest,
            host_wall_us: self.host_wall_us,
            fuel_used: self.fuel_used,
            growths_denied: self.growths_denied,
            stopped_by: self
                .stopped_by
                .map(|word| word.chars().take(MECHANISM_CHARS_MAX).collect()),
        })
    }
}

#[cfg(test)]
mod tests {
    use wasm_gauntlet_model::call::CallOutcome;

    use super::*;

    #[test]
    fn the_smallest_honest_answer_of_a_call_is_read() {
        let line = r#"{"id":3,"answer":"called","outcome":"deadline","unheard-of":1}"#;
        let answer: ReplyLine = serde_json::from_str(line).expect("it is an answer");
        let Reply::Called(call) = answer.reply else { panic!("{answer:?}") };
        assert_eq!(call.check().expect("it is an outcome").outcome, CallOutcome::Deadline);
    }

    #[test]
    fn what_is_no_answer_is_an_error_and_no_panic() {
        for line in [
            "",
            "{",
            "[]",
            "null",
            r#"{"id":-1,"answer":"bye"}"#,
            r#"{"answer":"bye"}"#,
            r#"{"id":1}"#,
            r#"{"id":1,"answer":"dance"}"#,
            r#"{"id":1,"answer":"hello"}"#,
            r#"{"id":1,"answer":"called","outcome":"ok","output":"*"}"#,
        ] {
            assert!(serde_json::from_str::<ReplyLine>(line).is_err(), "{line}");
        }
    }

    #[test]
    fn a_log_past_the_bound_is_cut_and_counted() {
        let line = LogLine { tenant: "t".to_owned(), text: String::new() };
        let call = WrittenCall {
            parts: Parts { outcome: "busy".to_owned(), ..Parts::default() },
            log: vec![line; LOG_LINES_MAX + 5],
            log_lines_dropped: 2,
            ..WrittenCall::default()
        };
        let called = call.check().expect("busy needs nothing");
        assert_eq!((called.log.len(), called.log_lines_dropped), (LOG_LINES_MAX, 7));
    }
}
