//! Benign guests that are large and honest.

use wasm_encoder::{
    BlockType, ConstExpr, Elements, ExportKind, Function, InstructionSink, RefType, TableType,
    ValType,
};

use super::encode::{Builder, FIRST, UNARY};
use super::{Generated, Table};
use crate::assemble::{AssembleError, Params};

pub(super) const TABLE: Table = Table { file: file!(), guests: GUESTS };

const GUESTS: &[Generated] = &[Generated {
    id: "benign-heavy",
    header: "\
;; attack: does what benign-tiny does, in a module of `functions` functions, slow to compile
;; contained-if: ok
;; returns: bytes 74696e79
;; seen-in: FACTS.md#module-size
;; tier: core
;; params: functions=3000
",
    build: heavy,
}];

/// As many functions as a Go guest has, all different, all reachable through an exported table.
pub(super) fn heavy(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let count = params.number("functions")?;
    let mut builder = Builder::abi();
    let indices: Vec<u32> = (0..count).map(|nth| builder.add(UNARY, &moderate_body(nth))).collect();
    builder.tables.table(TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: u64::from(count),
        maximum: Some(u64::from(count)),
        shared: false,
    });
    builder.exports.export("work", ExportKind::Table, 0);
    builder.elements.active(Some(0), &ConstExpr::i32_const(0), Elements::Functions(indices.into()));
    Ok(builder.finish())
}

/// Statements in one function: about 450 bytes of code, the mean of a Go build.
const STATEMENTS: u32 = 40;
/// The parameter and the locals of a function, all i32.
const LOCALS: u32 = 5;

fn moderate_body(nth: u32) -> Function {
    let mut random = Random(u64::from(nth) + 1);
    let mut function = Function::new([(LOCALS - 1, ValType::I32)]);
    let mut code = function.instructions();
    code.local_get(0).i32_const(nth as i32).i32_add().local_set(1);
    for _ in 0..STATEMENTS {
        statement(&mut code, &mut random, nth);
    }
    code.local_get(1).end();
    function
}

fn statement(code: &mut InstructionSink<'_>, random: &mut Random, nth: u32) {
    let [a, b, c] = [random.below(LOCALS), random.below(LOCALS), random.below(LOCALS)];
    let constant = random.below(1 << 16) as i32;
    match random.below(6) {
        0 => code.local_get(a).i32_const(constant).i32_xor().local_get(b).i32_add().local_set(c),
        1 => code.local_get(a).local_get(b).i32_mul().i32_const(7).i32_rotl().local_set(c),
        2 => store(code, a, b),
        3 => load(code, a, c),
        4 => {
            code.local_get(a).local_get(b).i32_lt_s().if_(BlockType::Empty);
            code.local_get(b).i32_const(constant).i32_sub().local_set(c);
            code.else_().local_get(a).i32_const(constant).i32_or().local_set(c).end()
        }
        _ if nth > 0 => code.local_get(a).call(FIRST + random.below(nth)).local_set(c),
        _ => code.local_get(a).i32_clz().local_set(c),
    };
}

const WORD: wasm_encoder::MemArg = wasm_encoder::MemArg { offset: 1024, align: 2, memory_index: 0 };

fn store<'a, 'b>(
    code: &'a mut InstructionSink<'b>,
    at: u32,
    value: u32,
) -> &'a mut InstructionSink<'b> {
    code.local_get(at).i32_const(0x7ffc).i32_and().local_get(value).i32_store(WORD)
}

fn load<'a, 'b>(
    code: &'a mut InstructionSink<'b>,
    at: u32,
    to: u32,
) -> &'a mut InstructionSink<'b> {
    code.local_get(at).i32_const(0x7ffc).i32_and().i32_load(WORD).local_set(to)
}

/// A small generator of numbers that is the same everywhere (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % u64::from(bound)) as u32
    }
}
