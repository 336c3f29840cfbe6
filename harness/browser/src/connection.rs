//! Commands to the browser, their replies, and its events in the order in which they came.
//!
//! One thread reads the pipe and never waits, so no event is lost and none overtakes another.
//! Whoever waits for a reply may let events pile up: their bytes are bounded, and past the bound
//! the connection is broken and says so.

use std::collections::HashMap;
use std::io::{BufReader, Read};
use std::process::{ChildStderr, ChildStdin, ChildStdout};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::pipe;
use crate::protocol::{Command, Event, SessionId};

/// Most bytes of events that nobody has taken. A page that loads 50 MB in 2,000 requests makes
/// 6 MB.
const PENDING_BYTES_MAX: usize = 512 << 20;

/// Most bytes of the browser's own log that are kept: its first lines say why it does not start.
const LOG_BYTES_MAX: u64 = 16 << 10;

/// Why a command has no reply.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The browser refused the command.
    #[error("the browser refused {method}: {message}")]
    Refused {
        /// The command.
        method: &'static str,
        /// Its words.
        message: String,
    },
    /// No reply came in time.
    #[error("the browser did not answer {method} in {} ms", within.as_millis())]
    Late {
        /// The command.
        method: &'static str,
        /// The time that it had.
        within: Duration,
    },
    /// The browser is gone, or sent what is no message.
    #[error("the connection to the browser broke: {0}")]
    Broken(String),
}

/// The sending side.
pub struct Connection {
    shared: Arc<Shared>,
    next: AtomicU64,
}

/// The events of all sessions.
pub struct Events {
    from: Receiver<(Event, usize)>,
    shared: Arc<Shared>,
}

struct Shared {
    to: Mutex<ChildStdin>,
    state: Mutex<State>,
    pending_bytes: AtomicUsize,
    log: Mutex<Vec<u8>>,
}

#[derive(Default)]
struct State {
    waiting: HashMap<u64, SyncSender<Result<Value, String>>>,
    broken: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a, C> {
    id: u64,
    method: &'static str,
    params: &'a C,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<&'a SessionId>,
}

/// A reply or an event, as written.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Incoming {
    id: Option<u64>,
    method: Option<String>,
    #[serde(default)]
    params: Value,
    #[serde(default)]
    result: Value,
    error: Option<Refusal>,
    session_id: Option<SessionId>,
}

#[derive(Deserialize)]
struct Refusal {
    #[serde(default)]
    message: String,
}

/// A reply that is not here yet.
pub struct Pending<C: Command> {
    reply: Receiver<Result<Value, String>>,
    shared: Arc<Shared>,
    command: std::marker::PhantomData<C>,
}

fn unpoisoned<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Connection {
    /// Over the pipes of a browser; `log` is its standard error.
    pub(crate) fn over(to: ChildStdin, from: ChildStdout, log: ChildStderr) -> (Self, Events) {
        let shared = Arc::new(Shared {
            to: Mutex::new(to),
            state: Mutex::default(),
            pending_bytes: AtomicUsize::new(0),
            log: Mutex::default(),
        });
        let (events, taken) = channel();
        let reader = Arc::clone(&shared);
        std::thread::spawn(move || reader.break_off(&read_all(from, &reader, &events)));
        let keeper = Arc::clone(&shared);
        std::thread::spawn(move || keep_log(log, &keeper));
        let connection = Self { shared: Arc::clone(&shared), next: AtomicU64::new(1) };
        (connection, Events { from: taken, shared })
    }

    /// Send a command. Commands of one session are carried out in the order of sending.
    ///
    /// # Errors
    /// When the connection is broken.
    pub fn send<C: Command>(
        &self,
        session: Option<&SessionId>,
        command: &C,
    ) -> Result<Pending<C>, CallError> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let request = Envelope { id, method: C::METHOD, params: command, session_id: session };
        let text = serde_json::to_vec(&request).map_err(|error| broken(&error.to_string()))?;
        let (reply, taken) = sync_channel(1);
        self.shared.wait_for(id, reply)?;
        let written = pipe::write(&mut *unpoisoned(&self.shared.to), &text);
        written.map_err(|error| self.shared.broken(&error.to_string()))?;
        let shared = Arc::clone(&self.shared);
        Ok(Pending { reply: taken, shared, command: std::marker::PhantomData })
    }

    /// Send a command and wait for its reply.
    ///
    /// # Errors
    /// When it is refused, late, or the connection is broken.
    pub fn call<C: Command>(
        &self,
        session: Option<&SessionId>,
        command: &C,
        within: Duration,
    ) -> Result<C::Reply, CallError> {
        self.send(session, command)?.within(within)
    }
}

