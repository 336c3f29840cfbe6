//! Loads scenarios: the built-in catalogue, or a directory. Every complaint about every file is
//! given at once. It reads files, opens no socket and runs nothing.

#[cfg(feature = "full")]
mod directory;
mod ledger;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::thread;

use wasm_gauntlet_model::name::nearest;
use wasm_gauntlet_model::scenario::{self, Follows, Reach, Scenario, Vocabulary, Words};
use wasm_gauntlet_model::source::{Complaint, Complaints, Source, Span};

#[cfg(feature = "full")]
pub(crate) use directory::DirectoryError;
pub use ledger::{ledger, ledger_sources};

/// Why there are no scenarios.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The directory could not be read.
    #[cfg(feature = "full")]
    #[error("{}", listed(.0))]
    Directory(Vec<DirectoryError>),
    /// Texts that are no scenarios, by file.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Wrong(Vec<Complaints>),
}

#[cfg(feature = "full")]
fn listed(errors: &[DirectoryError]) -> String {
    errors.iter().map(|error| format!("error: {error}\n")).collect()
}

/// The built-in scenarios, sorted by incident.
///
/// # Errors
/// When a built-in file is wrong, which the tests of this crate exclude.
pub fn catalogue() -> Result<Vec<Scenario>, LoadError> {
    selected(&[])
}

/// The built-in scenarios whose incidents begin with one of the filters `only`. All of them where
/// there is no filter, or where one fits no incident.
///
/// # Errors
/// As [`catalogue`], of these files.
pub(crate) fn selected(only: &[String]) -> Result<Vec<Scenario>, LoadError> {
    let all = wasm_gauntlet_scenarios::all();
    let begins = |filter: &String, path: &str| path.starts_with(filter.as_str());
    let known = |filter| all.iter().any(|(path, _)| begins(filter, id(path)));
    let every = only.is_empty() || !only.iter().all(known);
    let wanted = |path| every || only.iter().any(|filter| begins(filter, id(path)));
    let files = all.iter().copied().filter(|(path, _)| wanted(path));
    let sources = files.map(|(path, text)| Source::new(format!("catalogue/{path}"), text));
    scenarios(&sources.collect::<Vec<_>>(), &vocabulary())
}

/// The incident of a built-in file, which is named after it.
fn id(path: &str) -> &str {
    path.strip_suffix(".yaml").unwrap_or(path)
}

/// The scenarios of every `.yaml` file below `path`, sorted by incident.
///
/// # Errors
/// When the directory cannot be read whole, holds no scenario, or a file is wrong.
#[cfg(feature = "full")]
pub(crate) fn directory(path: &std::path::Path) -> Result<Vec<Scenario>, LoadError> {
    let sources = directory::sources(path).map_err(LoadError::Directory)?;
    scenarios(&sources, &vocabulary())
}

/// The guests that scenarios may name.
pub fn vocabulary() -> Vocabulary {
    Vocabulary::new(words)
}

fn words() -> Words {
    let guests = hostile_guests::all();
    let heavy = guests.iter().filter(|guest| guest.tier == hostile_guests::Tier::Heavy);
    let built = hostile_guests::toolchain::all();
    let counterparts =
        guests.iter().filter_map(|guest| Some((guest.id.clone(), guest.counterpart.clone()?)));
    Words {
        guests: guests.iter().chain(built).map(|guest| guest.id.clone()).collect(),
        heavy: heavy.map(|guest| guest.id.clone()).collect(),
        reaches: guests.iter().filter_map(reach).collect(),
        counterparts: counterparts.collect(),
    }
}

/// The largest memory that a guest grows to, where its header says so.
fn reach(guest: &hostile_guests::Guest) -> Option<(String, Reach)> {
    let reach = match guest.reaches? {
        hostile_guests::Reach::Pages(pages) => Reach::Pages(pages),
        hostile_guests::Reach::Elements(elements) => Reach::Elements(elements),
    };
    Some((guest.id.clone(), reach))
}

