//! What a host sees of a guest's memory after a call into it: the memory as it is now, or, in
//! one defect, a view from before the call, which growth has made stale.

use wasm_gauntlet_model::twin::Twin;

use crate::subject::defects::Defects;

/// A view taken before a call into the guest.
#[derive(Debug)]
pub enum View {
    /// None is kept: memory is asked for anew after the call. Right.
    Fresh,
    /// The defect: what memory held before the call.
    Kept(Vec<u8>),
}

impl View {
    /// Before a call into the guest, with memory as it is.
    pub fn before(memory: &[u8], defects: &Defects) -> Self {
        match defects.has(Twin::StaleView) {
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
        let stale = Defects::new([Twin::StaleView]);
        let (mut grown, mut same) = ([1_u8; 8], [1_u8; 4]);
        assert_eq!(View::before(&[0; 4], &Defects::default()).after(&mut grown), [1; 8]);
        assert_eq!(View::before(&[0; 4], &stale).after(&mut same), [1; 4]);
        assert_eq!(View::before(&[0; 4], &stale).after(&mut grown), [0; 4]);
    }
}
