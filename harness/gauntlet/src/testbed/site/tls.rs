//! The site over TLS, where browsers use HTTP/2. The certificate is made at the start and lives as
//! long as the site. So no secret is committed, and only those trust it who are told.

use std::future::Future;
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

use hyper::Request;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::reply::SiteReply;
use super::serve::{HEAD_TIMEOUT, accept, connection, multiplexed};

/// A protocol by its name in ALPN (RFC 7301).
pub(super) type Alpn = &'static [u8];

/// HTTP/2 (RFC 9113 §3.2).
pub(super) const H2: Alpn = b"h2";

/// HTTP/1.1 (RFC 7301 §6).
pub(super) const HTTP_1_1: Alpn = b"http/1.1";

/// A certificate for the loopback address, and the acceptor that presents it.
pub(super) struct Tls {
    acceptor: TlsAcceptor,
    /// The certificate, as its bytes.
    pub(super) certificate: Vec<u8>,
}

impl Tls {
    /// A new certificate. `protocols` are offered, the best first.
    pub(super) fn new(protocols: &[Alpn]) -> io::Result<Self> {
        let names = [Ipv4Addr::LOCALHOST.to_string(), "localhost".to_owned()];
        let made = rcgen::generate_simple_self_signed(names).map_err(io::Error::other)?;
        let certificate = made.cert.der().to_vec();
        let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
        let versions = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?;
        let chain = vec![made.cert.der().clone()];
        let config = versions.with_no_client_auth().with_single_cert(chain, key);
        let mut config = config.map_err(io::Error::other)?;
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), certificate })
    }
}

/// Accept and serve until the task is dropped.
pub(super) async fn serve<H, F>(listener: TcpListener, tls: Tls, handle: H)
where
    H: Fn(Request<()>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = SiteReply> + Send + 'static,
{
    accept(listener, move |stream| secured(stream, tls.acceptor.clone(), handle.clone())).await;
}

/// A handshake, and the agreed protocol. Its errors concern only the client.
async fn secured<H, F>(stream: TcpStream, acceptor: TlsAcceptor, handle: H)
where
    H: Fn(Request<()>) -> F + Send + Sync,
    F: Future<Output = SiteReply> + Send + 'static,
{
    let Ok(Ok(stream)) = timeout(HEAD_TIMEOUT, acceptor.accept(stream)).await else { return };
    match stream.get_ref().1.alpn_protocol() {
        Some(protocol) if protocol == H2 => multiplexed(stream, handle).await,
        _ => connection(stream, handle).await,
    }
}
