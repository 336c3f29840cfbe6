//! Modules with many items of one kind that a host can still run, and with long names.

use wasm_encoder::{
    ConstExpr, Elements, EntityType, ExportKind, Function, GlobalType, RefType, TableType, ValType,
};

use super::encode::{Builder, NOTHING, OUTPUT_AT_16, TYPES_FREE, memory};
use super::{Generated, Table};
use crate::assemble::{AssembleError, Params};

pub(super) const TABLE: Table = Table { file: file!(), guests: GUESTS };

const GUESTS: &[Generated] = &[
    Generated {
        id: "cpu-straightline-bulk",
        header: "\
;; attack: fills its whole memory `fills` times without a loop
;; contained-if: deadline | fuel | ok
;; returns: bytes 74696e79
;; seen-in: FACTS.md#bulk-operations
;; tier: core
;; counterpart: benign-fill
;; params: fills=3000, pages=64
",
        build: straight_fills,
    },
    Generated {
        id: "mem-globals",
        header: "\
;; attack: has `globals` globals, which every instance pays for
;; contained-if: ok | memory-cap | rejected(static-limit) | rejected(instantiate)
;; returns: bytes 74696e79
;; seen-in: FACTS.md#instantiation-cost
;; tier: core
;; counterpart: benign-tiny
;; params: globals=100000
",
        build: globals,
    },
    Generated {
        id: "mem-tables-100",
        header: "\
;; attack: has `tables` tables of `elements` elements, so that a limit a table is no limit
;; contained-if: ok | memory-cap | rejected(static-limit) | rejected(instantiate)
;; returns: bytes 74696e79
;; seen-in: FACTS.md#memories-and-tables-are-capped-each
;; tier: core
;; counterpart: benign-table
;; params: tables=100, elements=9000
",
        build: tables,
    },
    Generated {
        id: "inst-data-overlap",
        header: "\
;; attack: writes `segments` data segments to the same byte
;; contained-if: ok | rejected(static-limit)
;; returns: bytes 74696e79
;; seen-in: FACTS.md#active-segments
;; tier: core
;; counterpart: benign-tiny
;; params: segments=90000
",
        build: segments,
    },
    Generated {
        id: "inst-elem-many",
        header: "\
;; attack: has a table of `elements` elements and fills it when instantiated
;; contained-if: ok | memory-cap | rejected(static-limit) | rejected(instantiate)
;; returns: bytes 74696e79
;; seen-in: FACTS.md#active-segments
;; tier: core
;; counterpart: benign-indirect
;; params: elements=1000000
",
        build: elements,
    },
    Generated {
        id: "inst-global-chain",
        header: "\
;; attack: has `globals` globals, each computed from the one before
;; contained-if: ok | rejected(validate) | rejected(static-limit)
;; returns: bytes 74696e79
;; seen-in: FACTS.md#instantiation-cost
;; tier: core
;; counterpart: benign-tiny
;; params: globals=10000
;; features: gc, extended-const
",
        build: global_chain,
    },
    Generated {
        id: "shape-import-long-name",
        header: "\
;; attack: imports a function with a name of `length` letters
;; contained-if: rejected(import) | rejected(static-limit)
;; seen-in: FACTS.md#hostile-names
;; tier: core
;; counterpart: benign-log
;; params: length=90000
",
        build: long_import,
    },
    Generated {
        id: "shape-export-long-name",
        header: "\
;; attack: exports a function with a name of `length` letters beside the ABI
;; contained-if: ok | rejected(static-limit)
;; returns: bytes 74696e79
;; seen-in: FACTS.md#hostile-names
;; tier: core
;; counterpart: benign-tiny
;; params: length=90000
",
        build: long_export,
    },
    Generated {
        id: "shape-export-many",
        header: "\
;; attack: exports `exports` functions beside the ABI
;; contained-if: ok | rejected(static-limit)
;; returns: bytes 74696e79
;; seen-in: FACTS.md#imports-and-exports
;; tier: core
;; counterpart: benign-tiny
;; params: exports=20000
",
        build: exports,
    },
    Generated {
        id: "shape-import-many",
        header: "\
;; attack: imports env.log `imports` times
;; contained-if: ok | rejected(static-limit)
;; returns: bytes 74696e79
;; seen-in: FACTS.md#imports-and-exports
;; tier: core
;; counterpart: benign-log
;; params: imports=5000
",
        build: imports,
    },
    Generated {
        id: "shape-process-1000-params",
        header: "\
;; attack: exports process with a thousand parameters
;; contained-if: rejected(export) | rejected(static-limit)
;; seen-in: FACTS.md#imports-and-exports
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(wide_process()),
    },
];

