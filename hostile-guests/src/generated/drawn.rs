//! Valid modules, drawn from a seed, each with the guest ABI around it.
//!
//! Every correct host gives the same answer. Floats are made canonical where the specification
//! leaves NaN bits open. A counter in the module itself bounds loops and recursion.

use arbitrary::Unstructured;
use wasm_smith::{Config, Module};

use super::chance::Chance;
use super::drawn_abi;
use super::{Generated, Table};
use crate::assemble::{AssembleError, Params};

pub(super) const TABLE: Table = Table { file: file!(), guests: GUESTS };

/// The header of drawn guests: what each is, and the ends that are right.
macro_rules! drawn_header {
    ($attack:literal, $contained_if:literal) => {
        concat!(
            ";; attack: ",
            $attack,
            "\n;; contained-if: ",
            $contained_if,
            "\n;; returns: 96 bytes, as in src/generated/drawn_abi.rs: the same on every right host\
             \n;; seen-in: FACTS.md#drawn-modules\n;; tier: core\n;; counterpart: benign-math\
             \n;; params: seed=0\n"
        )
    };
}

const GUESTS: &[Generated] = &[
    Generated {
        id: "det-drawn-plain",
        header: drawn_header!(
            "is a module drawn from `seed`, of WebAssembly 2.0 without vectors and references",
            "ok | trap(unreachable)"
        ),
        build: |params| drawn(params, Shape::Plain),
    },
    Generated {
        id: "det-drawn-vectors",
        header: drawn_header!(
            "is a module with vectors drawn from `seed`",
            "ok | trap(unreachable)"
        ),
        build: |params| drawn(params, Shape::Vectors),
    },
    Generated {
        id: "det-drawn-tables",
        header: drawn_header!(
            "is a module with tables and references of functions drawn from `seed`",
            "ok | trap(unreachable)"
        ),
        build: |params| drawn(params, Shape::Tables),
    },
    Generated {
        id: "det-drawn-traps",
        header: drawn_header!(
            "is a module drawn from `seed` that is likely to trap",
            "ok | trap(unreachable) | trap(memory-out-of-bounds) | trap(table-out-of-bounds) \
             | trap(divide-by-zero) | trap(integer-overflow) | trap(bad-conversion) \
             | trap(signature-mismatch) | trap(null-element) | rejected(instantiate)"
        ),
        build: |params| drawn(params, Shape::Traps),
    },
];

/// What a drawn module is likely to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Plain,
    Vectors,
    Tables,
    Traps,
}

/// Random bytes for one module. wasm-smith stops by itself, at a few KiB of module.
const CHANCE_BYTES: usize = 8 << 10;

/// Draws for one seed, until one fits. Of modules with tables, one in 14 has no host references. A
/// runtime without a collector refuses the others.
const DRAWS_MAX: u64 = 2000;

/// How often a drawn module may start a loop or a function. Recursion of this depth fits in every
/// known stack: half a MiB, at under 1 KiB a frame.
const STEPS: u32 = 200;

fn drawn(params: &Params, shape: Shape) -> Result<Vec<u8>, AssembleError> {
    let seed = u64::from(params.number("seed")?);
    let draw = |attempt| draw(Chance::new(seed, attempt), shape);
    (0..DRAWS_MAX).find_map(draw).ok_or_else(|| params.bad("seed"))
}

fn draw(mut chance: Chance, shape: Shape) -> Option<Vec<u8>> {
    let bytes: Vec<u8> = std::iter::repeat_with(|| chance.next().to_le_bytes())
        .take(CHANCE_BYTES / 8)
        .flatten()
        .collect();
    let mut module = Module::new(config(shape), &mut Unstructured::new(&bytes)).ok()?;
    module.ensure_termination(STEPS).ok()?;
    drawn_abi::around(&module.to_bytes(), &mut chance)
}

/// The features that wazero, wasmi and wasmtime all offer by default, with sizes that an
/// interpreter runs in a millisecond.
fn config(shape: Shape) -> Config {
    let tables = shape == Shape::Tables;
    Config {
        canonicalize_nans: true,
        disallow_traps: shape != Shape::Traps,
        simd_enabled: shape == Shape::Vectors,
        reference_types_enabled: tables,
        exceptions_enabled: false,
        extended_const_enabled: false,
        gc_enabled: false,
        memory64_enabled: false,
        relaxed_simd_enabled: false,
        tail_call_enabled: false,
        threads_enabled: false,
        min_funcs: 1,
        max_funcs: 6,
        max_exports: 0,
        max_imports: 0,
        max_tags: 0,
        max_types: if tables { 4 } else { 8 },
        max_globals: if tables { 2 } else { 6 },
        max_instructions: if tables { 100 } else { 150 },
        max_nesting_depth: 6,
        min_memories: 1,
        max_memory32_bytes: 2 << 16,
        memory_max_size_required: true,
        max_tables: if tables { 2 } else { 1 },
        max_table_elements: 32,
        table_max_size_required: true,
        max_data_segments: 4,
        max_element_segments: 4,
        max_elements: 8,
        ..Config::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Drawn modules are useless if most seeds give the same one, or none.
    #[test]
    fn seeds_give_modules_that_differ_and_replay() {
        for shape in [Shape::Plain, Shape::Vectors, Shape::Tables, Shape::Traps] {
            let of = |seed: u64| {
                (0..DRAWS_MAX).find_map(|attempt| draw(Chance::new(seed, attempt), shape))
            };
            let modules: Vec<Vec<u8>> =
                (0..50).map(|seed| of(seed).expect("a module is drawn")).collect();
            let distinct: std::collections::BTreeSet<_> = modules.iter().collect();
            assert_eq!(distinct.len(), modules.len(), "{shape:?}");
            assert_eq!(of(7).as_ref(), Some(&modules[7]), "{shape:?}");
            let long = modules.iter().filter(|module| module.len() > 600).count();
            assert!(long > 25, "{shape:?}: {long} of 50 have more than 600 bytes");
        }
    }
}
