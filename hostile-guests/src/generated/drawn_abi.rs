//! The guest ABI around a module without it: `process` calls one function of the module with fixed
//! arguments, then reports everything that can be observed.
//!
//! The first byte of the input, modulo the number of functions, selects the function. The output is
//! twelve little-endian `u64`: the number of the function, the pages of memory, a digest of memory,
//! a digest of globals and of table sizes, and up to eight results. A float is given by its bits.

use std::ops::Range;

use wasm_encoder::{
    Encode, ExportKind, ExportSection, Function, InstructionSink, MemArg, MemorySection, Module,
    RawSection, Section, SectionId, ValType,
};
use wasmparser::{
    CompositeInnerType, FuncType, Parser, Payload, ValType as Read, Validator, WasmFeatures,
};

use super::chance::Chance;
use super::encode::memory;

/// Most results of one function in the output.
const RESULTS_MAX: usize = 8;
/// Output words before the results.
const WORDS_BEFORE: usize = 4;

/// Locals of `process`, after its two parameters.
const WHICH: u32 = 2;
const AT: u32 = 3;
const HASH: u32 = 4;
const STATE: u32 = 5;
const RESULT: u32 = 6;
const VECTOR: u32 = RESULT + RESULTS_MAX as u32;

/// Start and factor of FNV-1a, 64 bits. Each word is rotated in, so that its high bits count too.
const HASH_BEGIN: i64 = 0xcbf2_9ce4_8422_2325_u64.cast_signed();
const HASH_FACTOR: i64 = 0x0100_0000_01b3;
const HASH_TURN: i64 = 23;

/// `(i32) -> i32` and `(i32, i32) -> i64` in the binary format.
const TYPES: &[u8] = &[0x60, 1, 0x7f, 1, 0x7f, 0x60, 2, 0x7f, 0x7f, 1, 0x7e];

/// The sections before the exports.
const EARLY: &[SectionId] = &[
    SectionId::Type,
    SectionId::Import,
    SectionId::Function,
    SectionId::Table,
    SectionId::Memory,
    SectionId::Global,
];

/// `module` with the ABI around it; none if it has parts that not every runtime offers.
pub(super) fn around(module: &[u8], chance: &mut Chance) -> Option<Vec<u8>> {
    let parts = Parts::of(module)?;
    let process = process(&parts, chance)?;
    let bytes = parts.assembled(module, &process)?;
    let features = WasmFeatures::WASM2.difference(WasmFeatures::GC_TYPES);
    Validator::new_with_features(features).validate_all(&bytes).ok()?;
    Some(bytes)
}

/// The parts of a module that are needed.
#[derive(Default)]
struct Parts {
    types: Vec<FuncType>,
    functions: Vec<u32>,
    globals: Vec<Read>,
    tables: u32,
    pages: (u64, Option<u64>),
    /// Sections by number, in order.
    sections: Vec<(u8, Range<usize>)>,
}

impl Parts {
    fn of(module: &[u8]) -> Option<Self> {
        let mut parts = Self::default();
        for payload in Parser::new(0).parse_all(module) {
            let payload = payload.ok()?;
            parts.sections.extend(payload.as_section());
            match payload {
                Payload::TypeSection(types) => {
                    for kind in types.into_iter().flatten().flat_map(|group| group.into_types()) {
                        match kind.composite_type.inner {
                            CompositeInnerType::Func(function) => parts.types.push(function),
                            _ => return None,
                        }
                    }
                }
                Payload::FunctionSection(functions) => {
                    parts.functions = functions.into_iter().collect::<Result<_, _>>().ok()?;
                }
                Payload::GlobalSection(globals) => {
                    let globals = globals.into_iter();
                    let kinds = globals.map(|global| Some(global.ok()?.ty.content_type));
                    parts.globals = kinds.collect::<Option<_>>()?;
                }
                Payload::TableSection(tables) => parts.tables = tables.count(),
                Payload::MemorySection(memories) => {
                    let memory = memories.into_iter().next()?.ok()?;
                    parts.pages = (memory.initial, memory.maximum);
                }
                _ => {}
            }
        }
        (!parts.functions.is_empty()).then_some(parts)
    }

    fn signature(&self, function: u32) -> Option<&FuncType> {
        self.types.get(*self.functions.get(function as usize)? as usize)
    }

