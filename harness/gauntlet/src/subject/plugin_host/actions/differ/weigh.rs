//! Whether two answers are the same, and what excuses a difference. Pure functions.

use std::collections::BTreeSet;

use wasm_gauntlet_host::worker::parent::work::GuestModule;
use wasm_gauntlet_model::call::{CallOutcome, RejectStage, Rejection};
use wasm_gauntlet_model::excuse::Excuse;
use wasm_gauntlet_model::trap::TrapKind;

use super::{ComparedAnswer, Opinion};

/// The judgement of one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weighed {
    /// It is what the references agree on.
    Same,
    /// Two answers differ, and an excuse covers that, so nothing is known.
    Excused,
    /// The references agree on another answer, or each gives another.
    Different,
    /// The references do not agree, and one of them agrees with it.
    Disputed,
}

/// Why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct How {
    /// What was excused.
    pub(crate) excused: BTreeSet<Excuse>,
    /// The difference; empty where there is none.
    pub(crate) words: String,
}

/// One answer beside another.
enum PairVerdict {
    Same,
    Excused(Excuse),
    Apart(String),
}

/// `mine` compared with the answers of the references, of which there must be at least one.
pub(crate) fn weigh(
    mine: &ComparedAnswer,
    others: &[Opinion],
    module: &GuestModule,
    excuses: &[Excuse],
) -> (Weighed, How) {
    let mut how = How::default();
    let Some((first, rest)) = others.split_first() else { return (Weighed::Excused, how) };
    let mut excused = |pair: PairVerdict| match pair {
        PairVerdict::Same => None,
        PairVerdict::Excused(excuse) => {
            how.excused.insert(excuse);
            None
        }
        PairVerdict::Apart(words) => Some(words),
    };
    for other in rest {
        if let Some(words) = excused(pair(&first.answer, &other.answer, module, excuses)) {
            how.words = format!("{} and {} differ: {words}", first.runtime, other.runtime);
            let alone = others.iter().all(|other| {
                matches!(pair(mine, &other.answer, module, excuses), PairVerdict::Apart(_))
            });
            let weighed = if alone { Weighed::Different } else { Weighed::Disputed };
            return (weighed, how);
        }
    }
    let names: Vec<&str> = others.iter().map(|one| one.runtime.as_str()).collect();
    for other in others {
        if let Some(words) = excused(pair(mine, &other.answer, module, excuses)) {
            how.words = format!("this host differs from {}: {words}", names.join(" and "));
            return (Weighed::Different, how);
        }
    }
    let weighed = if how.excused.is_empty() { Weighed::Same } else { Weighed::Excused };
    (weighed, how)
}

fn pair(
    one: &ComparedAnswer,
    other: &ComparedAnswer,
    module: &GuestModule,
    excuses: &[Excuse],
) -> PairVerdict {
    if same(&one.outcome, &other.outcome) {
        return PairVerdict::Same;
    }
    let found = open(one, other, module).into_iter().find(|excuse| excuses.contains(excuse));
    found.map_or_else(
        || PairVerdict::Apart(apart(&one.outcome, &other.outcome)),
        PairVerdict::Excused,
    )
}

/// Whether two outcomes are the same in neutral words, whatever their texts say.
fn same(one: &CallOutcome, other: &CallOutcome) -> bool {
    use CallOutcome::{GuestError, Ok, Trap};
    match (one, other) {
        (Ok { output }, Ok { output: other }) => output == other,
        (Trap { kind }, Trap { kind: other }) => kind == other,
        (GuestError { code, .. }, GuestError { code: other, .. }) => code == other,
        _ => one.word() == other.word(),
    }
}

