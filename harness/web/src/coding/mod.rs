//! Compression layers: encoding, decoding, and recognising them by their bytes.
//!
//! [`peel`] uses the bytes and no header. [`decode_declared`] uses the header and no magic words. A
//! difference between the two is a finding, but it is judged elsewhere. Nothing here opens a socket
//! or trusts a stated length.

mod content;
mod declared;
mod dictionary;
mod encode;
mod peel;
#[cfg(test)]
mod tests;
mod undo;

pub use content::{Content, classify, mangled};
pub use declared::{DecodeError, decode_declared};
pub use dictionary::Dictionary;
pub use encode::encode;
pub use peel::{Peeled, peel};

/// Bytes that one layer may give: a Wasm module of 64 MiB is past what any browser user waits
/// for, and engines refuse to compile modules over 1 GiB only.
pub(crate) const LAYER_BYTES_MAX: usize = 64 << 20;

/// Bytes that all attempts on one body may give together; room for the largest module in two
/// layers, and a second or so of work.
pub const TOTAL_BYTES_MAX: usize = 2 * LAYER_BYTES_MAX;

/// Largest expansion of one layer. Modules reach 3 to 30; gzip can reach 1032.
pub const RATIO_MAX: usize = 256;

/// Below this size any ratio is accepted: small blank contents honestly reach 1000.
pub(crate) const RATIO_FLOOR_BYTES: usize = 1 << 20;

/// Most layers that are decoded. Double compression is two, and a third was seen only in tests.
pub(crate) const LAYERS_MAX: usize = 4;

wasm_gauntlet_model::words! {
    /// One compression layer, as `Content-Encoding` knows it (RFC 9110 §8.4.1, 7932, 8878).
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Layer {
        /// RFC 1952.
        Gzip = "gzip",
        /// RFC 7932, without the large-window extension, as browsers have it.
        Br = "br",
        /// RFC 8878, with a window of at most 8 MiB (RFC 9659).
        Zstd = "zstd",
        /// RFC 1950; the bare RFC 1951 that some servers send is understood too.
        Deflate = "deflate",
    }
}

impl Layer {
    /// The layer that a member of `Content-Encoding` names; `x-gzip` is gzip (§8.4.1.3).
    pub fn of_word(word: &str) -> Option<Self> {
        match word.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => Some(Self::Gzip),
            "br" => Some(Self::Br),
            "zstd" => Some(Self::Zstd),
            "deflate" => Some(Self::Deflate),
            _ => None,
        }
    }
}

impl std::fmt::Display for Layer {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.word())
    }
}

/// How far decoding goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecodeBounds {
    /// Bytes that one layer may give.
    pub(crate) layer_bytes_max: usize,
    /// Bytes that all layers and all attempts may give together.
    pub(crate) total_bytes_max: usize,
    /// Largest expansion of a layer above [`RATIO_FLOOR_BYTES`].
    pub(crate) ratio_max: usize,
    /// Layers that are taken off.
    pub(crate) layers_max: usize,
}

impl Default for DecodeBounds {
    fn default() -> Self {
        Self {
            layer_bytes_max: LAYER_BYTES_MAX,
            total_bytes_max: TOTAL_BYTES_MAX,
            ratio_max: RATIO_MAX,
            layers_max: LAYERS_MAX,
        }
    }
}

/// Why decoding stopped before the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeStop {
    /// The layer's own format is broken, or its end is missing.
    #[error("the {0} layer is corrupt or cut short")]
    Corrupt(Layer),
    /// Something follows the end of the layer.
    #[error("{bytes} bytes follow the end of the {layer} layer")]
    Trailing {
        /// The layer that ended.
        layer: Layer,
        /// Bytes after its end.
        bytes: usize,
    },
    /// More bytes than the bound.
    #[error("the {layer} layer holds more than {bytes_max} bytes")]
    TooLarge {
        /// The layer.
        layer: Layer,
        /// The bound that was met.
        bytes_max: usize,
    },
    /// A decompression bomb, or blank padding.
    #[error("the {layer} layer decodes to more than {ratio_max} times its size")]
    RatioTooHigh {
        /// The layer.
        layer: Layer,
        /// The bound that was met.
        ratio_max: usize,
    },
    /// A window that browsers refuse (RFC 9659).
    #[error("the {0} layer needs a larger window than browsers allow")]
    WindowTooLarge(Layer),
    /// More layers than the bound.
    #[error("more than {0} layers")]
    TooManyLayers(usize),
}

impl DecodeStop {
    /// Whether a bound of ours stopped it, not the bytes' own fault.
    pub fn is_bound(self) -> bool {
        matches!(self, Self::TooLarge { .. } | Self::RatioTooHigh { .. } | Self::TooManyLayers(_))
    }
}
