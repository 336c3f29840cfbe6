//! Rules on loads and calls: which answer comes when, and in which words.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;
use wasm_gauntlet_host::process::launch::Launch;
use wasm_gauntlet_host::protocol::{Ask, Reply, feature};
use wasm_gauntlet_model::call::{CallOutcome, Called};
use wasm_gauntlet_model::limits::{Grants, Limits};
use wasm_gauntlet_model::trap::TrapKind;

use super::manners::answers_stats;
use super::talk::{PATIENCE, Talk, Wrong, module, shown};
use super::{Check, must};

/// From the plain to the hostile.
pub(super) const CHECKS: &[Check] = &[
    rule("a call is answered with the guest's output and its digest", None, echo),
    rule("an empty input and an input of half a MiB come back complete", None, sizes),
    rule("a module larger than 1 MiB is loaded", None, large_module),
    rule("eight calls at once get eight answers, each with its own id", None, at_once),
    rule("a trap is reported with its kind, and the next call is served", None, trap),
    rule("an error of the guest is reported with its code and text", None, error_channel),
    rule("a module that cannot run is rejected, with a stage and a reason", None, rejected),
    rule("a guest that does not stop ends in `deadline`", None, deadline),
    rule("while a guest runs, other requests are answered", None, beside),
    rule("an output over its limit is a `guest-error`", Some(feature::LIMITS), output_bound),
    rule("memory does not grow over its cap", Some(feature::LIMITS), memory_cap),
    rule("a log line carries the tenant that called", Some(feature::LOG), log),
    rule("a guest gets an environment variable that is granted", Some(feature::GRANTS), grants),
];

const fn rule(
    rule: &'static str,
    needs: Option<&'static str>,
    look: fn(&Launch) -> Result<(), Wrong>,
) -> Check {
    Check { rule, needs, look }
}

/// Limits with a deadline that no busy machine misses.
fn roomy() -> Limits {
    Limits { deadline_ms: 5000, ..Limits::default() }
}

fn ask(guest: &str, input: &[u8]) -> Ask {
    Ask::Call { module: guest.to_owned(), tenant: "t".to_owned(), input: input.to_vec() }
}

fn called(reply: Reply) -> Result<Called, Wrong> {
    match reply {
        Reply::Called(written) => written.check().map_err(|wrong| wrong.to_string()),
        other => Err(format!("answered a call with {}", shown(&json!(other)))),
    }
}

/// Load a guest and call it once.
fn call(talk: &mut Talk, guest: &str, input: &[u8], limits: &Limits) -> Result<Called, Wrong> {
    talk.loaded(guest, limits, &Grants::default())?;
    let patience = Duration::from_millis(limits.deadline_ms) + PATIENCE;
    called(talk.ask(ask(guest, input), patience)?)
}

fn is(outcome: &CallOutcome, wanted: &CallOutcome) -> Result<(), Wrong> {
    must(outcome == wanted, || {
        let (seen, wanted) = (format!("{outcome:?}"), format!("{wanted:?}"));
        format!("ended in {:.200}, expected {:.200}", seen, wanted)
    })
}

fn output(bytes: &[u8]) -> CallOutcome {
    CallOutcome::Ok { output: bytes.to_vec() }
}

fn echo(launch: &Launch) -> Result<(), Wrong> {
    let (mut talk, _) = Talk::greeted(launch)?;
    let called = call(&mut talk, "benign-echo", b"hello", &roomy())?;
    is(&called.outcome, &output(b"hello"))?;
    let digest = module("benign-echo")?.digest;
    let right = called.digest.is_empty() || called.digest == digest;
    must(right, || format!("claims to have served {}", called.digest.escape_debug()))
}

fn sizes(launch: &Launch) -> Result<(), Wrong> {
    let (mut talk, _) = Talk::greeted(launch)?;
    is(&call(&mut talk, "benign-echo", b"", &roomy())?.outcome, &output(b""))?;
    let large: Vec<u8> = (0..1 << 19).map(|at: u32| at.to_le_bytes()[0]).collect();
    let called = called(talk.ask(ask("benign-echo", &large), PATIENCE)?)?;
    must(called.outcome == output(&large), || "half a MiB did not come back complete".to_owned())
}

fn large_module(launch: &Launch) -> Result<(), Wrong> {
    let (mut talk, _) = Talk::greeted(launch)?;
    is(&call(&mut talk, "benign-heavy", b"", &roomy())?.outcome, &output(b"tiny"))
}