/// The choice of the specification that can explain this difference.
fn open(one: &ComparedAnswer, other: &ComparedAnswer, module: &GuestModule) -> Vec<Excuse> {
    use CallOutcome::{Fuel, MemoryCap, Ok, Rejected, Trap};
    let ends = [&one.outcome, &other.outcome];
    let any = |is: &dyn Fn(&CallOutcome) -> bool| ends.iter().any(|end| is(end));
    let kind = |end: &CallOutcome| if let Trap { kind } = end { Some(*kind) } else { None };
    let outputs = match ends {
        [Ok { output }, Ok { output: other }] => Some((output, other)),
        _ => None,
    };
    let needs = |feature: Option<&str>| match feature {
        Some(feature) => module.features.iter().any(|one| one == feature),
        None => !module.features.is_empty(),
    };
    let all = [
        (Excuse::NanBits, outputs.is_some_and(|(one, other)| same_but_nans(one, other))),
        (Excuse::StackDepth, any(&|end| kind(end) == Some(TrapKind::Stack))),
        (
            Excuse::Growth,
            // A drawn module declares two pages at most, which every cap lets it have.
            !module.seeded
                && (one.growths_denied != other.growths_denied || any(&|end| *end == MemoryCap)),
        ),
        (Excuse::Proposals, needs(None) && any(&|end| matches!(end, Rejected(_)))),
        (Excuse::RelaxedSimd, needs(Some("relaxed-simd")) && outputs.is_some()),
        (Excuse::Fuel, any(&|end| *end == Fuel)),
        (Excuse::TableTraps, ends.iter().all(|end| kind(end).is_some_and(of_a_table))),
        (Excuse::Instantiation, not_instantiated(ends) || not_instantiated([ends[1], ends[0]])),
    ];
    all.into_iter().filter(|(_, fits)| *fits).map(|(excuse, _)| excuse).collect()
}

/// Whether one runtime refused to instantiate the module and the other trapped, as with a segment
/// out of bounds.
fn not_instantiated([one, other]: [&CallOutcome; 2]) -> bool {
    use CallOutcome::{Rejected, Trap};
    let segment = [TrapKind::MemoryOutOfBounds, TrapKind::TableOutOfBounds];
    matches!(one, Rejected(Rejection { stage: RejectStage::Instantiate, .. }))
        && matches!(other, Trap { kind } if segment.contains(kind))
}

fn of_a_table(kind: TrapKind) -> bool {
    matches!(kind, TrapKind::TableOutOfBounds | TrapKind::NullElement | TrapKind::SignatureMismatch)
}

/// Whether two outputs differ only in NaNs of 32 or 64 bits, at multiples of four bytes.
fn same_but_nans(one: &[u8], other: &[u8]) -> bool {
    let mut at = 0;
    while at < one.len().max(other.len()) {
        let (one, other) = (one.get(at..).unwrap_or(&[]), other.get(at..).unwrap_or(&[]));
        at += match (one, other) {
            (one, other) if one.len() != other.len() => return false,
            (one, other) if one[..one.len().min(4)] == other[..other.len().min(4)] => 4,
            (one, other) if both(one, other, |four: [u8; 4]| f32::from_le_bytes(four).is_nan()) => {
                4
            }
            (one, other) if both(one, other, |all: [u8; 8]| f64::from_le_bytes(all).is_nan()) => 8,
            _ => return false,
        };
    }
    true
}

fn both<const N: usize>(one: &[u8], other: &[u8], is: impl Fn([u8; N]) -> bool) -> bool {
    [one, other].iter().all(|bytes| bytes.first_chunk().is_some_and(|first| is(*first)))
}

/// Parts of the output of a drawn module, in order, eight bytes each.
const PARTS: [&str; 4] = ["function", "pages", "memory", "globals"];

/// Length of the output of a drawn module.
const DRAWN_BYTES: usize = 96;

