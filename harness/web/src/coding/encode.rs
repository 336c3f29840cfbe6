//! Encoding with one layer, for the variants of the testbed and for tests of the decoding.

use std::io::Write;

use super::Layer;

/// Brotli 5 takes a tenth of the time of 11 and gives 10 to 15 % more bytes: the module of
/// the testbed must be ready in a second.
const BROTLI_QUALITY: i32 = 5;

/// A window of 4 MiB, brotli's own default.
const BROTLI_WINDOW_BITS: i32 = 22;

/// The default level of gzip and zlib.
const DEFLATE_LEVEL: flate2::Compression = flate2::Compression::new(6);

/// Put `layer` around `bytes`. Equal bytes give equal results.
pub fn encode(layer: Layer, bytes: &[u8]) -> Vec<u8> {
    match layer {
        Layer::Gzip => {
            let mut out = flate2::write::GzEncoder::new(Vec::new(), DEFLATE_LEVEL);
            in_memory(out.write_all(bytes));
            in_memory(out.finish())
        }
        Layer::Deflate => {
            let mut out = flate2::write::ZlibEncoder::new(Vec::new(), DEFLATE_LEVEL);
            in_memory(out.write_all(bytes));
            in_memory(out.finish())
        }
        Layer::Br => brotli(bytes),
        Layer::Zstd => {
            use ruzstd::encoding::{CompressionLevel, compress_to_vec};
            compress_to_vec(bytes, CompressionLevel::Fastest)
        }
    }
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let params = brotli::enc::BrotliEncoderParams {
        quality: BROTLI_QUALITY,
        lgwin: BROTLI_WINDOW_BITS,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut out = Vec::new();
    in_memory(brotli::BrotliCompress(&mut &bytes[..], &mut out, &params));
    out
}

fn in_memory<T>(result: std::io::Result<T>) -> T {
    result.expect("writing to memory cannot fail")
}
