//! Styles of the terminal. A colour alone never carries meaning.

use anstyle::{AnsiColor, Style};
use wasm_gauntlet_model::verdict::{Severity, Verdict};

/// Whether to style. Styles are removed anyway where the output is no terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Paint {
    /// Whether escapes are written.
    pub(crate) coloured: bool,
}

impl Paint {
    /// `text` in `style`.
    pub(crate) fn with(self, style: Style, text: &str) -> String {
        match self.coloured {
            true => format!("{style}{text}{style:#}"),
            false => text.to_owned(),
        }
    }

    /// A heading or a name.
    pub(crate) fn strong(self, text: &str) -> String {
        self.with(Style::new().bold(), text)
    }

    /// A label, or a less important text.
    pub(crate) fn faint(self, text: &str) -> String {
        self.with(Style::new().dimmed(), text)
    }

    /// A text in the style of a verdict.
    pub(crate) fn verdict(self, verdict: Verdict, text: &str) -> String {
        self.with(style_of(verdict), text)
    }

    /// The word of a severity.
    pub(crate) fn severity(self, severity: Severity) -> String {
        let colour = match severity {
            Severity::Critical | Severity::Major => AnsiColor::Red,
            Severity::Minor => AnsiColor::Yellow,
            Severity::Note => AnsiColor::Cyan,
        };
        let style = colour.on_default();
        let style = if severity == Severity::Critical { style.bold() } else { style };
        self.with(style, severity.word())
    }
}

fn style_of(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Pass => AnsiColor::Green.on_default(),
        Verdict::Fail => AnsiColor::Red.on_default().bold(),
        Verdict::Inconclusive => AnsiColor::Yellow.on_default().bold(),
        Verdict::Skipped => Style::new().dimmed(),
    }
}

/// The sign of a verdict, for where its word does not fit.
pub(crate) fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "✓",
        Verdict::Fail => "✗",
        Verdict::Inconclusive => "?",
        Verdict::Skipped => "·",
    }
}

/// The sign of a failure that follows from another one.
pub(crate) const CONSEQUENCE_SIGN: &str = "↳";

/// The sign of a failure that the ledger knows.
pub(crate) const GAP_SIGN: &str = "≈";
