//! Faults that no HTTP library allows. A handler marks an answer, and the fault is written into the
//! bytes of its head when it is sent.

use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use hyper::header::{HeaderName, HeaderValue};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::reply::SiteReply;

/// The field that marks an answer. It is never sent.
const MARK: HeaderName = HeaderName::from_static("x-breach");

/// The line of the mark, as hyper writes it.
const LENGTH_MARK: &[u8] = b"x-breach: length";
const CLOSE_MARK: &[u8] = b"x-breach: close";

/// A second length, as long as the mark that it replaces, so that nothing moves.
const LENGTH_LINE: &[u8] = b"content-length:7";

/// How an answer breaks the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Breach {
    /// A second `Content-Length` that contradicts the first.
    Length,
    /// The connection is closed in place of the answer.
    Close,
}

impl Breach {
    /// Mark `reply`.
    pub(super) fn mark(self, reply: &mut SiteReply) {
        let word = match self {
            Self::Length => "length",
            Self::Close => "close",
        };
        reply.headers_mut().insert(MARK, HeaderValue::from_static(word));
    }
}

/// A connection on which marked answers break the protocol.
pub(super) struct Breaching<S> {
    stream: S,
    /// Changed bytes that must be sent before any other.
    pending: Vec<u8>,
}

impl<S> Breaching<S> {
    /// On `stream`.
    pub(super) fn new(stream: S) -> Self {
        Self { stream, pending: Vec::new() }
    }
}

impl<S: AsyncWrite + Unpin> Breaching<S> {
    fn poll_pending(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.pending.is_empty() {
            let written = ready!(Pin::new(&mut self.stream).poll_write(context, &self.pending))?;
            self.pending.drain(..written);
        }
        Poll::Ready(Ok(()))
    }
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Breaching<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_pending(context))?;
        let head = if bytes.starts_with(b"HTTP/1.1 ") { find(bytes, b"\r\n\r\n") } else { None };
        let head = &bytes[..head.unwrap_or(0)];
        if find(head, CLOSE_MARK).is_some() {
            return Poll::Ready(Err(ErrorKind::BrokenPipe.into()));
        }
        let Some(at) = find(head, LENGTH_MARK) else {
            return Pin::new(&mut self.stream).poll_write(context, bytes);
        };
        let mut breached = bytes.to_vec();
        breached[at..at + LENGTH_LINE.len()].copy_from_slice(LENGTH_LINE);
        self.pending = breached;
        if let Poll::Ready(Err(error)) = self.poll_pending(context) {
            return Poll::Ready(Err(error));
        }
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_pending(context))?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_pending(context))?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Breaching<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}
