//! Random modules: 300 drawn ones on every runtime, or the number in `GAUNTLET_DRAWN_MODULES`, from
//! the one in `GAUNTLET_DRAWN_FIRST` on (`ci/soak.sh` draws 10,000). A module on which runtimes
//! differ is shrunk and written to a file.

mod known;
mod reduce;
mod shrink;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use base64::Engine as _;
use gauntlet::subject::plugin_host::adapter::{Adapter, ReferenceRuntimes};
use gauntlet::subject::plugin_host::{external, runtimes};
use gauntlet::subject::{Inability, Subject};
use wasm_gauntlet_model::action::{Action, Differ};
use wasm_gauntlet_model::excuse::Excuse;
use wasm_gauntlet_model::fault::Fault;
use wasm_gauntlet_model::limits::Limits;
use wasm_gauntlet_model::observation::{Observation, Value};

use shrink::Candidate;

/// Modules by default.
const MODULES_USUAL: u32 = 300;
/// Modules of one session.
const BATCH: u32 = 75;
/// Milliseconds for an answer, also on a busy machine.
const DEADLINE_MS: u64 = 2000;
/// Modules shrunk in one run. Each takes a minute at most.
const SHRUNK_MAX: usize = 5;
/// Smaller than a drawn module: half of those have 600 bytes or more. The ABI around a module that
/// does nothing takes 330 bytes.
const SMALL_BYTES: usize = 600;
/// The guests that are drawn.
const DRAWN: [&str; 4] =
    ["det-drawn-plain", "det-drawn-vectors", "det-drawn-tables", "det-drawn-traps"];

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_gauntlet"))
}

fn count(observation: &Observation, field: &str) -> i64 {
    match observation.facts.get(field) {
        Some(Value::Int(number)) => *number,
        other => panic!("{field}: {other:?}"),
    }
}

/// Compares this many modules on one subject.
fn differ(subject: &Adapter, guest: &str, seed: u64, seeds: u32, deadline_ms: u64) -> Differed {
    let action = Action::Differ(Differ {
        guest: guest.to_owned(),
        seeds,
        excuses: Excuse::ALL.to_vec(),
        tenant: "differ".to_owned(),
        limits: Limits { deadline_ms, ..Limits::default() },
    });
    subject.open(seed)?.perform("differ", &action)
}

/// The result of a comparison.
type Differed = Result<Observation, Inability>;

/// One batch on one subject.
fn batch(subject: &Adapter, guest: &str, seed: u64) -> Observation {
    let seen = differ(subject, guest, seed, BATCH, DEADLINE_MS);
    seen.unwrap_or_else(|unable| panic!("{guest}: {unable}"))
}

/// Every available runtime.
fn subjects(references: &Arc<ReferenceRuntimes>, candidate: &Candidate) -> Vec<Adapter> {
    let embedded = |name: &&str| runtimes::subject(name, program().to_path_buf(), &[]);
    let mut subjects: Vec<Adapter> =
        wasm_gauntlet_host::runtimes::NAMES.iter().map(embedded).collect();
    let required = std::env::var("GAUNTLET_REQUIRE_ALL").is_ok_and(|value| value == "1");
    match gauntlet::cli::adapters::wazero() {
        Ok(program) => {
            let wazero = ["wazero", "wazero-interpreter"].into_iter().filter_map(external::find);
            subjects.extend(wazero.map(|external| external.subject(program.clone())));
        }
        Err(why) if required => panic!("{why}"),
        Err(why) => writeln!(std::io::stderr(), "skipped: wazero: {why}").expect("it takes a line"),
    }
    let ready = |subject: Adapter| candidate.known_to(subject.compared_with(references.clone()));
    subjects.into_iter().map(ready).collect()
}

/// The modules on which runtimes differ, by digest.
#[derive(Default)]
struct Kept {
    modules: BTreeMap<String, String>,
    /// Modules that show only the wrong select of wasmi.
    selects: BTreeSet<String>,
}

