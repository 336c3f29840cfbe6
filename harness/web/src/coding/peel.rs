//! Which layers are really around a body, found without believing any header.
//!
//! gzip and zstd have magic words, and zlib has a checksum. Brotli and bare deflate have neither.
//! They are tried only on bytes that are nothing else, and accepted only when they decode to the
//! last byte and give something recognisable.

use super::content::{TEXT_SURE_BYTES_MIN, is_text};
use super::undo::{DecodeBudget, DeflateForm, GZIP_MAGIC, ZSTD_MAGIC, undo};
use super::{DecodeBounds, DecodeStop, Layer};

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peeled {
    /// The layers, outermost first. With `stopped`, the last one may be known from its magic word
    /// only.
    pub layers: Vec<Layer>,
    /// The content inside all decoded layers.
    pub content: Vec<u8>,
    /// Why decoding stopped; absent if `content` is the innermost content.
    pub stopped: Option<DecodeStop>,
}

/// The proof that a layer needs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// A magic word: the layer exists even when it cannot be decoded.
    Magic,
    /// A checksum: the layer exists when it can be decoded.
    Checksum,
    /// Nothing: the layer exists when its content is recognised.
    Content,
}

/// Find the layers around `bytes`. Never panics; time and memory are bounded by `bounds`.
pub fn peel(bytes: &[u8], bounds: &DecodeBounds) -> Peeled {
    strip(bytes.to_vec(), bounds.layers_max, &mut DecodeBudget::new(bounds))
}

fn strip(bytes: Vec<u8>, left: usize, budget: &mut DecodeBudget<'_>) -> Peeled {
    let mut stopped = None;
    for (layer, form, sign) in suspects(&bytes) {
        if left == 0 {
            let stop = (sign == Sign::Magic)
                .then_some(DecodeStop::TooManyLayers(budget.bounds.layers_max));
            return Peeled { layers: Vec::new(), content: bytes, stopped: stop };
        }
        match undo(layer, form, &bytes, budget) {
            Ok(inside) => {
                let mut peeled = strip(inside, left - 1, budget);
                if sign != Sign::Content || peeled.is_recognised() {
                    peeled.layers.insert(0, layer);
                    return peeled;
                }
            }
            Err(stop) if sign == Sign::Magic => {
                return Peeled { layers: vec![layer], content: bytes, stopped: Some(stop) };
            }
            Err(stop) if stop.is_bound() => stopped = stopped.or(Some(stop)),
            Err(_) => {}
        }
    }
    Peeled { layers: Vec::new(), content: bytes, stopped }
}

impl Peeled {
    /// Whether this is something that random bytes would not give.
    fn is_recognised(&self) -> bool {
        !self.layers.is_empty()
            || matches!(self.stopped, Some(DecodeStop::TooManyLayers(_)))
            || self.content.starts_with(b"\0asm")
            || (self.content.len() >= TEXT_SURE_BYTES_MIN && is_text(&self.content))
    }
}

/// The layers that `bytes` could have, the likeliest first.
fn suspects(bytes: &[u8]) -> Vec<(Layer, DeflateForm, Sign)> {
    if bytes.starts_with(GZIP_MAGIC) {
        return vec![(Layer::Gzip, DeflateForm::Proper, Sign::Magic)];
    }
    if bytes.starts_with(ZSTD_MAGIC) {
        return vec![(Layer::Zstd, DeflateForm::Proper, Sign::Magic)];
    }
    if bytes.is_empty() || bytes.starts_with(b"\0asm") || is_text(bytes) {
        return Vec::new();
    }
    let mut found = Vec::new();
    if is_zlib_header(bytes) {
        found.push((Layer::Deflate, DeflateForm::Proper, Sign::Checksum));
    }
    found.push((Layer::Br, DeflateForm::Proper, Sign::Content));
    found.push((Layer::Deflate, DeflateForm::Bare, Sign::Content));
    found
}

/// RFC 1950 §2.2: method 8, a window of at most 32 KiB, and the check bits.
fn is_zlib_header(bytes: &[u8]) -> bool {
    let [method, flags, ..] = bytes else { return false };
    let check = u16::from_be_bytes([*method, *flags]);
    method & 0x0f == 8 && method >> 4 <= 7 && check.is_multiple_of(31)
}
