//! Whether a guest was contained, as its own header defines it. This is a fact and no verdict: the
//! scenario says what it expects.

use wasm_gauntlet_host::worker::parent::work::GuestModule;
use wasm_gauntlet_model::call::{CallOutcome, unhex};
use wasm_gauntlet_model::trap::TrapKind;

/// An outcome in the words of a guest's header, as in `trap(stack)`.
fn words(outcome: &CallOutcome) -> String {
    match outcome {
        CallOutcome::Trap { kind } => format!("trap({})", kind.word()),
        CallOutcome::Rejected(rejection) => format!("rejected({})", rejection.stage.word()),
        other => other.word().to_owned(),
    }
}

/// Whether the header allows every outcome. A trap whose kind the host does not tell is right where
/// any trap is.
pub(crate) fn all<'a>(
    module: &GuestModule,
    outcomes: impl IntoIterator<Item = &'a CallOutcome>,
) -> bool {
    outcomes.into_iter().all(|outcome| match outcome {
        CallOutcome::Trap { kind: TrapKind::Untold } => {
            module.contained_if.iter().any(|words| words.starts_with("trap("))
        }
        outcome => module.contained_if.contains(&words(outcome)),
    })
}

/// Whether loading the guest, without a call, is right.
pub(crate) fn loads(module: &GuestModule) -> bool {
    module.contained_if.iter().any(|words| !words.starts_with("rejected("))
}

/// The outcomes that the header allows, as in `deadline | fuel`.
pub(crate) fn allowed(module: &GuestModule) -> String {
    module.contained_if.join(" | ")
}

/// Whether `output` is the one that the header gives for `input`: `input`, `empty` or `bytes` in
/// hex up to the first comma or semicolon. None where the header says anything else.
pub(crate) fn right_output(module: &GuestModule, input: &[u8], output: &[u8]) -> Option<bool> {
    let returns = module.returns.as_deref()?;
    let said = returns.split([';', ',']).next()?.trim();
    match said.strip_prefix("bytes ") {
        Some(digits) => Some(output == unhex(digits.trim())?),
        None if said == "input" => Some(output == input),
        None if said == "empty" => Some(output.is_empty()),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use wasm_gauntlet_model::call::{RejectStage, Rejection};

    use super::*;

    #[test]
    fn a_header_says_an_output_byte_by_byte_or_not_at_all() {
        let right = |returns: &str, output: &[u8]| {
            let mut module = GuestModule::new("g", "a", false, Vec::new());
            module.returns = Some(returns.to_owned());
            right_output(&module, b"ping", output)
        };
        assert_eq!(right("bytes 0102; or else", &[1, 2]), Some(true));
        assert_eq!(right("bytes 0102, with a short input", &[1]), Some(false));
        assert_eq!(right("input; one log record", b"ping"), Some(true));
        assert_eq!(right("empty", b""), Some(true));
        assert_eq!(right("byte errno, or empty", b""), None);
        assert_eq!(right("64000 bytes 5b", b"["), None);
    }

    #[test]
    fn the_kind_of_a_trap_and_the_stage_of_a_refusal_count() {
        let mut module = GuestModule::new("g", "a", false, Vec::new());
        module.contained_if = vec!["trap(stack)".to_owned(), "rejected(import)".to_owned()];
        let trap = |kind| CallOutcome::Trap { kind };
        let rejected = |stage| CallOutcome::Rejected(Rejection { stage, reason: String::new() });
        assert!(all(&module, [&trap(TrapKind::Stack), &rejected(RejectStage::Import)]));
        assert!(!all(&module, [&trap(TrapKind::Stack), &trap(TrapKind::Other)]));
        assert!(all(&module, [&trap(TrapKind::Untold)]));
        assert!(!all(&module, [&rejected(RejectStage::Export)]));
        assert!(!all(&module, [&CallOutcome::Deadline]));
        module.contained_if = vec!["deadline".to_owned()];
        assert!(!all(&module, [&trap(TrapKind::Untold)]));
    }
}
