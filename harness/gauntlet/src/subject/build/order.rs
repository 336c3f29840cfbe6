//! When pages make their `Go`: after the script that defines it has run, before, or without any
//! such script.

use wasm_gauntlet_model::action::{Asset, Inspect};
use wasm_gauntlet_model::observation::{Fact, Inspection};
use wasm_gauntlet_web::anatomy::shown;
use wasm_gauntlet_web::discovery::glue;
use wasm_gauntlet_web::discovery::lexer::{Token, tokens};
use wasm_gauntlet_web::discovery::tags::{self, Tag};

use super::files::Files;
use super::page_texts::{SCRIPT_BYTES_MAX, TEXTS_MAX};
use super::references::{self, LoadPlace};
use crate::subject::Inability;

/// Words of a script that may bring another one into the page.
const BRINGERS: [&str; 6] =
    ["createElement", "eval", "import", "importScripts", "write", "writeln"];

/// The facts of `inspect`. If several pages are wrong, the last is named.
///
/// # Errors
/// When a file cannot be read.
pub(crate) fn look(
    files: &Files,
    inspect: &Inspect,
    facts: &mut Inspection,
) -> Result<(), Inability> {
    (facts.shim_late, facts.shim_unloaded) = (Fact::Absent, Fact::Absent);
    let pages = inspect.beside.iter().filter(|found| found.asset == Asset::Entry);
    for page in pages.take(TEXTS_MAX) {
        let html = files.read(&page.url)?;
        let Some(address) = references::address(&page.url) else { continue };
        let tags = tags::read(&String::from_utf8_lossy(&html), &address);
        if !tags::makes_go(&tags) {
            continue;
        }
        let loaded = loaded(files, &tags)?;
        let of_go = |one: &&LoadedScript| glue::is_of_go(&one.text);
        let shims: Vec<&LoadedScript> = loaded.scripts.iter().filter(of_go).collect();
        let urls: Vec<&str> = shims.iter().map(|one| one.url.as_str()).collect();
        let late = shims.first().filter(|_| tags::makes_go_early(&tags, &urls));
        if let Some(shim) = late {
            facts.shim_late = Fact::Is(shown(&format!("{} in {}", shim.name, page.url)));
        }
        let inline = tags.iter().map(|tag| tag.text.as_str());
        let texts = inline.chain(loaded.scripts.iter().map(|one| one.text.as_str()));
        if loaded.whole && !texts.into_iter().any(may_define_go) {
            facts.shim_unloaded = Fact::Is(shown(&page.url));
        }
    }
    Ok(())
}

/// A script of the directory that a page loads by a tag.
struct LoadedScript {
    url: String,
    name: String,
    text: String,
}

/// The scripts that a page loads by tags.
struct Scripts {
    scripts: Vec<LoadedScript>,
    /// Whether all of them were read.
    whole: bool,
}

fn loaded(files: &Files, tags: &[Tag]) -> Result<Scripts, Inability> {
    let mut loaded = Scripts { scripts: Vec::new(), whole: true };
    for url in tags.iter().filter_map(|tag| tag.src.as_ref()) {
        match references::place(files, url) {
            LoadPlace::There(name)
                if files.size(&name).is_some_and(|size| size <= SCRIPT_BYTES_MAX) =>
            {
                let text = String::from_utf8_lossy(&files.read(&name)?).into_owned();
                loaded.scripts.push(LoadedScript { url: url.to_string(), name, text });
            }
            // A missing one may be served from elsewhere, and is reported on its own.
            LoadPlace::There(_) | LoadPlace::Missing(_) | LoadPlace::Elsewhere => {
                loaded.whole = false
            }
        }
    }
    Ok(loaded)
}

/// Whether a script names `Go` other than to make one, or may load a script that does.
fn may_define_go(text: &str) -> bool {
    let tokens = tokens(text);
    let made = |at: usize| at.checked_sub(1).is_some_and(|before| tokens[before].is_word("new"));
    tokens.iter().enumerate().any(|(at, token)| match token {
        Token::Word("Go") => !made(at),
        Token::Word(word) => BRINGERS.contains(word),
        Token::Text(text) | Token::Piece(text) => text == "Go",
        Token::Mark(_) => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_that_makes_a_go_defines_none() {
        for (text, may) in [
            ("const go = new Go(); go.run(x)", false),
            ("globalThis.Go = class {}", true),
            ("window['Go'] = make()", true),
            ("document.write('<script src=x>')", true),
            ("import('./x.js')", true),
            ("let goes = 1", false),
        ] {
            assert_eq!(may_define_go(text), may, "{text}");
        }
    }
}
