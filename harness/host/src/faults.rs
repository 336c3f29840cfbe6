//! The faults that an embedded host can be given.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use wasm_gauntlet_model::fault::{Fault, Part};
use wasm_gauntlet_model::limits::Limits;
use wasm_gauntlet_model::static_limits::StaticLimits;
use wasm_gauntlet_model::trap::TrapKind;

use super::guest_abi::end::{CallEnd, GuestError};
use super::guest_abi::growth::Caps;
use super::guest_abi::{PointerCheck, sniff};
use crate::process::locked::Locked;

/// The cap of `no-memory-cap`, pages: 256 MiB, which the machine survives.
const UNCAPPED_MEMORY_PAGES: u32 = 4096;
/// The cap of `no-table-cap`, elements: 20 M, 160 MB on a 64-bit host.
const UNCAPPED_TABLE_ELEMENTS: u32 = 20_000_000;
/// Bytes that `leak-instance` keeps of each call: the memory of a small guest.
const LEAKED_BYTES: usize = 1 << 20;
/// Most calls of a process that leak, 1 GiB in all. A process that runs out of memory would be
/// another fault, and a deployed host serves thousands of calls of other scenarios.
const LEAKED_CALLS_MAX: u32 = 1024;
/// Most descriptors or threads that one process leaks: more than the threshold of a leak, and less
/// than it may have open (256), so that nothing else fails.
const LEAKS_MAX: u32 = 120;
/// Stack of a leaked thread, which never calls anything.
const LEAKED_STACK_BYTES: usize = 64 << 10;
/// The log bounds of `unbounded-output`: above every correct one, and below the memory of a worker.
const UNBOUNDED_LOG_LINES: u32 = 1 << 14;
/// See [`UNBOUNDED_LOG_LINES`].
const UNBOUNDED_LOG_LINE_BYTES: u32 = 1 << 20;

/// The faults that are on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HostFaults(BTreeSet<Fault>);

impl HostFaults {
    /// Those of `faults` that a host can have.
    pub fn new(faults: impl IntoIterator<Item = Fault>) -> Self {
        Self(faults.into_iter().filter(|fault| fault.part() == Part::Host).collect())
    }

    /// Whether `fault` is on. The fast path serves a correct host, which asks twenty times a call.
    #[inline]
    pub fn has(&self, fault: Fault) -> bool {
        !self.0.is_empty() && self.0.contains(&fault)
    }

    /// The caps that this host enforces in place of those of `limits`.
    pub fn caps(&self, limits: &Limits) -> Caps {
        let mut lifted = limits.clone();
        if self.has(Fault::NoMemoryCap) {
            lifted.memory_pages = lifted.memory_pages.max(UNCAPPED_MEMORY_PAGES);
        }
        if self.has(Fault::NoTableCap) {
            lifted.table_elements = lifted.table_elements.max(UNCAPPED_TABLE_ELEMENTS);
        }
        Caps::of(&lifted)
    }

    /// The limits that this host really enforces, in place of `limits`.
    pub fn limits(&self, limits: &Limits) -> Limits {
        let mut held = limits.clone();
        if self.has(Fault::UnboundedOutput) {
            held.output_bytes_max = u32::MAX;
            held.log_lines_max = UNBOUNDED_LOG_LINES;
            held.log_line_bytes_max = UNBOUNDED_LOG_LINE_BYTES;
        }
        if self.has(Fault::NoFuel) {
            held.fuel = None;
        }
        if self.has(Fault::NoCompileLimits) {
            held.static_limits = StaticLimits::none();
        }
        held
    }

    /// How this host checks the range of an output.
    pub(crate) fn pointer_check(&self) -> PointerCheck {
        if self.has(Fault::UncheckedPointer) {
            PointerCheck::Wrapping32
        } else {
            PointerCheck::Sum64
        }
    }

    /// Whether this host keeps instances between calls.
    pub(crate) fn keeps_instances(&self) -> bool {
        self.has(Fault::SharedInstance) || self.has(Fault::PoolWithoutReset)
    }

    /// At the end of a guest: a host with `panic-on-trap` dies of a trap, one with
    /// `exit-kills-host` dies of an exit.
    pub(crate) fn on_end(&self, end: &CallEnd) {
        let dies = match end {
            CallEnd::Trap(_) => self.has(Fault::PanicOnTrap),
            CallEnd::Exit(_) => self.has(Fault::ExitKillsHost),
            _ => false,
        };
        if dies {
            std::process::abort();
        }
    }

