//! Log lines of guests, kept for a while under the id of the call, for the caller's tenant alone.

use std::collections::VecDeque;
use std::sync::Mutex;

use wasm_gauntlet_model::call::LogLine;

use crate::locks::unpoisoned;

/// Most calls whose log is kept, and most bytes of their logs. The oldest go first.
const CALLS_MAX: usize = 256;
const BYTES_MAX: usize = 16 << 20;

/// The logs of recent calls.
#[derive(Default)]
pub(crate) struct CallJournal {
    state: Mutex<CallLogs>,
}

#[derive(Default)]
struct CallLogs {
    calls: VecDeque<CallLog>,
    bytes: usize,
    last: u64,
}

struct CallLog {
    id: u64,
    tenant: String,
    lines: Vec<LogLine>,
    bytes: usize,
}

impl CallJournal {
    /// Keep the lines of a call of `tenant`. Returns the id of the call.
    pub(crate) fn keep(&self, tenant: &str, lines: Vec<LogLine>) -> u64 {
        let mut state = unpoisoned(self.state.lock());
        state.last += 1;
        let id = state.last;
        let bytes = lines.iter().map(|line| line.text.len() + line.tenant.len()).sum();
        state.bytes += bytes;
        state.calls.push_back(CallLog { id, tenant: tenant.to_owned(), lines, bytes });
        while state.calls.len() > CALLS_MAX || state.bytes > BYTES_MAX {
            let Some(oldest) = state.calls.pop_front() else { break };
            state.bytes -= oldest.bytes;
        }
        id
    }

    /// The lines of a call, if it was a call of `tenant` and is still kept.
    pub(crate) fn find(&self, id: u64, tenant: &str) -> Option<Vec<LogLine>> {
        let state = unpoisoned(self.state.lock());
        let entry = state.calls.iter().find(|entry| entry.id == id && entry.tenant == tenant)?;
        Some(entry.lines.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_its_tenants_and_goes_when_it_is_old() {
        let journal = CallJournal::default();
        let line = LogLine { tenant: "a".to_owned(), text: "x".to_owned() };
        let first = journal.keep("a", vec![line.clone()]);
        assert_eq!(journal.find(first, "a"), Some(vec![line.clone()]));
        assert_eq!(journal.find(first, "b"), None, "another tenant's");
        for _ in 0..CALLS_MAX {
            journal.keep("a", vec![line.clone()]);
        }
        assert_eq!(journal.find(first, "a"), None, "too old");
        let long = LogLine { tenant: "a".to_owned(), text: "x".repeat(BYTES_MAX - 1) };
        let long = journal.keep("a", vec![long]);
        assert!(journal.find(long, "a").is_some() && journal.find(long - 1, "a").is_none());
    }
}
