//! One trial: a session, its steps, the judgement, the outcome.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use wasm_gauntlet_model::action::Action;
use wasm_gauntlet_model::cause::{Judged, Trace};
use wasm_gauntlet_model::judge::{Context, Judgement, StepFacts, judge};
use wasm_gauntlet_model::limits::Limits;
use wasm_gauntlet_model::observation::{Evidence, Observation, Value};
use wasm_gauntlet_model::record::{Advice, Outcome};
use wasm_gauntlet_model::scenario::{Case, CaseContext, SUBJECT, Scenario};
use wasm_gauntlet_model::verdict::Verdict;

use super::{Engine, ProfiledSubject};
use crate::subject::{Inability, Session};

/// What the steps of a trial gave, by the step's name, in order.
type Looked = Vec<(String, Observation)>;

/// The result of a trial.
pub(super) struct DoneTrial {
    /// The outcome, and what tells later whether it follows from another.
    pub(crate) judged: Judged,
    /// Whether the harness panicked in it.
    pub(crate) panicked: bool,
}

/// Do a trial.
pub(super) fn run(
    engine: &Engine,
    scenario: &Scenario,
    reached: &ProfiledSubject,
    case: &Case,
) -> DoneTrial {
    let name = reached.subject.name();
    let base = blank(scenario, name, &case.label);
    let limits = reached.profile.limits.clone().unwrap_or_else(|| scenario.limits.clone());
    let looked = catch_unwind(AssertUnwindSafe(|| look(engine, scenario, reached, case, &limits)));
    match looked {
        Ok(Ok(Look { mut looked, session, unable })) => {
            let seen = seen(&mut looked, reached);
            let judgement = judged(engine, reached, (scenario, case), &limits, &seen);
            let trace = trace(scenario, case, &judgement);
            let judgement = so_far(judgement, unable.as_ref());
            let found = (looked, seen, &*session);
            let mut outcome = with_evidence(base, judgement, scenario, reached, found, engine.seed);
            let unseen = unable.filter(|_| outcome.verdict == Verdict::Fail);
            outcome.evidence.extend(
                unseen
                    .map(|unable| Evidence { what: "not observed".to_owned(), text: unable.text }),
            );
            DoneTrial { judged: Judged { outcome, trace }, panicked: false }
        }
        Ok(Err(inability)) => doubt(base, inability.text, false),
        Err(panic) => {
            let said = panic.downcast_ref::<String>().map(String::as_str);
            let said = said.or_else(|| panic.downcast_ref::<&str>().copied());
            let reason = format!("the harness panicked: {}", said.unwrap_or("no message"));
            doubt(base, reason, true)
        }
    }
}

/// A trial without a verdict.
fn doubt(base: Outcome, reason: String, panicked: bool) -> DoneTrial {
    let outcome = Outcome { verdict: Verdict::Inconclusive, reason, ..base };
    DoneTrial { judged: Judged { outcome, trace: Trace::default() }, panicked }
}

/// The data that tells whether a failure follows from another one.
fn trace(scenario: &Scenario, case: &Case, judgement: &Judgement) -> Trace {
    let decided = judgement.span.and_then(|span| scenario.decided(span));
    Trace {
        asset: case.asset.as_ref().map(|found| found.label.clone()),
        visit: scenario.visits(),
        params: case.params.clone(),
        field: decided.map(|decided| decided.field),
        explained_by: judgement.explained_by.clone(),
    }
}

/// An outcome of which nothing is known yet.
pub(super) fn blank(scenario: &Scenario, subject: &str, case: &str) -> Outcome {
    let unknown = Outcome::unknown(&scenario.incident, case, subject, scenario.severity);
    Outcome { claim: scenario.claim.clone(), ..unknown }
}

/// The observations of the steps, up to the first that could not be done.
struct Look<'a> {
    looked: Looked,
    /// It remembers the steps.
    session: Box<dyn Session + 'a>,
    /// Why the step after the last one could not be done, if there was one.
    unable: Option<Inability>,
}

/// A decided failure stands, whatever later steps could not see. Anything else is a doubt, because
/// a claim that was not checked never passes.
fn so_far(judgement: Judgement, unable: Option<&Inability>) -> Judgement {
    match unable {
        Some(unable) if judgement.verdict != Verdict::Fail => Judgement {
            verdict: Verdict::Inconclusive,
            reason: unable.text.clone(),
            observed: String::new(),
            expected: String::new(),
            span: None,
            step: None,
            ..judgement
        },
        _ => judgement,
    }
}

