//! Engines: one per class of caps, with a pool of instances that fits in a limited address space.

use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::subject::guest_abi::growth::{Caps, TABLES_MAX};

/// Stack of a guest. A frame of Go or Rust rarely passes 1 KiB.
pub(super) const WASM_STACK_BYTES: usize = 512 << 10;

/// Stack that a thread must have that calls `Plugin::call`: the guest's 512 KiB and as much again
/// for the host's own frames, twice. A thread with less than the guest's part aborts the whole
/// process when a guest recurses (measured: 512 KiB of guest stack on a thread of 256 KiB).
/// Rust's own threads and tokio's blocking threads have 2 MiB.
pub const CALLER_STACK_BYTES_MIN: usize = 2 << 20;

/// Address space of the memories of one pool: a quarter of the 2 GiB that stay of a worker's
/// `RLIMIT_AS` of 4 GiB beside code and stacks. Wasmtime's own default reserves 4.1 TB.
const POOL_BYTES: usize = 512 << 20;
/// Fewest and most instances of one pool.
const POOL_SLOTS: (usize, usize) = (4, 64);
/// Smallest class of memory: the default cap of 256 pages.
const MEMORY_CLASS_MIN: usize = 16 << 20;
/// Largest class of memory that is pooled; a larger memory is mapped for each call.
const MEMORY_CLASS_MAX: usize = 256 << 20;
/// Smallest and largest class of tables that are pooled, elements.
const TABLE_CLASS: (usize, usize) = (1 << 14, 1 << 17);
/// Guard behind a memory. Small, for address space; the code checks bounds in any case, as no
/// reservation covers all 4 GiB that an index can reach.
const GUARD_BYTES: u64 = 64 << 10;
/// The fixed part of an instance; 3,000 functions take 100 KB.
const INSTANCE_BYTES_MAX: usize = 1 << 20;

/// What modules of one engine have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EngineKey {
    fuel: bool,
    /// Largest memory and table of a pooled instance; none maps each instance anew.
    pool: Option<Caps>,
}

impl EngineKey {
    /// The class of modules with these caps.
    pub(super) fn new(caps: Caps, fuel: bool) -> Self {
        let memory_bytes = caps.memory_bytes.max(MEMORY_CLASS_MIN).checked_next_power_of_two();
        let table_elements = caps.table_elements.max(TABLE_CLASS.0).checked_next_power_of_two();
        let pool = memory_bytes
            .zip(table_elements)
            .map(|(memory_bytes, table_elements)| Caps { memory_bytes, table_elements })
            .filter(|class| class.memory_bytes <= MEMORY_CLASS_MAX)
            .filter(|class| class.table_elements <= TABLE_CLASS.1);
        Self { fuel, pool }
    }

    /// An engine of this class.
    ///
    /// # Errors
    /// When the address space does not hold its pool.
    pub(super) fn engine(self) -> wasmtime::Result<Engine> {
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
            .memory_reservation_for_growth(0)
            .guard_before_linear_memory(false);
        match self.pool {
            Some(class) => {
                config
                    .memory_reservation(class.memory_bytes as u64)
                    .allocation_strategy(InstanceAllocationStrategy::Pooling(pool(class)));
            }
            None => {
                config.memory_reservation(0);
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
        assert!(key(4096, 10_000).pool.is_some());
        assert!(key(4097, 10_000).pool.is_none());
        assert!(key(65_536, u32::MAX).pool.is_none());
    }

    #[test]
    fn every_class_makes_an_engine() {
        for key in [key(256, 10_000), key(4096, 1 << 17), key(65_536, u32::MAX)] {
            key.engine().expect("the address space holds it");
        }
    }
}
