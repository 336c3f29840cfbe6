//! How a script loads what it names, read from the tokens around the name.

use super::lexer::Token;

/// How a browser loads a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LoadKind {
    /// `<script src>`.
    Classic,
    /// A module script of a page, a `modulepreload`, or `import … from`: always fetched.
    Module,
    /// `import(…)`: fetched as a module script when this runs.
    ModuleLater,
    /// `new Worker(…)`.
    Worker,
    /// The same with `{ type: "module" }`.
    ModuleWorker,
    /// A preload, a shared worker, a text in some use, or an import that is for no script.
    Unknown,
}

impl LoadKind {
    /// Whether a browser fetches it as a module script (HTML Standard, fetch a single module
    /// script).
    pub fn is_module(self) -> bool {
        matches!(self, Self::Module | Self::ModuleLater | Self::ModuleWorker)
    }

    /// Whether it starts a worker.
    pub fn is_worker(self) -> bool {
        matches!(self, Self::Worker | Self::ModuleWorker)
    }
}

/// Tokens after the name of a worker in which its options stand.
const OPTIONS_TOKENS_MAX: usize = 16;

/// How the text at `at` is loaded. `outer` is the number of tokens of `new URL(` before it.
pub(super) fn of(tokens: &[Token<'_>], at: usize, outer: usize) -> LoadKind {
    let before = |back: usize| at.checked_sub(back).and_then(|at| tokens.get(at));
    let is_before = |back: usize, word: &str| before(back).is_some_and(|token| token.is_word(word));
    let mark_before = |back: usize, c| before(back).is_some_and(|token| token.is_mark(c));
    let word_after = |word: &str| tokens.get(at + 1).is_some_and(|token| token.is_word(word));
    // JSON and style sheets are imported with a type: `import x from "./x.json" with { … }`.
    let is_typed = word_after("with") || word_after("assert");
    // `import source x from "./x.wasm"` gives the compiled module.
    let is_source = is_before(4, "import") && is_before(3, "source") && is_before(1, "from");
    if is_typed || is_source {
        return LoadKind::Unknown;
    }
    if is_before(1, "from") || is_before(1, "import") {
        return LoadKind::Module;
    }
    if mark_before(1, '(') && is_before(2, "import") {
        let has_options = tokens.get(at + 1).is_some_and(|token| token.is_mark(','));
        return if has_options { LoadKind::Unknown } else { LoadKind::ModuleLater };
    }
    let is_worker = mark_before(outer + 1, '(')
        && is_before(outer + 2, "Worker")
        && is_before(outer + 3, "new");
    match is_worker {
        true if is_of_modules(&tokens[at + 1..]) => LoadKind::ModuleWorker,
        true => LoadKind::Worker,
        false => LoadKind::Unknown,
    }
}

/// Whether the options of a worker say `type: "module"`.
fn is_of_modules(rest: &[Token<'_>]) -> bool {
    let end = rest.iter().position(|token| token.is_mark('}') || token.is_mark(';'));
    let rest = &rest[..end.unwrap_or(rest.len()).min(OPTIONS_TOKENS_MAX)];
    rest.windows(3).any(|option| match option {
        [key, colon, Token::Text(value)] => {
            let is_key = key.is_word("type") || *key == Token::Text("type".to_owned());
            is_key && colon.is_mark(':') && value == "module"
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::super::script;
    use super::*;

    #[test]
    fn what_loads_a_script_is_read() {
        use LoadKind::{Module, ModuleLater, ModuleWorker, Unknown, Worker};
        for (source, kind) in [
            ("import './a.js'", Module),
            ("import{a as b}from'./a.js'", Module),
            ("export * from './a.js'", Module),
            ("const m = await import('./a.js')", ModuleLater),
            ("new Worker('a.js')", Worker),
            ("new Worker('a.js', { name: 'x' })", Worker),
            ("new Worker(new URL('./a.js', import.meta.url), { type: 'module' })", ModuleWorker),
            ("new Worker('a.js',{name:'x',type:`module`})", ModuleWorker),
            ("new Worker('a.js'); f({ type: 'module' })", Worker),
            ("import a from './a.js' with { type: 'json' }", Unknown),
            ("import('./a.js', { with: { type: 'json' } })", Unknown),
            ("load('a.js')", Unknown),
        ] {
            let kinds: Vec<_> = script::read(source).mentions.iter().map(|one| one.load).collect();
            assert_eq!(kinds, [kind], "{source}");
        }
        let source = "import source a from './a.wasm'; import source from './b.wasm'";
        let kinds: Vec<_> = script::read(source).mentions.iter().map(|one| one.load).collect();
        assert_eq!(kinds, [Unknown, Module]);
    }
}
