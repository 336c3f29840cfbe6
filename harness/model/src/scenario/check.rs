//! From a scenario as written to a scenario as meant. Every complaint is kept.

use crate::fault::Fault;
use crate::limits::{Grants, Limits};
use crate::name::{is_incident, is_word};
use crate::reading::Log;
use crate::source::{At, Complaint, Span};

use super::cases::{COUNTERPART, MATRIX_CASES_MAX};
use super::matrix::Matrix;
use super::raw::{RawGrants, RawLimits, RawPlaybook, RawScenario};
use super::vocabulary::Vocabulary;
use super::{Block, Playbook, Scalar, Scenario, Step};

mod claims;
mod control;
mod steps;

/// The scenario that `raw` means; complaints about it are added to `log`.
pub(super) fn check(
    raw: RawScenario,
    file: &str,
    vocabulary: &Vocabulary,
    log: &mut Log,
) -> Scenario {
    incident(&raw.incident, file, log);
    faults(&raw, log);
    let matrix = raw.matrix.resolved(vocabulary, log);
    let mut params = matrix_names(&matrix, log);
    let has_guests = raw.each.is_empty();
    let counterparts = if has_guests { counterparts(&matrix, vocabulary) } else { Vec::new() };
    if !counterparts.is_empty() || has_guests && vocabulary.guests.is_empty() {
        let derived: Vec<String> =
            params.iter().map(|name| format!("{name}{COUNTERPART}")).collect();
        params.extend(derived);
    }
    let limits = limits(raw.limits.as_ref());
    let steps = steps::check(&raw.steps, &params, &limits, log);
    kind(&steps, &raw, log);
    steady(&raw, log);
    let expect = claims::check(&raw.expect.value, &steps, &params, raw.expect.span, log);
    not_from_itself(&raw.incident.value, &expect, log);
    let matrix: Vec<(String, Vec<Scalar>)> =
        matrix.into_iter().map(|(name, values)| (name.value, values)).collect();
    let used = if has_guests { used(&steps, &matrix, &counterparts) } else { Vec::new() };
    let among = |guest: &String| used.contains(guest);
    let heavy = if used.is_empty() { Vec::new() } else { vocabulary.heavy.clone() };
    let reaches = if used.is_empty() { Vec::new() } else { vocabulary.reaches.clone() };
    let scenario = Scenario {
        file: file.to_owned(),
        incident: raw.incident.value,
        claim: raw.claim.value,
        severity: raw.severity,
        faults: raw.faults.iter().map(|fault| fault.value).collect(),
        implied_by: raw.implied_by.iter().map(|fault| fault.value).collect(),
        playbook: playbook(raw.playbook),
        needs: raw.needs,
        each: raw.each,
        matrix,
        heavy: heavy.into_iter().filter(among).collect(),
        reaches: reaches.into_iter().filter(|(guest, _)| among(guest)).collect(),
        counterparts,
        timing: raw.timing.unwrap_or(false),
        steady: raw.steady.is_some_and(|steady| steady.value),
        limits,
        steps,
        expect,
    };
    guests(&scenario, &raw.matrix, raw.steps.span, vocabulary, log);
    words(&scenario, &raw.matrix, raw.steps.span, log);
    scenario
}

fn incident(incident: &At<String>, file: &str, log: &mut Log) {
    if incident.span == Span::default() {
        return;
    }
    if !is_incident(&incident.value) {
        let problem = format!("`{}` is not an incident id", incident.value);
        let help = "expected `family/name`, lower-case letters, digits and hyphens";
        log.add(Complaint::new(incident.span, problem).help(help));
        return;
    }
    let path = file.strip_suffix(".yaml").unwrap_or(file);
    let built_in = file.starts_with("catalogue/");
    if built_in && path != format!("catalogue/{}", incident.value) {
        let problem = format!("`{}` is not in the file that has its name", incident.value);
        let help = format!("expected the file catalogue/{}.yaml", incident.value);
        log.add(Complaint::new(incident.span, problem).help(help));
    }
}

/// No failure is explained by its own incident.
fn not_from_itself(incident: &str, expect: &[Block], log: &mut Log) {
    let all = expect.iter().flat_map(|block| &block.follows_from);
    for own in all.filter(|follows| follows.incident == incident) {
        let problem = format!("a failure of `{incident}` cannot follow from `{incident}`");
        log.add(Complaint::new(own.span, problem).help("expected another incident"));
    }
}

/// `steady` needs a measurement.
fn steady(raw: &RawScenario, log: &mut Log) {
    if let Some(steady) = raw.steady.as_ref().filter(|_| raw.timing != Some(true)) {
        let problem = "`steady` needs a scenario that measures time";
        log.add(Complaint::new(steady.span, problem.to_owned()).help("expected `timing: true`"));
    }
}

fn faults(raw: &RawScenario, log: &mut Log) {
    for implied in &raw.implied_by {
        if raw.faults.iter().any(|fault| fault.value == implied.value) {
            let problem = format!("`{}` is already in `faults`", implied.value.word());
            log.add(Complaint::new(implied.span, problem).help("remove it from `implied-by`"));
        }
    }
    let all: Vec<&At<Fault>> = raw.faults.iter().chain(&raw.implied_by).collect();
    for (index, fault) in raw.faults.iter().enumerate() {
        if all[..index].iter().any(|other| other.value == fault.value) {
            let problem = format!("`{}` is named twice", fault.value.word());
            log.add(Complaint::new(fault.span, problem));
        }
    }
}

