//! Why nothing could be seen.

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $variant:ident = $word:literal, $new:ident;)+) => {
        crate::words! {
            /// What kept us from looking, so that reasons can be matched and counted.
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub enum InabilityKind {
                $($(#[doc = $doc])+ $variant = $word,)+
            }
        }

        impl Inability {
            $($(#[doc = $doc])+
            pub fn $new(text: impl Into<String>) -> Self {
                Self { kind: InabilityKind::$variant, text: text.into() }
            })+
        }
    };
}

/// What kept us from looking. Never a finding about the subject; it makes a trial inconclusive.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Inability {
    /// What kind of reason it is.
    pub kind: InabilityKind,
    /// The reason, for a person.
    pub text: String,
}

kinds! {
    /// Nobody is there: no answer from an address, or a process that does not start.
    Unreachable = "unreachable", unreachable;
    /// Something came, and no sense can be made of it.
    Unreadable = "unreadable", unreadable;
    /// It took longer than we wait.
    Timeout = "timeout", timeout;
    /// A program or a runtime that the step needs is missing here, or fails.
    ToolMissing = "tool-missing", tool_missing;
    /// This machine was too busy for its measurement to count.
    BusyMachine = "busy-machine", busy_machine;
    /// It is larger than what we read.
    TooLarge = "too-large", too_large;
    /// The subject does not offer what the step needs.
    NotOffered = "not-offered", not_offered;
    /// The target file or the command line does not say what the step needs, or says it wrongly.
    Setup = "setup", setup;
    /// The subject limits how often it is asked.
    RateLimited = "rate-limited", rate_limited;
    /// The subject refuses our client, and not others.
    Refused = "refused", refused;
    /// To look would harm people who use the subject.
    HeldBack = "held-back", held_back;
    /// The run was stopped.
    Stopped = "stopped", stopped;
    /// A part of this program failed.
    HarnessFault = "harness-fault", harness_fault;
}

impl Inability {
    /// The same kind of reason, with another text made of this one.
    #[must_use]
    pub fn reworded(self, text: impl FnOnce(&str) -> String) -> Self {
        Self { text: text(&self.text), ..self }
    }
}
