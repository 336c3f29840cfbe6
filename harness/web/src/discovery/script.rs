//! What one script names: modules, further scripts, and whether it deals with WebAssembly.
//!
//! Only literals are read, and texts that are joined from literals. Other names that are made at
//! run time are not found, unless one of their pieces is a path by itself.

use std::collections::HashSet;

use super::fold::fold;
use super::lexer::{Token, tokens};
use super::load_kind::{self, LoadKind};
use super::webpack::Webpack;

/// What a name is relative to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// The script's own address: imports, and `new URL(name, import.meta.url)`.
    Script,
    /// The base address of the document: everything else, by the standard. Loaders may put their
    /// own folder before the name, so the address of the script is tried second.
    Page,
}

/// How certain it is that the page loads the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// A literal in some use. It may be dead code or a part of a name.
    Named,
    /// Passed to `fetch`, an import or a preload: the page asks for exactly this.
    Asked,
}

/// What is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReferenceKind {
    /// A WebAssembly module.
    Module,
    /// A script; `import` specifiers go through the import map.
    Script {
        /// Whether it is the specifier of an import.
        specifier: bool,
    },
}

/// One name in a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// As written, unescaped.
    pub name: String,
    /// What it names.
    pub kind: ReferenceKind,
    /// What it is relative to.
    pub base: Base,
    /// How sure it is.
    pub strength: Strength,
    /// In which construct, as in `fetch`.
    pub how: &'static str,
    /// How a browser loads it.
    pub load: LoadKind,
}

/// What one script says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Script {
    /// Names in the order of the text.
    pub mentions: Vec<Mention>,
    /// Whether it names more than is kept.
    pub cut: bool,
    /// Whether it instantiates or compiles modules, or defines or uses Go's loader.
    pub(crate) deals_with_wasm: bool,
    /// Whether it loads or creates scripts by unknown names.
    pub(crate) loads_unseen: bool,
    /// Parts of names that the webpack runtime joins.
    pub(crate) webpack: Webpack,
    /// Where it holds a module itself, as in "a `data:` address".
    pub embedded: Option<&'static str>,
}

impl Script {
    /// Whether a page that loads this script loads a shim.
    pub fn is_shim(&self) -> bool {
        self.deals_with_wasm || self.mentions.iter().any(|m| m.kind == ReferenceKind::Module)
    }
}

/// Most names kept of one script. A bundle of a large application names a few dozen chunks; a
/// bundle with a thousand screens names about this many.
const MENTIONS_MAX: usize = 1024;

/// Longest name kept, bytes: longer ones are data, not names.
const NAME_BYTES_MAX: usize = 2048;

/// Read one script.
pub fn read(source: &str) -> Script {
    let tokens = tokens(source);
    let embedded = (0..tokens.len()).find_map(|at| embedded(&tokens, at));
    let tokens = fold(tokens);
    let fetched = fetched_names(&tokens);
    let mut script = Script { webpack: Webpack::read(&tokens), embedded, ..Script::default() };
    for at in 0..tokens.len() {
        script.deals_with_wasm |= deals_with_wasm(&tokens, at);
        script.loads_unseen |= loads_unseen(&tokens, at);
        let Some(mention) = mention(&tokens, &fetched, at) else { continue };
        if script.mentions.len() >= MENTIONS_MAX {
            script.cut = true;
        } else if !script.mentions.contains(&mention) {
            script.mentions.push(mention);
        }
    }
    script
}

