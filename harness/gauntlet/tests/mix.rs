//! A mix of every guest on every runtime. The harness survives and its memory stays flat. Nothing
//! is left afterwards: no process, thread, descriptor or folder.
//!
//! It makes 300 calls, or the number in `GAUNTLET_MIX_CALLS` (`ci/soak.sh` makes 10,000). The mix
//! runs in a second process of this program, so that its temporary folders are separate.

use std::io::Write;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use gauntlet::chaos::mix::{Mix, MixTally};
use gauntlet::subject::Subject;
use gauntlet::subject::plugin_host::{external, runtimes};
use hostile_guests::Tier;

/// Set in the process that runs the mix.
const INNER: &str = "GAUNTLET_MIX_INNER";
/// Calls by default.
const CALLS_USUAL: usize = 300;
/// Fewer calls show nothing about a leak: the caches of the harness are still filling.
const CALLS_STEADY_MIN: usize = 5_000;
/// The promised growth limit for the second half.
const GROWTH_MAX: f64 = 1.05;
/// Additional descriptors and threads that are no leak: the thread that starts children stays.
const LEFT_MAX: u64 = 2;
/// A thread that reads from a child ends with its streams. On a busy machine this takes a moment.
const SETTLE_PATIENCE: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    // The program with the memory promise uses this allocator setting too.
    gauntlet::cli::allocator::hold();
    if std::env::var_os(INNER).is_some() {
        return inner();
    }
    let folder = tempfile::tempdir().expect("a folder can be made");
    let itself = std::env::current_exe().expect("a running program has a path");
    let mut inner = Command::new(itself);
    inner.env(INNER, "1").env("TMPDIR", folder.path());
    let ended = inner.status().expect("it starts");
    let (left, running) = (left_in(folder.path()), running_in(folder.path()));
    say(&format!("mix: ended with {ended}; folders left: {left:?}, processes left: {running:?}"));
    let clean = left.is_empty() && running.is_empty();
    if ended.success() && clean { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn say(line: &str) {
    writeln!(std::io::stdout(), "{line}").expect("stdout takes a line");
}

fn left_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("it is there").flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// The processes with a `TMPDIR` below `folder`, whatever their parent is now. Every worker and
/// every adapter has one, and their children inherit it.
fn running_in(folder: &Path) -> Vec<String> {
    let below = format!("TMPDIR={}", folder.display());
    let is_below = |environment: Vec<u8>| {
        environment.split(|byte| *byte == 0).any(|one| one.starts_with(below.as_bytes()))
    };
    let entries = std::fs::read_dir("/proc").expect("this is Linux").flatten();
    let found =
        entries.filter(|entry| std::fs::read(entry.path().join("environ")).is_ok_and(is_below));
    found.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// The subjects, by name. wazero is included if it is available.
fn subjects() -> Vec<Box<dyn Subject>> {
    let program = Path::new(env!("CARGO_BIN_EXE_gauntlet"));
    let embedded = |name: &&str| -> Box<dyn Subject> {
        Box::new(runtimes::subject(name, program.to_path_buf(), &[]))
    };
    let mut subjects: Vec<Box<dyn Subject>> =
        wasm_gauntlet_host::runtimes::NAMES.iter().map(embedded).collect();
    let required = std::env::var("GAUNTLET_REQUIRE_ALL").is_ok_and(|value| value == "1");
    match gauntlet::cli::adapters::wazero() {
        Ok(program) => {
            let wazero = external::find("wazero").expect("it is known");
            subjects.push(Box::new(wazero.subject(program)));
        }
        Err(why) if required => panic!("{why}"),
        Err(why) => say(&format!("skipped: wazero: {why}")),
    }
    subjects
}

fn inner() -> ExitCode {
    let calls = std::env::var("GAUNTLET_MIX_CALLS").ok();
    let calls = calls.map_or(CALLS_USUAL, |calls| calls.parse().expect("a number of calls"));
    let guests = hostile_guests::all().iter().filter(|guest| guest.tier == Tier::Core);
    let guests: Vec<&str> = guests.map(|guest| guest.id.as_str()).collect();
    let before = Own::look();
    let (began, mut sizes) = (Instant::now(), Vec::new());
    let subjects = subjects();
    let mix = Mix { subjects: &subjects, guests: &guests, seed: 1, calls };
    let tally = mix.run(|made| {
        sizes.push(Own::look().resident_kib);
        if made % 1000 < 20 {
            let (seconds, kib) = (began.elapsed().as_secs(), sizes.last().copied());
            say(&format!("mix: {made} calls, {seconds} s, {} KiB", kib.unwrap_or_default()));
        }
    });
    drop(subjects);
    report(&tally, guests.len());
    let (half, end) = (around(&sizes, sizes.len() / 2), around(&sizes, sizes.len()));
    let after = Own::settled(&before);
    say(&format!("mix: resident at half {half} KiB, at the end {end} KiB; {before:?} {after:?}"));
    let steady = calls < CALLS_STEADY_MIN || end as f64 <= half as f64 * GROWTH_MAX;
    let alone = after.is_alone(&before);
    let seen = tally.calls == calls && tally.unseen.0 * 10 <= calls as u64;
    say(&format!("mix: steady {steady}, nothing left {alone}, seen {seen}"));
    if steady && alone && seen { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn report(tally: &MixTally, guests: usize) {
    say(&format!("mix: {} calls of {guests} guests; unseen {:?}", tally.calls, tally.unseen));
    for ((subject, outcome), times) in &tally.outcomes {
        say(&format!("mix: {subject} {outcome} {times}"));
    }
    for ((subject, guest), times) in &tally.uncontained {
        say(&format!("mix: not contained: {subject} {guest} {times}"));
    }
}

/// The median of the ten sizes before `end`, because one sample can fall into a call.
fn around(sizes: &[u64], end: usize) -> u64 {
    let mut window = sizes[end.saturating_sub(10)..end].to_vec();
    window.sort_unstable();
    window.get(window.len() / 2).copied().unwrap_or_default()
}

/// The resources of this process.
#[derive(Debug)]
struct Own {
    resident_kib: u64,
    threads: u64,
    descriptors: u64,
    children: usize,
}

impl Own {
    /// The resources when everything started since `before` has ended, or when the time is over.
    fn settled(before: &Self) -> Self {
        let until = Instant::now() + SETTLE_PATIENCE;
        while !Self::look().is_alone(before) && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(50));
        }
        Self::look()
    }

    fn is_alone(&self, before: &Self) -> bool {
        self.children == 0
            && self.threads <= before.threads + LEFT_MAX
            && self.descriptors <= before.descriptors + LEFT_MAX
    }

    fn look() -> Self {
        let status = std::fs::read_to_string("/proc/self/status").expect("this is Linux");
        let number = |name: &str| -> u64 {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let word = line.and_then(|line| {
                line.trim_start_matches(":").split_ascii_whitespace().next()?.parse().ok()
            });
            word.unwrap_or_else(|| panic!("{name} is not in the status"))
        };
        let descriptors = std::fs::read_dir("/proc/self/fd").expect("it is ours").count() as u64;
        let (resident_kib, threads) = (number("VmRSS"), number("Threads"));
        Self { resident_kib, threads, descriptors, children: children() }
    }
}

/// Processes with this one as their parent.
fn children() -> usize {
    let own = std::process::id();
    let parent = |stat: String| -> Option<u32> {
        stat.rsplit_once(')')?.1.split_ascii_whitespace().nth(1)?.parse().ok()
    };
    let entries = std::fs::read_dir("/proc").expect("this is Linux").flatten();
    let stats = entries.filter_map(|entry| std::fs::read_to_string(entry.path().join("stat")).ok());
    stats.filter_map(parent).filter(|found| *found == own).count()
}
