//! One guest: what it does, how it is contained, and its bytes.

use crate::assemble::{self, AssembleError, Params};
use crate::feature::Feature;
use crate::header::Header;
use crate::recipe::Recipe;
use crate::words::{Contained, Reach, Tier, Toolchain};

/// A module with its attack and the right reaction of a host.
#[derive(Debug, Clone)]
pub struct Guest {
    /// The name, equal to the file's.
    pub id: String,
    /// The folder: `cpu`, `mem`, … or `benign`.
    pub family: String,
    /// What the guest does, in one sentence.
    pub attack: String,
    /// The outcomes that count as contained.
    pub contained_if: Vec<Contained>,
    /// The required output of a call that ends `ok`.
    pub returns: Option<String>,
    /// The origin of the attack.
    pub seen_in: String,
    /// What running it requires.
    pub tier: Tier,
    /// The benign guest that does nearly the same; none for a benign guest.
    pub counterpart: Option<String>,
    /// Parameters with their defaults.
    pub params: Vec<(String, String)>,
    /// Proposals that it needs beyond the baseline.
    pub features: Vec<Feature>,
    /// How far it grows at most by default. A host with a larger cap shows nothing about its cap.
    pub reaches: Option<Reach>,
    /// Whether a correct host must run it to its end.
    pub benign: bool,
    /// The compiler of its bytes, which [`crate::toolchain::Workshop::bytes`] returns.
    pub toolchain: Option<Toolchain>,
    /// The first word of its input, which selects it among guests that share a module.
    pub input: Option<String>,
    pub(crate) origin: Origin,
}

/// Builds the bytes of a generated guest.
pub(crate) type Build = fn(&Params) -> Result<Vec<u8>, AssembleError>;

/// The source of the bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Origin {
    /// A `.wat` file.
    Text(&'static str),
    /// A generator.
    Built(Build),
    /// A source for a compiler.
    Compiled { recipe: Recipe, source: &'static str },
}

impl Guest {
    pub(crate) fn new(id: &str, family: &str, header: Header, origin: Origin) -> Self {
        Self {
            id: id.to_owned(),
            family: family.to_owned(),
            attack: header.attack,
            contained_if: header.contained_if,
            returns: header.returns,
            seen_in: header.seen_in,
            tier: header.tier,
            counterpart: header.counterpart,
            params: header.params,
            features: header.features,
            reaches: header.reaches,
            benign: family == BENIGN,
            toolchain: None,
            input: None,
            origin,
        }
    }

    /// The bytes of the `.wasm`, with `params` in place of their defaults.
    ///
    /// # Errors
    ///
    /// When a parameter is unknown or its value does not fit, or a compiler is needed.
    pub fn bytes(&self, params: &[(&str, &str)]) -> Result<Vec<u8>, AssembleError> {
        let params = Params::resolve(&self.id, &self.params, params)?;
        match self.origin {
            Origin::Text(source) => assemble::assemble_text(&self.id, source, &params),
            Origin::Built(build) => build(&params),
            Origin::Compiled { .. } => Err(AssembleError::Compiled(self.id.clone())),
        }
    }

    /// The text of a guest that is written as text.
    #[must_use]
    pub fn source(&self) -> Option<&'static str> {
        match self.origin {
            Origin::Text(source) | Origin::Compiled { source, .. } => Some(source),
            Origin::Built(_) => None,
        }
    }
}

/// The family of guests that a correct host must run to their end.
pub(crate) const BENIGN: &str = "benign";
