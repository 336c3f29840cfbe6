//! A module and the glue that is written for it: what each lacks of the other.
//!
//! wasm-bindgen and Emscripten write each import out, and give new names in each version. So glue
//! of another version lacks some. Nothing is said where the object of imports cannot be read with
//! certainty, or where it is not certain which glue is meant.

use std::collections::{BTreeMap, BTreeSet};

use crate::anatomy::module::{self, ModuleAnatomy};
use crate::discovery::glue::{self, Space};
use crate::discovery::lexer::{Token, tokens};

/// What is missing in a pair; none where it is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Lacks {
    /// Imports, as `namespace.function`, that the glue does not give.
    pub imports: Option<BTreeSet<String>>,
    /// Exports that the glue calls and the module does not have.
    pub exports: Option<BTreeSet<String>>,
}

/// What is missing between the module of this `file` name and the `scripts`, by name. `is_only`
/// says that there is no other module whose glue these may be.
pub(crate) fn lacks(
    module: &ModuleAnatomy,
    file: &str,
    scripts: &[(String, String)],
    is_only: bool,
) -> Lacks {
    let wanted = module.namespaces();
    let own = file.split('?').next().unwrap_or_default().rsplit('/').next().unwrap_or_default();
    let texts = scripts.iter().map(|(_, text)| text.as_str());
    let texts: Vec<&str> = texts.filter(|text| is_only || text.contains(own)).collect();
    let spaces: Vec<_> = texts.iter().map(|text| glue::read(text, &wanted)).collect();
    let mut lacks = Lacks::default();
    for space in &wanted {
        let given = functions(module, space, &spaces);
        if let Some(missing) = given {
            lacks.imports.get_or_insert_default().extend(missing);
        }
    }
    let is_whole = module.exports.len() < module::EXPORTS_MAX;
    let is_glue = |(_, spaces): &(&&str, &BTreeMap<String, Space>)| {
        spaces.values().any(|space| space.written)
    };
    for (text, _) in texts.iter().zip(&spaces).filter(is_glue).filter(|_| is_whole) {
        if let Some(called) = called(text) {
            let missing = called.into_iter().filter(|name| !module.exports.contains(name));
            lacks.exports.get_or_insert_default().extend(missing);
        }
    }
    lacks
}

/// The functions that the module imports from `space` and that no script gives. None where the
/// object is not known to its end, or has nothing in common with the module.
fn functions(
    module: &ModuleAnatomy,
    space: &str,
    scripts: &[BTreeMap<String, Space>],
) -> Option<BTreeSet<String>> {
    let known: Vec<&Space> = scripts.iter().filter_map(|spaces| spaces.get(space)).collect();
    let is_sure = known.iter().any(|one| one.written) && !known.iter().any(|one| one.open);
    let imports = module.imports.iter().filter(|one| one.is_function && one.namespace == space);
    let names: Vec<&str> = imports.map(|one| one.name.as_str()).collect();
    let is_given = |name: &&str| known.iter().any(|one| one.functions.contains(*name));
    let (given, missing): (Vec<&str>, Vec<&str>) = names.into_iter().partition(is_given);
    let missing = missing.into_iter().map(|name| format!("{space}.{name}"));
    (is_sure && !given.is_empty()).then(|| missing.collect())
}

