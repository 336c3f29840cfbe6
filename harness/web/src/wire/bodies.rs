//! Bodies of answers. Equal bodies are kept once: the same module comes a hundred times in one
//! check. Bodies are equal only if every byte is, so no change on the server is hidden.

use std::sync::{Arc, Mutex};

use crate::locked::Locked;

/// Bodies remembered: page, script and module of a site in five codings each are 15.
const REMEMBERED_MAX: usize = 64;

/// Most bytes of the remembered bodies. A large site has fewer.
const REMEMBERED_BYTES_MAX: usize = 64 << 20;

/// Most bytes of a buffer that is kept for the next body. A larger one is freed.
const SPARE_BYTES_MAX: usize = 16 << 20;

/// What came so far.
#[derive(Debug, Default)]
pub(super) struct Bodies {
    known: Mutex<Vec<Arc<[u8]>>>,
    /// Buffers for bodies in progress: fresh memory for each costs more than receiving it.
    spare: Mutex<Vec<Vec<u8>>>,
}

impl Bodies {
    /// Empty room for a body.
    pub(super) fn room(&self) -> Vec<u8> {
        let spare = self.spare.locked().pop();
        spare.unwrap_or_default()
    }

    /// Take the room back.
    pub(super) fn give_back(&self, mut room: Vec<u8>) {
        if room.capacity() <= SPARE_BYTES_MAX {
            room.clear();
            self.spare.locked().push(room);
        }
    }

    /// The body of these bytes.
    pub(super) fn keep(&self, bytes: &[u8]) -> Arc<[u8]> {
        let known = || self.known.locked();
        let alike: Vec<_> =
            known().iter().filter(|body| body.len() == bytes.len()).map(Arc::clone).collect();
        if let Some(body) = alike.into_iter().find(|body| **body == *bytes) {
            return body;
        }
        let body: Arc<[u8]> = bytes.into();
        let mut known = known();
        let held: usize = known.iter().map(|body| body.len()).sum();
        if known.len() >= REMEMBERED_MAX || held + bytes.len() > REMEMBERED_BYTES_MAX {
            known.clear();
        }
        known.push(Arc::clone(&body));
        body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bodies_that_are_alike_to_the_last_byte_are_one() {
        let bodies = Bodies::default();
        let (one, again) = (bodies.keep(b"\0asm 1"), bodies.keep(b"\0asm 1"));
        assert!(Arc::ptr_eq(&one, &again));
        for other in [&b"\0asm 2"[..], b"\0asm 1 ", b"\0asm ", b""] {
            assert_eq!(&*bodies.keep(other), other);
            assert!(!Arc::ptr_eq(&one, &bodies.keep(other)));
        }
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let bodies = Bodies::default();
        for n in 0..3 * REMEMBERED_MAX {
            assert_eq!(*bodies.keep(&n.to_le_bytes()), n.to_le_bytes());
        }
        assert!(bodies.known.lock().expect("no panic").len() <= REMEMBERED_MAX);
        bodies.give_back(Vec::with_capacity(SPARE_BYTES_MAX + 1));
        assert_eq!(bodies.room().capacity(), 0);
    }
}