impl Kept {
    /// Shrinks the modules of an observation, writes them to files, and describes them.
    fn keep(&mut self, subject: &Adapter, candidate: &Candidate, seen: &Observation) {
        for shown in seen.evidence.split(|piece| piece.what == "difference").skip(1) {
            let text = |what| &shown.iter().find(|piece| piece.what == what).expect("told").text;
            let digest = text("guest digest");
            if self.modules.contains_key(digest) || self.selects.contains(digest) {
                continue;
            }
            let module = base64::engine::general_purpose::STANDARD.decode(text("module, base64"));
            let mut module = module.expect("we wrote it");
            let whole = module.len();
            if known::select(candidate, subject, &module) {
                self.selects.insert(digest.clone());
                continue;
            }
            if self.modules.len() < SHRUNK_MAX {
                module = candidate.shrunk(subject, &module);
            }
            let file = file(subject.name(), digest);
            std::fs::write(&file, &module).expect("it is written");
            let (bytes, file) = (module.len(), file.display());
            let words = format!("{file}: {bytes} of {whole} bytes\n{}", text("answers"));
            self.modules.insert(digest.clone(), words);
        }
    }

    fn told(&self) -> String {
        self.modules.values().cloned().collect::<Vec<_>>().join("\n\n")
    }
}

/// The file for a module.
fn file(subject: &str, digest: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("differential");
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    let digest = digest.trim_start_matches("sha256:");
    folder.join(format!("{subject}-{}.wasm", &digest[..16]))
}

fn from_environment(name: &str, usual: u32) -> u32 {
    let said = std::env::var(name).ok();
    said.map_or(usual, |said| said.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

#[test]
fn every_runtime_agrees_on_drawn_modules() {
    let modules = from_environment("GAUNTLET_DRAWN_MODULES", MODULES_USUAL);
    let first = from_environment("GAUNTLET_DRAWN_FIRST", 0) / BATCH;
    let (references, candidate) = (runtimes::references(program()), Candidate::default());
    let (mut kept, mut answers, mut excused) = (Kept::default(), 0, Vec::new());
    let (began, subjects) = (Instant::now(), subjects(&references, &candidate));
    for number in first..first + modules.div_ceil(BATCH) {
        let guest = DRAWN[number as usize % DRAWN.len()];
        for subject in &subjects {
            let seen = batch(subject, guest, number.into());
            answers += count(&seen, "answers");
            excused.extend(seen.facts.get("excused").cloned());
            let different = count(&seen, "different") + count(&seen, "disputed");
            if different > 0 && !known::segments(subject.name(), &seen) {
                kept.keep(subject, &candidate, &seen);
            }
        }
    }
    excused.sort_by_key(|value| format!("{value:?}"));
    excused.dedup();
    let names: Vec<&str> = subjects.iter().map(Adapter::name).collect();
    let (first, seconds) = (first * BATCH, began.elapsed().as_secs());
    let told = format!(
        "{modules} modules from {first} on, on {names:?}, in {seconds} s: {answers} answers, \
         {} differ, {} by wasmi's select, excused {excused:?}",
        kept.modules.len(),
        kept.selects.len()
    );
    writeln!(std::io::stderr(), "{told}").expect("stderr takes a line");
    assert!(kept.modules.is_empty(), "{}", kept.told());
    let least = i64::from(modules) * subjects.len() as i64 * 2;
    assert!(answers >= least, "two of three answers at least are compared: {told}");
}

/// Drawn modules detect an off-by-one runtime without the guest about rounding: one module in 150
/// shows the fault. The shrunk module is small and shows it too.
#[test]
fn drawn_modules_see_a_runtime_that_is_off_by_one() {
    let candidate = Candidate::default();
    let wrong = runtimes::subject("wasmi", program().to_path_buf(), &[Fault::OffByOneRuntime]);
    let wrong = candidate.known_to(wrong.compared_with(runtimes::references(program())));
    let seen: Vec<Observation> = DRAWN.iter().map(|guest| batch(&wrong, guest, 0)).collect();
    let different: i64 = seen.iter().map(|seen| count(seen, "different")).sum();
    let disputed: i64 = seen.iter().map(|seen| count(seen, "disputed")).sum();
    assert!(different > 0 && disputed == 0, "{different} {disputed}");
    let shows = seen.iter().find(|seen| count(seen, "different") > 0).expect("one shows it");
    let mut kept = Kept::default();
    kept.keep(&wrong, &candidate, shows);
    let (digest, words) = kept.modules.first_key_value().expect("it is kept");
    let small = std::fs::read(file(wrong.name(), digest)).expect("it is written");
    assert!(small.len() < SMALL_BYTES, "{} bytes: {words}", small.len());
    let again = candidate.tried(&wrong, &small).expect("it can be looked at");
    assert_eq!(count(&again, "different"), 1, "{again:?}");
}
