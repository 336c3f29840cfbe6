//! An exchange without TLS, on the calling thread and on its own connection. hyper writes the
//! request and reads the head of the response. A body of known length is then read into its final
//! place; any other is read by hyper.

use std::future::poll_fn;
use std::io::{self, ErrorKind};
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

use super::failure::{self, ExchangeFailure};
use super::socket::{Late, Socket, TimedConnection};
use super::stalls::{self, Stalls};
use super::variants::{SAMPLE_BYTES, SLOW_AFTER, Variants};
use super::{
    ANNOUNCED_MAX, ExchangeBounds, HEADER_LINES_MAX, HttpRequest, HttpResponse, bytes_of, patience,
};

/// The bounds and shared state of an exchange.
pub(super) struct Around<'a> {
    pub(super) bounds: &'a ExchangeBounds,
    pub(super) variants: &'a Variants,
    pub(super) stalls: &'a Stalls,
    /// Whether it is this one's turn to read a whole body on a slow link.
    pub(super) has_turn: bool,
}

/// The result of an exchange.
#[expect(clippy::large_enum_variant, reason = "it is taken apart where it is returned, never kept")]
pub(super) enum MadeExchange {
    Reply(HttpResponse),
    /// A whole body is to be read, on a slow link, when it is this one's turn.
    Later,
}

/// Make the exchange; `via` is the address to connect to, if not that of the URL's host. The
/// bytes of the body go to `into`, which is empty.
///
/// # Errors
/// When no response came whole enough to say anything of it.
pub(super) fn exchange(
    ask: &HttpRequest,
    via: Option<IpAddr>,
    around: &Around,
    into: &mut Vec<u8>,
) -> Result<MadeExchange, ExchangeFailure> {
    let (begun, bounds) = (Instant::now(), around.bounds);
    let line = Rc::new(TimedConnection::open(&ask.url, via, bounds)?);
    line.silent_for(ask.silence.unwrap_or(bounds.idle));
    let request = request(ask)?;
    let told = |failure: ExchangeFailure| failure.told_by(&line.first_bytes());
    let (response, open) = head(&line, request).map_err(told)?;
    line.silent_for(if ask.hurried { bounds.idle / 2 } else { bounds.idle });
    let (version, status) = (response.version(), response.status());
    let mut reply =
        HttpResponse::of_head(version, status, response.headers(), Some(line.peer), begun);
    let wanted = ask.enough.unwrap_or(usize::MAX).min(bounds.body_bytes_max.saturating_add(1));
    let mut coming = Coming::new(&line, open, response.into_body(), wanted, into);
    if read(&mut coming, ask, &mut reply, around, into)? == Progress::Later {
        return Ok(MadeExchange::Later);
    }
    if into.len() > bounds.body_bytes_max {
        return Err(ExchangeFailure::TooLarge { bytes_max: bounds.body_bytes_max });
    }
    reply.wall = begun.elapsed();
    Ok(MadeExchange::Reply(reply))
}

#[derive(PartialEq)]
enum Progress {
    Done,
    Later,
}

/// Read the body as far as it is needed.
fn read(
    coming: &mut Coming,
    ask: &HttpRequest,
    reply: &mut HttpResponse,
    around: &Around,
    into: &mut Vec<u8>,
) -> Result<Progress, ExchangeFailure> {
    let variants = around.variants;
    // A pause says nothing of how fast the link is.
    let stalls = around.stalls.known(ask, reply).is_some();
    let mut turn = None;
    if let Some(key) = Variants::key(ask, reply).filter(|_| !stalls) {
        match begin_read(coming, around, into) {
            Ok(Begun::Ended(end)) => {
                reply.broken = end;
                return Ok(Progress::Done);
            }
            Ok(Begun::Silent) => return whole(coming, ask, reply, around, into),
            Ok(Begun::Slow) => {}
            Err(Late::Idle) => return stalled(reply, into, around),
            Err(Late::Total) => return Err(ExchangeFailure::slow_body(into.len(), around.bounds)),
        }
        if let Some(body) = variants.known(&key, into) {
            (reply.body, reply.sampled) = (body, true);
            return Ok(Progress::Done);
        }
        turn = variants.turn_now().filter(|_| !around.has_turn);
        if turn.is_none() && !around.has_turn {
            return Ok(Progress::Later);
        }
    }
    let read = whole(coming, ask, reply, around, into);
    drop(turn);
    read
}

