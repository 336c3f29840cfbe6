//! The testbed's module: generated, of realistic size and redundancy, with the same bytes each
//! time.
//!
//! It can run: `alloc` and `checksum` are the feature of the page, and `mix` calls the generated
//! functions, all of which return.

mod body;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use wasm_encoder::{
    CodeSection, ConstExpr, CustomSection, DataSection, EntityType, ExportKind, ExportSection,
    FunctionSection, GlobalSection, GlobalType, ImportSection, MemorySection, MemoryType, Module,
    ProducersField, ProducersSection, TypeSection, ValType,
};

/// Any seed does; a new one means new bytes and new names.
const SEED: u64 = 0x6761_756e_746c_6574;

/// Generated functions. They have 1.37 MB, of which brotli leaves a quarter.
const FUNCTIONS: u32 = 2200;

/// Where strings begin: behind all addresses that a generated store can reach (64 KiB and its
/// offset).
const STRINGS_AT: i32 = 128 << 10;

/// Bytes of strings, as in the messages and tables of a program of this size.
const STRINGS_BYTES: usize = 96 << 10;

/// Where `alloc` begins.
const HEAP_AT: i32 = 256 << 10;

/// Pages of memory from the start, of 64 KiB: the strings, and 1 MiB to allocate from.
const PAGES: u64 = 20;

/// Words that the strings are made of.
const WORDS: u32 = 400;

/// Functions that every form of the module imports; generated ones come after them.
const IMPORTS: u32 = 1;

/// Bytes of ballast, which nothing compresses: more than any budget of a page.
const BALLAST_BYTES: usize = 4 << 20;

/// The variant of the module, beside the feature that it offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::testbed) struct ModuleRecipe {
    /// Namespace and function of its import.
    pub(crate) import: (&'static str, &'static str),
    /// Its build information.
    pub(crate) version: Option<&'static str>,
    /// The release of Go that it claims to be built with.
    pub(crate) go: Option<&'static str>,
    /// The name of the exported feature.
    pub(crate) feature: &'static str,
    /// Whether debug sections and paths of the build machine are in it.
    pub(crate) debug: bool,
    /// Whether it carries ballast.
    pub(crate) ballast: bool,
}

impl Default for ModuleRecipe {
    fn default() -> Self {
        Self {
            import: ("gojs", "runtime.wasmExit"),
            version: Some("gauntlet-testbed 1.0.0+7a1d"),
            go: None,
            feature: "checksum",
            debug: false,
            ballast: false,
        }
    }
}

/// The import of a module that was built for WASI.
pub(in crate::testbed) const WASI_IMPORT: (&str, &str) = ("wasi_snapshot_preview1", "proc_exit");

/// The generator's choices.
struct Draw(ChaCha8Rng);

impl Draw {
    fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// Less than `bound`, with equal probability.
    fn below(&mut self, bound: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * u64::from(bound)) >> 32) as u32
    }

    /// Less than `bound`, small numbers more often, as compilers number locals and fields.
    fn small(&mut self, bound: u32) -> u32 {
        self.below(bound).min(self.below(bound)).min(self.below(bound))
    }
}

/// The module's bytes.
pub(in crate::testbed) fn generate(make: &ModuleRecipe) -> Vec<u8> {
    let mut draw = Draw::new(SEED);
    let mut types = TypeSection::new();
    types.ty().function([ValType::I32, ValType::I32], [ValType::I32]);
    types.ty().function([ValType::I32], [ValType::I32]);
    types.ty().function([ValType::I32], []);
    let mut imports = ImportSection::new();
    imports.import(make.import.0, make.import.1, EntityType::Function(2));
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
        .export("mix", ExportKind::Func, IMPORTS + FUNCTIONS - 1)
        .export(make.feature, ExportKind::Func, IMPORTS + FUNCTIONS)
        .export("alloc", ExportKind::Func, IMPORTS + FUNCTIONS + 1);
    let mut data = DataSection::new();
    data.active(0, &ConstExpr::i32_const(STRINGS_AT), strings(&mut draw));

    let mut module = Module::new();
    module
        .section(&types)
        .section(&imports)
        .section(&functions)
        .section(&memories)
        .section(&globals);
    module.section(&exports).section(&code).section(&data);
    customs(&mut module, make);
    module.finish()
}

/// The sections that no engine reads.
fn customs(module: &mut Module, make: &ModuleRecipe) {
    let mut made_by = ProducersField::new();
    made_by.value("gauntlet-testbed", "1");
    let mut producers = ProducersSection::new();
    producers.field("processed-by", &made_by);
    if let Some(release) = make.go {
        let mut language = ProducersField::new();
        language.value("Go", release);
        producers.field("language", &language);
    }
    module.section(&producers);
    let mut add = |name: &str, data: Vec<u8>| {
        module.section(&CustomSection { name: name.into(), data: data.into() });
    };
    if let Some(version) = make.version {
        add("version", version.into());
    }
    if make.debug {
        add(".debug_info", vec![0x5a; 20_000]);
        add(".debug_str", b"\0/home/builder/checksum/main.rs\0/home/builder/lib.rs\0".to_vec());
    }
    if make.ballast {
        let mut draw = Draw::new(SEED);
        add(
            "ballast",
            (0..BALLAST_BYTES / 4).flat_map(|_| draw.0.next_u32().to_le_bytes()).collect(),
        );
    }
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
    use wasm_gauntlet_web::coding::{Layer, encode};

    #[test]
    fn the_same_bytes_each_time() {
        assert!(generate(&ModuleRecipe::default()) == generate(&ModuleRecipe::default()));
    }

    #[test]
    fn valid_without_a_name_section() {
        let module = generate(&ModuleRecipe::default());
        wasmparser::Validator::new().validate_all(&module).expect("a valid module");
        let customs: Vec<String> = wasmparser::Parser::new(0)
            .parse_all(&module)
            .filter_map(|part| match part.expect("a section") {
                wasmparser::Payload::CustomSection(section) => Some(section.name().to_owned()),
                _ => None,
            })
            .collect();
        assert_eq!(customs, ["producers", "version"]);
    }

    #[test]
    fn compresses_as_real_modules_do() {
        let module = generate(&ModuleRecipe::default());
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
        let module =
            wasmi::Module::new(&engine, &generate(&ModuleRecipe::default())[..]).expect("a module");
        let mut store = wasmi::Store::new(&engine, ());
        let mut linker = wasmi::Linker::new(&engine);
        linker.func_wrap("gojs", "runtime.wasmExit", |_: i32| ()).expect("a function");
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
