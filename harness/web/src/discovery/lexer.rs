//! JavaScript cut into the few tokens that discovery needs: comments are dropped, strings and
//! templates are unescaped, regular expressions are skipped. No grammar, no evaluation.
//!
//! Total: every text gives tokens. Where a slash may be a division or a regular expression, the
//! previous token decides, as in syntax highlighters; after a `}` it counts as a division.

/// Tokens kept of one script; 4 MiB of real minified code has about 1.3 million.
pub(crate) const TOKENS_MAX: usize = 1 << 21;

/// One token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token<'a> {
    /// An identifier, keyword or number.
    Word(&'a str),
    /// Any other character of code.
    Mark(char),
    /// The content of a string, or of a template without expressions.
    Text(String),
    /// One piece of a template that has expressions.
    Piece(String),
}

impl Token<'_> {
    /// Whether this is the word `word`.
    pub fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Word(have) if *have == word)
    }

    /// Whether this is the character `mark`.
    pub(crate) fn is_mark(&self, mark: char) -> bool {
        *self == Self::Mark(mark)
    }
}

/// Cut `source` into tokens, at most [`TOKENS_MAX`].
pub fn tokens(source: &str) -> Vec<Token<'_>> {
    cut(source).tokens
}

/// The tokens of a script, and what was noticed.
#[derive(Debug, Default)]
pub(crate) struct CutScript<'a> {
    /// At most [`TOKENS_MAX`].
    pub tokens: Vec<Token<'a>>,
    /// What has no end.
    pub(crate) unfinished: Option<&'static str>,
    /// Whether an engine may read it differently: an ambiguous slash, or more tokens than are kept.
    pub unsure: bool,
}

impl CutScript<'_> {
    /// Whether there is nothing but blanks and comments.
    pub(crate) fn is_bare(&self) -> bool {
        self.tokens.is_empty() && self.unfinished.is_none()
    }
}

/// Cut `source`, and say what was noticed.
pub(crate) fn cut(source: &str) -> CutScript<'_> {
    let (open, closed_test) = (Vec::new(), false);
    let (unfinished, unsure) = (None, false);
    let mut lexer =
        Lexer { source, at: 0, tokens: Vec::new(), open, closed_test, unfinished, unsure };
    while lexer.tokens.len() < TOKENS_MAX && lexer.step().is_some() {}
    if lexer.open.contains(&OpenBracket::Template) {
        lexer.unfinished = Some("a template");
    }
    let unsure = lexer.unsure || lexer.tokens.len() == TOKENS_MAX;
    CutScript { tokens: lexer.tokens, unfinished: lexer.unfinished, unsure }
}

/// What an open bracket was.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OpenBracket {
    /// `(` after `if`, `while`, `for` or `with`: a regular expression may follow its end.
    Test,
    /// Any other `(` or `{`.
    Plain,
    /// `${` of a template.
    Template,
}