/// How the first part of a body came.
enum Begun {
    /// It was the whole body: why it broke off, if it did.
    Ended(Option<String>),
    /// Nothing came for a while.
    Silent,
    /// It is slow.
    Slow,
}

/// Read what arrives soon, or the first bytes on a slow link.
fn begin_read(coming: &mut Coming, around: &Around, into: &mut Vec<u8>) -> Result<Begun, Late> {
    let begun = Instant::now();
    if around.variants.are_slow() {
        let until = begun + around.bounds.total;
        let ended = coming.read(into, SAMPLE_BYTES, until)?;
        return Ok(ended.map_or(Begun::Slow, Begun::Ended));
    }
    let mut before = into.len();
    for until in [begun + SLOW_AFTER / 2, begun + SLOW_AFTER] {
        before = into.len();
        match coming.read(into, usize::MAX, until) {
            Ok(ended) => return Ok(Begun::Ended(ended.flatten())),
            Err(Late::Idle) => return Err(Late::Idle),
            Err(Late::Total) => {}
        }
    }
    if into.len() == before {
        return Ok(Begun::Silent);
    }
    around.variants.slow_down();
    Ok(Begun::Slow)
}

/// Read the body to its end while it keeps coming.
fn whole(
    coming: &mut Coming,
    ask: &HttpRequest,
    reply: &mut HttpResponse,
    around: &Around,
    into: &mut Vec<u8>,
) -> Result<Progress, ExchangeFailure> {
    let (bounds, begun) = (around.bounds, Instant::now());
    let known = around.stalls.known(ask, reply);
    let mut end = begun + bounds.total;
    loop {
        if known == Some(into.len()) {
            coming.line.silent_for(stalls::silence_known(bounds.idle));
        }
        // First up to the point where it stalled before, then the rest.
        let upto = known.filter(|known| *known > into.len()).unwrap_or(usize::MAX);
        match coming.read(into, upto, end) {
            Ok(Some(why)) => {
                reply.broken = why;
                return Ok(Progress::Done);
            }
            Ok(None) => {}
            Err(Late::Idle) => return stalled(reply, into, around),
            Err(Late::Total) if patience::is_paced(into.len(), begun.elapsed(), bounds) => {
                end += bounds.total;
            }
            Err(Late::Total) => return Err(ExchangeFailure::slow_body(into.len(), bounds)),
        }
    }
}

/// Nothing more came. Before the first byte of a body it is unknown whether one would come.
fn stalled(
    reply: &mut HttpResponse,
    into: &[u8],
    around: &Around,
) -> Result<Progress, ExchangeFailure> {
    if into.is_empty() {
        return Err(ExchangeFailure::slow_body(0, around.bounds));
    }
    reply.stalled = true;
    reply.broken = Some(failure::silence(into.len(), reply.headers.first("content-length")));
    Ok(Progress::Done)
}

/// The request in the form that a server takes, `Host` last where it is the URL's own.
fn request(ask: &HttpRequest) -> Result<Request<Empty<Bytes>>, ExchangeFailure> {
    let own = |error: hyper::http::Error| ExchangeFailure::Other(error.to_string());
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

/// A response in progress.
struct OpenResponse {
    connection: http1::Connection<Socket, Empty<Bytes>>,
    /// Whether hyper has more to do on it.
    busy: bool,
    /// Dropping it tells hyper that nothing more is wanted.
    _sender: http1::SendRequest<Empty<Bytes>>,
}

impl OpenResponse {
    /// Continue as far as the connection allows.
    fn go_on(&mut self, context: &mut Context<'_>) {
        if self.busy && Pin::new(&mut self.connection).poll(context).is_ready() {
            self.busy = false;
        }
    }
}

/// Send `request`, and read until the header fields have come.
fn head(
    line: &Rc<TimedConnection>,
    request: Request<Empty<Bytes>>,
) -> Result<(Response<Incoming>, OpenResponse), ExchangeFailure> {
    let mut builder = http1::Builder::new();
    builder.max_headers(HEADER_LINES_MAX);
    // A user agent reads a folded line as one (RFC 9112 §5.2).
    builder.allow_obsolete_multiline_headers_in_responses(true);
    let done = line.drive(async {
        let (mut sender, connection) = builder.handshake(Socket(Rc::clone(line))).await?;
        let mut answer = pin!(sender.send_request(request));
        let mut open = OpenResponse { connection, busy: true, _sender: sender };
        let response = poll_fn(|context| {
            open.go_on(context);
            answer.as_mut().poll(context)
        });
        Ok((response.await?, open))
    });
    match done {
        Ok(done) => done.map_err(|error: hyper::Error| ExchangeFailure::of_hyper(&error)),
        Err(_) => Err(ExchangeFailure::Timeout("before the header fields arrived".to_owned())),
    }
}

/// A body in progress.
struct Coming<'a> {
    line: &'a TimedConnection,
    rest: Rest,
    /// Bytes after which no more is wanted.
    wanted: usize,
}

