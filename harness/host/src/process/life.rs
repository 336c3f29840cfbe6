//! The life of one child: killed with its whole group, reaped once, and its end described.

use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ExitStatus};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions};

use crate::process::locked::Locked;

/// Why we ended a child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// It did not answer within this time.
    Hung(Duration),
    /// It broke the protocol, and how.
    Broke(String),
    /// It closed its stdout, as a process does that is about to end.
    Closed,
    /// We no longer needed it.
    Done,
}

/// Whether the child may still be killed. After it is reaped, its id may belong to another process.
pub struct Life {
    pid: Pid,
    state: Mutex<LifeState>,
}

#[derive(Default)]
struct LifeState {
    reaped: bool,
    why: Option<Why>,
}

impl Life {
    /// The life of the leader of a process group.
    pub fn new(pid: Pid) -> Self {
        Self { pid, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, LifeState> {
        self.state.locked()
    }

    /// Kill the whole group, once; the first reason stays.
    pub fn end(&self, why: Why) {
        let mut state = self.state();
        if !state.reaped {
            state.why.get_or_insert(why);
            let _ = rustix::process::kill_process_group(self.pid, Signal::KILL);
        }
    }

    /// How it broke the protocol, if that is why we ended it.
    pub fn broke(&self) -> Option<String> {
        match &self.state().why {
            Some(Why::Broke(how)) => Some(how.clone()),
            _ => None,
        }
    }

    /// Wait for the end, kill what is left of the group, reap, and say what the end was.
    pub fn reap(&self, child: &mut Child) -> ChildEnd {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while let Err(rustix::io::Errno::INTR) =
            rustix::process::waitid(WaitId::Pid(self.pid), options)
        {}
        let mut state = self.state();
        let _ = rustix::process::kill_process_group(self.pid, Signal::KILL);
        let status = child.wait().ok();
        state.reaped = true;
        ChildEnd { why: state.why.clone(), status }
    }
}

/// How a child ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChildEnd {
    why: Option<Why>,
    status: Option<ExitStatus>,
}

impl ChildEnd {
    /// The end in words, and the signal if we did not send it.
    pub fn words(&self) -> (String, Option<String>) {
        let raw = self.status.and_then(|status| status.signal());
        let ours = self.why.is_some() && raw == Some(Signal::KILL.as_raw());
        let signal = raw.filter(|_| !ours).map(signal_name);
        let words = match (&self.why, &signal, self.status.and_then(|status| status.code())) {
            (_, Some(signal), _) => format!("the host process was ended by {signal}"),
            (Some(Why::Hung(time)), ..) => {
                format!("no answer within {} ms; the host process was killed", time.as_millis())
            }
            (Some(Why::Broke(how)), ..) => format!("the host broke the protocol: {how}"),
            (None | Some(Why::Closed), None, Some(code)) => {
                format!("the host process exited with code {code}")
            }
            (Some(Why::Closed), ..) => {
                "the host broke the protocol: it closed its stdout".to_owned()
            }
            (Some(Why::Done), ..) => "the harness ended the host process".to_owned(),
            (None, None, None) => "the host process is gone".to_owned(),
        };
        (words, signal)
    }
}

/// The name of a signal, as `kill -l` has it, with its prefix.
fn signal_name(raw: i32) -> String {
    const NAMES: [&str; 31] = [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
        "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
        "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];
    let index = usize::try_from(raw).ok().and_then(|raw| raw.checked_sub(1));
    let name = index.and_then(|index| NAMES.get(index));
    name.map_or_else(|| format!("signal {raw}"), |name| format!("SIG{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_have_their_names() {
        for (signal, name) in [
            (Signal::ABORT, "SIGABRT"),
            (Signal::SEGV, "SIGSEGV"),
            (Signal::KILL, "SIGKILL"),
            (Signal::XCPU, "SIGXCPU"),
            (Signal::SYS, "SIGSYS"),
        ] {
            assert_eq!(signal_name(signal.as_raw()), name);
        }
        assert_eq!((signal_name(0), signal_name(64)), ("signal 0".into(), "signal 64".into()));
    }

    #[test]
    fn our_own_kill_is_no_signal_of_the_host_and_its_own_death_is() {
        let status = |raw| Some(ExitStatus::from_raw(raw));
        let end = |why, raw| ChildEnd { why, status: status(raw) }.words();
        let hung = Some(Why::Hung(Duration::from_millis(2050)));
        assert_eq!(end(hung.clone(), 9).1, None);
        assert!(end(hung.clone(), 9).0.contains("2050 ms"));
        assert_eq!(end(hung, 11).1.as_deref(), Some("SIGSEGV"));
        assert_eq!(end(None, 9).1.as_deref(), Some("SIGKILL"));
        let exited = ("the host process exited with code 7".to_owned(), None);
        assert_eq!(end(None, 7 << 8), exited);
        assert_eq!(end(Some(Why::Closed), 7 << 8), exited, "it had ended before our kill");
        assert!(end(Some(Why::Closed), 9).0.contains("closed its stdout"));
    }
}
