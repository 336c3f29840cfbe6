//! The words in which a guest says how it is contained. No runtime owns them.

use std::fmt;

/// Why an execution stopped itself, in words common to every runtime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TrapKind {
    /// The `unreachable` instruction.
    Unreachable,
    /// A load, store or bulk operation past the end of a memory or of a data segment.
    MemoryOutOfBounds,
    /// A table access, indirect call or bulk operation past the end of a table or segment.
    TableOutOfBounds,
    /// An integer division or remainder by zero.
    DivideByZero,
    /// A signed division whose result does not fit, or a conversion out of range.
    IntegerOverflow,
    /// A conversion of NaN to an integer.
    BadConversion,
    /// An indirect call of a function of another type.
    SignatureMismatch,
    /// An indirect call through an empty slot.
    NullElement,
    /// The call stack is used up.
    Stack,
    /// An exception that nobody catches.
    UncaughtException,
    /// A pointer handed to a host function lies outside the memory.
    HostPointer,
    /// Anything else that stops an execution.
    Other,
}

impl TrapKind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::Unreachable,
        Self::MemoryOutOfBounds,
        Self::TableOutOfBounds,
        Self::DivideByZero,
        Self::IntegerOverflow,
        Self::BadConversion,
        Self::SignatureMismatch,
        Self::NullElement,
        Self::Stack,
        Self::UncaughtException,
        Self::HostPointer,
        Self::Other,
    ];

    /// The word of the kind, as a header writes it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::MemoryOutOfBounds => "memory-out-of-bounds",
            Self::TableOutOfBounds => "table-out-of-bounds",
            Self::DivideByZero => "divide-by-zero",
            Self::IntegerOverflow => "integer-overflow",
            Self::BadConversion => "bad-conversion",
            Self::SignatureMismatch => "signature-mismatch",
            Self::NullElement => "null-element",
            Self::Stack => "stack",
            Self::UncaughtException => "uncaught-exception",
            Self::HostPointer => "host-pointer",
            Self::Other => "other",
        }
    }
}

/// Where, before the call, a host refuses a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// The artefact is larger than the host takes.
    Size,
    /// The bytes are no valid module under the host's feature set.
    Validate,
    /// A count in the module is over a limit that the host checks before compiling.
    StaticLimit,
    /// An import that the host does not give, or not with that type.
    Import,
    /// An export of the contract is missing or of another type.
    Export,
    /// Compiling takes more time or memory than the host gives it.
    CompileBudget,
    /// The instance cannot be made.
    Instantiate,
}

impl Stage {
    /// Every stage, in the order in which a module meets them.
    pub const ALL: [Self; 7] = [
        Self::Size,
        Self::Validate,
        Self::StaticLimit,
        Self::Import,
        Self::Export,
        Self::CompileBudget,
        Self::Instantiate,
    ];

    /// The word of the stage, as a header writes it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Size => "size",
            Self::Validate => "validate",
            Self::StaticLimit => "static-limit",
            Self::Import => "import",
            Self::Export => "export",
            Self::CompileBudget => "compile-budget",
            Self::Instantiate => "instantiate",
        }
    }
}

/// One outcome under which a guest counts as contained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Contained {
    /// The call returns; `Guest::returns` says what the right output is.
    Ok,
    /// The execution traps with this kind.
    Trap(TrapKind),
    /// The host's own clock stops the call.
    Deadline,
    /// A memory or table limit stops the guest.
    MemoryCap,
    /// The instruction budget stops the call.
    Fuel,
    /// The guest's error channel, a malformed result, or an exit.
    GuestError,
    /// The module is refused at this stage, before the call.
    Rejected(Stage),
    /// A capability is refused.
    Denied,
}

impl Contained {
    /// The outcome that a header's words name.
    #[must_use]
    pub fn from_words(words: &str) -> Option<Self> {
        if let Some(kind) = argument(words, "trap") {
            return TrapKind::ALL.into_iter().find(|k| k.word() == kind).map(Self::Trap);
        }
        if let Some(stage) = argument(words, "rejected") {
            return Stage::ALL.into_iter().find(|s| s.word() == stage).map(Self::Rejected);
        }
        match words {
            "ok" => Some(Self::Ok),
            "deadline" => Some(Self::Deadline),
            "memory-cap" => Some(Self::MemoryCap),
            "fuel" => Some(Self::Fuel),
            "guest-error" => Some(Self::GuestError),
            "denied" => Some(Self::Denied),
            _ => None,
        }
    }

    /// Whether the module is refused before the call.
    #[must_use]
    pub fn is_rejection(self) -> bool {
        matches!(self, Self::Rejected(_))
    }
}

impl fmt::Display for Contained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ok => f.write_str("ok"),
            Self::Trap(kind) => write!(f, "trap({})", kind.word()),
            Self::Deadline => f.write_str("deadline"),
            Self::MemoryCap => f.write_str("memory-cap"),
            Self::Fuel => f.write_str("fuel"),
            Self::GuestError => f.write_str("guest-error"),
            Self::Rejected(stage) => write!(f, "rejected({})", stage.word()),
            Self::Denied => f.write_str("denied"),
        }
    }
}

/// What it takes to try a guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tier {
    /// Safe anywhere: a host that fails costs seconds, not the machine.
    Core,
    /// Can exhaust a machine: only inside verified limits.
    Heavy,
}

impl Tier {
    /// The word of the tier, as a header writes it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Heavy => "heavy",
        }
    }

    /// The tier that a header's word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Core, Self::Heavy].into_iter().find(|tier| tier.word() == word)
    }
}

/// How far a guest grows at most, with its parameters at their defaults. A host whose cap is as
/// large or larger lets it, and shows nothing of its cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reach {
    /// Pages of 64 KiB, of all memories together.
    Pages(u32),
    /// Elements of one table.
    Elements(u32),
}

impl Reach {
    /// The reach that a header's words name, as in `4096 pages`.
    #[must_use]
    pub fn from_words(words: &str) -> Option<Self> {
        let (count, unit) = words.split_once(' ')?;
        let count = count.parse().ok()?;
        match unit {
            "pages" => Some(Self::Pages(count)),
            "elements" => Some(Self::Elements(count)),
            _ => None,
        }
    }
}

/// `inner` of `name(inner)`.
fn argument<'a>(words: &'a str, name: &str) -> Option<&'a str> {
    words.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')')
}
