//! The requests of a mapping: its templates with values, and the addresses that may be called.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::{Origin, Url};
use wasm_gauntlet_host::worker::parent::work::{GuestModule, Work};
use wasm_gauntlet_model::call::hex;
use wasm_gauntlet_model::scenario::Template;
use wasm_gauntlet_model::target::{Mapping, RequestTemplate};

use super::exchange::Spoken;
use crate::subject::Inability;

/// A host that is called as a mapping says.
pub(crate) struct Mapped {
    mapping: Mapping,
    base: Url,
    /// The base's, and those of guests that are deployed at an address of their own.
    origins: Vec<Origin>,
}

impl Mapped {
    /// The host at `base`.
    ///
    /// # Errors
    /// When a guest is deployed at an address that is none.
    pub(crate) fn new(mapping: Mapping, base: Url) -> Result<Self, Inability> {
        let mut origins = vec![base.origin()];
        for url in addresses(&mapping) {
            let no_address = |error| Inability::setup(format!("{url}: {error}"));
            origins.push(Url::parse(url).map_err(no_address)?.origin());
        }
        Ok(Self { mapping, base, origins })
    }

    /// What the target file says.
    pub(crate) fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// The guests that are deployed, where none can be uploaded.
    pub(crate) fn deployed(&self) -> Option<Vec<String>> {
        Some(self.mapping.guests.as_ref()?.keys().cloned().collect())
    }

    /// The address that tells whether the host is there.
    pub(crate) fn health_url(&self) -> String {
        format!("{}{}", self.root(), self.mapping.health_path)
    }

    /// The request that uploads a module; none where there is no such.
    ///
    /// # Errors
    /// When the address would be another host's.
    pub(crate) fn load(&self, module: &GuestModule) -> Option<Result<Spoken, Inability>> {
        let template = self.mapping.load.as_ref()?;
        let word = |name: &str| match name {
            "module" => Some(module.bytes.clone()),
            "module-base64" => Some(STANDARD.encode(&module.bytes).into_bytes()),
            other => self.of_guest(module, other).map(String::into_bytes),
        };
        let text = |name: &str| self.of_guest(module, name);
        Some(self.filled(template, &text, &word))
    }

    /// The request that calls a guest.
    ///
    /// # Errors
    /// When the guest is not deployed, or the address would be another host's.
    pub(crate) fn call(&self, work: &Work<'_>) -> Result<Spoken, Inability> {
        let id = &work.module.id;
        if self.mapping.guests.as_ref().is_some_and(|guests| !guests.contains_key(id)) {
            return Err(Inability::not_offered(format!("guest {id} is not deployed on this host")));
        }
        let text = |name: &str| match name {
            "tenant" => Some(work.tenant.to_owned()),
            "input-base64" => Some(STANDARD.encode(work.input)),
            "input-hex" => Some(hex(work.input)),
            other => self.of_guest(work.module, other),
        };
        let word = |name: &str| match name {
            "input" => Some(work.input.to_vec()),
            other => text(other).map(String::into_bytes),
        };
        self.filled(&self.mapping.call, &text, &word)
    }

    fn of_guest(&self, module: &GuestModule, name: &str) -> Option<String> {
        match name {
            "guest" => Some(module.id.clone()),
            "digest" => Some(module.digest.clone()),
            "deployed" => self.mapping.guests.as_ref()?.get(&module.id).cloned(),
            _ => None,
        }
    }

    fn root(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    fn filled(
        &self,
        template: &RequestTemplate,
        text: &dyn Fn(&str) -> Option<String>,
        word: &dyn Fn(&str) -> Option<Vec<u8>>,
    ) -> Result<Spoken, Inability> {
        // What the target file's author wrote stands as it is; all else is a part of one segment.
        let part = |name: &str| match name {
            "deployed" => text(name),
            other => text(other).map(|text| escaped(&text)),
        };
        let header = |(name, value): &(String, Template)| (name.clone(), value.fill(text));
        Ok(Spoken {
            method: template.method.clone(),
            url: self.url(&template.path.fill(part))?,
            headers: template.headers.iter().map(header).collect(),
            body: template.body.fill_bytes(word),
        })
    }

    /// The address of a path, or the address itself where a whole one is deployed. Whatever the
    /// words were, it is one that was named, and so one that was authorised.
    fn url(&self, path: &str) -> Result<String, Inability> {
        let whole = match path {
            whole if is_whole(whole) => whole.to_owned(),
            path if path.starts_with('/') => format!("{}{path}", self.root()),
            path => format!("{}/{path}", self.root()),
        };
        let wrong = |why: String| Inability::setup(format!("{whole}: {why}"));
        let parsed = Url::parse(&whole).map_err(|error| wrong(error.to_string()))?;
        match self.origins.contains(&parsed.origin()) {
            true => Ok(parsed.into()),
            false => Err(wrong("this host is not named in the target file".to_owned())),
        }
    }
}

/// The absolute addresses at which guests are deployed.
pub(crate) fn addresses(mapping: &Mapping) -> impl Iterator<Item = &str> {
    let places = mapping.guests.iter().flat_map(|guests| guests.values());
    places.map(String::as_str).filter(|place| is_whole(place))
}

fn is_whole(place: &str) -> bool {
    place.starts_with("http://") || place.starts_with("https://")
}

/// A text as part of a path segment: all but unreserved characters (RFC 3986 §2.3) are escaped.
fn escaped(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests;
