//! The processes that we started ourselves, told from those that the kernel gives us.
//!
//! As a subreaper (`PR_SET_CHILD_SUBREAPER`) we become the parent of whatever a child of ours
//! leaves behind, in whatever session and with whatever environment. So a child that is not on
//! the list here is one that somebody left. That holds in our own program, which asks for it when
//! it begins; in the process of somebody else, as in a `cargo test` with a `HostTest`, children
//! that we did not start are none of our business, and nobody is adopted or ended.

use std::collections::BTreeSet;
use std::io;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions};

/// A process, by its id and its start in ticks since the machine's, which no other shares.
type ProcessKey = (i32, u64);

static OURS: Mutex<BTreeSet<ProcessKey>> = Mutex::new(BTreeSet::new());

fn ours() -> MutexGuard<'static, BTreeSet<ProcessKey>> {
    OURS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Start a child that is ours. Every child of our program is started here: one that is not
/// would be taken for an orphan.
///
/// # Errors
/// When it cannot be started.
pub fn spawn(command: &mut Command) -> io::Result<Child> {
    // Held meanwhile, so that nobody looks between its start and its name on the list.
    let mut ours = ours();
    let child = command.spawn()?;
    let id = Pid::from_child(&child).as_raw_nonzero().get();
    ours.extend(Stat::of(id).map(|stat| (id, stat.started)));
    Ok(child)
}

/// Whether we are the parent of what children leave behind.
static ADOPTS: AtomicBool = AtomicBool::new(false);

/// Where the kernel lists our children; a kernel that lists none has them too, which is rare.
const CHILDREN: &str = "/proc/thread-self/children";

/// Become that, from the beginning of a program all of whose children are started here. One that
/// has children already, as in `server & exec gauntlet`, got them from the program that it took the
/// place of. What these leave is theirs, so such a program adopts nobody.
pub fn adopt() {
    if std::fs::read_to_string(CHILDREN).is_ok_and(|ids| !ids.trim().is_empty()) {
        return;
    }
    let me = Some(rustix::process::getpid());
    ADOPTS.store(rustix::process::set_child_subreaper(me).is_ok(), Ordering::Relaxed);
}

/// Whether we are.
pub fn adopts() -> bool {
    ADOPTS.load(Ordering::Relaxed)
}

/// Looks at all orphans: one that was killed may leave others.
const LOOKS_MAX: usize = 50;

/// Between two looks, for the kernel to end what was killed.
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

/// Kill the orphans that were started at `since` or later and that `ends` picks by their ids, and
/// reap those that are dead. Gives the ids and groups of those that were killed. What is in the
/// group of a child that runs ends with that one. There are none where nobody is adopted.
pub fn end_orphans(since: u64, ends: impl Fn(i32) -> bool) -> Vec<(i32, i32)> {
    if !adopts() {
        return Vec::new();
    }
    // Held meanwhile: what is not reaped keeps its id, and nobody else reaps it.
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

/// What `proc_pid_stat(5)` says of a process.
#[derive(Debug, PartialEq, Eq)]
struct Stat {
    dead: bool,
    parent: i32,
    group: i32,
    started: u64,
    /// Whether it has no memory any more, as when it was killed already.
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
