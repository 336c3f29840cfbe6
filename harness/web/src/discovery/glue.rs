//! What a script defines for a module to import: namespaces, and the functions in each.
//!
//! Minifiers may not change the names of imports, so the definitions are found in minified glue
//! too: `gojs: { "runtime.wasmExit": … }`, `imports.wbg = {}`, `imports.wbg.f = …`, and
//! `env: wasmImports` beside `wasmImports = { … }`. Where an object is not written as a literal,
//! its functions are unknown and none is reported as missing.

use std::collections::{BTreeMap, BTreeSet};

use super::glue_alias;
use super::lexer::{Token, tokens};
use crate::anatomy::flavour::GO_NAMESPACES;

/// Most functions kept of one namespace. The glue of large Rust programs defines some hundred.
const FUNCTIONS_MAX: usize = 4096;

/// One namespace, as the scripts define it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Space {
    /// Functions that are written literally.
    pub functions: BTreeSet<String>,
    /// Whether there may be more: a spread, a computed name, an object from elsewhere.
    pub open: bool,
    /// Whether an object is written out.
    pub written: bool,
}

impl Space {
    pub(super) fn add(&mut self, name: &str) {
        match self.functions.len() < FUNCTIONS_MAX {
            true => drop(self.functions.insert(name.to_owned())),
            false => self.open = true,
        }
    }

    /// Whether the object is that of a Go shim, whatever the namespace is called.
    pub(crate) fn is_of_go(&self) -> bool {
        self.functions.contains("runtime.wasmExit")
    }
}

/// The namespaces of `wanted` that `source` mentions at all.
pub(crate) fn read(source: &str, wanted: &BTreeSet<&str>) -> BTreeMap<String, Space> {
    let tokens = tokens(source);
    let mut spaces: BTreeMap<String, Space> = BTreeMap::new();
    for at in 0..tokens.len() {
        let Some(name) = name(&tokens[at]).filter(|name| wanted.contains(name)) else { continue };
        let mut space = spaces.remove(name).unwrap_or_default();
        define(&tokens, at, &mut space);
        spaces.insert(name.to_owned(), space);
    }
    // `go` is a common word. Alone, without the functions of Go, it is no namespace.
    spaces.retain(|name, space| name != "go" || space.is_of_go());
    spaces
}

/// Whether `source` defines what Go's modules import.
pub fn is_of_go(source: &str) -> bool {
    let wanted: BTreeSet<&str> = GO_NAMESPACES.iter().copied().collect();
    read(source, &wanted).values().any(Space::is_of_go)
}

pub(super) fn name<'a>(token: &'a Token<'_>) -> Option<&'a str> {
    match token {
        Token::Word(word) => Some(word),
        Token::Text(text) => Some(text),
        Token::Mark(_) | Token::Piece(_) => None,
    }
}

/// Shorter namespaces come from a minifier, which gives the same name to many things. Only Go's
/// `go`, or a known name of Emscripten's import object, shows that one is meant.
const NAMESPACE_BYTES_SURE: usize = 3;

