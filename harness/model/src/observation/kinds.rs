//! The kinds of observation: one struct a kind, one field a path.

use super::observation;
use super::staleness::Staleness;
use crate::call::{CallOutcome, RejectStage};
use crate::trap::TrapKind;

/// The words of calls, and the one of several calls that did not end alike.
const OUTCOME: &[&str] = &{
    let mut words = ["mixed"; CallOutcome::WORDS.len() + 1];
    let mut at = 0;
    while at < CallOutcome::WORDS.len() {
        words[at] = CallOutcome::WORDS[at];
        at += 1;
    }
    words
};
/// What decoded bytes are taken for.
const CONTENT: &[&str] = &["wasm", "html", "javascript", "empty", "other"];
/// Codings that are found by their bytes.
const LAYERS: &[&str] = &["gzip", "br", "zstd", "deflate"];
/// Codings that need a dictionary.
const DICTIONARIES: &[&str] = &["dcb", "dcz"];
/// Who stops a guest.
const STOPPED_BY: &[&str] = &["host", "watchdog"];

observation! {
    /// One HTTP exchange, wire bytes kept: no decompression but our own, redirects followed
    /// by us. `get` and `head` give it.
    Exchange {
        /// Status code of the last response (RFC 9110 §15); absent where no client gets one.
        status = "status": i64,
        /// Why no client gets an answer that it could use, seen on three connections: it is no
        /// HTTP, its length is none, the connection closes, HEAD is not answered; absent if one
        /// came.
        no_answer = "no-answer": String,
        /// What `Content-Length` says where that is the reason (RFC 9112 §6.3), as in "`1`, `2`".
        length_unusable = "length-unusable": String,
        /// Whether 206 came to a request without `Range` (RFC 9110 §15.3.7).
        unasked_part = "unasked-part": bool,
        /// Number of redirects followed.
        redirects = "redirects": i64,
        /// Why a last answer that is a redirect was not followed, as in `redirect loop`; absent
        /// where it was followed, or is none.
        redirect_stopped = "redirect-stopped": String,
        /// `Content-Type`, the field lines combined with ", " (RFC 9110 §5.2); absent if none.
        content_type = "content-type": String,
        /// Number of `Content-Type` field lines.
        content_type_lines = "content-type-lines": i64,
        /// The media type as the WebAssembly Web API reads it: blanks trimmed, ASCII lower case.
        media_type = "media-type": String,
        /// Members of `Content-Encoding` in order, lower case; `identity` is left out (§8.4).
        content_encoding = "content-encoding": Vec<String>,
        /// Tokens of every `Vary` line, lower case (§12.5.5); empty if there is none.
        vary = "vary": Vec<String>,
        /// `ETag` as sent.
        etag = "etag": String,
        /// `Last-Modified` as sent.
        last_modified = "last-modified": String,
        /// `Cache-Control` directives, `name` or `name=value`, lower case names (RFC 9111 §5.2).
        cache_control = "cache-control": Vec<String>,
        /// Seconds that a cache may use the response without asking: `max-age`, or `Expires`
        /// minus `Date`; absent if nothing explicit is said (RFC 9111 §4.2.1).
        fresh_s = "fresh-s": i64,
        /// Whether each later use asks the origin first: `no-cache`, `no-store`, or explicit
        /// freshness of zero.
        revalidated = "revalidated": bool,
        /// How long people may go on with what they have after a deploy, by what the answer says:
        /// `none` (each use asks), `minutes` (up to 10), `hours` (up to a day), `days` (longer).
        /// It counts `stale-while-revalidate` too (RFC 5861 §3); absent if nothing explicit is
        /// said.
        stale_for = "stale-for": String [Staleness::WORDS],
        /// Whether the name is content-addressed: a hash-like segment, or a versioned path.
        name_hashed = "name-hashed": bool,
        /// Whether nobody can tell a hash from words in the name, which is not content-addressed.
        name_doubtful = "name-doubtful": bool,
        /// Bytes of the body as they came, before any decoding.
        wire_bytes = "wire-bytes": i64,
        /// Bytes after undoing every layer that is really there.
        raw_bytes = "raw-bytes": i64,
        /// `wire-bytes / raw-bytes`.
        wire_ratio = "wire-ratio": f64,
        /// Why browsers cannot read the body: it ends before its framing does, or what is declared
        /// to be its coding is not (RFC 9112 §6.3, RFC 9110 §8.4); absent where they can.
        unreadable = "unreadable": String,
        /// Layers really found around the content, outermost first: `gzip`, `br`, `zstd`.
        layers = "layers": Vec<String> [LAYERS],
        /// Whether undoing `Content-Encoding` exactly once, layer by layer, gives the content.
        layers_match = "layers-match": bool,
        /// Number of codings that `Content-Encoding` declares and that are there.
        codings = "codings": i64,
        /// A layer whose coding the client did not offer; absent if there is none.
        coding_not_offered = "coding-not-offered": String,
        /// What the decoded bytes are: `wasm`, `html`, `javascript`, `empty`, `other`.
        content = "content": String [CONTENT],
        /// Whether the decoded bytes are one valid module, nothing after it.
        module_valid = "module-valid": bool,
        /// What is wrong with the module; absent if nothing.
        module_error = "module-error": String,
        /// SHA-256 of the decoded bytes, lower-case hex.
        raw_sha256 = "raw-sha256": String,
        /// SHA-256 of the wire bytes, lower-case hex.
        wire_sha256 = "wire-sha256": String,
        /// `Content-Length` as sent.
        content_length = "content-length": i64,
        /// `Age` or a cache's own word that it was a hit; absent if nothing says so.
        cache_hit = "cache-hit": String,
        /// What shows that a shared cache stands before the site: `Age`, `Via`, `X-Cache`, or a
        /// field of a known network; absent where no answer shows one.
        shared_cache = "shared-cache": String,
        /// Seconds that the missing compression costs on 3G (1.6 Mbit/s).
        lost_3g_s = "lost-3g-s": f64,
        /// Wall time until the last byte, milliseconds.
        wall_ms = "wall-ms": f64,
        /// Software that the answer names, as in `nginx`, what is nearest to us first; only what
        /// playbooks have configuration for. It chooses the advice.
        software = "software": Vec<String>,
        /// Whether the request takes no answer without a coding: `identity;q=0`, or `*;q=0` with
        /// no word on identity (RFC 9110 §12.5.3).
        refuses_identity = "refuses-identity": bool,
        /// A client that exists and sends this `Accept-Encoding`; absent where none is known.
        offer_sent_by = "offer-sent-by": String,
        /// Whether `Content-Length` is the number of bytes that came; absent if it was not sent,
        /// unknown where an answer has no body (HEAD, 204, 304).
        length_fits = "length-fits": bool,
        /// Whether the `ETag` is weak (RFC 9110 §8.8.1); absent without an `ETag`.
        etag_weak = "etag-weak": bool,
        /// The `ETag` without the mark of a weak one.
        etag_tag = "etag-tag": String,
        /// Names of the header fields that `against` had with another value; those left out that
        /// every exchange has of its own, and those of the coding where the codings differ.
        fields_changed = "fields-changed": Vec<String>,
        /// Names of the header fields that `against` had and this has not.
        fields_lost = "fields-lost": Vec<String>,
        /// Names of the header fields that `against` had not.
        fields_added = "fields-added": Vec<String>,
        /// Whether the part that came is that part of the bytes of `part-of` (RFC 9110 §14);
        /// absent where the whole came, or a part of another variant.
        part_right = "part-right": bool,
        /// Whether a browser would resume this answer where it breaks off: it has a strong
        /// validator and a `Content-Length`, and does not refuse ranges (Chromium, `PartialData`).
        resumable = "resumable": bool,
        /// Whether the first part of `resumes`, put together with the part that came, is the whole;
        /// absent where the server sends the whole again, or there is no strong `ETag` to ask with.
        resumed_right = "resumed-right": bool,
        /// Whether the page of `for-page` is of another origin (scheme, host, port).
        cross_origin = "cross-origin": bool,
        /// Whether `Access-Control-Allow-Origin` lets the page of `for-page` read the answer.
        cors_allows = "cors-allows": bool,
        /// `Access-Control-Allow-Origin`, the field lines combined.
        allow_origin = "allow-origin": String,
        /// Whether the policies of the page of `for-page` let it fetch this (`connect-src`).
        csp_allows_fetch = "csp-allows-fetch": bool,
        /// Whether the policies of this page, in header or `meta`, let it compile WebAssembly:
        /// `'wasm-unsafe-eval'` or `'unsafe-eval'` in `script-src`, or else `default-src`.
        csp_allows_wasm = "csp-allows-wasm": bool,
        /// Whether the policies of this page let its inline scripts run, those that deal with
        /// modules: by `'unsafe-inline'`, a nonce or a hash.
        csp_allows_inline = "csp-allows-inline": bool,
        /// `Content-Security-Policy`, the field lines combined.
        csp = "csp": String,
        /// Whether the page is cross-origin isolated: `Cross-Origin-Opener-Policy: same-origin`
        /// and `Cross-Origin-Embedder-Policy` of `require-corp` or `credentialless`.
        isolated = "isolated": bool,
        /// Whether `X-Content-Type-Options: nosniff` was sent.
        nosniff = "nosniff": bool,
        /// Whether the media type is one of JavaScript.
        type_is_script = "type-is-script": bool,
        /// Whether the media type is one that browsers show as a page, parameters aside.
        type_is_page = "type-is-page": bool,
        /// Whether the module imports a shared memory; absent where there is no module.
        shared_memory = "shared-memory": bool,
        /// The protocol that answered, as in `HTTP/1.1` or `HTTP/2.0`.
        protocol = "protocol": String,
        /// Whether the connection was encrypted.
        tls = "tls": bool,
        /// Whether the connection stays open for the next request (RFC 9112 §9.3).
        keeps_alive = "keeps-alive": bool,
        /// Milliseconds until the header fields had come, connecting included.
        first_byte_ms = "first-byte-ms": f64,
        /// Bytes of the wire a second, from the header fields to the last byte; absent where
        /// nothing came after them.
        bytes_per_s = "bytes-per-s": f64,
        /// Whether both `Content-Length` and `Transfer-Encoding` were sent (RFC 9112 §6.3).
        length_and_transfer_coding = "length-and-transfer-coding": bool,
        /// The coding by which the body is told from a dictionary, `dcb` or `dcz` (RFC 9842), as
        /// the header or the body's first bytes say; absent if neither. It is not undone here.
        dictionary = "dictionary": String [DICTIONARIES],
        /// Bytes on the wire that the target file allows a module; absent if it says nothing.
        wire_budget = "wire-budget": i64,
        /// Bytes on the wire past that; 0 if within; absent if nothing is said.
        over_wire_budget = "over-wire-budget": i64,
    }
}

