//! The kinds of observation: one struct for each kind, one field for each path.

use super::observation;
use super::staleness::Staleness;
use crate::call::{CallOutcome, RejectStage};
use crate::trap::TrapKind;

/// The outcome words of a call, and the word for several calls with different outcomes.
const OUTCOME: &[&str] = &{
    let mut words = ["mixed"; CallOutcome::WORDS.len() + 1];
    let mut at = 0;
    while at < CallOutcome::WORDS.len() {
        words[at] = CallOutcome::WORDS[at];
        at += 1;
    }
    words
};
/// The formats of decoded bytes.
const CONTENT: &[&str] =
    &["wasm", "html", "javascript", "empty", "git-lfs-pointer", "base64", "json", "other"];
/// Codings that their bytes identify.
const LAYERS: &[&str] = &["gzip", "br", "zstd", "deflate"];
/// Codings that need a dictionary.
const DICTIONARIES: &[&str] = &["dcb", "dcz"];
/// What stops a guest.
const STOPPED_BY: &[&str] = &["host", "watchdog"];

observation! {
    /// One HTTP exchange with its wire bytes. We undo codings and follow redirects ourselves. `get`
    /// and `head` give it.
    Exchange {
        /// Status code of the last response (RFC 9110 §15). Absent if no client gets one.
        status = "status": i64,
        /// Why no client gets a usable answer, on three connections. The answer is not HTTP, its
        /// length is invalid, the connection closes, or HEAD gets no answer. Absent if an answer
        /// came.
        no_answer = "no-answer": String,
        /// The value of `Content-Length`, as in "`1`, `2`", if it makes the answer unusable (RFC
        /// 9112 §6.3).
        length_unusable = "length-unusable": String,
        /// Whether the server answered 206 to a request without `Range` (RFC 9110 §15.3.7).
        unasked_part = "unasked-part": bool,
        /// Number of redirects followed.
        redirects = "redirects": i64,
        /// Why the last redirect was not followed, as in `redirect loop`. Absent if the last answer
        /// is no redirect.
        redirect_stopped = "redirect-stopped": String,
        /// `Content-Type`, its field lines combined with ", " (RFC 9110 §5.2). Absent if not sent.
        content_type = "content-type": String,
        /// Number of `Content-Type` field lines.
        content_type_lines = "content-type-lines": i64,
        /// The media type as the WebAssembly Web API reads it: trimmed, ASCII lower case.
        media_type = "media-type": String,
        /// Members of `Content-Encoding` in order, lower case, without `identity` (§8.4).
        content_encoding = "content-encoding": Vec<String>,
        /// Tokens of every `Vary` line, lower case (§12.5.5). Empty if there is none.
        vary = "vary": Vec<String>,
        /// `ETag` as sent.
        etag = "etag": String,
        /// `Last-Modified` as sent.
        last_modified = "last-modified": String,
        /// `Cache-Control` directives: `name` or `name=value`, names in lower case (RFC 9111 §5.2).
        cache_control = "cache-control": Vec<String>,
        /// Seconds that a cache may use the response without revalidation: `max-age`, or `Expires`
        /// minus `Date`. Absent without explicit freshness (RFC 9111 §4.2.1).
        fresh_s = "fresh-s": i64,
        /// Whether each later use is revalidated first: `no-cache`, `no-store`, or explicit
        /// freshness of zero.
        revalidated = "revalidated": bool,
        /// How long users may keep an old copy after a deploy: `none` (each use is revalidated),
        /// `minutes` (up to 10), `hours` (up to a day), `days` (longer). It includes
        /// `stale-while-revalidate` (RFC 5861 §3). Absent without explicit freshness.
        stale_for = "stale-for": String [Staleness::WORDS],
        /// Whether no header field says how long caches use the page of the site, so that they
        /// guess (RFC 9111 §4.2.2). False if the site has no page.
        page_guessed = "page-guessed": bool,
        /// Whether the name is content-addressed: it has a hash-like segment or a versioned path.
        name_hashed = "name-hashed": bool,
        /// Whether a part of the name could be a hash or a word. Such a name is not
        /// content-addressed.
        name_doubtful = "name-doubtful": bool,
        /// Bytes of the body as received, before any decoding.
        wire_bytes = "wire-bytes": i64,
        /// Bytes after every layer that is really there is undone.
        raw_bytes = "raw-bytes": i64,
        /// `wire-bytes / raw-bytes`.
        wire_ratio = "wire-ratio": f64,
        /// `wire-bytes` divided by the bytes that gzip 6 or brotli 5 gives for the same content.
        /// Known only where `wire-ratio` is above 0.3, and the body has one layer of these.
        wire_over_recompressed = "wire-over-recompressed": f64,
        /// Why browsers cannot read the body: it ends early, or its bytes do not have the declared
        /// coding (RFC 9112 §6.3, RFC 9110 §8.4). Absent if they can.
        unreadable = "unreadable": String,
        /// The real layers around the content, outermost first: `gzip`, `br`, `zstd`.
        layers = "layers": Vec<String> [LAYERS],
        /// Whether the content results from undoing each layer of `Content-Encoding` exactly once.
        layers_match = "layers-match": bool,
        /// Number of codings that `Content-Encoding` declares and the body really has.
        codings = "codings": i64,
        /// A layer with a coding that the client did not offer. Absent if there is none.
        coding_not_offered = "coding-not-offered": String,
        /// The format of the decoded bytes: `wasm`, `html`, `javascript`, `empty`, `other`, or what
        /// stands in place of a module: `git-lfs-pointer`, `base64`, `json`.
        content = "content": String [CONTENT],
        /// Whether the decoded bytes are one valid module with nothing after it.
        module_valid = "module-valid": bool,
        /// Why the module is invalid. Absent if it is valid.
        module_error = "module-error": String,
        /// Whether the module was read as UTF-8 text and written again, so that bytes became
        /// U+FFFD.
        module_mangled = "module-mangled": bool,
        /// SHA-256 of the decoded bytes, lower-case hex.
        raw_sha256 = "raw-sha256": String,
        /// SHA-256 of the wire bytes, lower-case hex.
        wire_sha256 = "wire-sha256": String,
        /// `Content-Length` as sent.
        content_length = "content-length": i64,
        /// `Age`, or the field in which a cache reports a hit. Absent without such a field.
        cache_hit = "cache-hit": String,
        /// The field that shows a shared cache in front of the site: `Age`, `Via`, `X-Cache`, or a
        /// field of a known network. Absent if no answer has one.
        shared_cache = "shared-cache": String,
        /// Seconds that missing compression costs on 3G (1.6 Mbit/s).
        lost_3g_s = "lost-3g-s": f64,
        /// Wall time until the last byte, milliseconds.
        wall_ms = "wall-ms": f64,
        /// Software that the answer names, as in `nginx`, nearest to the client first. Only
        /// software with configuration in the playbooks counts. It selects the advice.
        software = "software": Vec<String>,
        /// Whether the request accepts no answer without a coding: it has `identity;q=0`, or
        /// `*;q=0` and no weight for identity (RFC 9110 §12.5.3).
        refuses_identity = "refuses-identity": bool,
        /// A real client that sends this `Accept-Encoding`. Absent if none is known.
        offer_sent_by = "offer-sent-by": String,
        /// Whether `Content-Length` equals the number of received bytes. Absent if it was not sent.
        /// Unknown for an answer without a body (HEAD, 204, 304).
        length_fits = "length-fits": bool,
        /// Whether the `ETag` is weak (RFC 9110 §8.8.1). Absent without an `ETag`.
        etag_weak = "etag-weak": bool,
        /// The `ETag` without its weakness mark.
        etag_tag = "etag-tag": String,
        /// Names of the header fields with another value than in `against`. Fields that differ in
        /// every exchange do not count, nor those of the coding if the codings differ.
        fields_changed = "fields-changed": Vec<String>,
        /// Names of the header fields that `against` has and this answer lacks.
        fields_lost = "fields-lost": Vec<String>,
        /// Names of the header fields that this answer has and `against` lacks.
        fields_added = "fields-added": Vec<String>,
        /// Whether a partial answer has the right bytes of `part-of` (RFC 9110 §14). Absent if the
        /// whole came, or a part of another variant.
        part_right = "part-right": bool,
        /// Whether a browser would resume an interrupted download: the answer has a strong
        /// validator and a `Content-Length`, and does not refuse ranges (Chromium, `PartialData`).
        resumable = "resumable": bool,
        /// Whether the first part of `resumes` and the received part give the whole. Absent if the
        /// server sends the whole again, or if there is no strong `ETag` for the request.
        resumed_right = "resumed-right": bool,
        /// Whether the page of `for-page` has another origin (scheme, host, port).
        cross_origin = "cross-origin": bool,
        /// Whether `Access-Control-Allow-Origin` lets the page of `for-page` read the answer.
        cors_allows = "cors-allows": bool,
        /// `Access-Control-Allow-Origin`, its field lines combined.
        allow_origin = "allow-origin": String,
        /// Whether the policies of the page of `for-page` allow it to fetch this (`connect-src`).
        csp_allows_fetch = "csp-allows-fetch": bool,
        /// Whether the policies of this page, in header or `meta`, allow it to compile WebAssembly:
        /// `script-src`, or else `default-src`, has `'wasm-unsafe-eval'` or `'unsafe-eval'`.
        csp_allows_wasm = "csp-allows-wasm": bool,
        /// Whether the policies of this page allow its inline scripts about modules: by
        /// `'unsafe-inline'`, a nonce or a hash.
        csp_allows_inline = "csp-allows-inline": bool,
        /// `Content-Security-Policy`, its field lines combined.
        csp = "csp": String,
        /// Whether the page is cross-origin isolated: it has `Cross-Origin-Opener-Policy:
        /// same-origin`, and `Cross-Origin-Embedder-Policy` with `require-corp` or
        /// `credentialless`.
        isolated = "isolated": bool,
        /// Whether the page asks for isolation and gets none, because it comes over plain http from
        /// another machine. Of the page only, as are the next five fields.
        isolation_ignored = "isolation-ignored": bool,
        /// A script on the only way to a loader that the page's policy blocks, or `an inline
        /// script`. Absent if it blocks none.
        csp_blocks_script = "csp-blocks-script": String,
        /// A worker on the only way to a loader that the page's policy blocks.
        csp_blocks_worker = "csp-blocks-worker": String,
        /// A script of another origin, on the only way to a loader, that lacks the
        /// `Cross-Origin-Resource-Policy` that the page's embedder policy requires.
        script_without_corp = "script-without-corp": String,
        /// A worker on the only way to a loader that lacks the embedder policy of its page.
        worker_without_coep = "worker-without-coep": String,
        /// A worker of another origin on the only way to a loader.
        worker_elsewhere = "worker-elsewhere": String,
        /// Whether `X-Content-Type-Options: nosniff` was sent.
        nosniff = "nosniff": bool,
        /// Whether the media type is a JavaScript type.
        type_is_script = "type-is-script": bool,
        /// Why browsers refuse the answer as the script that the page loads. A module script needs
        /// a JavaScript type, and so does any script under `nosniff`. The scripts through which the
        /// page loads it count too. Absent if browsers take it.
        script_refused = "script-refused": String,
        /// Whether browsers show the media type as a page, parameters aside.
        type_is_page = "type-is-page": bool,
        /// Whether the module imports a shared memory. Absent without a module.
        shared_memory = "shared-memory": bool,
        /// The protocol of the answer, as in `HTTP/1.1` or `HTTP/2.0`.
        protocol = "protocol": String,
        /// Whether the connection was encrypted.
        tls = "tls": bool,
        /// Whether the connection stays open for the next request (RFC 9112 §9.3).
        keeps_alive = "keeps-alive": bool,
        /// Milliseconds until the header fields were received, connection included.
        first_byte_ms = "first-byte-ms": f64,
        /// Wire bytes per second from the header fields to the last byte. Absent if no bytes came
        /// after the header fields.
        bytes_per_s = "bytes-per-s": f64,
        /// Whether both `Content-Length` and `Transfer-Encoding` were sent (RFC 9112 §6.3).
        length_and_transfer_coding = "length-and-transfer-coding": bool,
        /// The dictionary coding of the body, `dcb` or `dcz` (RFC 9842), by the header or the first
        /// bytes. It is not undone here. Absent if neither.
        dictionary = "dictionary": String [DICTIONARIES],
        /// Bytes on the wire that the target file allows for a module. Absent if it sets no budget.
        wire_budget = "wire-budget": i64,
        /// Bytes on the wire over that budget; 0 if within. Absent without a budget.
        over_wire_budget = "over-wire-budget": i64,
    }
}

