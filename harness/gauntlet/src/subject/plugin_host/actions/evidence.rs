//! Outcomes as text for the evidence. The text is hostile: it is bounded here and escaped when it
//! is shown.

use std::collections::BTreeMap;

use wasm_gauntlet_host::worker::parent::work::{GuestModule, Lost, Timed};
use wasm_gauntlet_model::call::{CallOutcome, Called};
use wasm_gauntlet_model::limits::Limits;
use wasm_gauntlet_model::observation::Evidence;

use crate::subject::plugin_host::actions::resource_usage::{ResourceUsage, Settled};

/// Log lines shown as evidence.
const LOG_LINES_SHOWN: usize = 5;

/// Longest part of a text shown.
const TEXT_CHARS_SHOWN: usize = 200;

/// A fact with a name.
pub(crate) fn named(what: &str, text: impl Into<String>) -> Evidence {
    Evidence { what: what.to_owned(), text: text.into() }
}

/// The guest, and what it does.
pub(crate) fn guest(module: &GuestModule) -> [Evidence; 2] {
    let attack = format!("{}: {}", module.id, module.attack);
    [named("guest", attack), named("guest digest", format!("sha256:{}", module.digest))]
}

/// The limits that were asked for.
pub(crate) fn limits(limits: &Limits) -> Evidence {
    named("limits", serde_json::to_string(limits).unwrap_or_default())
}

/// An outcome with its arguments.
pub(crate) fn outcome(outcome: &CallOutcome) -> String {
    let word = outcome.word();
    match outcome {
        CallOutcome::Ok { output } => format!("{word}, {} bytes", output.len()),
        CallOutcome::Trap { kind } => format!("{word}: {}", kind.word()),
        CallOutcome::GuestError { code, text } => format!("{word} {code}: {}", short(text)),
        CallOutcome::Rejected(rejection) => {
            format!("{word} at {}: {}", rejection.stage.word(), short(&rejection.reason))
        }
        CallOutcome::Denied { capability } => format!("{word}: {}", short(capability)),
        CallOutcome::HostFault { detail, signal } => {
            let signal = signal.as_deref().map(|signal| format!(" ({})", short(signal)));
            format!("{word}: {}{}", short(detail), signal.unwrap_or_default())
        }
        CallOutcome::Deadline | CallOutcome::MemoryCap | CallOutcome::Fuel | CallOutcome::Busy => {
            word.to_owned()
        }
    }
}

fn short(text: &str) -> String {
    text.chars().take(TEXT_CHARS_SHOWN).collect()
}

/// The outcomes of several calls, each kind once, with its number and its longest time.
pub(crate) fn outcomes(calls: &[Timed]) -> Evidence {
    let mut kinds = BTreeMap::<String, (u32, f64)>::new();
    for timed in calls {
        let by = match (timed.lost, timed.called.stopped_by.as_deref()) {
            (Some(Lost::Hung), _) => " by the watchdog of the gauntlet".to_owned(),
            (_, Some(by)) => format!(" by {}", short(by)),
            _ => String::new(),
        };
        let kind = outcome(&timed.called.outcome) + &by;
        let (count, longest) = kinds.entry(kind).or_default();
        *count += 1;
        *longest = longest.max(timed.wall.as_secs_f64() * 1000.0);
    }
    let lines: Vec<_> = kinds
        .iter()
        .take(LOG_LINES_SHOWN)
        .map(|(kind, (count, longest))| format!("{count} × {kind} (at most {longest:.1} ms)"))
        .collect();
    named("outcome", lines.join("\n"))
}

/// What the host reported beside the outcome.
pub(crate) fn recorded(called: &Called) -> Evidence {
    let fuel = called.fuel_used.map_or_else(|| "not metered".to_owned(), |fuel| fuel.to_string());
    named(
        "host record",
        format!(
            "{} µs on its clock, fuel {fuel}, denied growths {}, log lines {}, dropped {}",
            called.host_wall_us,
            called.growths_denied,
            called.log.len(),
            called.log_lines_dropped
        ),
    )
}

/// What the kernel said of the host's process, where it can be seen.
pub(crate) fn vitals(usage: &ResourceUsage) -> Option<Evidence> {
    let peak = usage.peak_mib.map(|mib| format!("memory rose by at most {mib:.1} MiB"));
    let settled = usage.settled.map(|settled| {
        let Settled { memory_mib, threads, descriptors, processor_ms } = settled;
        let descriptors = descriptors.map_or("unknown".to_owned(), |more| format!("{more:+}"));
        format!(
            "afterwards memory {memory_mib:+.1} MiB, threads {threads:+}, descriptors \
             {descriptors}, {processor_ms} ms of processor time"
        )
    });
    let looks = format!("measured {} times during the calls", usage.looks);
    let seen: Vec<String> = peak.into_iter().chain(settled).collect();
    (!seen.is_empty()).then(|| named("host process", [seen.join("; "), looks].join("; ")))
}

/// The first log lines, where there are any.
pub(crate) fn log(calls: &[Timed]) -> Option<Evidence> {
    let lines = calls.iter().flat_map(|timed| &timed.called.log).take(LOG_LINES_SHOWN);
    let lines: Vec<_> =
        lines.map(|line| format!("[{}] {}", short(&line.tenant), short(&line.text))).collect();
    (!lines.is_empty()).then(|| named("log", lines.join("\n")))
}
