//! The fields of every kind of observation.

use wasm_gauntlet_model::call::{CallOutcome, RejectStage};
use wasm_gauntlet_model::observation::{
    Agreement, Audit, Exchange, Field, Fill, Flood, GuestCall, Inspection, Lattice, Pace,
    PageLoads, PageSkew, PageVisit, Registration, Rollback, Starts, TenantLatency, ValueKind,
};
use wasm_gauntlet_model::profile::Need;
use wasm_gauntlet_model::scenario::SUBJECT;
use wasm_gauntlet_model::trap::TrapKind;

use crate::program::cell;

/// The fields that each step gives. A step is a key of the schema, so a test finds a missing one.
const STEPS: &[(&[&str], &[Field])] = &[
    (&["get", "head"], Exchange::FIELDS),
    (&["inspect"], Inspection::FIELDS),
    (&["visit"], PageVisit::FIELDS),
    (&["page-loads"], PageLoads::FIELDS),
    (&["deploy"], PageSkew::FIELDS),
    (&["everywhere"], Lattice::FIELDS),
    (&["call", "load"], GuestCall::FIELDS),
    (&["compare"], Pace::FIELDS),
    (&["noisy-neighbour"], TenantLatency::FIELDS),
    (&["differ"], Agreement::FIELDS),
    (&["registry"], Registration::FIELDS),
    (&["rollback"], Rollback::FIELDS),
    (&["flood"], Flood::FIELDS),
    (&["fill"], Fill::FIELDS),
    (&["audit"], Audit::FIELDS),
    (&["start"], Starts::FIELDS),
];

/// The name of `kind` in the tables.
fn word(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Bool => "true or false",
        ValueKind::Number => "number",
        ValueKind::Text => "text",
        ValueKind::Texts => "list of texts",
        ValueKind::Interval => "number between two bounds",
    }
}

fn table(fields: &[Field]) -> String {
    let row = |field: &Field| {
        let Field { name, kind, doc, .. } = field;
        format!("| `{name}` | {} | {} |\n", word(*kind), cell(doc))
    };
    let rows: String = fields.iter().map(row).collect();
    format!("| field | holds | meaning |\n|---|---|---|\n{rows}")
}

fn list(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    quoted.join(", ")
}

/// Every table, in the order of the steps.
pub(crate) fn tables() -> String {
    let mut page = "An expectation is `step.field: matcher`. A field has a value, is known to be \
                    absent, or was not looked at. An expectation on a field that was not looked at \
                    is inconclusive.\n"
        .to_owned();
    for (steps, fields) in STEPS {
        assert!(!fields.is_empty(), "{steps:?}");
        page += &format!("\n## {}\n\n{}", list(steps), table(fields));
    }
    page += &format!("\n## `{SUBJECT}`\n\nWhat the subject can do. No step is needed.\n\n");
    page += &table(Need::FIELDS);
    page += &format!(
        "\n## Words\n\nOutcomes: {}.\n\nKinds of trap: {}.\n\nStages of a rejection: {}.\n",
        list(CallOutcome::WORDS),
        list(TrapKind::WORDS),
        list(RejectStage::WORDS)
    );
    page
}

#[test]
fn every_step_of_the_language_has_its_table() {
    let schema = wasm_gauntlet_model::scenario::schema();
    let keys = schema["$defs"]["RawStep"]["properties"].as_object().expect("steps have keys");
    let mut steps: Vec<&str> = keys.keys().map(String::as_str).filter(|key| *key != "as").collect();
    let mut shown: Vec<&str> = STEPS.iter().flat_map(|(steps, _)| steps.iter().copied()).collect();
    steps.sort_unstable();
    shown.sort_unstable();
    assert_eq!(shown, steps);
}
