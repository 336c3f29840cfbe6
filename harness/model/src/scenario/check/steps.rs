//! Checks of steps: each has one action and a unique name, and refers to earlier steps only.

use crate::action::{Method, NoisyNeighbour, Special};
use crate::limits::Limits;
use crate::name::is_word;
use crate::reading::Log;
use crate::scenario::raw::{
    RawCall, RawDeploy, RawDiffer, RawEverywhere, RawFetch, RawNoisyNeighbour, RawPageLoads,
    RawStep, RawVisit,
};
use crate::scenario::step::{CALLS_MAX, CallPlan, FetchPlan, StepPlan, VisitPlan};
use crate::scenario::template::{Template, checked};
use crate::scenario::{SUBJECT, Scalar, Step};
use crate::source::{At, Complaint};
use crate::target::NOISE_FACTOR_USUAL;

/// Pairs of loads. With 5, the smallest and the largest difference hold the median in 94 of 100
/// samples.
const LOADS_USUAL: u32 = 5;

/// Most pairs of loads. Each takes two seconds.
const LOADS_MAX: u32 = 50;

/// Most uses in one visit. Each takes a second.
const USES_MAX: u32 = 5;

/// Most exchanges of one lattice with one address: a module of 10 MB is asked for 50 times.
const LATTICE_MAX: usize = 50;

