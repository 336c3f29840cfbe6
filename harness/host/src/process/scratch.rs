//! A folder for the files of a foreign program, removed in any state.
//!
//! The folder of a killed process is removed by a later one ([`sweep`]). Each folder is locked
//! (`flock(2)`) while its owner lives. The kernel releases the lock however the owner ends, also
//! across containers, where a process id would mean another process. On a file system that cannot
//! lock folders (NFS), leftovers stay.
//!
//! The usual removal recurses for each level and holds a descriptor for each. 30,000 nested folders
//! exceed the stack and the descriptors of a thread. Here, each folder that is not empty first
//! moves its own folders to the top one, so there are never more than two levels.

use std::ffi::CString;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::{AtFlags, Dir, FileType, FlockOperation, Mode, OFlags};
use rustix::io::Errno;
use tempfile::TempDir;

/// Time for removal; the rest stays. A hundred thousand entries take 2 s, and 4,000 folders in one
/// another take 14 s where four processes wait for each core.
const REMOVE_WITHIN: Duration = Duration::from_secs(60);

/// Most entries that are removed. More than this is a case for a person.
const ENTRIES_MAX: u64 = 1_000_000;

/// The prefix of the names. Random letters follow.
const NAME: &str = "gauntlet-scratch-";

/// Number of random letters. Nobody chooses such a name by hand, and the name decides about
/// removal.
const RANDOM_LETTERS: usize = 12;

/// Time in which one run removes leftovers of others. The rest waits for the next run.
const SWEEP_WITHIN: Duration = Duration::from_secs(2);

/// Most entries of the temporary folder that are looked at: 100,000 names take 50 ms.
const SWEPT_MAX: usize = 100_000;

/// A new folder, removed with this value.
#[derive(Debug)]
pub struct Scratch {
    folder: Option<TempDir>,
    path: PathBuf,
    /// Held while this value lives.
    _lock: Option<OwnedFd>,
}

/// A folder that could not be removed.
#[derive(Debug, thiserror::Error)]
#[error("the folder {path} could not be removed: {why}")]
pub struct Left {
    path: String,
    why: String,
}

impl Scratch {
    /// One in the temporary folder.
    ///
    /// # Errors
    /// When none can be made.
    pub fn new() -> io::Result<Self> {
        Self::made_by(|builder| builder.tempdir())
    }

    /// One in `place`.
    ///
    /// # Errors
    /// When none can be made.
    pub fn within(place: &Path) -> io::Result<Self> {
        Self::made_by(|builder| builder.tempdir_in(place))
    }

    fn made_by(make: impl Fn(&tempfile::Builder) -> io::Result<TempDir>) -> io::Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(NAME).rand_bytes(RANDOM_LETTERS);
        loop {
            let folder = make(&builder)?;
            let path = folder.path().to_owned();
            let opened = rustix::fs::open(&path, FOLDER, Mode::empty())?;
            let lock = match rustix::fs::flock(&opened, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => Some(opened),
                // A sweep found it before it was locked, and removes it.
                Err(Errno::WOULDBLOCK) => continue,
                // Where folders cannot be locked, none is swept.
                Err(_) => None,
            };
            // The same, a moment later.
            if path.is_dir() {
                return Ok(Self { folder: Some(folder), path, _lock: lock });
            }
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Remove it now, with all that is in it.
    ///
    /// # Errors
    /// What is left, where not all could be removed in time.
    pub fn remove(mut self) -> Result<(), Left> {
        self.emptied()
    }

    fn emptied(&mut self) -> Result<(), Left> {
        let Some(folder) = self.folder.take() else { return Ok(()) };
        // From here on nobody else removes it: the usual removal would end the whole process.
        let path = folder.keep();
        let left = |why: String| Left { path: path.display().to_string(), why };
        let removed = Removal::of(&path).and_then(|mut removal| removal.all());
        removed.map_err(|error| left(error.to_string()))?;
        std::fs::remove_dir(&path).map_err(|error| left(error.to_string()))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Callers that need the result use `remove`.
        let _ = self.emptied();
    }
}

/// Remove the leftovers in `place` of ended processes of this user.
pub fn sweep(place: &Path) {
    let until = Instant::now() + SWEEP_WITHIN;
    let Ok(entries) = std::fs::read_dir(place) else { return };
    let names = entries.flatten().take(SWEPT_MAX).map(|entry| entry.file_name());
    for name in names.filter(|name| name.to_str().is_some_and(is_ours)) {
        if Instant::now() >= until {
            return;
        }
        let _ = swept(&place.join(name), until);
    }
}

/// Whether a folder of this name is one of those made here.
fn is_ours(name: &str) -> bool {
    let random = name.strip_prefix(NAME).unwrap_or_default();
    random.len() == RANDOM_LETTERS && random.chars().all(|one| one.is_ascii_alphanumeric())
}

/// Remove one folder if it belongs to this user and is not locked.
fn swept(path: &Path, until: Instant) -> io::Result<()> {
    let top = rustix::fs::open(path, FOLDER, Mode::empty())?;
    if rustix::fs::fstat(&top)?.st_uid != rustix::process::geteuid().as_raw() {
        return Ok(());
    }
    rustix::fs::flock(&top, FlockOperation::NonBlockingLockExclusive)?;
    Removal { top, until, entries: 0, moved: 0 }.all()?;
    std::fs::remove_dir(path)
}

/// The removal of the content of one folder. Names are resolved from open folders, one part at a
/// time and never through a link, so nothing outside is touched.
struct Removal {
    top: OwnedFd,
    until: Instant,
    entries: u64,
    moved: u64,
}

impl Removal {
    fn of(path: &Path) -> io::Result<Self> {
        let top = rustix::fs::open(path, FOLDER, Mode::empty())?;
        Ok(Self { top, until: Instant::now() + REMOVE_WITHIN, entries: 0, moved: 0 })
    }

