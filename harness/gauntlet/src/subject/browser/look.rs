//! Reading what a tab saw: the modules of a page, what it was refused, and why it is dead.

use std::time::Duration;

use wasm_gauntlet_browser::visit::requests::{Answer, BrowserRequest, RequestEnd};
use wasm_gauntlet_browser::visit::{CompiledModule, Said, Seen};
use wasm_gauntlet_web::text::visible;

/// Most bytes of one sentence of a page.
const WORDS_BYTES_MAX: usize = 300;

/// An answer of which nothing came for so long has stalled.
const STALLED_AFTER: Duration = Duration::from_secs(5);

/// What begins the addresses of bytes that came from no address.
const INLINE: &str = "wasm://";

/// Errors that show that WebAssembly of the page did not work.
const WASM_ERRORS: [&str; 3] = ["CompileError", "LinkError", "RuntimeError"];

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
        return cors.or(blocked).or(error);
    }
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

/// A module whose answer stays away, or stops in the middle and does not end.
fn endless(seen: &Seen, compiled: &[CompiledModule]) -> Option<String> {
    if seen.settled || seen.since_data().is_some_and(|since| since < STALLED_AFTER) {
        return None;
    }
    let mut modules = seen.requests().iter().filter(|one| is_module(one, compiled));
    let open =
        modules.find(|one| matches!(one.end, RequestEnd::Pending | RequestEnd::Answering(_)))?;
    Some(format!("{}: its answer does not end", label(&open.url)))
}

/// Why the page cannot do its work. None if a module started and kept running, and none where
/// nothing at all was seen of a module. `whole` says that all of the page was used: otherwise an
/// error may be about something else than a module.
pub(crate) fn dead(
    seen: &Seen,
    compiled: &[CompiledModule],
    page: &str,
    whole: bool,
) -> Option<String> {
    if let Some(why) = &seen.not_reached {
        return Some(format!("the page is not shown ({})", short(why)));
    }
    let uncaught = uncaught(seen);
    let fatal = uncaught.iter().find(|line| WASM_ERRORS.iter().any(|error| line.contains(error)));
    if instances(seen) > 0 {
        return fatal.cloned();
    }
    let is_page = |one: &&BrowserRequest| one.kind == "Document" && one.url == page;
    let document = seen.requests().iter().rfind(is_page).and_then(failure);
    let document = document.map(|why| format!("the page itself: {why}"));
    let is_module = |one: &&BrowserRequest| is_module(one, compiled);
    let failed = |one: &BrowserRequest| Some(format!("{}: {}", label(&one.url), failure(one)?));
    let module = seen.requests().iter().filter(is_module).find_map(failed);
    let module = module.or_else(|| endless(seen, compiled));
    let script = seen.requests().iter().filter(|one| one.kind == "Script").find_map(|one| {
        let no_script = || {
            let kind = &answer(one)?.media_type;
            (kind == "text/html").then(|| "it is a page, not a script".to_owned())
        };
        Some(format!("{}: {}", label(&one.url), failure(one).or_else(no_script)?))
    });
    // What failed to load over the network is known by its request.
    let refused = || {
        let by_browser = |source: &String| source != "network";
        let is_refusal =
            |said: &&Said| said.level == "error" && said.source.as_ref().is_some_and(by_browser);
        seen.said.iter().find(is_refusal).map(|said| short(&said.text))
    };
    let certain = document.or(module).or_else(|| wasm_error(seen)).or(fatal.cloned());
    let other = || script.or_else(refused).or_else(|| uncaught.first().cloned());
    certain.or_else(|| other().filter(|_| whole && compiled.is_empty()))
}