    /// After a refusal: a host with `panic-on-malformed` dies of bytes that cannot be parsed.
    pub(crate) fn on_refused(&self, bytes: &[u8]) {
        if self.has(Fault::PanicOnMalformed) && !sniff::parses(bytes) {
            std::process::abort();
        }
    }

    /// At the end of a call: a host with `leak-instance` does not free its memory, one with
    /// `leak-descriptor` leaves a file open, one with `leak-thread` leaves a thread running. The
    /// instance itself is freed, because an exhausted pool would be another fault.
    pub fn leak(&self) {
        if self.has(Fault::LeakDescriptor) && leaks_more(&DESCRIPTORS_LEAKED, LEAKS_MAX) {
            std::mem::forget(std::fs::File::open("/dev/null"));
        }
        if self.has(Fault::LeakThread) && leaks_more(&THREADS_LEAKED, LEAKS_MAX) {
            let thread = std::thread::Builder::new().stack_size(LEAKED_STACK_BYTES);
            let _ = thread.spawn(|| {
                loop {
                    std::thread::park();
                }
            });
        }
        if self.has(Fault::LeakInstance) && leaks_more(&MEMORIES_LEAKED, LEAKED_CALLS_MAX) {
            // Without `black_box` the compiler removes the allocation.
            std::mem::forget(std::hint::black_box(vec![1_u8; LEAKED_BYTES]));
        }
    }

    /// The end and the words of a guest: with `errors-as-traps`, a trap without words.
    pub(crate) fn said(
        &self,
        end: CallEnd,
        said: Option<GuestError>,
    ) -> (CallEnd, Option<GuestError>) {
        match (end, said) {
            (CallEnd::Output(_), Some(_)) if self.has(Fault::ErrorsAsTraps) => {
                (CallEnd::Trap(TrapKind::Unreachable), None)
            }
            (end, said) => (end, said),
        }
    }
}

static DESCRIPTORS_LEAKED: AtomicU32 = AtomicU32::new(0);
static THREADS_LEAKED: AtomicU32 = AtomicU32::new(0);
static MEMORIES_LEAKED: AtomicU32 = AtomicU32::new(0);

/// Whether this process may leak one more, of at most so many.
fn leaks_more(leaked: &AtomicU32, max: u32) -> bool {
    leaked.fetch_add(1, Ordering::Relaxed) < max
}

/// The name of every instance of a `named-instance` host.
const NAME: &str = "plugin";

/// The names in use in this process.
static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// A name in use; free again when dropped.
#[derive(Debug)]
pub(crate) struct InstanceName(&'static str);

impl InstanceName {
    /// Take the name, as a host with `named-instance` does for each call; `None` without it.
    ///
    /// # Errors
    /// When another instance of this process has the name.
    pub(crate) fn take(faults: &HostFaults) -> Result<Option<Self>, String> {
        if !faults.has(Fault::NamedInstance) {
            return Ok(None);
        }
        let mut names = NAMES.locked();
        if names.insert(NAME) {
            Ok(Some(Self(NAME)))
        } else {
            Err(format!("module {NAME} already instantiated"))
        }
    }
}

impl Drop for InstanceName {
    fn drop(&mut self) {
        NAMES.locked().remove(self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_faults_of_a_host_count() {
        let faults = HostFaults::new([Fault::NoVary, Fault::Recompile]);
        assert!(faults.has(Fault::Recompile));
        assert!(!faults.has(Fault::NoVary));
    }

    #[test]
    fn a_lifted_cap_lifts_one_thing() {
        let limits = Limits::default();
        let right = HostFaults::default().caps(&limits);
        let lifted = HostFaults::new([Fault::NoMemoryCap]).caps(&limits);
        assert_eq!(lifted.memory_bytes, 256 << 20);
        assert_eq!(lifted.table_elements, right.table_elements);
    }

    #[test]
    fn a_name_is_taken_once_and_given_back() {
        let _alone = crate::guest_abi::trial::NAMES_IN_USE.lock();
        let faults = HostFaults::new([Fault::NamedInstance]);
        let first = InstanceName::take(&faults).expect("the name is free");
        assert!(InstanceName::take(&faults).is_err());
        drop(first);
        assert!(InstanceName::take(&faults).is_ok_and(|named| named.is_some()));
        assert!(InstanceName::take(&HostFaults::default()).is_ok_and(|named| named.is_none()));
    }
}