    fn all(&mut self) -> io::Result<()> {
        let top = self.top.try_clone()?;
        loop {
            let names = names(top.as_fd())?;
            if names.is_empty() {
                return Ok(());
            }
            for (name, kind) in names {
                self.within_bounds()?;
                if !self.gone(top.as_fd(), &name, kind)? {
                    self.emptied(&name)?;
                }
            }
        }
    }

    /// Empty a folder in the top one: remove its files, move its folders to the top.
    fn emptied(&mut self, name: &CString) -> io::Result<()> {
        let folder = self.opened(name)?;
        loop {
            let names = names(folder.as_fd())?;
            if names.is_empty() {
                break;
            }
            for (inner, kind) in names {
                self.within_bounds()?;
                if !self.gone(folder.as_fd(), &inner, kind)? {
                    self.raised(folder.as_fd(), &inner)?;
                }
            }
        }
        drop(folder);
        self.gone(self.top.as_fd(), name, FileType::Directory).map(drop)
    }

    /// Open a folder in the top one. Its owner may have removed the right to read it.
    fn opened(&mut self, name: &CString) -> io::Result<OwnedFd> {
        let top = self.top.try_clone()?;
        match rustix::fs::openat(&top, name, FOLDER, Mode::empty()) {
            Err(Errno::ACCESS) => {
                self.made_ours(top.as_fd(), name)?;
                Ok(rustix::fs::openat(&top, name, FOLDER, Mode::empty())?)
            }
            opened => Ok(opened?),
        }
    }

