//! Build folders, inside the cache folder. A folder is locked while its owner lives, so that
//! leftovers of a killed process are not confused with folders in use.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// The prefix of the names.
const PREFIX: &str = "build-";

/// Most entries that are checked for leftovers of killed processes. The rest waits for the next
/// time.
const LOOKED_AT_MAX: usize = 1000;

/// A folder to build in, removed with this value.
pub(super) struct Scratch {
    pub(super) path: PathBuf,
    _lock: File,
}

impl Scratch {
    /// A new one in `cache`.
    pub(super) fn new(cache: &Path) -> io::Result<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        fs::create_dir_all(cache)?;
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let path = cache.join(format!("{PREFIX}{}-{number}", std::process::id()));
            match fs::create_dir(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                made => made?,
            }
            // A cleanup may have found it before it was locked.
            if let Some(lock) = locked(&path) {
                return Ok(Self { path, _lock: lock });
            }
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// The exclusive lock of a folder, held until the file is closed.
fn locked(path: &Path) -> Option<File> {
    let is = fs::symlink_metadata(path).ok().filter(fs::Metadata::is_dir)?;
    let folder = File::open(path).ok()?;
    folder.try_lock().ok()?;
    // The name may refer to another folder by now, or to none.
    let named = fs::symlink_metadata(path).ok()?;
    let same = |one: &fs::Metadata| (one.dev(), one.ino());
    let held = folder.metadata().ok()?;
    (same(&is) == same(&held) && same(&named) == same(&held)).then_some(folder)
}

/// Remove leftovers of killed processes in `cache`.
pub(super) fn sweep(cache: &Path) {
    let Ok(entries) = fs::read_dir(cache) else { return };
    for entry in entries.flatten().take(LOOKED_AT_MAX) {
        let is_ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        if let Some(_lock) = is_ours.then(|| locked(&entry.path())).flatten() {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_holds_is_removed_and_nothing_else() {
        let cache = std::env::temp_dir().join(format!("swept-{}", std::process::id()));
        let held = Scratch::new(&cache).expect("a folder");
        let outside = cache.join("outside");
        fs::create_dir_all(&outside).expect("a folder");
        fs::write(outside.join("kept"), "x").expect("it is written");
        fs::create_dir(cache.join("build-1-0")).expect("a folder");
        fs::write(cache.join("build-1-0/said"), "x").expect("it is written");
        std::os::unix::fs::symlink(&outside, cache.join("build-1-1")).expect("a link");
        sweep(&cache);
        let left = [held.path.clone(), outside.join("kept"), cache.join("build-1-1")];
        assert!(left.iter().all(|path| path.exists()));
        assert!(!cache.join("build-1-0").exists());
        drop(held);
        fs::remove_dir_all(&cache).expect("it is ours");
    }
}
