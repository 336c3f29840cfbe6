//! Lines with a bound: a peer that never ends its line costs no memory.

use std::io::{self, BufRead};

/// What came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// A line is in the buffer, without its end.
    Whole,
    /// A line was longer than the bound; it was skipped to its end, and the buffer is empty.
    TooLong,
    /// The stream ended; what came after the last line end is in the buffer.
    End,
}

/// Read one line of at most `max` bytes into `line`, which is emptied first.
///
/// # Errors
/// When the stream fails.
pub fn read_line(from: &mut impl BufRead, max: usize, line: &mut Vec<u8>) -> io::Result<Line> {
    line.clear();
    let mut too_long = false;
    loop {
        let chunk = match from.fill_buf() {
            Ok(chunk) => chunk,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if chunk.is_empty() {
            return Ok(if too_long { Line::TooLong } else { Line::End });
        }
        let end = chunk.iter().position(|byte| *byte == b'\n');
        let taken = end.unwrap_or(chunk.len());
        too_long |= line.len() + taken > max;
        if too_long {
            line.clear();
        } else {
            line.extend_from_slice(&chunk[..taken]);
        }
        from.consume(end.map_or(taken, |at| at + 1));
        if end.is_some() {
            return Ok(if too_long { Line::TooLong } else { Line::Whole });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    fn lines(text: &str, buffer: usize) -> Vec<(Line, String)> {
        let mut from = BufReader::with_capacity(buffer, text.as_bytes());
        let (mut line, mut seen) = (Vec::new(), Vec::new());
        loop {
            let kind = read_line(&mut from, 4, &mut line).expect("memory does not fail");
            seen.push((kind, String::from_utf8(line.clone()).expect("the input is UTF-8")));
            if kind == Line::End || seen.len() > 9 {
                return seen;
            }
        }
    }

    #[test]
    fn a_long_line_is_skipped_and_the_next_one_is_read() {
        for buffer in [1, 3, 64] {
            let seen = lines("abcd\n\nabcde\nx\nrest", buffer);
            let expected = [
                (Line::Whole, "abcd"),
                (Line::Whole, ""),
                (Line::TooLong, ""),
                (Line::Whole, "x"),
                (Line::End, "rest"),
            ];
            let seen: Vec<_> = seen.iter().map(|(kind, text)| (*kind, text.as_str())).collect();
            assert_eq!(seen, expected, "buffer of {buffer}");
        }
    }

    #[test]
    fn an_endless_line_is_too_long_when_the_stream_ends() {
        assert_eq!(lines("abcdefgh", 2)[0], (Line::TooLong, String::new()));
    }
}
