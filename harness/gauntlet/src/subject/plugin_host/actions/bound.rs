//! The longest that an action on a host can take, when every request is answered just before its
//! timeout.

use std::time::Duration;

use wasm_gauntlet_model::action::{Action, Call, Control, Input, NoisyNeighbour, Task};
use wasm_gauntlet_model::limits::Limits;

use super::{calibrate, compare, control, differ, noisy_neighbour};

/// The timeouts of one host.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// For the answer to a call, past its deadline.
    pub(crate) call: Duration,
    /// For a module to be taken.
    pub(crate) load: Duration,
    /// To see that the host is there, before and after what is done, and to see it come back.
    pub(crate) look: Duration,
}

impl Patience {
    /// So many loads and calls, one after another.
    fn takes(self, limits: &Limits, loads: u32, calls: u32) -> Duration {
        let call = Duration::from_millis(limits.deadline_ms) + self.call;
        self.load.saturating_mul(loads) + call.saturating_mul(calls)
    }
}

/// The longest that `action` can take with these timeouts.
pub(crate) fn of(action: &Action, patience: Patience) -> Duration {
    patience.look
        + match action {
            Action::Call(call) => calls(call, patience),
            Action::Compare(one) => {
                compare::ENOUGH + patience.takes(&one.limits, 2, compare::CALLS_AT_LEAST)
            }
            Action::NoisyNeighbour(neighbour) => rounds(neighbour, patience),
            Action::Differ(differ) => {
                let calls = differ.seeds.max(1).saturating_mul(differ::CALLS_OF_A_MODULE);
                patience.takes(&differ.limits, differ.seeds.max(1) * 3, calls)
            }
            Action::Control(control) => task(control, patience),
            Action::Fetch(_)
            | Action::Everywhere(_)
            | Action::Inspect(_)
            | Action::Visit(_)
            | Action::Loads(_)
            | Action::Deploy(_) => Duration::ZERO,
        }
}

fn calls(call: &Call, patience: Patience) -> Duration {
    let in_turn = if call.at_once { 1 } else { call.times };
    let beside = u32::from(call.meanwhile.is_some()) * 2;
    let measured = match call.input {
        Input::SpinMs(_) => calibrate::takes(&call.limits),
        Input::Bytes(_) => Duration::ZERO,
    };
    let called = if call.load_only { 0 } else { in_turn };
    measured + patience.takes(&call.limits, 1 + beside, called + beside)
}

fn rounds(neighbour: &NoisyNeighbour, patience: Patience) -> Duration {
    let phase = noisy_neighbour::give_up(neighbour) + patience.takes(&neighbour.limits, 0, 1);
    let phases = phase.saturating_mul(neighbour.rounds.saturating_mul(2));
    calibrate::takes(&neighbour.limits) + patience.takes(&neighbour.limits, 2, 0) + phases
}

fn task(control: &Control, patience: Patience) -> Duration {
    let takes = |loads, calls| patience.takes(&control.limits, loads, calls);
    match control.task {
        // Requests are made at once; an upload is the slowest.
        Task::Registry { .. } | Task::Fill => takes(2, 1),
        Task::Rollback { switches, .. } => {
            control::SETTLE_MAX.saturating_mul(switches) + takes(switches.saturating_add(3), 1)
        }
        Task::Flood { .. } => control::FLOOD_TIME_MAX + takes(1, 1),
        Task::Audit { times } => takes(1, times) + patience.look.saturating_mul(2),
        Task::Start { times } => takes(times, times.saturating_mul(control::CALLS_A_START)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_request_of_a_step_counts() {
        let second = Duration::from_secs(1);
        let patience = Patience { call: second, load: second * 10, look: Duration::ZERO };
        let of = |change: &dyn Fn(&mut Call)| {
            let mut call = Call::usual("cpu-loop", "t");
            call.limits.deadline_ms = 1000;
            change(&mut call);
            super::of(&Action::Call(call), patience).as_secs()
        };
        assert_eq!(of(&|_| ()), 12, "a load, and a call of a second past its deadline");
        assert_eq!(of(&|call| call.times = 5), 20);
        assert_eq!(of(&|call| (call.times, call.at_once) = (5, true)), 12);
        assert_eq!(of(&|call| call.load_only = true), 10);
        assert!(of(&|call| call.meanwhile = Some("benign-tiny".to_owned())) > 12);
        assert!(of(&|call| call.input = Input::SpinMs(5)) > 12);
    }
}