fn straight_fills(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let pages = params.number("pages")?;
    let bytes = pages.checked_mul(65536).ok_or_else(|| params.bad("pages"))?;
    let mut process = Function::new([]);
    let mut code = process.instructions();
    for fill in 0..params.number("fills")? {
        code.i32_const(64).i32_const(fill as i32).i32_const((bytes - 64) as i32).memory_fill(0);
    }
    code.i64_const(OUTPUT_AT_16).end();
    let mut builder = Builder::processing(&process);
    builder.memories = wasm_encoder::MemorySection::new();
    builder.memories.memory(memory(u64::from(pages), None));
    Ok(builder.finish())
}

const COUNTER: GlobalType = GlobalType { val_type: ValType::I64, mutable: true, shared: false };
const CONSTANT: GlobalType = GlobalType { val_type: ValType::I32, mutable: false, shared: false };

fn globals(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let mut builder = Builder::abi();
    for nth in 0..params.number("globals")? {
        builder.globals.global(COUNTER, &ConstExpr::i64_const(i64::from(nth)));
    }
    Ok(builder.finish())
}

fn global_chain(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let mut builder = Builder::abi();
    builder.globals.global(CONSTANT, &ConstExpr::i32_const(0));
    for before in 1..params.number("globals")? {
        let next = ConstExpr::global_get(before - 1).with_i32_const(1).with_i32_add();
        builder.globals.global(CONSTANT, &next);
    }
    Ok(builder.finish())
}

fn table_of(minimum: u32) -> TableType {
    TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: u64::from(minimum),
        maximum: None,
        shared: false,
    }
}

fn tables(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let mut builder = Builder::abi();
    for _ in 0..params.number("tables")? {
        builder.tables.table(table_of(params.number("elements")?));
    }
    Ok(builder.finish())
}

fn segments(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let mut builder = Builder::abi();
    for nth in 0..params.number("segments")? {
        builder.data.active(0, &ConstExpr::i32_const(64), [nth as u8]);
    }
    Ok(builder.finish())
}

fn elements(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let count = params.number("elements")?;
    let mut builder = Builder::abi();
    builder.tables.table(table_of(count));
    let all = vec![0; count as usize];
    builder.elements.active(Some(0), &ConstExpr::i32_const(0), Elements::Functions(all.into()));
    Ok(builder.finish())
}

fn long_import(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let name = "n".repeat(params.number("length")? as usize);
    let builder = Builder::importing(1, |imports| {
        imports.import("env", &name, EntityType::Function(NOTHING));
    });
    Ok(builder.finish())
}

fn long_export(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let mut builder = Builder::abi();
    let name = "n".repeat(params.number("length")? as usize);
    builder.exports.export(&name, ExportKind::Func, 0);
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

fn wide_process() -> Vec<u8> {
    let mut builder = Builder::abi();
    builder.types.ty().function(vec![ValType::I32; 1000], [ValType::I64]);
    let mut body = Function::new([]);
    body.instructions().i64_const(OUTPUT_AT_16).end();
    let wide = builder.add(TYPES_FREE, &body);
    builder.exports = wasm_encoder::ExportSection::new();
    builder.exports.export("memory", ExportKind::Memory, 0);
    builder.exports.export("alloc", ExportKind::Func, 0);
    builder.exports.export("process", ExportKind::Func, wide);
    builder.finish()
}
