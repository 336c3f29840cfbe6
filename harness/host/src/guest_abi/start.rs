//! A start function turned into an export, for runtimes that cannot suspend it.
//!
//! Instantiating the result and then calling [`START`] does the same as instantiating the original:
//! the start function runs after every segment is in place, and the guest cannot see the extra
//! export. Nothing else of the module changes.

use wasm_encoder::{ExportKind, ExportSection, RawSection};
use wasmparser::{ExportSectionReader, ExternalKind, Parser, Payload};

/// The export that the start function becomes.
pub(crate) const START: &str = "gauntlet:start";

/// Number of the start section.
const START_SECTION: u8 = 8;

/// The module with its start function `start` as the export [`START`].
///
/// # Errors
/// When the bytes are no module, or the module has an export of that name already.
pub(crate) fn as_export(bytes: &[u8], start: u32) -> Result<Vec<u8>, String> {
    let mut module = wasm_encoder::Module::new();
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.map_err(|error| error.to_string())?;
        match (&payload, payload.as_section()) {
            (Payload::ExportSection(exports), _) => {
                module.section(&with_start(exports.clone(), start)?);
            }
            (_, None | Some((START_SECTION, _))) => {}
            (_, Some((id, range))) => {
                module.section(&RawSection { id, data: &bytes[range] });
            }
        }
    }
    Ok(module.finish())
}

fn with_start(exports: ExportSectionReader<'_>, start: u32) -> Result<ExportSection, String> {
    let mut section = ExportSection::new();
    for export in exports {
        let export = export.map_err(|error| error.to_string())?;
        if export.name == START {
            return Err(format!("the module exports `{START}`, a name that the host reserves"));
        }
        section.export(export.name, kind(export.kind), export.index);
    }
    section.export(START, ExportKind::Func, start);
    Ok(section)
}

fn kind(kind: ExternalKind) -> ExportKind {
    match kind {
        ExternalKind::Func | ExternalKind::FuncExact => ExportKind::Func,
        ExternalKind::Table => ExportKind::Table,
        ExternalKind::Memory => ExportKind::Memory,
        ExternalKind::Global => ExportKind::Global,
        ExternalKind::Tag => ExportKind::Tag,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guest_abi::contract::check;
    use crate::guest_abi::growth::Caps;
    use crate::static_limits::StaticLimits;

    const CAPS: Caps = Caps { memory_bytes: 1 << 24, table_elements: 10_000 };

    #[test]
    fn every_guest_stays_valid_without_its_start_section() {
        let mut changed = 0;
        for guest in hostile_guests::all() {
            let bytes = guest.bytes(&[]).expect("it assembles");
            let Ok(contract) = check(&bytes, CAPS, &StaticLimits::recommended()) else { continue };
            let Some(start) = contract.start else { continue };
            let without = as_export(&bytes, start).expect("it can be rewritten");
            let after =
                check(&without, CAPS, &StaticLimits::recommended()).expect("it is still valid");
            assert_eq!((after.start, after.wasi), (None, contract.wasi), "{}", guest.id);
            changed += 1;
        }
        assert!(changed >= 5, "only {changed} guests have a start function");
    }

    #[test]
    fn the_hosts_own_word_is_not_the_guests() {
        let text = format!("(module (func $f) (start $f) (export \"{START}\" (func $f)))");
        let bytes = wat::parse_str(text).expect("it assembles");
        assert!(as_export(&bytes, 0).is_err());
    }
}
