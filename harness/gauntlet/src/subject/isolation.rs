//! Whether the limits on a process really hold here, shown by processes that try to exceed them.
//!
//! A machine on which a limit is set and not held looks like any other until it is too late.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use super::compile_trial::wait;
use super::worker::Confinement;

/// What is tried, by the word of the child's argument.
pub const LIMITS: &[&str] = &["memory", "processor", "descriptors", "file"];

/// The limits under which it is tried: small, so that a machine bears it where they do not hold.
const TRIED: Confinement = Confinement {
    address_space_bytes: 4 << 30,
    data_bytes: 256 << 20,
    cpu_s: 1,
    descriptors: 64,
    file_bytes: 1 << 20,
};

/// How far past its limit a child goes at most, as a factor.
const FACTOR: u64 = 2;

/// Longer than a second of processor time takes on a busy machine.
const WALL: Duration = Duration::from_secs(30);

/// The limits that do not hold here; none where all of them do.
///
/// # Errors
/// When a child cannot be started or confined.
pub fn broken(program: &Path) -> io::Result<Vec<&'static str>> {
    let mut broken = Vec::new();
    for limit in LIMITS {
        if !holds(program, limit)? {
            broken.push(*limit);
        }
    }
    Ok(broken)
}

fn holds(program: &Path, limit: &str) -> io::Result<bool> {
    let mut command = Command::new(program);
    command.args(["worker", "--runtime", "none", "--exceed", limit]).process_group(0);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn()?;
    let confined = TRIED.apply_to(rustix::process::Pid::from_child(&child));
    // The child begins when its stdin ends.
    drop(child.stdin.take());
    let ended = match confined {
        Ok(()) => wait(&mut child, WALL),
        Err(unconfined) => Err(io::Error::other(unconfined.to_string())),
    };
    if !matches!(ended, Ok(Some(_))) {
        let _ = child.kill();
        let _ = child.wait();
    }
    Ok(ended?.is_some_and(|status| status.signal().is_some()))
}

/// The child's side: go past `limit`. It ends well only where nothing stops it.
pub fn exceed(limit: &str) -> ExitCode {
    let mut nothing = Vec::new();
    if io::stdin().lock().read_to_end(&mut nothing).is_err() {
        return ExitCode::from(4);
    }
    let gone_past = match limit {
        "memory" => memory(),
        "processor" => processor(),
        "descriptors" => descriptors(),
        "file" => file(),
        _ => return ExitCode::from(2),
    };
    match gone_past {
        Ok(()) => ExitCode::SUCCESS,
        // As for the other limits, a signal says so, which no exit code of a shell can be.
        Err(_) => std::process::abort(),
    }
}

fn memory() -> io::Result<()> {
    const BLOCK_BYTES: u64 = 16 << 20;
    let mut blocks: Vec<Vec<u8>> = Vec::new();
    for _ in 0..FACTOR * TRIED.data_bytes / BLOCK_BYTES {
        let mut block = Vec::new();
        block.try_reserve_exact(BLOCK_BYTES as usize).map_err(io::Error::other)?;
        block.resize(BLOCK_BYTES as usize, 1);
        blocks.push(std::hint::black_box(block));
    }
    Ok(())
}

fn processor() -> io::Result<()> {
    let most = Duration::from_secs(FACTOR * TRIED.cpu_s);
    let began = Instant::now();
    // Waiting for a processor is no use of one, so this goes on for longer than `most`.
    while rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime).tv_sec
        < i64::try_from(most.as_secs()).unwrap_or(i64::MAX)
        && began.elapsed() < WALL
    {
        std::hint::spin_loop();
    }
    Ok(())
}

fn descriptors() -> io::Result<()> {
    let open = |_| File::open("/dev/null");
    (0..FACTOR * TRIED.descriptors).map(open).collect::<io::Result<Vec<File>>>().map(drop)
}

fn file() -> io::Result<()> {
    let mut file = tempfile::tempfile()?;
    file.seek(io::SeekFrom::Start(FACTOR * TRIED.file_bytes))?;
    file.write_all(b"past the limit")
}
