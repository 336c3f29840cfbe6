//! Artefacts that are no core module at all: what a broken upload or a cached error page
//! looks like.

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
;; seen-in: GUESTS.md F, 1.6
;; tier: core
;; near-twin: benign-tiny
",
        build: |_| Ok(Vec::new()),
    },
    Generated {
        id: "bin-bad-magic",
        header: "\
;; attack: is a good module but for the first byte
;; contained-if: rejected(validate)
;; seen-in: GUESTS.md F
;; tier: core
;; near-twin: benign-tiny
",
        build: |_| {
            let mut bytes = Builder::abi().finish();
            bytes[0] = b'?';
            Ok(bytes)
        },
    },
    Generated {
        id: "bin-truncated",
        header: "\
;; attack: is the first `at` bytes of a good module; few prefixes are valid, and these lack exports
;; contained-if: rejected(validate) | rejected(export)
;; seen-in: GUESTS.md F (bin-truncated-at-every-byte)
;; tier: core
;; near-twin: benign-tiny
;; params: at=40
",
        build: truncated,
    },
    Generated {
        id: "bin-wat-text",
        header: "\
;; attack: is a good module as text, which some engines assemble when asked to load bytes
;; contained-if: rejected(validate)
;; seen-in: GUESTS.md F, 1.6
;; tier: core
;; near-twin: benign-tiny
",
        build: |_| Ok(TEXT.into()),
    },
    Generated {
        id: "bin-html",
        header: "\
;; attack: is an error page, cached in place of the module
;; contained-if: rejected(validate)
;; seen-in: GUESTS.md F
;; tier: core
;; near-twin: benign-tiny
",
        build: |_| Ok(PAGE.into()),
    },
    Generated {
        id: "shape-component",
        header: "\
;; attack: is an empty component instead of a module
;; contained-if: rejected(validate)
;; seen-in: GUESTS.md F (bin-component)
;; tier: core
;; near-twin: benign-tiny
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

/// The magic and the preamble of the component layer.
const COMPONENT: &[u8] = b"\0asm\x0d\x00\x01\x00";

fn truncated(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let at = params.number("at")? as usize;
    let mut bytes = Builder::abi().finish();
    if at >= bytes.len() {
        return Err(params.bad("at"));
    }
    bytes.truncate(at);
    Ok(bytes)
}
