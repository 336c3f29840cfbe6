//! The scripts of a page in the order in which they run.

use url::Url;

use super::lexer::{Token, tokens};
use super::page;

/// One `script` element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// The address of a script that is fetched.
    pub src: Option<Url>,
    /// The text of one that is not.
    pub text: String,
    /// Whether it runs where it stands; one that is `async` runs nobody knows when.
    pub when: When,
    /// What the fetched bytes have to be.
    pub integrity: Option<String>,
}

/// When a script runs (HTML Standard, the `script` element).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Where it stands.
    Now,
    /// When the page is parsed.
    Later,
    /// When it has come.
    Any,
}

/// The scripts of `html`, in the order of the text.
pub fn read(html: &str, address: &Url) -> Vec<Tag> {
    let (document, _) = page::parsed(page::bounded(html));
    let base = page::base(&document, address);
    let scripts = page::live(&document).into_iter().filter(|one| one.value().name() == "script");
    let read = scripts.filter_map(|element| {
        let kind = element.attr("type").unwrap_or_default().trim().to_ascii_lowercase();
        let is_module = kind == "module";
        if !is_module && !page::is_classic(&kind) {
            return None;
        }
        let src = element.attr("src").map(|src| base.join(src.trim()).ok());
        let when = match (element.attr("async"), element.attr("defer"), &src) {
            (Some(_), _, Some(_)) => When::Any,
            (Some(_), ..) if is_module => When::Any,
            _ if is_module => When::Later,
            (None, Some(_), Some(_)) => When::Later,
            _ => When::Now,
        };
        let text = if src.is_some() { String::new() } else { element.text().collect() };
        let integrity = element.attr("integrity").map(str::to_owned);
        Some(Tag { src: src.flatten().map(without_fragment), text, when, integrity })
    });
    read.collect()
}

fn without_fragment(mut url: Url) -> Url {
    url.set_fragment(None);
    url
}

/// Whether an inline script creates a `Go` during parsing, before one of `shims` ran: a variable at
/// the top level, outside of every function.
pub fn makes_go_early(tags: &[Tag], shims: &[&str]) -> bool {
    let is_shim = |tag: &&Tag| tag.src.as_ref().is_some_and(|url| shims.contains(&url.as_str()));
    let unknown = tags.iter().filter(is_shim).any(|tag| tag.when == When::Any);
    let first = tags.iter().position(|tag| is_shim(&tag) && tag.when == When::Now);
    let before = &tags[..first.unwrap_or(tags.len())];
    let named = tags.iter().any(|tag| is_shim(&tag));
    named && !unknown && makes_go(before)
}

/// Whether one of these inline scripts creates a `Go` during parsing.
pub fn makes_go(tags: &[Tag]) -> bool {
    let makes = |tag: &Tag| tag.src.is_none() && tag.when == When::Now && has_go(&tag.text);
    tags.iter().any(makes)
}

fn has_go(text: &str) -> bool {
    let (tokens, mut depth) = (tokens(text), 0_usize);
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Mark('{' | '(' | '[') => depth += 1,
            Token::Mark('}' | ')' | ']') => depth = depth.saturating_sub(1),
            Token::Word("const" | "let" | "var") if depth == 0 => {
                let set = tokens.get(at + 2..at + 5);
                let go = |set: &[Token<'_>]| {
                    set[0].is_mark('=') && set[1].is_word("new") && set[2].is_word("Go")
                };
                if set.is_some_and(go) {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(html: &str) -> Vec<Tag> {
        read(html, &Url::parse("http://site.test/app/").expect("a URL"))
    }

    #[test]
    fn a_go_is_made_early_where_the_shim_runs_after_it() {
        const MADE: &str = "<script>const go = new Go();</script>";
        for (page, early) in [
            (format!("<script src=s.js></script>{MADE}"), false),
            (format!("{MADE}<script src=s.js></script>"), true),
            (format!("<script defer src=s.js></script>{MADE}"), true),
            (format!("<script type=module src=s.js></script>{MADE}"), true),
            (format!("<script async src=s.js></script>{MADE}"), false),
            (format!("<script src=other.js></script>{MADE}"), false),
            (
                "<script>onload = () => { const go = new Go(); }</script>\
              <script src=s.js></script>"
                    .to_owned(),
                false,
            ),
            (
                "<script type=module>const go = new Go();</script>\
              <script src=s.js></script>"
                    .to_owned(),
                false,
            ),
        ] {
            let early_seen = makes_go_early(&tags(&page), &["http://site.test/app/s.js"]);
            assert_eq!(early_seen, early, "{page}");
        }
    }
}
