//! Function bodies: generated ones, and the two that the page calls.

use wasm_encoder::{BlockType, Function, InstructionSink, MemArg, ValType};

use super::{Draw, IMPORTS};

/// Parameters of a generated function, which are its first locals.
const PARAMS: u32 = 2;

/// Locals that statements read and write, the parameters among them.
const LOCALS: u32 = 12;

/// Blocks in blocks; each loop's counter is a local of its own past the others.
const DEPTH_MAX: u32 = 3;

/// Statements of a body: as many as this, and up to as many again.
const STATEMENTS: u32 = 19;

/// Snippets that occur throughout the module, as inlined and monomorphised code does.
const SNIPPETS: u32 = 700;

/// Of sixteen statements, this many are a snippet.
const SNIPPETS_IN_16: u32 = 9;

/// A function calls only those below an eighth of its index. So calls nest at most four deep, and
/// everything returns soon.
const CALLEE_SHARE: u32 = 8;

/// Calls outside of loops only, and not in the first functions.
const CALLER_MIN: u32 = 64;

/// Addresses that loads and stores reach, before their offset.
const ADDRESS_MASK: i32 = 0xfffc;

/// A body of the type `(i32, i32) -> i32`.
pub(super) fn generated(index: u32, draw: &mut Draw) -> Function {
    let mut function = Function::new([(LOCALS - PARAMS + DEPTH_MAX, ValType::I32)]);
    let mut out = function.instructions();
    for _ in 0..STATEMENTS + draw.below(STATEMENTS) {
        if draw.below(16) < SNIPPETS_IN_16 {
            let mut snippet = Draw::new(u64::from(draw.small(SNIPPETS)));
            statement(&mut out, &mut snippet, 0);
        } else if index > CALLER_MIN && draw.below(8) == 0 {
            call(&mut out, draw, index / CALLEE_SHARE);
        } else {
            statement(&mut out, draw, 0);
        }
    }
    out.local_get(draw.below(LOCALS)).end();
    function
}

fn call(out: &mut InstructionSink<'_>, draw: &mut Draw, callees: u32) {
    out.local_get(draw.small(LOCALS)).local_get(draw.small(LOCALS));
    out.call(IMPORTS + draw.below(callees)).local_set(draw.below(LOCALS));
}

fn statement(out: &mut InstructionSink<'_>, draw: &mut Draw, depth: u32) {
    match draw.below(12) {
        0..=2 => {
            out.local_get(draw.small(LOCALS)).local_get(draw.small(LOCALS));
            operator(out, draw);
            out.local_set(draw.small(LOCALS));
        }
        3 | 4 => {
            out.local_get(draw.small(LOCALS)).i32_const(constant(draw));
            operator(out, draw);
            out.local_set(draw.small(LOCALS));
        }
        5 | 6 => {
            address(out, draw);
            out.i32_load(field(draw)).local_set(draw.small(LOCALS));
        }
        7 | 8 => {
            address(out, draw);
            out.local_get(draw.small(LOCALS)).i32_store(field(draw));
        }
        9 | 10 if depth < DEPTH_MAX => branch(out, draw, depth),
        11 if depth < DEPTH_MAX => repeat(out, draw, depth),
        _ => {
            out.i32_const(constant(draw)).local_set(draw.small(LOCALS));
        }
    }
}

fn branch(out: &mut InstructionSink<'_>, draw: &mut Draw, depth: u32) {
    out.local_get(draw.small(LOCALS)).i32_eqz().if_(BlockType::Empty);
    block(out, draw, depth);
    if draw.below(2) == 0 {
        out.else_();
        block(out, draw, depth);
    }
    out.end();
}

/// At most 8 rounds.
fn repeat(out: &mut InstructionSink<'_>, draw: &mut Draw, depth: u32) {
    let counter = LOCALS + depth;
    out.i32_const(1 + draw.below(8) as i32).local_set(counter).loop_(BlockType::Empty);
    block(out, draw, depth);
    out.local_get(counter).i32_const(1).i32_sub().local_tee(counter).br_if(0).end();
}

fn block(out: &mut InstructionSink<'_>, draw: &mut Draw, depth: u32) {
    for _ in 0..1 + draw.below(3) {
        statement(out, draw, depth + 1);
    }
}

fn address(out: &mut InstructionSink<'_>, draw: &mut Draw) {
    out.local_get(draw.small(LOCALS)).i32_const(ADDRESS_MASK).i32_and();
}

fn field(draw: &mut Draw) -> MemArg {
    MemArg { offset: u64::from(4 * draw.small(64)), align: 2, memory_index: 0 }
}

/// Mostly small numbers. One in eight is random.
fn constant(draw: &mut Draw) -> i32 {
    if draw.below(8) == 0 { draw.below(1 << 24) as i32 } else { draw.small(128) as i32 }
}

fn operator(out: &mut InstructionSink<'_>, draw: &mut Draw) {
    match draw.small(12) {
        0 => out.i32_add(),
        1 => out.i32_sub(),
        2 => out.i32_and(),
        3 => out.i32_eq(),
        4 => out.i32_shl(),
        5 => out.i32_lt_u(),
        6 => out.i32_or(),
        7 => out.i32_ne(),
        8 => out.i32_mul(),
        9 => out.i32_shr_u(),
        10 => out.i32_xor(),
        _ => out.i32_rotl(),
    };
}

/// `checksum(ptr, len)`: FNV-1a of 32 bits over memory.
pub(super) fn checksum() -> Function {
    const PTR: u32 = 0;
    const LEN: u32 = 1;
    const HASH: u32 = 2;
    let mut function = Function::new([(1, ValType::I32)]);
    let byte = MemArg { offset: 0, align: 0, memory_index: 0 };
    let mut out = function.instructions();
    out.i32_const(0x811c_9dc5_u32 as i32).local_set(HASH);
    out.block(BlockType::Empty).loop_(BlockType::Empty);
    out.local_get(LEN).i32_eqz().br_if(1);
    out.local_get(HASH).local_get(PTR).i32_load8_u(byte).i32_xor();
    out.i32_const(0x0100_0193).i32_mul().local_set(HASH);
    out.local_get(PTR).i32_const(1).i32_add().local_set(PTR);
    out.local_get(LEN).i32_const(1).i32_sub().local_set(LEN);
    out.br(0).end().end().local_get(HASH).end();
    function
}

/// `alloc(len)`: the next free bytes, which are never freed. Past the end, the caller's access
/// traps.
pub(super) fn alloc() -> Function {
    let mut function = Function::new([(1, ValType::I32)]);
    let mut out = function.instructions();
    out.global_get(0).local_set(1);
    out.local_get(1).local_get(0).i32_add().global_set(0);
    out.local_get(1).end();
    function
}
