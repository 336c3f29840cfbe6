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
        /// Modules that the engine compiled while they arrived, by its own trace. Unknown in a
        /// visit with a failure.
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
        /// The highest value of a progress bar, in percent. Absent if there is none.
        progress_max = "progress-max": f64,
        /// Whether a progress bar ran backwards. Absent if there is none.
        progress_back = "progress-back": bool,
        /// Crashes of the browser's processes in the visit, as in `crashed`, `oom`.
        crashes = "crashes": Vec<String>,
    }
}
