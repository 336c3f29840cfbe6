//! Single addresses of one host, asked one by one: what a name resolves to today is only one of
//! the machines that people are sent to.

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
            // The port is that of the URL, whatever is said here.
            let client = usual.resolve(host, SocketAddr::new(*address, 0)).build();
            // As for the client without an address: a machine may have no certificates.
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

    /// The client, the URL and the `Host` by which `ask` goes where it is to go.
    pub(super) fn way<'a>(
        &'a self,
        usual: &'a reqwest::Client,
        ask: &HttpRequest,
    ) -> (&'a reqwest::Client, Url, Option<String>) {
        let (url, host) = (ask.url.clone(), ask.host.clone());
        let door = self.address(ask);
        let door = self.clients.iter().find(|(address, _)| Some(*address) == door);
        let Some((address, client)) = door else { return (usual, url, host) };
        // An address as host is not resolved, so it is replaced, and stays the `Host`.
        match url.host() {
            Some(Host::Domain(_)) | None => (client, url, host),
            Some(_) => {
                let authority = url[url::Position::BeforeHost..url::Position::AfterPort].to_owned();
                let mut url = url;
                // Only a URL without a host refuses one, and this one has had one.
                let _ = url.set_ip_host(*address);
                (client, url, host.or(Some(authority)))
            }
        }
    }
}