    fn has_vectors(&self) -> bool {
        let of = |kinds: &[Read]| kinds.contains(&Read::V128);
        of(&self.globals) || self.types.iter().any(|one| of(one.params()) || of(one.results()))
    }

    /// The module with two more functions, its memory exported, and no other export.
    fn assembled(&self, module: &[u8], process: &Function) -> Option<Vec<u8>> {
        let kind = u32::try_from(self.types.len()).ok()?;
        let (alloc, first) = (constant_zero(), u32::try_from(self.functions.len()).ok()?);
        let mut exports = ExportSection::new();
        exports.export("memory", ExportKind::Memory, 0);
        exports.export("alloc", ExportKind::Func, first);
        exports.export("process", ExportKind::Func, first + 1);
        let mut exports = Some(exports);
        let mut out = Module::new();
        for (id, range) in &self.sections {
            let data = &module[range.clone()];
            let is = |section: SectionId| *id == u8::from(section);
            let early = EARLY.iter().any(|section| is(*section));
            if let Some(exports) = exports.take_if(|_| !early) {
                out.section(&exports);
            }
            if is(SectionId::Type) {
                out.section(&Longer::by(2, TYPES.to_vec(), *id, data));
            } else if is(SectionId::Function) {
                let more = encoded(|sink| [kind, kind + 1].map(|one| one.encode(sink)));
                out.section(&Longer::by(2, more, *id, data));
            } else if is(SectionId::Code) {
                let more = encoded(|sink| [&alloc, process].map(|one| one.encode(sink)));
                out.section(&Longer::by(2, more, *id, data));
            } else if is(SectionId::Memory) {
                let (least, most) = self.pages;
                let (least, most) = (least.max(1), most.map(|most| most.max(1)));
                out.section(MemorySection::new().memory(memory(least, most)));
            } else if !is(SectionId::Export) {
                out.section(&RawSection { id: *id, data });
            }
        }
        Some(out.finish())
    }
}

/// A section with more entries at its end.
struct Longer {
    id: u8,
    data: Vec<u8>,
}

