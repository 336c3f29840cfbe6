//! What a child leaves running when it is gone: processes that left its group, as daemons do.
//!
//! They are known by the folder in their environment that was given to that child and to nobody
//! else. One that also emptied its environment, or put another's folder there, is known by its
//! parent, which we are once its own is gone (see [`children`]); whose it was cannot be told while
//! other adapters run, but it is nobody's that keeps the rules.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use crate::process::children;

/// Looks at all processes: one that was started while we looked, or was the child of one that we
/// killed, is found by a later one.
const LOOKS_MAX: usize = 50;

/// Between two looks, for the kernel to end what was killed.
const NAP: Duration = Duration::from_millis(2);

/// The folders of children that run.
static FOLDERS: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn folders() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    FOLDERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// By what the strays of one child are known.
#[derive(Debug)]
pub struct Traces {
    child: Pid,
    folder: PathBuf,
    since: u64,
}

impl Traces {
    /// Those of a child that was started just now, with this folder.
    pub fn of(child: Pid, folder: &Path) -> Self {
        folders().insert(folder.to_owned());
        let since = children::started(child).unwrap_or(u64::MAX);
        Self { child, folder: folder.to_owned(), since }
    }

    /// Kill all strays of a child that is gone. Those of its group were killed with it, and are no
    /// strays.
    pub fn end(&self) -> StrayCount {
        let own = mark(&self.folder);
        let others: BTreeSet<Vec<u8>> =
            folders().iter().filter(|one| **one != self.folder).map(|one| mark(one)).collect();
        let nobodys =
            |id| environment(id).is_none_or(|all| !all.iter().any(|one| others.contains(one)));
        let group = self.child.as_raw_nonzero().get();
        let (mut surely, mut perhaps) = (BTreeSet::new(), BTreeSet::new());
        for _ in 0..LOOKS_MAX {
            // Its group is asked for first: of one that is gone it cannot be told.
            let strayed = |id: &i32| children::group(*id).is_some_and(|found| found != group);
            let marked = |id: &i32| strayed(id) && killed(*id, &own);
            let marked: BTreeSet<i32> = children::ids().into_iter().filter(marked).collect();
            let orphans = children::end_orphans(self.since, nobodys).into_iter();
            let orphans = orphans.filter(|(_, found)| *found != group).map(|(id, _)| id);
            let orphans: BTreeSet<i32> = orphans.filter(|id| !marked.contains(id)).collect();
            if marked.is_empty() && orphans.is_empty() {
                break;
            }
            surely.extend(marked);
            perhaps.extend(orphans);
            // One that was killed may be there for a while yet.
            std::thread::sleep(NAP);
        }
        perhaps.retain(|id| !surely.contains(id));
        match others.is_empty() {
            true => StrayCount { its: surely.len() + perhaps.len(), somebodys: 0 },
            false => StrayCount { its: surely.len(), somebodys: perhaps.len() },
        }
    }
}

/// How many processes were ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StrayCount {
    /// Those of the child.
    pub its: usize,
    /// Those of the child, or of another that ran beside it.
    pub somebodys: usize,
}

impl Drop for Traces {
    fn drop(&mut self) {
        folders().remove(&self.folder);
    }
}

fn mark(folder: &Path) -> Vec<u8> {
    format!("TMPDIR={}", folder.display()).into_bytes()
}

fn environment(id: i32) -> Option<Vec<Vec<u8>>> {
    let all = fs::read(format!("/proc/{id}/environ")).ok()?;
    Some(all.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect())
}

/// Kill a process with that mark. It is held before it is looked at, so that its id is not
/// another's by then.
fn killed(id: i32, mark: &[u8]) -> bool {
    let held = Pid::from_raw(id).map(|pid| pidfd_open(pid, PidfdFlags::empty()));
    let Some(Ok(held)) = held else { return false };
    let marked = environment(id).is_some_and(|all| all.iter().any(|one| one == mark));
    marked && pidfd_send_signal(held, Signal::KILL).is_ok()
}
