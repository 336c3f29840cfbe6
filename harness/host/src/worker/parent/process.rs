//! One running adapter: requests in, answers out, each with a time limit by our clock.

use std::io::{Read, Write};
use std::process::{ChildStderr, ChildStdin};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::Pid;
use wasm_gauntlet_model::inability::Inability;

use super::modules::AdapterModules;
use super::pending_replies::{Delivery, Gone, PendingReplies};
use crate::process::launch::{Launch, Started};
use crate::process::life::{Life, Why};
use crate::process::locked::Locked;
use crate::process::remarks::Remarks;
use crate::process::shutdown;
use crate::process::strays::StrayCount;
use crate::process::vitals::Vitals;
use crate::protocol::{Ask, Hello, Reply, RequestLine, VERSION};
use crate::worker::parent::answers::{Asks, NoResponse, Response};

/// Most requests that wait to be written. An adapter that reads none of them hangs.
const UNWRITTEN_MAX: usize = 256;

/// Bytes kept of the end of stderr.
const STDERR_BYTES_MAX: usize = 4096;

/// Time until the hello of a process that starts on a busy machine with two cores.
pub const HELLO_PATIENCE: Duration = Duration::from_secs(10);

/// Time for the answer to `stats`: an idle adapter answers at once, and a busy machine needs this
/// long.
pub const STATS_PATIENCE: Duration = Duration::from_secs(2);

/// Time for an adapter to end after `bye`, before we end it.
const BYE_PATIENCE: Duration = Duration::from_millis(300);

/// Interval between two looks at memory during a call. 20 looks a second cost nothing, and a table
/// that grows by 300 MB a second is seen before the process is killed.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Time from the end of stdout to the end of the process, before we end it.
const STREAMS_PATIENCE: Duration = Duration::from_millis(200);

/// Time for reading the rest of its output after the end of a process group, even on a busy
/// machine. Only a child that left the group makes us wait so long.
const DRAIN_PATIENCE: Duration = Duration::from_secs(2);

/// After a kill the kernel takes back the memory; 16 GB took 3 s.
pub const REAP_PATIENCE: Duration = Duration::from_secs(10);

/// The text about strays in the record, for any number of them and from any process.
const STRAYS: &str = "it left processes running outside its process group; they were killed";

/// The same for strays of unknown origin.
const SOMEBODYS_STRAYS: &str = "this adapter, or another one, left processes running outside \
                                their process group and without their environment; they were \
                                killed";

/// A running adapter. When dropped, it is ended and reaped with everything that it started.
pub struct Process {
    pid: Pid,
    requests: SyncSender<Vec<u8>>,
    next_id: AtomicU64,
    peak_kib: AtomicU64,
    looks: AtomicU64,
    post: Arc<PendingReplies>,
    life: Arc<Life>,
    reaper: Mutex<Option<JoinHandle<()>>>,
    hello: Hello,
    /// What was loaded into it.
    pub modules: AdapterModules,
    /// Trials that it has served and was kept after.
    pub uses: AtomicU32,
    /// Whether modules are counted before it has them (see [`Launch::counted_first`]).
    pub counted_first: bool,
}

impl Process {
    /// Start an adapter and hear its hello.
    ///
    /// # Errors
    /// When it cannot be started or confined, or says nothing that we understand.
    pub fn start(launch: &Launch) -> Result<Self, Inability> {
        let program = launch.program.display();
        let cannot = |what: String| Inability::unreachable(format!("{program}: {what}"));
        let started = launch.start().map_err(|error| cannot(error.to_string()))?;
        let mut process = Self::attend(started, launch.remarks.clone());
        process.counted_first = launch.counted_first;
        launch.confinement.apply_to(process.pid).map_err(|error| cannot(error.to_string()))?;
        process.hello = match process.ask(Ask::Hello { protocol: VERSION }, HELLO_PATIENCE) {
            Ok(Response { reply: Reply::Hello(hello), .. }) if hello.protocol == VERSION => hello,
            Ok(Response { reply: Reply::Hello(hello), .. }) => {
                return Err(cannot(format!("speaks protocol {}, not {VERSION}", hello.protocol)));
            }
            Ok(_) => return Err(cannot("did not answer `hello` with `hello`".to_owned())),
            Err(no_response) => {
                let why = format!("no hello: {}", no_response.gone.detail);
                launch.remarks.broke(&why);
                return Err(cannot(why));
            }
        };
        Ok(process)
    }

