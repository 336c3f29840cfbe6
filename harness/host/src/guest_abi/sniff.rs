//! The kind of bytes that are no module, in words that help their sender.

/// The first four bytes of modules and components.
const MAGIC: &[u8] = b"\0asm";
/// Version 1, layer 0: a core module.
const MODULE: &[u8] = &[1, 0, 0, 0];

/// Why these bytes are no core module; `None` if they begin as one.
pub(crate) fn not_a_module(bytes: &[u8]) -> Option<String> {
    if bytes.is_empty() {
        return Some("no bytes at all".to_owned());
    }
    if let Some(rest) = bytes.strip_prefix(MAGIC) {
        return preamble(rest);
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf".as_slice()).unwrap_or(bytes).trim_ascii_start();
    let what = if text.starts_with(b"(") || text.starts_with(b";;") {
        "WebAssembly text; assemble it first, a host takes the binary format only"
    } else if text.starts_with(b"<") {
        "HTML or XML, perhaps an error page instead of the module"
    } else if bytes.starts_with(&[0x1f, 0x8b]) {
        "gzip; undo the encoding first"
    } else if bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        "zstd; undo the encoding first"
    } else if bytes.starts_with(b"\x7fELF") {
        "an ELF file, a native or precompiled artefact, which a host must not load"
    } else if MAGIC.starts_with(bytes) {
        "cut short within the first four bytes"
    } else {
        return Some(format!("begins with {}, not with the module's magic", head(bytes)));
    };
    Some(format!("not a WebAssembly module: {what}"))
}

/// Whether the bytes have the structure of a module or component, valid or not.
pub(crate) fn parses(bytes: &[u8]) -> bool {
    wasmparser::Parser::new(0).parse_all(bytes).all(|payload| payload.is_ok())
}

fn preamble(rest: &[u8]) -> Option<String> {
    match rest.get(..4) {
        Some(MODULE) => None,
        Some([_, 0, 1, 0]) => {
            Some("a component, not a core module; this host takes core modules".to_owned())
        }
        Some(version) => Some(format!("version bytes {}, not 01 00 00 00", head(version))),
        None => Some("cut short within the version".to_owned()),
    }
}

fn head(bytes: &[u8]) -> String {
    let bytes: Vec<String> = bytes.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    bytes.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_wrong_bytes_has_its_own_words() {
        let why = |bytes: &[u8]| not_a_module(bytes).expect("these are no module");
        assert!(why(b"").contains("no bytes"));
        assert!(why(b"  (module)").contains("text"));
        assert!(why(b"<!DOCTYPE html>").contains("HTML"));
        assert!(why(b"\0asm\x0d\0\x01\0").contains("component"));
        assert!(why(b"\0asm\x02\0\0\0").contains("version"));
        assert!(why(b"\0as").contains("cut short"));
        assert!(why(b"\x7fELF").contains("ELF"));
        assert!(why(b"?asm\x01\0\0\0").contains("3f 61 73 6d"));
        assert_eq!(not_a_module(b"\0asm\x01\0\0\0"), None);
    }
}
