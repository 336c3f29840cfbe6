//! What is seen of a host as a whole: its registry, its limits, its counters.

use super::observation;
use crate::call::{CallOutcome, Called};

observation! {
    /// One request to the registry of a host, or several alike at once. `registry` gives it.
    Registration {
        /// Whether every answer says that it was done.
        accepted = "accepted": bool,
        /// Whether every answer says, in words of the contract, that it was not.
        refused = "refused": bool,
        /// Every answer, sorted, each once, as in `404 unknown-guest`.
        answers = "answers": Vec<String>,
        /// Whether each output is the one that the guest's header calls right; absent without one.
        right_output = "right-output": bool,
        /// Whether each answer names the digest of the guest; absent where none names any.
        digest_right = "digest-right": bool,
        /// Whether the host still answers.
        host_alive = "host-alive": bool,
    }
}

observation! {
    /// The active module, switched to and fro under calls. `rollback` gives it.
    Rollback {
        /// Switches that were acknowledged.
        switches = "switches": i64,
        /// Answers of the active module.
        answers = "answers": i64,
        /// Answers whose content is not that of the module whose digest they name.
        mixed = "mixed": i64,
        /// Answers that name neither of the two modules.
        foreign = "foreign": i64,
        /// Answers from the previous module to calls that were made after a switch was acknowledged
        /// and before the next switch was requested.
        stale = "stale": i64,
        /// What calls and switches ended in that were not done, sorted, each once.
        lost = "lost": Vec<String>,
        /// Whether both modules have served.
        both_served = "both-served": bool,
    }
}

observation! {
    /// Many calls of one tenant, faster than a tenant may, and a few of another. `flood` gives it.
    Flood {
        /// Whether the flooding tenant was answered `busy`; unknown where this machine cannot
        /// call as fast as that takes.
        limited = "limited": bool,
        /// Calls of the flooding tenant.
        calls = "calls": i64,
        /// Those of them that ran.
        ran = "ran": i64,
        /// Calls a second that were made.
        per_s = "per-s": f64,
        /// Calls a second that the host says a tenant may make.
        announced_per_s = "announced-per-s": i64,
        /// Whether all that ran ended in a way that the guest's header calls right.
        contained = "contained": bool,
        /// Calls of the polite tenant beside it.
        polite_calls = "polite-calls": i64,
        /// Those of them that were answered `busy`.
        polite_busy = "polite-busy": i64,
    }
}

observation! {
    /// More instances at once than a host says it takes. `fill` gives it.
    Fill {
        /// Instances at once that the host says it takes.
        announced = "announced": i64,
        /// Calls made at once.
        calls = "calls": i64,
        /// Those that were answered `busy`.
        busy = "busy": i64,
        /// Instances at once: the lower end surely were, the upper end may have been.
        at_once = "at-once": (f64, f64),
        /// Whether all that ran ended in a way that the guest's header calls right.
        contained = "contained": bool,
        /// Instances times cap times 64 KiB, MiB.
        product_mib = "product-mib": f64,
        /// Peak memory of the host past its size before, MiB.
        measured_mib = "measured-mib": f64,
        /// `measured-mib` over `product-mib`.
        memory_ratio = "memory-ratio": f64,
        /// Memory that the host may use on this machine, MiB.
        machine_mib = "machine-mib": f64,
        /// Whether the product fits into that.
        fits = "fits": bool,
        /// Whether the same host process still answers.
        host_alive = "host-alive": bool,
    }
}

observation! {
    /// The counters of a host, before and after calls. `audit` gives it.
    Audit {
        /// Calls made, and how they ended, sorted.
        outcomes = "outcomes": Vec<String> [CallOutcome::WORDS],
        /// Outcomes whose counter rose by less than were seen, sorted.
        unmoved = "unmoved": Vec<String> [CallOutcome::WORDS],
        /// Limits that the calls reached, as far as a caller sees it, sorted.
        limits = "limits": Vec<String> [Called::LIMITS],
        /// Those of them whose counter, of this tenant and this module, rose by less, sorted.
        uncounted = "uncounted": Vec<String> [Called::LIMITS],
        /// Whether as many latencies were recorded as calls were made.
        latencies_moved = "latencies-moved": bool,
        /// Whether the median and the 99th percentile of latencies are there.
        quantiles = "quantiles": bool,
    }
}

observation! {
    /// Modules that the host had never seen, started and called again. `start` gives it. Of each
    /// time the median and the longest, from histograms of three significant digits.
    Starts {
        /// Modules started.
        modules = "modules": i64,
        /// Load, milliseconds: validation, compilation, checks.
        load_p50_ms = "load-p50-ms": f64,
        /// The longest.
        load_max_ms = "load-max-ms": f64,
        /// First call, milliseconds: instantiation and whatever comes before it.
        first_p50_ms = "first-p50-ms": f64,
        /// The longest.
        first_max_ms = "first-max-ms": f64,
        /// Later calls of a loaded module, milliseconds.
        warm_p50_ms = "warm-p50-ms": f64,
        /// The longest.
        warm_max_ms = "warm-max-ms": f64,
        /// A warm call over a cold start (load and first call): the interval of 95 % of the ratio
        /// of medians.
        warm_over_cold = "warm-over-cold": (f64, f64),
        /// What starts and calls ended in other than `ok`, sorted, each once.
        failures = "failures": Vec<String> [CallOutcome::WORDS],
    }
}
