//! The encoded siblings of a file, as `gzip_static` and similar modules serve them.

use wasm_gauntlet_model::observation::Inspection;
use wasm_gauntlet_web::anatomy::first;
use wasm_gauntlet_web::coding::{self, Layer};

use super::files::Files;
use crate::subject::Inability;

/// Endings of siblings, with their coding.
pub(crate) const ENDINGS: &[(&str, Layer)] =
    &[("br", Layer::Br), ("gz", Layer::Gzip), ("zst", Layer::Zstd)];

/// The bytes of the sibling of `name` in this coding, if there is one.
pub(crate) fn form(files: &Files, name: &str, layer: Layer) -> Option<Vec<u8>> {
    let (ending, _) = ENDINGS.iter().find(|(_, have)| *have == layer)?;
    let sibling = format!("{name}.{ending}");
    files.has(&sibling).then(|| files.read(&sibling).ok()).flatten()
}

/// The facts of the siblings of `name`, whose bytes are `raw`.
pub(crate) fn look(
    files: &Files,
    name: &str,
    raw: &[u8],
    facts: &mut Inspection,
) -> Result<(), Inability> {
    let (mut there, mut wrong, mut missing, mut fat) = (vec![], vec![], vec![], vec![]);
    for (ending, layer) in ENDINGS {
        let sibling = format!("{name}.{ending}");
        if !files.has(&sibling) {
            if is_made_for_others(files, name, ending) {
                missing.push(sibling);
            }
            continue;
        }
        let bytes = files.read(&sibling)?;
        if let Some(why) = complaint(&bytes, raw, *layer)? {
            wrong.push(format!("{sibling} {why}"));
        }
        if bytes.len() >= raw.len() && !raw.is_empty() {
            fat.push(format!("{sibling} has {} bytes, the file has {}", bytes.len(), raw.len()));
        }
        there.push(sibling);
    }
    facts.siblings = first(there).into();
    facts.siblings_wrong = first(wrong).into();
    facts.siblings_missing = first(missing).into();
    facts.siblings_fat = first(fat).into();
    Ok(())
}

/// Whether another file of the same kind, or a larger one of any kind, has its sibling: builds
/// leave out small files and pictures on purpose.
fn is_made_for_others(files: &Files, name: &str, ending: &str) -> bool {
    let size = files.size(name).unwrap_or(0);
    files.names().filter(|other| *other != name).any(|other| {
        let alike = super::extension(other) == super::extension(name);
        let at_least = files.size(other).is_some_and(|other| other <= size);
        (alike || at_least) && files.has(&format!("{other}.{ending}"))
    })
}

/// What is wrong with a sibling.
///
/// # Errors
/// When the file exceeds a bound of ours, so that nothing is known.
pub(crate) fn complaint(
    bytes: &[u8],
    raw: &[u8],
    layer: Layer,
) -> Result<Option<String>, Inability> {
    let codings = [layer.word().to_owned()];
    match coding::decode_declared(bytes, &codings, &coding::DecodeBounds::default()) {
        Ok(content) if content == raw => Ok(None),
        Ok(content) => Ok(Some(format!("decodes to another content ({} bytes)", content.len()))),
        Err(coding::DecodeError::Stopped(stop)) if stop.is_bound() => {
            Err(Inability::too_large(stop.to_string()))
        }
        Err(error) => Ok(Some(format!("cannot be decoded: {error}"))),
    }
}
