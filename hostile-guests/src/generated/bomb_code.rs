//! Compile bombs of one instruction sequence, repeated.
//!
//! Each is valid and answers like `benign-tiny` if it compiles in time. No bomb is ever run.

use wasm_encoder::{BlockType, Function, InstructionSink, MemArg, ValType};

use super::encode::{Builder, FIRST, NOTHING, TYPES_FREE, UNARY};
use super::{Generated, Table, benign};
use crate::assemble::{AssembleError, Params};

pub(super) const TABLE: Table = Table { file: file!(), guests: GUESTS };

const GUESTS: &[Generated] = &[
    Generated {
        id: "cb-calls",
        header: bomb_header!(
            "heavy",
            "calls a function `times` times in one body",
            seen_in: "FACTS.md#compile-bombs",
            params: "times=3500000"
        ),
        build: calls,
    },
    Generated {
        id: "cb-callind",
        header: bomb_header!(
            "heavy",
            "calls through a table `times` times in one body",
            seen_in: "FACTS.md#compile-bombs",
            params: "times=200000"
        ),
        build: indirect_calls,
    },
    Generated {
        id: "cb-call-args-1000",
        header: bomb_header!(
            "heavy",
            "makes `times` calls with a thousand arguments each",
            seen_in: "FACTS.md#compile-bombs",
            params: "times=1000"
        ),
        build: wide_calls,
    },
    Generated {
        id: "cb-multi-result",
        header: bomb_header!(
            "heavy",
            "makes `times` calls with a thousand results each",
            seen_in: "FACTS.md#compile-bombs",
            params: "times=1000"
        ),
        build: wide_results,
    },
    Generated {
        id: "cb-ifelse",
        header: bomb_header!(
            "heavy",
            "has `times` branches with an else in one body",
            seen_in: "FACTS.md#compile-bombs",
            params: "times=70000"
        ),
        build: if_else,
    },
    Generated {
        id: "cb-bulk-inline",
        header: bomb_header!(
            "heavy",
            "copies eight constant bytes `times` times in one body",
            seen_in: "FACTS.md#compile-bombs",
            params: "times=100000"
        ),
        build: bulk_inline,
    },
    Generated {
        id: "cb-loadstore",
        header: bomb_header!(
            "heavy",
            "loads and stores `times` times in one body",
            seen_in: "FACTS.md#compile-bombs",
            params: "times=700000"
        ),
        build: load_store,
    },
    Generated {
        id: "cb-straightline",
        header: bomb_header!(
            "heavy",
            "adds `times` times in one body, which compilers are quick at",
            seen_in: "FACTS.md#compile-bombs",
            params: "times=1000000"
        ),
        build: straight_line,
    },
    Generated {
        id: "cb-select-chain",
        header: bomb_header!(
            "heavy",
            "selects `times` times in one body, each from the result before",
            seen_in: "FACTS.md#compile-bombs",
            params: "times=500000"
        ),
        build: select_chain,
    },
    Generated {
        id: "cb-const-tree",
        header: bomb_header!(
            "heavy",
            "adds `times` constants that fold into one",
            seen_in: "FACTS.md#compile-bombs",
            params: "times=2000000"
        ),
        build: const_tree,
    },
    Generated {
        id: "cb-simd-shuffle",
        header: bomb_header!(
            "heavy",
            "shuffles `times` vectors in one body",
            seen_in: "FACTS.md#compile-bombs",
            params: "times=200000"
        ),
        build: shuffles,
    },
    Generated {
        id: "cb-select-v128",
        header: bomb_header!(
            "heavy",
            "selects `times` vectors in one body",
            seen_in: "FACTS.md#compile-bombs",
            params: "times=500000"
        ),
        build: select_vectors,
    },
    Generated {
        id: "cb-unreachable-tail",
        header: bomb_header!(
            "heavy",
            "has `times` dead instructions after an unreachable",
            seen_in: "FACTS.md#compile-bombs",
            params: "times=2000000"
        ),
        build: unreachable_tail,
    },
    Generated {
        id: "cb-parallel",
        header: bomb_header!(
            "heavy",
            "has `functions` functions of moderate size, compiled on every core at once",
            seen_in: "FACTS.md#compile-bombs",
            params: "functions=200"
        ),
        build: benign::heavy,
    },
];

