//! An origin that is trusted by its own certificates only, as a staging host may be, and the same
//! trust for `curl`.

use url::Url;

use super::failure::ExchangeFailure;
use super::{ExchangeBounds, builder};

/// Certificates, and where they are from.
#[derive(Debug, Clone)]
pub struct Certificates {
    list: Vec<reqwest::Certificate>,
    /// Their file; none if they were never in a file.
    file: Option<String>,
}

impl Certificates {
    /// One certificate (DER) that is in no file.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn of_der(bytes: &[u8]) -> Result<Self, ExchangeFailure> {
        let one =
            reqwest::Certificate::from_der(bytes).map_err(|error| ExchangeFailure::own(&error))?;
        Ok(Self { list: vec![one], file: None })
    }

    /// Those of the text (PEM) of `file`.
    ///
    /// # Errors
    /// When it holds none, or one that cannot be read.
    pub fn of_pem(text: &[u8], file: String) -> Result<Self, ExchangeFailure> {
        let list = reqwest::Certificate::from_pem_bundle(text);
        let list = list.map_err(|error| ExchangeFailure::own(&error))?;
        match list.is_empty() {
            true => Err(ExchangeFailure::Other(format!("{file} holds no certificate"))),
            false => Ok(Self { list, file: Some(file) }),
        }
    }

    /// A client builder that trusts these and nothing else.
    pub(super) fn builder(&self, bounds: &ExchangeBounds) -> reqwest::ClientBuilder {
        builder(bounds).tls_certs_only(self.list.clone())
    }

    /// The option that makes `curl` trust the same. Only its server shows a certificate that is in
    /// no file, so `curl` does not check it.
    fn option(&self) -> String {
        match &self.file {
            Some(file) => format!("--cacert {}", crate::shell::quoted(file)),
            None => "-k".to_owned(),
        }
    }
}

/// One origin, and the client that trusts its certificates.
pub(super) struct Pinned {
    origin: url::Origin,
    http: reqwest::Client,
    option: String,
}

impl Pinned {
    pub(super) fn new(
        url: &Url,
        by: &Certificates,
        bounds: &ExchangeBounds,
    ) -> Result<Self, ExchangeFailure> {
        let http = by.builder(bounds).build().map_err(|error| ExchangeFailure::own(&error))?;
        Ok(Self { origin: url.origin(), http, option: by.option() })
    }

    /// The client, where `url` is of this origin.
    pub(super) fn client(&self, url: &Url) -> Option<&reqwest::Client> {
        (url.origin() == self.origin).then_some(&self.http)
    }

    /// The option of `curl`, where `url` is of this origin.
    pub(super) fn option(&self, url: &Url) -> Option<&str> {
        (url.origin() == self.origin).then_some(self.option.as_str())
    }
}
