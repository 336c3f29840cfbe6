//! Compile bombs of nesting, branching and values that cross blocks.
//!
//! Small modules: a limit on bytes does not stop them.

use wasm_encoder::{BlockType, Catch, Function, InstructionSink, ValType};

use super::encode::{ALLOC, Builder, TYPES_FREE, UNARY};
use super::{Generated, Table};
use crate::assemble::{AssembleError, Params};

pub(super) const TABLE: Table = Table { file: file!(), guests: GUESTS };

const GUESTS: &[Generated] = &[
    Generated {
        id: "cb-multival",
        header: bomb_header!(
            "heavy",
            "nests `loops` loops that each take and give `values` values: 13 KB, 17 GB to compile",
            seen_in: "FACTS.md#compile-bombs",
            params: "loops=1000, values=1000"
        ),
        build: multi_value,
    },
    Generated {
        id: "cb-phi",
        header: bomb_header!(
            "heavy",
            "changes `locals` locals inside `loops` nested loops: 45 KB, 26 s to compile",
            seen_in: "FACTS.md#compile-bombs",
            params: "locals=5000, loops=100"
        ),
        build: phi,
    },
    Generated {
        id: "cb-locals",
        header: bomb_header!(
            "heavy",
            "has `functions` functions with `locals` locals each: 8 KB",
            seen_in: "FACTS.md#compile-bombs",
            params: "functions=1000, locals=49999"
        ),
        build: locals,
    },
    Generated {
        id: "cb-dead-locals",
        header: bomb_header!(
            "heavy",
            "has `functions` functions with `locals` vectors each that nobody uses",
            seen_in: "FACTS.md#compile-bombs",
            params: "functions=200, locals=49999"
        ),
        build: dead_locals,
    },
    Generated {
        id: "cb-brtable-matrix",
        header: bomb_header!(
            "heavy",
            "has `tables` branch tables over `blocks` nested blocks",
            seen_in: "FACTS.md#compile-bombs",
            params: "blocks=1000, tables=1000"
        ),
        build: branch_matrix,
    },
    Generated {
        id: "cb-brtable-wide",
        header: bomb_header!(
            "heavy",
            "has one branch table of `targets` targets",
            seen_in: "FACTS.md#compile-bombs",
            params: "targets=65000"
        ),
        build: branch_wide,
    },
    Generated {
        id: "cb-nest-block",
        header: bomb_header!(
            "heavy",
            "nests `depth` blocks",
            seen_in: "FACTS.md#compile-bombs",
            params: "depth=100000"
        ),
        build: nest_blocks,
    },
    Generated {
        id: "cb-nest-loop",
        header: bomb_header!(
            "heavy",
            "nests `depth` loops",
            seen_in: "FACTS.md#compile-bombs",
            params: "depth=100000"
        ),
        build: nest_loops,
    },
    Generated {
        id: "cb-nest-if",
        header: bomb_header!(
            "heavy",
            "nests `depth` ifs",
            seen_in: "FACTS.md#compile-bombs",
            params: "depth=100000"
        ),
        build: nest_ifs,
    },
    Generated {
        id: "cb-nest-try",
        header: "\
;; attack: has a try with `catches` catches in each of `depth` nested tries
;; contained-if: ok | rejected(compile-budget) | rejected(static-limit) | rejected(size) |
;;   rejected(validate)
;; returns: bytes 74696e79
;; seen-in: FACTS.md#compile-bombs
;; tier: heavy
;; counterpart: benign-heavy
;; params: depth=100, catches=1000
;; features: exceptions
",
        build: nest_tries,
    },
];

