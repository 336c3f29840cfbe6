//! Lines with a length limit: a peer that never ends its line costs no memory.

use std::io::{self, BufRead};

/// What came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineRead {
    /// A line is in the buffer, without its end.
    Whole,
    /// A line is longer than the bound; its rest is still to come (see [`skip_line`]).
    TooLong,
    /// The stream ended; what came after the last line end is in the buffer.
    End,
}

/// Read one line of at most `max` bytes into `line`, which is emptied first.
///
/// # Errors
/// When the stream fails.
pub fn read_line(from: &mut impl BufRead, max: usize, line: &mut Vec<u8>) -> io::Result<LineRead> {
    line.clear();
    loop {
        let chunk = chunk(from)?;
        let end = chunk.iter().position(|byte| *byte == b'\n');
        let taken = end.unwrap_or(chunk.len());
        if chunk.is_empty() {
            return Ok(LineRead::End);
        }
        if line.len() + taken > max {
            return Ok(LineRead::TooLong);
        }
        line.extend_from_slice(&chunk[..taken]);
        from.consume(end.map_or(taken, |at| at + 1));
        if end.is_some() {
            return Ok(LineRead::Whole);
        }
    }
}

/// Drop what comes up to and with the next line end.
///
/// # Errors
/// When the stream fails.
pub(crate) fn skip_line(from: &mut impl BufRead) -> io::Result<()> {
    loop {
        let chunk = chunk(from)?;
        let end = chunk.iter().position(|byte| *byte == b'\n');
        let (taken, over) = (end.map_or(chunk.len(), |at| at + 1), chunk.is_empty());
        from.consume(taken);
        if over || end.is_some() {
            return Ok(());
        }
    }
}

/// What can be read at once; empty at the end of the stream.
fn chunk(from: &mut impl BufRead) -> io::Result<&[u8]> {
    loop {
        match from.fill_buf() {
            Ok(_) => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    from.fill_buf()
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    fn lines(text: &str, buffer: usize) -> Vec<(LineRead, String)> {
        let mut from = BufReader::with_capacity(buffer, text.as_bytes());
        let (mut line, mut seen) = (Vec::new(), Vec::new());
        loop {
            let kind = read_line(&mut from, 4, &mut line).expect("memory does not fail");
            if kind == LineRead::TooLong {
                skip_line(&mut from).expect("memory does not fail");
                line.clear();
            }
            seen.push((kind, String::from_utf8(line.clone()).expect("the input is UTF-8")));
            if kind == LineRead::End || seen.len() > 9 {
                return seen;
            }
        }
    }

    #[test]
    fn a_long_line_is_skipped_and_the_next_one_is_read() {
        for buffer in [1, 3, 64] {
            let seen = lines("abcd\n\nabcde\nx\nrest", buffer);
            let expected = [
                (LineRead::Whole, "abcd"),
                (LineRead::Whole, ""),
                (LineRead::TooLong, ""),
                (LineRead::Whole, "x"),
                (LineRead::End, "rest"),
            ];
            let seen: Vec<_> = seen.iter().map(|(kind, text)| (*kind, text.as_str())).collect();
            assert_eq!(seen, expected, "buffer of {buffer}");
        }
    }

    #[test]
    fn an_endless_line_is_too_long_before_it_ends() {
        let mut from = BufReader::new(io::repeat(b'a'));
        let mut line = Vec::new();
        assert_eq!(read_line(&mut from, 9, &mut line).expect("it never fails"), LineRead::TooLong);
    }
}
