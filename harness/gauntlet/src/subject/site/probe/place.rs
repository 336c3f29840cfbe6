//! Where an asset is requested: at the edge, at one address of it, at the origin, or under an
//! invented name.

use url::Url;
use wasm_gauntlet_model::target::OriginTarget;
use wasm_gauntlet_web::headers::name::is_content_addressed;

use crate::subject::Inability;

/// Digits of an invented digest where the asset has none; bundlers have eight or more.
const INVENTED_DIGITS: usize = 12;

/// Longest digest that is invented.
const INVENTED_DIGITS_MAX: usize = 64;

/// The server behind the edge.
#[derive(Debug, Clone)]
pub(crate) struct OriginAddress {
    /// Its address.
    pub(crate) url: Url,
    /// `Host` to send.
    pub(crate) host: Option<String>,
}

impl OriginAddress {
    /// The origin that a target names.
    ///
    /// # Errors
    /// When its address cannot be read.
    pub(crate) fn new(target: &OriginTarget) -> Result<Self, Inability> {
        let url = Url::parse(&target.url).ok().filter(Url::has_host);
        let url =
            url.ok_or_else(|| Inability::setup("the origin's address is not a URL".to_owned()))?;
        Ok(Self { url, host: target.host.clone() })
    }

    /// The address at the origin of what the edge has at `url`: the same path and query.
    pub(crate) fn of(&self, url: &Url) -> Url {
        let mut at = self.url.clone();
        at.set_path(url.path());
        at.set_query(url.query());
        at.set_fragment(None);
        at
    }
}

/// A name in the form of that of `url` that no file has, so that the configuration for such names
/// answers. A digest is replaced by one of `word`, of the same length.
pub(crate) fn invented(url: &Url, word: &str) -> Url {
    let mut beside = url.clone();
    let path = url.path();
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let (stem, suffix) = match name.rsplit_once('.') {
        Some((stem, suffix)) => (stem, format!(".{suffix}")),
        None => (name, String::new()),
    };
    let (head, digest) = match stem.rfind(['.', '-']) {
        Some(at) if is_content_addressed(&format!("/x{}.x", &stem[at..]), None) => {
            (&stem[..=at], stem.len() - at - 1)
        }
        _ => (stem, 0),
    };
    let joint = if digest == 0 { "." } else { "" };
    let digits = if digest == 0 { INVENTED_DIGITS } else { digest.min(INVENTED_DIGITS_MAX) };
    let invented: String = word.chars().cycle().take(digits).collect();
    beside.set_path(&format!("{folder}/{head}{joint}{invented}{suffix}"));
    beside
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invented_names_have_the_form_of_the_real_ones() {
        for (url, beside) in [
            ("http://s/a/app.3f9a2c1b.wasm", "/a/app.01234567.wasm"),
            ("http://s/a/app-3f9a2c1b7d.wasm?x=1", "/a/app-0123456701.wasm"),
            ("http://s/main.wasm", "/main.012345670123.wasm"),
            ("http://s/my-module.wasm", "/my-module.012345670123.wasm"),
            ("http://s/module", "/module.012345670123"),
            ("http://s/", "/.012345670123"),
        ] {
            let url = Url::parse(url).expect("a URL of the test");
            assert_eq!(invented(&url, "01234567").path(), beside, "{url}");
        }
    }

    #[test]
    fn the_origin_has_the_same_paths() {
        let target = OriginTarget { url: "http://10.0.0.1:81/x?y".to_owned(), host: None };
        let origin = OriginAddress::new(&target).expect("an origin");
        let url = Url::parse("https://s.test/a/b.wasm?v=1").expect("a URL");
        assert_eq!(origin.of(&url).as_str(), "http://10.0.0.1:81/a/b.wasm?v=1");
        let nowhere = OriginTarget { url: "s.test".to_owned(), host: None };
        assert!(OriginAddress::new(&nowhere).is_err());
    }
}
