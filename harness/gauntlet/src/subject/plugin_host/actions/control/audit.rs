//! The counters of a host before and after calls. Others may call the same host meanwhile, so
//! counters must rise by at least the number of our calls.

use std::collections::BTreeMap;

use wasm_gauntlet_model::action::Control;
use wasm_gauntlet_model::limits::Grants;
use wasm_gauntlet_model::observation::{Audit, Observation};

use super::super::registrar::Registrar;
use super::super::{Stage, evidence};
use super::{unknown, work};
use crate::subject::Inability;

/// The names of the contract.
const CALLS: &str = "plugin_calls_total";
const LIMITS: &str = "plugin_limits_reached_total";
const LATENCIES: &str = "plugin_call_seconds_count";
const LATENCY: &str = "plugin_call_seconds";

/// Quantiles that must be there, as labels.
const QUANTILES: [&str; 2] = ["0.5", "0.99"];

/// The names for tenants and modules that a host does not tell apart.
const OTHER: &str = "other";

/// Read, call, read.
pub(crate) fn perform(
    stage: &Stage<'_>,
    control: &Control,
    times: u32,
) -> Result<Observation, Inability> {
    let module = stage.module(&control.guest)?;
    let whose = Whose { tenant: &control.tenant, guest: &module.digest };
    let page = || stage.port.registrar().map(Registrar::counters);
    let Some(Ok(before)) = page() else { return Ok(unknown("the host does not publish counters")) };
    let before = Counters::read(&before, whose);
    stage.port.watch(&[&module])?;
    let nothing = Grants::default();
    let work = work(control, &module, &control.tenant, &nothing);
    stage.port.load(&work)?;
    let (mut seen, mut reached) = (WordCounts::new(), WordCounts::new());
    for _ in 0..times {
        let called = stage.port.call(&work)?.called;
        *seen.entry(called.outcome.word().to_owned()).or_default() += 1.0;
        for limit in called.limits_reached() {
            *reached.entry(limit.to_owned()).or_default() += 1.0;
        }
    }
    let Some(Ok(after)) = page() else { return Ok(unknown("the host has no counters any more")) };
    let after = Counters::read(&after, whose);
    let (unmoved, mut lines) = short(&seen, &before.calls, &after.calls);
    let (uncounted, more) = short(&reached, &before.limits, &after.limits);
    lines.extend(more);
    let mut evidence = evidence::guest(&module).to_vec();
    evidence.push(evidence::named("counters", lines.join("\n")));
    let facts = Audit {
        outcomes: seen.keys().cloned().collect::<Vec<_>>().into(),
        unmoved: unmoved.into(),
        limits: reached.keys().cloned().collect::<Vec<_>>().into(),
        uncounted: uncounted.into(),
        latencies_moved: (after.latencies - before.latencies >= f64::from(times)).into(),
        quantiles: after.quantiles.into(),
    };
    Ok(Observation { facts: facts.facts(), evidence, reproduce: None })
}

/// Numbers by word.
type WordCounts = BTreeMap<String, f64>;

/// The words whose counters rose by too little, and the evidence of all.
fn short(seen: &WordCounts, before: &WordCounts, after: &WordCounts) -> (Vec<String>, Vec<String>) {
    let of = |counts: &WordCounts, word: &str| counts.get(word).copied().unwrap_or_default();
    let rose = |word: &str| of(after, word) - of(before, word);
    let short = seen.iter().filter(|(word, times)| rose(word) < **times);
    let lines =
        seen.iter().map(|(word, times)| format!("{word}: {times} calls, {} counted", rose(word)));
    (short.map(|(word, _)| word.clone()).collect(), lines.collect())
}

/// The tenant and module whose counters are read.
#[derive(Clone, Copy)]
struct Whose<'a> {
    tenant: &'a str,
    guest: &'a str,
}

impl Whose<'_> {
    fn is(self, labels: &str) -> bool {
        let is = |said: Option<&str>, name| said.is_none_or(|said| said == name || said == OTHER);
        is(label(labels, "tenant"), self.tenant) && is(label(labels, "guest"), self.guest)
    }
}

/// The counters of one tenant and one module, and the times of all together.
#[derive(Debug, Default)]
struct Counters {
    calls: WordCounts,
    limits: WordCounts,
    latencies: f64,
    quantiles: bool,
}

impl Counters {
    /// Read a page; what is no sample of the contract is passed over.
    fn read(page: &str, whose: Whose<'_>) -> Self {
        let mut counters = Self::default();
        let mut quantiles = [false; 2];
        for line in page.lines().filter(|line| !line.starts_with('#')) {
            let Some((series, value)) = line.trim().rsplit_once(' ') else { continue };
            let Ok(value) = value.parse::<f64>() else { continue };
            let (name, labels) = series.split_once('{').unwrap_or((series, ""));
            match name {
                CALLS => count(&mut counters.calls, labels, "outcome", value, whose),
                LIMITS => count(&mut counters.limits, labels, "limit", value, whose),
                LATENCIES => counters.latencies += value,
                LATENCY => {
                    let quantile = label(labels, "quantile");
                    for (seen, wanted) in quantiles.iter_mut().zip(QUANTILES) {
                        *seen |= quantile == Some(wanted);
                    }
                }
                _ => {}
            }
        }
        counters.quantiles = quantiles.iter().all(|seen| *seen);
        counters
    }
}

fn count(counts: &mut WordCounts, labels: &str, by: &str, value: f64, whose: Whose<'_>) {
    if let Some(word) = label(labels, by).filter(|_| whose.is(labels)) {
        *counts.entry(word.to_owned()).or_default() += value;
    }
}

/// The value of a label. Ours contain no escapes.
fn label<'a>(labels: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = labels.split_once(&format!("{name}=\""))?;
    rest.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_and_garbage_is_passed_over() {
        let page = "# TYPE plugin_calls_total counter\n\
            plugin_calls_total{tenant=\"a\",outcome=\"ok\"} 2\n\
            plugin_calls_total{tenant=\"b\",outcome=\"ok\"} 3\n\
            plugin_limits_reached_total{tenant=\"a\",guest=\"g\",limit=\"fuel\"} 3\n\
            plugin_limits_reached_total{tenant=\"a\",guest=\"h\",limit=\"fuel\"} 7\n\
            plugin_limits_reached_total{tenant=\"a\",guest=\"other\",limit=\"fuel\"} 1\n\
            plugin_call_seconds{tenant=\"a\",quantile=\"0.5\"} 0.001\n\
            plugin_call_seconds{tenant=\"a\",quantile=\"0.99\"} 0.002\n\
            plugin_call_seconds_count{tenant=\"a\"} 5\n\
            plugin_calls_total{outcome=\"ok\n\u{1b}[31m} x\nplugin_calls_total 7";
        let whose = |tenant| Counters::read(page, Whose { tenant, guest: "g" });
        let of = |counts: &WordCounts, word: &str| counts.get(word).copied();
        let counters = whose("a");
        assert_eq!(of(&counters.calls, "ok"), Some(2.0), "of the others nothing is counted");
        assert_eq!((counters.latencies, counters.quantiles), (5.0, true));
        assert_eq!((of(&counters.calls, "trap"), of(&counters.limits, "fuel")), (None, Some(4.0)));
        assert_eq!(of(&whose("b").calls, "ok"), Some(3.0));
        assert!(!Counters::read("", Whose { tenant: "a", guest: "g" }).quantiles);
    }
}
