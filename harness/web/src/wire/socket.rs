//! A plain TCP connection of one exchange. The calling thread waits for it with `poll`. A reactor
//! would cost a dozen system calls an exchange, more than the exchange itself.

use std::cell::{Cell, RefCell};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, Shutdown, SocketAddr, TcpStream, ToSocketAddrs};
use std::os::fd::AsFd;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::sockopt::socket_error;
use rustix::net::{AddressFamily, SocketFlags, SocketType, connect, socket_with};
use url::{Host, Url};

use super::ExchangeBounds;
use super::failure::ExchangeFailure;

/// Bytes read at once while header fields or chunks come; a whole head has a tenth of it.
const PIECE_BYTES: usize = 16 << 10;

/// First bytes that are kept unchanged, so that a report can quote a head that cannot be parsed.
const FIRST_BYTES: usize = 4 << 10;

/// One connection and its time.
pub(super) struct TimedConnection {
    stream: TcpStream,
    /// Who is at the other end.
    pub peer: SocketAddr,
    /// What to wait for.
    wanted: Cell<PollFlags>,
    /// Whether there may be something to read: hyper asks four times an exchange when there is
    /// nothing.
    readable: Cell<bool>,
    /// When the time of the exchange is over.
    end: Cell<Instant>,
    /// How long nothing may come.
    idle: Cell<Duration>,
    /// The first bytes that came.
    first: RefCell<Vec<u8>>,
}

/// A bound of time that was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Late {
    /// Nothing came within the idle bound.
    Idle,
    /// The time of the exchange is over.
    Total,
}

impl TimedConnection {
    /// Connect to the host of `url`, or to `via` in its place.
    ///
    /// # Errors
    /// When it has no address, or none of them takes a connection in time.
    pub(super) fn open(
        url: &Url,
        via: Option<IpAddr>,
        bounds: &ExchangeBounds,
    ) -> Result<Self, ExchangeFailure> {
        let end = Cell::new(Instant::now() + bounds.total);
        let addresses = addresses(url, via, bounds)?;
        let (stream, peer) = connected(&addresses, bounds)?;
        let (wanted, readable) = (Cell::new(PollFlags::empty()), Cell::new(false));
        let (idle, first) = (Cell::new(bounds.idle), RefCell::default());
        Ok(Self { stream, peer, wanted, readable, end, idle, first })
    }

    /// Set the end of the exchange to `end`.
    pub(super) fn until(&self, end: Instant) {
        self.end.set(end);
    }

    /// Set the idle bound to `idle`.
    pub(super) fn silent_for(&self, idle: Duration) {
        self.idle.set(idle);
    }

    /// The first bytes that came.
    pub(super) fn first_bytes(&self) -> Vec<u8> {
        self.first.borrow().clone()
    }

    /// Run `work`, which waits for this connection only.
    pub(super) fn drive<T>(&self, work: impl Future<Output = T>) -> Result<T, Late> {
        let mut work = pin!(work);
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(Arc::clone(&woken));
        loop {
            if let Poll::Ready(done) = work.as_mut().poll(&mut Context::from_waker(&waker)) {
                return Ok(done);
            }
            self.in_time()?;
            if !woken.0.swap(false, Ordering::AcqRel) {
                self.wait(self.wanted.replace(PollFlags::empty()))?;
            }
        }
    }

    /// Append what comes to `into` until it holds `wanted` bytes. Returns whether it does.
    pub(super) fn fill(&self, into: &mut Vec<u8>, wanted: usize) -> Result<io::Result<()>, Late> {
        while into.len() < wanted {
            self.in_time()?;
            let left = (wanted - into.len()) as u64;
            match (&self.stream).take(left).read_to_end(into) {
                Ok(0) => return Ok(Err(ErrorKind::UnexpectedEof.into())),
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.wait(PollFlags::IN)?,
                Err(error) => return Ok(Err(error)),
            }
        }
        Ok(Ok(()))
    }

    /// Check that the time is not over. A peer that sends without a pause never makes us wait.
    fn in_time(&self) -> Result<(), Late> {
        if Instant::now() < self.end.get() { Ok(()) } else { Err(Late::Total) }
    }

    /// Wait until the socket is ready.
    fn wait(&self, wanted: PollFlags) -> Result<(), Late> {
        let (end, silent) = (self.end.get(), Instant::now() + self.idle.get());
        // The next read or write reports an error of the socket.
        if let Ok(false) = ready(&self.stream, wanted, end.min(silent)) {
            return Err(if end <= silent { Late::Total } else { Late::Idle });
        }
        self.readable.set(true);
        Ok(())
    }

    fn keep_first(&self, bytes: &[u8]) {
        let mut first = self.first.borrow_mut();
        let room = FIRST_BYTES.saturating_sub(first.len()).min(bytes.len());
        first.extend_from_slice(&bytes[..room]);
    }