fn at_once(launch: &Launch) -> Result<(), Wrong> {
    let (mut talk, _) = Talk::greeted(launch)?;
    talk.loaded("benign-echo", &roomy(), &Grants::default())?;
    let mut waiting = BTreeSet::new();
    for number in 0..8_u8 {
        waiting.insert((talk.send(ask("benign-echo", &[number]))?, number));
    }
    while !waiting.is_empty() {
        let answer = talk.hear(PATIENCE)?;
        let asked = waiting.iter().find(|(id, _)| *id == answer.id).copied();
        let asked = asked.ok_or_else(|| format!("answered id {} more than once", answer.id))?;
        waiting.remove(&asked);
        is(&called(answer.reply)?.outcome, &output(&[asked.1]))?;
    }
    Ok(())
}

fn trap(launch: &Launch) -> Result<(), Wrong> {
    let (mut talk, _) = Talk::greeted(launch)?;
    let trapped = call(&mut talk, "trap-unreachable", b"", &roomy())?;
    is(&trapped.outcome, &CallOutcome::Trap { kind: TrapKind::Unreachable })?;
    is(&call(&mut talk, "benign-echo", b"after", &roomy())?.outcome, &output(b"after"))
}

fn error_channel(launch: &Launch) -> Result<(), Wrong> {
    let (mut talk, _) = Talk::greeted(launch)?;
    let said = CallOutcome::GuestError { code: 7, text: "no such rule".to_owned() };
    is(&call(&mut talk, "abi-error-channel", b"", &roomy())?.outcome, &said)
}

fn rejected(launch: &Launch) -> Result<(), Wrong> {
    let (mut talk, _) = Talk::greeted(launch)?;
    let wanted = [("shape-unknown-import", "import"), ("bin-html", "validate")];
    for (guest, stage) in wanted {
        match talk.load(guest, &roomy(), &Grants::default())? {
            Reply::Rejected { stage: seen, reason } => {
                must(seen == stage, || format!("{guest} was rejected at {seen}, not {stage}"))?;
                must(!reason.is_empty(), || format!("{guest} was rejected without a reason"))?;
            }
            other => return Err(format!("{guest} was answered {}", shown(&json!(other)))),
        }
    }
    Ok(())
}

fn deadline(launch: &Launch) -> Result<(), Wrong> {
    let (mut talk, _) = Talk::greeted(launch)?;
    is(&call(&mut talk, "cpu-loop", b"", &Limits::default())?.outcome, &CallOutcome::Deadline)
}

/// The guest runs longer than the delay of a busy machine, so the answer to `stats` comes first.
fn beside(launch: &Launch) -> Result<(), Wrong> {
    let (mut talk, _) = Talk::greeted(launch)?;
    talk.loaded("cpu-loop", &roomy(), &Grants::default())?;
    let running = talk.send(ask("cpu-loop", b""))?;
    let stats = answers_stats(&mut talk)
        .map_err(|wrong| format!("stats were not answered while a guest ran: {wrong}"))?;
    must(stats.in_flight == 1, || format!("counts {} calls in flight", stats.in_flight))?;
    let patience = Duration::from_millis(roomy().deadline_ms) + PATIENCE;
    is(&called(talk.hear_to(running, patience)?)?.outcome, &CallOutcome::Deadline)
}

fn output_bound(launch: &Launch) -> Result<(), Wrong> {
    let (mut talk, _) = Talk::greeted(launch)?;
    let limits = Limits { output_bytes_max: 4, ..roomy() };
    let called = call(&mut talk, "benign-echo", b"hello", &limits)?;
    let word = called.outcome.word();
    must(word == "guest-error", || format!("an output of five bytes, but four are allowed: {word}"))
}

fn memory_cap(launch: &Launch) -> Result<(), Wrong> {
    let (mut talk, _) = Talk::greeted(launch)?;
    let limits = Limits { memory_pages: 4, ..roomy() };
    let called = call(&mut talk, "mem-grow-loop", b"", &limits)?;
    match called.outcome {
        CallOutcome::MemoryCap => Ok(()),
        outcome => is(&outcome, &output(&4_u32.to_le_bytes())),
    }
}

fn log(launch: &Launch) -> Result<(), Wrong> {
    let (mut talk, _) = Talk::greeted(launch)?;
    let called = call(&mut talk, "benign-log", b"", &roomy())?;
    let lines: Vec<_> = called.log.iter().map(|line| (&*line.tenant, &*line.text)).collect();
    must(lines == [("t", "hello from guest")], || format!("logged {lines:?}"))
}

fn grants(launch: &Launch) -> Result<(), Wrong> {
    for (granted, wanted) in [(true, "GRANTED=yes\n"), (false, "")] {
        let (mut talk, _) = Talk::greeted(launch)?;
        let env = granted.then(|| ("GRANTED".to_owned(), "yes".to_owned()));
        let given = Grants { env: env.into_iter().collect(), ..Grants::default() };
        talk.loaded("cap-env-get", &roomy(), &given)?;
        is(
            &called(talk.ask(ask("cap-env-get", b""), PATIENCE)?)?.outcome,
            &output(wanted.as_bytes()),
        )?;
    }
    Ok(())
}