impl<C: Command> Pending<C> {
    /// The reply, if it comes in this time. The wait may be repeated.
    ///
    /// # Errors
    /// When the command is refused, or the connection is broken.
    pub fn poll(&self, wait: Duration) -> Result<Option<C::Reply>, CallError> {
        match self.reply.recv_timeout(wait) {
            Ok(reply) => read_reply::<C>(reply).map(Some),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(self.shared.broken("it ended")),
        }
    }

    /// Wait for the reply.
    ///
    /// # Errors
    /// When the command is refused, the reply is late, or the connection is broken.
    pub fn within(self, within: Duration) -> Result<C::Reply, CallError> {
        let method = C::METHOD;
        let reply = self.reply.recv_timeout(within).map_err(|error| match error {
            RecvTimeoutError::Timeout => CallError::Late { method, within },
            RecvTimeoutError::Disconnected => self.shared.broken("it ended"),
        })?;
        read_reply::<C>(reply)
    }
}

fn read_reply<C: Command>(reply: Result<Value, String>) -> Result<C::Reply, CallError> {
    let method = C::METHOD;
    let value = reply.map_err(|message| CallError::Refused { method, message })?;
    serde_json::from_value(value)
        .map_err(|error| broken(&format!("the reply to {method} is not understood: {error}")))
}

impl Events {
    /// The next event, or none if none comes until then.
    ///
    /// # Errors
    /// When the connection is broken, after all events that came before.
    pub fn next(&self, until: Instant) -> Result<Option<Event>, CallError> {
        let left = until.saturating_duration_since(Instant::now());
        match self.from.recv_timeout(left) {
            Ok((event, bytes)) => {
                self.shared.pending_bytes.fetch_sub(bytes, Ordering::Relaxed);
                Ok(Some(event))
            }
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(self.shared.broken("it ended")),
        }
    }
}

impl Shared {
    fn wait_for(&self, id: u64, reply: SyncSender<Result<Value, String>>) -> Result<(), CallError> {
        let mut state = unpoisoned(&self.state);
        if let Some(why) = &state.broken {
            return Err(broken(why));
        }
        state.waiting.insert(id, reply);
        Ok(())
    }

    /// Nothing more comes: whoever waits learns it, as its sender is dropped.
    fn break_off(&self, why: &str) {
        let mut state = unpoisoned(&self.state);
        state.broken.get_or_insert_with(|| why.to_owned());
        state.waiting.clear();
    }

    /// Why the connection is broken, with what the browser said.
    fn broken(&self, otherwise: &str) -> CallError {
        let why = unpoisoned(&self.state).broken.clone();
        let log = String::from_utf8_lossy(&unpoisoned(&self.log)).trim().to_owned();
        let why = why.unwrap_or_else(|| otherwise.to_owned());
        broken(&if log.is_empty() { why } else { format!("{why}; the browser said: {log}") })
    }
}

fn broken(why: &str) -> CallError {
    CallError::Broken(why.to_owned())
}

/// Read until the end; why it ended.
fn read_all(from: ChildStdout, shared: &Shared, events: &Sender<(Event, usize)>) -> String {
    let mut from = BufReader::with_capacity(1 << 16, from);
    loop {
        let text = match pipe::read(&mut from) {
            Ok(Some(text)) => text,
            Ok(None) => return "the browser ended".to_owned(),
            Err(error) => return error.to_string(),
        };
        let message: Incoming = match serde_json::from_slice(&text) {
            Ok(message) => message,
            Err(error) => return format!("a message is not understood: {error}"),
        };
        match (message.id, message.method) {
            (Some(id), _) => {
                let waiting = unpoisoned(&shared.state).waiting.remove(&id);
                let reply = message.error.map_or(Ok(message.result), |no| Err(no.message));
                // Whoever sent it may not want to know.
                let _ = waiting.map(|waiting| waiting.send(reply));
            }
            (None, Some(method)) => {
                let pending = shared.pending_bytes.fetch_add(text.len(), Ordering::Relaxed);
                if pending > PENDING_BYTES_MAX {
                    return "more than 512 MiB of events wait to be read".to_owned();
                }
                let event = match Event::read(message.session_id, &method, message.params) {
                    Ok(event) => event,
                    Err(error) => return format!("the event {method} is not understood: {error}"),
                };
                if events.send((event, text.len())).is_err() {
                    return "nobody reads its events".to_owned();
                }
            }
            (None, None) => {}
        }
    }
}

fn keep_log(log: ChildStderr, shared: &Shared) {
    let mut log = log;
    let mut piece = [0; 4096];
    while let Ok(length @ 1..) = log.read(&mut piece) {
        let mut kept = unpoisoned(&shared.log);
        let room = (LOG_BYTES_MAX as usize).saturating_sub(kept.len());
        kept.extend_from_slice(&piece[..length.min(room)]);
    }
}
