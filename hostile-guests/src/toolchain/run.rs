//! A compiler, run within a time limit, and what it said.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::starter::Starter;

/// Longest build. Go's standard library for a new target takes 15 s on two cores, and minutes on
/// a machine that does other things.
const PATIENCE: Duration = Duration::from_secs(300);

/// How often we look whether it has ended.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// How much of the end of what it said is kept.
const SAID_CHARS_MAX: usize = 400;

/// What came of it.
pub(super) struct Ran {
    /// Whether it ended well.
    pub(super) well: bool,
    /// What it printed, or the end of it.
    pub(super) said: String,
}

/// Run it in `folder`; what it prints goes into a file there.
pub(super) fn run(command: &mut Command, starter: Starter, folder: &Path) -> io::Result<Ran> {
    let path = folder.join("said");
    let said = File::create(&path)?;
    // Temporary files of the compiler go with the folder, however it ends. In a folder of its own,
    // as Go reads no `go.mod` in the temporary folder itself.
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
