//! The folder that a guest is granted: a file that it may read, and a canary that it may not.

use std::io;
use std::path::PathBuf;

/// What `hello.txt` says.
pub(crate) const HELLO: &str = "hello";
/// The content of `canary.txt`, which is next to the granted folder. No guest may see it.
pub(crate) const CANARY: &str = "canary-7f3a91: no guest may read this";

/// A temporary folder: `data/hello.txt`, `data/link -> ../canary.txt`, `canary.txt`. It is removed
/// with the host.
#[derive(Debug)]
pub(crate) struct Fixture {
    folder: tempfile::TempDir,
}

impl Fixture {
    /// Create it.
    ///
    /// # Errors
    /// When the temporary folder cannot be written.
    pub(crate) fn new() -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("gauntlet-host-").tempdir()?;
        let data = folder.path().join("data");
        std::fs::create_dir(&data)?;
        std::fs::write(data.join("hello.txt"), HELLO)?;
        std::fs::write(folder.path().join("canary.txt"), CANARY)?;
        #[cfg(unix)]
        std::os::unix::fs::symlink("../canary.txt", data.join("link"))?;
        Ok(Self { folder })
    }

    /// The folder to preopen as `/data`, read-only.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}
