//! Bodies coded with a dictionary that the client has (RFC 9842). They are recognised by their
//! first bytes and not decoded: we have no dictionary and offer none.

wasm_gauntlet_model::words! {
    /// A coding that needs a dictionary. Its word is the one of `Content-Encoding`.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Dictionary {
        /// Brotli with a dictionary (§4).
        Br = "dcb",
        /// Zstandard with a dictionary (§5).
        Zstd = "dcz",
    }
}

/// Bytes of the SHA-256 of the dictionary, which follow the magic word (§4 and §5).
const DIGEST_BYTES: usize = 32;

impl Dictionary {
    /// How each body begins: four bytes of its own, or the head of a skippable frame of
    /// Zstandard that holds [`DIGEST_BYTES`].
    fn magic(self) -> &'static [u8] {
        match self {
            Self::Br => b"\xffDCB",
            Self::Zstd => b"\x5e\x2a\x4d\x18\x20\0\0\0",
        }
    }

    /// The coding that a member of `Content-Encoding` names.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| word.trim().eq_ignore_ascii_case(one.word()))
    }

    /// The coding by which `bytes` begin, and the digest of its dictionary in hexadecimal.
    pub fn of_bytes(bytes: &[u8]) -> Option<(Self, String)> {
        Self::ALL.iter().copied().find_map(|one| {
            let digest = bytes.strip_prefix(one.magic())?.get(..DIGEST_BYTES)?;
            Some((one, digest.iter().map(|byte| format!("{byte:02x}")).collect()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_told_by_its_first_bytes() {
        let body = |magic: &[u8]| [magic, &[0xab; DIGEST_BYTES], b"the rest"].concat();
        let digest = "ab".repeat(DIGEST_BYTES);
        for one in Dictionary::ALL.iter().copied() {
            let bytes = body(one.magic());
            assert_eq!(Dictionary::of_bytes(&bytes), Some((one, digest.clone())));
            assert_eq!(Dictionary::of_bytes(&bytes[..bytes.len() - 9]), None, "cut");
            assert_eq!(Dictionary::of_word(&one.word().to_ascii_uppercase()), Some(one));
        }
        for other in [&b"\0asm\x01\0\0\0"[..], b"", b"\x28\xb5\x2f\xfd", b"\xffDC"] {
            assert_eq!(Dictionary::of_bytes(other), None);
        }
        assert_eq!(Dictionary::of_word("br"), None);
    }
}
