//! `Action::Call`: a guest is loaded and called, once or several times, in turn or at once.

use std::collections::BTreeSet;
use std::sync::Barrier;
use std::time::Duration;

use wasm_gauntlet_host::guest_abi::log::is_plain;
use wasm_gauntlet_host::worker::parent::work::{GuestModule, LoadOutcome, Lost, Timed, Work};
use wasm_gauntlet_model::action::Call;
use wasm_gauntlet_model::call::{CallOutcome, LogLine, hex};
use wasm_gauntlet_model::limits::{Grants, Limits};
use wasm_gauntlet_model::observation::{Fact, GuestCall, Observation, count, known};

use super::contained;
use super::{Stage, background_load, calibrate, evidence, lateness, scaled, thread_lost};
use crate::subject::Inability;
use crate::subject::ms;
use crate::subject::plugin_host::actions::resource_usage::ResourceUsage;

/// Most calls at once: as many as the scenario language lets a step make, one thread each.
const AT_ONCE_MAX: u32 = 1000;

/// The word for several calls with different outcomes. No expectation of one outcome fits it, so
/// one good call among many never passes for all.
pub(crate) const MIXED: &str = "mixed";

/// Delay from which the machine may have caused a missed deadline: a guest that needs half of the
/// default deadline has 25 ms to spare.
const STARVED_MIN: Duration = Duration::from_millis(10);

/// Log lines kept of all calls of a step.
const LOG_LINES_MAX: usize = 1024;

/// Load, call, look.
pub(crate) fn perform(stage: &Stage<'_>, call: &Call) -> Result<Observation, Inability> {
    let params = scaled::params(&call.guest, &call.guest_params, &stage.port.limits(&call.limits));
    if params != call.guest_params && !stage.port.takes_modules() {
        return Err(Inability::not_offered(format!(
            "{} is built for the usual limits, but this host has other limits; a deployed guest \
             cannot be rebuilt for them",
            call.guest
        )));
    }
    let module = (stage.source)(&call.guest, &params)?;
    let input = module.input(calibrate::bytes(stage, &call.input, &call.limits)?);
    let (limits, grants) = (&call.limits, &call.grants);
    let work = Work { module: &module, tenant: &call.tenant, input: &input, limits, grants };
    stage.port.watch(&[&module])?;
    let (loaded, late) = lateness::during(|| stage.port.load(&work));
    let loaded = loaded?;
    held_up(&module, &loaded, late)?;
    let ((calls, beside), late) = lateness::during(|| {
        background_load::during(stage, call, || match &loaded {
            LoadOutcome::Ended(end) => Ok(vec![end.clone()]),
            LoadOutcome::Ready { .. } if call.load_only => Ok(Vec::new()),
            LoadOutcome::Ready { .. } if call.at_once => at_once(stage, &work, call.times),
            LoadOutcome::Ready { .. } => in_turn(stage, &work, call.times),
        })
    });
    let (calls, beside) = (calls?, beside?);
    starved(&module, &calls, late)?;
    let usage = stage.port.usage();
    let ran = matches!(loaded, LoadOutcome::Ready { .. });
    let seen = match loaded {
        LoadOutcome::Ready { wall } if call.load_only => only_loaded(&module, wall, &usage),
        _ => seen(&calls, &work, &stage.port.limits(limits), ran.then_some(late), &usage),
    };
    let seen = GuestCall { meanwhile_outcomes: Fact::looked(beside), ..seen };
    let mut evidence = evidence::guest(&module).to_vec();
    evidence.push(evidence::limits(limits));
    evidence.push(evidence::outcomes(&calls));
    evidence.push(evidence::named("late", format!("this machine ran threads up to {late:?} late")));
    evidence.extend(calls.first().map(|timed| evidence::recorded(&timed.called)));
    evidence.extend(evidence::vitals(&usage));
    evidence.extend(evidence::log(&calls));
    Ok(Observation { facts: seen.facts(), evidence, reproduce: stage.port.reproduce(&work) })
}

/// One call after another, until the host is lost. The loss is the finding, and each further one
/// would cost the timeout of the watchdog.
fn in_turn(stage: &Stage<'_>, work: &Work<'_>, times: u32) -> Result<Vec<Timed>, Inability> {
    let mut calls = Vec::new();
    for _ in 0..times {
        calls.push(stage.port.call(work)?);
        if calls.last().is_some_and(|timed| timed.lost.is_some()) {
            break;
        }
    }
    Ok(calls)
}

/// All calls begin together, each on a thread of its own.
fn at_once(stage: &Stage<'_>, work: &Work<'_>, times: u32) -> Result<Vec<Timed>, Inability> {
    let times = times.min(AT_ONCE_MAX) as usize;
    let start = Barrier::new(times);
    let port = stage.port;
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..times)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    port.call(work)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().map_err(thread_lost)?).collect()
    })
}