/// `WebAssembly.instantiate…` and its kin, `new Go(`, and the definition of `Go`.
fn deals_with_wasm(tokens: &[Token<'_>], at: usize) -> bool {
    let word = |offset: usize, words: &[&str]| {
        tokens.get(at + offset).is_some_and(|token| words.iter().any(|word| token.is_word(word)))
    };
    let mark = |offset: usize, c| tokens.get(at + offset).is_some_and(|token| token.is_mark(c));
    let uses = word(0, &["WebAssembly"]) && mark(1, '.') && word(2, WASM_WORDS);
    let go_made = word(0, &["new"]) && word(1, &["Go"]) && mark(2, '(');
    let go_class = word(0, &["class"]) && word(1, &["Go"]);
    let go_set = mark(0, '.') && word(1, &["Go"]) && mark(2, '=') && !mark(3, '=');
    // A bundle may rename the class; the functions of its object keep their names.
    let go_object = matches!(&tokens[at], Token::Text(text) if text == GO_EXIT);
    uses || go_made || go_class || go_set || (go_object && (mark(1, ':') || mark(1, '(')))
}

/// A function that every shim of Go and TinyGo defines, by a name that no minifier may change.
const GO_EXIT: &str = "runtime.wasmExit";

/// A script that is created or named at run time.
fn loads_unseen(tokens: &[Token<'_>], at: usize) -> bool {
    let next = |offset: usize| tokens.get(at + offset);
    let mark = |offset: usize, c| next(offset).is_some_and(|token| token.is_mark(c));
    let Token::Word(word) = tokens[at] else { return false };
    if !mark(1, '(') {
        return word == "document" && mark(1, '.') && next(2).is_some_and(|t| t.is_word("write"));
    }
    match word {
        "import" | "importScripts" => !matches!(next(2), Some(Token::Text(_))),
        "Worker" | "SharedWorker" => {
            !matches!(next(2), Some(Token::Text(_))) && next(2) != Some(&Token::Word("new"))
        }
        "createElement" => matches!(next(2), Some(Token::Text(name)) if name == "script"),
        "eval" | "Function" | "Blob" => true,
        _ => false,
    }
}

const WASM_WORDS: &[&str] =
    &["instantiate", "instantiateStreaming", "compile", "compileStreaming", "Module", "Instance"];

/// `\0asm` and the version, in base64.
const MODULE_IN_BASE64: &str = "AGFzbQEAAAA";

/// The place of a module if the token at `at` contains one or builds it from bytes. It then comes
/// with the script, and there is no file.
fn embedded(tokens: &[Token<'_>], at: usize) -> Option<&'static str> {
    let Token::Text(text) = &tokens[at] else { return None };
    let is_option = at >= 2 && is(&tokens[at - 2], "type") && is(&tokens[at - 1], ":");
    match is_address(text, "data:").then(|| text.split_once(',')).flatten() {
        Some((head, data)) if head.contains("wasm") || data.starts_with(MODULE_IN_BASE64) => {
            Some("a `data:` address")
        }
        None if text.starts_with(MODULE_IN_BASE64) => Some("a text in base64"),
        // The option of `new Blob(bytes, { type: "application/wasm" })`.
        None if is_option && text == "application/wasm" => Some("a `blob:` address"),
        _ => None,
    }
}

/// Whether `name` begins with this scheme.
fn is_address(name: &str, scheme: &str) -> bool {
    name.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme))
}

/// Names of variables given to `fetch`. Those shorter than three characters come from a
/// minifier, which gives one name to many things.
fn fetched_names<'a>(tokens: &[Token<'a>]) -> HashSet<&'a str> {
    let calls = tokens.windows(3).filter(|call| call[0].is_word("fetch") && call[1].is_mark('('));
    let names = calls.filter_map(|call| match call[2] {
        Token::Word(name) if name.len() >= 3 => Some(name),
        _ => None,
    });
    names.collect()
}

/// Reads the tokens before and after one text.
struct TokenContext<'a, 'b> {
    tokens: &'a [Token<'b>],
    at: usize,
}

impl TokenContext<'_, '_> {
    /// Whether the tokens before `back` further ones are `words`, the nearest last.
    fn follows(&self, back: usize, words: &[&str]) -> bool {
        let Some(end) = self.at.checked_sub(back) else { return false };
        let Some(start) = end.checked_sub(words.len()) else { return false };
        self.tokens[start..end].iter().zip(words).all(|(token, word)| is(token, word))
    }

    /// `NAME = text`, where the script has `fetch(NAME` too.
    fn is_fetched_by_name(&self, fetched: &HashSet<&str>) -> bool {
        let name = self.at.checked_sub(2).and_then(|at| self.tokens.get(at));
        self.follows(0, &["="]) && matches!(name, Some(Token::Word(name)) if fetched.contains(name))
    }

