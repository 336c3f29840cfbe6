//! Reading what a tab saw: the modules of a page, what it was refused, and why it is dead.

use wasm_gauntlet_browser::visit::requests::{Answer, BrowserRequest, RequestEnd};
use wasm_gauntlet_browser::visit::{CompiledModule, Seen};
use wasm_gauntlet_web::text::visible;

/// Most bytes of one sentence of a page.
const WORDS_BYTES_MAX: usize = 300;

/// What begins the addresses of bytes that came from no address.
const INLINE: &str = "wasm://";

/// Path and query of an address, as people read it.
pub(crate) fn label(url: &str) -> String {
    if url.starts_with(INLINE) {
        return "inline".to_owned();
    }
    let parsed = url::Url::parse(url).ok();
    let path =
        parsed.as_ref().map(|url| &url[url::Position::BeforePath..url::Position::AfterQuery]);
    short(path.unwrap_or(url))
}

/// Hostile text, on one line and short.
pub(crate) fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    wasm_gauntlet_web::text::bounded(visible(&line), WORDS_BYTES_MAX)
}

/// Whether a request is for a module: by its answer, its name, or because its bytes were compiled.
pub(crate) fn is_module(request: &BrowserRequest, compiled: &[CompiledModule]) -> bool {
    let named = || {
        let parsed = url::Url::parse(&request.url).ok();
        parsed.is_some_and(|url| {
            url.scheme().starts_with("http") && url.path().to_ascii_lowercase().ends_with(".wasm")
        })
    };
    let typed = || answer(request).is_some_and(|answer| answer.media_type == "application/wasm");
    let is_http = request.url.starts_with("http");
    is_http && (compiled.iter().any(|one| one.url == request.url) || named() || typed())
}

/// The answer, whole or not.
pub(crate) fn answer(request: &BrowserRequest) -> Option<&Answer> {
    match &request.end {
        RequestEnd::Answering(answer) | RequestEnd::Answered(answer) => Some(answer),
        RequestEnd::Failed(_, answer) => answer.as_ref(),
        RequestEnd::Pending => None,
    }
}

/// Why a request gave nothing, if so.
pub(crate) fn failure(request: &BrowserRequest) -> Option<String> {
    if let RequestEnd::Failed(failed, _) = &request.end {
        let cors = failed.cors_error_status.as_ref();
        let cors = cors.map(|status| format!("refused by CORS ({})", status.cors_error));
        let blocked = failed.blocked_reason.as_ref().map(|why| format!("blocked: {why}"));
        let error = Some(failed.error_text.clone()).filter(|_| !failed.canceled);
        // A script with an error status is given up, which looks like the page's own decision.
        return cors.or(blocked).or_else(|| error_status(request)).or(error);
    }
    error_status(request)
}

fn error_status(request: &BrowserRequest) -> Option<String> {
    let status = answer(request)?.status;
    (status >= 400).then(|| format!("status {status}"))
}

/// The requests that gave nothing, each with its reason.
pub(crate) fn refused(seen: &Seen) -> Vec<String> {
    let of =
        |request: &BrowserRequest| Some(format!("{}: {}", label(&request.url), failure(request)?));
    let mut refused: Vec<String> = seen.requests().iter().filter_map(of).collect();
    refused.extend(seen.issues.iter().map(|issue| issue.code.clone()).filter(|code| {
        // Advice about style and future changes is no refusal.
        let refusals = [
            "ContentSecurityPolicyIssue",
            "MixedContentIssue",
            "BlockedByResponseIssue",
            "CorsIssue",
            "SharedArrayBufferIssue",
        ];
        refusals.contains(&code.as_str())
    }));
    refused.sort();
    refused.dedup();
    refused.iter().map(|one| short(one)).collect()
}

/// Errors that nothing caught.
pub(crate) fn uncaught(seen: &Seen) -> Vec<String> {
    let lines = seen.said.iter().filter(|said| said.level == "uncaught");
    lines.map(|said| short(said.text.lines().next().unwrap_or_default())).collect()
}

/// The first error that WebAssembly gave a script.
pub(crate) fn wasm_error(seen: &Seen) -> Option<String> {
    seen.calls.iter().find_map(|call| call.error.as_deref()).map(short)
}

/// Why the engine refused to compile while the module arrived.
pub(crate) fn streaming_refused(seen: &Seen) -> Option<String> {
    let streaming = seen.calls.iter().filter(|call| call.call.ends_with("Streaming"));
    let mut errors = streaming.filter_map(|call| call.error.as_deref());
    errors.find(|error| error.contains("MIME type")).map(short)
}

/// How many modules were compiled by a call that takes an answer.
pub(crate) fn streaming_calls(seen: &Seen) -> usize {
    let streaming = seen.calls.iter().filter(|call| call.call.ends_with("Streaming"));
    streaming.filter(|call| call.error.is_none()).count()
}

/// How many instances were made.
pub(crate) fn instances(seen: &Seen) -> usize {
    seen.calls.iter().filter(|call| call.started()).count()
}
