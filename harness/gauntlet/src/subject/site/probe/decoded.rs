//! What bytes are once every layer is off. The same bytes come again and again in a run, so that
//! what was made of them is remembered.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use sha2::{Digest, Sha256};

use super::module;
use crate::coding::{self, Content, DecodeError, Layer, Stop};

/// Bodies remembered: page, script and module of a site in five codings each are 15.
const REMEMBERED_MAX: usize = 64;

/// Bytes compressed for an estimate: 16 pieces of 64 KiB keep it under 0.1 s of work.
const SAMPLE_BYTES: usize = 1 << 20;

/// Pieces that a sample is taken in, evenly spaced.
const SAMPLE_PIECES: usize = 16;

/// What one body is made of.
#[derive(Debug)]
pub struct Decoded {
    /// Whether undoing the declared codings once went well.
    pub undone: Result<(), DecodeError>,
    /// Layers found beyond those undone, outermost first.
    pub layers: Vec<Layer>,
    /// Why no more could be taken off.
    pub stopped: Option<Stop>,
    /// What stands inside.
    pub content: Content,
    /// Its bytes.
    pub raw_bytes: usize,
    /// Their SHA-256, lower-case hex.
    pub raw_sha256: String,
    /// What keeps them from being one valid module.
    pub wrong: Option<String>,
    /// Whether the module imports a shared memory; none where there is no module.
    pub shared_memory: Option<bool>,
    /// Policies that the page holds in `meta` elements.
    pub policies: Vec<String>,
    /// What br and what gzip would leave of the bytes, once somebody has asked.
    ratios: [OnceLock<f64>; 2],
}

impl Decoded {
    fn of(bytes: &[u8], declared: &[String]) -> Self {
        let bounds = coding::Bounds::default();
        let (undone, peeled) = match coding::decode_declared(bytes, declared, &bounds) {
            Ok(inside) => (Ok(()), coding::peel(&inside, &bounds)),
            Err(error) => (Err(error), coding::peel(bytes, &bounds)),
        };
        let content = coding::classify(&peeled.content);
        let inside = &peeled.content;
        Self {
            undone,
            stopped: peeled.stopped,
            content,
            raw_bytes: inside.len(),
            raw_sha256: sha256(inside),
            wrong: module::complaint(inside, content),
            shared_memory: module::imports_shared_memory(inside, content),
            policies: super::page::policies(inside, content),
            layers: peeled.layers,
            ratios: Default::default(),
        }
    }

    /// About what share `layer` would leave of `bytes`, which these are.
    pub fn ratio(&self, layer: Layer, bytes: &[u8]) -> f64 {
        let known = &self.ratios[usize::from(layer != Layer::Br)];
        *known.get_or_init(|| {
            let sample = sample(bytes);
            coding::encode(layer, &sample).len() as f64 / sample.len().max(1) as f64
        })
    }

    /// Whether a bound of ours kept us from looking inside.
    pub fn is_bounded(&self) -> bool {
        matches!(&self.undone, Err(DecodeError::Stopped(stop)) if stop.is_bound())
            || self.stopped.is_some_and(Stop::is_bound)
    }

    /// Whether the layers say by themselves that nothing of them is missing: each ends with a
    /// mark of its end, which a body without a layer has not.
    pub fn ends_by_itself(&self) -> bool {
        self.undone.is_ok() && self.stopped.is_none() && self.content != Content::Empty
    }
}

/// All of `bytes`, or evenly spaced pieces of it.
fn sample(bytes: &[u8]) -> Vec<u8> {
    if bytes.len() <= SAMPLE_BYTES {
        return bytes.to_vec();
    }
    let (step, piece) = (bytes.len() / SAMPLE_PIECES, SAMPLE_BYTES / SAMPLE_PIECES);
    bytes.chunks(step).take(SAMPLE_PIECES).flat_map(|chunk| &chunk[..piece]).copied().collect()
}

/// SHA-256 as lower-case hex.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bodies by the digest of their bytes and by what was declared of them.
type Known = BTreeMap<(String, Vec<String>), Arc<Decoded>>;

/// Decodes bodies, each once.
#[derive(Debug, Default)]
pub struct Decoder {
    known: Mutex<Known>,
}

impl Decoder {
    /// What `bytes` of the digest `wire_sha256` are.
    pub fn decode(&self, bytes: &[u8], wire_sha256: &str, declared: &[String]) -> Arc<Decoded> {
        let key = (wire_sha256.to_owned(), declared.to_vec());
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(decoded) = known().get(&key) {
            return Arc::clone(decoded);
        }
        // Not under the lock: two threads may do the same work once, and none waits.
        let decoded = Arc::new(Decoded::of(bytes, declared));
        let mut known = known();
        if known.len() >= REMEMBERED_MAX {
            known.clear();
        }
        known.insert(key, Arc::clone(&decoded));
        decoded
    }
}