/// Do the steps in order, until one of them cannot be done.
fn look<'a>(
    engine: &Engine,
    scenario: &Scenario,
    reached: &'a ProfiledSubject,
    case: &Case,
    limits: &Limits,
) -> Result<Look<'a>, Inability> {
    let tenant = tenant(scenario, case);
    let context = CaseContext {
        params: &case.params,
        asset: case.asset.as_ref(),
        profile: &reached.profile,
        limits,
        tenant: &tenant,
        noise_factor: engine.noise_factor,
    };
    let mut session = reached.subject.open(engine.seed ^ mark(&tenant))?;
    let mut looked = Looked::new();
    for step in &scenario.steps {
        let action = step.action(context).map_err(Inability::not_offered);
        let seen = action.and_then(|action| perform(session.as_mut(), &step.name, &action));
        match seen {
            Ok(observation) => looked.push((step.name.clone(), observation)),
            Err(unable) => return Ok(Look { looked, session, unable: Some(unable) }),
        }
    }
    Ok(Look { looked, session, unable: None })
}

fn perform(
    session: &mut dyn Session,
    step: &str,
    action: &Action,
) -> Result<Observation, Inability> {
    let unable = |unable: Inability| unable.reworded(|why| format!("{step}: {why}"));
    session.perform(step, action).map_err(unable)
}

/// A tenant for this case alone, so that one case never affects another.
fn tenant(scenario: &Scenario, case: &Case) -> String {
    let word = format!("{} {}", scenario.incident, case.label);
    format!("t{:016x}", mark(&word))
}

/// FNV-1a, 64 bits: the same on every run and machine.
fn mark(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The facts of every step, taken out of what they gave, and those of the subject.
fn seen(looked: &mut Looked, reached: &ProfiledSubject) -> StepFacts {
    let facts = looked.iter_mut().map(|(step, one)| (step.clone(), mem::take(&mut one.facts)));
    let facts = facts.map(|(step, facts)| (step, Arc::new(facts)));
    facts.chain([(SUBJECT.to_owned(), Arc::clone(&reached.facts))]).collect()
}

fn judged(
    engine: &Engine,
    reached: &ProfiledSubject,
    (scenario, case): (&Scenario, &Case),
    limits: &Limits,
    seen: &StepFacts,
) -> Judgement {
    let context = Context {
        params: &case.params,
        limits,
        grace_ms: reached.profile.grace_ms,
        noise_factor: engine.noise_factor,
    };
    judge(scenario, seen, context)
}

/// The outcome of a judgement, with advice and evidence if it is no pass.
fn with_evidence(
    base: Outcome,
    judgement: Judgement,
    scenario: &Scenario,
    reached: &ProfiledSubject,
    (looked, seen, session): (Looked, StepFacts, &dyn Session),
    seed: u64,
) -> Outcome {
    let Judgement { verdict, severity, reason, observed, expected, span, step, .. } = judgement;
    let place = |span: wasm_gauntlet_model::source::Span| {
        format!("{}:{}:{}", scenario.file, span.line, span.column)
    };
    let failed = verdict == Verdict::Fail;
    let flags = || reached.subject.flags();
    let again = || format!("gauntlet run {}--only {} --seed {seed}", flags(), base.incident);
    let deciding = looked.iter().find(|(name, _)| Some(name) == step.as_ref());
    let decided = span.and_then(|span| scenario.decided(span)).filter(|_| failed);
    let command = decided.as_ref().and_then(|decided| session.reproduce(decided));
    let own = || deciding.and_then(|(_, observation)| observation.reproduce.clone());
    let software = || step.as_ref().and_then(|step| seen.get(step)?.get("software"));
    let evidence = match verdict {
        Verdict::Pass | Verdict::Skipped => Vec::new(),
        Verdict::Fail | Verdict::Inconclusive => {
            let deciding =
                looked.iter().filter(|(name, _)| step.as_ref().is_none_or(|s| s == name));
            let evidence = |(name, observation): &(String, Observation)| {
                [session.evidence(name), observation.evidence.clone()].concat()
            };
            deciding.flat_map(evidence).collect()
        }
    };
    Outcome {
        verdict,
        severity,
        reason,
        observed,
        expected,
        reproduce: failed.then(|| command.or_else(own).unwrap_or_else(again)),
        r#where: span.map(place),
        advice: failed.then(|| {
            let fixes = decided.as_ref().and_then(|decided| decided.fix.as_ref());
            let fixes = fixes.unwrap_or(&scenario.playbook.fix);
            advice(scenario, fixes.best(&named(software()), &reached.profile.about))
        }),
        evidence,
        ..base
    }
}

/// The software that answered the step that decided, where the step tells.
fn named(software: Option<&Value>) -> Vec<String> {
    match software {
        Some(Value::Texts(names)) => names.clone(),
        _ => Vec::new(),
    }
}

fn advice(scenario: &Scenario, fix: String) -> Advice {
    let playbook = &scenario.playbook;
    Advice {
        symptom: playbook.symptom.clone(),
        first_check: playbook.first_check.clone(),
        cause: playbook.cause.clone(),
        fix,
        see: playbook.see.clone(),
    }
}
