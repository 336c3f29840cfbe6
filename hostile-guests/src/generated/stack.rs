//! Recursion with large frames.

use wasm_encoder::{Function, ValType};

use super::encode::{Builder, FIRST, OUTPUT_AT_16, TYPES_FREE, UNARY};
use super::{Generated, Table};
use crate::assemble::{AssembleError, Params};

pub(super) const TABLE: Table = Table { file: file!(), guests: GUESTS };

const GUESTS: &[Generated] = &[
    Generated {
        id: "stk-recurse-fat",
        header: "\
;; attack: recurses without end with `locals` live locals in each frame
;; contained-if: trap(stack) | rejected(static-limit)
;; seen-in: FACTS.md#native-stack
;; tier: core
;; counterpart: benign-recurse
;; params: locals=400
",
        build: fat,
    },
    Generated {
        id: "stk-params-1000",
        header: "\
;; attack: recurses without end with `params` parameters
;; contained-if: trap(stack) | rejected(static-limit)
;; seen-in: FACTS.md#native-stack
;; tier: core
;; counterpart: benign-recurse
;; params: params=1000
",
        build: wide,
    },
];

/// `process` calls the first function that a generator adds, then returns.
fn calling_first() -> Builder {
    let mut process = Function::new([]);
    process.instructions().i32_const(1).call(FIRST).drop().i64_const(OUTPUT_AT_16).end();
    Builder::processing(&process)
}

/// Every local is set before the call and used after it, so that all of them live across it.
fn fat(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let locals = params.number("locals")?;
    let mut builder = calling_first();
    let mut body = Function::new([(locals, ValType::I64)]);
    let mut code = body.instructions();
    for local in 1..=locals {
        code.local_get(0).i64_extend_i32_u().i64_const(i64::from(local)).i64_mul().local_set(local);
    }
    code.local_get(0).i32_const(1).i32_add().call(FIRST).i64_extend_i32_u();
    for local in 1..=locals {
        code.local_get(local).i64_xor();
    }
    code.i32_wrap_i64().end();
    builder.add(UNARY, &body);
    Ok(builder.finish())
}

fn wide(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let count = params.number("params")?;
    let mut builder = calling_first();
    builder.types.ty().function(vec![ValType::I32; count as usize], [ValType::I32]);
    let mut entry = Function::new([]);
    let mut code = entry.instructions();
    for _ in 0..count {
        code.local_get(0);
    }
    code.call(FIRST + 1).end();
    builder.add(UNARY, &entry);
    let mut body = Function::new([]);
    let mut code = body.instructions();
    for param in 0..count {
        code.local_get(param).i32_const(1).i32_add();
    }
    code.call(FIRST + 1).local_get(count.saturating_sub(1)).i32_add().end();
    builder.add(TYPES_FREE, &body);
    Ok(builder.finish())
}
