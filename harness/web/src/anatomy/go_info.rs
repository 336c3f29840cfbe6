//! Go's build information. It lies in the data image, which is the memory of the module at its
//! start. The image is assembled from the active segments, since a segment may cut the information.

use wasmparser::{BinaryReaderError, DataKind, DataSectionReader, Operator};

use super::shown;

/// Most bytes of an image that are assembled. The data of Go is 1 MB, with `net/http` 5 MB.
const IMAGE_BYTES_MAX: usize = 32 << 20;

/// Most segments that are read. Go's linker makes a few thousand at most.
const SEGMENTS_MAX: usize = 100_000;

/// Bytes of the information; a module of 500 dependencies says 40 KB.
const INFO_BYTES_MAX: usize = 256 << 10;

/// Lines that are kept of it.
const LINES_MAX: usize = 1000;

/// What stands before and after the information (Go's `modload.ModInfoData`).
const BEFORE: [u8; 16] = *b"\x30\x77\xaf\x0c\x92\x74\x08\x02\x41\xe1\xc1\x07\xe6\xd6\x18\xe6";
const AFTER: [u8; 16] = *b"\xf9\x32\x43\x31\x86\x18\x20\x72\x00\x82\x42\x10\x41\x16\xd8\xf2";

/// The active segments of a module, each with where it goes.
#[derive(Debug, Default)]
pub(crate) struct Image<'a>(Vec<(usize, &'a [u8])>);

impl<'a> Image<'a> {
    /// Keep the active segments of `section` that have a constant address within the bound.
    pub(super) fn take(&mut self, section: DataSectionReader<'a>) -> Result<(), BinaryReaderError> {
        for segment in section.into_iter().take(SEGMENTS_MAX) {
            let segment = segment?;
            let DataKind::Active { memory_index: 0, offset_expr } = segment.kind else { continue };
            let offset = match offset_expr.get_operators_reader().read()? {
                Operator::I32Const { value } => usize::try_from(value.cast_unsigned()),
                Operator::I64Const { value } => usize::try_from(value),
                _ => continue,
            };
            let fits = |offset: &usize| {
                offset.checked_add(segment.data.len()).is_some_and(|end| end <= IMAGE_BYTES_MAX)
            };
            if let Some(offset) = offset.ok().filter(fits) {
                self.0.push((offset, segment.data));
            }
        }
        Ok(())
    }

    /// The lines of the build information; none if there is none.
    pub(crate) fn build_info(&self) -> Vec<String> {
        let end = self.0.iter().map(|(offset, data)| offset + data.len()).max().unwrap_or(0);
        let mut image = vec![0; end];
        for (offset, data) in &self.0 {
            image[*offset..offset + data.len()].copy_from_slice(data);
        }
        lines(&image)
    }
}

fn lines(image: &[u8]) -> Vec<String> {
    let Some(at) = find(image, &BEFORE) else { return Vec::new() };
    let rest = &image[at + BEFORE.len()..];
    let rest = &rest[..rest.len().min(INFO_BYTES_MAX)];
    let Some(end) = find(rest, &AFTER) else { return Vec::new() };
    let text = String::from_utf8_lossy(&rest[..end]);
    let line = |line: &str| line.split('\t').map(shown).collect::<Vec<_>>().join("\t");
    text.lines().take(LINES_MAX).map(line).collect()
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let mut at = 0;
    // A search for the first byte alone is much faster in unoptimised builds.
    while let Some(found) = bytes[at..].iter().position(|byte| *byte == wanted[0]) {
        at += found;
        if bytes[at..].starts_with(wanted) {
            return Some(at);
        }
        at += 1;
    }
    None
}
