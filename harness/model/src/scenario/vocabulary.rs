//! The words that a scenario may use and that this crate cannot know: the guests.

use std::ops::Deref;
use std::sync::LazyLock;

use super::reach::Reach;

/// Names that the pure half cannot know.
#[derive(Debug, Clone, Default)]
pub struct Words {
    /// Ids of the guests that exist.
    pub guests: Vec<String>,
    /// Guests that can exhaust a machine. Patterns do not match them.
    pub heavy: Vec<String>,
    /// Guests with how far they grow at most.
    pub reaches: Vec<(String, Reach)>,
    /// Guests with the benign guest that does nearly the same, for `{parameter.counterpart}`.
    pub counterparts: Vec<(String, String)>,
}

/// The words, loaded when the first scenario about guests needs them. Reading the headers of all
/// guests takes longer than reading every scenario about sites.
#[derive(Debug)]
pub struct Vocabulary(LazyLock<Words>);

impl Vocabulary {
    /// The words that `all` gives.
    pub const fn new(all: fn() -> Words) -> Self {
        Self(LazyLock::new(all))
    }
}

impl Default for Vocabulary {
    fn default() -> Self {
        Self::new(Words::default)
    }
}

impl Deref for Vocabulary {
    type Target = Words;

    fn deref(&self) -> &Words {
        &self.0
    }
}

impl Words {
    /// Whether a guest can exhaust a machine.
    pub(super) fn is_heavy(&self, guest: &str) -> bool {
        self.heavy.iter().any(|heavy| heavy == guest)
    }
}