struct Lexer<'a> {
    source: &'a str,
    at: usize,
    tokens: Vec<Token<'a>>,
    open: Vec<OpenBracket>,
    /// Whether the last token is the `)` of a `Test`.
    closed_test: bool,
    unfinished: Option<&'static str>,
    unsure: bool,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.source[self.at..]
    }

    /// Take one token, or skip one blank or comment; none at the end.
    fn step(&mut self) -> Option<()> {
        let rest = self.rest();
        let c = rest.chars().next()?;
        match c {
            '"' | '\'' => self.string(c),
            '`' => {
                self.at += 1;
                self.template(true);
            }
            '/' if rest.starts_with("//") => self.skip_to("\n"),
            '/' if rest.starts_with("/*") => {
                if !rest[2..].contains("*/") {
                    self.unfinished = Some("a comment");
                }
                self.skip_to("*/");
            }
            '<' if rest.starts_with("<!--") => {
                // A comment in classic scripts alone.
                self.unsure = true;
                self.skip_to("\n");
            }
            '/' => self.slash(),
            _ if is_word_char(c) => {
                let length = rest.find(|c| !is_word_char(c)).unwrap_or(rest.len());
                self.push(Token::Word(&rest[..length]), length);
            }
            _ if c.is_whitespace() => self.at += c.len_utf8(),
            _ => self.mark(c),
        }
        Some(())
    }

    fn push(&mut self, token: Token<'a>, length: usize) {
        self.closed_test = false;
        self.tokens.push(token);
        self.at += length;
    }

    fn mark(&mut self, c: char) {
        let mut closed_test = false;
        match c {
            '(' => {
                let test = |word: &&Token<'_>| {
                    ["if", "while", "for", "with"].iter().any(|test| word.is_word(test))
                };
                let is_test = self.tokens.last().as_ref().is_some_and(test);
                self.open.push(if is_test { OpenBracket::Test } else { OpenBracket::Plain });
            }
            '{' => self.open.push(OpenBracket::Plain),
            ')' => closed_test = self.open.pop() == Some(OpenBracket::Test),
            '}' if self.open.pop() == Some(OpenBracket::Template) => {
                self.at += 1;
                return self.template(false);
            }
            _ => {}
        }
        self.push(Token::Mark(c), c.len_utf8());
        self.closed_test = closed_test;
    }

    /// A division, or a regular expression.
    fn slash(&mut self) {
        let mark = |back: usize, c| {
            let at = self.tokens.len().checked_sub(back);
            at.is_some_and(|at| self.tokens[at].is_mark(c))
        };
        let twice = |c| mark(1, c) && mark(2, c);
        let word = self.tokens.last().is_some_and(|last| last.is_word("of"));
        self.unsure |= mark(1, '}') || mark(1, '.') || twice('+') || twice('-') || word;
        match self.regex_may_begin() {
            true => self.regex(),
            false => self.mark('/'),
        }
    }

    fn regex_may_begin(&self) -> bool {
        match self.tokens.last() {
            None => true,
            Some(Token::Word(word)) => REGEX_AFTER.contains(word),
            Some(Token::Mark(')')) => self.closed_test,
            Some(Token::Mark(mark)) => !matches!(mark, ']' | '}'),
            Some(Token::Text(_) | Token::Piece(_)) => false,
        }
    }

    /// Skip past the next `end`, or to the end of the text.
    fn skip_to(&mut self, end: &str) {
        // The opening mark is two bytes; `/*/` does not close itself.
        let rest = &self.rest()[2..];
        self.at += 2 + rest.find(end).map_or(rest.len(), |at| at + end.len());
    }

    /// A string on one line; an unclosed one ends with its line, so one mistake costs one line.
    fn string(&mut self, quote: char) {
        let (text, length, end) = scan(&self.rest()[1..], |c, _| c == quote || c == '\n');
        if end != Some(quote) {
            self.unfinished = Some("a string");
        }
        let length = (1 + length + 1).min(self.rest().len());
        self.push(Token::Text(text), length);
    }

    /// A piece of a template up to its end or its next expression.
    fn template(&mut self, first: bool) {
        let ends = |c: char, rest: &str| c == '`' || (c == '$' && rest[1..].starts_with('{'));
        let (text, length, end) = scan(self.rest(), ends);
        if end.is_none() {
            self.unfinished = Some("a template");
        }
        let whole = first && end != Some('$');
        let end_length = end.map_or(0, |end| if end == '$' { 2 } else { 1 });
        self.push(if whole { Token::Text(text) } else { Token::Piece(text) }, length + end_length);
        if end == Some('$') {
            self.open.push(OpenBracket::Template);
        }
    }

    /// Skip a regular expression; one that does not end on its line was a division.
    fn regex(&mut self) {
        let rest = &self.rest()[1..];
        let (mut class, mut escaped) = (false, false);
        for (at, c) in rest.char_indices() {
            match c {
                '\n' => break,
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '[' => class = true,
                ']' => class = false,
                '/' if !class => return self.push(Token::Text(String::new()), at + 2),
                _ => {}
            }
        }
        self.unsure = true;
        self.push(Token::Mark('/'), 1);
    }
}

