//! Undoing `Content-Encoding` exactly as it was declared, as a browser does.
//!
//! Magic words are not used: a header without the layer must fail here.

use super::undo::{DecodeBudget, DeflateForm, undo};
use super::{DecodeBounds, DecodeStop, Layer};

/// Why the declared layers could not be undone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// A coding that is not registered or not supported here; the text is hostile.
    #[error("unknown content coding {0:?}")]
    Unknown(String),
    /// The bytes do not have the layer, or a bound was met.
    #[error(transparent)]
    Stopped(#[from] DecodeStop),
    /// More codings than the bound.
    #[error("{0} content codings are declared")]
    TooMany(usize),
}

/// Undo the layers that `content_encoding` declares, the last of them first (RFC 9110 §8.4).
/// `identity` is no layer.
///
/// # Errors
/// When a declared layer is unknown, is not there, is broken, or passes the bounds.
pub fn decode_declared(
    bytes: &[u8],
    content_encoding: &[String],
    bounds: &DecodeBounds,
) -> Result<Vec<u8>, DecodeError> {
    let is_layer = |word: &&String| !word.trim().eq_ignore_ascii_case("identity");
    let words: Vec<&String> = content_encoding.iter().filter(is_layer).collect();
    if words.len() > bounds.layers_max {
        return Err(DecodeError::TooMany(words.len()));
    }
    let mut budget = DecodeBudget::new(bounds);
    let mut content = bytes.to_vec();
    for word in words.into_iter().rev() {
        let unknown = || DecodeError::Unknown(word.clone());
        let layer = Layer::of_word(word).ok_or_else(unknown)?;
        content = undo_tolerant(layer, &content, &mut budget)?;
    }
    Ok(content)
}

/// Browsers take a bare deflate stream for `deflate`, as old servers send one.
fn undo_tolerant(
    layer: Layer,
    bytes: &[u8],
    budget: &mut DecodeBudget<'_>,
) -> Result<Vec<u8>, DecodeStop> {
    let proper = undo(layer, DeflateForm::Proper, bytes, budget);
    match proper {
        Err(DecodeStop::Corrupt(Layer::Deflate)) => undo(layer, DeflateForm::Bare, bytes, budget),
        other => other,
    }
}
