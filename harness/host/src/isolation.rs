//! Whether the limits on a process really hold on this machine, shown by processes that try to
//! exceed them.
//!
//! A machine with an ineffective limit looks like any other until it is too late.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::process::{Pid, Signal};

use super::compile_trial::wait;
use crate::process::children;
use crate::process::confine::Confinement;

/// A limit, and the signal that shows that it held. The kernel sends two of these signals. Where it
/// only refuses, the child checks the refusal and aborts.
struct Limit {
    word: &'static str,
    ends_by: Signal,
    exceed: fn() -> io::Result<Held>,
}

/// What a child saw at its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Held {
    /// It was refused more.
    Yes,
    /// It went past.
    No,
}

const LIMITS: [Limit; 4] = [
    Limit { word: "memory", ends_by: Signal::ABORT, exceed: memory },
    Limit { word: "processor", ends_by: Signal::XCPU, exceed: processor },
    Limit { word: "descriptors", ends_by: Signal::ABORT, exceed: descriptors },
    Limit { word: "file", ends_by: Signal::XFSZ, exceed: file },
];

/// The limits of the trial: small, so that the machine survives if they do not hold.
const TRIED: Confinement = Confinement {
    address_space_bytes: Some(4 << 30),
    data_bytes: 256 << 20,
    cpu_s: 1,
    descriptors: 64,
    file_bytes: 1 << 20,
};

/// How far past its limit a child goes at most, as a factor.
const FACTOR: u64 = 2;

/// Longer than one second of processor time can take on a busy machine.
const WALL: Duration = Duration::from_secs(30);

/// What is tried, in words.
pub fn words() -> [&'static str; 4] {
    LIMITS.map(|limit| limit.word)
}

/// The limits that do not hold here; none where all of them do.
///
/// # Errors
/// When a child cannot be started or confined, or cannot try.
pub fn broken(program: &Path) -> io::Result<Vec<&'static str>> {
    let mut broken = Vec::new();
    for limit in &LIMITS {
        if !holds(program, limit)? {
            broken.push(limit.word);
        }
    }
    Ok(broken)
}

fn holds(program: &Path, limit: &Limit) -> io::Result<bool> {
    let mut command = Command::new(program);
    command.args(["worker", "--runtime", "none", "--exceed", limit.word]).process_group(0);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = children::spawn(&mut command)?;
    let ended = tried(&mut child);
    if !matches!(ended, Ok(Some(_))) {
        let _ = child.kill();
        let _ = child.wait();
    }
    match ended? {
        Some(status) if status.signal() == Some(limit.ends_by.as_raw()) => Ok(true),
        Some(status) if status.success() => Ok(false),
        None => Ok(false),
        // Another end, such as the kernel's for lack of memory, shows nothing about the limit.
        Some(status) => {
            let word = limit.word;
            Err(io::Error::other(format!("the child that tested {word} ended with {status}")))
        }
    }
}

/// Confine a child that waits for the end of its stdin, let it try, and see its end.
fn tried(child: &mut Child) -> io::Result<Option<ExitStatus>> {
    let confined = TRIED.apply_to(Pid::from_child(child));
    confined.map_err(|unconfined| io::Error::other(unconfined.to_string()))?;
    drop(child.stdin.take());
    wait(child, WALL)
}

/// The side of the child: exceed `limit`. It exits normally only if nothing stops it.
pub fn exceed(limit: &str) -> ExitCode {
    let mut nothing = Vec::new();
    if io::stdin().lock().read_to_end(&mut nothing).is_err() {
        return CANNOT;
    }
    let Some(limit) = LIMITS.iter().find(|known| known.word == limit) else {
        return CANNOT;
    };
    match (limit.exceed)() {
        Ok(Held::No) => ExitCode::SUCCESS,
        // A signal, as for the limits that the kernel enforces. No exit code looks like it.
        Ok(Held::Yes) => std::process::abort(),
        // Without a descriptor, folder or clock there was no trial, which does not show that the
        // limit held.
        Err(_) => CANNOT,
    }
}

/// Nothing was tried.
const CANNOT: ExitCode = ExitCode::FAILURE;

/// More than the memory of the limit, each page of it written.
fn memory() -> io::Result<Held> {
    const BLOCK_BYTES: u64 = 16 << 20;
    let mut blocks: Vec<Vec<u8>> = Vec::new();
    for _ in 0..FACTOR * TRIED.data_bytes / BLOCK_BYTES {
        let mut block = Vec::new();
        if block.try_reserve_exact(BLOCK_BYTES as usize).is_err() {
            return Ok(Held::Yes);
        }
        block.resize(BLOCK_BYTES as usize, 1);
        blocks.push(std::hint::black_box(block));
    }
    Ok(Held::No)
}

fn processor() -> io::Result<Held> {
    let most = Duration::from_secs(FACTOR * TRIED.cpu_s);
    let began = Instant::now();
    // Waiting for a processor is not use of it, so this runs for longer than `most`.
    while rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime).tv_sec
        < i64::try_from(most.as_secs()).unwrap_or(i64::MAX)
        && began.elapsed() < WALL
    {
        std::hint::spin_loop();
    }
    Ok(Held::No)
}

fn descriptors() -> io::Result<Held> {
    let open = |_| File::open("/dev/null");
    let all: io::Result<Vec<File>> = (0..FACTOR * TRIED.descriptors).map(open).collect();
    match all {
        Ok(_) => Ok(Held::No),
        Err(error) if error.raw_os_error() == Some(Errno::MFILE.raw_os_error()) => Ok(Held::Yes),
        Err(error) => Err(error),
    }
}

fn file() -> io::Result<Held> {
    let mut file = tempfile::tempfile()?;
    file.seek(io::SeekFrom::Start(FACTOR * TRIED.file_bytes))?;
    file.write_all(b"past the limit")?;
    Ok(Held::No)
}