/// What is left of it.
enum Rest {
    /// The announced number of bytes, read into their final place.
    Known,
    /// Until the end that hyper finds. Boxed, because it is ten times as large.
    Unknown(Box<(OpenResponse, Incoming)>),
    /// Nothing; it broke off before it was read.
    Broken(String),
}

impl<'a> Coming<'a> {
    fn new(
        line: &'a TimedConnection,
        open: OpenResponse,
        body: Incoming,
        wanted: usize,
        into: &mut Vec<u8>,
    ) -> Self {
        let Some(length) = body.size_hint().exact() else {
            return Self { line, rest: Rest::Unknown(Box::new((open, body))), wanted };
        };
        let length = usize::try_from(length).unwrap_or(usize::MAX).min(wanted);
        let rest = match begin(open, body, length, into) {
            Ok(()) => Rest::Known,
            Err(why) => Rest::Broken(why),
        };
        Self { line, rest, wanted: length }
    }

    /// Read until it holds `upto` bytes, or to its end: then why it broke off, if it did.
    fn read(
        &mut self,
        into: &mut Vec<u8>,
        upto: usize,
        until: Instant,
    ) -> Result<Option<Option<String>>, Late> {
        self.line.until(until);
        let upto = upto.min(self.wanted);
        let ended = match &mut self.rest {
            Rest::Broken(why) => Some(Some(why.clone())),
            Rest::Known => self.line.fill(into, upto)?.err().map(|error| Some(ended_early(&error))),
            Rest::Unknown(rest) => unknown(self.line, &mut rest.0, &mut rest.1, upto, into)?,
        };
        Ok(ended.or_else(|| (into.len() >= self.wanted).then_some(None)))
    }
}

fn ended_early(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::UnexpectedEof => "end of file before message length reached".to_owned(),
        _ => error.to_string(),
    }
}

/// Take the bytes of a body of `length` bytes that came with the head: first those that hyper has
/// assigned to the body, then the others.
///
/// # Errors
/// When the body broke off.
fn begin(
    open: OpenResponse,
    mut body: Incoming,
    length: usize,
    into: &mut Vec<u8>,
) -> Result<(), String> {
    into.reserve(length.min(ANNOUNCED_MAX));
    let mut context = Context::from_waker(Waker::noop());
    while let Poll::Ready(Some(frame)) = Pin::new(&mut body).poll_frame(&mut context) {
        let frame = frame.map_err(|error| failure::chain(&error))?;
        into.extend_from_slice(frame.data_ref().map_or(&[], |bytes| bytes));
    }
    into.extend_from_slice(&open.connection.into_parts().read_buf);
    // More than was announced is no part of the body.
    into.truncate(length);
    Ok(())
}

/// Read a body whose length nobody knows until it has `upto` bytes, or to its end: then why it
/// broke off, if it did.
fn unknown(
    line: &TimedConnection,
    open: &mut OpenResponse,
    body: &mut Incoming,
    upto: usize,
    into: &mut Vec<u8>,
) -> Result<Option<Option<String>>, Late> {
    line.drive(async {
        while into.len() < upto {
            let frame = poll_fn(|context| {
                open.go_on(context);
                Pin::new(&mut *body).poll_frame(context)
            });
            match frame.await {
                Some(Ok(frame)) => into.extend_from_slice(frame.data_ref().map_or(&[], |b| b)),
                Some(Err(error)) => return Some(Some(failure::chain(&error))),
                None => return Some(None),
            }
        }
        None
    })
}
