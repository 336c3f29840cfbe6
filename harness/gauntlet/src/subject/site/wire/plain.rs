//! An exchange without TLS, on the thread that asks and on a connection of its own. hyper writes
//! the request and reads the head of the response; a body of a known length is then read where
//! it is kept, and any other by hyper.

use std::future::poll_fn;
use std::io::ErrorKind;
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use http_body_util::Empty;
use hyper::body::{Body, Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::{Request, Response};
use url::Position;

use super::failure::{self, Failure};
use super::socket::{Late, Line, Socket};
use super::{ANNOUNCED_MAX, Ask, Bounds, HEADER_LINES_MAX, Reply, bytes_of};

/// Make the exchange; `via` is the address to connect to, if not that of the URL's host. The
/// bytes of the body go to `into`, which is empty.
///
/// # Errors
/// When no response came whole enough to say anything of it.
pub(super) fn exchange(
    ask: &Ask,
    via: Option<IpAddr>,
    bounds: &Bounds,
    into: &mut Vec<u8>,
) -> Result<Reply, Failure> {
    let begun = Instant::now();
    let line = Rc::new(Line::open(&ask.url, via, bounds)?);
    let request = request(ask)?;
    let (response, open) = head(&line, request)?;
    let (version, status) = (response.version(), response.status());
    let mut reply = Reply::of_head(version, status, response.headers(), Some(line.peer), begun);
    let wanted = ask.enough.unwrap_or(usize::MAX).min(bounds.body_bytes_max.saturating_add(1));
    let body = response.into_body();
    reply.broken = match body.size_hint().exact() {
        Some(length) => {
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            known(&line, open, body, length.min(wanted), into)
        }
        None => unknown(&line, open, body, wanted, into),
    }
    .map_err(|Late| Failure::slow_body(into.len(), bounds))?;
    if into.len() > bounds.body_bytes_max {
        return Err(Failure::TooLarge { bytes_max: bounds.body_bytes_max });
    }
    reply.wall = begun.elapsed();
    Ok(reply)
}

/// The request in the form that a server takes, `Host` last where it is the URL's own.
fn request(ask: &Ask) -> Result<Request<Empty<Bytes>>, Failure> {
    let own = |error: hyper::http::Error| Failure::Other(error.to_string());
    let mut request = Request::builder()
        .method(ask.method_word())
        .uri(&ask.url[Position::BeforePath..Position::AfterQuery]);
    if let Some(host) = &ask.host {
        request = request.header("host", host);
    }
    for (name, value) in &ask.fields {
        request = request.header(*name, bytes_of(value));
    }
    if ask.host.is_none() {
        request = request.header("host", &ask.url[Position::BeforeHost..Position::AfterPort]);
    }
    request.body(Empty::new()).map_err(own)
}

/// A response under way.
struct Open {
    connection: http1::Connection<Socket, Empty<Bytes>>,
    /// Whether hyper has more to do on it.
    busy: bool,
    /// Who drops it tells hyper that nothing more is wanted.
    _sender: http1::SendRequest<Empty<Bytes>>,
}

impl Open {
    /// Go on, as far as the connection allows.
    fn go_on(&mut self, context: &mut Context<'_>) {
        if self.busy && Pin::new(&mut self.connection).poll(context).is_ready() {
            self.busy = false;
        }
    }
}

/// Send `request`, and read until the header fields have come.
fn head(
    line: &Rc<Line>,
    request: Request<Empty<Bytes>>,
) -> Result<(Response<Incoming>, Open), Failure> {
    let mut builder = http1::Builder::new();
    builder.max_headers(HEADER_LINES_MAX);
    // A user agent reads a folded line as one (RFC 9112 §5.2).
    builder.allow_obsolete_multiline_headers_in_responses(true);
    let done = line.drive(async {
        let (mut sender, connection) = builder.handshake(Socket(Rc::clone(line))).await?;
        let mut answer = pin!(sender.send_request(request));
        let mut open = Open { connection, busy: true, _sender: sender };
        let response = poll_fn(|context| {
            open.go_on(context);
            answer.as_mut().poll(context)
        });
        Ok((response.await?, open))
    });
    match done {
        Ok(done) => done.map_err(|error: hyper::Error| Failure::of_hyper(&error)),
        Err(Late) => Err(Failure::Timeout("before the header fields had come".to_owned())),
    }
}

/// Read a body of `length` bytes, or as much as is wanted of it; why it broke off, if it did.
fn known(
    line: &Line,
    open: Open,
    mut body: Incoming,
    length: usize,
    into: &mut Vec<u8>,
) -> Result<Option<String>, Late> {
    into.reserve(length.min(ANNOUNCED_MAX));
    // What came with the head: first what hyper has taken for the body, then what it has not.
    let mut context = Context::from_waker(Waker::noop());
    while let Poll::Ready(Some(frame)) = Pin::new(&mut body).poll_frame(&mut context) {
        match frame {
            Ok(frame) => into.extend_from_slice(frame.data_ref().map_or(&[], |bytes| bytes)),
            Err(error) => return Ok(Some(failure::chain(&error))),
        }
    }
    into.extend_from_slice(&open.connection.into_parts().read_buf);
    // More than was announced is no part of the body.
    into.truncate(length);
    let read = line.fill(into, length)?;
    Ok(read.err().map(|error| match error.kind() {
        ErrorKind::UnexpectedEof => "end of file before message length reached".to_owned(),
        _ => error.to_string(),
    }))
}

/// Read a body whose length nobody knows until it has `wanted` bytes; why it broke off, if it did.
fn unknown(
    line: &Line,
    mut open: Open,
    mut body: Incoming,
    wanted: usize,
    into: &mut Vec<u8>,
) -> Result<Option<String>, Late> {
    line.drive(async {
        while into.len() < wanted {
            let frame = poll_fn(|context| {
                open.go_on(context);
                Pin::new(&mut body).poll_frame(context)
            });
            match frame.await {
                Some(Ok(frame)) => into.extend_from_slice(frame.data_ref().map_or(&[], |b| b)),
                Some(Err(error)) => return Some(failure::chain(&error)),
                None => return None,
            }
        }
        None
    })
}
