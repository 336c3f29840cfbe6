//! Bodies of answers, each kept once however often it came: the same module comes a hundred times
//! in one check. Two are one only where every byte is the same, so nothing that a server changes
//! is hidden.

use std::sync::{Arc, Mutex, PoisonError};

/// Bodies remembered: page, script and module of a site in five codings each are 15.
const REMEMBERED_MAX: usize = 64;

/// Bytes of the bodies remembered, of which a large site has less.
const REMEMBERED_BYTES_MAX: usize = 64 << 20;

/// Bytes of room that is kept for the next body; a larger one is given back to the system.
const SPARE_BYTES_MAX: usize = 16 << 20;

/// What came so far.
#[derive(Debug, Default)]
pub(super) struct Bodies {
    known: Mutex<Vec<Arc<[u8]>>>,
    /// Room for bodies under way: fresh memory for each would cost more than to receive it.
    spare: Mutex<Vec<Vec<u8>>>,
}

impl Bodies {
    /// Empty room for a body.
    pub(super) fn room(&self) -> Vec<u8> {
        let spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
        spare.unwrap_or_default()
    }

    /// Take the room back.
    pub(super) fn give_back(&self, mut room: Vec<u8>) {
        if room.capacity() <= SPARE_BYTES_MAX {
            room.clear();
            self.spare.lock().unwrap_or_else(PoisonError::into_inner).push(room);
        }
    }

    /// The body of these bytes.
    pub(super) fn keep(&self, bytes: &[u8]) -> Arc<[u8]> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
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
