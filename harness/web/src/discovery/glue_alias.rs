//! Objects of imports that stand in a variable: `env: wasmImports`, with `wasmImports = { … }`
//! elsewhere in the script, as Emscripten and wasm-bindgen write them.

use super::glue::{self, Space};
use super::lexer::Token;

/// Shorter variables come from a minifier, which gives one name to many things.
const ALIAS_BYTES_MIN: usize = 3;

/// The names that Emscripten gives to its import object.
const OF_EMSCRIPTEN: [&str; 2] = ["wasmImports", "asmLibraryArg"];

/// Whether `alias` is a name of Emscripten's import object.
pub(super) fn is_of_emscripten(alias: &str) -> bool {
    OF_EMSCRIPTEN.contains(&alias)
}

/// The variable at `at`, if it is the whole value.
pub(super) fn at<'a>(tokens: &[Token<'a>], at: usize) -> Option<&'a str> {
    let Some(Token::Word(word)) = tokens.get(at) else { return None };
    let ends = tokens.get(at + 1).is_none_or(|next| {
        [',', '}', ';', ')'].iter().any(|mark| next.is_mark(*mark))
            || matches!(next, Token::Word(_))
    });
    (ends && word.len() >= ALIAS_BYTES_MIN).then_some(word)
}

/// The functions of the object in the variable `alias`. The object is open where it is not written
/// out exactly once, or where it is given away.
pub(super) fn read(tokens: &[Token<'_>], alias: &str, space: &mut Space) {
    let mut written = 0;
    for at in (0..tokens.len()).filter(|at| tokens[*at].is_word(alias)) {
        let mark = |offset: usize, c| tokens.get(at + offset).is_some_and(|t| t.is_mark(c));
        let before = at.checked_sub(1).and_then(|before| tokens.get(before));
        let is_member = before.is_some_and(|token| token.is_mark('.'));
        let is_declared =
            before.is_some_and(|t| ["var", "let", "const"].iter().any(|w| t.is_word(w)));
        let is_value =
            before.is_some_and(|token| token.is_mark(':')) && (mark(1, ',') || mark(1, '}'));
        if is_member {
            space.open = true;
        } else if glue::is_set(tokens, at + 1) && mark(2, '{') {
            written += 1;
            glue::object(tokens, at + 3, space);
        } else if mark(1, '.') {
            let function = tokens.get(at + 2).and_then(glue::name);
            if let Some(function) = function.filter(|_| glue::is_set(tokens, at + 3)) {
                space.add(function);
            }
        } else if !(is_value || is_declared && mark(1, ';')) {
            space.open = true;
        }
    }
    space.written |= written > 0;
    space.open |= written != 1;
}
