//! Adapters of a user's own: programs that host on a runtime and speak the adapter protocol.

use std::ops::RangeInclusive;

use crate::name::is_word;
use crate::reading::{Log, written};
use crate::source::{At, Complaint};

written! {
    /// A program that hosts on a runtime and speaks the adapter protocol.
    "an adapter" RawAdapter {
        /// What reports call it, as in `my-runtime`.
        name: At<String>,
        /// The program: a path, or a name on the path.
        program: At<String>,
        /// Its arguments.
        args: Vec<String>,
        /// A file that says what it is known not to contain, in the form of a ledger.
        ledger: Option<At<String>>,
        /// Private memory that its process may write to (`RLIMIT_DATA`), MiB; 4096 if not written.
        /// What it only reserves is not counted.
        memory_mib: Option<At<u32>>,
        /// Processor time that its process may use (`RLIMIT_CPU`), seconds; 600 if not written.
        processor_s: Option<At<u32>>,
    }
}

/// A program that hosts on a runtime and speaks the adapter protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdapterTarget {
    /// What reports call it.
    pub name: String,
    /// The program: a path, or a name on the path.
    pub program: At<String>,
    /// Its arguments.
    pub args: Vec<String>,
    /// The file of what it is known not to contain.
    pub ledger: Option<At<String>>,
    /// Private memory that its process may write to, MiB; none for the usual.
    pub memory_mib: Option<u32>,
    /// Processor time that its process may use, seconds; none for the usual.
    pub processor_s: Option<u32>,
}

/// What may be written as `memory-mib`: no interpreter starts with less, no machine has more.
const MEMORY_MIB: RangeInclusive<u32> = 64..=1 << 20;

/// What may be written as `processor-s`: a day at most, as a run has to end.
const PROCESSOR_S: RangeInclusive<u32> = 10..=86_400;

/// What reports call the subjects that are no runtimes.
const OTHERS: [&str; 3] = ["site", "host", "artefact"];

/// What is wrong with the adapters of a file beside the `runtimes` that there are.
pub(super) fn check(adapters: &[RawAdapter], runtimes: &[&str], log: &mut Log) {
    for (index, RawAdapter { name, program, memory_mib, processor_s, .. }) in
        adapters.iter().enumerate()
    {
        within("memory-mib", memory_mib.as_ref(), &MEMORY_MIB, log);
        within("processor-s", processor_s.as_ref(), &PROCESSOR_S, log);
        let word = name.value.as_str();
        if !is_word(word) {
            let problem = format!("`{word}` is not a valid name");
            let help = "expected lower case, digits and hyphens, as in `my-runtime`";
            log.add(Complaint::new(name.span, problem).help(help));
        } else if runtimes.contains(&word) || OTHERS.contains(&word) {
            let problem = format!("another subject already has the name `{word}`");
            log.add(Complaint::new(name.span, problem).help("expected another name"));
        } else if adapters[..index].iter().any(|other| other.name.value == word) {
            let problem = format!("two adapters have the name `{word}`");
            log.add(Complaint::new(name.span, problem).help("expected a different name for each"));
        }
        if program.value.is_empty() {
            let help = "expected a path, or a name on the path";
            log.add(Complaint::new(program.span, "the program has no name").help(help));
        }
    }
}

/// Complain of a number that is out of its range.
fn within(key: &str, number: Option<&At<u32>>, range: &RangeInclusive<u32>, log: &mut Log) {
    if let Some(out) = number.filter(|number| !range.contains(&number.value)) {
        let help = format!("expected {} to {}", range.start(), range.end());
        log.add(Complaint::new(out.span, format!("`{key}` is {}", out.value)).help(help));
    }
}

pub(super) fn meant(raw: RawAdapter) -> AdapterTarget {
    let RawAdapter { name, program, args, ledger, memory_mib, processor_s } = raw;
    let value = |number: Option<At<u32>>| number.map(|number| number.value);
    let (memory_mib, processor_s) = (value(memory_mib), value(processor_s));
    AdapterTarget { name: name.value, program, args, ledger, memory_mib, processor_s }
}

#[cfg(test)]
mod tests {
    use crate::source::Source;
    use crate::target::{Target, parse};

    fn read(adapters: &str) -> Result<Target, String> {
        let text = format!("adapters:\n{adapters}");
        parse(&Source::new("t.yaml", text), &["wasmi"]).map_err(|wrong| wrong.to_string())
    }

    #[test]
    fn an_adapter_is_a_name_and_a_program() {
        let text = "- { name: mine, program: ./mine, args: [--engine, jit], ledger: gaps.yaml }\n\
                    - { name: mine-2, program: theirs }\n";
        let adapters = read(text).expect("a target").adapters;
        assert_eq!(adapters[0].args, ["--engine", "jit"]);
        assert_eq!(adapters[0].ledger.as_ref().map(|at| at.value.as_str()), Some("gaps.yaml"));
        assert_eq!((adapters[1].name.as_str(), adapters[1].ledger.is_none()), ("mine-2", true));
    }

    #[test]
    fn limits_of_the_process_are_read_within_bounds() {
        let text = "- { name: a, program: p, memory-mib: 9000, processor-s: 60 }\n\
                    - { name: b, program: p }\n";
        let adapters = read(text).expect("a target").adapters;
        assert_eq!((adapters[0].memory_mib, adapters[0].processor_s), (Some(9000), Some(60)));
        assert_eq!((adapters[1].memory_mib, adapters[1].processor_s), (None, None));
        for (limit, said) in [
            ("memory-mib: 1", "`memory-mib` is 1\n"),
            ("processor-s: 86401", "expected 10 to 86400"),
        ] {
            let wrong = read(&format!("- {{ name: a, program: p, {limit} }}")).expect_err("wrong");
            assert!(wrong.contains(said), "{said} is not in\n{wrong}");
        }
    }

    #[test]
    fn names_that_mean_two_things_or_none_are_refused() {
        for (adapters, said) in [
            ("- { name: wasmi, program: p }", "another subject already has the name `wasmi`"),
            ("- { name: host, program: p }", "another subject already has the name `host`"),
            ("- { name: My Own, program: p }", "`My Own` is not a valid name"),
            (
                "- { name: a, program: p }\n- { name: a, program: q }",
                "two adapters have the name `a`",
            ),
            ("- { name: a, program: \"\" }", "the program has no name"),
            ("- { name: a, programm: p }", "did you mean `program`?"),
        ] {
            let wrong = read(adapters).expect_err("wrong");
            assert!(wrong.contains(said), "{said} is not in\n{wrong}");
        }
    }
}
