//! Bodies without their layers of coding. The same bytes come many times in a run, so the results
//! are remembered.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use sha2::{Digest, Sha256};
use wasm_gauntlet_web::coding::{self, Content, DecodeError, DecodeStop, Layer, Peeled};

use super::module;
use super::page::PageFacts;
use crate::locks::unpoisoned;

/// Bodies remembered: page, script and module of a site in five codings each are 15.
const REMEMBERED_MAX: usize = 64;

/// Most bytes of remembered bodies. A large site has fewer.
const REMEMBERED_BYTES_MAX: usize = 64 << 20;

/// Bytes compressed for an estimate: 8 pieces of 8 KiB keep it under 5 ms of work.
const SAMPLE_BYTES: usize = 64 << 10;

/// Most bytes that are compressed again. It takes 50 ms for each megabyte.
const RECOMPRESSED_BYTES_MAX: usize = 4 << 20;

/// Brotli at its best leaves less than this of most modules.
const RATIO_USUAL: f64 = 0.3;

/// Pieces of a sample, evenly spaced.
const SAMPLE_PIECES: usize = 8;

/// The parts of one body.
#[derive(Debug)]
pub(crate) struct Decoded {
    /// Whether undoing the declared codings once went well.
    pub(crate) undone: Result<(), DecodeError>,
    /// Layers found beyond those undone, outermost first.
    pub(crate) layers: Vec<Layer>,
    /// Why no further layer could be removed.
    pub(crate) stopped: Option<DecodeStop>,
    /// The content inside.
    pub(crate) content: Content,
    /// What that is.
    pub(crate) inside: Arc<Inside>,
    /// How many times more bytes were sent than a usual level of the same coding gives.
    pub(crate) over_recompressed: Option<f64>,
    /// The share that br and gzip would leave of the bytes, computed when it is first needed.
    ratios: [OnceLock<f64>; 2],
}

/// The content inside all layers.
#[derive(Debug)]
pub(crate) struct Inside {
    /// Its bytes.
    pub(crate) raw_bytes: usize,
    /// Their SHA-256, lower-case hex.
    pub(crate) raw_sha256: String,
    /// Why they are no valid module, if so.
    pub(crate) wrong: Option<String>,
    /// Whether the module imports a shared memory; none where there is no module.
    pub(crate) shared_memory: Option<bool>,
    /// The policies and inline scripts of a page.
    pub(crate) page: PageFacts,
}

impl Inside {
    fn of(bytes: &[u8], content: Content, raw_sha256: String) -> Self {
        Self {
            raw_bytes: bytes.len(),
            raw_sha256,
            wrong: module::complaint(bytes, content),
            shared_memory: module::imports_shared_memory(bytes, content),
            page: PageFacts::of(bytes, content),
        }
    }
}

impl Decoded {
    fn of(bytes: &[u8], declared: &[String], decoder: &Decoder) -> Self {
        let bounds = coding::DecodeBounds::default();
        let (undone, peeled) = match coding::decode_declared(bytes, declared, &bounds) {
            Ok(inside) => (Ok(()), coding::peel(&inside, &bounds)),
            Err(error) => (Err(error), coding::peel(bytes, &bounds)),
        };
        let content = coding::classify(&peeled.content);
        Self {
            undone,
            stopped: peeled.stopped,
            content,
            inside: decoder.inside(&peeled.content, content),
            over_recompressed: over_recompressed(bytes.len(), declared, &peeled),
            layers: peeled.layers,
            ratios: Default::default(),
        }
    }

    /// The share that `layer` would leave of `bytes`, about. They are the bytes of this content.
    pub(crate) fn ratio(&self, layer: Layer, bytes: &[u8]) -> f64 {
        let known = &self.ratios[usize::from(layer != Layer::Br)];
        *known.get_or_init(|| {
            let sample = sample(bytes);
            coding::encode(layer, &sample).len() as f64 / sample.len().max(1) as f64
        })
    }

    /// Whether a bound of ours prevented decoding.
    pub(crate) fn is_bounded(&self) -> bool {
        matches!(&self.undone, Err(DecodeError::Stopped(stop)) if stop.is_bound())
            || self.stopped.is_some_and(DecodeStop::is_bound)
    }

