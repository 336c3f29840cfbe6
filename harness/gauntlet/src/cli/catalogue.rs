//! `gauntlet list` and `gauntlet explain`: the catalogue for people.

use std::collections::BTreeMap;
use std::path::Path;

use wasm_gauntlet_model::fault::Fault;
use wasm_gauntlet_model::name::nearest;
use wasm_gauntlet_model::scenario::Scenario;

use super::args::{CatalogueArgs, ExplainArgs, ListArgs};
use super::exit::{Exit, Failure};
use super::selection::select;
use crate::load::{self, LoadError};
use crate::render::paint::Paint;

/// Styles are always written here. The printer removes them where stdout is no terminal.
const PAINT: Paint = Paint { coloured: true };

/// The selected scenarios, sorted by incident: all of a directory, or those of ours that the
/// filters `only` allow.
///
/// # Errors
/// Wrong usage: a directory that cannot be read, or files that are no scenarios.
pub(super) fn scenarios(dir: Option<&Path>, only: &[String]) -> Result<Vec<Scenario>, Failure> {
    let loaded = match dir {
        Some(dir) => load::directory(dir),
        None => load::selected(only),
    };
    loaded.map_err(|error| {
        let exit = match (&error, dir) {
            (LoadError::Wrong(_), None) => Exit::Harness,
            _ => Exit::Usage,
        };
        let text = match &error {
            LoadError::Wrong(wrong) => format!("{error}\n{}\n", total(wrong)),
            LoadError::Directory(_) => error.to_string(),
        };
        Failure { exit, text }
    })
}

fn total(wrong: &[wasm_gauntlet_model::source::Complaints]) -> String {
    let complaints: usize = wrong.iter().map(|one| one.count()).sum();
    let plural = |count: usize, noun: &str| match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    };
    format!("{} in {}", plural(complaints, "error"), plural(wrong.len(), "scenario file"))
}

/// `gauntlet list`.
pub(super) fn list(args: &ListArgs) -> Result<Exit, Failure> {
    let CatalogueArgs { only, scenarios: dir } = &args.catalogue;
    let all = scenarios(dir.as_deref(), only)?;
    let selection = select(only, None, &all)?;
    let mut families: BTreeMap<&str, Vec<&Scenario>> = BTreeMap::new();
    for scenario in all.iter().filter(|one| selection.takes(&one.incident)) {
        let family = scenario.incident.split('/').next().unwrap_or_default();
        families.entry(family).or_default().push(scenario);
    }
    let listed: Vec<String> =
        families.iter().map(|(family, scenarios)| listed(family, scenarios)).collect();
    super::print(&listed.join("\n"))?;
    Ok(Exit::Ready)
}

fn listed(family: &str, scenarios: &[&Scenario]) -> String {
    let width = scenarios.iter().map(|one| one.incident.len()).max().unwrap_or(0);
    let mut out = format!("{} ({})\n", PAINT.strong(family), scenarios.len());
    for one in scenarios {
        let severity = PAINT.severity(one.severity);
        let pad = "critical".len() - one.severity.word().len();
        let faults = match one.faults.len() {
            0 => String::new(),
            1 => PAINT.faint(" (1 fault)"),
            count => PAINT.faint(&format!(" ({count} faults)")),
        };
        let Scenario { incident, claim, .. } = one;
        out += &format!("  {incident:width$}  {severity}{:pad$}  {claim}{faults}\n", "");
    }
    out
}

/// `gauntlet explain`.
pub(super) fn explain(args: &ExplainArgs) -> Result<Exit, Failure> {
    let all = scenarios(args.scenarios.as_deref(), &[])?;
    let found = all.iter().find(|one| one.incident == args.incident);
    let scenario = found.ok_or_else(|| unknown(&args.incident, &all))?;
    super::print(&explained(scenario))?;
    Ok(Exit::Ready)
}

fn unknown(id: &str, all: &[Scenario]) -> Failure {
    let help = match nearest(id, all.iter().map(|one| one.incident.as_str())) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`gauntlet list` shows all incidents".to_owned(),
    };
    Failure::usage(format!("unknown incident `{id}`; {help}"))
}

fn explained(one: &Scenario) -> String {
    let mut out = format!(
        "{}  {}\n{}\n\n",
        PAINT.strong(&one.incident),
        PAINT.severity(one.severity),
        one.claim
    );
    out += &section("Symptom", [one.playbook.symptom.clone()]);
    out += &section("First check", [one.playbook.first_check.clone()]);
    out += &section("Cause", [one.playbook.cause.clone()]);
    let fix = |(name, fix): &(String, String)| match name == "any" {
        true => fix.clone(),
        false if fix.contains('\n') => format!("{name}:\n  {}", fix.replace('\n', "\n  ")),
        false => format!("{name}: {fix}"),
    };
    out += &section("Fix", one.playbook.fix.0.iter().map(fix));
    for block in &one.expect {
        let (Some(fixes), Some(claim)) = (&block.fix, block.claims.first()) else { continue };
        let heading = format!("Fix, if {}.{} fails", claim.step, claim.field);
        out += &section(&heading, fixes.0.iter().map(fix));
    }
    out += &section("See", one.playbook.see.iter().cloned());
    let need =
        |need: &wasm_gauntlet_model::profile::Need| format!("{}: {}", need.word(), need.doc());
    out += &section("Needs", one.needs.iter().map(need));
    out += &section("Cases", cases(one));
    let fault = |fault: &Fault| format!("{}: {}", fault.word(), fault.doc());
    out += &section("Red on", one.faults.iter().map(fault));
    out += &section("Also red on, as expected", one.implied_by.iter().map(fault));
    out + &section("Written in", [one.file.clone()])
}

/// A heading and its lines; nothing where there are none.
fn section(heading: &str, lines: impl IntoIterator<Item = String>) -> String {
    let lines: String = lines
        .into_iter()
        .map(|line| format!("  {}\n", line.trim_end().replace('\n', "\n  ")))
        .collect();
    match lines.is_empty() {
        true => String::new(),
        false => format!("{}\n{lines}\n", PAINT.strong(heading)),
    }
}

/// What the cases of a scenario range over.
fn cases(one: &Scenario) -> Vec<String> {
    let assets = one.each.iter().map(|asset| format!("for each {} that is found", asset.word()));
    let params = one.matrix.iter().map(|(name, values)| {
        let values: Vec<String> = values.iter().map(|value| value.label()).collect();
        format!("for {name} in {}", values.join(" | "))
    });
    let alone = one.timing.then(|| match one.steady {
        true => "two at a time, because time is measured; doubtful ones again, alone".to_owned(),
        false => "alone, because time is measured".to_owned(),
    });
    assets.chain(params).chain(alone).collect()
}
