//! The words for the outcomes of a guest, and for its compiler. They belong to no runtime.

use std::fmt;

/// Declares a closed enum with the word of each variant, as a header writes it.
macro_rules! words {
    ($(#[$meta:meta])+ $pub:vis enum $name:ident {
        $($(#[$of_variant:meta])+ $variant:ident = $word:literal,)+
    }) => {
        $(#[$meta])+
        $pub enum $name {
            $($(#[$of_variant])+ $variant,)+
        }

        impl $name {
            /// Every variant, in the order of their declaration.
            pub const ALL: [Self; [$($word),+].len()] = [$(Self::$variant),+];

            /// The word of this variant.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The variant that a header's word names.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|one| one.word() == word)
            }
        }
    };
}
pub(crate) use words;

words! {
    /// Why an execution stopped itself, in words common to every runtime.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum TrapKind {
        /// The `unreachable` instruction.
        Unreachable = "unreachable",
        /// A load, store or bulk operation past the end of a memory or of a data segment.
        MemoryOutOfBounds = "memory-out-of-bounds",
        /// A table access, indirect call or bulk operation past the end of a table or segment.
        TableOutOfBounds = "table-out-of-bounds",
        /// An integer division or remainder by zero.
        DivideByZero = "divide-by-zero",
        /// A signed division or a conversion with a result out of range.
        IntegerOverflow = "integer-overflow",
        /// A conversion of NaN to an integer.
        BadConversion = "bad-conversion",
        /// An indirect call of a function of another type.
        SignatureMismatch = "signature-mismatch",
        /// An indirect call through an empty slot.
        NullElement = "null-element",
        /// The call stack is used up.
        Stack = "stack",
        /// An exception that nobody catches.
        UncaughtException = "uncaught-exception",
        /// A pointer handed to a host function lies outside the memory.
        HostPointer = "host-pointer",
        /// Anything else that stops an execution.
        Other = "other",
    }
}

words! {
    /// The stage before the call at which a host refuses a module.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Stage {
        /// The artefact is larger than the host takes.
        Size = "size",
        /// The bytes are no valid module under the host's feature set.
        Validate = "validate",
        /// A count in the module is over a limit that the host checks before compiling.
        StaticLimit = "static-limit",
        /// An import that the host does not give, or not with that type.
        Import = "import",
        /// An export of the contract is missing or of another type.
        Export = "export",
        /// Compiling takes more time or memory than the host gives it.
        CompileBudget = "compile-budget",
        /// The instance cannot be made.
        Instantiate = "instantiate",
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
            return TrapKind::from_word(kind).map(Self::Trap);
        }
        if let Some(stage) = argument(words, "rejected") {
            return Stage::from_word(stage).map(Self::Rejected);
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

words! {
    /// What running a guest requires.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Tier {
        /// Safe anywhere: a host that fails costs seconds, not the machine.
        Core = "core",
        /// Can exhaust a machine: only inside verified limits.
        Heavy = "heavy",
    }
}

/// How far a guest grows at most, with default parameters. A host with a larger cap allows it and
/// shows nothing about its cap.
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

words! {
    /// A compiler that guests are built with. Its word is the name of its folder and the family of
    /// its guests.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Toolchain {
        /// Go 1.24 or later, the first with `go:wasmexport`.
        Go = "go",
        /// Clang with its WebAssembly back end, and `wasm-ld`; no library.
        C = "c",
        /// Rust with the standard library for `wasm32-unknown-unknown`.
        Rust = "rust",
    }
}

impl Toolchain {
    /// What must be there, for a person.
    #[must_use]
    pub fn needs(self) -> &'static str {
        match self {
            Self::Go => "Go 1.24 or later",
            Self::C => "clang with its WebAssembly target, and wasm-ld",
            Self::Rust => "rustc with the standard library for wasm32-unknown-unknown",
        }
    }
}