/// The exports that the glue of wasm-bindgen calls: `wasm.f(`, where `wasm = instance.exports`.
/// None for any other script.
fn called(source: &str) -> Option<BTreeSet<String>> {
    let tokens = tokens(source);
    let word = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.is_word(word));
    let mark = |at: usize, c| tokens.get(at).is_some_and(|token| token.is_mark(c));
    let is_set = |at: usize| {
        mark(at, '=') && word(at + 1, "instance") && mark(at + 2, '.') && word(at + 3, "exports")
    };
    // A bundle may hold the glue of several modules, each with a variable of its own.
    let sets: Vec<usize> = (0..tokens.len()).filter(|at| is_set(*at)).collect();
    let [set] = sets[..] else { return None };
    if !set.checked_sub(1).is_some_and(|before| word(before, "wasm")) {
        return None;
    }
    let calls = (0..tokens.len()).filter_map(|at| match tokens.get(at + 2) {
        Some(Token::Word(name)) if word(at, "wasm") && mark(at + 1, '.') && mark(at + 3, '(') => {
            Some((*name).to_owned())
        }
        _ => None,
    });
    Some(calls.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(text: &str) -> ModuleAnatomy {
        module::read(&wat::parse_str(text).expect("a module")).expect("it is read")
    }

    const BINDGEN: &str = r#"(module (import "wbg" "f1" (func)) (import "wbg" "g" (func))
        (import "wbg" "memory" (memory 1)) (func (export "run")))"#;

    const GLUE: &str = "let wasm; function run() { wasm.run(); } const imports = {};
        imports.wbg = {}; imports.wbg.f1 = () => 0; imports.wbg.g = () => 0;
        new URL('a_bg.wasm', import.meta.url); wasm = instance.exports;";

    fn of(module: &ModuleAnatomy, glue: &str, is_only: bool) -> (Option<usize>, Option<usize>) {
        let scripts = [("glue.js".to_owned(), glue.to_owned())];
        let lacks = lacks(module, "/x/a_bg.wasm?v=1", &scripts, is_only);
        (lacks.imports.map(|all| all.len()), lacks.exports.map(|all| all.len()))
    }

    #[test]
    fn a_pair_of_two_versions_is_seen_from_both_sides() {
        let module = module(BINDGEN);
        assert_eq!(of(&module, GLUE, true), (Some(0), Some(0)));
        assert_eq!(of(&module, &GLUE.replace("f1", "f2"), true), (Some(1), Some(0)));
        assert_eq!(of(&module, &GLUE.replace("wasm.run(", "wasm.walk("), true), (Some(0), Some(1)));
    }

    #[test]
    fn what_is_not_certain_is_not_said() {
        let module = module(BINDGEN);
        for glue in [
            GLUE.replace("imports.wbg = {}", "imports.wbg = other()").replace("f1", "f2"),
            GLUE.replace("imports.wbg = {}", "Object.assign(imports.wbg, x)").replace("f1", "f2"),
            GLUE.replace("imports.wbg.f1", "imports.wbg[name]"),
            GLUE.replace("imports.wbg.f1", "imports.other.a").replace("wbg.g", "wbg.h"),
        ] {
            assert_eq!(of(&module, &glue, true).0, None, "{glue}");
        }
        // Where there are several modules, the glue has to name this one.
        let other = GLUE.replace("a_bg.wasm", "b_bg.wasm").replace("f1", "f2");
        assert_eq!(of(&module, &other, false), (None, None));
        assert_eq!(of(&module, &GLUE.replace("f1", "f2"), false).0, Some(1));
        // A bundle with the glue of two modules.
        let walks = GLUE.replace("wasm.run(", "wasm.walk(");
        assert_eq!(of(&module, &walks, true).1, Some(1));
        let bundle = format!("{walks} let wasm$1; wasm$1 = instance.exports;");
        assert_eq!(of(&module, &bundle, true).1, None);
    }

    #[test]
    fn emscripten_gives_its_imports_in_one_object() {
        let short = r#"(module (import "a" "a" (func)) (import "a" "b" (func)))"#;
        let module = module(short);
        let glue = "var wasmImports={a:_f,b:_g};var info={a:wasmImports};";
        assert_eq!(of(&module, glue, true).0, Some(0));
        assert_eq!(of(&module, &glue.replace("b:_g", "c:_g"), true).0, Some(1));
        assert_eq!(
            of(&module, &glue.replace("wasmImports", "Qa").replace("b:_g", ""), true).0,
            None
        );
    }
}
