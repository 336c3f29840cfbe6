//! Whether a limit on the process makes an adapter fail. A failed rule is tried again without the
//! limits, and the limit without which it is kept is named.

use wasm_gauntlet_host::process::confine::Confinement;
use wasm_gauntlet_host::process::launch::Launch;

use super::Wrong;

/// Most failed rules that are tried again while no limit has been found guilty. An adapter that is
/// wrong by itself costs the timeout of each rule twice.
const ASKED_MAX: usize = 3;

/// Finds the limits that break rules.
#[derive(Default)]
pub(super) struct Limits {
    /// Rules that were broken without limits too.
    in_vain: usize,
    found: bool,
}

impl Limits {
    /// What is wrong, with the limit that it comes from, if it comes from one.
    pub(crate) fn explain<T>(
        &mut self,
        wrong: Wrong,
        launch: &Launch,
        look: impl Fn(&Launch) -> Result<T, Wrong>,
    ) -> Wrong {
        if !self.found && self.in_vain >= ASKED_MAX {
            return wrong;
        }
        let kept = |confinement| look(&Launch { confinement, ..launch.clone() }).is_ok();
        if !kept(Confinement::lifted()) {
            self.in_vain += 1;
            return wrong;
        }
        let each = launch.confinement.each_lifted();
        let by = each.into_iter().find(|(_, without)| kept(*without)).map(|(limit, _)| limit);
        self.found |= by.is_some();
        match by {
            Some(limit) => format!("{wrong}; the rule is kept without {limit}, which we set"),
            None => format!("{wrong}; the rule is kept if we set no limits"),
        }
    }
}
