//! What a visit leaves for people: the console, the requests, and the text of the page.

use wasm_gauntlet_browser::visit::Seen;
use wasm_gauntlet_browser::visit::requests::BrowserRequest;
use wasm_gauntlet_model::observation::Evidence;
use wasm_gauntlet_web::text::{bounded, visible};

use super::look;

/// Most bytes of one piece of evidence.
const PIECE_BYTES_MAX: usize = 8 << 10;

/// What was seen, with the text that a person sees at the end.
pub(super) fn of(seen: &Seen, sight: &str) -> Vec<Evidence> {
    let said: Vec<String> =
        seen.said.iter().map(|said| format!("{}: {}", said.level, said.text)).collect();
    let requests: Vec<String> = seen.requests().iter().map(line).collect();
    let pieces = [
        ("console", said.join("\n")),
        ("requests", requests.join("\n")),
        ("visible", sight.to_owned()),
    ];
    pieces.into_iter().filter(|(_, text)| !text.is_empty()).map(piece).collect()
}

fn line(request: &BrowserRequest) -> String {
    let end = look::failure(request).or_else(|| {
        let answer = look::answer(request)?;
        let local = if answer.is_local { " from a cache" } else { "" };
        Some(format!("{} {}{local}", answer.status, answer.media_type))
    });
    let end = end.unwrap_or_else(|| "no answer".to_owned());
    format!("{} {} ({}): {end}", request.method, look::short(&request.url), request.kind)
}

fn piece((what, text): (&str, String)) -> Evidence {
    let lines: Vec<_> = text.lines().map(visible).collect();
    Evidence { what: what.to_owned(), text: bounded(lines.join("\n"), PIECE_BYTES_MAX) }
}