/// The scenarios of these texts, sorted by incident; files are parsed on every processor.
///
/// # Errors
/// Every complaint of every text, and each incident that two texts claim.
pub fn scenarios(sources: &[Source], vocabulary: &Vocabulary) -> Result<Vec<Scenario>, LoadError> {
    let workers = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let share = sources.len().div_ceil(workers).max(1);
    let parse = |part: &[Source]| {
        part.iter().map(|source| scenario::parse(source, vocabulary)).collect::<Vec<_>>()
    };
    let parsed: Vec<_> = thread::scope(|scope| {
        let parts = sources.chunks(share).map(|part| scope.spawn(move || parse(part)));
        let parts: Vec<_> = parts.collect();
        parts.into_iter().flat_map(|part| part.join().unwrap_or_default()).collect()
    });
    let mut scenarios = Vec::new();
    let mut wrong = Vec::new();
    for (source, result) in sources.iter().zip(parsed) {
        match result {
            Ok(scenario) => scenarios.push((source, scenario)),
            Err(complaints) => wrong.push(complaints),
        }
    }
    wrong.extend(doubles(&scenarios));
    wrong.extend(strangers(&scenarios));
    if !wrong.is_empty() {
        return Err(LoadError::Wrong(wrong));
    }
    let mut scenarios: Vec<Scenario> = scenarios.into_iter().map(|(_, one)| one).collect();
    scenarios.sort_by(|one, other| one.incident.cmp(&other.incident));
    Ok(scenarios)
}

/// A complaint for each incident that an earlier file has too.
fn doubles(scenarios: &[(&Source, Scenario)]) -> Vec<Complaints> {
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (source, scenario) in scenarios {
        if let Some(earlier) = first.get(scenario.incident.as_str()) {
            let problem = format!("`{}` is already described", scenario.incident);
            let span = incident_span(source);
            let complaint = Complaint::new(span, problem).help(format!("see {earlier}"));
            wrong.push(Complaints::new((*source).clone(), vec![complaint]));
        } else {
            first.insert(&scenario.incident, &source.name);
        }
    }
    wrong
}

/// A complaint for each incident in `follows-from` that no file describes, because it would explain
/// nothing.
fn strangers(scenarios: &[(&Source, Scenario)]) -> Vec<Complaints> {
    // Built-in files that a filter leaves out are known too.
    let own = wasm_gauntlet_scenarios::all().into_iter().map(|(path, _)| id(path));
    let known = scenarios.iter().map(|(_, one)| one.incident.as_str()).chain(own);
    let known: BTreeSet<&str> = known.collect();
    let wrong = scenarios.iter().filter_map(|(source, scenario)| {
        let follows = scenario.expect.iter().flat_map(|block| &block.follows_from);
        let strange = follows.filter(|one| !known.contains(one.incident.as_str()));
        let complaints: Vec<Complaint> = strange.map(|one| stranger(one, &known)).collect();
        (!complaints.is_empty()).then(|| Complaints::new((*source).clone(), complaints))
    });
    wrong.collect()
}

fn stranger(follows: &Follows, known: &BTreeSet<&str>) -> Complaint {
    let problem = format!("unknown incident `{}`", follows.incident);
    let complaint = Complaint::new(follows.span, problem);
    match nearest(&follows.incident, known.iter().copied()) {
        Some(near) => complaint.help(format!("did you mean `{near}`?")),
        None => complaint.help("`gauntlet list` shows all incidents"),
    }
}

/// The line that names the incident. A scenario does not keep it.
fn incident_span(source: &Source) -> Span {
    let found = source.text.lines().position(|line| line.starts_with("incident:"));
    let line = found.and_then(|index| u32::try_from(index + 1).ok()).unwrap_or(1);
    Span { line, column: 1, chars: 8 }
}
