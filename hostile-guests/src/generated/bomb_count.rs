//! Compile bombs of section counts: little in each function, much in the tables of a module.

use wasm_encoder::{
    CompositeInnerType, CompositeType, ConstExpr, Elements, EntityType, ExportKind, FuncType,
    Function, GlobalType, RefType, SubType, ValType,
};

use super::encode::{Builder, NOTHING, TYPES_FREE};
use super::{Generated, Table};
use crate::assemble::{AssembleError, Params};

pub(super) const TABLE: Table = Table { file: file!(), guests: GUESTS };

const GUESTS: &[Generated] = &[
    Generated {
        id: "cb-funcs-1m",
        header: bomb_header!(
            "heavy",
            "has `functions` empty functions",
            seen_in: "FACTS.md#compile-bombs",
            params: "functions=999000"
        ),
        build: functions,
    },
    Generated {
        id: "cb-types-distinct",
        header: bomb_header!(
            "heavy",
            "has `types` function types, all different",
            seen_in: "FACTS.md#compile-bombs",
            params: "types=100000"
        ),
        build: distinct_types,
    },
    Generated {
        id: "cb-types-wide",
        header: bomb_header!(
            "heavy",
            "has `types` function types of a thousand parameters and results each",
            seen_in: "FACTS.md#compile-bombs",
            params: "types=3000"
        ),
        build: wide_types,
    },
    Generated {
        id: "cb-types-same",
        header: bomb_header!(
            "heavy",
            "has `types` function types, all the same",
            seen_in: "FACTS.md#compile-bombs",
            params: "types=900000"
        ),
        build: same_types,
    },
    Generated {
        id: "cb-rec-groups",
        header: "\
;; attack: has `types` types in one recursive group
;; contained-if: ok | rejected(compile-budget) | rejected(static-limit) | rejected(size) |
;;   rejected(validate)
;; returns: bytes 74696e79
;; seen-in: FACTS.md#compile-bombs
;; tier: heavy
;; counterpart: benign-heavy
;; params: types=100000
;; features: gc
",
        build: recursive_types,
    },
    Generated {
        id: "cb-globals",
        header: bomb_header!(
            "heavy",
            "has `globals` globals",
            seen_in: "FACTS.md#compile-bombs",
            params: "globals=1000000"
        ),
        build: globals,
    },
    Generated {
        id: "cb-exports",
        header: bomb_header!(
            "heavy",
            "has `exports` exports",
            seen_in: "FACTS.md#compile-bombs",
            params: "exports=100000"
        ),
        build: exports,
    },
    Generated {
        id: "cb-imports",
        header: bomb_header!(
            "heavy",
            "imports env.log `imports` times",
            seen_in: "FACTS.md#compile-bombs",
            params: "imports=100000"
        ),
        build: imports,
    },
    Generated {
        id: "cb-data-segs",
        header: bomb_header!(
            "heavy",
            "has `segments` passive data segments",
            seen_in: "FACTS.md#compile-bombs",
            params: "segments=99000"
        ),
        build: data_segments,
    },
    Generated {
        id: "cb-elem-exprs",
        header: bomb_header!(
            "heavy",
            "has an element segment of `elements` expressions",
            seen_in: "FACTS.md#compile-bombs",
            params: "elements=1000000"
        ),
        build: element_expressions,
    },
];

fn functions(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let mut builder = Builder::abi();
    let mut nothing = Function::new([]);
    nothing.instructions().end();
    for _ in 0..params.number("functions")? {
        builder.add(NOTHING, &nothing);
    }
    Ok(builder.finish())
}

const NUMBERS: [ValType; 4] = [ValType::I32, ValType::I64, ValType::F32, ValType::F64];

/// Sixteen parameters that spell the number in base four.
fn spelled(number: u32) -> impl Iterator<Item = ValType> + Clone {
    (0..16).map(move |digit| NUMBERS[(number >> (2 * digit)) as usize & 3])
}

fn distinct_types(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let mut builder = Builder::abi();
    for nth in 0..params.number("types")? {
        builder.types.ty().function(spelled(nth).collect::<Vec<_>>(), []);
    }
    Ok(builder.finish())
}

fn wide_types(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let mut builder = Builder::abi();
    for nth in 0..params.number("types")? {
        let row: Vec<ValType> = spelled(nth).cycle().take(1000).collect();
        builder.types.ty().function(row.clone(), row);
    }
    Ok(builder.finish())
}

pub(super) fn same_types(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let mut builder = Builder::abi();
    for _ in 0..params.number("types")? {
        builder.types.ty().function([], []);
    }
    Ok(builder.finish())
}

fn recursive_types(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let mut builder = Builder::abi();
    let count = params.number("types")?;
    let types: Vec<SubType> = (0..count)
        .map(|nth| {
            let next = ValType::Ref(RefType {
                nullable: true,
                heap_type: wasm_encoder::HeapType::Concrete(TYPES_FREE + (nth + 1) % count),
            });
            SubType {
                is_final: true,
                supertype_idx: None,
                composite_type: CompositeType {
                    inner: CompositeInnerType::Func(FuncType::new([next], [])),
                    shared: false,
                    descriptor: None,
                    describes: None,
                },
            }
        })
        .collect();
    builder.types.ty().rec(types);
    Ok(builder.finish())
}

fn globals(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let constant = GlobalType { val_type: ValType::I32, mutable: false, shared: false };
    let mut builder = Builder::abi();
    for _ in 0..params.number("globals")? {
        builder.globals.global(constant, &ConstExpr::i32_const(0));
    }
    Ok(builder.finish())
}

fn exports(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let mut builder = Builder::abi();
    for nth in 0..params.number("exports")? {
        builder.exports.export(&format!("e{nth}"), ExportKind::Func, 0);
    }
    Ok(builder.finish())
}

fn imports(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let count = params.number("imports")?;
    let mut builder = Builder::importing(count, |imports| {
        for _ in 0..count {
            imports.import("env", "log", EntityType::Function(TYPES_FREE));
        }
    });
    builder.types.ty().function([ValType::I32, ValType::I32], []);
    Ok(builder.finish())
}

fn data_segments(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let mut builder = Builder::abi();
    for nth in 0..params.number("segments")? {
        builder.data.passive([nth as u8]);
    }
    Ok(builder.finish())
}

fn element_expressions(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let mut builder = Builder::abi();
    let all = vec![ConstExpr::ref_func(0); params.number("elements")? as usize];
    builder.elements.passive(Elements::Expressions(RefType::FUNCREF, all.into()));
    Ok(builder.finish())
}
