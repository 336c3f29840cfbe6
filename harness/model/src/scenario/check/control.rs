//! Checks of steps about a host as a whole.

use crate::action::{Control, Task, Verb};
use crate::limits::Limits;
use crate::reading::Log;
use crate::scenario::raw::{RawRegistry, RawRollback, RawStep};
use crate::scenario::step::ControlPlan;
use crate::scenario::template::{Template, checked};
use crate::source::{At, Complaint};

/// Most requests, switches or callers of one step.
const TIMES_MAX: u32 = 100;

/// The plans of the keys of `step` that concern the host as a whole.
pub(super) fn plans(
    step: &RawStep,
    params: &[String],
    limits: &Limits,
    log: &mut Log,
) -> Vec<ControlPlan> {
    let plan = |guest: &At<String>, task: Task, log: &mut Log| ControlPlan {
        guest: checked(guest, params, log),
        params: Vec::new(),
        other: None,
        rest: Control {
            guest: String::new(),
            guest_params: Vec::new(),
            other: String::new(),
            tenant: String::new(),
            limits: limits.clone(),
            task,
        },
    };
    let mut plans = Vec::new();
    if let Some(raw) = &step.registry
        && let Some((guest, task)) = registry(raw, log)
    {
        plans.push(plan(guest, task, log));
    }
    if let Some(raw) = &step.flood {
        let callers = few(raw, raw.value.callers, log);
        plans.push(plan(&raw.value.guest, Task::Flood { callers }, log));
    }
    if let Some(raw) = &step.fill {
        plans.push(plan(&raw.value.guest, Task::Fill, log));
    }
    if let Some(raw) = &step.audit {
        let times = few(raw, raw.value.times, log);
        plans.push(plan(&raw.value.guest, Task::Audit { times }, log));
    }
    if let Some(raw) = &step.start {
        let times = few(raw, raw.value.times, log);
        let whole = plan(&raw.value.guest, Task::Start { times }, log);
        let written = raw.value.params.0.iter();
        let params = written.map(|(k, v)| (k.value.clone(), checked(v, params, log))).collect();
        plans.push(ControlPlan { params, ..whole });
    }
    if let Some(raw) = &step.rollback {
        let whole = plan(&raw.value.guest, rollback(raw, log), log);
        let other: Option<Template> = Some(checked(&raw.value.other, params, log));
        plans.push(ControlPlan { other, ..whole });
    }
    plans
}

fn registry<'a>(raw: &'a At<RawRegistry>, log: &mut Log) -> Option<(&'a At<String>, Task)> {
    let RawRegistry { upload, activate, call, run, named, times } = &raw.value;
    let verbs =
        [(upload, Verb::Upload), (activate, Verb::Activate), (call, Verb::Call), (run, Verb::Run)];
    let mut said = verbs.iter().filter_map(|(guest, verb)| Some((guest.as_ref()?, *verb)));
    let (Some((guest, verb)), None) = (said.next(), said.next()) else {
        let problem = "a request to the registry does one thing";
        let help = "expected one of: upload, activate, call, run";
        log.add(Complaint::new(raw.span, problem).help(help));
        return None;
    };
    let times = few(raw, times.unwrap_or(1), log);
    Some((guest, Task::Registry { verb, named: named.unwrap_or_default(), times }))
}

fn rollback(raw: &At<RawRollback>, log: &mut Log) -> Task {
    let RawRollback { switches, callers, .. } = raw.value;
    Task::Rollback { switches: few(raw, switches, log), callers: few(raw, callers, log) }
}

/// A number from 1 to `TIMES_MAX`. Keeps a complaint about any other.
fn few<T>(raw: &At<T>, number: u32, log: &mut Log) -> u32 {
    if number == 0 || number > TIMES_MAX {
        let problem = format!("a number of this step is {number}");
        log.add(Complaint::new(raw.span, problem).help(format!("expected 1 to {TIMES_MAX}")));
    }
    number.clamp(1, TIMES_MAX)
}
