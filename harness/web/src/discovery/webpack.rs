//! Names that the webpack runtime joins: `path + number + hash + ".module.wasm"` for modules, and
//! `number + "." + { 12: "hash" }[number] + ".js"` for scripts that are loaded late. The parts are
//! in different scripts, so they are collected until all scripts are read.

use std::collections::BTreeMap;

use super::lexer::Token;

/// Most names made for one site. A site has a chunk or two and a module.
const NAMES_MAX: usize = 64;

/// Tokens after the beginning of a call or a function that belong to what is read here.
const NEAR: usize = 64;

/// Hexadecimal digits of a module's hash: webpack writes 20 by itself, and 8 at least.
const DIGITS_MIN: usize = 8;

/// One part of a script's name.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Number,
    /// Found by the number.
    Map(BTreeMap<String, String>),
}

/// What one script, or all of a site, say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Webpack {
    /// The text before and after the hash of a module.
    modules: Vec<(String, String)>,
    hashes: Vec<String>,
    scripts: Vec<Vec<Part>>,
    numbers: Vec<String>,
    /// The folder of all names, if the script states it.
    pub folder: Option<String>,
}

impl Webpack {
    /// What the tokens of one script say.
    pub(crate) fn read(tokens: &[Token<'_>]) -> Self {
        let mut found = Self::default();
        for at in 0..tokens.len() {
            let rest = &tokens[at..];
            found.modules.extend(module(tokens, at));
            found.hashes.extend(hash(rest));
            found.scripts.extend(script(rest));
            found.numbers.extend(number(rest));
            if let [Token::Mark('.'), Token::Word("p"), Token::Mark('='), Token::Text(folder), ..] =
                rest
            {
                found.folder = Some(folder.clone());
            }
        }
        for list in [&mut found.hashes, &mut found.numbers] {
            list.sort();
            list.dedup();
            list.truncate(NAMES_MAX);
        }
        found.modules.truncate(NAMES_MAX);
        found.scripts.truncate(NAMES_MAX);
        found
    }

    /// Whether this is the script that joins names.
    pub(crate) fn is_runtime(&self) -> bool {
        !self.modules.is_empty() || !self.scripts.is_empty()
    }

    /// Add the parts of another script of the site.
    pub(crate) fn add(&mut self, other: &Self) {
        let lists = [(&mut self.hashes, &other.hashes), (&mut self.numbers, &other.numbers)];
        for (own, more) in lists {
            own.extend(more.iter().cloned());
            own.sort();
            own.dedup();
            own.truncate(NAMES_MAX);
        }
        self.modules.extend(other.modules.iter().cloned());
        self.scripts.extend(other.scripts.iter().cloned());
        self.modules.truncate(NAMES_MAX);
        self.scripts.truncate(NAMES_MAX);
        self.folder = self.folder.take().or_else(|| other.folder.clone());
    }

    /// The names of modules that the parts give.
    pub(crate) fn modules(&self) -> Vec<String> {
        let named = |(before, after): &(String, String)| {
            self.hashes.iter().map(|hash| format!("{before}{hash}{after}")).collect::<Vec<_>>()
        };
        self.modules.iter().flat_map(named).take(NAMES_MAX).collect()
    }

    /// The names of scripts.
    pub(crate) fn scripts(&self) -> Vec<String> {
        let named = |parts: &Vec<Part>| {
            self.numbers.iter().filter_map(|number| name(parts, number)).collect::<Vec<_>>()
        };
        self.scripts.iter().flat_map(named).take(NAMES_MAX).collect()
    }
}

fn name(parts: &[Part], number: &str) -> Option<String> {
    let part = |part: &Part| match part {
        Part::Text(text) => Some(text.clone()),
        Part::Number => Some(number.to_owned()),
        Part::Map(map) => map.get(number).cloned(),
    };
    parts.iter().map(part).collect()
}

/// `"wasm/" + hash + ".module.wasm"`, whose last part is at `at`.
fn module(tokens: &[Token<'_>], at: usize) -> Option<(String, String)> {
    let Token::Text(after) = &tokens[at] else { return None };
    if !after.starts_with('.') || !after.ends_with(".wasm") {
        return None;
    }
    let before = &tokens[..at];
    match before {
        [.., Token::Text(before), Token::Mark('+'), Token::Word(_), Token::Mark('+')] => {
            Some((before.clone(), after.clone()))
        }
        [.., Token::Word(_) | Token::Mark(']'), Token::Mark('+')] => {
            Some((String::new(), after.clone()))
        }
        _ => None,
    }
}

/// `.v(exports, module.id, "HASH"`, and `"../app_bg.wasm": "HASH"` of webpack 4.
fn hash(rest: &[Token<'_>]) -> Option<String> {
    let is_hash = |text: &str| {
        text.len() >= DIGITS_MIN && text.len() <= 64 && text.bytes().all(|b| b.is_ascii_hexdigit())
    };
    match rest {
        [Token::Mark('.'), Token::Word("v"), Token::Mark('('), arguments @ ..] => {
            let near = arguments.iter().take(NEAR).take_while(|token| !token.is_mark(')'));
            near.into_iter().find_map(|token| match token {
                Token::Text(text) if is_hash(text) => Some(text.clone()),
                _ => None,
            })
        }
        [Token::Text(file), Token::Mark(':'), Token::Text(text), ..]
            if file.ends_with(".wasm") && is_hash(text) =>
        {
            Some(text.clone())
        }
        _ => None,
    }
}

/// `.e(12)`, which loads the script with that number.
fn number(rest: &[Token<'_>]) -> Option<String> {
    match rest {
        [Token::Mark('.'), Token::Word("e"), Token::Mark('('), id, Token::Mark(')'), ..] => {
            match id {
                Token::Word(id) if id.bytes().all(|b| b.is_ascii_digit()) => Some((*id).to_owned()),
                Token::Text(id) => Some(id.clone()),
                _ => None,
            }
        }
        _ => None,
    }
}

/// `.u = e => e + "." + { 12: "hash" }[e] + ".js"`.
fn script(rest: &[Token<'_>]) -> Option<Vec<Part>> {
    let [Token::Mark('.'), Token::Word("u"), Token::Mark('='), after @ ..] = rest else {
        return None;
    };
    let after = &after[..after.len().min(NEAR * NEAR)];
    let begin = after.iter().take(NEAR).position(|token| token.is_mark('>'))? + 1;
    let skipped =
        |token: &&Token<'_>| token.is_mark('(') || token.is_mark('{') || token.is_word("return");
    let is_map = matches!(after.get(begin + 2), Some(Token::Mark(':')));
    let skip = if is_map { 0 } else { after[begin..].iter().take_while(skipped).count() };
    let mut at = begin + skip;
    let mut parts = Vec::new();
    loop {
        match after.get(at)? {
            Token::Text(text) => {
                parts.push(Part::Text(text.clone()));
                at += 1;
                if text.ends_with(".js") || text.ends_with(".mjs") {
                    return Some(parts);
                }
            }
            Token::Word(_) => {
                parts.push(Part::Number);
                at += 1;
            }
            Token::Mark('+' | '(') => at += 1,
            Token::Mark('{') => {
                let (map, end) = map(&after[at + 1..])?;
                parts.push(Part::Map(map));
                at += end + 1;
            }
            _ => return None,
        }
    }
}

/// The entries up to `}[x]`, and where that ends.
fn map(tokens: &[Token<'_>]) -> Option<(BTreeMap<String, String>, usize)> {
    let end = tokens.iter().position(|token| token.is_mark('}'))?;
    let mut map = BTreeMap::new();
    for entry in tokens[..end].split(|token| token.is_mark(',')) {
        let [key, Token::Mark(':'), Token::Text(value)] = entry else { return None };
        let key = match key {
            Token::Word(key) => (*key).to_owned(),
            Token::Text(key) => key.clone(),
            _ => return None,
        };
        map.insert(key, value.clone());
    }
    match &tokens[end + 1..] {
        [Token::Mark('['), Token::Word(_), Token::Mark(']'), ..] => Some((map, end + 4)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fold::fold;
    use super::super::lexer::tokens;
    use super::*;
    use proptest::prelude::*;

    fn read(sources: &[&str]) -> Webpack {
        let mut all = Webpack::default();
        for source in sources {
            all.add(&Webpack::read(&fold(tokens(source))));
        }
        all
    }

    #[test]
    fn webpack_5_puts_the_name_of_a_module_together() {
        let runtime = r#"(()=>{var e,t,o={};o.p="/static/";o.v=(e,t,r,n)=>{var i=fetch(o.p+""+r+
            ".module.wasm");return WebAssembly.instantiateStreaming(i,n)}})()"#;
        let chunk = r#""use strict";n.v(t,e.id,"3f9a2c1b4d5e6f708192",{"./app_bg.js":{a:r.x}})"#;
        let all = read(&[runtime, chunk]);
        assert_eq!(all.modules(), ["3f9a2c1b4d5e6f708192.module.wasm"]);
        assert_eq!(all.folder.as_deref(), Some("/static/"));
    }

    #[test]
    fn webpack_4_has_a_table_of_them() {
        let runtime = r#"var req = fetch(__webpack_require__.p + "" +
            {"../pkg/hello_bg.wasm":"4e8a7fca4a0f6d4a3f2c"}[wasmModuleId] + ".module.wasm");"#;
        assert_eq!(read(&[runtime]).modules(), ["4e8a7fca4a0f6d4a3f2c.module.wasm"]);
    }

    #[test]
    fn scripts_that_are_loaded_late_are_named() {
        for (runtime, name) in [
            (r#"o.u=e=>e+".js""#, "12.js"),
            (r#"o.u=e=>e+"."+{12:"abc123",7:"def"}[e]+".js""#, "12.abc123.js"),
            (r#"o.u=e=>"js/"+({7:"view"}[e])+".js""#, ""),
            (
                "__webpack_require__.u = (chunkId) => {\n// it returns\nreturn \"\" + chunkId + \
                 \".bundle.js\";\n};",
                "12.bundle.js",
            ),
        ] {
            let names = read(&[runtime, "o.e(12).then(o.bind(o,12))"]).scripts();
            let expected: &[&str] = if name.is_empty() { &[] } else { &[name] };
            assert_eq!(names, expected, "{runtime}");
        }
    }

    proptest! {
        #[test]
        fn any_script_is_read(source in "[ -~]*") {
            let all = read(&[&source, ".u=e=>", &format!(".u=>{source}")]);
            let _ = (all.modules(), all.scripts());
        }
    }
}
