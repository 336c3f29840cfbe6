//! The guest ABI as every host must implement it: ranges, bounds and the end of a call.
//!
//! Nothing here depends on a runtime, and nothing here runs a guest.
//!
//! The ABI: `memory`; `alloc(len: i32) -> i32`; `process(ptr: i32, len: i32) -> i64`, which is
//! `ptr << 32 | len` of the output; `_initialize()` for reactors, called once an instance.
//! `alloc` is called for an input that is not empty; an empty input is `process(0, 0)`.

pub mod cache;
pub mod clock;
pub mod contract;
pub mod end;
pub(crate) mod fixture;
pub mod growth;
pub mod log;
pub mod poll;
pub(crate) mod preview1;
pub(crate) mod sniff;
pub mod start;
#[cfg(test)]
pub mod trial;

use std::ops::Range;

/// The export that is the guest's memory.
pub(crate) const MEMORY: &str = "memory";
/// The export that allocates space for the input.
pub(crate) const ALLOC: &str = "alloc";
/// The export that does the work.
pub(crate) const PROCESS: &str = "process";
/// The export that a reactor needs called once.
pub(crate) const INITIALIZE: &str = "_initialize";
/// The module name of the two host functions `log` and `error`.
pub(crate) const ENV: &str = "env";
/// The module name of WASI preview 1.
pub const WASI: &str = "wasi_snapshot_preview1";

/// Longest module taken, bytes: eight times a Go guest (1.83 MB), and a bound on one `load`.
pub const MODULE_BYTES_MAX: usize = 16 << 20;

/// How a guest broke the ABI.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AbiFault {
    /// The input does not fit in an `i32` length.
    #[error("an input of {0} bytes does not fit in 32 bits")]
    InputTooLong(usize),
    /// `alloc` answered with a range that is not in memory; nothing was written.
    #[error("alloc answered {ptr:#x} for {len} bytes, memory has {memory}")]
    AllocRange {
        /// Where the guest wanted the input.
        ptr: u32,
        /// Length of the input.
        len: u32,
        /// Size of the memory, bytes.
        memory: usize,
    },
    /// `process` answered with a range that is not in memory.
    #[error("process answered {ptr:#x} and {len} bytes, memory has {memory}")]
    OutputRange {
        /// Where the guest said that its output is.
        ptr: u32,
        /// How long it said that it is.
        len: u32,
        /// Size of the memory, bytes.
        memory: usize,
    },
    /// The output is longer than the host takes.
    #[error("an output of {len} bytes, the host takes {max}")]
    OutputTooLong {
        /// How long it is.
        len: u32,
        /// How long it may be.
        max: u32,
    },
}

/// How the range of the output is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PointerCheck {
    /// The sum in 64 bits, and the bound on the length.
    Sum64,
    /// The fault: the sum in 32 bits, which wraps, and no bound on the length.
    Wrapping32,
}

/// The range `ptr..ptr + len` if it lies in a memory of `size` bytes, the sum in 64 bits.
pub fn range(ptr: u32, len: u32, size: usize) -> Option<Range<usize>> {
    let end = u64::from(ptr) + u64::from(len);
    let end = usize::try_from(end).ok().filter(|end| *end <= size)?;
    Some(usize::try_from(ptr).ok()?..end)
}

/// The length of an input, as `alloc` and `process` take it.
///
/// # Errors
/// When it does not fit in an `i32` that is not negative.
pub(crate) fn input_len(input: &[u8]) -> Result<i32, AbiFault> {
    i32::try_from(input.len()).map_err(|_| AbiFault::InputTooLong(input.len()))
}

/// Write `input` where `alloc` said.
///
/// # Errors
/// When the range is not in memory; then nothing is written.
pub(crate) fn place_input(memory: &mut [u8], ptr: i32, input: &[u8]) -> Result<(), AbiFault> {
    let (ptr, size) = (ptr.cast_unsigned(), memory.len());
    let len = input_len(input)?.cast_unsigned();
    let fault = AbiFault::AllocRange { ptr, len, memory: size };
    let range = range(ptr, len, size).ok_or(fault)?;
    memory[range].copy_from_slice(input);
    Ok(())
}

/// The output that `packed` names, copied out of `memory`. The bound is checked before copying.
///
/// # Errors
/// When the range is not in memory, or longer than `max`.
pub(crate) fn take_output(
    memory: &[u8],
    packed: i64,
    max: u32,
    check: PointerCheck,
) -> Result<Vec<u8>, AbiFault> {
    let packed = packed.cast_unsigned();
    let (ptr, len) = ((packed >> 32) as u32, (packed & 0xffff_ffff) as u32);
    let size = memory.len();
    let outside = AbiFault::OutputRange { ptr, len, memory: size };
    if check == PointerCheck::Wrapping32 {
        return wrapped(memory, ptr, len).ok_or(outside);
    }
    let range = range(ptr, len, size).ok_or(outside)?;
    if len > max {
        return Err(AbiFault::OutputTooLong { len, max });
    }
    Ok(memory[range].to_vec())
}

/// The output of a host with the 32-bit check, without really leaving the memory.
fn wrapped(memory: &[u8], ptr: u32, len: u32) -> Option<Vec<u8>> {
    let size = memory.len();
    let end = ptr.wrapping_add(len) as usize;
    if end > size {
        return None;
    }
    let clamp = |at: u64| usize::try_from(at).unwrap_or(size).min(size);
    let (from, to) = (clamp(u64::from(ptr)), clamp(u64::from(ptr) + u64::from(len)));
    Some(memory[from..to].to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_one_sum_in_64_bits() {
        assert_eq!(range(0, 0, 0), Some(0..0));
        assert_eq!(range(16, 0, 16), Some(16..16));
        assert_eq!(range(16, 1, 16), None);
        assert_eq!(range(0xffff_fff0, 0x20, 65_536), None);
        assert_eq!(range(u32::MAX, u32::MAX, 65_536), None);
        assert_eq!(range(4, 4, 8), Some(4..8));
    }

    #[test]
    fn an_input_is_written_whole_or_not_at_all() {
        let mut memory = [0_u8; 8];
        assert!(place_input(&mut memory, 7, b"ab").is_err());
        assert!(place_input(&mut memory, -1, b"ab").is_err());
        assert_eq!(memory, [0; 8]);
        assert_eq!(place_input(&mut memory, 6, b"ab"), Ok(()));
        assert_eq!(&memory[6..], b"ab");
    }

    #[test]
    fn an_output_is_bounded_before_it_is_copied() {
        let memory = [7_u8; 16];
        let take = |ptr: u64, len: u64, check| {
            take_output(&memory, (ptr << 32 | len).cast_signed(), 8, check)
        };
        assert_eq!(take(8, 8, PointerCheck::Sum64), Ok(vec![7; 8]));
        assert_eq!(
            take(0, 9, PointerCheck::Sum64),
            Err(AbiFault::OutputTooLong { len: 9, max: 8 })
        );
        assert!(take(0xffff_fff0, 0x20, PointerCheck::Sum64).is_err());
        assert_eq!(take(0xffff_fff0, 0x20, PointerCheck::Wrapping32), Ok(vec![]));
        assert_eq!(take(0, 16, PointerCheck::Wrapping32), Ok(vec![7; 16]));
    }
}
