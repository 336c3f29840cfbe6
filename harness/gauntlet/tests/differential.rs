//! Modules that nobody thought of: 300 drawn ones on every runtime, and as many as
//! `GAUNTLET_DRAWN_MODULES` says (`ci/soak.sh` draws 10,000). What differs is written to a file.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use gauntlet::subject::adapter::{Adapter, References};
use gauntlet::subject::{Subject, external, runtimes};
use wasm_gauntlet_model::action::{Action, Differ};
use wasm_gauntlet_model::excuse::Excuse;
use wasm_gauntlet_model::limits::Limits;
use wasm_gauntlet_model::observation::{Observation, Value};
use wasm_gauntlet_model::twin::Twin;

/// Modules where nothing else is said.
const MODULES_USUAL: u32 = 300;
/// Modules of one session.
const BATCH: u32 = 75;
/// The guests that are drawn.
const DRAWN: [&str; 4] =
    ["det-drawn-plain", "det-drawn-vectors", "det-drawn-tables", "det-drawn-traps"];

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_gauntlet"))
}

fn number(observation: &Observation, field: &str) -> i64 {
    match observation.facts.get(field) {
        Some(Value::Int(number)) => *number,
        other => panic!("{field}: {other:?}"),
    }
}

/// One batch on one subject.
fn differ(subject: &dyn Subject, guest: &str, seed: u64) -> Observation {
    let action = Action::Differ(Differ {
        guest: guest.to_owned(),
        seeds: BATCH,
        excuses: Excuse::ALL.to_vec(),
        tenant: "differ".to_owned(),
        limits: Limits { deadline_ms: 2000, ..Limits::default() },
    });
    let mut session = subject.open(seed).expect("a session begins");
    session.perform("differ", &action).unwrap_or_else(|unable| panic!("{guest}: {unable}"))
}

/// Every runtime that is here.
fn subjects(references: &Arc<References>) -> Vec<Adapter> {
    let embedded = |name: &&str| runtimes::subject(name, program().to_path_buf(), &[]);
    let mut subjects: Vec<Adapter> = runtimes::NAMES.iter().map(embedded).collect();
    let required = std::env::var("GAUNTLET_REQUIRE_ALL").is_ok_and(|value| value == "1");
    match gauntlet::cli::adapters::wazero() {
        Ok(program) => {
            let wazero = ["wazero", "wazero-interpreter"].into_iter().filter_map(external::find);
            subjects.extend(wazero.map(|external| external.subject(program.clone())));
        }
        Err(why) if required => panic!("{why}"),
        Err(why) => writeln!(std::io::stderr(), "skipped: wazero: {why}").expect("it takes a line"),
    }
    subjects.into_iter().map(|subject| subject.compared_with(references.clone())).collect()
}

/// Write the modules of an observation to files; what they are, for a person.
fn kept(subject: &str, observation: &Observation) -> String {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("differential");
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    let mut lines = vec![format!("{subject}: {:?}", observation.facts)];
    for piece in &observation.evidence {
        match piece.what.as_str() {
            "module, base64" => {
                let module = base64::engine::general_purpose::STANDARD.decode(&piece.text);
                let file = folder.join(format!("{subject}-{}.wasm", lines.len()));
                std::fs::write(&file, module.expect("we wrote it")).expect("it is written");
                lines.push(format!("module: {}", file.display()));
            }
            what => lines.push(format!("{what}: {}", piece.text)),
        }
    }
    lines.join("\n")
}

/// Whether every module that is shown is the one gap that the ledger has of wazero on drawn ones:
/// an active element segment past the end of its table, on which instantiation must trap.
fn known(subject: &str, seen: &Observation) -> bool {
    let shown = seen.evidence.iter().filter(|piece| piece.what == "difference");
    let gaps = shown.filter(|piece| piece.text.ends_with("beside trap: table-out-of-bounds"));
    let all = number(seen, "different") + number(seen, "disputed");
    subject.starts_with("wazero") && i64::try_from(gaps.count()) == Ok(all)
}

#[test]
fn every_runtime_agrees_on_drawn_modules() {
    let modules = std::env::var("GAUNTLET_DRAWN_MODULES").ok();
    let modules = modules.map_or(MODULES_USUAL, |modules| modules.parse().expect("a number"));
    let references = runtimes::references(program());
    let (mut wrong, mut answers, mut excused) = (Vec::new(), 0, Vec::new());
    let subjects = subjects(&references);
    for batch in 0..u64::from(modules.div_ceil(BATCH)) {
        let guest = DRAWN[usize::try_from(batch).expect("a few") % DRAWN.len()];
        for subject in &subjects {
            let seen = differ(subject, guest, batch);
            answers += number(&seen, "answers");
            excused.extend(seen.facts.get("excused").cloned());
            let different = number(&seen, "different") + number(&seen, "disputed");
            if different > 0 && !known(subject.name(), &seen) {
                wrong.push(kept(subject.name(), &seen));
            }
        }
    }
    excused.sort_by_key(|value| format!("{value:?}"));
    excused.dedup();
    let names: Vec<&str> = subjects.iter().map(Adapter::name).collect();
    let told = format!("{modules} modules on {names:?}: {answers} answers, excused {excused:?}");
    writeln!(std::io::stderr(), "{told}").expect("stderr takes a line");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    let least = i64::from(modules) * subjects.len() as i64 * 2;
    assert!(answers >= least, "two of three answers at least are compared: {told}");
}

/// Drawn modules alone, without the guest that is about rounding, see a runtime that is off by
/// one: one in 150 of them shows it.
#[test]
fn drawn_modules_see_a_runtime_that_is_off_by_one() {
    let wrong = runtimes::subject("wasmi", program().to_path_buf(), &[Twin::OffByOneRuntime]);
    let wrong = wrong.compared_with(runtimes::references(program()));
    let of = |guest: &&str| differ(&wrong, guest, 0);
    let seen: Vec<Observation> = DRAWN.iter().map(of).collect();
    let different: i64 = seen.iter().map(|seen| number(seen, "different")).sum();
    let disputed: i64 = seen.iter().map(|seen| number(seen, "disputed")).sum();
    assert!(different > 0 && disputed == 0, "{different} {disputed}");
    assert!(seen.iter().any(|seen| kept("off-by-one", seen).contains("module: ")));
}
