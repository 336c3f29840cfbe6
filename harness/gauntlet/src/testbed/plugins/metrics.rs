//! Counters for Prometheus (text format 0.0.4). The number of labels is bounded, because clients
//! choose tenant names and each new one would be a new series.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Mutex;
use std::time::Duration;

use hdrhistogram::Histogram;

use crate::locks::unpoisoned;

/// Most tenants with a label. The rest are `other`.
const TENANTS_MAX: usize = 64;

/// Most modules with a label of the limits that they reach. The rest are `other`.
const GUESTS_MAX: usize = 64;

/// The quantiles of latencies that are shown.
const QUANTILES: [f64; 2] = [0.5, 0.99];

/// The label of the tenants past the bound.
const OTHER: &str = "other";

/// The counters.
#[derive(Default)]
pub(crate) struct Metrics {
    state: Mutex<MetricsState>,
}

#[derive(Default)]
struct MetricsState {
    tenants: BTreeSet<String>,
    calls: BTreeMap<(String, &'static str), u64>,
    uploads: BTreeMap<&'static str, u64>,
    guests: BTreeSet<String>,
    limits: BTreeMap<(String, String, &'static str), u64>,
    seconds: BTreeMap<String, Seconds>,
}

/// Most microseconds of one call. A longer one counts as so long.
const LATENCY_US_MAX: u64 = 120_000_000;

/// The latencies of one tenant, microseconds. Two significant digits take 20 KB for each tenant.
struct Seconds {
    sum: f64,
    histogram: Histogram<u64>,
}

impl Default for Seconds {
    fn default() -> Self {
        // With bounds: one without them does not grow when it is told to clamp a value.
        let histogram = Histogram::new_with_max(LATENCY_US_MAX, 2)
            .unwrap_or_else(|_| unreachable!("2 digits are allowed"));
        Self { sum: 0.0, histogram }
    }
}

/// Values of the front beside its counters.
pub(crate) struct Gauges {
    /// Host processes that were lost.
    pub(crate) processes_lost: u64,
    /// Calls that wait for an answer.
    pub(crate) in_flight: u64,
}

impl Metrics {
    /// Count a call.
    pub(crate) fn call(&self, tenant: &str, outcome: &'static str, wall: Duration) {
        let mut state = unpoisoned(self.state.lock());
        let label = label(&mut state.tenants, tenant, TENANTS_MAX);
        *state.calls.entry((label.clone(), outcome)).or_default() += 1;
        let seconds = state.seconds.entry(label).or_default();
        seconds.sum += wall.as_secs_f64();
        let us = u64::try_from(wall.as_micros()).unwrap_or(u64::MAX);
        seconds.histogram.saturating_record(us.max(1));
    }

    /// Count a limit that the module of this digest reached.
    pub(crate) fn limit(&self, tenant: &str, guest: &str, limit: &'static str) {
        let mut state = unpoisoned(self.state.lock());
        let tenant = label(&mut state.tenants, tenant, TENANTS_MAX);
        let guest = label(&mut state.guests, guest, GUESTS_MAX);
        *state.limits.entry((tenant, guest, limit)).or_default() += 1;
    }

    /// Count an upload.
    pub(crate) fn upload(&self, outcome: &'static str) {
        let mut state = unpoisoned(self.state.lock());
        *state.uploads.entry(outcome).or_default() += 1;
    }

    /// The page.
    pub(crate) fn text(&self, gauges: &Gauges) -> String {
        let state = unpoisoned(self.state.lock());
        let mut page = String::new();
        head(&mut page, "plugin_calls_total", "counter", "Calls by tenant and outcome.");
        for ((tenant, outcome), count) in &state.calls {
            let tenant = escaped(tenant);
            let labels = format!("{{tenant=\"{tenant}\",outcome=\"{outcome}\"}}");
            let _ = writeln!(page, "plugin_calls_total{labels} {count}");
        }
        let help = "Calls that reached a limit, by tenant and module.";
        head(&mut page, "plugin_limits_reached_total", "counter", help);
        for ((tenant, guest, limit), count) in &state.limits {
            let tenant = escaped(tenant);
            let labels = format!("{{tenant=\"{tenant}\",guest=\"{guest}\",limit=\"{limit}\"}}");
            let _ = writeln!(page, "plugin_limits_reached_total{labels} {count}");
        }
        head(&mut page, "plugin_call_seconds", "summary", "Wall time of calls.");
        for (tenant, Seconds { sum, histogram }) in &state.seconds {
            let (tenant, count) = (escaped(tenant), histogram.len());
            for quantile in QUANTILES {
                let us = Duration::from_micros(histogram.value_at_quantile(quantile));
                let labels = format!("{{tenant=\"{tenant}\",quantile=\"{quantile}\"}}");
                let _ = writeln!(page, "plugin_call_seconds{labels} {}", us.as_secs_f64());
            }
            let _ = writeln!(page, "plugin_call_seconds_sum{{tenant=\"{tenant}\"}} {sum}");
            let _ = writeln!(page, "plugin_call_seconds_count{{tenant=\"{tenant}\"}} {count}");
        }
        head(&mut page, "plugin_uploads_total", "counter", "Uploads by outcome.");
        for (outcome, count) in &state.uploads {
            let _ = writeln!(page, "plugin_uploads_total{{outcome=\"{outcome}\"}} {count}");
        }
        head(&mut page, "plugin_host_lost_total", "counter", "Host processes that died or hung.");
        let _ = writeln!(page, "plugin_host_lost_total {}", gauges.processes_lost);
        head(&mut page, "plugin_calls_in_flight", "gauge", "Calls that wait for an answer.");
        let _ = writeln!(page, "plugin_calls_in_flight {}", gauges.in_flight);
        page
    }
}

/// `name`, or the common label once the bound on `known` ones is reached.
fn label(known: &mut BTreeSet<String>, name: &str, max: usize) -> String {
    if !known.contains(name) && known.len() >= max {
        return OTHER.to_owned();
    }
    known.insert(name.to_owned());
    name.to_owned()
}

fn head(page: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(page, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

/// A label's value, escaped. Tenants are visible ASCII here, so two characters are enough.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenants_past_the_bound_share_a_label() {
        let metrics = Metrics::default();
        for number in 0..TENANTS_MAX + 10 {
            metrics.call(&format!("t\"{number}"), "ok", Duration::from_millis(1));
        }
        for number in 0..GUESTS_MAX + 2 {
            metrics.limit("a", &number.to_string(), "fuel");
        }
        let page = metrics.text(&Gauges { processes_lost: 3, in_flight: 0 });
        assert!(page.contains("{tenant=\"other\",guest=\"0\",limit=\"fuel\"} 1"));
        assert!(page.contains("{tenant=\"other\",guest=\"other\",limit=\"fuel\"} 2"));
        let series = page.lines().filter(|line| line.starts_with("plugin_calls_total{")).count();
        assert_eq!(series, TENANTS_MAX + 1);
        assert!(page.contains("plugin_calls_total{tenant=\"other\",outcome=\"ok\"} 10"));
        assert!(page.contains("tenant=\"t\\\"0\""));
        assert!(page.contains("plugin_host_lost_total 3"));
    }
    #[test]
    fn quantiles_are_those_of_the_calls() {
        let metrics = Metrics::default();
        metrics.call("a", "ok", Duration::from_millis(50));
        let page = metrics.text(&Gauges { processes_lost: 0, in_flight: 0 });
        let half = page.lines().find(|line| line.contains("quantile=\"0.5\""));
        let seconds: f64 = half.and_then(|line| line.rsplit(' ').next()?.parse().ok()).expect("it");
        assert!((seconds - 0.05).abs() < 0.001, "{half:?}");
    }
}
