//! Artefacts that are not a core module: results of a broken upload or a cached error page.

use super::encode::Builder;
use super::{Generated, Table};
use crate::assemble::{AssembleError, Params};

pub(super) const TABLE: Table = Table { file: file!(), guests: GUESTS };

const GUESTS: &[Generated] = &[
    Generated {
        id: "bin-empty",
        header: "\
;; attack: is an artefact of no bytes, which Rust engines may read as empty text
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#not-a-module
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(Vec::new()),
    },
    Generated {
        id: "bin-magic-only",
        header: "\
;; attack: is the four bytes of the magic and no more
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#not-a-module
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(good()[..4].into()),
    },
    Generated {
        id: "bin-header-only",
        header: "\
;; attack: is the magic and the version alone, a valid module without exports
;; contained-if: rejected(export)
;; seen-in: FACTS.md#not-a-module
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(good()[..8].into()),
    },
    Generated {
        id: "bin-bad-magic",
        header: "\
;; attack: is a good module but for the first byte
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#not-a-module
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(with_byte(0, b'?')),
    },
    Generated {
        id: "bin-bad-version",
        header: "\
;; attack: is a good module of version 2
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#not-a-module
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(with_byte(4, 2)),
    },
    Generated {
        id: "bin-truncated",
        header: "\
;; attack: is the first `at` bytes of a good module; few prefixes are valid, and these lack
;;   exports
;; contained-if: rejected(validate) | rejected(export)
;; seen-in: FACTS.md#not-a-module
;; tier: core
;; counterpart: benign-tiny
;; params: at=40
",
        build: truncated,
    },
    Generated {
        id: "bin-trailing-garbage",
        header: "\
;; attack: is a good module with bytes after it that begin no section
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#not-a-module
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok([&good()[..], &[0x7f; 16]].concat()),
    },
    Generated {
        id: "bin-trailing-module",
        header: "\
;; attack: is two good modules, one after the other
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#not-a-module
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok([good(), good()].concat()),
    },
    Generated {
        id: "bin-bom",
        header: "\
;; attack: is a good module after a byte order mark
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#not-a-module
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok([&[0xef, 0xbb, 0xbf], &good()[..]].concat()),
    },
    Generated {
        id: "bin-wat-text",
        header: "\
;; attack: is a good module as text, which some engines assemble when asked to load bytes
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#not-a-module
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(TEXT.into()),
    },
    Generated {
        id: "bin-html",
        header: "\
;; attack: is an error page, cached in place of the module
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#not-a-module
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(PAGE.into()),
    },
    Generated {
        id: "bin-js-glue",
        header: "\
;; attack: is the script that belongs to a module instead of the module
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#not-a-module
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(SCRIPT.into()),
    },
    Generated {
        id: "bin-gzip",
        header: "\
;; attack: is the head of a gzip stream, served without its Content-Encoding
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#not-a-module
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(GZIP.into()),
    },
    Generated {
        id: "bin-elf",
        header: "\
;; attack: is the head of a native program
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#not-a-module
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(ELF.into()),
    },
    Generated {
        id: "bin-cwasm",
        header: "\
;; attack: is the head of a precompiled artefact, which a host must never deserialise from a user
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#not-a-module
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok([ELF, CWASM].concat()),
    },
    Generated {
        id: "shape-component",
        header: "\
;; attack: is an empty component instead of a module
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#not-a-module
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(COMPONENT.into()),
    },
];

const TEXT: &[u8] = br#"(module
  (memory (export "memory") 1)
  (data (i32.const 16) "tiny")
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "process") (param i32 i32) (result i64) (i64.const 0x10_00000004)))
"#;

const PAGE: &[u8] = b"<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head>\n\
    <body><h1>Not Found</h1></body></html>\n";

const SCRIPT: &[u8] = b"const go = new Go();\n\
    WebAssembly.instantiateStreaming(fetch(\"main.wasm\"), go.importObject)\n";

const GZIP: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xed\xc1\x01\x01";

/// The identification of a 64-bit program, and the type of a shared object.
const ELF: &[u8] = b"\x7fELF\x02\x01\x01\x00\0\0\0\0\0\0\0\0\x03\x00\x3e\x00";

const CWASM: &[u8] = b"\0.wasmtime.engine\0.wasmtime.bti\0.text\0";

/// The magic and the preamble of the component layer.
const COMPONENT: &[u8] = b"\0asm\x0d\x00\x01\x00";

fn good() -> Vec<u8> {
    Builder::abi().finish()
}

fn with_byte(at: usize, byte: u8) -> Vec<u8> {
    let mut bytes = good();
    bytes[at] = byte;
    bytes
}

fn truncated(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let at = params.number("at")? as usize;
    let mut bytes = good();
    if at >= bytes.len() {
        return Err(params.bad("at"));
    }
    bytes.truncate(at);
    Ok(bytes)
}
