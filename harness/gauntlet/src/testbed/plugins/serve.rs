//! Accepts connections and serves HTTP/1.1 on them, with bounds. A slow or greedy client is cut
//! off, so it blocks nobody else.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::header::HeaderMap;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use super::answer::{self, FrontReply};
use super::drain::{NoBody, body};
use super::front::{Front, INPUT_BYTES_MAX, MODULE_BYTES_MAX};
use super::route::Route;

/// Most connections at once. Further ones wait to be accepted.
const CONNECTIONS_MAX: usize = 256;

/// Timeout of a request's head, with the idle time before it.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// Bytes of a request's head.
const HEAD_BYTES_MAX: usize = 16 << 10;

/// After this time a connection is cut: ten times the longest request.
const CONNECTION_AGE_MAX: Duration = Duration::from_secs(600);

/// A pause after a failed accept, as when descriptors run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);

/// Bytes of a document such as that of `PUT /active`.
const DOCUMENT_BYTES_MAX: usize = 1024;

/// Bytes of a tenant's name.
const TENANT_BYTES_MAX: usize = 64;

/// The tenant of requests that name none.
const NOBODY: &str = "anonymous";

/// Accept and serve until the task is dropped.
pub(crate) async fn serve(listener: TcpListener, front: Arc<Front>) {
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let permit = Arc::clone(&room).acquire_owned().await;
        match listener.accept().await {
            Ok((stream, _)) => {
                let front = Arc::clone(&front);
                tokio::spawn(async move {
                    connection(stream, front).await;
                    drop(permit);
                });
            }
            Err(_) => sleep(ACCEPT_PAUSE).await,
        }
    }
}

/// Errors of a connection concern only its client.
async fn connection(stream: TcpStream, front: Arc<Front>) {
    stream.set_nodelay(true).ok();
    let service = service_fn(|request| {
        let front = Arc::clone(&front);
        async { Ok::<_, Infallible>(reply(front, request).await) }
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), service);
    timeout(CONNECTION_AGE_MAX, serving).await.ok();
}

/// Read the parts that the route needs, then answer on a thread that may block.
async fn reply(front: Arc<Front>, request: Request<Incoming>) -> FrontReply {
    let route = Route::of(request.method(), request.uri().path());
    let Some(tenant) = tenant(request.headers()) else {
        let detail = "X-Tenant is one to 64 visible ASCII characters";
        return answer::problem(StatusCode::BAD_REQUEST, "bad-tenant", detail);
    };
    let bytes_max = match route {
        Route::Upload(_) => MODULE_BYTES_MAX,
        Route::Call(_) | Route::Run => INPUT_BYTES_MAX,
        _ => DOCUMENT_BYTES_MAX,
    };
    let body = match body(request.into_body(), bytes_max).await {
        Ok(body) => body,
        Err(NoBody::TooLarge) if matches!(route, Route::Upload(_)) => return front.too_large(),
        Err(why) => return no_body(why),
    };
    let work = move || match route {
        Route::Upload(digest) => front.upload(&digest, body),
        Route::Call(digest) => front.call(&digest, &tenant, &body),
        Route::Run => front.run_active(&tenant, &body),
        Route::Activate => front.activate(&body),
        Route::Log(id) => front.log(id, &tenant),
        Route::Health => front.health(),
        Route::Metrics => front.metrics(),
        Route::WrongMethod(allowed) => answer::wrong_method(allowed),
        Route::Unknown => {
            answer::problem(StatusCode::NOT_FOUND, "unknown-path", "see openapi.yaml")
        }
    };
    let failed = |_| answer::plain(StatusCode::INTERNAL_SERVER_ERROR, "the server failed");
    tokio::task::spawn_blocking(work).await.unwrap_or_else(failed)
}

fn no_body(why: NoBody) -> FrontReply {
    match why {
        NoBody::TooLarge => {
            answer::problem(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "the body is too long")
        }
        NoBody::TooSlow => answer::problem(StatusCode::REQUEST_TIMEOUT, "too-slow", "no body"),
        NoBody::Broken => answer::problem(StatusCode::BAD_REQUEST, "broken-body", "no whole body"),
    }
}

/// The tenant, checked, because it is shown in logs and metrics.
fn tenant(headers: &HeaderMap) -> Option<String> {
    let Some(value) = headers.get("x-tenant") else { return Some(NOBODY.to_owned()) };
    let text = value.to_str().ok()?;
    let fits = !text.is_empty() && text.len() <= TENANT_BYTES_MAX;
    (fits && text.bytes().all(|byte| byte.is_ascii_graphic())).then(|| text.to_owned())
}
