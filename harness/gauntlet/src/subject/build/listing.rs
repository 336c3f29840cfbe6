//! The lines of a manifest of digests, as `sha256sum` writes them.

use std::collections::BTreeMap;

use wasm_gauntlet_web::anatomy::shown;

/// Most lines that are read. A build has fewer files.
const LINES_MAX: usize = 50_000;

/// A manifest that was read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Listing {
    /// The digest of each file that is named.
    pub(crate) named: BTreeMap<String, String>,
    /// Lines that cannot be read, each with what was expected.
    pub(crate) unread: Vec<String>,
}

/// Read the output of `sha256sum` and `sha256sum --tag`: `DIGEST  NAME`, `DIGEST *NAME` and
/// `SHA256 (NAME) = DIGEST`. Empty lines and comments (`#`) are skipped.
pub(crate) fn parse(text: &str) -> Listing {
    let mut listing = Listing::default();
    for (index, line) in text.lines().enumerate() {
        if index == LINES_MAX {
            listing.unread.push(format!("only the first {LINES_MAX} lines are read"));
            break;
        }
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        match entry(line) {
            Ok((name, digest)) => drop(listing.named.insert(name, digest)),
            Err(why) => listing.unread.push(format!("line {}: {why}", index + 1)),
        }
    }
    listing
}

/// Name and digest of one line, or why it has none.
fn entry(line: &str) -> Result<(String, String), String> {
    let expected = "expected 64 hexadecimal digits, two spaces and a name, as sha256sum prints";
    // sha256sum puts a backslash first where it escapes a name (a newline, a backslash in it).
    let (line, escaped) = line.strip_prefix('\\').map_or((line, false), |line| (line, true));
    let (digest, name) = tagged(line)
        .or_else(|| plain(line))
        .ok_or_else(|| format!("`{}` is not an entry; {expected}", shown(line)))?;
    if !digest.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(format!("`{}` is not a digest; {expected}", shown(digest)));
    }
    if digest.len() != SHA256_DIGITS {
        let kind = KINDS.iter().find(|(digits, _)| *digits == digest.len());
        let kind = kind.map_or("no SHA-256", |(_, kind)| kind);
        return Err(format!("{} digits are {kind}; {expected}", digest.len()));
    }
    let name = match escaped {
        true => name.replace("\\n", "\n").replace("\\r", "\r").replace("\\\\", "\\"),
        false => name.to_owned(),
    };
    let name = name.strip_prefix("./").unwrap_or(&name).to_owned();
    Ok((name, digest.to_ascii_lowercase()))
}

/// Hexadecimal digits of SHA-256.
const SHA256_DIGITS: usize = 64;

/// Digests of other kinds, by their number of digits.
const KINDS: &[(usize, &str)] =
    &[(32, "MD5"), (40, "SHA-1"), (56, "SHA-224"), (96, "SHA-384"), (128, "SHA-512")];

/// `SHA256 (NAME) = DIGEST`: digest and name.
fn tagged(line: &str) -> Option<(&str, &str)> {
    let (kind, rest) = line.split_once(" (")?;
    let (name, digest) = rest.rsplit_once(") = ")?;
    let is_kind = kind.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-/".contains(&byte));
    is_kind.then_some((digest.trim_end(), name))
}

/// `DIGEST  NAME` or `DIGEST *NAME`: digest and name.
fn plain(line: &str) -> Option<(&str, &str)> {
    let (digest, name) = line.split_once(' ')?;
    Some((digest, name.strip_prefix([' ', '*'])?))
}
