//! The kind of decoded bytes, from their first bytes and their structure, never from a header.

/// Bytes that are looked at for text and for marks of a language.
const SNIFF_BYTES: usize = 64 << 10;

/// Text of this length is no accident: random bytes are clean UTF-8 of 16 bytes once in 10^7.
pub(super) const TEXT_SURE_BYTES_MIN: usize = 16;

/// Text may have one control character in this many: form feeds and escapes occur.
const TEXT_BYTES_PER_CONTROL: usize = 256;

/// Openings of HTML (WHATWG MIME sniffing §7.1), lower case.
const HTML_OPENINGS: &[&str] =
    &["<!doctype html", "<html", "<head", "<body", "<script", "<title", "<meta", "<!--"];

/// Marks that scripts have, and that prose, JSON and style sheets do not have.
const SCRIPT_MARKS: &[&str] = &[
    "=>",
    "function",
    "const ",
    "let ",
    "var ",
    "import ",
    "import(",
    "export ",
    "await ",
    "globalThis",
    "window.",
    "document.",
    "use strict",
];

wasm_gauntlet_model::words! {
    /// What decoded bytes are.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Content {
        /// Begins with the magic word of WebAssembly; nothing is said of its validity.
        Wasm = "wasm",
        /// Opens as HTML does.
        Html = "html",
        /// Text with the marks of a script: a guess, as JavaScript has no magic word.
        Javascript = "javascript",
        /// No bytes at all.
        Empty = "empty",
        /// None of these.
        Other = "other",
    }
}

/// Tell what `content` is.
pub fn classify(content: &[u8]) -> Content {
    if content.is_empty() {
        Content::Empty
    } else if content.starts_with(b"\0asm") {
        Content::Wasm
    } else if is_html(content) {
        Content::Html
    } else if is_text(content) && is_script(content) {
        Content::Javascript
    } else {
        Content::Other
    }
}

/// Whether this is UTF-8 text with almost only printable characters.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(SNIFF_BYTES)];
    let clean = match std::str::from_utf8(head) {
        Ok(_) => true,
        // The cut at SNIFF_BYTES may split a character.
        Err(error) => error.error_len().is_none() && bytes.len() > SNIFF_BYTES,
    };
    let control = |byte: &&u8| byte.is_ascii_control() && !byte.is_ascii_whitespace();
    clean
        && !head.contains(&0)
        && head.iter().filter(control).count() * TEXT_BYTES_PER_CONTROL <= head.len()
}

fn is_html(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    HTML_OPENINGS.iter().any(|opening| {
        bytes.get(..opening.len()).is_some_and(|head| head.eq_ignore_ascii_case(opening.as_bytes()))
    })
}

fn is_script(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(SNIFF_BYTES)]);
    let head = head.trim_start();
    if head.starts_with('<') || head.starts_with("{\"") || head.starts_with("[{") {
        return false;
    }
    let marked = SCRIPT_MARKS.iter().any(|mark| {
        head.match_indices(mark).any(|(at, _)| {
            let before = head[..at].chars().next_back();
            !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '@' | '$'))
                || mark.starts_with('=')
        })
    });
    marked && head.contains(['(', '=', '{']) && head.contains([';', ')', '}'])
}