/// A missed deadline proves nothing where the machine did not let the guest run.
fn starved(module: &GuestModule, calls: &[Timed], late: Duration) -> Result<(), Inability> {
    let ends = calls.iter().map(|timed| &timed.called.outcome);
    let mut deadlines = ends.filter(|end| **end == CallOutcome::Deadline);
    match late >= STARVED_MIN && deadlines.any(|end| !contained::all(module, [end])) {
        true => Err(Inability::busy_machine(format!(
            "{} reached its deadline while this machine was busy: threads waited {} ms for a \
             processor; try again on an idle machine",
            module.id,
            late.as_millis()
        ))),
        false => Ok(()),
    }
}

/// A module of usual size that was not compiled in time proves nothing where this machine was busy
/// for most of that time.
fn held_up(module: &GuestModule, loaded: &LoadOutcome, late: Duration) -> Result<(), Inability> {
    let bomb = module.contained_if.iter().any(|words| words == "rejected(compile-budget)");
    match loaded {
        LoadOutcome::Ended(end)
            if end.lost == Some(Lost::Hung) && late >= end.wall / 2 && !bomb =>
        {
            Err(Inability::busy_machine(format!(
                "{} was not loaded after {} s while this machine was busy; try again on an \
                 idle machine",
                module.id,
                end.wall.as_secs()
            )))
        }
        _ => Ok(()),
    }
}

fn only_loaded(module: &GuestModule, wall: Duration, usage: &ResourceUsage) -> GuestCall {
    GuestCall {
        guest: module.id.clone().into(),
        contained: contained::loads(module).into(),
        allowed: contained::allowed(module).into(),
        outcome: "ok".to_owned().into(),
        outcomes: vec!["ok".to_owned()].into(),
        stage: Fact::Absent,
        reason: Fact::Absent,
        wall_ms: ms(wall).into(),
        stopped_by: Fact::Absent,
        mechanism: Fact::Absent,
        host_alive: known(usage.alive),
        ..oracle(usage)
    }
}

/// The fields of one call or of several: the longest time, every outcome, every log line.
fn seen(
    calls: &[Timed],
    work: &Work<'_>,
    limits: &Limits,
    ran: Option<Duration>,
    usage: &ResourceUsage,
) -> GuestCall {
    let outcomes: BTreeSet<&str> = calls.iter().map(|timed| timed.called.outcome.word()).collect();
    let longest = calls.iter().map(|timed| timed.wall).max().unwrap_or_default();
    // A guest that was refused before it ran cannot have missed its deadline.
    let deadline = Duration::from_millis(limits.deadline_ms);
    let overrun = if ran.is_some() { longest.saturating_sub(deadline) } else { Duration::ZERO };
    let sure = overrun.saturating_sub(ran.unwrap_or_default());
    let log: Vec<_> = calls.iter().flat_map(|timed| &timed.called.log).collect();
    let attributed = log.iter().all(|line| line.tenant == work.tenant);
    let arguments = arguments(calls);
    let served = calls.iter().map(|timed| &timed.called.digest).find(|digest| !digest.is_empty());
    let right = |digest: &String| *digest == work.module.digest;
    let all_right = calls.iter().map(|timed| &timed.called.digest).all(right);
    let ends = calls.iter().map(|timed| &timed.called.outcome);
    let used = calls.iter().filter_map(|timed| timed.called.fuel_used);
    let fuel: BTreeSet<i64> = used.map(|used| i64::try_from(used).unwrap_or(i64::MAX)).collect();
    let oracle = oracle(usage);
    GuestCall {
        guest: work.module.id.clone().into(),
        contained: contained::all(work.module, ends).into(),
        allowed: contained::allowed(work.module).into(),
        outcome: Fact::looked(one_word(&outcomes)),
        outcomes: outcomes.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>().into(),
        trap: Fact::looked(arguments.trap),
        stage: Fact::looked(arguments.stage),
        reason: Fact::looked(arguments.reason.clone()),
        code: Fact::looked(arguments.code),
        fuel_used: Fact::looked(fuel.last().copied()),
        fuel_used_distinct: count(fuel.len()).into(),
        plain: plain(&log, arguments.reason.as_deref()).into(),
        log_lines: count(log.len()).into(),
        log_line_bytes: Fact::looked(log.iter().map(|line| count(line.text.len())).max()),
        log: texts(&log).into(),
        log_attributed: if log.is_empty() { Fact::Absent } else { attributed.into() },
        wall_ms: ms(longest).into(),
        overrun_ms: (ms(sure), ms(overrun)).into(),
        busy_ms: Fact::looked(busy(calls, ran.unwrap_or_default())),
        host_alive: Fact::looked(usage.alive),
        threads_grown: oracle.threads_grown,
        descriptors_grown: oracle.descriptors_grown,
        processor_ms: oracle.processor_ms,
        host_settled_mib: oracle.host_settled_mib,
        host_peak_mib: oracle.host_peak_mib,
        stopped_by: Fact::looked(stopped_by(calls).map(str::to_owned)),
        mechanism: mechanism(calls),
        digest: Fact::looked(served.cloned()),
        digest_right: if served.is_some() { all_right.into() } else { Fact::Absent },
        ..outputs(calls, work)
    }
}

