//! The scripts of a page in the order in which they run, and what the page demands of what it
//! loads (Subresource Integrity).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use scraper::Html;
use sha2::{Digest, Sha256, Sha384, Sha512};
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
    let document = Html::parse_document(page::bounded(html));
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

/// Whether an inline script makes a `Go` while the page is parsed, before one of `shims` ran: a
/// variable at the outermost level, outside of every function.
pub fn makes_go_early(tags: &[Tag], shims: &[&str]) -> bool {
    let is_shim = |tag: &&Tag| tag.src.as_ref().is_some_and(|url| shims.contains(&url.as_str()));
    let unknown = tags.iter().filter(is_shim).any(|tag| tag.when == When::Any);
    let first = tags.iter().position(|tag| is_shim(&tag) && tag.when == When::Now);
    let before = &tags[..first.unwrap_or(tags.len())];
    let named = tags.iter().any(|tag| is_shim(&tag));
    let makes = |tag: &Tag| tag.src.is_none() && tag.when == When::Now && makes_go(&tag.text);
    named && !unknown && before.iter().any(makes)
}

fn makes_go(text: &str) -> bool {
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

/// What `fetch(address, { integrity: … })` of a script demands, by the address as written.
pub fn fetched(source: &str) -> Vec<(String, String)> {
    let tokens = tokens(source);
    let calls = (0..tokens.len()).filter(|at| {
        let mark = |offset: usize, c| tokens.get(at + offset).is_some_and(|t| t.is_mark(c));
        tokens[*at].is_word("fetch") && mark(1, '(') && mark(3, ',') && mark(4, '{')
    });
    let demanded = calls.filter_map(|at| {
        let Some(Token::Text(address)) = tokens.get(at + 2) else { return None };
        let options = &tokens[at + 5..];
        let end = options.iter().position(|token| token.is_mark('}')).unwrap_or(options.len());
        options[..end].windows(3).find_map(|option| match option {
            [key, colon, Token::Text(value)] if colon.is_mark(':') => {
                let is_it = key.is_word("integrity") || *key == Token::Text("integrity".to_owned());
                is_it.then(|| (address.clone(), value.clone()))
            }
            _ => None,
        })
    });
    demanded.collect()
}

/// What is wrong with `bytes`, of which `demanded` is demanded (W3C Subresource Integrity §3.3):
/// of the strongest algorithm that is named, one has to fit; what is not known is passed over.
pub fn complaint(demanded: &str, bytes: &[u8]) -> Option<String> {
    let known = demanded.split_ascii_whitespace().filter_map(|one| {
        let (algorithm, rest) = one.split_once('-')?;
        let value = rest.split('?').next().unwrap_or_default();
        let strength = ["sha256", "sha384", "sha512"]
            .iter()
            .position(|known| algorithm.eq_ignore_ascii_case(known))?;
        let is_base64 = |b: u8| b.is_ascii_alphanumeric() || b"+/-_=".contains(&b);
        (!value.is_empty() && value.bytes().all(is_base64)).then_some((strength, value))
    });
    let known: Vec<(usize, &str)> = known.collect();
    let strongest = known.iter().map(|(strength, _)| *strength).max()?;
    let (name, digest) = match strongest {
        0 => ("sha256", STANDARD.encode(Sha256::digest(bytes))),
        1 => ("sha384", STANDARD.encode(Sha384::digest(bytes))),
        _ => ("sha512", STANDARD.encode(Sha512::digest(bytes))),
    };
    let plain = |text: &str| text.replace('-', "+").replace('_', "/").replace('=', "");
    let wanted = known.iter().filter(|(strength, _)| *strength == strongest);
    let mut wanted = wanted.map(|(_, value)| *value).peekable();
    let first = wanted.peek().copied().unwrap_or_default();
    let fits = wanted.any(|value| plain(value) == plain(&digest));
    (!fits).then(|| format!("{name}-{first} is demanded, and the bytes are {name}-{digest}"))
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

    #[test]
    fn integrity_is_read_where_it_is_demanded() {
        let tags = tags("<script src=a.js integrity='sha256-x sha512-y'></script>");
        assert_eq!(tags[0].integrity.as_deref(), Some("sha256-x sha512-y"));
        let source = "fetch('a.wasm', { mode: 'cors', integrity: 'sha256-x' }); fetch('b.wasm')";
        assert_eq!(fetched(source), [("a.wasm".to_owned(), "sha256-x".to_owned())]);
    }

    #[test]
    fn the_strongest_that_is_known_decides() {
        // printf go | openssl dgst -sha256 -binary | base64
        let right = "sha256-TNDiGpoHlaFOyapfDn0av/BJJWV3DkPq/fHj6K/tHzM=";
        let url = right.replace('/', "_").replace('=', "");
        for (demanded, is_wrong) in [
            (String::new(), false),
            (right.to_owned(), false),
            (url, false),
            ("sha256-AAAA".to_owned(), true),
            (format!("sha256-AAAA {right}"), false),
            (format!("{right} sha384-AAAA"), true),
            ("md5-AAAA sha1-AAAA".to_owned(), false),
            ("sha256-*".to_owned(), false),
            (format!("{right}?ct=x"), false),
        ] {
            assert_eq!(complaint(&demanded, b"go").is_some(), is_wrong, "{demanded}");
        }
    }
}
