//! The counters of a host before and after calls. Others may call the same host meanwhile, so
//! counters are to rise by at least what was seen.

use std::collections::BTreeMap;

use wasm_gauntlet_model::action::Control;
use wasm_gauntlet_model::limits::Grants;
use wasm_gauntlet_model::observation::{Audit, Observation};

use super::super::registrar::Registrar;
use super::super::{Stage, told};
use super::{unknown, work};
use crate::subject::Inability;

/// The names of the contract.
const CALLS: &str = "plugin_calls_total";
const LATENCIES: &str = "plugin_call_seconds_count";
const LATENCY: &str = "plugin_call_seconds";

/// Quantiles that are to be there, as labels are written.
const QUANTILES: [&str; 2] = ["0.5", "0.99"];

/// Read, call, read.
pub fn perform(stage: &Stage<'_>, control: &Control, times: u32) -> Result<Observation, Inability> {
    let module = stage.module(&control.guest)?;
    let page = || stage.port.registrar().map(Registrar::counters);
    let Some(Ok(before)) = page() else { return Ok(unknown("the host shows no counters")) };
    let before = Counters::read(&before);
    stage.port.watch(&[&module])?;
    let nothing = Grants::default();
    let work = work(control, &module, &control.tenant, &nothing);
    stage.port.load(&work)?;
    let mut seen = BTreeMap::<String, f64>::new();
    for _ in 0..times {
        let word = stage.port.call(&work)?.called.outcome.word();
        *seen.entry(word.to_owned()).or_default() += 1.0;
    }
    let Some(Ok(after)) = page() else { return Ok(unknown("the counters went away")) };
    let after = Counters::read(&after);
    let rose = |word: &String| after.calls(word) - before.calls(word);
    let unmoved: Vec<String> = seen
        .iter()
        .filter(|(word, times)| rose(word) < **times)
        .map(|(word, _)| word.clone())
        .collect();
    let latencies = after.latencies - before.latencies >= f64::from(times);
    let mut evidence = told::guest(&module).to_vec();
    let lines =
        seen.iter().map(|(word, times)| format!("{word}: {times} made, {} counted", rose(word)));
    evidence.push(told::told("counters", lines.collect::<Vec<_>>().join("\n")));
    let facts = Audit {
        outcomes: seen.keys().cloned().collect::<Vec<_>>().into(),
        unmoved: unmoved.into(),
        latencies_moved: latencies.into(),
        quantiles: after.quantiles.into(),
    };
    Ok(Observation { facts: facts.facts(), evidence, reproduce: None })
}

/// What a page of counters says, tenants taken together.
#[derive(Debug, Default)]
struct Counters {
    calls: BTreeMap<String, f64>,
    latencies: f64,
    quantiles: bool,
}

impl Counters {
    fn calls(&self, outcome: &str) -> f64 {
        self.calls.get(outcome).copied().unwrap_or_default()
    }

    /// Read a page; what is no sample of the contract is passed over.
    fn read(page: &str) -> Self {
        let mut counters = Self::default();
        let mut quantiles = [false; 2];
        for line in page.lines().filter(|line| !line.starts_with('#')) {
            let Some((series, value)) = line.trim().rsplit_once(' ') else { continue };
            let Ok(value) = value.parse::<f64>() else { continue };
            let (name, labels) = series.split_once('{').unwrap_or((series, ""));
            match name {
                CALLS => {
                    if let Some(outcome) = label(labels, "outcome") {
                        *counters.calls.entry(outcome.to_owned()).or_default() += value;
                    }
                }
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

/// The value of a label; those that we look for hold no escapes.
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
            plugin_call_seconds{tenant=\"a\",quantile=\"0.5\"} 0.001\n\
            plugin_call_seconds{tenant=\"a\",quantile=\"0.99\"} 0.002\n\
            plugin_call_seconds_count{tenant=\"a\"} 5\n\
            plugin_calls_total{outcome=\"ok\n\u{1b}[31m} x\nplugin_calls_total 7";
        let counters = Counters::read(page);
        assert_eq!((counters.calls("ok"), counters.calls("trap")), (5.0, 0.0));
        assert_eq!((counters.latencies, counters.quantiles), (5.0, true));
        assert!(!Counters::read("").quantiles);
    }
}
