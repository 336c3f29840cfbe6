//! Runs a compiler within a time limit and keeps its output.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::starter::Starter;

/// Longest build. The standard library of Go takes 15 s for a new target on two cores, and minutes
/// on a busy machine.
const PATIENCE: Duration = Duration::from_secs(300);

/// Interval between two checks for its end.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Bytes kept of the end of its output.
const SAID_CHARS_MAX: usize = 400;

/// The result.
pub(super) struct Ran {
    /// Whether it succeeded.
    pub(super) well: bool,
    /// What it printed, or the end of it.
    pub(super) said: String,
}

/// Run it in `folder`. Its output goes into a file there.
pub(super) fn run(command: &mut Command, starter: Starter, folder: &Path) -> io::Result<Ran> {
    let path = folder.join("said");
    let said = File::create(&path)?;
    // Temporary files of the compiler are removed with the folder in any case. They have their own
    // folder, because Go ignores a `go.mod` directly in the temporary folder.
    let temporary = folder.join("tmp");
    fs::create_dir_all(&temporary)?;
    command
        .current_dir(folder)
        .env("TMPDIR", temporary)
        .stdin(Stdio::null())
        .stdout(said.try_clone()?)
        .stderr(said);
    let mut child = (starter.spawn)(command)?;
    let until = Instant::now() + PATIENCE;
    let status = loop {
        match child.try_wait()? {
            Some(status) => break Some(status),
            None if Instant::now() >= until => {
                (starter.end)(&mut child);
                break None;
            }
            None => std::thread::sleep(LOOK_EVERY),
        }
    };
    let said = match status {
        Some(_) => tail(&String::from_utf8_lossy(&fs::read(&path)?)),
        None => format!("had not ended after {} s", PATIENCE.as_secs()),
    };
    Ok(Ran { well: status.is_some_and(|status| status.success()), said })
}

fn tail(said: &str) -> String {
    let said = said.trim();
    let skip = said.chars().count().saturating_sub(SAID_CHARS_MAX);
    said.chars().skip(skip).collect()
}