/// The longest wait for `busy`: without and with the delay of this machine.
fn busy(calls: &[Timed], late: Duration) -> Option<(f64, f64)> {
    let busy = calls.iter().filter(|timed| timed.called.outcome == CallOutcome::Busy);
    let longest = busy.map(|timed| timed.wall).max()?;
    Some((ms(longest.saturating_sub(late)), ms(longest)))
}

/// What the kernel says about the host's process.
fn oracle(usage: &ResourceUsage) -> GuestCall {
    let settled = usage.settled;
    GuestCall {
        host_peak_mib: known(usage.peak_mib),
        host_settled_mib: known(settled.map(|settled| settled.memory_mib)),
        threads_grown: known(settled.map(|settled| settled.threads)),
        descriptors_grown: known(settled.and_then(|settled| settled.descriptors)),
        processor_ms: known(settled.map(|settled| settled.processor_ms)),
        ..GuestCall::default()
    }
}

/// The one outcome of all calls; a host fault among them is never hidden.
fn one_word(outcomes: &BTreeSet<&str>) -> Option<String> {
    let fault = outcomes.iter().find(|word| **word == "host-fault");
    let word = match (fault, outcomes.len()) {
        (Some(fault), _) => fault,
        (None, 1) => outcomes.first()?,
        (None, 0) => return None,
        (None, _) => MIXED,
    };
    Some(word.to_owned())
}

/// The arguments of the first outcome that has them.
#[derive(Default)]
struct OutcomeArguments {
    trap: Option<String>,
    stage: Option<String>,
    reason: Option<String>,
    code: Option<i64>,
}

fn arguments(calls: &[Timed]) -> OutcomeArguments {
    let mut found = OutcomeArguments::default();
    for timed in calls {
        match &timed.called.outcome {
            CallOutcome::Trap { kind } => {
                found.trap.get_or_insert_with(|| kind.word().to_owned());
            }
            CallOutcome::Rejected(rejection) => {
                found.stage.get_or_insert_with(|| rejection.stage.word().to_owned());
                found.reason.get_or_insert_with(|| rejection.reason.clone());
            }
            CallOutcome::GuestError { code, text } => {
                found.code.get_or_insert(i64::from(*code));
                found.reason.get_or_insert_with(|| text.clone());
            }
            _ => {}
        }
    }
    found
}

/// The fields that outputs give: the first output, and what all of them have in common.
fn outputs(calls: &[Timed], work: &Work<'_>) -> GuestCall {
    let input = work.input;
    let outputs: Vec<&[u8]> = calls
        .iter()
        .filter_map(|timed| match &timed.called.outcome {
            CallOutcome::Ok { output } => Some(&**output),
            _ => None,
        })
        .collect();
    let distinct = outputs.iter().collect::<BTreeSet<_>>().len();
    let first = outputs.first().copied();
    let right = |output: &&[u8]| contained::right_output(work.module, input, output);
    // A header describes a guest without grants.
    let bare = *work.grants == Grants::default();
    let right: Option<Vec<bool>> = outputs.iter().map(right).collect();
    let right = right.filter(|right| bare && !right.is_empty());
    let word = first.and_then(|output| Some(u32::from_le_bytes(*output.first_chunk()?)));
    GuestCall {
        output: Fact::looked(first.map(|output| String::from_utf8_lossy(output).into_owned())),
        output_hex: Fact::looked(first.map(hex)),
        output_bytes: Fact::looked(first.map(|output| count(output.len()))),
        output_zeros: Fact::looked(first.map(zeros)),
        right_output: Fact::looked(right.map(|right| right.into_iter().all(|right| right))),
        output_u32: Fact::looked(word.map(i64::from)),
        echoes: Fact::looked(first.map(|_| outputs.iter().all(|output| *output == input))),
        outputs_distinct: count(distinct).into(),
        ..GuestCall::default()
    }
}

fn zeros(output: &[u8]) -> i64 {
    count(output.iter().filter(|byte| **byte == 0).count())
}

/// The first records of a log.
fn texts(log: &[&LogLine]) -> Vec<String> {
    log.iter().take(LOG_LINES_MAX).map(|line| line.text.clone()).collect()
}

fn plain(log: &[&LogLine], reason: Option<&str>) -> bool {
    log.iter().map(|line| &*line.text).chain(reason).all(is_plain)
}

/// Our watchdog if it had to end the guest; otherwise the mechanism that the host names.
fn stopped_by(calls: &[Timed]) -> Option<&'static str> {
    let hung = calls.iter().any(|timed| timed.lost == Some(Lost::Hung));
    let stopped =
        |timed: &Timed| matches!(timed.called.outcome, CallOutcome::Deadline | CallOutcome::Fuel);
    if hung { Some("watchdog") } else { calls.iter().any(stopped).then_some("host") }
}

/// The first mechanism that a host names, if anything was stopped. Unknown where a host stopped a
/// guest and does not name a mechanism.
fn mechanism(calls: &[Timed]) -> Fact<String> {
    let named = calls.iter().find_map(|timed| timed.called.stopped_by.clone());
    match stopped_by(calls) {
        Some("watchdog") => "watchdog".to_owned().into(),
        Some(_) => named.map_or(Fact::Unknown, Fact::Is),
        None => Fact::Absent,
    }
}