observation! {
    /// One asset in every coding, from every address, several times. `everywhere` gives it.
    Lattice {
        /// Answers with status 200 that could be decoded completely.
        answers = "answers": i64,
        /// Answers with status 200 that could not be decoded completely, as in `br at 192.0.2.1`.
        unread = "unread": Vec<String>,
        /// Answers with another status, as in `404 for br at 192.0.2.1`.
        refused = "refused": Vec<String>,
        /// Number of different contents among the answers.
        contents = "contents": i64,
        /// Whether the asset is the page. Pages are compared by the scripts and modules that they
        /// name, because a nonce or a date may differ.
        is_page = "is-page": bool,
        /// Whether the same variant at the same place differs from one answer to the next.
        varies = "varies": bool,
        /// The answers that differ from the most common content. Absent if none does.
        odd = "odd": String,
        /// Requested addresses, the origin included.
        places = "places": Vec<String>,
    }
}

observation! {
    /// One call of a guest, or several equal ones. `call` and `load` give it.
    GuestCall {
        /// Id of the guest.
        guest = "guest": String,
        /// Whether the guest's header allows every outcome (`contained-if`).
        contained = "contained": bool,
        /// The outcomes that the guest's header allows, as in `deadline | fuel`.
        allowed = "allowed": String,
        /// The word of the outcome: `ok`, `trap`, `deadline`, `memory-cap`, `fuel`,
        /// `guest-error`, `rejected`, `denied`, `busy`, `host-fault`.
        outcome = "outcome": String [OUTCOME],
        /// Every outcome word, sorted, each once.
        outcomes = "outcomes": Vec<String> [CallOutcome::WORDS],
        /// The kind of trap. Absent if the outcome is no trap.
        trap = "trap": String [TrapKind::WORDS],
        /// The stage that rejected the module. Absent if no stage did.
        stage = "stage": String [RejectStage::WORDS],
        /// The reason of a rejection, or the text of a guest's error. Absent if there is none.
        reason = "reason": String,
        /// The guest's own error code. Absent if it gave none.
        code = "code": i64,
        /// The output as text, with invalid UTF-8 replaced. Absent without an output.
        output = "output": String,
        /// The output as lower-case hex. Absent without an output.
        output_hex = "output-hex": String,
        /// Bytes of the output.
        output_bytes = "output-bytes": i64,
        /// Number of output bytes that are 0. As an errno of WASI, 0 means success.
        output_zeros = "output-zeros": i64,
        /// The first four bytes as a little-endian `u32`. Absent if the output is shorter.
        output_u32 = "output-u32": i64,
        /// Whether every output is the one that the guest's header requires. Absent if the header
        /// does not give its bytes, or without an output.
        right_output = "right-output": bool,
        /// Whether every output equals its input.
        echoes = "echoes": bool,
        /// Number of different outputs in the calls of this step.
        outputs_distinct = "outputs-distinct": i64,
        /// Log lines, as the host reports them.
        log = "log": Vec<String>,
        /// Log records of all calls of the step.
        log_lines = "log-lines": i64,
        /// Bytes of the longest log record. Absent without one.
        log_line_bytes = "log-line-bytes": i64,
        /// Whether every guest text that the host reports (log, reason) is free of line ends,
        /// control characters and marks that reorder text.
        plain = "plain": bool,
        /// Fuel used, as the host counts it. The maximum of several calls.
        fuel_used = "fuel-used": i64,
        /// Number of different fuel counts in the calls of this step.
        fuel_used_distinct = "fuel-used-distinct": i64,
        /// Every outcome word of the guest that ran at the same time, sorted, each once.
        meanwhile_outcomes = "meanwhile-outcomes": Vec<String> [CallOutcome::WORDS],
        /// Wall time seen from outside, milliseconds. The maximum of several calls.
        wall_ms = "wall-ms": f64,
        /// Wall time past the deadline, milliseconds, seen from outside; 0 if in time. The lower
        /// end excludes the time by which this machine woke threads late.
        overrun_ms = "overrun-ms": (f64, f64),
        /// Longest wall time of a call with the answer `busy`, milliseconds. The lower end excludes
        /// the time by which this machine was late. Absent without such a call.
        busy_ms = "busy-ms": (f64, f64),
        /// Peak memory of the host process over its size before the call, MiB (`VmHWM`).
        host_peak_mib = "host-peak-mib": f64,
        /// Memory of the host process after the calls, over its size before, MiB.
        host_settled_mib = "host-settled-mib": f64,
        /// Threads of the host process over their number before. They have one second after the
        /// calls to end.
        threads_grown = "threads-grown": i64,
        /// Open descriptors of the host process at that time, over their number before.
        descriptors_grown = "descriptors-grown": i64,
        /// Processor time of the host process, milliseconds, in steps of 10.
        processor_ms = "processor-ms": i64,
        /// Whether the same host process still answers after the call. Absent if nothing shows it.
        host_alive = "host-alive": bool,
        /// Who stopped the guest: `host`, or `watchdog` (ours, from outside). Absent if nothing was
        /// stopped.
        stopped_by = "stopped-by": String [STOPPED_BY],
        /// The mechanism that stopped the guest, in the host's own words (`epoch`, `fuel`,
        /// `fuel-slice`, `host-call`, `late-look`, …), or `watchdog`. Absent if nothing was
        /// stopped.
        mechanism = "mechanism": String,
        /// SHA-256 of the module that ran, as the host reports it.
        digest = "digest": String,
        /// Whether that digest is the digest of the bytes that we sent.
        digest_right = "digest-right": bool,
        /// Whether each log line names the tenant of the caller.
        log_attributed = "log-attributed": bool,
    }
}

