//! Tools that we start beside the subjects: compilers, and Node to try a pair.
//!
//! Processes that a tool leaves running are ended with it, and no subject is blamed for them. To
//! recognise them, whatever session and environment they have, each tool gets its own parent: this
//! program as `gauntlet tend`, which adopts what its tool leaves (`PR_SET_CHILD_SUBREAPER`). So
//! what we adopt ourselves was left by a subject (see [`children`]).
//!
//! In a process of the user, as in `cargo test`, nothing is adopted, and a tool is a plain child.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use hostile_guests::toolchain::Starter;
use rustix::process::{Pid, Signal};
use tokio::signal::unix::{SignalKind, signal};
use wasm_gauntlet_host::process::children;

/// Longest life of a tool. Its caller waits for less; this ends one that was forgotten.
const LIFE_MAX: Duration = Duration::from_secs(600);

/// How often the parent checks whether the tool has ended, or we have.
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// The exit codes of a tool that was ended, or could not be started, as `timeout` and shells use
/// them.
const ENDED: i32 = 124;
const NOT_STARTED: i32 = 127;

/// The command that runs the tool `program`. The caller adds its arguments.
pub(crate) fn command(program: &Path) -> Command {
    if !children::adopts() {
        return Command::new(program);
    }
    // In the child that is about to begin, that is still this program.
    let mut command = Command::new("/proc/self/exe");
    command.args(["tend", "--"]).arg(program);
    command
}

/// End a tool before its time, and reap it.
pub(crate) fn end(child: &mut Child) {
    let pid = Pid::from_child(child);
    let ended = match children::adopts() {
        // So that it can end what its tool has started.
        true => rustix::process::kill_process(pid, Signal::TERM).map_err(io::Error::from),
        false => child.kill(),
    };
    // Where it cannot be ended it is gone already.
    let _ = ended.and_then(|()| child.wait());
}

/// How compilers are started (see [`Starter`]).
pub(crate) fn starter() -> Starter {
    Starter { command, spawn: children::spawn, end }
}

/// The parent of one tool: starts it, waits for it, then ends all that it left. Returns the exit
/// code. A signal, or the end of its own parent, ends the tool too.
pub(crate) fn tend(arguments: &[OsString]) -> i32 {
    let Some((program, rest)) = arguments.split_first() else { return NOT_STARTED };
    let parent = rustix::process::getppid();
    children::adopt();
    let Ok(mut child) = children::spawn(Command::new(program).args(rest)) else {
        return NOT_STARTED;
    };
    let ended = waited(&mut child, parent);
    if !matches!(ended, Ok(Some(_))) {
        let _ = child.kill();
        let _ = child.wait();
    }
    children::end_all_orphans();
    match ended {
        Ok(Some(status)) => status.code().unwrap_or(ENDED),
        _ => ENDED,
    }
}

/// The exit status of the tool; none if it must be ended.
fn waited(child: &mut Child, parent: Option<Pid>) -> io::Result<Option<ExitStatus>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let until = Instant::now() + LIFE_MAX;
    runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut hangup = signal(SignalKind::hangup())?;
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(Some(status));
            }
            if rustix::process::getppid() != parent || Instant::now() >= until {
                return Ok(None);
            }
            tokio::select! {
                _ = terminate.recv() => return Ok(None),
                _ = interrupt.recv() => return Ok(None),
                _ = hangup.recv() => return Ok(None),
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    })
}
