//! The memory of a guest as a host sees it after a call: the current memory, or, in one fault, a
//! view from before the call, which growth has made stale.

use wasm_gauntlet_model::fault::Fault;

use crate::faults::HostFaults;

/// A view taken before a call into the guest.
#[derive(Debug)]
pub(crate) enum View {
    /// No view is kept: memory is read anew after the call. Correct.
    Fresh,
    /// The fault: what memory held before the call.
    Kept(Vec<u8>),
}

impl View {
    /// Before a call into the guest, with memory as it is.
    pub(crate) fn before(memory: &[u8], faults: &HostFaults) -> Self {
        match faults.has(Fault::StaleView) {
            true => Self::Kept(memory.to_vec()),
            false => Self::Fresh,
        }
    }

    /// What the host sees after the call. A view becomes stale when memory grows, which may move
    /// it; before that it shows the current memory.
    pub(crate) fn after<'a>(&'a mut self, memory: &'a mut [u8]) -> &'a mut [u8] {
        match self {
            Self::Kept(kept) if kept.len() != memory.len() => kept,
            _ => memory,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_kept_view_of_a_memory_that_grew_is_stale() {
        let stale = HostFaults::new([Fault::StaleView]);
        let (mut grown, mut same) = ([1_u8; 8], [1_u8; 4]);
        assert_eq!(View::before(&[0; 4], &HostFaults::default()).after(&mut grown), [1; 8]);
        assert_eq!(View::before(&[0; 4], &stale).after(&mut same), [1; 4]);
        assert_eq!(View::before(&[0; 4], &stale).after(&mut grown), [0; 4]);
    }
}