    /// Move a folder to the top, under a name that is new.
    fn raised(&mut self, from: BorrowedFd<'_>, name: &CString) -> io::Result<()> {
        loop {
            let new = format!(".raised-{}", self.moved);
            self.moved += 1;
            let flags = rustix::fs::RenameFlags::NOREPLACE;
            match rustix::fs::renameat_with(from, name, &self.top, &new, flags) {
                Ok(()) => return Ok(()),
                Err(Errno::EXIST) => self.within_bounds()?,
                // Moving a folder writes its `..`.
                Err(Errno::ACCESS) => self.made_ours(from, name)?,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Restore all rights of the owner of a folder, which we are.
    fn made_ours(&mut self, parent: BorrowedFd<'_>, name: &CString) -> io::Result<()> {
        self.within_bounds()?;
        // On the open folder: its name may be a link by now, to a file with other rights.
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let held = rustix::fs::openat(parent, name, flags, Mode::empty())?;
        let path = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&held));
        Ok(rustix::fs::chmod(path, Mode::RWXU)?)
    }

    /// Remove one entry; false for a folder that is not empty.
    fn gone(&self, at: BorrowedFd<'_>, name: &CString, kind: FileType) -> io::Result<bool> {
        if kind != FileType::Directory {
            match rustix::fs::unlinkat(at, name, AtFlags::empty()) {
                Ok(()) | Err(Errno::NOENT) => return Ok(true),
                Err(Errno::ISDIR | Errno::PERM) => {}
                Err(error) => return Err(error.into()),
            }
        }
        match rustix::fs::unlinkat(at, name, AtFlags::REMOVEDIR) {
            Ok(()) | Err(Errno::NOENT) => Ok(true),
            Err(Errno::NOTEMPTY | Errno::EXIST | Errno::ACCESS) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    fn within_bounds(&mut self) -> io::Result<()> {
        self.entries += 1;
        match self.entries > ENTRIES_MAX || Instant::now() >= self.until {
            true => Err(io::Error::other(format!(
                "it is too large to remove in time ({} entries within {} s were removed)",
                self.entries,
                REMOVE_WITHIN.as_secs()
            ))),
            false => Ok(()),
        }
    }
}

/// How a folder is opened: without following links.
const FOLDER: OFlags =
    OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// Entries that are listed at once. A folder of a million is not held in memory.
const LISTED_MAX: usize = 4096;

/// The first entries of a folder.
fn names(folder: BorrowedFd<'_>) -> io::Result<Vec<(CString, FileType)>> {
    let mut names = Vec::new();
    for entry in Dir::read_from(folder)? {
        let entry = entry?;
        if !matches!(entry.file_name().to_bytes(), b"." | b"..") {
            names.push((entry.file_name().to_owned(), entry.file_type()));
        }
        if names.len() >= LISTED_MAX {
            break;
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    /// More than a small stack can recurse, and more than a process has descriptors.
    const LEVELS: usize = 5000;

    /// Nested folders in `top`, made relative to the current folder, as a program makes them.
    fn deep(top: &Path) {
        let mut at = rustix::fs::open(top, FOLDER, Mode::empty()).expect("it is there");
        for _ in 0..LEVELS {
            rustix::fs::mkdirat(&at, "d", Mode::RWXU).expect("it is made");
            at = rustix::fs::openat(&at, "d", FOLDER, Mode::empty()).expect("it is there");
        }
        rustix::fs::openat(&at, "f", OFlags::CREATE | OFlags::CLOEXEC, Mode::RWXU)
            .map(drop)
            .expect("it is made");
    }

    #[test]
    fn folders_in_one_another_are_removed_on_a_small_stack() {
        let scratch = Scratch::new().expect("a folder");
        let path = scratch.path().to_owned();
        deep(&path);
        let small = std::thread::Builder::new().stack_size(128 << 10);
        let removed = small.spawn(move || scratch.remove()).expect("a thread").join();
        removed.expect("no overflow").expect("it is removed");
        assert!(!path.exists());
    }

    #[test]
    fn what_a_link_points_to_stays_and_closed_folders_go() {
        let outside = tempfile::tempdir().expect("a folder");
        let kept = outside.path().join("kept");
        std::fs::write(&kept, "x").expect("it is written");
        let scratch = Scratch::new().expect("a folder");
        let path = scratch.path().to_owned();
        symlink(outside.path(), path.join("link")).expect("a link");
        std::fs::create_dir_all(path.join("closed/inner/more")).expect("folders");
        symlink(&kept, path.join("closed/inner/file")).expect("a link");
        std::fs::write(path.join("closed/.raised-0"), "x").expect("it is written");
        for part in ["closed/inner", "closed"] {
            let rights = std::fs::Permissions::from_mode(0o000);
            std::fs::set_permissions(path.join(part), rights).expect("it is ours");
        }
        drop(scratch);
        assert!(!path.exists() && kept.exists());
    }

    #[test]
    fn only_what_nobody_holds_and_is_named_so_is_swept() {
        let place = tempfile::tempdir().expect("a folder");
        let at = |name: &str| place.path().join(name);
        let held = Scratch::within(place.path()).expect("a folder");
        std::fs::create_dir_all(at("gauntlet-scratch-aaaaaaaaaaaa/a/b")).expect("folders");
        std::fs::create_dir(at("kept")).expect("a folder");
        std::fs::write(at("kept/file"), "x").expect("it is written");
        symlink(at("kept"), at("gauntlet-scratch-aaaaaaaaaaaa/link")).expect("a link");
        symlink(at("kept"), at("gauntlet-scratch-bbbbbbbbbbbb")).expect("a link");
        let others = ["gauntlet-scratch-", "gauntlet-scratch-of-mine-1234", "gauntlet-output"];
        for name in others {
            std::fs::create_dir(at(name)).expect("a folder");
        }
        sweep(place.path());
        assert!(!at("gauntlet-scratch-aaaaaaaaaaaa").exists());
        assert!(held.path().exists() && at("kept/file").exists());
        assert!(at("gauntlet-scratch-bbbbbbbbbbbb").is_symlink());
        assert!(others.iter().all(|name| at(name).exists()));
    }

    #[test]
    fn what_is_past_the_bound_stays_and_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir_all(folder.path().join("a/b/c")).expect("folders");
        let mut removal = Removal::of(folder.path()).expect("it is there");
        removal.entries = ENTRIES_MAX;
        let left = removal.all().expect_err("it is past the bound");
        assert!(left.to_string().contains("too large to remove in time"), "{left}");
        assert!(folder.path().join("a/b/c").exists());
    }
}
