//! From an answer, or its absence, to a call with an outcome. Total: whatever an adapter says or
//! omits gives an outcome.

use std::time::Duration;

use wasm_gauntlet_model::call::Called;

use crate::protocol::{Parts, Reply, Unreadable};
use crate::worker::parent::answers::{NoResponse, Response};
use crate::worker::parent::work::{Lost, Timed};

/// The result of a call, or of a load that did not end in `loaded`.
pub fn timed(response: Result<Response, NoResponse>) -> Timed {
    match response {
        Ok(Response { reply: Reply::Called(call), wall }) => or_broken(call.check(), wall),
        Ok(Response { reply: Reply::Refused { reason }, wall }) => {
            let reason: String = reason.chars().take(REASON_CHARS_MAX).collect();
            broken(format!("the adapter refused: {reason}"), wall)
        }
        Ok(Response { wall, .. }) => {
            broken("the adapter sent the wrong kind of answer".to_owned(), wall)
        }
        Err(NoResponse { gone, hung, wall }) => {
            let how = if hung { Lost::Hung } else { Lost::Died };
            Timed::lost(how, gone.detail, gone.signal, wall)
        }
    }
}

/// How much of a refusal is shown.
const REASON_CHARS_MAX: usize = 300;

/// An outcome as parts, checked.
pub fn checked(parts: Parts, wall: Duration) -> Timed {
    or_broken(parts.check().map(Called::bare), wall)
}

fn or_broken(called: Result<Called, Unreadable>, wall: Duration) -> Timed {
    match called {
        Ok(called) => Timed { called, wall, lost: None },
        Err(unreadable) => broken(unreadable.to_string(), wall),
    }
}

/// An invalid answer: the host is wrong, and still there.
fn broken(detail: String, wall: Duration) -> Timed {
    Timed { lost: None, ..Timed::lost(Lost::Died, detail, None, wall) }
}