/// A module with one function of `(i32) -> i32` next to the ABI. `write` writes its code except the
/// last two instructions.
fn with_body(locals: &[(u32, ValType)], write: impl FnOnce(&mut InstructionSink<'_>)) -> Vec<u8> {
    let mut builder = Builder::abi();
    add_body(&mut builder, locals, write);
    builder.finish()
}

fn add_body(
    builder: &mut Builder,
    locals: &[(u32, ValType)],
    write: impl FnOnce(&mut InstructionSink<'_>),
) {
    let mut body = Function::new(locals.iter().copied());
    let mut code = body.instructions();
    write(&mut code);
    code.local_get(0).end();
    builder.add(UNARY, &body);
}

pub(super) fn multi_value(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let (loops, values) = (params.number("loops")?, params.number("values")?);
    let mut builder = Builder::abi();
    let row = || vec![ValType::I32; values as usize];
    builder.types.ty().function(row(), row());
    add_body(&mut builder, &[], |code| {
        for nth in 0..values {
            code.i32_const(nth as i32);
        }
        for _ in 0..loops {
            code.loop_(BlockType::FunctionType(TYPES_FREE));
        }
        for _ in 0..loops {
            code.end();
        }
        for _ in 0..values {
            code.drop();
        }
    });
    Ok(builder.finish())
}

pub(super) fn phi(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let (locals, loops) = (params.number("locals")?, params.number("loops")?);
    Ok(with_body(&[(locals, ValType::I32)], |code| {
        for _ in 0..loops {
            code.loop_(BlockType::Empty);
        }
        for local in 1..=locals {
            code.local_get(local).i32_const(1).i32_add().local_set(local);
        }
        for _ in 0..loops {
            code.local_get(1).br_if(0).end();
        }
    }))
}

pub(super) fn locals(params: &Params) -> Result<Vec<u8>, AssembleError> {
    functions_with_locals(params, ValType::I32)
}

fn dead_locals(params: &Params) -> Result<Vec<u8>, AssembleError> {
    functions_with_locals(params, ValType::V128)
}

fn functions_with_locals(params: &Params, kind: ValType) -> Result<Vec<u8>, AssembleError> {
    let locals = params.number("locals")?;
    let mut builder = Builder::abi();
    for _ in 0..params.number("functions")? {
        add_body(&mut builder, &[(locals, kind)], |_| {});
    }
    Ok(builder.finish())
}

fn branch_matrix(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let (blocks, tables) = (params.number("blocks")?, params.number("tables")?);
    Ok(with_body(&[], |code| {
        for _ in 0..blocks {
            code.block(BlockType::Empty);
        }
        for _ in 0..tables {
            code.block(BlockType::Empty).local_get(0);
            code.br_table((0..blocks).collect::<Vec<u32>>(), 0).end();
        }
        for _ in 0..blocks {
            code.end();
        }
    }))
}

fn branch_wide(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let targets = vec![0; params.number("targets")? as usize];
    Ok(with_body(&[], |code| {
        code.block(BlockType::Empty).local_get(0).br_table(targets, 0).end();
    }))
}

fn nest(
    params: &Params,
    open: impl Fn(&mut InstructionSink<'_>),
) -> Result<Vec<u8>, AssembleError> {
    let depth = params.number("depth")?;
    Ok(with_body(&[], |code| {
        for _ in 0..depth {
            open(code);
        }
        for _ in 0..depth {
            code.end();
        }
    }))
}

fn nest_blocks(params: &Params) -> Result<Vec<u8>, AssembleError> {
    nest(params, |code| {
        code.block(BlockType::Empty);
    })
}

fn nest_loops(params: &Params) -> Result<Vec<u8>, AssembleError> {
    nest(params, |code| {
        code.loop_(BlockType::Empty);
    })
}

fn nest_ifs(params: &Params) -> Result<Vec<u8>, AssembleError> {
    nest(params, |code| {
        code.local_get(0).if_(BlockType::Empty);
    })
}

/// All in one block, because a catch outside every try would leave the function without its result.
fn nest_tries(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let (depth, catches) = (params.number("depth")?, params.number("catches")?);
    Ok(with_body(&[], |code| {
        code.block(BlockType::Empty);
        for _ in 0..depth {
            let all = vec![Catch::All { label: 0 }; catches as usize];
            code.try_table(BlockType::Empty, all).local_get(0).call(ALLOC).drop();
        }
        for _ in 0..=depth {
            code.end();
        }
    }))
}
