//! Workers that did nothing hostile, kept for the next trial.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard};

use wasm_gauntlet_host::worker::parent::process::Process;

use crate::locks::unpoisoned;

/// Most idle workers: as many as trials run at once on a small machine. Each uses about 30 MiB.
const IDLE_MAX: usize = 2;

/// Trials after which a worker is not kept, because its CPU limit counts all of them.
const USES_MAX: u32 = 64;

/// The workers that wait.
#[derive(Default)]
pub(crate) struct Idle {
    waiting: Mutex<Vec<Arc<Process>>>,
}

impl Idle {
    fn waiting(&self) -> MutexGuard<'_, Vec<Arc<Process>>> {
        unpoisoned(self.waiting.lock())
    }

    /// One that lives, if there is one.
    pub(crate) fn take(&self) -> Option<Arc<Process>> {
        let mut waiting = self.waiting();
        while let Some(process) = waiting.pop() {
            if process.gone().is_none() {
                return Some(process);
            }
        }
        None
    }

    /// Who waits.
    #[cfg(test)]
    pub(crate) fn pids(&self) -> Vec<rustix::process::Pid> {
        self.waiting().iter().map(|process| process.pid()).collect()
    }

    /// Keep one, unless there are enough, or it is gone, or was used often.
    pub(crate) fn put(&self, process: Arc<Process>) {
        let fit = process.gone().is_none() && process.uses.load(Ordering::Relaxed) < USES_MAX;
        let mut waiting = self.waiting();
        if fit && waiting.len() < IDLE_MAX {
            process.uses.fetch_add(1, Ordering::Relaxed);
            waiting.push(process);
        } else {
            drop(waiting);
            drop(process);
        }
    }
}
