//! The evidence of an exchange: what was sent, what came, and from which address. All of it is
//! hostile text: control characters are escaped and lengths bounded.

use wasm_gauntlet_model::observation::Evidence;
use wasm_gauntlet_web::text::{bounded, visible, visible_bytes};
use wasm_gauntlet_web::wire::redirect::Trail;
use wasm_gauntlet_web::wire::{HttpRequest, HttpResponse};

use crate::subject::ms;

/// Most bytes of one piece of evidence. The headers of real responses have a tenth of it.
const PIECE_BYTES_MAX: usize = 8 << 10;

/// One piece, escaped and shortened.
pub(crate) fn piece(what: &str, text: &str) -> Evidence {
    let lines: Vec<_> = text.lines().map(visible).collect();
    Evidence { what: what.to_owned(), text: bounded(lines.join("\n"), PIECE_BYTES_MAX) }
}

/// The evidence of one exchange and its redirects.
pub(crate) fn of(trail: &Trail) -> Vec<Evidence> {
    let mut pieces: Vec<_> = trail
        .hops
        .iter()
        .map(|hop| piece("redirect", &format!("{} from {}", hop.status, hop.url)))
        .collect();
    pieces.push(piece("request", &request(&trail.ask)));
    pieces.push(response_of("response", trail));
    pieces.push(piece("timing", &timing(&trail.reply)));
    let sampled = "only the first bytes: they, type, coding, length, ETag and Last-Modified are \
                   the same as in an earlier complete answer";
    pieces.extend(trail.reply.sampled.then(|| piece("read", sampled)));
    pieces.extend(trail.reply.peer.map(|peer| piece("peer", &peer.to_string())));
    let stopped = trail.stopped.as_deref();
    pieces.extend(stopped.map(|why| piece("redirect not followed", why)));
    pieces
}

fn request(ask: &HttpRequest) -> String {
    let path = &ask.url[url::Position::BeforePath..];
    let authority = &ask.url[url::Position::BeforeHost..url::Position::AfterPort];
    let authority = ask.host.as_deref().unwrap_or(authority);
    let mut text = format!("{} {path}\nhost: {}", ask.method_word(), visible(authority));
    for (name, value) in &ask.fields {
        text.push_str(&format!("\n{name}: {value}"));
    }
    text
}

/// How long the header fields took, connecting included, and how fast the rest came.
fn timing(reply: &HttpResponse) -> String {
    let (bytes, first) = (reply.body.len(), ms(reply.first_byte));
    let rest = ms(reply.wall.saturating_sub(reply.first_byte));
    format!("header fields after {first:.1} ms, then {bytes} bytes in {rest:.1} ms")
}

/// Status and fields as received; a value keeps its bytes, escaped.
pub(crate) fn response_of(what: &str, trail: &Trail) -> Evidence {
    let reply: &HttpResponse = &trail.reply;
    if let Some(unanswered) = &reply.unanswered {
        return piece(what, &format!("no response that a client could use: {}", unanswered.why));
    }
    let mut text = format!("{} {}", reply.version, reply.status);
    for (name, value) in &reply.headers.0 {
        text.push_str(&format!("\n{}: {}", visible(name), visible_bytes(value)));
    }
    Evidence { what: what.to_owned(), text: bounded(text, PIECE_BYTES_MAX) }
}