    /// Whether the layers show that they are whole: each has a mark at its end, which a body
    /// without a layer has not.
    pub(crate) fn ends_by_itself(&self) -> bool {
        self.undone.is_ok() && self.stopped.is_none() && self.content != Content::Empty
    }
}

/// How many times more bytes were sent than a usual level of the same coding gives. None where the
/// body is small for its content, or has not exactly one layer of gzip or brotli.
fn over_recompressed(wire: usize, declared: &[String], peeled: &Peeled) -> Option<f64> {
    let words = declared.iter().map(String::as_str);
    let layers: Vec<&str> = words.chain(peeled.layers.iter().map(|layer| layer.word())).collect();
    let layer = match layers[..] {
        ["br"] => Layer::Br,
        ["gzip"] => Layer::Gzip,
        _ => return None,
    };
    let sent = wire as f64 / peeled.content.len().max(1) as f64;
    let whole = peeled.content.len() <= RECOMPRESSED_BYTES_MAX;
    let sample = if whole { peeled.content.clone() } else { sample(&peeled.content) };
    let usual = || coding::encode(layer, &sample).len() as f64 / sample.len().max(1) as f64;
    (sent > RATIO_USUAL).then(|| sent / usual())
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
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// One body, and its declared codings. It is decoded once, and other threads wait meanwhile.
#[derive(Debug)]
pub(crate) struct CachedBody {
    bytes: Arc<[u8]>,
    declared: Vec<String>,
    sha256: OnceLock<String>,
    decoded: OnceLock<Decoded>,
}

impl CachedBody {
    /// SHA-256 of the bytes, lower-case hex.
    pub(crate) fn wire_sha256(&self) -> &str {
        self.sha256.get_or_init(|| sha256(&self.bytes))
    }

    /// The decoded parts.
    pub(crate) fn decoded(&self, decoder: &Decoder) -> &Decoded {
        self.decoded.get_or_init(|| Decoded::of(&self.bytes, &self.declared, decoder))
    }

    fn is(&self, bytes: &Arc<[u8]>, declared: &[String]) -> bool {
        // Slices in an `Arc` are compared byte by byte even where they are the same memory.
        let same = || Arc::ptr_eq(&self.bytes, bytes) || self.bytes == *bytes;
        self.declared == declared && same()
    }
}

/// The contents, by the digest of their bytes.
type Insides = BTreeMap<String, Arc<OnceLock<Arc<Inside>>>>;

/// Decodes bodies, each once. They are compared by their bytes: equal bodies are mostly the same
/// memory, and comparing others takes a tenth of the time of a digest.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    known: Mutex<Vec<Arc<CachedBody>>>,
    insides: Mutex<Insides>,
}

impl Decoder {
    /// The body of these bytes.
    pub(crate) fn body(&self, bytes: &Arc<[u8]>, declared: &[String]) -> Arc<CachedBody> {
        let mut known = unpoisoned(self.known.lock());
        if let Some(body) = known.iter().find(|body| body.is(bytes, declared)) {
            return Arc::clone(body);
        }
        let body = Arc::new(CachedBody {
            bytes: Arc::clone(bytes),
            declared: declared.to_vec(),
            sha256: OnceLock::new(),
            decoded: OnceLock::new(),
        });
        let held: usize = known.iter().map(|body| body.bytes.len()).sum();
        if known.len() >= REMEMBERED_MAX || held + bytes.len() > REMEMBERED_BYTES_MAX {
            known.clear();
        }
        known.push(Arc::clone(&body));
        body
    }

    /// The same content comes in several codings.
    fn inside(&self, bytes: &[u8], content: Content) -> Arc<Inside> {
        let raw_sha256 = sha256(bytes);
        let mut insides = unpoisoned(self.insides.lock());
        if insides.len() >= REMEMBERED_MAX {
            insides.clear();
        }
        let known = Arc::clone(insides.entry(raw_sha256.clone()).or_default());
        drop(insides);
        Arc::clone(known.get_or_init(|| Arc::new(Inside::of(bytes, content, raw_sha256))))
    }
}
