//! An exchange with an adapter line by line. It can send what the protocol forbids, and see what
//! the adapter should not say.

use std::io::{BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use rustix::process::Pid;
use serde_json::{Value, json};
use wasm_gauntlet_host::process::launch::{Launch, Started};
use wasm_gauntlet_host::process::life::{Life, Why};
use wasm_gauntlet_host::process::scratch::Scratch;
use wasm_gauntlet_host::process::strays::Traces;
use wasm_gauntlet_host::protocol::{
    ANSWER_LINE_BYTES_MAX, Ask, Hello, LineRead, Reply, ReplyLine, RequestLine, VERSION, read_line,
};
use wasm_gauntlet_host::worker::parent::work::GuestModule;
use wasm_gauntlet_model::limits::{Grants, Limits};

use crate::subject::plugin_host::actions::module::catalogue;

/// Timeout of an answer that needs no work. A machine of two cores that starts many processes is
/// slow.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Timeout of a load, as long as a run waits.
const LOAD_PATIENCE: Duration = Duration::from_secs(30);

/// Lines that wait to be read. An adapter that floods is read no faster than it is checked.
const UNREAD_MAX: usize = 16;

/// How much of a line is shown.
const SHOWN_BYTES_MAX: usize = 120;

/// What went wrong, for the author of the adapter.
pub(crate) type Wrong = String;

/// A running adapter; it ends with this value.
pub(crate) struct Talk {
    life: Life,
    child: Child,
    stdin: Option<Stdin>,
    lines: Receiver<Vec<u8>>,
    next_id: u64,
    #[expect(dead_code, reason = "the folder is removed with it")]
    scratch: Scratch,
    traces: Traces,
}

/// The adapter's stdin, behind a thread that writes: a pipe that nobody reads blocks its writer.
struct Stdin {
    lines: SyncSender<Vec<u8>>,
    /// Whether each was taken.
    taken: Receiver<bool>,
}

impl Stdin {
    fn of(mut pipe: ChildStdin) -> Self {
        let (lines, to_write) = sync_channel::<Vec<u8>>(0);
        let (took, taken) = sync_channel(1);
        std::thread::spawn(move || {
            for line in to_write {
                let written = pipe.write_all(&line).and_then(|()| pipe.flush());
                if took.send(written.is_ok()).is_err() {
                    return;
                }
            }
        });
        Self { lines, taken }
    }

    fn write(&self, line: Vec<u8>) -> Result<(), Wrong> {
        let closed = || "it closed its stdin".to_owned();
        self.lines.send(line).map_err(|_| closed())?;
        match self.taken.recv_timeout(PATIENCE) {
            Ok(true) => Ok(()),
            Err(RecvTimeoutError::Timeout) => {
                Err(format!("did not read its stdin within {} s", PATIENCE.as_secs()))
            }
            _ => Err(closed()),
        }
    }
}

impl Talk {
    /// Start the adapter without sending anything.
    pub(crate) fn begin(launch: &Launch) -> Result<Self, Wrong> {
        let cannot = |error: &dyn std::fmt::Display| {
            format!("{} cannot be started: {error}", launch.program.display())
        };
        let Started { mut child, scratch, traces } =
            launch.start().map_err(|error| cannot(&error))?;
        let pid = Pid::from_child(&child);
        let life = Life::new(pid);
        launch.confinement.apply_to(pid).map_err(|error| cannot(&error))?;
        let (to, lines) = sync_channel(UNREAD_MAX);
        let (stdin, stdout, stderr) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        std::thread::spawn(move || stdout.map(|stdout| read(stdout, &to)));
        // Read, so that the adapter never blocks on it. The text is ignored.
        std::thread::spawn(move || {
            stderr.map(|mut stderr| std::io::copy(&mut stderr, &mut std::io::sink()))
        });
        let stdin = stdin.map(Stdin::of);
        Ok(Self { life, child, stdin, lines, next_id: 1, scratch, traces })
    }

    /// Start the adapter and read its hello.
    pub(crate) fn greeted(launch: &Launch) -> Result<(Self, Hello), Wrong> {
        let mut talk = Self::begin(launch)?;
        match talk.ask(Ask::Hello { protocol: VERSION }, PATIENCE)? {
            Reply::Hello(hello) => Ok((talk, hello)),
            other => Err(format!("answered hello with {}", shown(&json!(other)))),
        }
    }

    /// Write a line as it is.
    pub(crate) fn write(&mut self, line: &str) -> Result<(), Wrong> {
        let stdin = self.stdin.as_ref().ok_or("its stdin was closed")?;
        let written = stdin.write(format!("{line}\n").into_bytes());
        if written.is_err() {
            // An adapter that did not read in time gets no further line.
            self.stdin = None;
        }
        written
    }

    /// The next answer.
    pub(crate) fn hear(&mut self, patience: Duration) -> Result<ReplyLine, Wrong> {
        match self.lines.recv_timeout(patience) {
            Ok(line) => serde_json::from_slice(&line).map_err(|error| {
                let line = &line[..line.len().min(SHOWN_BYTES_MAX)];
                format!("wrote a line that is not an answer ({error}): {}", line.escape_ascii())
            }),
            Err(RecvTimeoutError::Timeout) => {
                Err(format!("did not answer within {} s", patience.as_secs()))
            }
            Err(RecvTimeoutError::Disconnected) => Err("ended, or closed its stdout".to_owned()),
        }
    }

    /// Write a request. Returns its id.
    pub(crate) fn send(&mut self, ask: Ask) -> Result<u64, Wrong> {
        let id = self.next_id;
        self.next_id += 1;
        let line = serde_json::to_string(&RequestLine { id, ask }).map_err(|e| e.to_string())?;
        self.write(&line)?;
        Ok(id)
    }

    /// Send a request, and read its answer.
    pub(crate) fn ask(&mut self, ask: Ask, patience: Duration) -> Result<Reply, Wrong> {
        let id = self.send(ask)?;
        self.hear_to(id, patience)
    }

    /// The next answer, which must be to request `id`.
    pub(crate) fn hear_to(&mut self, id: u64, patience: Duration) -> Result<Reply, Wrong> {
        let answer = self.hear(patience)?;
        if answer.id == id {
            return Ok(answer.reply);
        }
        Err(format!("request {id} was answered with id {}", answer.id))
    }

    /// Load a guest under its own name.
    pub(crate) fn load(
        &mut self,
        guest: &str,
        limits: &Limits,
        grants: &Grants,
    ) -> Result<Reply, Wrong> {
        let module = module(guest)?;
        let (limits, grants) = (limits.clone(), grants.clone());
        let ask = Ask::Load {
            module: module.id,
            digest: module.digest,
            bytes: module.bytes,
            limits,
            grants,
        };
        self.ask(ask, LOAD_PATIENCE)
    }

    /// Load a guest that must be accepted.
    pub(crate) fn loaded(
        &mut self,
        guest: &str,
        limits: &Limits,
        grants: &Grants,
    ) -> Result<(), Wrong> {
        match self.load(guest, limits, grants)? {
            Reply::Loaded => Ok(()),
            other => Err(format!("the load of {guest} was answered {}", shown(&json!(other)))),
        }
    }

    /// Close the adapter's stdin.
    pub(crate) fn hang_up(&mut self) {
        self.stdin = None;
    }

    /// End the processes that it left. Returns their number.
    pub(crate) fn strays(&self) -> usize {
        self.traces.end().its
    }

    /// The code with which the adapter ends by itself.
    pub(crate) fn ended(&mut self, patience: Duration) -> Result<Option<i32>, Wrong> {
        let until = Instant::now() + patience;
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => return Ok(status.code()),
                Ok(None) if Instant::now() < until => std::thread::sleep(LOOK_EVERY),
                Ok(None) => return Err(format!("still runs after {} s", patience.as_secs())),
                Err(error) => return Err(error.to_string()),
            }
        }
    }
}

/// How often we look whether it has ended.
const LOOK_EVERY: Duration = Duration::from_millis(5);

impl Drop for Talk {
    fn drop(&mut self) {
        self.stdin = None;
        if matches!(self.child.try_wait(), Ok(None)) {
            self.life.end(Why::Done);
            self.life.reap(&mut self.child);
        }
        self.strays();
    }
}

fn read(stdout: ChildStdout, to: &SyncSender<Vec<u8>>) {
    let mut from = BufReader::new(stdout);
    let mut line = Vec::new();
    while let Ok(LineRead::Whole) = read_line(&mut from, ANSWER_LINE_BYTES_MAX, &mut line) {
        if to.send(line.clone()).is_err() {
            return;
        }
    }
}

/// A guest of the catalogue.
pub(crate) fn module(guest: &str) -> Result<GuestModule, Wrong> {
    catalogue(guest, &[]).map_err(|inability| inability.text)
}

/// An answer, short enough for a line.
pub(crate) fn shown(value: &Value) -> String {
    let text = value.to_string();
    text.chars().take(SHOWN_BYTES_MAX).collect()
}