    fn precedes(&self, words: &[&str]) -> bool {
        let rest = &self.tokens[self.at + 1..];
        rest.len() >= words.len() && rest.iter().zip(words).all(|(token, word)| is(token, word))
    }
}

fn is(token: &Token<'_>, word: &str) -> bool {
    match token {
        Token::Word(have) => *have == word,
        Token::Mark(mark) => word.chars().eq([*mark]),
        Token::Text(_) | Token::Piece(_) => false,
    }
}

/// Functions that treat the answer of a `fetch` as a module, whatever its name.
const STREAMING: &[&str] = &["instantiateStreaming", "compileStreaming"];
const NEW_URL: &[&str] = &["new", "URL", "("];
const META_URL: &[&str] = &[",", "import", ".", "meta", ".", "url"];

fn mention(tokens: &[Token<'_>], fetched: &HashSet<&str>, at: usize) -> Option<Mention> {
    let (name, whole) = match &tokens[at] {
        Token::Text(text) => (text, true),
        Token::Piece(text) => (text, false),
        Token::Word(_) | Token::Mark(_) => return None,
    };
    let name = name.trim_ascii();
    if name.is_empty() || name.len() > NAME_BYTES_MAX || name.contains(char::is_control) {
        return None;
    }
    let around = TokenContext { tokens, at };
    let own = around.follows(0, NEW_URL) && around.precedes(META_URL);
    let outer = if own { NEW_URL.len() } else { 0 };
    let import = ["from", "import"].iter().any(|word| around.follows(0, &[word]))
        || around.follows(0, &["import", "("]);
    let fetched = around.follows(outer, &["fetch", "("]) || around.is_fetched_by_name(fetched);
    let worker = ["Worker", "SharedWorker"].iter().any(|w| around.follows(outer, &[w, "("]))
        || around.follows(outer, &["serviceWorker", ".", "register", "("])
        || around.follows(0, &["importScripts", "("]);
    let streamed = STREAMING.iter().any(|word| around.follows(outer, &[word, "(", "fetch", "("]));
    let blank = name.contains(char::is_whitespace);
    let kind = match extension(name) {
        // Text with blanks is a sentence, unless the script fetches it.
        Some("wasm") if fetched || !blank => ReferenceKind::Module,
        _ if streamed && whole => ReferenceKind::Module,
        _ if blank => return None,
        _ if import && whole => ReferenceKind::Script { specifier: true },
        Some("js" | "mjs") if whole => ReferenceKind::Script { specifier: false },
        // The list of files that Blazor's loader asks for, among them the runtime's modules.
        Some("json") if whole && name.ends_with(".boot.json") => {
            ReferenceKind::Script { specifier: false }
        }
        _ if worker && whole => ReferenceKind::Script { specifier: false },
        _ => return None,
    };
    let asked = whole && (import || fetched || worker);
    let how = match (import, worker, fetched, own, whole) {
        (true, ..) => "import",
        (_, true, ..) => "worker",
        (_, _, true, ..) => "fetch",
        (_, _, _, true, _) => "URL",
        (.., true) => "string",
        _ => "template",
    };
    let base = if own || import { Base::Script } else { Base::Page };
    let strength = if asked { Strength::Asked } else { Strength::Named };
    let load = if whole { load_kind::of(tokens, at, outer) } else { LoadKind::Unknown };
    Some(Mention { name: name.to_owned(), kind, base, strength, how, load })
}

/// The extension of the path in `name`, query and fragment aside; none without a stem, and
/// none for `data:` and `blob:` addresses.
pub fn extension(name: &str) -> Option<&str> {
    if is_address(name, "data:") || is_address(name, "blob:") {
        return None;
    }
    let path = name.split(['?', '#']).next()?;
    let file = path.rsplit('/').next()?;
    let (stem, extension) = file.rsplit_once('.')?;
    (!stem.is_empty()).then_some(extension)
}

#[cfg(test)]
#[path = "script_tests.rs"]
mod tests;
