//! What was tested, and what discovery found.

use wasm_gauntlet_model::host_limits;
use wasm_gauntlet_model::record::{Record, SubjectRecord};
use wasm_gauntlet_model::source::printable;

use super::page::{ReportPage, first_few};
use crate::render::bound::bounded;

/// Most assets that are shown of one subject. The rest is counted.
const FOUND_SHOWN: usize = 8;

/// Write it.
pub(super) fn write(record: &Record, page: &mut ReportPage) {
    let machine = &record.machine;
    let load = machine.load_1m.map(|load| format!(", load {load:.2}")).unwrap_or_default();
    let about = format!(
        "seed {}, gate {}, {}, {} cores{load}, {:.1} s",
        record.seed,
        record.gate.word(),
        printable(&machine.os),
        machine.cores,
        record.wall_ms as f64 / 1000.0,
    );
    let name = page.look.paint.strong(&format!("gauntlet {}", printable(&record.tool)));
    page.line(&format!("{name}  {}", page.look.paint.faint(&about)));
    if let Some(bound) = record.bound {
        page.line(&page.look.paint.faint(&format!("planned: {}", bounded(bound))));
    }
    page.gap();
    for subject in &record.subjects {
        write_subject(subject, page);
    }
    page.gap();
}

fn write_subject(subject: &SubjectRecord, page: &mut ReportPage) {
    let name = page.look.paint.strong(&printable(&subject.name));
    let Some(profile) = &subject.profile else {
        page.line(&format!("{name}  could not be reached"));
        return;
    };
    page.line(&format!("{name}  {}", printable(&profile.about)));
    let found: Vec<String> = (profile.found.iter())
        .map(|found| format!("{} {} ({})", found.asset.word(), found.label, found.how))
        .collect();
    if !profile.held.is_empty() {
        page.field(2, "limits", &printable(&host_limits::words(&profile.held)));
    }
    page.field(2, "found", &first_few(&found, FOUND_SHOWN, ", "));
}
