//! Outcomes of a run that belong to no scenario: doubts about a subject as a whole, or about a
//! filter.

use wasm_gauntlet_model::profile::SubjectKind;
use wasm_gauntlet_model::record::Outcome;

use super::{LOOKED_AT_WHOLE, doubt};

/// The incident in a record for a subject that cannot be tested.
const REACHABLE: &str = "subject/reachable";

/// The outcome of a subject that does not answer.
pub(crate) fn unreached(subject: &str, reason: String) -> Outcome {
    doubt(REACHABLE, subject, "The subject can be tested", reason)
}

/// The incident in a record for a site without a module.
const MODULE_FOUND: &str = "subject/module-found";

/// The outcome of a subject of which something exceeded a bound.
pub(crate) fn not_whole(subject: &str, left_out: &[String]) -> Outcome {
    let reason = format!("not everything was checked: {}", left_out.join("; "));
    doubt(LOOKED_AT_WHOLE, subject, "Everything that the page loads was checked", reason)
}

/// The incident in a record for a subject that left processes or folders.
const LEAVES_NOTHING: &str = "subject/leaves-nothing";

/// The outcome of a subject that left something behind.
pub(crate) fn left_behind(subject: &str, left: &[String]) -> Outcome {
    let claim = "The subject leaves no processes or files behind";
    doubt(LEAVES_NOTHING, subject, claim, left.join("; "))
}

/// The outcome of a site on which no module was found.
pub(crate) fn nothing_found(subject: &str) -> Outcome {
    let reason = "no module was found on the page or in the scripts that it loads; name the \
                  page that loads one, or the address of the module";
    doubt(MODULE_FOUND, subject, "The page loads a module", reason.to_owned())
}

/// The incident in a record for a named subject that was not tested.
const LOOKED_AT: &str = "subject/looked-at";

/// The outcome of a named subject for which there is no selected scenario.
pub(crate) fn not_looked_at(subject: &str, kind: SubjectKind) -> Outcome {
    let kind = match kind {
        SubjectKind::Site => "sites",
        SubjectKind::Host => "hosts and runtimes",
        SubjectKind::Artefact => "build directories",
    };
    let reason = format!(
        "no selected scenario is for {kind}, so nothing was tested; widen `--only`, or \
         remove this subject"
    );
    doubt(LOOKED_AT, subject, "Every named subject is tested", reason)
}

/// The incident in a record for a filter that selects nothing for these subjects.
const FILTER_USED: &str = "subject/filter-used";

/// The outcome of a filter whose scenarios fit no subject.
pub(crate) fn filter_idle(filter: &str) -> Outcome {
    let reason = format!(
        "`--only {filter}` selects nothing for the named subjects; remove it, or name a subject \
         of the right kind"
    );
    let claim = "Every filter selects something for a named subject";
    Outcome { case: filter.to_owned(), ..doubt(FILTER_USED, "-", claim, reason) }
}
