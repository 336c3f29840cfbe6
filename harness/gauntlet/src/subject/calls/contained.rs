//! Whether a guest was contained, by the words of its own header. A fact, not a verdict: the
//! scenario says what it expects of it.

use wasm_gauntlet_model::call::CallOutcome;

use super::module::Module;

/// An outcome in the words of a guest's header, as in `trap(stack)`.
fn words(outcome: &CallOutcome) -> String {
    match outcome {
        CallOutcome::Trap { kind } => format!("trap({})", kind.word()),
        CallOutcome::Rejected(rejection) => format!("rejected({})", rejection.stage.word()),
        other => other.word().to_owned(),
    }
}

/// Whether every outcome is one that the header calls right.
pub fn all<'a>(module: &Module, outcomes: impl IntoIterator<Item = &'a CallOutcome>) -> bool {
    outcomes.into_iter().all(|outcome| module.contained_if.contains(&words(outcome)))
}

/// Whether loading the guest, without a call, is right.
pub fn loads(module: &Module) -> bool {
    module.contained_if.iter().any(|words| !words.starts_with("rejected("))
}

/// What the header calls right, as in `deadline | fuel`.
pub fn allowed(module: &Module) -> String {
    module.contained_if.join(" | ")
}

#[cfg(test)]
mod tests {
    use wasm_gauntlet_model::call::{RejectStage, Rejection};
    use wasm_gauntlet_model::trap::TrapKind;

    use super::*;

    #[test]
    fn the_kind_of_a_trap_and_the_stage_of_a_refusal_count() {
        let mut module = Module::new("g", "a", false, Vec::new());
        module.contained_if = vec!["trap(stack)".to_owned(), "rejected(import)".to_owned()];
        let trap = |kind| CallOutcome::Trap { kind };
        let rejected = |stage| CallOutcome::Rejected(Rejection { stage, reason: String::new() });
        assert!(all(&module, [&trap(TrapKind::Stack), &rejected(RejectStage::Import)]));
        assert!(!all(&module, [&trap(TrapKind::Stack), &trap(TrapKind::Other)]));
        assert!(!all(&module, [&rejected(RejectStage::Export)]));
        assert!(!all(&module, [&CallOutcome::Deadline]));
    }
}
