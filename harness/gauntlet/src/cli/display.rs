//! What is shown during a run: on a terminal a bar with the current trials, elsewhere one line for
//! each tenth of the run. Failures and doubts are printed at once on stderr. Stdout is for the
//! summary.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use wasm_gauntlet_model::record::Outcome;
use wasm_gauntlet_model::source::printable;
use wasm_gauntlet_model::verdict::Verdict;

use crate::event::{Event, Listener};
use crate::locks::unpoisoned;
use crate::render::bound::bounded;
use crate::render::paint::{Paint, sign};

/// Current trials that are named beside the bar. More would not fit 80 columns.
const NAMED_MAX: usize = 2;
/// Failures and doubts of one incident on one subject that are printed at once. The summary has the
/// rest.
const TOLD_MAX: usize = 3;
/// How often the bar is drawn: often enough to be seen moving, and cheap.
const TICK: Duration = Duration::from_millis(120);
/// Progress lines where stderr is no terminal.
const STAGES: usize = 10;

/// Shows a run on stderr.
pub(crate) struct Display {
    bar: Option<ProgressBar>,
    state: Mutex<DisplayState>,
}

#[derive(Default)]
struct DisplayState {
    planned: usize,
    ended: usize,
    failed: usize,
    doubted: usize,
    running: Vec<String>,
    told: BTreeMap<(String, String), usize>,
}

impl Display {
    /// A display that suits stderr.
    pub(crate) fn new() -> Self {
        let bar = std::io::stderr().is_terminal().then(bar);
        Self { bar, state: Mutex::default() }
    }

    /// Remove the bar before the summary.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn tell(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| super::say(&format!("{line}\n"))),
            None => super::say(&format!("{line}\n")),
        }
    }
}

impl Default for Display {
    fn default() -> Self {
        Self::new()
    }
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let template = "{bar:24} {pos}/{len} {elapsed} {wide_msg}";
    let style = ProgressStyle::with_template(template);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(TICK);
    bar
}

impl Listener for Display {
    fn hear(&self, event: &Event) {
        let lines = {
            let mut state = unpoisoned(self.state.lock());
            let lines = state.hear(event, self.bar.is_some());
            if let Some(bar) = &self.bar {
                bar.set_length(state.planned as u64);
                bar.set_position(state.ended as u64);
                bar.set_message(state.message());
            }
            lines
        };
        for line in lines {
            self.tell(&line);
        }
    }
}

impl DisplayState {
    /// Record an event. Returns the lines to print for it.
    fn hear(&mut self, event: &Event, has_bar: bool) -> Vec<String> {
        match event {
            Event::Planned(bound) => {
                self.planned = bound.trials;
                vec![bounded(*bound)]
            }
            Event::Began { incident, case, subject } => {
                self.running.push(name(incident, case, subject));
                Vec::new()
            }
            Event::Ended(outcome) => {
                let stage = self.end(outcome).filter(|_| !has_bar);
                self.worth_telling(outcome).into_iter().chain(stage).collect()
            }
        }
    }

    /// Count an outcome. Returns a line for each tenth of the run. Skips of the plan are no trials,
    /// so they do not count.
    fn end(&mut self, outcome: &Outcome) -> Option<String> {
        let known = outcome.gap.is_some();
        self.failed += usize::from(outcome.verdict == Verdict::Fail && !known);
        self.doubted += usize::from(outcome.verdict == Verdict::Inconclusive);
        let ended = name(&outcome.incident, &outcome.case, &outcome.subject);
        let index = self.running.iter().position(|one| *one == ended)?;
        self.running.remove(index);
        let stage = |ended: usize| ended * STAGES / self.planned.max(1);
        let before = stage(self.ended);
        let after = stage(self.ended + 1);
        self.ended += 1;
        (after != before).then(|| format!("{}/{} trials{}", self.ended, self.planned, self.bad()))
    }

    /// A line about a failure or a doubt, unless enough of its kind were printed.
    fn worth_telling(&mut self, outcome: &Outcome) -> Option<String> {
        let bad = matches!(outcome.verdict, Verdict::Fail | Verdict::Inconclusive);
        if !bad || outcome.gap.is_some() {
            return None;
        }
        let told = self.told.entry((outcome.incident.clone(), outcome.subject.clone()));
        let told = told.or_default();
        *told += 1;
        let paint = Paint { coloured: true };
        let mark = paint.verdict(outcome.verdict, sign(outcome.verdict));
        let name = name(&outcome.incident, &outcome.case, &outcome.subject);
        let reason = printable(&outcome.reason);
        (*told <= TOLD_MAX).then(|| match *told == TOLD_MAX {
            true => format!("{mark} {name}: {reason} (the summary has more of this kind)"),
            false => format!("{mark} {name}: {reason}"),
        })
    }

    fn bad(&self) -> String {
        let part = |count: usize, word: &str| match count {
            0 => String::new(),
            _ => format!(", {count} {word}"),
        };
        part(self.failed, "failed") + &part(self.doubted, "inconclusive")
    }

    fn message(&self) -> String {
        let named = self.running.iter().rev().take(NAMED_MAX).cloned().collect::<Vec<_>>();
        format!("{} {}", self.bad().trim_start_matches(", "), named.join(", "))
    }
}

fn name(incident: &str, case: &str, subject: &str) -> String {
    let case = if case == "-" { String::new() } else { format!(" {case}") };
    printable(&format!("{incident}{case} on {subject}"))
}