impl Longer {
    fn by(more: u32, entries: Vec<u8>, id: u8, data: &[u8]) -> Self {
        let (mut count, mut read) = (0_u32, 0);
        for byte in data.iter().take(5) {
            count |= u32::from(byte & 0x7f).wrapping_shl(7 * read);
            read += 1;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let mut longer = encoded(|sink| count.wrapping_add(more).encode(sink));
        longer.extend_from_slice(&data[read as usize..]);
        longer.extend(entries);
        Self { id, data: longer }
    }
}

impl Encode for Longer {
    fn encode(&self, sink: &mut Vec<u8>) {
        RawSection { id: self.id, data: &self.data }.encode(sink);
    }
}

impl Section for Longer {
    fn id(&self) -> u8 {
        self.id
    }
}

fn encoded<T>(write: impl FnOnce(&mut Vec<u8>) -> T) -> Vec<u8> {
    let mut sink = Vec::new();
    write(&mut sink);
    sink
}

fn constant_zero() -> Function {
    let mut alloc = Function::new([]);
    alloc.instructions().i32_const(0).end();
    alloc
}

/// The body of `process`.
fn process(parts: &Parts, chance: &mut Chance) -> Option<Function> {
    let words = RESULTS_MAX as u32 + 2;
    let mut locals = vec![(2, ValType::I32), (words, ValType::I64)];
    locals.extend(parts.has_vectors().then_some((1, ValType::V128)));
    let mut body = Function::new(locals);
    let mut code = body.instructions();
    let count = u32::try_from(parts.functions.len()).ok()?;
    code.local_get(1).if_(wasm_encoder::BlockType::Empty);
    code.local_get(0).i32_load8_u(word(0, 0)).i32_const(count.cast_signed()).i32_rem_u();
    code.local_set(WHICH).end();
    for function in 0..count {
        let signature = parts.signature(function)?;
        code.local_get(WHICH).i32_const(function.cast_signed()).i32_eq();
        code.if_(wasm_encoder::BlockType::Empty);
        signature.params().iter().try_for_each(|kind| argument(&mut code, *kind, chance))?;
        code.call(function);
        for (index, kind) in signature.results().iter().enumerate().rev() {
            bits(&mut code, *kind)?;
            match u32::try_from(index).ok().filter(|_| index < RESULTS_MAX) {
                Some(index) => code.local_set(RESULT + index),
                None => code.drop(),
            };
        }
        code.end();
    }
    digest_memory(&mut code);
    digest_state(&mut code, parts)?;
    put_out(&mut code);
    Some(body)
}

fn word(offset: u64, align: u32) -> MemArg {
    MemArg { offset, align, memory_index: 0 }
}

/// Numbers at which arithmetic goes wrong.
const INTEGERS: &[i64] = &[0, 1, -1, 2, 7, 255, 65_536, i64::MIN, i64::MAX, 0x7fff_ffff, -8];
const FLOATS: &[f64] =
    &[0.0, -0.0, 1.0, -1.5, 0.5, 2.5, 1e300, -1e-300, f64::INFINITY, f64::NEG_INFINITY, f64::MAX];

/// An argument: half of them are numbers at which arithmetic goes wrong.
fn argument(code: &mut InstructionSink<'_>, kind: Read, chance: &mut Chance) -> Option<()> {
    let usual = chance.next() & 1 == 0;
    let integer = if usual { chance.one_of(INTEGERS) } else { chance.next().cast_signed() };
    let float = chance.one_of(FLOATS);
    match kind {
        Read::I32 => code.i32_const((integer & 0xffff_ffff) as u32 as i32),
        Read::I64 => code.i64_const(integer),
        Read::F32 => code.f32_const((float as f32).into()),
        Read::F64 => code.f64_const(float.into()),
        Read::V128 => code.v128_const(i128::from(integer) << 64 | i128::from(chance.next())),
        Read::Ref(kind) if kind.is_func_ref() => code.ref_null(wasm_encoder::HeapType::FUNC),
        Read::Ref(_) => return None,
    };
    Some(())
}

/// The value on the stack as an `i64`.
fn bits(code: &mut InstructionSink<'_>, kind: Read) -> Option<()> {
    match kind {
        Read::I32 => code.i64_extend_i32_u(),
        Read::I64 => code,
        Read::F32 => code.i32_reinterpret_f32().i64_extend_i32_u(),
        Read::F64 => code.i64_reinterpret_f64(),
        Read::V128 => {
            code.local_set(VECTOR).local_get(VECTOR).i64x2_extract_lane(0);
            code.local_get(VECTOR).i64x2_extract_lane(1).i64_const(1).i64_rotl().i64_xor()
        }
        Read::Ref(kind) if kind.is_func_ref() => code.ref_is_null().i64_extend_i32_u(),
        Read::Ref(_) => return None,
    };
    Some(())
}

/// `hash` after the word on the stack is rotated in.
fn turn_in(code: &mut InstructionSink<'_>, hash: u32) {
    code.local_get(hash).i64_xor().i64_const(HASH_TURN).i64_rotl();
    code.i64_const(HASH_FACTOR).i64_mul().local_set(hash);
}

fn digest_memory(code: &mut InstructionSink<'_>) {
    let empty = wasm_encoder::BlockType::Empty;
    code.i64_const(HASH_BEGIN).local_set(HASH).block(empty).loop_(empty);
    code.local_get(AT).memory_size(0).i32_const(16).i32_shl().i32_ge_u().br_if(1);
    code.local_get(AT).i64_load(word(0, 3));
    turn_in(code, HASH);
    code.local_get(AT).i32_const(8).i32_add().local_set(AT).br(0).end().end();
}

fn digest_state(code: &mut InstructionSink<'_>, parts: &Parts) -> Option<()> {
    code.i64_const(HASH_BEGIN).local_set(STATE);
    for (index, kind) in (0_u32..).zip(&parts.globals) {
        code.global_get(index);
        bits(code, *kind)?;
        turn_in(code, STATE);
    }
    for table in (0..parts.tables).filter(|_| parts.tables > 1) {
        code.table_size(table).i64_extend_i32_u();
        turn_in(code, STATE);
    }
    Some(())
}

fn put_out(code: &mut InstructionSink<'_>) {
    let at = |index: usize| word(8 * index as u64, 3);
    code.i32_const(0).local_get(WHICH).i64_extend_i32_u().i64_store(at(0));
    code.i32_const(0).memory_size(0).i64_extend_i32_u().i64_store(at(1));
    let words = [HASH, STATE].into_iter().chain(RESULT..VECTOR);
    for (index, local) in (2..).zip(words) {
        code.i32_const(0).local_get(local).i64_store(at(index));
    }
    code.i64_const(8 * (WORDS_BEFORE + RESULTS_MAX) as i64).end();
}