observation! {
    /// Two guests, timed in interleaved pairs. `compare` gives it.
    Pace {
        /// Median of `slow` over median of `fast`: a 95 % interval by resampling pairs.
        ratio = "ratio": (f64, f64),
        /// Median of the first guest, milliseconds.
        subject_p50_ms = "subject-p50-ms": f64,
        /// Median of the control guest, milliseconds.
        control_p50_ms = "control-p50-ms": f64,
        /// First call of the first guest, compilation included, milliseconds.
        first_ms = "first-ms": f64,
        /// Timed pairs.
        pairs = "pairs": i64,
        /// Outcome words other than `ok`, and `wrong-output`, sorted, each once.
        failures = "failures": Vec<String>,
    }
}

observation! {
    /// Polite tenants under open-loop load, alone and next to a noisy one. `noisy-neighbour` gives
    /// it.
    TenantLatency {
        /// p99 with the noise over p99 alone, both with the floor added: the interval over rounds.
        p99_ratio = "p99-ratio": (f64, f64),
        /// p99 of the polite tenants alone, milliseconds from the planned send.
        p99_alone_ms = "p99-alone-ms": f64,
        /// p99 of the polite tenants with the noise, milliseconds from the planned send.
        p99_beside_ms = "p99-beside-ms": f64,
        /// Samples of the polite tenants in both phases.
        samples = "samples": i64,
        /// Outcome words other than `ok` of the polite tenants, sorted, each once.
        polite_failures = "polite-failures": Vec<String> [CallOutcome::WORDS],
        /// Calls of the noisy tenant with the answer `busy`.
        noise_busy = "noise-busy": i64,
        /// Calls of the noisy tenant that ran.
        noise_ran = "noise-ran": i64,
        /// Rounds, each with both phases.
        rounds = "rounds": i64,
    }
}
