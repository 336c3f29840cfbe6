use proptest::prelude::*;
use wasm_encoder::CustomSection;

use super::*;
use crate::anatomy::flavour::{self, Flavour};

fn wat(text: &str) -> Vec<u8> {
    wat::parse_str(text).expect("the module of this test is valid")
}

#[test]
fn the_flavour_is_told_by_imports_and_exports() {
    let table = [
        (r#"(import "gojs" "runtime.wasmExit" (func))"#, Flavour::GoJs),
        (r#"(import "go" "runtime.wasmExit" (func))"#, Flavour::GoJs),
        (r#"(import "gojs" "runtime.ticks" (func))"#, Flavour::TinyGoJs),
        (
            r#"(import "wasi_snapshot_preview1" "fd_write" (func)) (func (export "_start"))"#,
            Flavour::Wasip1Command,
        ),
        (
            r#"(import "wasi_snapshot_preview1" "fd_write" (func)) (func (export "_initialize"))"#,
            Flavour::Wasip1Reactor,
        ),
        (r#"(import "wbg" "__wbg_log_1f" (func))"#, Flavour::WasmBindgen),
        (r#"(import "env" "emscripten_resize_heap" (func))"#, Flavour::Emscripten),
        (r#"(import "env" "print" (func))"#, Flavour::Other),
        ("(func)", Flavour::Core),
    ];
    for (text, flavour) in table {
        let module = read(&wat(&format!("(module {text})"))).expect("a module");
        assert_eq!(flavour::of(&module), flavour, "{text}");
    }
    assert_eq!(flavour::of(&read(b"\0asm\x0d\0\x01\0").expect("read")), Flavour::Component);
    assert!(read(b"<!doctype html>").is_err());
}

#[test]
fn build_information_that_segments_cut_is_put_together() {
    let text = r#"(module (memory 1)
        (data (i32.const 16) "\30\77\af\0c\92\74\08\02\41\e1\c1\07\e6\d6\18\e6path\tex")
        (data (i32.const 39) "ample.com/a\0abuild\tvcs.revision=0123abcd\0a")
        (data (i32.const 79) "\f9\32\43\31\86\18\20\72\00\82\42\10\41\16\d8\f2"))"#;
    let module = read(&wat(text)).expect("a module");
    assert_eq!(module.go_info, ["path\texample.com/a", "build\tvcs.revision=0123abcd"]);
    assert_eq!(module.build_id.as_deref(), Some("0123abcd"));
    let far = r#"(module (memory 1) (data (i32.const -2) "x") (data (i32.const 9) "y"))"#;
    assert_eq!(read(&wat(far)).expect("a module").go_info, Vec::<String>::new());
}

#[test]
fn sections_are_weighed_and_an_identity_is_read() {
    let mut bytes = wat("(module)");
    let mut add = |name: &str, data: &[u8]| {
        let section = CustomSection { name: name.into(), data: data.into() };
        let mut out = wasm_encoder::Module::new();
        out.section(&section);
        bytes.extend(&out.finish()[8..]);
    };
    add(".debug_info", &[0; 100]);
    add("version", b"\x071.2.3+ab");
    let module = read(&bytes).expect("a module");
    assert_eq!(module.custom_bytes(is_debug), 100);
    assert_eq!(module.build_id.as_deref(), Some("version: 1.2.3+ab"));
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _module = read(&[b"\0asm\x01\0\0\0", &bytes[..]].concat());
    }
}
