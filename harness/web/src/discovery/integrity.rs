//! What a page demands of the bytes that it loads (W3C Subresource Integrity).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::lexer::{Token, tokens};

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

/// What is wrong with `bytes` against the integrity `demanded` (W3C Subresource Integrity §3.3).
/// One digest of the strongest named algorithm must match. Unknown algorithms are ignored.
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
    (!fits).then(|| format!("the page demands {name}-{first}, but the bytes have {name}-{digest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integrity_is_read_where_it_is_demanded() {
        let url = url::Url::parse("http://site.test/").expect("a URL");
        let html = "<script src=a.js integrity='sha256-x sha512-y'></script>";
        let tags = super::super::tags::read(html, &url);
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
