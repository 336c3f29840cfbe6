//! Checks of steps: one action each, names unique, references backwards.

use crate::action::{Match, Method};
use crate::limits::Limits;
use crate::name::is_word;
use crate::reading::Log;
use crate::scenario::raw::{RawCall, RawContest, RawFetch, RawStep};
use crate::scenario::step::{CallPlan, FetchPlan, StepPlan};
use crate::scenario::template::{Template, checked};
use crate::scenario::{SUBJECT, Scalar, Step};
use crate::source::{At, Complaint};

/// Most calls of one step; a hundred at once is more than a host of two cores serves.
const CALLS_MAX: u32 = 1_000;

/// The steps that are meant.
pub(super) fn check(
    raw: &At<Vec<RawStep>>,
    params: &[String],
    limits: &Limits,
    log: &mut Log,
) -> Vec<Step> {
    if raw.value.is_empty() && log.0.is_empty() {
        log.add(Complaint::new(raw.span, "there is no step, so nothing would be looked at"));
    }
    let mut steps: Vec<Step> = Vec::new();
    for step in &raw.value {
        name(&step.r#as, &steps, log);
        if let Some(plan) = plan(step, &steps, params, limits, log) {
            steps.push(Step { name: step.r#as.value.clone(), plan });
        }
    }
    steps
}

fn name(name: &At<String>, before: &[Step], log: &mut Log) {
    if !is_word(&name.value) {
        let problem = format!("`{}` is no name of a step", name.value);
        let help = "expected lower-case letters, digits and hyphens";
        log.add(Complaint::new(name.span, problem).help(help));
    }
    if before.iter().any(|step| step.name == name.value) || name.value == SUBJECT {
        log.add(Complaint::new(name.span, format!("a step is called `{}` already", name.value)));
    }
}

fn plan(
    step: &RawStep,
    before: &[Step],
    params: &[String],
    limits: &Limits,
    log: &mut Log,
) -> Option<StepPlan> {
    let mut plans = Vec::new();
    if let Some(get) = &step.get {
        plans.push(fetch(Method::Get, &get.value, before, params, log));
    }
    if let Some(head) = &step.head {
        plans.push(fetch(Method::Head, &head.value, before, params, log));
    }
    if let Some(inspect) = &step.inspect {
        let asset = inspect.value.asset.as_ref().map(|asset| asset.value);
        plans.push(StepPlan::Inspect { asset });
    }
    if let Some(raw) = &step.call {
        plans.push(call(raw, false, params, log));
    }
    if let Some(raw) = &step.load {
        plans.push(call(raw, true, params, log));
    }
    if let Some(raw) = &step.compare {
        let guest = checked(&raw.value.guest, params, log);
        let control = checked(&raw.value.control, params, log);
        plans.push(StepPlan::Compare { guest, control, pairs: raw.value.pairs });
    }
    if let Some(raw) = &step.contest {
        plans.push(contest(&raw.value, limits, params, log));
    }
    if plans.len() != 1 {
        let problem = format!("a step does one thing, this one does {}", plans.len());
        let help = "expected one of: get, head, inspect, call, load, compare, contest";
        log.add(Complaint::new(step.r#as.span, problem).help(help));
        return None;
    }
    plans.pop()
}

fn fetch(
    method: Method,
    raw: &RawFetch,
    before: &[Step],
    params: &[String],
    log: &mut Log,
) -> StepPlan {
    if let Some(earlier) = &raw.revalidates
        && !before.iter().any(|step| step.name == earlier.value && step.is_fetch())
    {
        let names: Vec<&str> = before.iter().map(|step| step.name.as_str()).collect();
        log.unknown("earlier step", earlier, &names);
    }
    let offer = raw.accept_encoding.as_ref().filter(|offer| offer.value != Scalar::Null);
    let offer = offer.map(|offer| At { value: offer.value.text(), span: offer.span });
    StepPlan::Fetch(FetchPlan {
        method,
        asset: raw.asset.as_ref().map(|asset| asset.value),
        accept_encoding: offer.map(|offer| checked(&offer, params, log)),
        revalidates: raw.revalidates.as_ref().map(|step| step.value.clone()),
        one_off: raw.one_off,
    })
}

fn call(raw: &At<RawCall>, load_only: bool, params: &[String], log: &mut Log) -> StepPlan {
    let RawCall { guest, input, spin_ms, tenant, times, at_once, .. } = &raw.value;
    if input.is_some() && spin_ms.is_some() {
        log.add(Complaint::new(raw.span, "`input` and `spin-ms` are both given").help("keep one"));
    }
    let times = times.unwrap_or(1);
    if times == 0 || times > CALLS_MAX {
        let problem = format!("`times` is {times}");
        let help = format!("expected 1 to {CALLS_MAX}");
        log.add(Complaint::new(raw.span, problem).help(help));
    }
    let text = |text: &Option<At<String>>, log: &mut Log| {
        text.as_ref().map(|text| checked(text, params, log))
    };
    let guest_params = raw.value.params.0.iter();
    StepPlan::Call(Box::new(CallPlan {
        guest: checked(guest, params, log),
        params: guest_params.map(|(k, v)| (k.value.clone(), checked(v, params, log))).collect(),
        input: text(input, log).unwrap_or_else(|| Template::new("ping")),
        spin_ms: *spin_ms,
        tenant: text(tenant, log),
        times,
        at_once: at_once.unwrap_or(false),
        load_only,
        grants: super::grants(raw.value.grants.as_ref()),
    }))
}

fn contest(raw: &RawContest, limits: &Limits, params: &[String], log: &mut Log) -> StepPlan {
    StepPlan::Contest {
        noise: checked(&raw.noise, params, log),
        rest: Match {
            polite_ms: raw.polite_ms,
            polite_tenants: raw.polite_tenants,
            polite_per_s: raw.polite_per_s,
            noise: String::new(),
            noise_at_once: raw.noise_at_once,
            phase_s: raw.phase_s,
            rounds: raw.rounds,
            floor_ms: raw.floor_ms,
            limits: limits.clone(),
        },
    }
}
