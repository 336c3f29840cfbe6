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
        /// A pointer of Git LFS, in place of the file.
        LfsPointer = "git-lfs-pointer",
        /// A module in base64.
        Base64 = "base64",
        /// A JSON object or array.
        Json = "json",
        /// None of these.
        Other = "other",
    }
}

/// First line of a pointer (Git LFS specification, the pointer).
const LFS_OPENING: &[u8] = b"version https://git-lfs.github.com/spec/";

/// `\0asm` in base64, as far as the next byte does not change it.
const MODULE_IN_BASE64: &[u8] = b"AGFzbQ";

/// Bytes of a JSON text that is parsed. An answer of an API in place of a file has some hundred.
const JSON_BYTES_MAX: usize = 1 << 20;

/// Tell what `content` is.
pub fn classify(content: &[u8]) -> Content {
    if content.is_empty() {
        Content::Empty
    } else if content.starts_with(b"\0asm") {
        Content::Wasm
    } else if is_html(content) {
        Content::Html
    } else if content.starts_with(LFS_OPENING) {
        Content::LfsPointer
    } else if is_module_in_base64(content) {
        Content::Base64
    } else if is_json(content) {
        Content::Json
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

/// Whether this is one module in base64, with or without line ends.
fn is_module_in_base64(bytes: &[u8]) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=-_\r\n".contains(byte);
    bytes.trim_ascii().starts_with(MODULE_IN_BASE64) && bytes.trim_ascii().iter().all(is_part)
}

/// Whether this is one JSON object or array. Other values are texts and numbers.
fn is_json(bytes: &[u8]) -> bool {
    let is_one = bytes.trim_ascii_start().first().is_some_and(|byte| b"{[".contains(byte));
    let parsed = || serde_json::from_slice::<serde_json::Value>(bytes).is_ok();
    is_one && bytes.len() <= JSON_BYTES_MAX && parsed()
}

/// A character that nobody could read: what a decoder of UTF-8 writes for bytes that are none.
const REPLACEMENT: &str = "\u{fffd}";

/// How often bytes became U+FFFD, if `bytes`, which are no valid module, are one that was read as
/// text and written again.
pub fn mangled(bytes: &[u8]) -> Option<usize> {
    let text = bytes.starts_with(b"\0asm").then(|| std::str::from_utf8(bytes).ok())??;
    let count = text.matches(REPLACEMENT).count();
    (count > 0).then_some(count)
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
