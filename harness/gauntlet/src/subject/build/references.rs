//! The addresses that a page of the directory loads: which files they are, and which are missing.

use url::Url;
use wasm_gauntlet_web::discovery::page::{self, PageReferences};
use wasm_gauntlet_web::discovery::script::{self, Base, ReferenceKind, Strength};

use super::files::Files;

/// An invented host for the directory. An address with another host lies elsewhere.
const HOST: &str = "artefact.invalid";

/// Folders that hosting platforms fill themselves: analytics, protection, configuration.
const OF_PLATFORMS: &[&str] = &["_vercel", "cdn-cgi", ".netlify", "__", ".well-known"];

/// Scripts that servers often write when they start, from their environment.
const OF_STARTS: &[&str] =
    &["env.js", "__env.js", "env-config.js", "config.js", "runtime-config.js"];

/// What one page loads.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct PageLoads {
    /// Scripts that are there, by their names in the directory.
    pub(crate) scripts: Vec<String>,
    /// Scripts and modules that are not there, as the page's address resolves.
    pub(crate) missing: Vec<String>,
    /// Whether a script is loaded from elsewhere.
    pub(crate) elsewhere: bool,
}

/// The address of the file `name`.
pub(crate) fn address(name: &str) -> Option<Url> {
    let mut url = Url::parse("http://artefact.invalid/").ok()?;
    url.path_segments_mut().ok()?.pop_if_empty().extend(name.split('/'));
    Some(url)
}

/// What the page `name` loads by tags, and asks for in its own text.
pub(crate) fn of(files: &Files, page: &PageReferences) -> PageLoads {
    let mut found = PageLoads::default();
    for (url, _) in &page.scripts {
        match place(files, url) {
            LoadPlace::There(name) => found.scripts.push(name),
            LoadPlace::Missing(name) => found.missing.push(name),
            LoadPlace::Elsewhere => found.elsewhere = true,
        }
    }
    let inline = script::read(&page.inline.join("\n"));
    let asked = inline.mentions.iter().filter(|one| {
        one.kind == ReferenceKind::Module
            && one.strength == Strength::Asked
            && one.base == Base::Page
    });
    let asked = asked.filter_map(|one| page.base.join(&one.name).ok());
    for url in page.modules.iter().map(|(url, _)| url.clone()).chain(asked) {
        if let LoadPlace::Missing(name) = place(files, &url) {
            found.missing.push(name);
        }
    }
    let named_elsewhere = |name: &str| {
        let url = page.base.join(name).ok();
        url.is_some_and(|url| matches!(place(files, &url), LoadPlace::Elsewhere))
    };
    found.elsewhere |= inline.mentions.iter().any(|one| named_elsewhere(&one.name));
    found.missing.sort();
    found.missing.dedup();
    found
}

/// Where a page's resource is.
pub(crate) enum LoadPlace {
    /// In the directory, under this name.
    There(String),
    /// It should be in the directory, under this name.
    Missing(String),
    /// On another host, or filled in by somebody else.
    Elsewhere,
}

/// Where `url` is. A directory may be served below a path that only its pages know, so leading
/// segments that are no folder of it are removed.
pub(crate) fn place(files: &Files, url: &Url) -> LoadPlace {
    let path = decoded(url.path());
    let path = path.trim_start_matches('/');
    let first = path.split('/').next().unwrap_or_default();
    // A name that a server fills in, as in `{{ .Shim }}`.
    let is_template = path.contains(['{', '}', '<', '>', '$', '%']);
    if url.host_str() != Some(HOST) || is_template || OF_PLATFORMS.contains(&first) {
        return LoadPlace::Elsewhere;
    }
    let own = path.rsplit('/').next().unwrap_or_default();
    let mut rest = path;
    loop {
        if files.has(rest) {
            return LoadPlace::There(rest.to_owned());
        }
        match rest.split_once('/') {
            Some((folder, inner)) if !files.has_folder(folder) => rest = inner,
            _ if OF_STARTS.contains(&own) => return LoadPlace::Elsewhere,
            _ => return LoadPlace::Missing(path.to_owned()),
        }
    }
}

/// A path with percent-encoding removed (RFC 3986 §2.1). Other percent signs stay.
fn decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits.filter(|_| *first == b'%').map(|digits| u8::from_str_radix(digits, 16));
        match byte {
            Some(Ok(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The page of this text and name.
pub(crate) fn page(name: &str, html: &str) -> Option<PageReferences> {
    Some(page::read(html, &address(name)?))
}
