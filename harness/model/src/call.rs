//! The result of one call of a guest, in words that belong to no runtime.

use serde::{Deserialize, Serialize};

use crate::trap::TrapKind;

crate::words! {
    /// At which stage a module was refused.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    pub enum RejectStage {
        /// More bytes than the host takes.
        Size = "size",
        /// The bytes are no module, or an invalid one, or use a feature that is off.
        Validate = "validate",
        /// A static limit was passed: counts, arities, nesting.
        StaticLimit = "static-limit",
        /// An import that this host does not offer, or of the wrong type.
        Import = "import",
        /// An export of the guest ABI is missing, or of the wrong type.
        Export = "export",
        /// Compiling took too long or too much memory.
        CompileBudget = "compile-budget",
        /// Instantiation was refused by a limit.
        Instantiate = "instantiate",
    }
}

/// A module was refused before any of its code ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// Where it was refused.
    pub stage: RejectStage,
    /// A reason that a person can use; from a runtime or a guest's names, so hostile text.
    pub reason: String,
}

/// What a call ended in. All but `HostFault` are answers; `HostFault` is always a failure.
///
/// Decided from the host's own clock and counters, never from a text or an exit code that a
/// guest can forge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "outcome")]
pub enum CallOutcome {
    /// The guest answered, within its memory and the output bound.
    Ok {
        /// The bytes that the guest returned.
        #[serde(with = "crate::call::hex_bytes")]
        output: Vec<u8>,
    },
    /// The guest trapped.
    Trap {
        /// Why.
        kind: TrapKind,
    },
    /// The wall clock ran out, on the host's own clock.
    Deadline,
    /// A growth was denied, and the guest then failed.
    MemoryCap,
    /// The instruction budget ran out.
    Fuel,
    /// The guest used the ABI's error channel, exited, or broke the ABI.
    GuestError {
        /// The guest's own code; for a broken ABI, `ABI_ERROR_CODE`.
        code: i32,
        /// The guest's own words (hostile text, at most `ERROR_TEXT_BYTES_MAX`).
        text: String,
    },
    /// Refused before any code ran.
    Rejected(Rejection),
    /// A capability that was never granted was asked for, and the guest stopped.
    Denied {
        /// Which one.
        capability: String,
    },
    /// The tenant is past its limit; try later.
    Busy,
    /// The host crashed, hung, leaked or lied.
    HostFault {
        /// What was seen.
        detail: String,
        /// The signal that ended the process, where one did.
        signal: Option<String>,
    },
}

/// The code of a `GuestError` when the guest broke the ABI.
pub const ABI_ERROR_CODE: i32 = -32_000;

impl CallOutcome {
    /// Every word.
    pub const WORDS: &[&str] = &[
        "ok",
        "trap",
        "deadline",
        "memory-cap",
        "fuel",
        "guest-error",
        "rejected",
        "denied",
        "busy",
        "host-fault",
    ];

    /// The word of the closed vocabulary, without its arguments.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Ok { .. } => "ok",
            Self::Trap { .. } => "trap",
            Self::Deadline => "deadline",
            Self::MemoryCap => "memory-cap",
            Self::Fuel => "fuel",
            Self::GuestError { .. } => "guest-error",
            Self::Rejected(_) => "rejected",
            Self::Denied { .. } => "denied",
            Self::Busy => "busy",
            Self::HostFault { .. } => "host-fault",
        }
    }
}

/// One line that a guest logged, tagged by the host and never by the guest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// The tenant, as the host knows it.
    pub tenant: String,
    /// The text, one line, control characters escaped, at most `log_line_bytes_max`.
    pub text: String,
}

/// One call: its outcome and what the host recorded beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Called {
    /// What the call ended in.
    pub outcome: CallOutcome,
    /// The lines logged, at most `log_lines_max`.
    pub log: Vec<LogLine>,
    /// Lines the guest wrote beyond the bound, which were dropped.
    pub log_lines_dropped: u64,
    /// SHA-256 of the module that served, as the host says, in lower-case hex.
    pub digest: String,
    /// Wall time of instantiation and call on the host's own clock, microseconds.
    pub host_wall_us: u64,
    /// Fuel used, where the host counts it.
    pub fuel_used: Option<u64>,
    /// Growths of memory or table that the host denied in this call.
    pub growths_denied: u64,
    /// The mechanism that stopped the guest, in the host's own words (`epoch`, `fuel`, …). None
    /// where nothing was stopped or the host does not say.
    pub stopped_by: Option<String>,
}

impl Called {
    /// The words of [`Called::limits_reached`].
    pub const LIMITS: &[&str] = &["deadline", "fuel", "log", "memory"];

    /// The limits that the guest reached, as the host recorded them. A guest that was denied a
    /// growth can still end in `ok`.
    pub fn limits_reached(&self) -> Vec<&'static str> {
        let memory = self.outcome == CallOutcome::MemoryCap || self.growths_denied > 0;
        let all = [
            ("deadline", self.outcome == CallOutcome::Deadline),
            ("fuel", self.outcome == CallOutcome::Fuel),
            ("log", self.log_lines_dropped > 0),
            ("memory", memory),
        ];
        all.into_iter().filter(|(_, reached)| *reached).map(|(word, _)| word).collect()
    }

    /// An outcome with nothing recorded beside it.
    pub fn bare(outcome: CallOutcome) -> Self {
        Self {
            outcome,
            log: Vec::new(),
            log_lines_dropped: 0,
            digest: String::new(),
            host_wall_us: 0,
            fuel_used: None,
            growths_denied: 0,
            stopped_by: None,
        }
    }
}

/// Bytes as lower-case hex in JSON.
pub mod hex_bytes {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    /// Write bytes as hex.
    pub fn serialize<S: Serializer>(bytes: &[u8], out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&super::hex(bytes))
    }

    /// Read bytes from hex; odd lengths and other characters are errors.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(from)?;
        super::unhex(&text).ok_or_else(|| D::Error::custom("expected hex digits, two per byte"))
    }
}

/// Lower-case hex of bytes.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Bytes of hex; `None` for an odd length or another character.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let nibble = |c: u8| char::from(c).to_digit(16).map(|d| d as u8);
    if !text.len().is_multiple_of(2) {
        return None;
    }
    text.as_bytes().chunks(2).map(|pair| Some(nibble(pair[0])? << 4 | nibble(pair[1])?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_as_what_it_names() {
        for word in RejectStage::WORDS {
            let stage: RejectStage = serde_json::from_value((*word).into()).expect("a stage");
            assert_eq!(stage.word(), *word);
        }
        for word in TrapKind::WORDS {
            let kind: TrapKind = serde_json::from_value((*word).into()).expect("a kind");
            assert_eq!(kind.word(), *word);
        }
    }
}
