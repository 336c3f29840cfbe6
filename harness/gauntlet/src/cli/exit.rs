//! Exit codes, and the failures that lead to them.
//!
//! Part of the tool's interface: a code never changes its meaning.

use std::process::ExitCode;

use wasm_gauntlet_model::source::printable;

/// How the tool ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Ready, or done as asked.
    Ready,
    /// An incident at or above the gate.
    Incident,
    /// Wrong usage, or a wrong scenario or target file.
    Usage,
    /// No verdict was possible, or nothing ran.
    Inconclusive,
    /// The harness itself failed.
    Harness,
}

impl Exit {
    /// The number of this end.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Ready => 0,
            Self::Incident => 1,
            Self::Usage => 2,
            Self::Inconclusive => 3,
            Self::Harness => 4,
        }
    }

    /// The end with this number. Any other number means that the harness failed.
    pub(crate) fn of(code: u8) -> Self {
        match code {
            0 => Self::Ready,
            1 => Self::Incident,
            2 => Self::Usage,
            3 => Self::Inconclusive,
            _ => Self::Harness,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Shown below `--help`. A test runs the program and checks each line.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0  ready
  1  an incident at or above the gate
  2  wrong usage, scenario or target file
  3  inconclusive, or nothing ran
  4  the harness itself failed";

/// Why a command did not do what was asked: how to end, and what to say on stderr.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// How to end.
    pub(crate) exit: Exit,
    /// What to print, in whole lines; empty where nobody can read it.
    pub(crate) text: String,
}

impl Failure {
    /// Wrong usage: `problem` is one sentence without a full stop.
    pub(crate) fn usage(problem: impl AsRef<str>) -> Self {
        Self::error(Exit::Usage, problem.as_ref())
    }

    /// No verdict is possible, or nothing ran.
    pub(crate) fn inconclusive(problem: impl AsRef<str>) -> Self {
        Self::error(Exit::Inconclusive, problem.as_ref())
    }

    /// The harness itself failed.
    pub(crate) fn harness(problem: impl AsRef<str>) -> Self {
        Self::error(Exit::Harness, problem.as_ref())
    }

    fn error(exit: Exit, problem: &str) -> Self {
        Self { exit, text: format!("error: {}\n", printable(problem)) }
    }

    /// A failed write to stdout. A reader that has left (`| head`) is not reported.
    pub(crate) fn stdout(error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Self { exit: Exit::Ready, text: String::new() },
            _ => Self::harness(format!("cannot write to stdout: {error}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_end_has_a_number_of_its_own_and_is_documented() {
        for code in 0..=4 {
            assert_eq!(Exit::of(code).code(), code);
            assert!(EXIT_CODES.contains(&format!("\n  {code}  ")));
        }
    }
}
