//! Guests with many memories.

use wasm_encoder::{BlockType, Function, MemArg, ValType};

use super::encode::{Builder, OUTPUT_AT_16, memory};
use super::{Generated, Table};
use crate::assemble::{AssembleError, Params};

pub(super) const TABLE: Table = Table { file: file!(), guests: GUESTS };

const GUESTS: &[Generated] = &[Generated {
    id: "mem-multi-100",
    header: "\
;; attack: has `memories` memories and grows each to `pages` pages, so that a cap a memory is no cap
;; contained-if: ok | memory-cap | rejected(validate) | rejected(static-limit)
;;   | rejected(instantiate)
;; returns: u32 <= memory_pages
;; seen-in: FACTS.md#memories-and-tables-are-capped-each
;; tier: core
;; counterpart: benign-grow
;; params: memories=100, pages=16
;; features: multi-memory
;; reaches: 1600 pages
",
    build: many_memories,
}];

/// Grows each memory page by page until refused, writes to every page and counts all of them.
fn many_memories(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let memories = params.number("memories")?;
    let pages = u64::from(params.number("pages")?);
    let mut process = Function::new([(2, ValType::I32)]);
    let (total, page) = (2, 3);
    let mut code = process.instructions();
    for index in 0..memories {
        let byte = MemArg { offset: 0, align: 0, memory_index: index };
        code.block(BlockType::Empty).loop_(BlockType::Empty);
        code.i32_const(1).memory_grow(index).local_tee(page).i32_const(-1).i32_eq().br_if(1);
        code.local_get(page).i32_const(16).i32_shl().i32_const(0x5a).i32_store8(byte);
        code.br(0).end().end();
        code.memory_size(index).local_get(total).i32_add().local_set(total);
    }
    let word = MemArg { offset: 16, align: 2, memory_index: 0 };
    code.i32_const(0).local_get(total).i32_store(word).i64_const(OUTPUT_AT_16).end();
    let mut builder = Builder::processing(&process);
    builder.memories = wasm_encoder::MemorySection::new();
    for _ in 0..memories {
        builder.memories.memory(memory(1, Some(pages)));
    }
    Ok(builder.finish())
}
