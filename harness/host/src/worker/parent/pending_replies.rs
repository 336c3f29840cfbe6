//! Requests that wait for answers. Every written request is answered: by the adapter, or by its
//! loss.

use std::collections::HashMap;
use std::io::{BufReader, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, MutexGuard};
use std::time::Instant;

use crate::process::locked::Locked;
use crate::protocol::{ANSWER_LINE_BYTES_MAX, LineRead, Reply, ReplyLine, read_line};

/// Unexpected answers before the adapter counts as broken. Late answers to requests that we gave up
/// are honest; thousands are a flood.
const UNASKED_MAX: u32 = 1000;

/// How much of a line that is no answer is shown.
const EXCERPT_BYTES_MAX: usize = 200;

/// The adapter has ended, with the requests in flight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// How, in words.
    pub detail: String,
    /// The signal that ended it, unless that was ours.
    pub signal: Option<String>,
}

/// The reply to one request, and when it was read.
pub(crate) struct Delivery {
    /// The reply, or why there is none.
    pub reply: Result<Reply, Gone>,
    /// The time of reading.
    pub at: Instant,
}

/// The requests in flight.
#[derive(Default)]
pub(crate) struct PendingReplies {
    state: Mutex<PendingState>,
}

#[derive(Default)]
struct PendingState {
    waiting: HashMap<u64, SyncSender<Delivery>>,
    gone: Option<Gone>,
    unasked: u32,
}

impl PendingReplies {
    fn state(&self) -> MutexGuard<'_, PendingState> {
        self.state.locked()
    }

    /// Announce a request.
    pub(crate) fn expect(&self, id: u64) -> Result<Receiver<Delivery>, Gone> {
        let mut state = self.state();
        if let Some(gone) = &state.gone {
            return Err(gone.clone());
        }
        let (to, from) = sync_channel(1);
        state.waiting.insert(id, to);
        Ok(from)
    }

    /// How the adapter went, if it has gone.
    pub(crate) fn gone(&self) -> Option<Gone> {
        self.state().gone.clone()
    }

    /// How many answers came that nobody asked for.
    pub(crate) fn unasked(&self) -> u32 {
        self.state().unasked
    }

    /// Answer all waiting and later requests with the loss.
    pub(crate) fn lose(&self, gone: Gone) {
        let mut state = self.state();
        for (_, to) in state.waiting.drain() {
            let _ = to.send(Delivery { reply: Err(gone.clone()), at: Instant::now() });
        }
        state.gone.get_or_insert(gone);
    }

    /// Read answers until the stream ends or is invalid. Returns how it was invalid.
    pub(crate) fn read(&self, from: impl Read) -> Option<String> {
        let mut from = BufReader::new(from);
        let mut line = Vec::new();
        loop {
            match read_line(&mut from, ANSWER_LINE_BYTES_MAX, &mut line) {
                Ok(LineRead::Whole) => {
                    if let Err(complaint) = self.deliver(&line) {
                        return Some(complaint);
                    }
                }
                Ok(LineRead::TooLong) => return Some("a line is longer than 8 MiB".to_owned()),
                Ok(LineRead::End) | Err(_) => return None,
            }
        }
    }

    fn deliver(&self, line: &[u8]) -> Result<(), String> {
        let at = Instant::now();
        let answer: ReplyLine = serde_json::from_slice(line)
            .map_err(|_| format!("not an answer: {}", excerpt(line)))?;
        let mut state = self.state();
        if let Some(to) = state.waiting.remove(&answer.id) {
            let _ = to.send(Delivery { reply: Ok(answer.reply), at });
            return Ok(());
        }
        state.unasked += 1;
        if state.unasked > UNASKED_MAX {
            Err("answers that match no request".into())
        } else {
            Ok(())
        }
    }
}

/// The beginning of a hostile line, its control characters escaped.
fn excerpt(line: &[u8]) -> String {
    let shown = &line[..line.len().min(EXCERPT_BYTES_MAX)];
    shown.escape_ascii().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_in_any_order_and_the_rest_is_lost_together() {
        let post = PendingReplies::default();
        let waiting: Vec<_> = (1..=3).map(|id| post.expect(id).expect("it lives")).collect();
        let lines = concat!(r#"{"id":2,"answer":"bye"}"#, "\n", r#"{"id":9,"answer":"bye"}"#, "\n");
        assert_eq!(post.read(lines.as_bytes()), None);
        post.lose(Gone { detail: "it went".to_owned(), signal: None });
        let heard: Vec<_> = waiting
            .iter()
            .map(|from| from.recv().expect("all are answered").reply.is_ok())
            .collect();
        assert_eq!(heard, [false, true, false]);
        assert!(post.expect(4).is_err());
    }

    #[test]
    fn garbage_a_flood_and_an_endless_line_are_named() {
        let post = PendingReplies::default();
        let garbage = post.read(&b"panic: \x1b[31mred\nmore"[..]);
        assert_eq!(garbage.as_deref(), Some(r"not an answer: panic: \x1b[31mred"));
        let flood = "{\"id\":7,\"answer\":\"bye\"}\n".repeat(2000);
        assert!(post.read(flood.as_bytes()).is_some_and(|how| how.contains("match no request")));
        let endless = post.read(std::io::repeat(b'a'));
        assert!(endless.is_some_and(|how| how.contains("8 MiB")));
    }
}
