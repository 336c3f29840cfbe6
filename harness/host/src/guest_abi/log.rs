//! The log of a guest: one record a line, tagged by the host, bounded, without control characters.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard};

use wasm_gauntlet_model::call::LogLine;
use wasm_gauntlet_model::limits::Limits;
use wasm_gauntlet_model::source::is_harmful;

use crate::process::locked::Locked;

/// The log of one call.
#[derive(Debug)]
pub(crate) struct GuestLog {
    lines: Vec<String>,
    dropped: u64,
    lines_max: usize,
    line_bytes_max: usize,
    /// The fault: records are kept as they were written.
    raw: bool,
}

impl GuestLog {
    /// An empty log, bounded by `limits`.
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            lines: Vec::new(),
            dropped: 0,
            lines_max: limits.log_lines_max as usize,
            line_bytes_max: limits.log_line_bytes_max as usize,
            raw: false,
        }
    }

    /// Keep one record, or only count it if the log is full.
    pub(crate) fn push(&mut self, record: &[u8]) {
        if self.raw {
            return self.push_raw(record);
        }
        let max = self.line_bytes_max;
        self.keep(|| plain(record, max));
    }

    /// A host that prints a record unchanged: each line end starts a new record.
    fn push_raw(&mut self, record: &[u8]) {
        let record = &record[..record.len().min(self.line_bytes_max)];
        for line in String::from_utf8_lossy(record).split('\n') {
            self.keep(|| line.to_owned());
        }
    }

    /// A full log only counts, so a flood costs no escaping.
    fn keep(&mut self, text: impl FnOnce() -> String) {
        if self.lines.len() >= self.lines_max {
            self.dropped = self.dropped.saturating_add(1);
            return;
        }
        self.lines.push(text());
    }

    /// The records kept, as lines of `tenant`, and how many were not.
    pub(crate) fn take(&mut self, tenant: &str) -> (Vec<LogLine>, u64) {
        let tagged = |text| LogLine { tenant: tenant.to_owned(), text };
        let lines = std::mem::take(&mut self.lines).into_iter().map(tagged).collect();
        (lines, std::mem::take(&mut self.dropped))
    }
}

/// A log that host functions and standard streams share. A call has one thread, so the lock is
/// never contended.
#[derive(Debug, Clone)]
pub(crate) struct SharedLog(Arc<Mutex<GuestLog>>);

impl SharedLog {
    /// An empty log, bounded by `limits`.
    pub(crate) fn new(limits: &Limits) -> Self {
        Self(Arc::new(Mutex::new(GuestLog::new(limits))))
    }

    /// The same log for a host that keeps records unchanged, which is a fault.
    pub(crate) fn raw(self) -> Self {
        self.lock().raw = true;
        self
    }

    /// The log. A record is kept whole or not at all, so a poisoned lock hides nothing.
    pub(crate) fn lock(&self) -> MutexGuard<'_, GuestLog> {
        self.0.locked()
    }
}

/// A standard stream of a guest: each of its lines becomes a record.
#[derive(Debug)]
pub(crate) struct LineStream {
    log: SharedLog,
    line: Vec<u8>,
}

impl LineStream {
    /// A stream into `log`.
    pub(crate) fn new(log: SharedLog) -> Self {
        Self { log, line: Vec::new() }
    }

    /// Take bytes as the guest wrote them. A line keeps no more than the log allows.
    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        let mut log = self.log.lock();
        let max = log.line_bytes_max;
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            append(&mut self.line, &rest[..end], max);
            log.push(&self.line);
            self.line.clear();
            rest = &rest[end + 1..];
        }
        append(&mut self.line, rest, max);
    }
}

fn append(line: &mut Vec<u8>, bytes: &[u8], max: usize) {
    let room = max.saturating_sub(line.len());
    line.extend_from_slice(&bytes[..bytes.len().min(room)]);
}

impl Drop for LineStream {
    /// The last line need not end.
    fn drop(&mut self) {
        if !self.line.is_empty() {
            self.log.lock().push(&self.line);
        }
    }
}

impl Write for LineStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.feed(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Hostile bytes as one line of text of at most `max` bytes: invalid UTF-8 is replaced, and
/// whatever moves a cursor, a direction or a line is escaped.
pub fn plain(bytes: &[u8], max: usize) -> String {
    let bytes = &bytes[..bytes.len().min(max)];
    let mut text = String::with_capacity(bytes.len());
    for char in String::from_utf8_lossy(bytes).chars() {
        let before = text.len();
        if is_harmful(char) {
            text.extend(char.escape_default());
        } else {
            text.push(char);
        }
        if text.len() > max {
            text.truncate(before);
            break;
        }
    }
    text
}

/// Whether a text is such a line already.
pub fn is_plain(text: &str) -> bool {
    !text.chars().any(is_harmful)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(lines: u32, bytes: u32) -> Limits {
        Limits { log_lines_max: lines, log_line_bytes_max: bytes, ..Limits::default() }
    }

    #[test]
    fn a_record_is_one_line_without_control_characters() {
        assert_eq!(plain(b"ok\nlevel=error\r\x1b[2J\x07", 99), r"ok\nlevel=error\r\u{1b}[2J\u{7}");
        assert_eq!(plain("a\u{202e}b\u{2028}c".as_bytes(), 99), r"a\u{202e}b\u{2028}c");
        assert_eq!(plain(b"bad \xff\xfe end", 99), "bad \u{fffd}\u{fffd} end");
    }

    #[test]
    fn a_record_is_cut_at_its_bound_between_characters() {
        assert_eq!(plain("aé".as_bytes(), 2).len(), 1);
        assert_eq!(plain(b"\n\n\n\n", 5), r"\n\n");
        assert_eq!(plain(&[b'x'; 10_000], 4096).len(), 4096);
    }

    #[test]
    fn a_full_log_counts_what_it_drops() {
        let log = SharedLog::new(&limits(2, 8));
        (0..5).for_each(|_| log.lock().push(b"line"));
        let (lines, dropped) = log.lock().take("t");
        assert_eq!((lines.len(), dropped), (2, 3));
        assert!(lines.iter().all(|line| line.tenant == "t"));
    }

    #[test]
    fn a_stream_is_cut_into_lines_and_holds_no_more_than_one() {
        let log = SharedLog::new(&limits(9, 8));
        let mut stream = LineStream::new(log.clone());
        stream.feed(b"one\ntw");
        stream.feed(b"o\n");
        (0..1000).for_each(|_| stream.feed(&[b'x'; 1000]));
        assert!(stream.line.len() <= 8);
        drop(stream);
        let texts: Vec<String> = log.lock().take("t").0.into_iter().map(|line| line.text).collect();
        assert_eq!(texts, ["one", "two", "xxxxxxxx"]);
    }
}
