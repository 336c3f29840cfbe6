//! The processes that we started, distinguished from those that the kernel assigns to us.
//!
//! As a subreaper (`PR_SET_CHILD_SUBREAPER`) we become the parent of every process that a child of
//! ours leaves, whatever its session and environment. So a child that is not on the list here was
//! left behind. This holds in our own program, which asks for it at its start. In another program,
//! such as a `cargo test` with a `HostTest`, there may be children that we did not start, so
//! nothing is adopted or ended.

use std::collections::BTreeSet;
use std::io;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions};

use crate::process::locked::Locked;

/// A process: its id and its start time in ticks, which together are unique.
type ProcessKey = (i32, u64);

static OURS: Mutex<BTreeSet<ProcessKey>> = Mutex::new(BTreeSet::new());

fn ours() -> MutexGuard<'static, BTreeSet<ProcessKey>> {
    OURS.locked()
}

/// Start a child of ours. Our program must start every child here; another child would be taken for
/// an orphan.
///
/// # Errors
/// When it cannot be started.
pub fn spawn(command: &mut Command) -> io::Result<Child> {
    // Held, so that no sweep happens between its start and its entry in the list.
    let mut ours = ours();
    let child = command.spawn()?;
    let id = Pid::from_child(&child).as_raw_nonzero().get();
    ours.extend(Stat::of(id).map(|stat| (id, stat.started)));
    Ok(child)
}

/// Whether we are the parent of what children leave behind.
static ADOPTS: AtomicBool = AtomicBool::new(false);

/// The file in which the kernel lists our children. Rarely, a kernel has no such list.
const CHILDREN: &str = "/proc/thread-self/children";

/// Become a subreaper. The program must start all its children here. A program that has children at
/// its start, as in `server & exec gauntlet`, inherited them from the program that it replaced.
/// Their leftovers are not ours, so such a program adopts nothing.
pub fn adopt() {
    if std::fs::read_to_string(CHILDREN).is_ok_and(|ids| !ids.trim().is_empty()) {
        return;
    }
    let me = Some(rustix::process::getpid());
    ADOPTS.store(rustix::process::set_child_subreaper(me).is_ok(), Ordering::Relaxed);
}

/// Whether we are a subreaper.
pub fn adopts() -> bool {
    ADOPTS.load(Ordering::Relaxed)
}

/// Rounds over all orphans: an orphan that was killed may leave others.
const LOOKS_MAX: usize = 50;

/// Pause between two rounds, in which the kernel ends what was killed.
const NAP: Duration = Duration::from_millis(2);

/// End everything that children of ours left.
pub fn end_all_orphans() {
    for _ in 0..LOOKS_MAX {
        if end_orphans(0, |_| true).is_empty() {
            break;
        }
        std::thread::sleep(NAP);
    }
}

/// When a child of ours was started.
pub fn started(id: Pid) -> Option<u64> {
    Stat::of(id.as_raw_nonzero().get()).map(|stat| stat.started)
}

/// Kill the orphans that started at `since` or later and whose ids `ends` selects, and reap the
/// dead ones. Returns the ids and groups of those that were killed. Processes in the group of a
/// running child end with that child. Without adoption there are none.
pub(crate) fn end_orphans(since: u64, ends: impl Fn(i32) -> bool) -> Vec<(i32, i32)> {
    if !adopts() {
        return Vec::new();
    }
    // Held: a process that is not reaped keeps its id, and nobody else reaps it.
    let mut ours = ours();
    ours.retain(|(id, started)| Stat::of(*id).is_some_and(|stat| stat.started == *started));
    let me = rustix::process::getpid().as_raw_nonzero().get();
    let mut killed = Vec::new();
    for id in ids() {
        let orphan = Stat::of(id).filter(|stat| {
            let of_another = || ours.iter().any(|(leader, _)| *leader == stat.group);
            stat.parent == me
                && stat.started >= since
                && !ours.contains(&(id, stat.started))
                && (stat.dead || !of_another())
        });
        let (Some(orphan), Some(pid)) = (orphan, Pid::from_raw(id)) else { continue };
        if orphan.dead {
            let _ = rustix::process::waitid(
                WaitId::Pid(pid),
                WaitIdOptions::EXITED | WaitIdOptions::NOHANG,
            );
        } else if !orphan.ending
            && ends(id)
            && rustix::process::kill_process(pid, Signal::KILL).is_ok()
        {
            killed.push((id, orphan.group));
        }
    }
    killed
}

/// The ids of all processes that can be seen.
pub fn ids() -> Vec<i32> {
    let Ok(processes) = std::fs::read_dir("/proc") else { return Vec::new() };
    processes.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

/// The group of a process.
pub fn group(id: i32) -> Option<i32> {
    Stat::of(id).map(|stat| stat.group)
}

/// The fields of `proc_pid_stat(5)` for a process.
#[derive(Debug, PartialEq, Eq)]
struct Stat {
    dead: bool,
    parent: i32,
    group: i32,
    started: u64,
    /// Whether it has no memory left, as after a kill.
    ending: bool,
}

impl Stat {
    fn of(id: i32) -> Option<Self> {
        Self::read(&std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?)
    }

    /// Fields 3, 4, 5, 22 and 23; the name, which may hold anything, ends at the last bracket.
    fn read(stat: &str) -> Option<Self> {
        let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
        let dead = matches!(fields.next()?, "Z" | "X");
        let parent = fields.next()?.parse().ok()?;
        let group = fields.next()?.parse().ok()?;
        let started = fields.nth(16)?.parse().ok()?;
        let ending = fields.next()? == "0";
        Some(Self { dead, parent, group, started, ending })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stat_is_read_past_a_name_that_is_hostile() {
        let rest = "1 7 7 0 -1 4194560 1 0 0 0 12 3 0 0 20 0 4 0 991 1 2";
        let read = |state: &str| Stat::read(&format!("7 (a) Z 9 (b) {state} {rest}"));
        let stat = Stat { dead: false, parent: 1, group: 7, started: 991, ending: false };
        assert_eq!(read("S"), Some(stat));
        assert!(read("Z").is_some_and(|stat| stat.dead));
        assert_eq!(Stat::read("7 (a) S 1"), None);
    }

    #[test]
    fn a_child_of_ours_is_no_orphan() {
        let child = spawn(Command::new("sleep").arg("60"));
        let mut child = child.expect("it starts");
        let id = Pid::from_child(&child);
        let since = started(id).expect("it runs");
        assert_eq!(end_orphans(since, |one| one == id.as_raw_nonzero().get()), []);
        assert_eq!(child.try_wait().expect("it is ours"), None);
        child.kill().and_then(|()| child.wait()).expect("it is ended");
    }
}
