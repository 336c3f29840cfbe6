//! Frames of the pipe: JSON texts, each ended by a NUL byte.

use std::io::{self, BufRead, Read, Write};

/// Most bytes of a message. A module comes in one, in base64; the largest that browsers compile
/// have some 100 MB.
const MESSAGE_BYTES_MAX: u64 = 256 << 20;

/// Write one message.
pub(crate) fn write(to: &mut impl Write, text: &[u8]) -> io::Result<()> {
    to.write_all(text)?;
    to.write_all(&[0])?;
    to.flush()
}

/// Read one message; none at the end of the stream.
///
/// # Errors
/// When it is too long, or the stream breaks off within it.
pub(crate) fn read(from: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut text = Vec::new();
    let mut bounded = from.take(MESSAGE_BYTES_MAX + 1);
    bounded.read_until(0, &mut text)?;
    match text.pop() {
        None => Ok(None),
        Some(0) => Ok(Some(text)),
        Some(_) if text.len() as u64 >= MESSAGE_BYTES_MAX => {
            Err(io::Error::other("a message is longer than 256 MiB"))
        }
        Some(_) => Err(io::Error::other("the pipe ended within a message")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_back_whole_and_a_cut_one_is_an_error() {
        let mut bytes = Vec::new();
        write(&mut bytes, b"{\"id\":1}").expect("a vector takes it");
        write(&mut bytes, b"").expect("a vector takes it");
        bytes.extend_from_slice(b"{\"id\"");
        let mut from = bytes.as_slice();
        assert_eq!(read(&mut from).expect("whole"), Some(b"{\"id\":1}".to_vec()));
        assert_eq!(read(&mut from).expect("whole"), Some(Vec::new()));
        assert!(read(&mut from).is_err());
        assert_eq!(read(&mut from).expect("the end"), None);
    }
}
