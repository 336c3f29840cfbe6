//! Processes that a child leaves running: those that left its group, as daemons do.
//!
//! They are recognised by the folder in their environment, which was given to that child only. A
//! process that cleared its environment, or entered another folder, is recognised by its parent:
//! when its own parent has ended, that is us (see [`children`]). Its origin is unknown while other
//! adapters run, but no adapter that keeps the rules leaves one.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use crate::process::children;
use crate::process::locked::Locked;

/// Rounds over all processes. A process that started during a round, or was the child of a killed
/// one, is found in a later round.
const LOOKS_MAX: usize = 50;

/// Pause between two rounds, in which the kernel ends what was killed.
const NAP: Duration = Duration::from_millis(2);

/// The folders of children that run.
static FOLDERS: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn folders() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    FOLDERS.locked()
}

/// The marks of the strays of one child.
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

    /// Kill all strays of an ended child. Processes of its group were killed with it and are no
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
            // Its group is read first, because it is unknown after its end.
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
            // A killed process may still be there for a while.
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
    pub(crate) somebodys: usize,
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

/// Kill a process with that mark. A handle is taken before it is checked, so that its id cannot
/// mean another process by then.
fn killed(id: i32, mark: &[u8]) -> bool {
    let held = Pid::from_raw(id).map(|pid| pidfd_open(pid, PidfdFlags::empty()));
    let Some(Ok(held)) = held else { return false };
    let marked = environment(id).is_some_and(|all| all.iter().any(|one| one == mark));
    marked && pidfd_send_signal(held, Signal::KILL).is_ok()
}
