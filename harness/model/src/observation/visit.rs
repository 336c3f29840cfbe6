//! Facts from visiting a page with a real browser.

use super::observation;

observation! {
    /// A page in a real browser, in a fresh profile. `visit` gives it.
    PageVisit {
        /// Why the browser could not show the page, as in `net::ERR_CONNECTION_REFUSED`. Absent if
        /// it could.
        not_reached = "not-reached": String,
        /// Whether the page came to rest. A page that loads for ever does not.
        settled = "settled": bool,
        /// Modules that the page requested before anyone used it.
        modules_before_use = "modules-before-use": Vec<String>,
        /// Modules that were requested in the whole visit.
        modules_requested = "modules-requested": Vec<String>,
        /// Modules that the engine compiled, by path. One without an address is `inline`.
        modules_compiled = "modules-compiled": Vec<String>,
        /// Modules that were compiled from other bytes than their address has now.
        modules_changed = "modules-changed": Vec<String>,
        /// Requests for modules until the first use was done.
        requests_first = "requests-first": i64,
        /// Requests for modules that later uses caused.
        requests_again = "requests-again": i64,
        /// Instances that were created until the first use was done.
        instances_first = "instances-first": i64,
        /// Instances that later uses created.
        instances_again = "instances-again": i64,
        /// The first error that WebAssembly gave a script of the page, as in `LinkError: …`.
        /// Absent if it gave none.
        wasm_error = "wasm-error": String,
        /// Why the engine refused to compile while the module arrived. Absent if it never did.
        streaming_refused = "streaming-refused": String,
        /// Calls of `compileStreaming` and `instantiateStreaming` that succeeded.
        streaming_calls = "streaming-calls": i64,
        /// Modules that the engine compiled while they arrived, by its own trace. Unknown
        /// unless the visit is `traced`.
        streamed = "streamed": i64,
        /// Modules that the engine compiled after all of their bytes were there, by its own trace.
        compiled_whole = "compiled-whole": i64,
        /// Requests that the browser refused or that failed, each with the reason.
        refused = "refused": Vec<String>,
        /// Errors and rejections that no script caught.
        uncaught = "uncaught": Vec<String>,
        /// Why the page cannot do its work: no module started, and what the browser says of it.
        /// Absent if a module started, or if none is needed.
        dead = "dead": String,
        /// Milliseconds from the first use until something visible changed. Absent if nothing
        /// changed in a second, while the module was still loading.
        feedback_ms = "feedback-ms": f64,
        /// Whether the page showed something new after its module had failed: another text,
        /// another role, or another picture.
        failure_shown = "failure-shown": bool,
        /// The text that it showed then.
        failure_text = "failure-text": String,
        /// Whether the page shows something else when its module works. Where it does not, a
        /// person cannot see the failure, and does not miss anything.
        visible_effect = "visible-effect": bool,
        /// Whether a module started when the feature was used again after the failure.
        retried = "retried": bool,
        /// The highest value of a progress bar, in percent, while the module arrived in parts.
        /// Absent if no bar moved. A text such as `40 %` that changes is a bar too.
        progress_max = "progress-max": f64,
        /// From where a progress bar ran back, and to where, as in `80 % to 20 %`. Absent if it did
        /// not.
        progress_back = "progress-back": String,
        /// Where a progress bar stood after the module had started, in percent. Absent if no bar
        /// was left.
        progress_end = "progress-end": f64,
        /// Crashes of the browser's processes in the visit, as in `crashed`, `oom`.
        crashes = "crashes": Vec<String>,
    }
}

observation! {
    /// Loads of a page with and without its module, in turn. `page-loads` gives it. In those
    /// without, requests for the module get no answer. Times are medians.
    PageLoads {
        /// Whether the page requests its module before anyone uses it.
        on_load = "on-load": bool,
        /// Bytes that the module takes on the wire.
        module_bytes = "module-bytes": i64,
        /// Whether the page shows something while it waits for the module.
        paints_without = "paints-without": bool,
        /// Milliseconds until the page first showed something (First Contentful Paint).
        first_paint_ms = "first-paint-ms": f64,
        /// The same without the module. Absent if it never did.
        first_paint_without_ms = "first-paint-without-ms": f64,
        /// Milliseconds that the module adds at least: the smallest difference of all pairs.
        first_paint_added_ms = "first-paint-added-ms": f64,
        /// Milliseconds until the largest part of the page was shown (Largest Contentful Paint).
        largest_paint_ms = "largest-paint-ms": f64,
        /// The same without the module. Absent if there was none.
        largest_paint_without_ms = "largest-paint-without-ms": f64,
        /// Milliseconds for which the main thread could not react: of each task, what is over 50 ms
        /// (Total Blocking Time).
        blocked_ms = "blocked-ms": f64,
        /// The same without the module.
        blocked_without_ms = "blocked-without-ms": f64,
        /// Milliseconds that the module adds at least: the smallest difference of all pairs.
        blocked_added_ms = "blocked-added-ms": f64,
        /// All figures, as a line for people.
        figures = "figures": String,
    }
}

observation! {
    /// A page of which another build was deployed between two visits. `deploy` gives it.
    PageSkew {
        /// Who met the new deployment: `open-tab`, `returning`.
        visitor = "visitor": String,
        /// What became of the page: `works`, `says so` if it shows that something is wrong, or
        /// `silent` if it does not work and shows nothing new.
        outcome = "outcome": String,
        /// What the browser says of it, if the page does not work.
        why = "why": String,
        /// Whether a page of one build ran a module of the other. Unknown where the modules of both
        /// builds are the same.
        mixed = "mixed": bool,
        /// The text that the page showed.
        text = "text": String,
        /// Requests that failed, each with the reason.
        refused = "refused": Vec<String>,
    }
}
