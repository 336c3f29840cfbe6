//! Why bytes that should be a module are not one, in words.

use wasmparser::{Validator, WasmFeatures};

use super::shown;
use crate::coding::{self, Content};

/// First bytes of files that are found in place of a module or a script, and their names.
const OPENINGS: &[(&[u8], &str)] = &[
    (b"\x1f\x8b", "is gzip data, but its name is that of the decoded file"),
    (b"\x28\xb5\x2f\xfd", "is zstd data, but its name is that of the decoded file"),
    (b"PK\x03\x04", "is a zip archive"),
    (b"!<arch>\n", "is an archive of object files"),
    (b"\x7fELF", "is an ELF program, built for Linux"),
    (b"\xcf\xfa\xed\xfe", "is a Mach-O program, built for macOS"),
    (b"MZ", "is a program for Windows"),
    (b"BC\xc0\xde", "is LLVM bitcode"),
    (b"(module", "is WebAssembly in its text format"),
    (b"(component", "is a component in its text format"),
];

/// First bytes that are shown of a file that nobody knows.
const HEAD_BYTES: usize = 4;

/// What the bytes are, where they are neither a module nor text of a program.
pub fn stranger(bytes: &[u8]) -> Option<&'static str> {
    let opening = OPENINGS.iter().find(|(opening, _)| bytes.starts_with(opening));
    opening.map(|(_, what)| *what).or_else(|| match coding::classify(bytes) {
        Content::Html => Some("is an HTML page"),
        Content::Empty => Some("is empty"),
        Content::LfsPointer => Some("is a Git LFS pointer: the real file was not fetched"),
        Content::Base64 => Some("is a module in base64, which is text: decode it"),
        Content::Json => Some("is a JSON text"),
        Content::Wasm | Content::Javascript | Content::Other => None,
    })
}

/// Why `bytes` are neither a valid module nor a valid component; none if they are one. Every
/// proposal that the parser knows counts as valid; whether an engine runs it is a separate
/// question.
pub fn as_module(bytes: &[u8]) -> Option<String> {
    if let Some(what) = stranger(bytes) {
        return Some(what.to_owned());
    }
    if coding::classify(bytes) == Content::Javascript {
        return Some("is a script".to_owned());
    }
    if !bytes.starts_with(b"\0asm") {
        let head = &bytes[..bytes.len().min(HEAD_BYTES)];
        let head: Vec<String> = head.iter().map(|byte| format!("{byte:02x}")).collect();
        let head = head.join(" ");
        return Some(format!("begins with {head}, but a module begins with 00 61 73 6d"));
    }
    let validated = Validator::new_with_features(WasmFeatures::all()).validate_all(bytes);
    let error = validated.err()?;
    if let Some(count) = coding::mangled(bytes) {
        return Some(format!(
            "was read as text and written again: {count} times, bytes past 0x7F became U+FFFD"
        ));
    }
    Some(format!("is cut short or damaged: {}", shown(&error.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_or_component_is_one_and_each_other_file_is_told_by_its_kind() {
        let module = wat::parse_str("(module (func (export \"f\") nop))").expect("a module");
        assert_eq!(as_module(&module), None);
        let component = wat::parse_str("(component)").expect("a component");
        assert_eq!(as_module(&component), None);
        let junk = [&module[..], b"deadbeef"].concat();
        let broken = [&module[..module.len() - 2], b"\xff\x0b"].concat();
        for (bytes, words) in [
            (&b""[..], "is empty"),
            (b"<!doctype html><p>404", "an HTML page"),
            (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS pointer"),
            (b"\x1f\x8b\x08\0", "gzip data"),
            (b"\x7fELF\x02", "an ELF program"),
            (b"const a = () => f();", "a script"),
            (b"\x0b\x02\x80", "begins with 0b 02 80"),
            (b"{\"error\": 404}", "a JSON text"),
            (b"AGFzbQEAAAA=\n", "a module in base64"),
            (b"\0asm\x01\0\0\0\xef\xbf\xbd\x02", "read as text and written again: 1 times"),
            (&module[..module.len() - 1], "cut short or damaged"),
            (&module[..3], "begins with 00 61 73"),
            (&module[..6], "cut short or damaged"),
            (&junk, "cut short or damaged"),
            (&broken, "cut short or damaged"),
        ] {
            let why = as_module(bytes).expect("it is none");
            assert!(why.contains(words), "{why}");
        }
    }
}
