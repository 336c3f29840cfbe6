//! What is inside a body, worked out once: a check asks for the same few variants a hundred
//! times, and to undo, validate and hash them costs far more than to fetch them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use sha2::{Digest, Sha256};

use super::module;
use crate::coding::{self, Content, DecodeError, Layer, Stop};

/// Bodies remembered: entry, module and shim in every coding, and as many again.
const REMEMBERED_MAX: usize = 24;

/// Bytes of all bodies remembered: one of the largest that is taken at all.
const REMEMBERED_BYTES_MAX: usize = 64 << 20;

/// Bytes compressed for an estimate: 16 pieces of 64 KiB keep it under 0.1 s of work.
const SAMPLE_BYTES: usize = 1 << 20;

/// Pieces that a sample is taken in, evenly spaced.
const SAMPLE_PIECES: usize = 16;

/// One body under the codings that it was declared to have.
#[derive(Debug)]
pub struct Opened {
    wire: Vec<u8>,
    declared: Vec<String>,
    /// SHA-256 of the bytes of the wire, lower-case hex.
    pub wire_sha256: String,
    /// Whether the declared codings could be undone.
    pub undone: Result<(), DecodeError>,
    /// The layers found, outermost first; those declared are left out where `undone` is right.
    pub layers: Vec<Layer>,
    /// Why peeling went no further than `layers`.
    pub stopped: Option<Stop>,
    /// What stands inside.
    pub content: Content,
    /// Bytes inside.
    pub raw_bytes: usize,
    /// SHA-256 of what is inside, lower-case hex.
    pub raw_sha256: String,
    /// What keeps it from being one valid module.
    pub module_error: Option<String>,
    ratios: [OnceLock<f64>; 2],
}

impl Opened {
    fn new(wire: &[u8], declared: &[String]) -> Self {
        let bounds = coding::Bounds::default();
        let (undone, peeled) = match coding::decode_declared(wire, declared, &bounds) {
            Ok(inside) => (Ok(()), coding::peel(&inside, &bounds)),
            Err(error) => (Err(error), coding::peel(wire, &bounds)),
        };
        let content = coding::classify(&peeled.content);
        Self {
            wire: wire.to_vec(),
            declared: declared.to_vec(),
            wire_sha256: sha256(wire),
            undone,
            layers: peeled.layers,
            stopped: peeled.stopped,
            content,
            raw_bytes: peeled.content.len(),
            raw_sha256: sha256(&peeled.content),
            module_error: module::complaint(&peeled.content, content),
            ratios: Default::default(),
        }
    }

    /// What `layer` would leave of the bytes of the wire, by a sample of them.
    pub fn ratio(&self, layer: Layer) -> f64 {
        let ratio = &self.ratios[usize::from(layer == Layer::Br)];
        *ratio.get_or_init(|| {
            let sample = sample(&self.wire);
            coding::encode(layer, &sample).len() as f64 / sample.len() as f64
        })
    }
}

/// Bodies opened lately. Equal means equal in every byte; nothing is taken on a digest's word.
#[derive(Debug, Default)]
pub struct Memory(Mutex<VecDeque<Arc<Opened>>>);

impl Memory {
    /// What is in `wire`, declared to be in the codings `declared`.
    pub fn open(&self, wire: &[u8], declared: &[String]) -> Arc<Opened> {
        let same = |one: &&Arc<Opened>| one.declared == declared && one.wire == wire;
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(opened) = known().iter().find(same) {
            return Arc::clone(opened);
        }
        let opened = Arc::new(Opened::new(wire, declared));
        let mut known = known();
        known.push_front(Arc::clone(&opened));
        known.truncate(REMEMBERED_MAX);
        while known.iter().map(|one| one.wire.len()).sum::<usize>() > REMEMBERED_BYTES_MAX {
            known.pop_back();
        }
        opened
    }
}

/// SHA-256 as lower-case hex.
fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// All of `bytes`, or evenly spaced pieces of it.
fn sample(bytes: &[u8]) -> Vec<u8> {
    if bytes.len() <= SAMPLE_BYTES {
        return bytes.to_vec();
    }
    let (step, piece) = (bytes.len() / SAMPLE_PIECES, SAMPLE_BYTES / SAMPLE_PIECES);
    bytes.chunks(step).take(SAMPLE_PIECES).flat_map(|chunk| &chunk[..piece]).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_remembered_with_what_it_was_declared_to_be() {
        let memory = Memory::default();
        let gzip = coding::encode(Layer::Gzip, b"\0asm\x01\0\0\0");
        let declared = ["gzip".to_owned()];
        let first = memory.open(&gzip, &declared);
        assert!(Arc::ptr_eq(&first, &memory.open(&gzip, &declared)));
        let plain = memory.open(&gzip, &[]);
        assert_eq!((first.layers.len(), plain.layers.as_slice()), (0, &[Layer::Gzip][..]));
        assert_eq!(first.raw_sha256, plain.raw_sha256);
        assert_eq!(first.module_error, None);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let memory = Memory::default();
        for number in 0..2 * REMEMBERED_MAX {
            memory.open(&number.to_le_bytes(), &[]);
        }
        memory.open(&vec![7; REMEMBERED_BYTES_MAX + 1], &[]);
        let known = memory.0.lock().expect("nobody panicked");
        assert!(known.is_empty(), "{} bodies", known.len());
    }
}
