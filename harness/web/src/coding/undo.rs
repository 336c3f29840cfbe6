//! Decoding one layer within a budget. All bytes here are hostile.

use std::io::Read;

use brotli::enc::StandardAlloc;
use brotli::{BrotliDecompressStream, BrotliResult, BrotliState};
use flate2::{Decompress, FlushDecompress, Status};
use ruzstd::decoding::errors::FrameDecoderError;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

use super::{DecodeBounds, DecodeStop, Layer, RATIO_FLOOR_BYTES};

/// Bytes decoded at a time. Memory can exceed a bound by this much.
const CHUNK_BYTES: usize = 64 << 10;

/// Members of one gzip body: bgzip's blocks of 64 KiB fill [`super::LAYER_BYTES_MAX`] with 1024.
const GZIP_MEMBERS_MAX: usize = 4096;

/// First bytes of gzip with deflate, the only method there is.
pub(super) const GZIP_MAGIC: &[u8] = &[0x1f, 0x8b, 0x08];

/// First bytes of a zstd frame.
pub(super) const ZSTD_MAGIC: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

/// The largest zstd window for `Content-Encoding` (RFC 9659 §3).
const ZSTD_WINDOW_BYTES_MAX: u64 = 8 << 20;

/// What is left to spend on one body.
pub(super) struct DecodeBudget<'a> {
    pub(super) bounds: &'a DecodeBounds,
    left: usize,
}

impl<'a> DecodeBudget<'a> {
    /// A whole budget.
    pub(super) fn new(bounds: &'a DecodeBounds) -> Self {
        Self { bounds, left: bounds.total_bytes_max }
    }
}

/// How a `deflate` layer is wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DeflateForm {
    /// As the layer's own RFC says.
    Proper,
    /// `deflate` without its zlib wrapper.
    Bare,
}

/// Decode `layer` completely: nothing may be missing and nothing may follow.
pub(super) fn undo(
    layer: Layer,
    form: DeflateForm,
    bytes: &[u8],
    budget: &mut DecodeBudget<'_>,
) -> Result<Vec<u8>, DecodeStop> {
    let bytes_max = budget.bounds.layer_bytes_max.min(budget.left);
    let ratio_max = budget.bounds.ratio_max;
    let mut sink = Sink { layer, wire: bytes.len(), bytes_max, ratio_max, out: Vec::new() };
    let trailing = match layer {
        Layer::Gzip => gunzip(bytes, &mut sink),
        Layer::Br => unbrotli(bytes, &mut sink),
        Layer::Zstd => unzstd(bytes, &mut sink),
        Layer::Deflate => inflate(bytes, form, &mut sink),
    };
    budget.left = budget.left.saturating_sub(sink.out.len());
    match trailing? {
        0 => Ok(sink.out),
        bytes => Err(DecodeStop::Trailing { layer, bytes }),
    }
}

/// Decoded bytes, up to the bounds.
struct Sink {
    layer: Layer,
    wire: usize,
    bytes_max: usize,
    ratio_max: usize,
    out: Vec<u8>,
}

impl Sink {
    fn push(&mut self, chunk: &[u8]) -> Result<(), DecodeStop> {
        let (layer, bytes_max, ratio_max) = (self.layer, self.bytes_max, self.ratio_max);
        let size = self.out.len() + chunk.len();
        if size > bytes_max {
            return Err(DecodeStop::TooLarge { layer, bytes_max });
        }
        if size > RATIO_FLOOR_BYTES && size / ratio_max > self.wire {
            return Err(DecodeStop::RatioTooHigh { layer, ratio_max });
        }
        self.out.extend_from_slice(chunk);
        Ok(())
    }

    fn drain(&mut self, source: &mut impl Read) -> Result<(), DecodeStop> {
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            match source.read(&mut chunk) {
                Ok(0) => return Ok(()),
                Ok(count) => self.push(&chunk[..count])?,
                Err(_) => return Err(DecodeStop::Corrupt(self.layer)),
            }
        }
    }
}

/// Bytes that follow the last member.
fn gunzip(bytes: &[u8], sink: &mut Sink) -> Result<usize, DecodeStop> {
    let mut rest = bytes;
    for _ in 0..GZIP_MEMBERS_MAX {
        let mut member = flate2::bufread::GzDecoder::new(rest);
        sink.drain(&mut member)?;
        rest = member.into_inner();
        if !rest.starts_with(GZIP_MAGIC) {
            return Ok(rest.len());
        }
    }
    Ok(rest.len())
}

fn inflate(bytes: &[u8], form: DeflateForm, sink: &mut Sink) -> Result<usize, DecodeStop> {
    let mut state = Decompress::new(form == DeflateForm::Proper);
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut rest = bytes;
    loop {
        let (taken, given) = (state.total_in(), state.total_out());
        let status = state.decompress(rest, &mut chunk, FlushDecompress::None);
        let status = status.map_err(|_| DecodeStop::Corrupt(sink.layer))?;
        let (taken, given) = (state.total_in() - taken, state.total_out() - given);
        rest = &rest[taken as usize..];
        sink.push(&chunk[..given as usize])?;
        match status {
            Status::StreamEnd => return Ok(rest.len()),
            _ if taken == 0 && given == 0 => return Err(DecodeStop::Corrupt(sink.layer)),
            _ => {}
        }
    }
}

/// Strict state: the large-window extension would let a few bytes ask for a gigabyte.
fn unbrotli(bytes: &[u8], sink: &mut Sink) -> Result<usize, DecodeStop> {
    let alloc = StandardAlloc::default;
    let mut state = BrotliState::new_strict(alloc(), alloc(), alloc());
    let mut chunk = vec![0; CHUNK_BYTES];
    let (mut rest, mut taken, mut total) = (bytes.len(), 0, 0);
    loop {
        let (mut room, mut given) = (chunk.len(), 0);
        let result = BrotliDecompressStream(
            &mut rest, &mut taken, bytes, &mut room, &mut given, &mut chunk, &mut total, &mut state,
        );
        sink.push(&chunk[..given])?;
        match result {
            BrotliResult::ResultSuccess => return Ok(rest),
            BrotliResult::NeedsMoreOutput if given > 0 => {}
            _ => return Err(DecodeStop::Corrupt(sink.layer)),
        }
    }
}

/// One frame, as encoders of `Content-Encoding` write; more of them count as trailing bytes.
fn unzstd(bytes: &[u8], sink: &mut Sink) -> Result<usize, DecodeStop> {
    let mut rest = bytes;
    let mut decoder = FrameDecoder::new();
    decoder.set_max_window_size(ZSTD_WINDOW_BYTES_MAX);
    let mut stream = match StreamingDecoder::new_with_decoder(&mut rest, decoder) {
        Ok(stream) => stream,
        Err(FrameDecoderError::WindowSizeTooBig { .. }) => {
            return Err(DecodeStop::WindowTooLarge(sink.layer));
        }
        Err(_) => return Err(DecodeStop::Corrupt(sink.layer)),
    };
    sink.drain(&mut stream)?;
    Ok(rest.len())
}
