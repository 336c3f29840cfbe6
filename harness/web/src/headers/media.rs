//! The media type as the WebAssembly Web API reads it: the combined field value, blanks
//! trimmed, compared whole. `WebAssembly.compileStreaming` refuses anything but
//! `application/wasm` in any ASCII case, so any parameter, even an empty one, and any second
//! header line is refused (<https://webassembly.github.io/spec/web-api/>).

use super::list::{is_token, members, trim};

/// The value that engines compare: HTTP tabs and spaces trimmed, ASCII lower case.
pub fn media_type(combined: &str) -> String {
    trim(combined).to_ascii_lowercase()
}

/// The essence of a `Content-Type`, as in `text/javascript` (Fetch standard, extract a MIME type):
/// of several values, the last that is one counts. None where there is none.
pub fn essence(combined: &str) -> Option<String> {
    let essences = members(combined).into_iter().rev().filter_map(|value| {
        let essence = trim(value.split(';').next()?).to_ascii_lowercase();
        let (kind, subtype) = essence.split_once('/')?;
        (is_token(kind) && is_token(subtype) && essence != "*/*").then_some(essence)
    });
    { essences }.next()
}

/// Whether an essence is one of JavaScript (MIME Sniffing standard §4.6).
pub fn is_javascript(essence: &str) -> bool {
    JAVASCRIPT_TYPES.contains(&essence)
}

/// Whether browsers refuse a classic script of this type, whatever it contains (Fetch standard,
/// should response to request be blocked due to its MIME type).
pub fn is_never_a_script(essence: &str) -> bool {
    let of = |kind: &str| essence.starts_with(kind);
    of("image/") || of("audio/") || of("video/") || essence == "text/csv"
}

/// Every JavaScript MIME type essence (MIME Sniffing standard §4.6).
const JAVASCRIPT_TYPES: &[&str] = &[
    "text/javascript",
    "application/javascript",
    "application/x-javascript",
    "application/x-ecmascript",
    "text/ecmascript",
    "application/ecmascript",
    "text/javascript1.0",
    "text/javascript1.1",
    "text/javascript1.2",
    "text/javascript1.3",
    "text/javascript1.4",
    "text/javascript1.5",
    "text/jscript",
    "text/livescript",
    "text/x-ecmascript",
    "text/x-javascript",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_type_that_is_one_counts() {
        for (value, wanted) in [
            ("text/javascript", Some("text/javascript")),
            (" Text/JavaScript ; charset=utf-8", Some("text/javascript")),
            ("text/html, text/javascript", Some("text/javascript")),
            ("text/javascript, text/html", Some("text/html")),
            ("text/javascript, */*", Some("text/javascript")),
            ("text/javascript, nonsense", Some("text/javascript")),
            ("", None),
            ("javascript", None),
        ] {
            assert_eq!(essence(value).as_deref(), wanted, "{value:?}");
        }
    }

    #[test]
    fn only_the_bare_type_is_taken() {
        for (value, taken) in [
            ("application/wasm", true),
            ("\t Application/WASM ", true),
            ("application/wasm;", false),
            ("application/wasm; charset=utf-8", false),
            ("application/wasm, application/wasm", false),
            ("application/octet-stream", false),
            ("", false),
            // A no-break space is no HTTP blank.
            ("application/wasm\u{a0}", false),
        ] {
            assert_eq!(media_type(value) == "application/wasm", taken, "{value:?}");
        }
    }
}