    /// Start the threads that write, read, keep stderr, and reap.
    fn attend(started: Started, remarks: Remarks) -> Self {
        let Started { mut child, scratch, traces } = started;
        let pid = Pid::from_child(&child);
        let (post, life) = (Arc::new(PendingReplies::default()), Arc::new(Life::new(pid)));
        let (requests, unwritten) = sync_channel::<Vec<u8>>(UNWRITTEN_MAX);
        let (stdin, stdout, stderr) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        std::thread::spawn(move || stdin.map(|stdin| write_all(stdin, &unwritten)));
        let tail = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&tail);
        let errors = std::thread::spawn(move || stderr.map(|stderr| keep_tail(stderr, &keep)));
        let (read_post, read_life) = (Arc::clone(&post), Arc::clone(&life));
        let (drained, streams_end) = sync_channel::<()>(1);
        std::thread::spawn(move || {
            // Kept open until the end is recorded: a broken pipe would end the child first.
            let mut stdout = stdout;
            let broke = stdout.as_mut().and_then(|stdout| read_post.read(stdout));
            let _ = drained.send(());
            if broke.is_none() {
                // A process closes its streams before it can be reaped, so wait for it.
                std::thread::sleep(STREAMS_PATIENCE);
            }
            read_life.end(broke.map_or(Why::Closed, Why::Broke));
        });
        let (reap_post, reap_life) = (Arc::clone(&post), Arc::clone(&life));
        let reaper = std::thread::spawn(move || {
            let (mut detail, signal) = reap_life.reap(&mut child).words();
            let StrayCount { its, somebodys } = traces.end();
            if its > 0 {
                remarks.left(STRAYS.to_owned());
                detail = format!("{detail}; it left {its} processes running; they were killed");
            }
            if somebodys > 0 {
                remarks.left(SOMEBODYS_STRAYS.to_owned());
            }
            let _ = streams_end.recv_timeout(DRAIN_PATIENCE);
            finish_soon(&errors);
            let tail = tail.locked();
            if !tail.is_empty() {
                detail = format!("{detail}; stderr ends: {}", tail.escape_ascii());
            }
            reap_post.lose(Gone { detail, signal });
            // Nobody waits for the removal of the folder, however large it is.
            if let Err(left) = scratch.remove() {
                remarks.left(left.to_string());
            }
        });
        Self {
            pid,
            requests,
            next_id: AtomicU64::new(1),
            peak_kib: AtomicU64::new(0),
            looks: AtomicU64::new(0),
            post,
            life,
            reaper: Mutex::new(Some(reaper)),
            hello: Hello::default(),
            modules: AdapterModules::default(),
            uses: AtomicU32::new(0),
            counted_first: false,
        }
    }

    /// Its id, which is its group's too.
    pub fn pid(&self) -> Pid {
        self.pid
    }

    /// Who it is.
    pub fn hello(&self) -> &Hello {
        &self.hello
    }

    /// How it went, if it has gone.
    pub fn gone(&self) -> Option<Gone> {
        self.post.gone()
    }

    /// How it broke the protocol itself, if it did: by an invalid line or by unexpected answers.
    pub fn broke(&self) -> Option<String> {
        let unasked = (self.post.unasked() > 0).then(|| "answers that match no request".to_owned());
        self.life.broke().or(unasked)
    }

    /// Look at it from outside. The highest peak is kept after its end.
    pub fn vitals(&self) -> Option<Vitals> {
        let vitals = Vitals::of(self.pid).filter(|_| self.gone().is_none())?;
        self.peak_kib.fetch_max(vitals.peak_kib, Ordering::Relaxed);
        Some(vitals)
    }

    /// Number of looks while somebody waited for an answer. Our own process looks, so a guest
    /// cannot delay it.
    pub fn looks(&self) -> u64 {
        self.looks.load(Ordering::Relaxed)
    }

    /// Forget the peak. Returns whether that was permitted.
    pub fn reset_peak(&self) -> bool {
        let reset = self.gone().is_none() && Vitals::reset_peak(self.pid);
        self.peak_kib.store(0, Ordering::Relaxed);
        reset
    }

    /// The highest peak that any look has seen since the reset, KiB; 0 for none.
    pub fn peak_seen_kib(&self) -> u64 {
        self.vitals();
        self.peak_kib.load(Ordering::Relaxed)
    }

    /// Whether it answers.
    pub fn answers(&self) -> bool {
        let response = self.ask(Ask::Stats, STATS_PATIENCE);
        matches!(response, Ok(Response { reply: Reply::Stats(_), .. }))
    }

    /// Ask, and wait for the answer; past `patience` the adapter is killed.
    pub fn ask(&self, ask: Ask, patience: Duration) -> Result<Response, NoResponse> {
        let begun = Instant::now();
        let no_response = |gone, hung| NoResponse { gone, hung, wall: begun.elapsed() };
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let delivery = self.post.expect(id).map_err(|gone| no_response(gone, false))?;
        let request = serde_json::to_vec(&RequestLine { id, ask }).unwrap_or_default();
        let written = self.write([request, vec![b'\n']].concat(), begun + patience);
        if let Some(delivery) = written.then(|| self.wait(&delivery, begun, patience)).flatten() {
            let wall = delivery.at.saturating_duration_since(begun);
            let reply = delivery.reply.map_err(|gone| no_response(gone, false))?;
            return Ok(Response { reply, wall });
        }
        self.vitals();
        let waited = begun.elapsed();
        self.life.end(Why::Hung(waited));
        let lost = delivery.recv_timeout(REAP_PATIENCE).ok().and_then(|lost| lost.reply.err());
        let gone = lost.unwrap_or_else(|| Gone {
            detail: "the host process was killed and is not gone".to_owned(),
            signal: None,
        });
        Err(NoResponse { gone, hung: true, wall: waited })
    }

    /// Wait for a delivery and look at the memory from time to time. None if patience ends.
    fn wait(
        &self,
        delivery: &Receiver<Delivery>,
        begun: Instant,
        patience: Duration,
    ) -> Option<Delivery> {
        loop {
            let left = patience.saturating_sub(begun.elapsed());
            match delivery.recv_timeout(left.min(LOOK_EVERY)) {
                Ok(delivery) => return Some(delivery),
                Err(RecvTimeoutError::Timeout) if !left.is_zero() && !shutdown::over() => {
                    self.vitals();
                    self.looks.fetch_add(1, Ordering::Relaxed);
                }
                Err(_) => return None,
            }
        }
    }

    /// Give a line to the writer. False if the adapter has not read for too long.
    fn write(&self, mut line: Vec<u8>, until: Instant) -> bool {
        loop {
            match self.requests.try_send(line) {
                // A writer that has ended saw a broken pipe, and the reaper answers this request.
                Ok(()) | Err(TrySendError::Disconnected(_)) => return true,
                Err(TrySendError::Full(_)) if Instant::now() >= until => return false,
                Err(TrySendError::Full(back)) => line = back,
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Say `bye`, then make sure that it ends. Requests in flight are lost.
    pub fn stop(&self) {
        let patient = Instant::now() + BYE_PATIENCE;
        if self.gone().is_none() && !self.hello.name.is_empty() {
            let id = self.next_id.fetch_add(1, Ordering::Relaxed);
            let bye = serde_json::to_vec(&RequestLine { id, ask: Ask::Bye }).unwrap_or_default();
            let _ = self.requests.try_send([bye, vec![b'\n']].concat());
            while self.gone().is_none() && Instant::now() < patient {
                std::thread::sleep(Duration::from_millis(2));
            }
        }
        self.life.end(Why::Done);
    }
}

impl Asks for Process {
    fn ask(&self, ask: Ask, patience: Duration) -> Result<Response, NoResponse> {
        Self::ask(self, ask, patience)
    }

    fn counted_first(&self) -> bool {
        self.counted_first
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
        let reaper = self.reaper.locked().take();
        let _ = reaper.map(JoinHandle::join);
    }
}

/// Write lines until the pipe breaks or the process value is dropped; then stdin ends.
fn write_all(mut stdin: ChildStdin, unwritten: &Receiver<Vec<u8>>) {
    for line in unwritten {
        if stdin.write_all(&line).is_err() {
            return;
        }
    }
}

/// Read stderr to its end, so that it never blocks the adapter, and keep the last of it.
fn keep_tail(mut stderr: ChildStderr, tail: &Mutex<Vec<u8>>) {
    let mut chunk = [0; STDERR_BYTES_MAX];
    while let Ok(read @ 1..) = stderr.read(&mut chunk) {
        let mut tail = tail.locked();
        tail.extend_from_slice(&chunk[..read]);
        let excess = tail.len().saturating_sub(STDERR_BYTES_MAX);
        tail.drain(..excess);
    }
}

/// The group is dead, so its streams are at their end, unless a child of it left the group.
fn finish_soon<T>(thread: &JoinHandle<T>) {
    let until = Instant::now() + DRAIN_PATIENCE;
    while !thread.is_finished() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(1));
    }
}
