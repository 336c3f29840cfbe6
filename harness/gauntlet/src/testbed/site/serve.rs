//! Accepts connections and serves HTTP on them, with bounds. A slow or greedy client is cut off, so
//! it blocks nobody for ever.

use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::Request;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use super::breach::Breaching;
use super::reply::SiteReply;

/// Most connections at once. A load run of one machine keeps 256, and the limit of descriptors is
/// 1024.
const CONNECTIONS_MAX: usize = 400;

/// Timeout of a request's head, with the idle time before it, and of a TLS handshake.
pub(super) const HEAD_TIMEOUT: Duration = Duration::from_secs(15);

/// Bytes of a request's head; nginx allows 8 KiB a line and 32 KiB in all.
const HEAD_BYTES_MAX: usize = 32 << 10;

/// The same over HTTP/2, where fields are counted unpacked.
const HEAD_LIST_BYTES_MAX: u32 = 32 << 10;

/// Requests at once on one connection of HTTP/2, about as many as nginx and Apache allow.
const STREAMS_MAX: u32 = 100;

/// Header fields of a request; browsers send 20.
const FIELDS_MAX: usize = 64;

/// After this time a connection accepts no further request. Load runs reconnect.
const CONNECTION_AGE_MAX: Duration = Duration::from_secs(120);

/// Time for the answer that is sent then: 1.5 MB at 1.6 Mbit/s (3G) take 8 seconds.
const LAST_ANSWER_MAX: Duration = Duration::from_secs(30);

/// A pause after a failed accept, as when descriptors run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);

/// Accept and serve until the task is dropped. Request bodies are not read.
pub(super) async fn serve<H, F>(listener: TcpListener, handle: H)
where
    H: Fn(Request<()>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = SiteReply> + Send + 'static,
{
    accept(listener, move |stream| connection(stream, handle.clone())).await;
}

/// The same, on connections where marked answers break the protocol.
pub(super) async fn serve_breaching<H, F>(listener: TcpListener, handle: H)
where
    H: Fn(Request<()>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = SiteReply> + Send + 'static,
{
    accept(listener, move |stream| connection(Breaching::new(stream), handle.clone())).await;
}

/// Accept within bounds. Each connection is a task.
pub(super) async fn accept<C, F>(listener: TcpListener, connection: C)
where
    C: Fn(TcpStream) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let permit = Arc::clone(&room).acquire_owned().await;
        match listener.accept().await {
            Ok((stream, _)) => {
                // Answers are written whole, so waiting to fill a packet only adds latency.
                stream.set_nodelay(true).ok();
                let served = connection(stream);
                tokio::spawn(async move {
                    served.await;
                    drop(permit);
                });
            }
            Err(_) => sleep(ACCEPT_PAUSE).await,
        }
    }
}

/// HTTP/1.1 on a connection. Its errors concern only the client.
pub(super) async fn connection<S, H, F>(stream: S, handle: H)
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
    H: Fn(Request<()>) -> F + Send,
    F: Future<Output = SiteReply> + Send,
{
    let service = service_fn(|request: Request<hyper::body::Incoming>| {
        let answer = handle(request.map(|_| ()));
        async { Ok::<_, Infallible>(answer.await) }
    });
    let mut serving = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .max_buf_size(HEAD_BYTES_MAX)
            .max_headers(FIELDS_MAX)
            .serve_connection(TokioIo::new(stream), service)
    );
    if timeout(CONNECTION_AGE_MAX, serving.as_mut()).await.is_err() {
        serving.as_mut().graceful_shutdown();
        timeout(LAST_ANSWER_MAX, serving).await.ok();
    }
}

/// HTTP/2 on a connection.
pub(super) async fn multiplexed<S, H, F>(stream: S, handle: H)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    H: Fn(Request<()>) -> F + Send,
    F: Future<Output = SiteReply> + Send + 'static,
{
    let service = service_fn(|request: Request<hyper::body::Incoming>| {
        let answer = handle(request.map(|_| ()));
        async { Ok::<_, Infallible>(answer.await) }
    });
    let mut serving = pin!(
        http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .max_header_list_size(HEAD_LIST_BYTES_MAX)
            .max_concurrent_streams(STREAMS_MAX)
            .serve_connection(TokioIo::new(stream), service)
    );
    if timeout(CONNECTION_AGE_MAX, serving.as_mut()).await.is_err() {
        serving.as_mut().graceful_shutdown();
        timeout(LAST_ANSWER_MAX, serving).await.ok();
    }
}
