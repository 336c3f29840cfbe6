//! Static limits: a module is counted while it is parsed, before any engine sees its bytes.
//!
//! For any host, not only for ours. It reads once, from front to back, and stops at the first count
//! above its bound. It keeps a few numbers for each type, and allocates by the real content, never
//! by a count that a module claims.
//!
//! ```
//! use wasm_gauntlet_host::static_limits::{self, Count, StaticLimits};
//!
//! let policy = StaticLimits::recommended().with(Count::Functions, 2);
//! let three = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x04\x03\0\0\0";
//! let refusal = static_limits::check(&policy, three).unwrap_err();
//! assert_eq!(refusal.to_string(), "functions: 3, at most 2 are allowed (at offset 0x10)");
//! ```
//!
//! Must not decide whether a module is valid: a validator does that afterwards.

mod body;
mod section;

use wasm_gauntlet_model::call::{RejectStage, Rejection};
use wasmparser::{BinaryReaderError, Encoding, Parser, Payload};

pub use wasm_gauntlet_model::static_limits::{Count, StaticLimits};

use section::Counted;

/// Why a module is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A count is over its bound.
    #[error("{}: {seen}, at most {most} are allowed ({})", .count.word(), at(*.function, *.offset))]
    Over {
        /// Which.
        count: Count,
        /// How many were counted. There may be more, because nothing after this was read.
        seen: u64,
        /// The bound.
        most: u64,
        /// Where, in bytes from the begin.
        offset: u64,
        /// The function, counted as the module counts them, for counts of one function.
        function: Option<u64>,
    },
    /// The bytes do not parse.
    #[error("{message} (at offset {offset:#x})")]
    Malformed {
        /// The parser's words.
        message: String,
        /// Where, in bytes from the begin.
        offset: u64,
    },
}

fn at(function: Option<u64>, offset: u64) -> String {
    let function = function.map(|index| format!("in function {index}, ")).unwrap_or_default();
    format!("{function}at offset {offset:#x}")
}

impl From<BinaryReaderError> for Refusal {
    fn from(error: BinaryReaderError) -> Self {
        Self::Malformed { message: error.message().to_owned(), offset: error.offset() as u64 }
    }
}

impl From<Refusal> for Rejection {
    fn from(refusal: Refusal) -> Self {
        let stage = match &refusal {
            Refusal::Over { count: Count::ModuleBytes, .. } => RejectStage::Size,
            Refusal::Over { .. } => RejectStage::StaticLimit,
            Refusal::Malformed { .. } => RejectStage::Validate,
        };
        Self { stage, reason: refusal.to_string().escape_debug().to_string() }
    }
}

/// Count the content of `bytes`, up to the first count that `limits` refuses.
///
/// # Errors
/// That count; or where the bytes stop being a module.
pub fn check(limits: &StaticLimits, bytes: &[u8]) -> Result<(), Refusal> {
    let policy = LimitPolicy { limits };
    policy.hold(Count::ModuleBytes, bytes.len() as u64, 0)?;
    let mut counted = Counted::new(policy);
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload?;
        match payload {
            Payload::Version { encoding: Encoding::Component, .. } => {
                let message = "a component, but a module is expected".to_owned();
                return Err(Refusal::Malformed { message, offset: 0 });
            }
            Payload::CodeSectionEntry(body) => counted.body(&body)?,
            other => counted.section(other)?,
        }
    }
    Ok(())
}

/// The bounds, asked at each count.
#[derive(Clone, Copy)]
struct LimitPolicy<'a> {
    limits: &'a StaticLimits,
}

impl LimitPolicy<'_> {
    /// Refuse a count of the module that is over its bound.
    fn hold(self, count: Count, seen: u64, offset: usize) -> Result<(), Refusal> {
        self.held(count, seen, offset, None)
    }

    /// The same of a count of `function`.
    fn held(
        self,
        count: Count,
        seen: u64,
        offset: usize,
        function: Option<u64>,
    ) -> Result<(), Refusal> {
        let most = self.limits.most(count);
        match seen > most {
            true => Err(Refusal::Over { count, seen, most, offset: offset as u64, function }),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
