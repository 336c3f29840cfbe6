//! Accepting connections and speaking HTTP/1.1 on them, within bounds: a slow or greedy client
//! is cut off, and holds up nobody for ever.

use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::Request;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use super::reply::Reply;

/// Connections at once; a load run of one machine keeps 256, and descriptors end at 1024.
const CONNECTIONS_MAX: usize = 400;

/// For a request's head, the idle time before it included.
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);

/// Bytes of a request's head; nginx allows 8 KiB a line and 32 KiB in all.
const HEAD_BYTES_MAX: usize = 32 << 10;

/// Header fields of a request; browsers send 20.
const FIELDS_MAX: usize = 64;

/// After so long a connection takes no further request; load runs reconnect.
const CONNECTION_AGE_MAX: Duration = Duration::from_secs(120);

/// For the answer under way then: 1.5 MB at 3G's 1.6 Mbit/s take 8 seconds.
const LAST_ANSWER_MAX: Duration = Duration::from_secs(30);

/// A pause after a failed accept, as when descriptors run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);

/// Accept and serve until the task is dropped. Request bodies are not read.
pub(super) async fn serve<H, F>(listener: TcpListener, handle: H)
where
    H: Fn(Request<()>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Reply> + Send + 'static,
{
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let permit = Arc::clone(&room).acquire_owned().await;
        match listener.accept().await {
            Ok((stream, _)) => {
                let handle = handle.clone();
                tokio::spawn(async move {
                    connection(stream, handle).await;
                    drop(permit);
                });
            }
            Err(_) => sleep(ACCEPT_PAUSE).await,
        }
    }
}

/// How a connection ends concerns nobody but the client that ended it.
async fn connection<H, F>(stream: TcpStream, handle: H)
where
    H: Fn(Request<()>) -> F + Send,
    F: Future<Output = Reply> + Send,
{
    // Answers are written whole; waiting to fill a packet only adds latency.
    stream.set_nodelay(true).ok();
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
