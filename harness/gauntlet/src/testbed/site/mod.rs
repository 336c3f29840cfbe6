//! The static site of the reference deployment: an origin, and a shared cache in front of it.
//!
//! Users see the edge, and so does the gauntlet; the origin has an address of its own for
//! comparison. Both are real servers on real sockets; the edge speaks TLS at a second address.

pub(in crate::testbed) mod assets;
mod breach;
mod cache;
mod edge;
mod faults;
pub(in crate::testbed) mod module;
mod negotiate;
mod origin;
mod page_faults;
mod reply;
mod serve;
#[cfg(test)]
mod tests;
mod tls;

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use hyper::Request;
use tokio::runtime::{Builder, Runtime};
use wasm_gauntlet_model::fault::Fault;

use edge::Edge;
pub(crate) use faults::SiteFaults;
use origin::OriginServer;
use reply::SiteReply;
use serve::{serve, serve_breaching};
use tls::Tls;

/// The servers' threads: one for each core of the smallest supported machine. They are separate
/// from those of the probes, so that a busy probe does not look like a slow site.
const THREADS: usize = 2;

/// Any free port of the loopback interface.
const LOOPBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// The running site; it stops when this is dropped.
#[derive(Debug)]
pub struct TestbedSite {
    edge: SocketAddr,
    origin: SocketAddr,
    secure: SocketAddr,
    certificate: Vec<u8>,
    /// Taken when dropped.
    runtime: Option<Runtime>,
}

impl TestbedSite {
    /// Start origin and edge with `faults`. Those of the plugin host are ignored. The edge listens
    /// at `listen`, or at a free loopback port, and the origin always at a free one. May be called
    /// inside and outside of a runtime.
    ///
    /// # Errors
    /// When an address cannot be bound or no thread can be had.
    pub fn start(faults: &[Fault], listen: Option<SocketAddr>) -> io::Result<Self> {
        let faults = SiteFaults::new(faults);
        let protocols: &[tls::Alpn] = match faults.has(Fault::Http1Only) {
            true => &[tls::HTTP_1_1],
            false => &[tls::H2, tls::HTTP_1_1],
        };
        let tls = Tls::new(protocols)?;
        let (edge_socket, edge) = bind(listen.unwrap_or(LOOPBACK))?;
        let (origin_socket, origin) = bind(LOOPBACK)?;
        let (secure_socket, secure) = bind(LOOPBACK)?;
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(THREADS).thread_name("testbed-site").enable_all();
        let runtime = builder.build()?;
        let certificate = tls.certificate.clone();
        let front = Arc::new(Edge::new(origin, &faults));
        let elsewhere = faults.has(Fault::NoCors).then(|| bind(LOOPBACK)).transpose()?;
        let base = elsewhere.as_ref().map(|(_, address)| format!("http://{address}"));
        let back = Arc::new(OriginServer::new(faults, base));
        let inside = runtime.enter();
        for socket in [Some(edge_socket), elsewhere.map(|(socket, _)| socket)] {
            let Some(socket) = socket else { continue };
            runtime.spawn(serve_breaching(listening(socket)?, through(&front)));
        }
        runtime.spawn(tls::serve(listening(secure_socket)?, tls, through(&front)));
        runtime.spawn(serve(listening(origin_socket)?, move |request| {
            std::future::ready(back.answer(&request))
        }));
        drop(inside);
        Ok(Self { edge, origin, secure, certificate, runtime: Some(runtime) })
    }

    /// The entry page as users see it: through the edge.
    pub fn site_url(&self) -> String {
        format!("http://{}/", self.edge)
    }

    /// The entry page as users see it over TLS, and the certificate that it shows.
    pub fn secure(&self) -> (String, &[u8]) {
        (format!("https://{}/", self.secure), &self.certificate)
    }

    /// The module of the build before this one, as open tabs still ask for it.
    pub fn previous_url(&self) -> String {
        format!("http://{}{}", self.edge, assets::previous_path())
    }

    /// The entry page of the build before this one.
    pub fn previous_build_url(&self) -> String {
        format!("http://{}{}/", self.edge, origin::BEFORE)
    }

    /// The entry page at the origin itself.
    pub fn origin_url(&self) -> String {
        format!("http://{}/", self.origin)
    }
}

impl Drop for TestbedSite {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Answers through the shared cache.
fn through(
    edge: &Arc<Edge>,
) -> impl Fn(Request<()>) -> BoxFuture<'static, SiteReply> + Clone + Send + Sync + 'static + use<> {
    let edge = Arc::clone(edge);
    move |request| {
        let edge = Arc::clone(&edge);
        async move { edge.answer(request).await }.boxed()
    }
}

fn listening(socket: TcpListener) -> io::Result<tokio::net::TcpListener> {
    tokio::net::TcpListener::from_std(socket)
}

fn bind(address: SocketAddr) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}