/// The steps that are meant.
pub(super) fn check(
    raw: &At<Vec<RawStep>>,
    params: &[String],
    limits: &Limits,
    log: &mut Log,
) -> Vec<Step> {
    if raw.value.is_empty() && log.0.is_empty() {
        log.add(Complaint::new(raw.span, "there is no step, so nothing would be tested"));
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
        let problem = format!("`{}` is not a valid step name", name.value);
        let help = "expected lower-case letters, digits and hyphens";
        log.add(Complaint::new(name.span, problem).help(help));
    }
    if before.iter().any(|step| step.name == name.value) || name.value == SUBJECT {
        let problem = format!("another step already has the name `{}`", name.value);
        log.add(Complaint::new(name.span, problem));
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
    if let Some(raw) = &step.everywhere {
        plans.push(everywhere(raw, log));
    }
    if let Some(raw) = &step.visit {
        plans.push(visit(raw, params, log));
    }
    if let Some(raw) = &step.page_loads {
        plans.push(page_loads(raw, log));
    }
    if let Some(raw) = &step.deploy {
        plans.push(deploy(&raw.value, params, log));
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
    if let Some(raw) = &step.noisy_neighbour {
        plans.push(neighbour(&raw.value, limits, params, log));
    }
    if let Some(raw) = &step.differ {
        plans.push(differ(raw, params, log));
    }
    let control = super::control::plans(step, params, limits, log);
    plans.extend(control.into_iter().map(|plan| StepPlan::Control(Box::new(plan))));
    if plans.len() != 1 {
        let problem = format!("a step must do one thing, this one does {}", plans.len());
        let help = "expected one of: get, head, everywhere, inspect, visit, page-loads, deploy, \
                    call, load, compare, noisy-neighbour, differ, registry, rollback, flood, fill, \
                    audit, start";
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
    for earlier in [&raw.revalidates, &raw.against, &raw.part_of, &raw.resumes, &raw.for_page] {
        refers(earlier.as_ref(), before, log);
    }
    let name = |step: &Option<At<String>>| step.as_ref().map(|step| step.value.clone());
    let offer = raw.accept_encoding.as_ref().filter(|offer| offer.value != Scalar::Null);
    let offer = offer.map(|offer| At { value: offer.value.text(), span: offer.span });
    StepPlan::Fetch(FetchPlan {
        method,
        asset: raw.asset.as_ref().map(|asset| asset.value),
        accept_encoding: offer.map(|offer| checked(&offer, params, log)),
        revalidates: name(&raw.revalidates),
        one_off: raw.one_off,
        special: Special {
            place: raw.from.unwrap_or_default(),
            invented: raw.invented.unwrap_or(false),
            against: name(&raw.against),
            part_of: name(&raw.part_of),
            resumes: name(&raw.resumes),
            for_page: name(&raw.for_page),
        },
    })
}

/// Complain about a reference that is not to an earlier exchange.
fn refers(earlier: Option<&At<String>>, before: &[Step], log: &mut Log) {
    let exchanges = before.iter().filter(|step| step.is_exchange());
    let names: Vec<&str> = exchanges.map(|step| step.name.as_str()).collect();
    if let Some(earlier) = earlier.filter(|earlier| !names.contains(&earlier.value.as_str())) {
        log.unknown("earlier step", earlier, &names);
    }
}

fn everywhere(raw: &At<RawEverywhere>, log: &mut Log) -> StepPlan {
    let RawEverywhere { offers, repeats } = &raw.value;
    let exchanges = offers.len().saturating_mul(*repeats as usize);
    if exchanges == 0 || exchanges > LATTICE_MAX {
        let problem = format!("the lattice makes {exchanges} exchanges with each address");
        let help = format!("expected 1 to {LATTICE_MAX}");
        log.add(Complaint::new(raw.span, problem).help(help));
    }
    StepPlan::Everywhere { offers: offers.clone(), repeats: *repeats }
}

fn visit(raw: &At<RawVisit>, params: &[String], log: &mut Log) -> StepPlan {
    let RawVisit { uses, module_fails, retry, slow, traced } = &raw.value;
    let uses = uses.unwrap_or(0);
    if uses > USES_MAX {
        let problem = format!("`uses` is {uses}");
        log.add(Complaint::new(raw.span, problem).help(format!("expected 0 to {USES_MAX}")));
    }
    let retry = retry.unwrap_or(false);
    if retry && module_fails.is_none() {
        let problem = "`retry` needs a failure before it";
        log.add(Complaint::new(raw.span, problem.to_owned()).help("expected `module-fails` too"));
    }
    let (slow, traced) = (slow.unwrap_or(false), traced.unwrap_or(false));
    if usize::from(slow) + usize::from(traced) + usize::from(module_fails.is_some()) > 1 {
        let problem = "`slow`, `traced` and `module-fails` exclude one another";
        log.add(Complaint::new(raw.span, problem.to_owned()).help("keep one"));
    }
    let module_fails = module_fails.as_ref().map(|fails| checked(fails, params, log));
    StepPlan::Visit(VisitPlan { uses, module_fails, retry, slow, traced })
}

fn deploy(raw: &RawDeploy, params: &[String], log: &mut Log) -> StepPlan {
    let rollback = At { value: raw.rollback.value.text(), span: raw.rollback.span };
    let rollback = checked(&rollback, params, log);
    StepPlan::Deploy { rollback, visitor: checked(&raw.visitor, params, log) }
}

fn page_loads(raw: &At<RawPageLoads>, log: &mut Log) -> StepPlan {
    let times = raw.value.times.unwrap_or(LOADS_USUAL);
    if !(LOADS_USUAL..=LOADS_MAX).contains(&times) {
        let problem = format!("`times` is {times}");
        let help = format!("expected {LOADS_USUAL} to {LOADS_MAX}");
        log.add(Complaint::new(raw.span, problem).help(help));
    }
    StepPlan::Loads { times }
}

fn call(raw: &At<RawCall>, load_only: bool, params: &[String], log: &mut Log) -> StepPlan {
    let RawCall { guest, input, spin_ms, tenant, times, at_once, meanwhile, .. } = &raw.value;
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
        past_calls_at_once: raw.value.past_calls_at_once.unwrap_or(false),
        at_once: at_once.unwrap_or(false),
        meanwhile: text(meanwhile, log),
        load_only,
        grants: super::grants(raw.value.grants.as_ref()),
    }))
}

fn differ(raw: &At<RawDiffer>, params: &[String], log: &mut Log) -> StepPlan {
    let RawDiffer { guest, seeds, excuse } = &raw.value;
    if *seeds == 0 || *seeds > CALLS_MAX {
        let problem = format!("`seeds` is {seeds}");
        let help = format!("expected 1 to {CALLS_MAX}");
        log.add(Complaint::new(raw.span, problem).help(help));
    }
    let guest = checked(guest, params, log);
    StepPlan::Differ { guest, seeds: *seeds, excuses: excuse.clone() }
}

fn neighbour(
    raw: &RawNoisyNeighbour,
    limits: &Limits,
    params: &[String],
    log: &mut Log,
) -> StepPlan {
    StepPlan::NoisyNeighbour {
        noise: checked(&raw.noise, params, log),
        rest: NoisyNeighbour {
            polite_ms: raw.polite_ms,
            polite_tenants: raw.polite_tenants,
            polite_per_s: raw.polite_per_s,
            noise: String::new(),
            noise_at_once: raw.noise_at_once,
            phase_ms: raw.phase_ms,
            rounds: raw.rounds,
            floor_ms: raw.floor_ms,
            factor: NOISE_FACTOR_USUAL,
            limits: limits.clone(),
        },
    }
}