/// The module with one more function of `(i32) -> i32`, which runs `step` `times` times.
fn repeated(
    params: &Params,
    mut builder: Builder,
    locals: &[(u32, ValType)],
    step: impl Fn(&mut InstructionSink<'_>),
) -> Result<Vec<u8>, AssembleError> {
    let mut body = Function::new(locals.iter().copied());
    let mut code = body.instructions();
    for _ in 0..params.number("times")? {
        step(&mut code);
    }
    code.local_get(0).end();
    builder.add(UNARY, &body);
    Ok(builder.finish())
}

fn calls(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let mut builder = Builder::abi();
    let mut nothing = Function::new([]);
    nothing.instructions().end();
    builder.add(NOTHING, &nothing);
    repeated(params, builder, &[], |code| {
        code.call(FIRST);
    })
}

fn indirect_calls(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let mut builder = Builder::abi();
    builder.tables.table(wasm_encoder::TableType {
        element_type: wasm_encoder::RefType::FUNCREF,
        table64: false,
        minimum: 1,
        maximum: None,
        shared: false,
    });
    repeated(params, builder, &[], |code| {
        code.i32_const(0).call_indirect(0, NOTHING);
    })
}

const WIDE: usize = 1000;

fn wide_calls(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let mut builder = Builder::abi();
    builder.types.ty().function(vec![ValType::I32; WIDE], []);
    let mut nothing = Function::new([]);
    nothing.instructions().end();
    let wide = builder.add(TYPES_FREE, &nothing);
    repeated(params, builder, &[], |code| {
        for _ in 0..WIDE {
            code.local_get(0);
        }
        code.call(wide);
    })
}

fn wide_results(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let mut builder = Builder::abi();
    builder.types.ty().function([], vec![ValType::I32; WIDE]);
    let mut body = Function::new([]);
    let mut code = body.instructions();
    for nth in 0..WIDE {
        code.i32_const(nth as i32);
    }
    code.end();
    let wide = builder.add(TYPES_FREE, &body);
    repeated(params, builder, &[], |code| {
        code.call(wide);
        for _ in 0..WIDE {
            code.drop();
        }
    })
}

fn if_else(params: &Params) -> Result<Vec<u8>, AssembleError> {
    repeated(params, Builder::abi(), &[], |code| {
        code.local_get(0).if_(BlockType::Empty).i32_const(1).local_set(0);
        code.else_().i32_const(2).local_set(0).end();
    })
}

fn bulk_inline(params: &Params) -> Result<Vec<u8>, AssembleError> {
    repeated(params, Builder::abi(), &[], |code| {
        code.i32_const(0).i32_const(8).i32_const(8).memory_copy(0, 0);
    })
}

fn load_store(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let word = MemArg { offset: 0, align: 2, memory_index: 0 };
    repeated(params, Builder::abi(), &[], |code| {
        code.i32_const(0).i32_const(0).i32_load(word).i32_store(word);
    })
}

fn straight_line(params: &Params) -> Result<Vec<u8>, AssembleError> {
    repeated(params, Builder::abi(), &[], |code| {
        code.local_get(0).i32_const(1).i32_add().local_set(0);
    })
}

fn select_chain(params: &Params) -> Result<Vec<u8>, AssembleError> {
    repeated(params, Builder::abi(), &[(1, ValType::I32)], |code| {
        code.local_get(0).local_get(1).local_get(0).select().local_set(0);
    })
}

fn const_tree(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let mut builder = Builder::abi();
    let mut body = Function::new([]);
    let mut code = body.instructions();
    code.i32_const(1);
    for nth in 0..params.number("times")? {
        code.i32_const((nth % 64) as i32).i32_add();
    }
    code.end();
    builder.add(UNARY, &body);
    Ok(builder.finish())
}

fn shuffles(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let lanes = [31, 0, 30, 1, 29, 2, 28, 3, 27, 4, 26, 5, 25, 6, 24, 7];
    repeated(params, Builder::abi(), &[(2, ValType::V128)], |code| {
        code.local_get(1).local_get(2).i8x16_shuffle(lanes).local_set(1);
    })
}

fn select_vectors(params: &Params) -> Result<Vec<u8>, AssembleError> {
    repeated(params, Builder::abi(), &[(2, ValType::V128)], |code| {
        code.local_get(1).local_get(2).local_get(0).select().local_set(1);
    })
}

fn unreachable_tail(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let mut builder = Builder::abi();
    let mut body = Function::new([]);
    let mut code = body.instructions();
    code.unreachable();
    for _ in 0..params.number("times")? {
        code.i32_const(0).drop();
    }
    code.end();
    builder.add(UNARY, &body);
    Ok(builder.finish())
}
