//! Whether bytes are one valid module, by the rules of browsers.

use wasm_gauntlet_web::coding::{self, Content};
use wasmparser::{Encoding, Parser, Payload, TypeRef, Validator, WasmFeatures};

/// What browsers accept. Chromium, Firefox and Safari still run exception handling as it was before
/// it was standardised, and Emscripten emits it.
fn of_browsers() -> WasmFeatures {
    WasmFeatures::default() | WasmFeatures::LEGACY_EXCEPTIONS
}

/// What is said of a module that a program read as UTF-8 and wrote again.
pub(crate) const MANGLED: &str =
    "it was read as text and written again, so that bytes past 0x7F became EF BF BD";

/// Why `bytes` are not one valid core module; none if they are.
pub(crate) fn complaint(bytes: &[u8], content: Content) -> Option<String> {
    if content != Content::Wasm {
        return Some(format!("not a module, but {}", content.word()));
    }
    let validated = Validator::new_with_features(of_browsers()).validate_all(bytes);
    let (end, encoding) = known_part(bytes);
    match validated {
        Ok(_) if encoding == Some(Encoding::Component) => {
            Some("a component, not a module".to_owned())
        }
        Ok(_) => None,
        Err(_) if coding::mangled(bytes).is_some() => Some(MANGLED.to_owned()),
        // A section past the end means that the module is cut. Anything else after a module is
        // extra data.
        Err(error) if end < bytes.len() && !error.message().contains("end-of-file") => {
            let more = bytes.len() - end;
            let alone = Validator::new_with_features(of_browsers());
            match { alone }.validate_all(&bytes[..end]) {
                Ok(_) => Some(format!("{more} bytes follow the module, which ends at {end}")),
                Err(_) => Some(error.to_string()),
            }
        }
        Err(error) => Some(error.to_string()),
    }
}

/// Whether the module imports a memory that threads share; none where there is no module.
pub(crate) fn imports_shared_memory(bytes: &[u8], content: Content) -> Option<bool> {
    if content != Content::Wasm {
        return None;
    }
    for payload in Parser::new(0).parse_all(bytes) {
        match payload {
            Ok(Payload::ImportSection(section)) => {
                let is_shared = |ty| matches!(ty, TypeRef::Memory(memory) if memory.shared);
                let mut imports = section.into_imports().map_while(Result::ok);
                return Some(imports.any(|import| is_shared(import.ty)));
            }
            // Imports come before every section but types and custom ones.
            Ok(Payload::FunctionSection(_) | Payload::CodeSectionStart { .. }) | Err(_) => break,
            Ok(_) => {}
        }
    }
    Some(false)
}

/// Where the last section that can be read ends, and what the header says.
fn known_part(bytes: &[u8]) -> (usize, Option<Encoding>) {
    let (mut end, mut encoding_read) = (0, None);
    for payload in Parser::new(0).parse_all(bytes) {
        match payload {
            Ok(Payload::Version { encoding, range, .. }) => {
                encoding_read = encoding_read.or(Some(encoding));
                end = end.max(range.end);
            }
            // No module has such a section, so the module ended before it.
            Ok(Payload::UnknownSection { .. }) | Err(_) => break,
            Ok(payload) => {
                let section = payload.as_section().map(|(_, range)| range.end);
                end = end.max(section.unwrap_or(0));
            }
        }
    }
    (end.min(bytes.len()), encoding_read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn module() -> Vec<u8> {
        let text = r#"(module (memory 1) (func (export "f")) (data (i32.const 0) "abc"))"#;
        wat::parse_str(text).expect("the module of this test is valid")
    }

    fn wrong(bytes: &[u8]) -> Option<String> {
        complaint(bytes, wasm_gauntlet_web::coding::classify(bytes))
    }

    #[test]
    fn one_module_is_valid_and_nothing_else() {
        let good = module();
        assert_eq!(wrong(&good), None);
        let twice = [good.clone(), good.clone()].concat();
        let padded = [good.clone(), vec![0xff; 9]].concat();
        let unknown = [good.clone(), vec![0x20, 0]].concat();
        let component = b"\0asm\x0d\0\x01\0";
        for (bytes, says) in [
            (&good[..good.len() - 3], "end"),
            (&good[..6], "end"),
            (&twice, "follow the module"),
            (&padded, "follow the module"),
            (&unknown, "follow the module"),
            (component, "component"),
            (b"\0asm\x01\0\0\0\x01\xef\xbf\xbd", "read as text"),
            (b"<!doctype html>", "html"),
            (b"", "empty"),
        ] {
            let said = wrong(bytes).expect("this is no module");
            assert!(said.contains(says), "{said} / {says}");
        }
    }

    #[test]
    fn a_shared_memory_is_seen_where_it_is_imported() {
        for (text, shared) in [
            ("(module)", false),
            ("(module (memory 1 1 shared))", false),
            ("(module (import \"e\" \"m\" (memory 1)))", false),
            ("(module (import \"e\" \"m\" (memory 1 1 shared)))", true),
        ] {
            let module = wat::parse_str(text).expect("the module of this test is valid");
            assert_eq!(imports_shared_memory(&module, Content::Wasm), Some(shared), "{text}");
        }
        assert_eq!(imports_shared_memory(b"<p>", Content::Html), None);
    }

    proptest! {
        #[test]
        fn any_change_is_read(at in 0usize..64, byte in any::<u8>(), cut in 0usize..64) {
            let mut bytes = module();
            let at = at % bytes.len();
            bytes[at] = byte;
            bytes.truncate(bytes.len().saturating_sub(cut));
            let _ = wrong(&bytes);
        }
    }
}