/// The text after the namespace name at `at`.
fn define(tokens: &[Token<'_>], at: usize, space: &mut Space) {
    let mark = |offset: usize, c| tokens.get(at + offset).is_some_and(|token| token.is_mark(c));
    // `imports["gojs"] = …`: the bracket belongs to the name.
    let next = if mark(1, ']') { 2 } else { 1 };
    let sets = |offset: usize| is_set(tokens, at + offset);
    let is_key = mark(next, ':');
    let is_short = name(&tokens[at])
        .is_some_and(|name| name.len() < NAMESPACE_BYTES_SURE && !GO_NAMESPACES.contains(&name));
    let alias = (is_key || sets(next)).then(|| glue_alias::at(tokens, at + next + 1)).flatten();
    if let Some(alias) = alias.filter(|alias| !is_short || glue_alias::is_of_emscripten(alias)) {
        return glue_alias::read(tokens, alias, space);
    }
    if is_short {
        return;
    }
    if (is_key || sets(next)) && mark(next + 1, '{') {
        space.written = true;
        object(tokens, at + next + 2, space);
    } else if mark(next, '.') || mark(next, '[') {
        let (function, end) = match (tokens.get(at + next + 1), mark(next, '.')) {
            (Some(token), true) => (name(token), next + 2),
            (Some(Token::Text(text)), false) => (Some(text.as_str()), next + 3),
            _ => (None, next),
        };
        match function {
            Some(function) if sets(end) => {
                space.written = true;
                space.add(function);
            }
            // It is read here, as in `process.env.X`.
            Some(_) => {}
            None => space.open = true,
        }
    } else {
        // Only a mention, or an object from elsewhere: it may contain anything.
        space.open = true;
    }
}

/// Whether the token at `at` is an assignment.
pub(super) fn is_set(tokens: &[Token<'_>], at: usize) -> bool {
    let mark = |at: usize, c| tokens.get(at).is_some_and(|token| token.is_mark(c));
    mark(at, '=') && !mark(at + 1, '=') && !mark(at + 1, '>')
}

/// The keys of the object whose first token is at `at`.
pub(super) fn object(tokens: &[Token<'_>], mut at: usize, space: &mut Space) {
    let (mut depth, mut key_is_due) = (1usize, true);
    while let Some(token) = tokens.get(at) {
        let follows = |c| tokens.get(at + 1).is_some_and(|token| token.is_mark(c));
        match token {
            Token::Mark('{' | '(' | '[') => {
                space.open |= key_is_due && token.is_mark('[');
                depth += 1;
                key_is_due = false;
            }
            Token::Mark('}' | ')' | ']') => {
                depth -= 1;
                if depth == 0 {
                    return;
                }
            }
            Token::Mark(',') if depth == 1 => key_is_due = true,
            Token::Mark('.') if key_is_due => {
                space.open = true;
                key_is_due = false;
            }
            Token::Word("async" | "get") if key_is_due && !follows(':') && !follows('(') => {}
            _ if key_is_due && depth == 1 => {
                if let Some(key) = name(token) {
                    space.add(key);
                    key_is_due = false;
                }
            }
            _ => {}
        }
        at += 1;
    }
    // The text ended before the object did.
    space.open = true;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn space(source: &str, name: &str) -> Option<Space> {
        read(source, &BTreeSet::from([name])).remove(name)
    }

    #[test]
    fn functions_that_are_written_out_are_read_in_any_dress() {
        for source in [
            r#"this.importObject = { gojs: { "a.b": (sp) => { f({x: 1, y}) }, c(sp) {}, d, } }"#,
            r#"x={_t:{add:(a,b)=>a+b},gojs:{"a.b":e=>{e>>>=0},c:function(){},d:d}}"#,
            r#"imports["gojs"] = { 'a.b': /}/, c: `}${{}}`, d: 1 /* e: 2 */ }"#,
            r#"o.gojs = {}; o.gojs["a.b"] = f; o.gojs.c = g; o.gojs.d = h; o.gojs.e()"#,
            r#"var abc={"a.b":f,c:g};abc.d=h;o={gojs:abc,other:abc}"#,
        ] {
            let space = space(source, "gojs").expect("it is defined");
            assert!(space.written && !space.open, "{source} {space:?}");
            let names: Vec<&str> = space.functions.iter().map(String::as_str).collect();
            assert_eq!(names, ["a.b", "c", "d"], "{source}");
        }
    }

    #[test]
    fn what_is_not_written_out_is_open_and_what_is_not_named_is_nothing() {
        for source in [
            "({ gojs: imports })",
            "({ gojs: { ...others, a: 1 } })",
            "({ gojs: { [name]: 1 } })",
            "({ gojs: { a: 1",
            "Object.assign(x, { gojs })",
            "({ gojs: abc })",
            "abc = {}; f(abc); ({ gojs: abc })",
            "abc = {}; abc = {}; ({ gojs: abc })",
            "abc = {}; abc[name] = f; ({ gojs: abc })",
            "abc = {}; ({ gojs: abc.d })",
        ] {
            assert!(space(source, "gojs").expect("named").open, "{source}");
        }
        assert_eq!(space("// gojs\n\"a gojs text\"", "gojs"), None);
        let go = space(r#"o = { go: { "runtime.wasmExit": f } }"#, "go").expect("named");
        assert!(go.written && go.is_of_go(), "{go:?}");
        let read = space("if (process.env.DEBUG === 1) x()", "env").expect("named");
        assert!(!read.open && !read.written, "{read:?}");
        let short = space("({ a: 1, b: a, c: { a: {} } })", "a").expect("named");
        assert!(!short.open && !short.written, "{short:?}");
        let short = space("var wasmImports = {b: f, c: g}; ({a:wasmImports})", "a").expect("named");
        assert!(short.written && !short.open && short.functions.len() == 2, "{short:?}");
        assert_eq!(space("const go = { run: 1 }; x = { go: { color: 1 } }", "go"), None);
    }

    proptest::proptest! {
        #[test]
        fn reading_never_panics(text in r#"(?s)(gojs|go|[:={}\[\].,'"`]|[a-z ]){0,60}"#) {
            let _spaces = read(&text, &BTreeSet::from(["gojs", "go"]));
        }
    }
}
