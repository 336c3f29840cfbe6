//! Growth of memory and tables: the caps, the denials, and what they prove.

use wasm_gauntlet_model::limits::Limits;

/// Most tables of a module: LLVM and Go use one, wasm-bindgen two. Each has the cap.
pub(crate) const TABLES_MAX: usize = 4;

/// A guest is at its cap if a growth is denied with less than this part of the cap left. A quarter,
/// because Go asks for arenas of 4 MiB under a cap of 16 MiB.
const STEP_DIVISOR: usize = 4;

/// What a guest may grow to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Caps {
    /// Of one linear memory, bytes.
    pub memory_bytes: usize,
    /// Of one table, elements.
    pub table_elements: usize,
}

impl Caps {
    /// The caps that `limits` name.
    pub fn of(limits: &Limits) -> Self {
        Self {
            memory_bytes: usize::try_from(limits.memory_bytes()).unwrap_or(usize::MAX),
            table_elements: usize::try_from(limits.table_elements).unwrap_or(usize::MAX),
        }
    }
}

/// The sizes of one resource, as the runtime asked for them.
#[derive(Debug, Clone, Copy, Default)]
struct Extent {
    now: usize,
    /// Additional amount of the last growth denied.
    denied_by: Option<usize>,
}

impl Extent {
    /// Whether a growth to `desired` is granted; `maximum` is the module's own.
    fn grow(&mut self, current: usize, desired: usize, maximum: Option<usize>, cap: usize) -> bool {
        self.now = current;
        if desired > cap {
            self.denied_by = Some(desired.saturating_sub(current));
            return false;
        }
        if maximum.is_none_or(|maximum| desired <= maximum) {
            self.now = desired;
        }
        true
    }

    fn at_cap(&self, cap: usize) -> bool {
        let step = |denied: usize| denied.min(cap / STEP_DIVISOR).max(1);
        self.denied_by.is_some_and(|denied| self.now.saturating_add(step(denied)) > cap)
    }
}

/// The growth of one instance.
#[derive(Debug)]
pub struct Growth {
    caps: Caps,
    memory: Extent,
    table: Extent,
    denied: u64,
}

impl Growth {
    /// Nothing has grown.
    pub fn new(caps: Caps) -> Self {
        Self { caps, memory: Extent::default(), table: Extent::default(), denied: 0 }
    }

    /// Whether a memory may grow.
    pub fn memory(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> bool {
        let granted = self.memory.grow(current, desired, maximum, self.caps.memory_bytes);
        self.denied += u64::from(!granted);
        granted
    }

    /// Whether a table may grow.
    pub fn table(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> bool {
        let granted = self.table.grow(current, desired, maximum, self.caps.table_elements);
        self.denied += u64::from(!granted);
        granted
    }

    /// Growths denied.
    pub fn denied(&self) -> u64 {
        self.denied
    }

    /// Whether a growth was denied to a guest within one step of that cap. One absurd request by a
    /// small guest does not prove that the cap ended it.
    pub(crate) fn at_cap(&self) -> bool {
        self.memory.at_cap(self.caps.memory_bytes) || self.table.at_cap(self.caps.table_elements)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: usize = 65_536;

    fn growth() -> Growth {
        Growth::new(Caps { memory_bytes: 256 * PAGE, table_elements: 1000 })
    }

    #[test]
    fn a_guest_at_its_cap_is_told_from_one_that_asks_for_too_much() {
        let mut page_by_page = growth();
        assert!(page_by_page.memory(0, 256 * PAGE, None));
        assert!(!page_by_page.memory(256 * PAGE, 257 * PAGE, None));
        assert!(page_by_page.at_cap());
        let mut absurd = growth();
        assert!(absurd.memory(0, PAGE, None));
        assert!(!absurd.memory(PAGE, 65_536 * PAGE, None));
        assert!(!absurd.at_cap());
        assert_eq!(absurd.denied(), 1);
    }

    #[test]
    fn an_arena_of_4_mib_denied_near_the_cap_is_evidence() {
        let mut go = growth();
        assert!(go.memory(0, 200 * PAGE, None));
        assert!(!go.memory(200 * PAGE, 264 * PAGE, None));
        assert!(go.at_cap());
    }

    #[test]
    fn a_modules_own_maximum_is_no_denial() {
        let mut growth = growth();
        assert!(growth.table(10, 20, Some(15)));
        assert_eq!((growth.denied(), growth.table.now), (0, 10));
    }
}
