//! What a host sees of a guest's memory after a call into it: the memory as it is now, or, in
//! one fault, a view from before the call, which growth has made stale.

use wasm_gauntlet_model::fault::Fault;

use crate::faults::HostFaults;

/// A view taken before a call into the guest.
#[derive(Debug)]
pub enum View {
    /// None is kept: memory is asked for anew after the call. Right.
    Fresh,
    /// The fault: what memory held before the call.
    Kept(Vec<u8>),
}

impl View {
    /// Before a call into the guest, with memory as it is.
    pub fn before(memory: &[u8], faults: &HostFaults) -> Self {
        match faults.has(Fault::StaleView) {
            true => Self::Kept(memory.to_vec()),
            false => Self::Fresh,
        }
    }

    /// What the host sees after the call. A view goes stale when memory grows, which may move it;
    /// until then it shows what is there.
    pub fn after<'a>(&'a mut self, memory: &'a mut [u8]) -> &'a mut [u8] {
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