observation! {
    /// One asset in every coding, from every address, several times. `everywhere` gives it.
    Lattice {
        /// Answers with status 200 whose bytes could be decoded to the end.
        answers = "answers": i64,
        /// Answers with status 200 whose bytes could not, as in `br at 192.0.2.1`.
        unread = "unread": Vec<String>,
        /// Answers with another status, as in `404 for br at 192.0.2.1`.
        refused = "refused": Vec<String>,
        /// Number of different contents among the answers.
        contents = "contents": i64,
        /// Which answers differ from those that most agree on; absent if none does.
        odd = "odd": String,
        /// Addresses that were asked, the origin among them.
        places = "places": Vec<String>,
    }
}

observation! {
    /// One call of a guest, or several alike. `call` and `load` give it.
    GuestCall {
        /// Id of the guest.
        guest = "guest": String,
        /// Whether every outcome is one that the guest's header calls right (`contained-if`).
        contained = "contained": bool,
        /// The outcomes that the guest's header calls right, as in `deadline | fuel`.
        allowed = "allowed": String,
        /// The word of the outcome: `ok`, `trap`, `deadline`, `memory-cap`, `fuel`,
        /// `guest-error`, `rejected`, `denied`, `busy`, `host-fault`.
        outcome = "outcome": String [OUTCOME],
        /// Every outcome word seen, sorted, each once.
        outcomes = "outcomes": Vec<String> [CallOutcome::WORDS],
        /// The kind of trap; absent if the outcome is no trap.
        trap = "trap": String [TrapKind::WORDS],
        /// The stage that refused; absent if nothing was refused.
        stage = "stage": String [RejectStage::WORDS],
        /// The reason of a rejection, or the text of a guest's error; absent if there is none.
        reason = "reason": String,
        /// The guest's own error code; absent if it gave none.
        code = "code": i64,
        /// The output as text, invalid UTF-8 replaced; absent without an output.
        output = "output": String,
        /// The output as lower-case hex; absent without an output.
        output_hex = "output-hex": String,
        /// Bytes of the output.
        output_bytes = "output-bytes": i64,
        /// How many of them are 0, which is success among errnos of WASI.
        output_zeros = "output-zeros": i64,
        /// The first four bytes as a little-endian `u32`; absent if shorter.
        output_u32 = "output-u32": i64,
        /// Whether every output is the one that the guest's header calls right; absent where the
        /// header does not say it byte by byte, or nothing was put out.
        right_output = "right-output": bool,
        /// Whether every output equals its input.
        echoes = "echoes": bool,
        /// Number of different outputs among the calls of this step.
        outputs_distinct = "outputs-distinct": i64,
        /// Lines logged, as the host gave them on.
        log = "log": Vec<String>,
        /// Log records of all calls of the step.
        log_lines = "log-lines": i64,
        /// Bytes of the longest log record; absent without one.
        log_line_bytes = "log-line-bytes": i64,
        /// Whether no text of the guest that the host hands on (log, reason) holds a line end, a
        /// control character or a mark that reorders text.
        plain = "plain": bool,
        /// Fuel that a call used, as the host counts it; of several calls the most.
        fuel_used = "fuel-used": i64,
        /// Number of different counts of fuel among the calls of this step.
        fuel_used_distinct = "fuel-used-distinct": i64,
        /// Every outcome word of the guest that was called meanwhile, sorted, each once.
        meanwhile_outcomes = "meanwhile-outcomes": Vec<String> [CallOutcome::WORDS],
        /// Wall time seen from outside, milliseconds; of several calls the longest.
        wall_ms = "wall-ms": f64,
        /// Wall time past the deadline, milliseconds, seen from outside; 0 if in time. The lower
        /// end leaves out what this machine was late by itself, waking threads.
        overrun_ms = "overrun-ms": (f64, f64),
        /// Longest wall time of a call that was answered `busy`, milliseconds; absent without one.
        /// The lower end leaves out what this machine was late by itself.
        busy_ms = "busy-ms": (f64, f64),
        /// Peak memory of the host process past its size before the call, MiB (`VmHWM`).
        host_peak_mib = "host-peak-mib": f64,
        /// Memory of the host process when the calls have ended, past its size before, MiB.
        host_settled_mib = "host-settled-mib": f64,
        /// Threads of the host process when the calls have ended and threads had a second to
        /// end, past their number before.
        threads_grown = "threads-grown": i64,
        /// Open descriptors of the host process then, past their number before.
        descriptors_grown = "descriptors-grown": i64,
        /// Processor time that the host process used, milliseconds, in steps of 10.
        processor_ms = "processor-ms": i64,
        /// Whether the same host process still answers after the call; absent where nothing tells.
        host_alive = "host-alive": bool,
        /// Which mechanism stopped the guest: `host`, or `watchdog` (ours, from outside);
        /// absent if nothing was stopped.
        stopped_by = "stopped-by": String [STOPPED_BY],
        /// The mechanism that did it, in the host's own words (`epoch`, `fuel`, `fuel-slice`,
        /// `host-call`, `late-look`, …), or `watchdog`; absent if nothing was stopped.
        mechanism = "mechanism": String,
        /// SHA-256 of the module that served, as the host says.
        digest = "digest": String,
        /// Whether that digest is the digest of the bytes that we sent.
        digest_right = "digest-right": bool,
        /// Whether the tenant of each log line is the caller.
        log_attributed = "log-attributed": bool,
    }
}

