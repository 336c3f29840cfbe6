//! Finds the tool for the benchmarks. It is built next to them, with the same profile.

use std::env;
use std::io;
use std::path::PathBuf;

/// The program `gauntlet` of the same build. A benchmark is `target/PROFILE/deps/NAME`, and the
/// tool is one folder above.
///
/// # Errors
/// If the program is not built.
pub fn tool() -> io::Result<PathBuf> {
    let here = env::current_exe()?;
    let tool = here.ancestors().nth(2).map(|folder| folder.join("gauntlet"));
    tool.filter(|tool| tool.is_file()).ok_or_else(|| {
        io::Error::new(io::ErrorKind::NotFound, "`cargo build --release` makes the tool first")
    })
}