/// Words after which a slash begins a regular expression.
const REGEX_AFTER: &[&str] = &[
    "return",
    "typeof",
    "case",
    "in",
    "of",
    "do",
    "else",
    "void",
    "delete",
    "throw",
    "new",
    "instanceof",
    "await",
    "yield",
];

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$' || c == '#'
}

/// Read up to the character that `ends` accepts: the unescaped text, the bytes read without
/// that character, and that character. `ends` is given the rest of the text from it on.
fn scan(source: &str, ends: impl Fn(char, &str) -> bool) -> (String, usize, Option<char>) {
    let mut text = String::new();
    let mut at = 0;
    while let Some(c) = source[at..].chars().next() {
        if ends(c, &source[at..]) {
            return (text, at, Some(c));
        }
        at += c.len_utf8();
        if c != '\\' {
            text.push(c);
            continue;
        }
        let Some((meant, length)) = escape(&source[at..]) else { break };
        text.extend(meant);
        at += length;
    }
    (text, at, None)
}

/// What follows a backslash: the character meant (none for a line continuation), and its length.
fn escape(rest: &str) -> Option<(Option<char>, usize)> {
    let c = rest.chars().next()?;
    let hex = |range: std::ops::Range<usize>| {
        let digits = rest.get(range)?;
        char::from_u32(u32::from_str_radix(digits, 16).ok()?)
    };
    let braced = || {
        let end = rest.strip_prefix("u{")?.find('}')?;
        Some((hex(2..2 + end)?, end + 3))
    };
    Some(match c {
        'x' => (Some(hex(1..3).unwrap_or('x')), if hex(1..3).is_some() { 3 } else { 1 }),
        'u' if rest.starts_with("u{") => braced().map_or((Some('u'), 1), |(c, n)| (Some(c), n)),
        'u' => (Some(hex(1..5).unwrap_or('u')), if hex(1..5).is_some() { 5 } else { 1 }),
        'n' => (Some('\n'), 1),
        't' => (Some('\t'), 1),
        '\n' => (None, 1),
        '\r' if rest.starts_with("\r\n") => (None, 2),
        _ => (Some(c), c.len_utf8()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(source: &str) -> Vec<String> {
        let texts = tokens(source).into_iter().filter_map(|token| match token {
            Token::Text(text) if !text.is_empty() => Some(text),
            Token::Piece(text) => Some(format!("~{text}")),
            _ => None,
        });
        texts.collect()
    }

    #[test]
    fn strings_are_found_and_nothing_else() {
        for (source, found) in [
            (r#"a("x") // "y""#, &["x"][..]),
            (r#"/* 'a' */ 'b' /*"#, &["b"]),
            (r#"'a\'b' "\x61\u0062\u{63}\/""#, &["a'b", "abc/"]),
            (r#"if(x)/['"]/.test(y)+"z""#, &["z"]),
            (r#"a=b/c; d="e"/f/"g""#, &["e", "g"]),
            (r#"return/"/.test("r")"#, &["r"]),
            ("f(a)/2; g('h')/2", &["h"]),
            ("`a` + `b${c('d', {e: `f`})}g${h}`", &["a", "~b", "d", "f", "~g", "~"]),
            ("'open\n'next'", &["open", "next"]),
            ("x=[/a\"/,'b']", &["b"]),
            ("<!-- 'no'\n'yes'", &["yes"]),
            ("'\\", &[]),
            ("`${", &["~"]),
        ] {
            assert_eq!(texts(source), found, "{source}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_cut(source in "[ -~\\n\u{e9}]*") {
            let _ = tokens(&source);
        }

        #[test]
        fn a_module_in_a_string_is_found_after_any_line(
            line in "[a-z0-9 =+;,.]*", quote in "['\"`]",
        ) {
            let source = format!("{line}\n{quote}main.wasm{quote}");
            let found = texts(&source);
            prop_assert_eq!(found.last().map(String::as_str), Some("main.wasm"));
        }
    }
}