    fn later<T>(&self, wants: PollFlags) -> Poll<io::Result<T>> {
        self.wanted.set(self.wanted.get() | wants);
        Poll::Pending
    }
}

/// Set by anything that could continue at once.
#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Release);
    }
}

/// The connection as hyper takes it.
pub(super) struct Socket(pub(super) Rc<TimedConnection>);

impl hyper::rt::Read for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        mut into: hyper::rt::ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        // hyper reads while there is something; `drive` notices that the time is over.
        if !self.0.readable.get() || self.0.in_time().is_err() {
            return self.0.later(PollFlags::IN);
        }
        let mut piece = [0; PIECE_BYTES];
        let most = into.remaining().min(PIECE_BYTES);
        match (&self.0.stream).read(&mut piece[..most]) {
            Ok(bytes) => {
                // Less than the buffer holds: there is nothing more for now.
                self.0.readable.set(bytes == most);
                self.0.keep_first(&piece[..bytes]);
                into.put_slice(&piece[..bytes]);
                Poll::Ready(Ok(()))
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                self.0.readable.set(false);
                self.0.later(PollFlags::IN)
            }
            Err(error) => Poll::Ready(Err(error)),
        }
    }
}

impl hyper::rt::Write for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match (&self.0.stream).write(bytes) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => self.0.later(PollFlags::OUT),
            written => Poll::Ready(written),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.0.stream.shutdown(Shutdown::Write))
    }
}

/// The addresses to try, in the system's order.
fn addresses(
    url: &Url,
    via: Option<IpAddr>,
    bounds: &ExchangeBounds,
) -> Result<Vec<SocketAddr>, ExchangeFailure> {
    let port = url.port_or_known_default().unwrap_or_default();
    let literal = match url.host() {
        Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
        _ => None,
    };
    if let Some(address) = via.or(literal) {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let host = url.host_str().unwrap_or_default().to_owned();
    let (told, tells) = mpsc::channel();
    // The system resolver has no time limit, so a slow lookup is abandoned.
    std::thread::spawn(move || {
        let found = (host.as_str(), port).to_socket_addrs().map(Iterator::collect::<Vec<_>>);
        let _ = told.send(found);
    });
    match tells.recv_timeout(bounds.connect) {
        Ok(Ok(addresses)) if !addresses.is_empty() => Ok(addresses),
        Ok(Ok(_)) => Err(ExchangeFailure::Dns("no address".to_owned())),
        Ok(Err(error)) => Err(ExchangeFailure::Dns(error.to_string())),
        Err(_) => Err(ExchangeFailure::ConnectTimeout(bounds.connect.as_secs())),
    }
}

/// A connection to the first of `addresses` that accepts one. Each has its share of the remaining
/// time.
fn connected(
    addresses: &[SocketAddr],
    bounds: &ExchangeBounds,
) -> Result<(TcpStream, SocketAddr), ExchangeFailure> {
    let end = Instant::now() + bounds.connect;
    let mut last = ExchangeFailure::ConnectTimeout(bounds.connect.as_secs());
    for (at, address) in addresses.iter().enumerate() {
        let others = u32::try_from(addresses.len() - at).unwrap_or(u32::MAX);
        let share = end.saturating_duration_since(Instant::now()) / others;
        if share.is_zero() {
            break;
        }
        match reached(address, share) {
            Ok(stream) => return Ok((stream, *address)),
            Err(error) if error.kind() == ErrorKind::TimedOut => {
                last = ExchangeFailure::ConnectTimeout(bounds.connect.as_secs());
            }
            Err(error) => last = ExchangeFailure::of_connect(&error),
        }
    }
    Err(last)
}

/// A non-blocking connection to `address`. `TcpStream::connect_timeout` makes a blocking one, which
/// takes three more system calls.
fn reached(address: &SocketAddr, patience: Duration) -> io::Result<TcpStream> {
    let family = match address {
        SocketAddr::V4(_) => AddressFamily::INET,
        SocketAddr::V6(_) => AddressFamily::INET6,
    };
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = socket_with(family, SocketType::STREAM, flags, None)?;
    match connect(&socket, address) {
        Err(Errno::INPROGRESS | Errno::INTR) => {}
        done => return Ok(done.map(|()| TcpStream::from(socket))?),
    }
    match ready(&socket, PollFlags::OUT, Instant::now() + patience)? {
        true => {
            socket_error(&socket)??;
            Ok(TcpStream::from(socket))
        }
        false => Err(ErrorKind::TimedOut.into()),
    }
}

/// Wait until `socket` is ready or the time is over. Returns whether it is ready.
fn ready(socket: impl AsFd, wanted: PollFlags, end: Instant) -> Result<bool, Errno> {
    loop {
        let left = end.saturating_duration_since(Instant::now());
        let left = Timespec {
            tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: left.subsec_nanos().into(),
        };
        match poll(&mut [PollFd::new(&socket, wanted)], Some(&left)) {
            Err(Errno::INTR) => {}
            done => return Ok(done? > 0),
        }
    }
}
