//! What a visit leaves for people: the console, the requests, the text of the page, and a picture.

use wasm_gauntlet_browser::connection::CallError;
use wasm_gauntlet_browser::visit::Tab;
use wasm_gauntlet_browser::visit::requests::BrowserRequest;
use wasm_gauntlet_model::observation::Evidence;
use wasm_gauntlet_web::text::{bounded, visible};

use super::look;

/// Most bytes of one piece of evidence.
const PIECE_BYTES_MAX: usize = 8 << 10;

/// Most bytes of a screenshot. A page at 800 by 600 has 10 to 30 KB.
const SCREENSHOT_BYTES_MAX: usize = 96 << 10;

/// What was seen in a tab until now, and what a person sees of its page.
pub(super) fn of(tab: &mut Tab) -> Result<Vec<Evidence>, CallError> {
    let sight = tab.visible()?;
    let picture = tab.screenshot()?;
    let seen = tab.seen();
    let said: Vec<String> =
        seen.said.iter().map(|said| format!("{}: {}", said.level, said.text)).collect();
    let requests: Vec<String> = seen.requests().iter().map(line).collect();
    let pieces =
        [("console", said.join("\n")), ("requests", requests.join("\n")), ("visible", sight)];
    let is_there = |(_, text): &(&str, String)| !text.is_empty();
    let mut evidence: Vec<Evidence> = pieces.into_iter().filter(is_there).map(piece).collect();
    if !picture.is_empty() && picture.len() <= SCREENSHOT_BYTES_MAX {
        let text = format!("data:image/jpeg;base64,{picture}");
        evidence.push(Evidence { what: "screenshot".to_owned(), text });
    }
    Ok(evidence)
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
