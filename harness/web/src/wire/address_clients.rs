//! Requests to single addresses of one host. The address that a name has today is only one of the
//! machines that users reach.

use std::net::{IpAddr, SocketAddr};

use url::{Host, Url};

use super::failure::ExchangeFailure;
use super::{Certificates, ExchangeBounds, HttpRequest, builder};

/// A client for each address of one host.
#[derive(Debug, Default)]
pub(super) struct AddressClients {
    host: String,
    clients: Vec<(IpAddr, reqwest::Client)>,
}

impl AddressClients {
    /// Clients that take `host` for each of `addresses`.
    pub(super) fn new(
        host: &str,
        addresses: &[IpAddr],
        trusted: Option<&Certificates>,
        bounds: &ExchangeBounds,
    ) -> Result<Self, ExchangeFailure> {
        let client = |address: &IpAddr| {
            let usual = trusted.map_or_else(|| builder(bounds), |trusted| trusted.builder(bounds));
            // The port comes from the URL, not from here.
            let client = usual.resolve(host, SocketAddr::new(*address, 0)).build();
            // As for the default client: a machine may have no certificates.
            let client = client.or_else(|_| {
                let bare = builder(bounds).resolve(host, SocketAddr::new(*address, 0));
                bare.tls_certs_only([]).build()
            });
            Ok((*address, client.map_err(|error| ExchangeFailure::own(&error))?))
        };
        let clients = addresses.iter().map(client).collect::<Result<_, ExchangeFailure>>()?;
        Ok(Self { host: host.to_owned(), clients })
    }

    /// The address to which `ask` goes, where it names one.
    pub(super) fn address(&self, ask: &HttpRequest) -> Option<IpAddr> {
        let named = ask.via.filter(|_| ask.url.host_str() == Some(&self.host));
        named.filter(|named| self.clients.iter().any(|(address, _)| address == named))
    }

    /// The client, the URL and the `Host` for `ask`.
    pub(super) fn way<'a>(
        &'a self,
        usual: &'a reqwest::Client,
        ask: &HttpRequest,
    ) -> (&'a reqwest::Client, Url, Option<String>) {
        let (url, host) = (ask.url.clone(), ask.host.clone());
        let door = self.address(ask);
        let door = self.clients.iter().find(|(address, _)| Some(*address) == door);
        let Some((address, client)) = door else { return (usual, url, host) };
        // A host that is an address is not resolved, so it is replaced in the URL and kept as
        // `Host`.
        match url.host() {
            Some(Host::Domain(_)) | None => (client, url, host),
            Some(_) => {
                let authority = url[url::Position::BeforeHost..url::Position::AfterPort].to_owned();
                let mut url = url;
                // Only a URL without a host refuses one, and this URL had a host.
                let _ = url.set_ip_host(*address);
                (client, url, host.or(Some(authority)))
            }
        }
    }
}
