//! Modules with one wrong function body, in a function that nobody calls.
//!
//! An engine that validates at the first call would accept them.

use wasm_encoder::Function;

use super::encode::{Builder, NOTHING};
use super::{Generated, Table};

pub(super) const TABLE: Table = Table { file: file!(), guests: GUESTS };

const GUESTS: &[Generated] = &[
    Generated {
        id: "bin-body-stack-empty",
        header: "\
;; attack: has an addition without operands in a function that nobody calls
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#invalid-bodies
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(with_body(&[0x6a, 0x1a, END])),
    },
    Generated {
        id: "bin-body-type-mismatch",
        header: "\
;; attack: has an addition of an integer and a float in a function that nobody calls
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#invalid-bodies
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(with_body(&[0x41, 0, 0x43, 0, 0, 0, 0, 0x6a, 0x1a, END])),
    },
    Generated {
        id: "bin-body-unknown-opcode",
        header: "\
;; attack: has an instruction that does not exist in a function that nobody calls
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#invalid-bodies
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(with_body(&[0xff, END])),
    },
    Generated {
        id: "bin-body-unknown-function",
        header: "\
;; attack: has a call of a function that does not exist in a function that nobody calls
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#invalid-bodies
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(with_body(&[0x10, 0x63, END])),
    },
    Generated {
        id: "bin-body-unknown-local",
        header: "\
;; attack: has a read of a local that does not exist in a function that nobody calls
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#invalid-bodies
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(with_body(&[0x20, 0x63, 0x1a, END])),
    },
    Generated {
        id: "bin-body-branch-depth",
        header: "\
;; attack: has a branch out of more blocks than there are in a function that nobody calls
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#invalid-bodies
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(with_body(&[0x0c, 9, END])),
    },
    Generated {
        id: "bin-body-no-end",
        header: "\
;; attack: has no end in a function that nobody calls
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#invalid-bodies
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(with_body(&[0x01])),
    },
    Generated {
        id: "bin-body-leftover",
        header: "\
;; attack: has a value left on the stack in a function that nobody calls
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#invalid-bodies
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(with_body(&[0x41, 0, END])),
    },
    Generated {
        id: "bin-body-alignment",
        header: "\
;; attack: has a load with more alignment than its width in a function that nobody calls
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#invalid-bodies
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(with_body(&[0x41, 0, 0x28, 3, 0, 0x1a, END])),
    },
    Generated {
        id: "bin-body-after-unreachable",
        header: "\
;; attack: has an addition of a float after an unreachable in a function that nobody calls
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#invalid-bodies
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(with_body(&[0x00, 0x43, 0, 0, 0, 0, 0x6a, 0x1a, END])),
    },
];

/// The instruction that ends a body.
const END: u8 = 0x0b;

fn with_body(code: &[u8]) -> Vec<u8> {
    let mut builder = Builder::abi();
    let mut body = Function::new([]);
    body.raw(code.iter().copied());
    builder.add(NOTHING, &body);
    builder.finish()
}
