//! From a guest's text and parameters to the bytes of a module.

use std::fmt;

/// Why the bytes of a guest are not available.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AssembleError {
    /// The guest has no parameter of that name.
    UnknownParameter {
        /// The guest.
        guest: String,
        /// The name asked for.
        name: String,
    },
    /// The parameter takes no such value.
    BadParameter {
        /// The parameter.
        name: String,
        /// The value asked for.
        value: String,
    },
    /// The text does not assemble; the complaint names its line.
    Text(String),
    /// The guest is built by a compiler, in a `toolchain::Workshop`.
    Compiled(String),
}

impl fmt::Display for AssembleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownParameter { guest, name } => {
                write!(f, "guest `{guest}` has no parameter `{name}`")
            }
            Self::BadParameter { name, value } => {
                write!(f, "parameter `{name}` does not take `{value}`")
            }
            Self::Text(complaint) => write!(f, "{complaint}"),
            Self::Compiled(guest) => write!(f, "guest `{guest}` is built by a compiler"),
        }
    }
}

impl std::error::Error for AssembleError {}

/// The parameters of a guest with their values. Every name is known.
#[derive(Debug, Clone)]
pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    /// The defaults, overridden by `asked`.
    pub(crate) fn resolve(
        guest: &str,
        defaults: &[(String, String)],
        asked: &[(&str, &str)],
    ) -> Result<Self, AssembleError> {
        let mut params = Self(defaults.to_vec());
        for (name, value) in asked {
            let slot = params.0.iter_mut().find(|(known, _)| known == name);
            let Some(slot) = slot else {
                let (guest, name) = (guest.to_owned(), (*name).to_owned());
                return Err(AssembleError::UnknownParameter { guest, name });
            };
            if value.is_empty() || !value.chars().all(is_atom) {
                return Err(bad(name, value));
            }
            slot.1 = (*value).to_owned();
        }
        Ok(params)
    }

    /// The value of a parameter that the generator's own header declares, as a number.
    pub(crate) fn number(&self, name: &str) -> Result<u32, AssembleError> {
        self.value(name).replace('_', "").parse().map_err(|_| self.bad(name))
    }

    /// The error for a wrong value of this parameter.
    pub(crate) fn bad(&self, name: &str) -> AssembleError {
        bad(name, self.value(name))
    }

    fn value(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }
}

/// A value is one atom of the text format, so that it cannot add code.
fn is_atom(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_.+-".contains(c)
}

fn bad(name: &str, value: &str) -> AssembleError {
    AssembleError::BadParameter { name: name.to_owned(), value: value.to_owned() }
}

/// The bytes of a guest that is text.
pub(crate) fn assemble_text(
    id: &str,
    source: &str,
    params: &Params,
) -> Result<Vec<u8>, AssembleError> {
    let mut text = source.to_owned();
    for (name, value) in &params.0 {
        text = text.replace(&format!("${{{name}}}"), value);
    }
    wat::parse_str(&text).map_err(|error| AssembleError::Text(format!("guest `{id}`: {error}")))
}
