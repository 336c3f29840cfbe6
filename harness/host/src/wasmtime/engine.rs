//! Engines: one for each class of caps, with a pool of instances that fits in a limited address
//! space.

use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::guest_abi::growth::{Caps, TABLES_MAX};

/// Stack of a guest. A frame of Go or Rust rarely passes 1 KiB.
pub(super) const WASM_STACK_BYTES: usize = 512 << 10;

/// Address space of the memories of one pool: a quarter of the 2 GiB that remain of the `RLIMIT_AS`
/// of 4 GiB of a worker after code and stacks. The default of wasmtime reserves 4.1 TB.
const POOL_BYTES: usize = 512 << 20;
/// Stacks of fibers, which we do not use. Wasmtime-wasi enables them, and the default of a thousand
/// reserves 2.1 GB an engine: half of the address space of a worker.
const FIBER_STACKS: u32 = 1;
/// Fewest and most instances of one pool.
const POOL_SLOTS: (usize, usize) = (4, 64);
/// Smallest class of memory: the default cap of 256 pages.
const MEMORY_CLASS_MIN: usize = 16 << 20;
/// Largest class of memory that is pooled; a larger memory is mapped for each call.
const MEMORY_CLASS_MAX: usize = 256 << 20;
/// Most address space reserved for a memory that is not pooled; larger ones move as they grow.
const RESERVED_BYTES_MAX: usize = 1 << 30;
/// Address space reserved behind a memory that moves.
const GROWTH_BYTES: u64 = 64 << 20;
/// Smallest and largest class of tables that are pooled, elements.
const TABLE_CLASS: (usize, usize) = (1 << 14, 1 << 17);
/// Guard after a memory. It is small to save address space. The code checks bounds in any case,
/// because no reservation covers all 4 GiB that an index can reach.
const GUARD_BYTES: u64 = 64 << 10;
/// The fixed part of an instance; 3,000 functions take 100 KB.
const INSTANCE_BYTES_MAX: usize = 1 << 20;

/// The common settings of the modules of one engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EngineKey {
    fuel: bool,
    /// Class of the largest memory.
    memory_bytes: usize,
    /// Class of the largest table, where instances are pooled; else each is mapped anew.
    pooled_table_elements: Option<usize>,
}

impl EngineKey {
    /// The class of modules with these caps.
    pub fn new(caps: Caps, fuel: bool) -> Self {
        let class = |size: usize, min| size.max(min).checked_next_power_of_two();
        let memory_bytes = class(caps.memory_bytes, MEMORY_CLASS_MIN).unwrap_or(RESERVED_BYTES_MAX);
        let pooled_table_elements = class(caps.table_elements, TABLE_CLASS.0)
            .filter(|elements| *elements <= TABLE_CLASS.1)
            .filter(|_| memory_bytes <= MEMORY_CLASS_MAX);
        Self { fuel, memory_bytes, pooled_table_elements }
    }

    /// An engine of this class.
    ///
    /// # Errors
    /// When the address space does not hold its pool.
    pub fn engine(self) -> wasmtime::Result<Engine> {
        Engine::new(&self.config())
    }

    fn config(self) -> Config {
        let mut config = Config::new();
        features(&mut config);
        config
            .epoch_interruption(true)
            .consume_fuel(self.fuel)
            .max_wasm_stack(WASM_STACK_BYTES)
            .memory_guard_size(GUARD_BYTES)
            .memory_reservation_for_growth(GROWTH_BYTES)
            .guard_before_linear_memory(false);
        let memory_bytes = self.memory_bytes;
        match self.pooled_table_elements {
            Some(table_elements) => {
                let pool = pool(Caps { memory_bytes, table_elements });
                config
                    .memory_reservation(memory_bytes as u64)
                    .allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
            }
            None => {
                // Without a reservation each growth copies the memory: 256 growths take seconds.
                config.memory_reservation(memory_bytes.min(RESERVED_BYTES_MAX) as u64);
            }
        }
        config
    }
}

/// Exactly the features of the contract. Threads, exceptions and garbage collection are not
/// compiled into this build of wasmtime.
fn features(config: &mut Config) {
    config
        .wasm_tail_call(true)
        .wasm_extended_const(true)
        .wasm_simd(true)
        .wasm_relaxed_simd(false)
        .wasm_multi_memory(false)
        .wasm_memory64(false)
        .wasm_wide_arithmetic(false)
        .wasm_custom_page_sizes(false)
        .wasm_backtrace_max_frames(None);
}

fn pool(class: Caps) -> PoolingAllocationConfig {
    let slots = (POOL_BYTES / class.memory_bytes).clamp(POOL_SLOTS.0, POOL_SLOTS.1);
    let slots = u32::try_from(slots).unwrap_or(u32::MAX);
    let tables = u32::try_from(TABLES_MAX).unwrap_or(u32::MAX);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_core_instances(slots)
        .total_memories(slots)
        .total_tables(slots.saturating_mul(tables))
        .total_stacks(FIBER_STACKS)
        .max_memories_per_module(1)
        .max_tables_per_module(tables)
        .max_memory_size(class.memory_bytes)
        .table_elements(class.table_elements)
        .max_core_instance_size(INSTANCE_BYTES_MAX);
    pool
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_gauntlet_model::limits::Limits;

    fn key(memory_pages: u32, table_elements: u32) -> EngineKey {
        let limits = Limits { memory_pages, table_elements, ..Limits::default() };
        EngineKey::new(Caps::of(&limits), false)
    }

    #[test]
    fn limits_alike_share_an_engine() {
        assert_eq!(key(1, 0), key(256, 10_000));
        assert_ne!(key(256, 10_000), key(257, 10_000));
        assert!(key(4096, 10_000).pooled_table_elements.is_some());
        assert!(key(4097, 10_000).pooled_table_elements.is_none());
        assert!(key(65_536, u32::MAX).pooled_table_elements.is_none());
    }

    #[test]
    fn every_class_makes_an_engine() {
        for key in [key(256, 10_000), key(4096, 1 << 17), key(65_536, u32::MAX)] {
            key.engine().expect("the address space holds it");
        }
    }
}