fn apart(one: &CallOutcome, other: &CallOutcome) -> String {
    if let (CallOutcome::Ok { output: one }, CallOutcome::Ok { output: other }) = (one, other)
        && (one.len(), other.len()) == (DRAWN_BYTES, DRAWN_BYTES)
    {
        let words = one.chunks(8).zip(other.chunks(8)).enumerate();
        let apart = words.filter(|(_, (one, other))| one != other).map(|(index, _)| {
            let result = || format!("result {}", index - PARTS.len());
            PARTS.get(index).map_or_else(result, |part| (*part).to_owned())
        });
        return format!("other {}", apart.collect::<Vec<_>>().join(", "));
    }
    let words =
        |end: &CallOutcome| ComparedAnswer { outcome: end.clone(), growths_denied: 0 }.words();
    format!("{} beside {}", words(one), words(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(outcome: CallOutcome) -> ComparedAnswer {
        ComparedAnswer { outcome, growths_denied: 0 }
    }

    fn ok(output: &[u8]) -> ComparedAnswer {
        answer(CallOutcome::Ok { output: output.to_vec() })
    }

    fn trap(kind: TrapKind) -> ComparedAnswer {
        answer(CallOutcome::Trap { kind })
    }

    fn weighed(
        mine: &ComparedAnswer,
        others: &[&ComparedAnswer],
        excuses: &[Excuse],
    ) -> (Weighed, How) {
        let named = |(index, answer): (usize, &&ComparedAnswer)| Opinion {
            runtime: format!("r{index}"),
            answer: (*answer).clone(),
        };
        let others: Vec<Opinion> = others.iter().enumerate().map(named).collect();
        let mut module = GuestModule::new("g", "a", false, Vec::new());
        module.features = vec!["relaxed-simd".to_owned()];
        weigh(mine, &others, &module, excuses)
    }

    #[test]
    fn who_is_alone_is_different_and_references_that_part_are_a_dispute() {
        let (one, two) = (ok(b"one"), ok(b"two"));
        for (mine, others, is) in [
            (&one, [&one, &one], Weighed::Same),
            (&two, [&one, &one], Weighed::Different),
            (&one, [&one, &two], Weighed::Disputed),
            (&two, [&one, &two], Weighed::Disputed),
            (&ok(b"three"), [&one, &two], Weighed::Different),
        ] {
            assert_eq!(weighed(mine, &others, &[]).0, is, "{mine:?} {others:?}");
        }
        let lost = answer(CallOutcome::HostFault { detail: "gone".into(), signal: None });
        assert_eq!(weighed(&lost, &[&one, &one], &[]).0, Weighed::Different);
    }

    #[test]
    fn an_excuse_covers_its_own_difference_and_only_if_it_is_named() {
        let nan = |bits: u32| ok(&[&7_u32.to_le_bytes()[..], &bits.to_le_bytes()].concat());
        let double = |bits: u64| ok(&bits.to_le_bytes());
        let denied = ComparedAnswer { growths_denied: 1, ..ok(b"xxxx") };
        let rejected =
            |stage| answer(CallOutcome::Rejected(Rejection { stage, reason: String::new() }));
        let (invalid, unmade) =
            (rejected(RejectStage::Validate), rejected(RejectStage::Instantiate));
        for (mine, other, excuse) in [
            (nan(0x7fc0_0000), nan(0xffc0_0001), Excuse::NanBits),
            (double(0x7ff8 << 48), double(0xfff8_0000_0000_0001), Excuse::NanBits),
            (trap(TrapKind::Stack), ok(b"deep"), Excuse::StackDepth),
            (denied, ok(b"yyyy"), Excuse::Growth),
            (invalid, ok(b""), Excuse::Proposals),
            (unmade, trap(TrapKind::MemoryOutOfBounds), Excuse::Instantiation),
            (ok(b"four"), ok(b"five"), Excuse::RelaxedSimd),
            (answer(CallOutcome::Fuel), ok(b""), Excuse::Fuel),
            (trap(TrapKind::NullElement), trap(TrapKind::TableOutOfBounds), Excuse::TableTraps),
        ] {
            let (seen, how) = weighed(&mine, &[&other, &other], &[excuse]);
            assert_eq!((seen, how.excused), (Weighed::Excused, [excuse].into()), "{mine:?}");
            assert_eq!(weighed(&mine, &[&other, &other], &[]).0, Weighed::Different, "{mine:?}");
        }
    }

    #[test]
    fn nothing_but_a_nan_is_a_nan() {
        let nan = f32::NAN.to_le_bytes();
        let number = 1.0_f32.to_le_bytes();
        assert!(!same_but_nans(&nan, &number));
        assert!(!same_but_nans(&[&nan[..], b"a"].concat(), &[&nan[..], b"b"].concat()));
        assert!(!same_but_nans(&nan, &[]));
        assert!(same_but_nans(b"same", b"same"));
        assert!(!same_but_nans(b"same", b"sane"));
    }

    #[test]
    fn a_difference_of_drawn_modules_says_where() {
        let (mut one, two) = (vec![0; 96], vec![0; 96]);
        one[16] = 1;
        one[40] = 1;
        let (_, how) = weighed(&ok(&one), &[&ok(&two)], &[]);
        assert_eq!(how.words, "this host differs from r0: other memory, result 1");
    }
}
