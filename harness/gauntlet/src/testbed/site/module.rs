//! The testbed's module: of realistic size and redundancy, generated, the same bytes each time.
//!
//! It runs too: `alloc` and `checksum` are the feature that the page offers, and `mix` enters
//! the generated functions, all of which return.

mod body;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ExportKind, ExportSection, FunctionSection, GlobalSection,
    GlobalType, MemorySection, MemoryType, Module, ProducersField, ProducersSection, TypeSection,
    ValType,
};

/// Any seed does; a new one means new bytes and new names.
const SEED: u64 = 0x6761_756e_746c_6574;

/// Functions that are generated: they make 1.37 MB, of which brotli leaves a quarter.
const FUNCTIONS: u32 = 2200;

/// Where strings begin: past all that a generated store can reach (64 KiB and its offset).
const STRINGS_AT: i32 = 128 << 10;

/// Bytes of strings, as messages and tables of a program of this size.
const STRINGS_BYTES: usize = 96 << 10;

/// Where `alloc` begins.
const HEAP_AT: i32 = 256 << 10;

/// Pages of memory from the start, of 64 KiB: the strings, and 1 MiB to allocate from.
const PAGES: u64 = 20;

/// Words that the strings are made of.
const WORDS: u32 = 400;

/// The generator's choices.
struct Draw(ChaCha8Rng);

impl Draw {
    fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// Less than `bound`, all alike.
    fn below(&mut self, bound: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * u64::from(bound)) >> 32) as u32
    }

    /// Less than `bound`, the small ones often, as compilers number locals and fields.
    fn small(&mut self, bound: u32) -> u32 {
        self.below(bound).min(self.below(bound)).min(self.below(bound))
    }
}

/// The module's bytes.
pub(super) fn generate() -> Vec<u8> {
    generate_build("1")
}

/// The bytes of the build before: the same program, made by an older tool.
pub(super) fn generate_old() -> Vec<u8> {
    generate_build("0")
}

fn generate_build(tool: &str) -> Vec<u8> {
    let mut draw = Draw::new(SEED);
    let mut types = TypeSection::new();
    types.ty().function([ValType::I32, ValType::I32], [ValType::I32]);
    types.ty().function([ValType::I32], [ValType::I32]);
    let mut functions = FunctionSection::new();
    let mut code = CodeSection::new();
    for index in 0..FUNCTIONS {
        functions.function(0);
        code.function(&body::generated(index, &mut draw));
    }
    functions.function(0).function(1);
    code.function(&body::checksum()).function(&body::alloc());

    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: PAGES,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut globals = GlobalSection::new();
    let heap = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
    globals.global(heap, &ConstExpr::i32_const(HEAP_AT));
    let mut exports = ExportSection::new();
    exports
        .export("memory", ExportKind::Memory, 0)
        .export("mix", ExportKind::Func, FUNCTIONS - 1)
        .export("checksum", ExportKind::Func, FUNCTIONS)
        .export("alloc", ExportKind::Func, FUNCTIONS + 1);
    let mut data = DataSection::new();
    data.active(0, &ConstExpr::i32_const(STRINGS_AT), strings(&mut draw));

    let mut module = Module::new();
    module.section(&types).section(&functions).section(&memories).section(&globals);
    module.section(&exports).section(&code).section(&data).section(&producers(tool));
    module.finish()
}

fn producers(tool: &str) -> ProducersSection {
    let mut made_by = ProducersField::new();
    made_by.value("gauntlet-testbed", tool);
    let mut section = ProducersSection::new();
    section.field("processed-by", &made_by);
    section
}

/// Sentences of invented words, some words far more often than others.
fn strings(draw: &mut Draw) -> Vec<u8> {
    const SYLLABLES: [&str; 16] = [
        "al", "be", "con", "di", "er", "fal", "in", "lo", "mem", "no", "out", "pre", "re", "st",
        "ti", "un",
    ];
    let words: Vec<String> = (0..WORDS)
        .map(|_| (0..2 + draw.below(3)).map(|_| SYLLABLES[draw.below(16) as usize]).collect())
        .collect();
    let mut text = Vec::with_capacity(STRINGS_BYTES);
    while text.len() < STRINGS_BYTES {
        text.extend_from_slice(words[draw.small(WORDS) as usize].as_bytes());
        text.push(if draw.below(12) == 0 { b'\n' } else { b' ' });
    }
    text.truncate(STRINGS_BYTES);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coding::{Layer, encode};

    #[test]
    fn the_same_bytes_each_time() {
        assert!(generate() == generate());
    }

    #[test]
    fn valid_without_a_name_section() {
        let module = generate();
        wasmparser::Validator::new().validate_all(&module).expect("a valid module");
        let customs: Vec<String> = wasmparser::Parser::new(0)
            .parse_all(&module)
            .filter_map(|part| match part.expect("a section") {
                wasmparser::Payload::CustomSection(section) => Some(section.name().to_owned()),
                _ => None,
            })
            .collect();
        assert_eq!(customs, ["producers"]);
    }

    #[test]
    fn compresses_as_real_modules_do() {
        let module = generate();
        assert!((1_000_000..2_000_000).contains(&module.len()), "{}", module.len());
        let ratio = |layer| encode(layer, &module).len() as f64 / module.len() as f64;
        let (br, gzip) = (ratio(Layer::Br), ratio(Layer::Gzip));
        assert!((0.05..=0.30).contains(&br), "br {br}");
        assert!((0.05..=0.35).contains(&gzip), "gzip {gzip}");
        assert!(br < gzip, "br {br} gzip {gzip}");
    }

    #[test]
    fn its_functions_run_and_return() {
        let engine = wasmi::Engine::default();
        let module = wasmi::Module::new(&engine, &generate()[..]).expect("a module");
        let mut store = wasmi::Store::new(&engine, ());
        let linker = wasmi::Linker::new(&engine);
        let instance = linker.instantiate_and_start(&mut store, &module).expect("an instance");
        let two = |name| instance.get_typed_func::<(i32, i32), i32>(&store, name).expect(name);
        let (mix, checksum) = (two("mix"), two("checksum"));
        let alloc = instance.get_typed_func::<i32, i32>(&store, "alloc").expect("alloc");
        let memory = instance.get_memory(&store, "memory").expect("memory");
        let at = alloc.call(&mut store, 8).expect("room");
        assert_ne!(at, alloc.call(&mut store, 8).expect("more room"));
        memory.write(&mut store, at as usize, b"gauntlet").expect("inside of memory");
        let fnv = |hash: u32, byte: &u8| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
        let expected = b"gauntlet".iter().fold(0x811c_9dc5, fnv);
        let got = checksum.call(&mut store, (at, 8)).expect("a checksum");
        assert_eq!(got as u32, expected);
        for seed in 0..20 {
            mix.call(&mut store, (seed, 3)).expect("an end");
        }
    }
}
