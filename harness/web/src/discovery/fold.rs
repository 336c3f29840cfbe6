//! Names that glue code joins from constant parts, `base + "app.wasm"` and `` `${base}app.wasm` ``,
//! as one text. Nothing is evaluated: a part is a literal, or a variable that gets one literal and
//! no other value.

use std::collections::HashMap;

use super::lexer::Token;

/// Rounds of joining: a constant may be made from constants that are made from constants.
const ROUNDS: usize = 3;

/// Most bytes of one joined text. Longer texts are data, not names.
const JOINED_BYTES_MAX: usize = 2048;

/// Shortest name of a variable: a minifier uses shorter names for many things.
const NAME_BYTES_MIN: usize = 3;

/// `tokens` with constant parts joined.
pub(super) fn fold(mut tokens: Vec<Token<'_>>) -> Vec<Token<'_>> {
    for _ in 0..ROUNDS {
        let constants = constants(&tokens);
        let before = tokens.len();
        tokens = round(tokens, &constants);
        if tokens.len() == before {
            break;
        }
    }
    tokens
}

/// Variables that are given one text, and never another value.
fn constants(tokens: &[Token<'_>]) -> HashMap<String, String> {
    let mut found: HashMap<String, Option<String>> = HashMap::new();
    for at in 0..tokens.len() {
        let (Token::Word(name), Some(Token::Mark('='))) = (&tokens[at], tokens.get(at + 1)) else {
            continue;
        };
        // `a == b` and `a => b` give nothing to `a`; `x.a = b` gives it to another `a`.
        let compares = matches!(tokens.get(at + 2), Some(Token::Mark('=' | '>')));
        let is_field = at > 0 && tokens[at - 1].is_mark('.');
        if compares || is_field || name.len() < NAME_BYTES_MIN {
            continue;
        }
        let ends = !matches!(tokens.get(at + 3), Some(Token::Mark('+' | '.' | '[' | '?' | '(')));
        let value = match tokens.get(at + 2) {
            Some(Token::Text(text)) if ends => Some(text.clone()),
            _ => None,
        };
        let kept = found.entry((*name).to_owned()).or_insert_with(|| value.clone());
        if *kept != value {
            *kept = None;
        }
    }
    found.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

fn round<'a>(tokens: Vec<Token<'a>>, constants: &HashMap<String, String>) -> Vec<Token<'a>> {
    let mut folded = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        let after = match folded.last() {
            Some(Token::Mark(mark)) => Some(*mark),
            _ => None,
        };
        let inside = matches!(tokens[at], Token::Piece(_)) && goes_on(&folded);
        match joined(&tokens, at, after, constants).filter(|_| !inside) {
            Some((text, taken)) => {
                folded.push(Token::Text(text));
                at += taken;
            }
            None => {
                folded.push(tokens[at].clone());
                at += 1;
            }
        }
    }
    folded
}

/// Whether the template piece after `before` is not the first: an expression ends before it.
fn goes_on(before: &[Token<'_>]) -> bool {
    matches!(
        before,
        [.., Token::Mark(')' | ']')]
            | [.., Token::Piece(_) | Token::Mark('.'), Token::Word(_)]
            | [.., Token::Piece(_), Token::Text(_)]
    )
}

/// The joined text that starts at `at`, after the mark `after`, and the number of its tokens.
fn joined(
    tokens: &[Token<'_>],
    at: usize,
    after: Option<char>,
    constants: &HashMap<String, String>,
) -> Option<(String, usize)> {
    let value = |at: usize| match tokens.get(at)? {
        Token::Text(text) => Some(text.as_str()),
        Token::Word(name) => constants.get(*name).map(String::as_str),
        Token::Mark(_) | Token::Piece(_) => None,
    };
    let (mut text, mut end) = match tokens.get(at)? {
        Token::Piece(first) => (first.clone(), at + 1),
        // `x.name` is another name, and the rest of `1 + name` is unknown.
        _ if matches!(after, Some('.' | '+')) => return None,
        _ => (value(at)?.to_owned(), at + 1),
    };
    let template = matches!(tokens.get(at), Some(Token::Piece(_)));
    loop {
        let part = match (template, tokens.get(end), tokens.get(end + 1)) {
            (true, _, Some(Token::Piece(piece))) => value(end).map(|part| format!("{part}{piece}")),
            (false, Some(Token::Mark('+')), _) => value(end + 1).map(str::to_owned),
            _ => None,
        };
        let Some(part) = part else { break };
        text.push_str(&part);
        end += 2;
        if text.len() > JOINED_BYTES_MAX {
            return None;
        }
    }
    // A field or call of the last part is another value. A part that is left over is unknown.
    let open = matches!(tokens.get(end), Some(Token::Mark('+' | '.' | '[' | '(')));
    let unread = template && matches!(tokens.get(end + 1), Some(Token::Piece(_)));
    (end - at > 1 && !open && !unread).then_some((text, end - at))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::lexer::tokens;
    use super::*;

    fn texts(source: &str) -> Vec<String> {
        let texts = fold(tokens(source)).into_iter().filter_map(|token| match token {
            Token::Text(text) => Some(text),
            _ => None,
        });
        texts.collect()
    }

    #[test]
    fn constant_parts_are_put_together() {
        for (source, wanted) in [
            ("f('a/' + 'b.wasm')", "a/b.wasm"),
            ("const dir = '/as/'; f(dir + 'b.wasm')", "/as/b.wasm"),
            ("const dir = '/as/', name = 'b'; f(`${dir}${name}.wasm`)", "/as/b.wasm"),
            ("const dir = '/as/'; const all = dir + 'x/'; f(all + 'b.wasm')", "/as/x/b.wasm"),
            ("let ext = `.wasm`; f('b' + ext)", "b.wasm"),
        ] {
            assert!(texts(source).contains(&wanted.to_owned()), "{source}: {:?}", texts(source));
        }
    }

    #[test]
    fn what_is_not_known_stays_apart() {
        for source in [
            "f(dir + 'b.wasm')",
            "const dir = pick(); f(dir + 'b.wasm')",
            "let dir = '/a/'; dir = '/b/'; f(dir + 'b.wasm')",
            "const dir = '/a/'; f(x.dir + 'b.wasm')",
            "const dir = '/a/'; f(`${other}${dir}b.wasm`)",
            "f('a/' + 'b.wasm'.length)",
            "f(1 + 'a/' + 'b.wasm')",
        ] {
            let texts = texts(source);
            assert!(!texts.iter().any(|t| t.contains("/b.wasm")), "{source}: {texts:?}");
        }
    }

    proptest! {
        #[test]
        fn any_script_is_folded(
            source in "(?s)('a'|b[a-z]{2}| = |\\+|`x\\$\\{|\\}|`|;|\\.){0,40}"
        ) {
            let _ = texts(&source);
        }
    }
}