observation! {
    /// Two guests timed against one another in interleaved pairs. `compare` gives it.
    Pace {
        /// Median of `slow` over median of `fast`: an interval of 95 % by resampling pairs.
        ratio = "ratio": (f64, f64),
        /// Median of the first guest, milliseconds.
        subject_p50_ms = "subject-p50-ms": f64,
        /// Median of the guest compared with, milliseconds.
        control_p50_ms = "control-p50-ms": f64,
        /// First call of the first guest, compilation included, milliseconds.
        first_ms = "first-ms": f64,
        /// Pairs timed.
        pairs = "pairs": i64,
        /// Outcome words other than `ok`, and `wrong-output`, sorted, each once.
        failures = "failures": Vec<String>,
    }
}

observation! {
    /// Polite tenants under open-loop load, alone and beside a noisy one. `noisy-neighbour` gives
    /// it.
    TenantLatency {
        /// p99 beside the noise over p99 alone, both past the floor: the interval over rounds.
        p99_ratio = "p99-ratio": (f64, f64),
        /// p99 of the polite tenants alone, milliseconds from the planned send.
        p99_alone_ms = "p99-alone-ms": f64,
        /// p99 of the polite tenants beside the noise, milliseconds from the planned send.
        p99_beside_ms = "p99-beside-ms": f64,
        /// Samples of the polite tenants, both phases.
        samples = "samples": i64,
        /// Outcome words other than `ok` that the polite tenants got, sorted, each once.
        polite_failures = "polite-failures": Vec<String> [CallOutcome::WORDS],
        /// Calls of the noisy tenant that were answered `busy`.
        noise_busy = "noise-busy": i64,
        /// Calls of the noisy tenant that ran.
        noise_ran = "noise-ran": i64,
        /// Rounds of alone and beside.
        rounds = "rounds": i64,
    }
}
