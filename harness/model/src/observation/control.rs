//! Facts about a host as a whole: its registry, its limits, its counters.

use super::observation;
use crate::call::{CallOutcome, Called};

observation! {
    /// One request to the registry of a host, or several equal ones at once. `registry` gives it.
    Registration {
        /// Whether every answer reports success.
        accepted = "accepted": bool,
        /// Whether every answer reports a refusal, in words of the contract.
        refused = "refused": bool,
        /// Every answer, sorted, each once, as in `404 unknown-guest`.
        answers = "answers": Vec<String>,
        /// Whether each output is the one that the guest's header requires. Absent without an
        /// output.
        right_output = "right-output": bool,
        /// Whether each answer names the digest of the guest. Absent if no answer names a digest.
        digest_right = "digest-right": bool,
        /// Whether the host still answers.
        host_alive = "host-alive": bool,
    }
}

observation! {
    /// The active module, switched back and forth under calls. `rollback` gives it.
    Rollback {
        /// Acknowledged switches.
        switches = "switches": i64,
        /// Answers of the active module.
        answers = "answers": i64,
        /// Answers whose digest does not match their content.
        mixed = "mixed": i64,
        /// Answers that name neither of the two modules.
        foreign = "foreign": i64,
        /// Answers of the previous module to calls after a switch was acknowledged, and before the
        /// next switch was requested.
        stale = "stale": i64,
        /// Outcomes of calls and switches that failed, sorted, each once.
        lost = "lost": Vec<String>,
        /// Whether both modules answered calls.
        both_served = "both-served": bool,
    }
}

observation! {
    /// Many calls of one tenant, over its rate limit, and a few of another. `flood` gives it.
    Flood {
        /// Whether the flooding tenant got the answer `busy`. Unknown if this machine cannot call
        /// fast enough.
        limited = "limited": bool,
        /// Calls of the flooding tenant.
        calls = "calls": i64,
        /// Calls of the flooding tenant that ran.
        ran = "ran": i64,
        /// Calls per second that we made.
        per_s = "per-s": f64,
        /// Calls per second that the host announces for a tenant.
        announced_per_s = "announced-per-s": i64,
        /// Whether the guest's header allows the outcome of every call that ran.
        contained = "contained": bool,
        /// Calls of the polite tenant at the same time.
        polite_calls = "polite-calls": i64,
        /// Calls of the polite tenant with the answer `busy`.
        polite_busy = "polite-busy": i64,
    }
}

observation! {
    /// More parallel instances than a host announces. `fill` gives it.
    Fill {
        /// Parallel instances that the host announces.
        announced = "announced": i64,
        /// Parallel calls.
        calls = "calls": i64,
        /// Calls with the answer `busy`.
        busy = "busy": i64,
        /// Parallel instances: at least the lower end, at most the upper end.
        at_once = "at-once": (f64, f64),
        /// Whether the guest's header allows the outcome of every call that ran.
        contained = "contained": bool,
        /// Instances times cap times 64 KiB, MiB.
        product_mib = "product-mib": f64,
        /// Peak memory of the host over its size before, MiB.
        measured_mib = "measured-mib": f64,
        /// `measured-mib` over `product-mib`.
        memory_ratio = "memory-ratio": f64,
        /// Memory that the host may use on this machine, MiB.
        machine_mib = "machine-mib": f64,
        /// Whether the product fits into that memory.
        fits = "fits": bool,
        /// Whether the same host process still answers.
        host_alive = "host-alive": bool,
    }
}

observation! {
    /// The counters of a host, before and after calls. `audit` gives it.
    Audit {
        /// Outcomes of the calls, sorted.
        outcomes = "outcomes": Vec<String> [CallOutcome::WORDS],
        /// Outcomes with a counter that rose by less than we saw, sorted.
        unmoved = "unmoved": Vec<String> [CallOutcome::WORDS],
        /// Limits that the calls reached, as far as a caller sees them, sorted.
        limits = "limits": Vec<String> [Called::LIMITS],
        /// Limits among these with a counter, of this tenant and this module, that rose by less,
        /// sorted.
        uncounted = "uncounted": Vec<String> [Called::LIMITS],
        /// Whether the host recorded as many latencies as there were calls.
        latencies_moved = "latencies-moved": bool,
        /// Whether the host reports the median and the 99th percentile of latencies.
        quantiles = "quantiles": bool,
    }
}

observation! {
    /// Modules that are new to the host, started and called again. `start` gives it. Each time has
    /// its median and its maximum, from histograms of three significant digits.
    Starts {
        /// Started modules.
        modules = "modules": i64,
        /// Load, milliseconds: validation, compilation, checks.
        load_p50_ms = "load-p50-ms": f64,
        /// Longest load, milliseconds.
        load_max_ms = "load-max-ms": f64,
        /// First call, milliseconds: instantiation and everything before it.
        first_p50_ms = "first-p50-ms": f64,
        /// Longest first call, milliseconds.
        first_max_ms = "first-max-ms": f64,
        /// Later calls of a loaded module, milliseconds.
        warm_p50_ms = "warm-p50-ms": f64,
        /// Longest later call, milliseconds.
        warm_max_ms = "warm-max-ms": f64,
        /// A warm call over a cold start (load and first call): a 95 % interval of the ratio of
        /// medians.
        warm_over_cold = "warm-over-cold": (f64, f64),
        /// Outcomes of starts and calls other than `ok`, sorted, each once.
        failures = "failures": Vec<String> [CallOutcome::WORDS],
    }
}