fn matrix_names(matrix: &[(At<String>, Vec<Scalar>)], log: &mut Log) -> Vec<String> {
    for (name, _) in matrix {
        if !is_word(&name.value) {
            let problem = format!("`{}` is not a valid parameter name", name.value);
            let help = "expected lower-case letters, digits and hyphens";
            log.add(Complaint::new(name.span, problem).help(help));
        }
    }
    let sizes = matrix.iter().map(|(_, values)| values.len());
    let cases = sizes.fold(1_usize, usize::saturating_mul);
    if let Some((name, _)) = matrix.first().filter(|_| cases > MATRIX_CASES_MAX) {
        let problem = format!("the matrix gives {cases} cases");
        let help = format!("at most {MATRIX_CASES_MAX} are run");
        log.add(Complaint::new(name.span, problem).help(help));
    }
    matrix.iter().map(|(name, _)| name.value.clone()).collect()
}

/// The guests that the steps use in any case, however they are named.
fn used(
    steps: &[Step],
    matrix: &[(String, Vec<Scalar>)],
    counterparts: &[(String, String)],
) -> Vec<String> {
    let templates = steps.iter().flat_map(Step::guests);
    let mut used: Vec<String> =
        templates.flat_map(|template| claims::fillings(template, matrix)).collect();
    used.extend(counterparts.iter().map(|(_, fault)| fault.clone()));
    used.sort_unstable();
    used.dedup();
    used
}

/// The counterparts of the guests that the matrix holds.
fn counterparts(
    matrix: &[(At<String>, Vec<Scalar>)],
    vocabulary: &Vocabulary,
) -> Vec<(String, String)> {
    let values: Vec<String> =
        matrix.iter().flat_map(|(_, values)| values).map(Scalar::text).collect();
    let known = vocabulary.counterparts.iter();
    known.filter(|(guest, _)| values.contains(guest)).cloned().collect()
}

fn limits(raw: Option<&RawLimits>) -> Limits {
    let usual = Limits::default();
    let Some(raw) = raw else { return usual };
    Limits {
        deadline_ms: raw.deadline_ms.unwrap_or(usual.deadline_ms),
        memory_pages: raw.memory_pages.unwrap_or(usual.memory_pages),
        table_elements: raw.table_elements.unwrap_or(usual.table_elements),
        fuel: raw.fuel,
        calls_per_s: raw.calls_per_s,
        instances: raw.instances,
        static_limits: raw.r#static.as_ref().map(|raw| raw.0.clone()).unwrap_or_default(),
        ..usual
    }
}

fn grants(raw: Option<&RawGrants>) -> Grants {
    let Some(raw) = raw else { return Grants::default() };
    let named =
        |(name, value): &(At<String>, At<String>)| (name.value.clone(), value.value.clone());
    Grants {
        env: raw.env.0.iter().map(named).collect(),
        args: raw.args.clone(),
        files: raw.files.unwrap_or(false),
        clock: raw.clock.unwrap_or(false),
        random: raw.random.unwrap_or(false),
    }
}

fn playbook(raw: RawPlaybook) -> Playbook {
    Playbook {
        symptom: raw.symptom,
        first_check: raw.first_check,
        cause: raw.cause,
        fix: raw.fix,
        see: raw.see,
    }
}

/// A scenario is for sites or for hosts. `each` says which, and the steps must agree.
fn kind(steps: &[Step], raw: &RawScenario, log: &mut Log) {
    let of_files = |step: &&Step| step.is_fetch() || step.is_inspection() || step.is_visit();
    let fetches = steps.iter().filter(of_files).count();
    let span = raw.steps.span;
    if fetches != 0 && fetches != steps.len() {
        log.add(Complaint::new(span, "some steps are for a site and some for a host"));
    } else if fetches != 0 && raw.each.is_empty() {
        let help = "expected a key such as `each: [module]`";
        log.add(Complaint::new(span, "steps that fetch need `each`").help(help));
    } else if fetches == 0 && !steps.is_empty() && !raw.each.is_empty() {
        log.add(Complaint::new(span, "`each` is for steps that fetch"));
    } else if of_build(raw) && steps.iter().any(Step::is_fetch) {
        let help = "expected `inspect`, or needs such as `site/module`";
        log.add(Complaint::new(span, "nothing is fetched from a build directory").help(help));
    }
}

fn of_build(raw: &RawScenario) -> bool {
    raw.needs.iter().any(|need| need.word().starts_with("artefact/"))
}

/// Each word of a step must be a known one, such as a failure of a module.
fn words(scenario: &Scenario, matrix: &Matrix, steps: Span, log: &mut Log) {
    for (template, what, known) in scenario.steps.iter().filter_map(Step::word) {
        let named = claims::fillings(template, &scenario.matrix);
        for word in named.into_iter().filter(|word| !known.contains(&word.as_str())) {
            let span = matrix.place(&word).unwrap_or(steps);
            log.unknown(what, &At { value: &word, span }, known);
        }
    }
}

/// Each guest that a case names must exist.
fn guests(
    scenario: &Scenario,
    matrix: &Matrix,
    steps: Span,
    vocabulary: &Vocabulary,
    log: &mut Log,
) {
    let mut named: Vec<String> = Vec::new();
    for template in scenario.steps.iter().flat_map(Step::guests) {
        named.extend(claims::fillings(template, &scenario.matrix));
    }
    if named.is_empty() || vocabulary.guests.is_empty() {
        return;
    }
    named.sort_unstable();
    named.dedup();
    let known: Vec<&str> = vocabulary.guests.iter().map(String::as_str).collect();
    for guest in
        named.iter().filter(|guest| !guest.contains('{') && !known.contains(&guest.as_str()))
    {
        let span = matrix.place(guest).unwrap_or(steps);
        log.unknown("guest", &At { value: guest, span }, &known);
    }
}
