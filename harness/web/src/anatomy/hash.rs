//! The digest in a file name: whether it is one of the common digests of the content.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// Characters of a name that are compared with digests. Five would match by chance once in 70,000
/// tries, and bundlers write at least six.
const DIGITS_MIN: usize = 6;

/// Bytes of one form of a file, and what that form is called.
pub(crate) type FileForm<'a> = (&'static str, &'a [u8]);

/// A digest of bytes.
type Hash = fn(&[u8]) -> Vec<u8>;

/// The digests that names are made of, the commonest first.
const HASHES: [(&str, Hash); 5] = [
    ("sha256", |bytes| Sha256::digest(bytes).to_vec()),
    ("sha1", |bytes| Sha1::digest(bytes).to_vec()),
    ("md5", |bytes| Md5::digest(bytes).to_vec()),
    ("sha384", |bytes| Sha384::digest(bytes).to_vec()),
    ("sha512", |bytes| Sha512::digest(bytes).to_vec()),
];

/// The digests of a file in each of its forms, as names may begin with them. Each is computed when
/// it is needed: all of them take 8 ms for a megabyte, and the first is usually right.
#[derive(Debug, Clone)]
pub struct Digests<'a> {
    forms: Vec<FileForm<'a>>,
    /// The only algorithm that counts; none means all.
    algorithm: Option<&'a str>,
}

impl<'a> Digests<'a> {
    /// Of each form: raw, br, gz.
    pub fn of(forms: &[FileForm<'a>]) -> Self {
        Self { forms: forms.to_vec(), algorithm: None }
    }

    /// Those of this algorithm alone.
    pub fn only(self, algorithm: &'a str) -> Self {
        Self { algorithm: Some(algorithm), ..self }
    }

    /// The scheme by which a part of `path` is the beginning of a digest.
    pub(crate) fn scheme(&self, path: &str) -> Option<Scheme> {
        let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
        if Writing::ALL.iter().all(|writing| writing.parts(file).next().is_none()) {
            return None;
        }
        let counts = |name: &str| self.algorithm.is_none_or(|only| only == name);
        let hashes = || HASHES.iter().filter(|(name, _)| counts(name));
        let all = self.forms.iter().flat_map(|form| hashes().map(move |hash| (form, hash)));
        all.into_iter().find_map(|((form, bytes), (name, hash))| {
            let digest = hash(bytes);
            Writing::ALL.into_iter().find_map(|writing| {
                let whole = writing.write(&digest);
                let part = writing.parts(file).find(|part| whole.starts_with(&writing.cased(part)));
                let digest = format!("{name} of the {form} bytes");
                Some(Scheme { digest, writing, digits: part?.len() })
            })
        })
    }
}

/// How a digest is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Writing {
    Hex,
    Base64Url,
    Base32,
}

impl Writing {
    const ALL: [Self; 3] = [Self::Hex, Self::Base64Url, Self::Base32];

    /// The parts of a file name that may be digits in this notation.
    fn parts(self, file: &str) -> Box<dyn Iterator<Item = &str> + '_> {
        match self {
            Self::Hex => {
                Box::new(parts(file).filter(|part| part.bytes().all(|b| b.is_ascii_hexdigit())))
            }
            Self::Base64Url => Box::new(tails(file)),
            Self::Base32 => Box::new(parts(file).filter(|part| {
                part.bytes().all(|b| matches!(b.to_ascii_uppercase(), b'A'..=b'Z' | b'2'..=b'7'))
            })),
        }
    }

    fn write(self, digest: &[u8]) -> String {
        match self {
            Self::Hex => hex(digest),
            Self::Base64Url => base64url(digest),
            Self::Base32 => base32(digest),
        }
    }

    fn cased(self, part: &str) -> String {
        match self {
            Self::Hex => part.to_ascii_lowercase(),
            Self::Base64Url => part.to_owned(),
            Self::Base32 => part.to_ascii_uppercase(),
        }
    }
}

/// The rule that makes a file name from the content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scheme {
    digest: String,
    writing: Writing,
    digits: usize,
}

impl Scheme {
    /// Whether a part of `path` looks as this scheme would have written it.
    pub(crate) fn may_name(&self, path: &str) -> bool {
        let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let digit = |part: &&str| part.bytes().any(|b| b.is_ascii_digit());
        self.writing.parts(file).filter(digit).any(|part| part.len() == self.digits)
    }
}

impl std::fmt::Display for Scheme {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let writing = match self.writing {
            Writing::Hex => "hexadecimal",
            Writing::Base64Url => "base64url",
            Writing::Base32 => "base32",
        };
        write!(out, "{}, {} digits, {writing}", self.digest, self.digits)
    }
}

/// Pieces of a file name that are long enough to be compared with a digest.
fn parts(file: &str) -> impl Iterator<Item = &str> {
    let long = |part: &&str| part.len() >= DIGITS_MIN;
    file.split(['.', '-', '_', '~', '@']).filter(long)
}

/// The text from a separator to the next dot: `-` and `_` are digits of base64url.
fn tails(file: &str) -> impl Iterator<Item = &str> {
    let starts = file.match_indices(['.', '-', '_', '~', '@']).map(|(at, _)| at + 1);
    std::iter::once(0).chain(starts).filter_map(|at| {
        let tail = file[at..].split('.').next()?;
        (tail.len() >= DIGITS_MIN).then_some(tail)
    })
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn base64url(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// RFC 4648 §6, without padding, as esbuild and Go's asset tools write it.
fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let digit = |bit: usize| {
        let at = |index: usize| u16::from(bytes.get(index).copied().unwrap_or(0));
        let pair = (at(bit / 8) << 8) | at(bit / 8 + 1);
        let value = (pair >> (11 - bit % 8)) & 31;
        char::from(ALPHABET[usize::from(value)])
    };
    (0..bytes.len() * 8).step_by(5).map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_common_digest_is_known_in_each_writing_and_chance_is_not() {
        let digests = Digests::of(&[("raw", b"abc"), ("gz", b"other")]);
        for (name, scheme) in [
            ("app.ba7816bf.wasm", "sha256 of the raw bytes, 8 digits, hexadecimal"),
            ("a/app-BA7816BF8F01.wasm", "sha256 of the raw bytes, 12 digits, hexadecimal"),
            ("a9993e36.js", "sha1 of the raw bytes, 8 digits, hexadecimal"),
            ("app_900150983cd24fb0.wasm", "md5 of the raw bytes, 16 digits, hexadecimal"),
            ("app-ungWv48B.js", "sha256 of the raw bytes, 8 digits, base64url"),
            ("app-XJ4BNP4P.js", "sha256 of the raw bytes, 8 digits, base32"),
        ] {
            let found = digests.scheme(name).map(|scheme| scheme.to_string());
            assert_eq!(found.as_deref(), Some(scheme), "{name}");
        }
        for name in ["app.wasm", "app.ba781.wasm", "app.ba7816b0.wasm", "v1.2.3/app.wasm", ""] {
            assert_eq!(digests.scheme(name), None, "{name}");
        }
    }
}
