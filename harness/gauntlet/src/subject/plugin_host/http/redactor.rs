//! Redacts words from whatever is read or shown, in every form: a host's JSON may escape any
//! character, and a program may write a word in base64 or hexadecimal.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use wasm_gauntlet_model::call::hex;

/// The text in place of a word.
pub(crate) const TAKEN_OUT: &str = "[secret]";

/// Most backslashes before one character: a text escaped three times over has seven.
const BACKSLASHES_MAX: usize = 8;

/// Words to redact, each in all its forms.
#[derive(Default)]
pub(crate) struct Redactor(Vec<WordForm>);

/// One way to write a word.
struct WordForm {
    bytes: Vec<u8>,
    /// Whether letters may be of either case.
    any_case: bool,
}

impl Redactor {
    /// Add a word of ASCII; it is long enough not to be met by chance.
    pub(crate) fn add(&mut self, word: &str) {
        self.0.push(WordForm { bytes: word.as_bytes().to_vec(), any_case: false });
        self.0.push(WordForm { bytes: hex(word.as_bytes()).into_bytes(), any_case: true });
        for before in 0..3 {
            for bytes in in_base64(word, before) {
                if self.0.iter().all(|form| form.bytes != bytes) {
                    self.0.push(WordForm { bytes, any_case: false });
                }
            }
        }
    }

    /// Whether there is nothing to take out.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same text without the words.
    pub(crate) fn text(&self, text: &mut String) {
        if let Some(bytes) = self.replaced(text.as_bytes()) {
            // Only whole characters of ASCII are taken out, so that this is UTF-8 as before.
            *text = String::from_utf8(bytes).unwrap_or_else(|_| TAKEN_OUT.to_owned());
        }
    }

    /// The same bytes without the words.
    pub(crate) fn bytes(&self, bytes: &mut Vec<u8>) {
        if let Some(replaced) = self.replaced(bytes) {
            *bytes = replaced;
        }
    }

    /// `bytes` with [`TAKEN_OUT`] for each word, where there is one.
    fn replaced(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let (mut out, mut copied, mut at) = (Vec::new(), 0, 0);
        while at < bytes.len() {
            match self.0.iter().filter_map(|form| form.length(&bytes[at..])).max() {
                Some(length) => {
                    out.extend_from_slice(&bytes[copied..at]);
                    out.extend_from_slice(TAKEN_OUT.as_bytes());
                    at += length;
                    copied = at;
                }
                None => at += 1,
            }
        }
        if copied == 0 {
            return None;
        }
        out.extend_from_slice(&bytes[copied..]);
        Some(out)
    }
}

impl WordForm {
    /// How many bytes this takes at the beginning of `text`; none where something else stands.
    fn length(&self, text: &[u8]) -> Option<usize> {
        let mut at = 0;
        for byte in &self.bytes {
            at += character(*byte, self.any_case, &text[at..])?;
        }
        Some(at)
    }
}

/// How many bytes the character `wanted` takes at the beginning of `text`: as it is, behind
/// backslashes (`\/`, `\\\/`), by its number (`\u002f`, `\x2f`), or as in an address (`%2F`).
fn character(wanted: u8, any_case: bool, text: &[u8]) -> Option<usize> {
    let same = |byte: u8| match any_case {
        true => byte.eq_ignore_ascii_case(&wanted),
        false => byte == wanted,
    };
    let first = *text.first()?;
    if same(first) && wanted != b'\\' {
        return Some(1);
    }
    let by_number = |from: usize| number(text.get(from..from + 2)?).filter(|byte| same(*byte));
    if first == b'%' {
        return by_number(1).map(|_| 3);
    }
    let run = text.iter().take(BACKSLASHES_MAX).take_while(|byte| **byte == b'\\').count();
    if run == 0 {
        return None;
    }
    match text.get(run) {
        Some(b'u') if text[run + 1..].starts_with(b"00") && by_number(run + 3).is_some() => {
            Some(run + 5)
        }
        Some(b'x') if by_number(run + 1).is_some() => Some(run + 3),
        _ if wanted == b'\\' => Some(run),
        Some(byte) if same(*byte) => Some(run + 1),
        _ => None,
    }
}

/// Two hexadecimal digits.
fn number(digits: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(digits[0])? << 4 | digit(digits[1])?)
}

/// The part of a base64 text that depends on `word` alone, in both alphabets, with `before` bytes
/// in front of it in its group of three.
fn in_base64(word: &str, before: usize) -> [Vec<u8>; 2] {
    let bytes = [vec![0; before], word.as_bytes().to_vec()].concat();
    // Six bits a character: the first whole one behind what is in front, and the last whole one.
    let whole = (before * 8).div_ceil(6)..bytes.len() * 8 / 6;
    [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)]
        .map(|text| text.as_bytes()[whole.clone()].to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORD: &str = "s3cr3t/Tok+n\"ABC";

    fn redactor() -> Redactor {
        let mut redactor = Redactor::default();
        redactor.add(WORD);
        redactor
    }

    #[test]
    fn a_word_is_taken_out_however_it_is_escaped() {
        let numbers = |before: &str, after: &str| {
            WORD.bytes().map(|byte| format!("{before}{byte:02X}{after}")).collect::<String>()
        };
        let json = serde_json::to_string(WORD).expect("text");
        let twice = serde_json::to_string(&json).expect("text");
        for written in [
            WORD.to_owned(),
            json.trim_matches('"').replace('/', "\\/"),
            twice.trim_matches(['"', '\\']).replace('/', "\\\\/"),
            numbers("\\u00", ""),
            numbers("\\\\u00", "").to_lowercase(),
            numbers("\\x", ""),
            numbers("%", ""),
            numbers("", ""),
            numbers("", "").to_lowercase(),
            WORD.replace('/', "%2f"),
        ] {
            let mut text = format!("é{written}é, {written}");
            redactor().text(&mut text);
            assert_eq!(text, "é[secret]é, [secret]", "{written}");
        }
    }

    #[test]
    fn a_word_within_base64_is_taken_out_wherever_it_begins() {
        for before in ["", "a", "ab", "Bearer "] {
            let mut text = STANDARD_NO_PAD.encode(format!("{before}{WORD}, yes"));
            redactor().text(&mut text);
            assert!(text.contains(TAKEN_OUT), "{before}: {text}");
        }
    }

    #[test]
    fn what_is_no_such_word_stays_and_no_bomb_takes_long() {
        for text in ["", "\\", "s3cr3t/Tok+n", "\\u00", "%", "%7", "s3cr3t/Tok+n\\u0022ABX"] {
            let mut same = text.to_owned();
            redactor().text(&mut same);
            assert_eq!(same, text);
        }
        let mut bomb = vec![b'\\'; 1 << 16];
        redactor().bytes(&mut bomb);
        assert_eq!(bomb.len(), 1 << 16);
    }
}
