//! `gauntlet doctor`: whether this machine can run the gauntlet, or whether an adapter keeps each
//! rule of the protocol.

use std::env;
use std::net::TcpListener;
use std::thread;

use super::args::DoctorArgs;
use super::exit::{Exit, Failure};
use crate::conformance::{self, Came, Checked};
use crate::load;
use crate::render::paint::{Paint, sign};
use crate::subject::plugin_host::actions::module;
use hostile_guests::toolchain::Toolchain;
use wasm_gauntlet_host::process::launch::Launch;
use wasm_gauntlet_model::source::printable;
use wasm_gauntlet_model::verdict::Verdict;

/// One thing that was checked.
struct Finding {
    /// What it is.
    what: &'static str,
    /// What was found, or why it cannot be had.
    found: Result<String, String>,
}

/// `gauntlet doctor`.
pub(super) fn doctor(args: &DoctorArgs) -> Result<Exit, Failure> {
    match args.adapter.split_first() {
        Some((program, words)) => adapter(program, words, args.memory_mib),
        None => machine(),
    }
}

/// Every rule of the protocol on one adapter.
fn adapter(program: &str, args: &[String], memory_mib: Option<u32>) -> Result<Exit, Failure> {
    let mut launch = Launch::of(program.into(), args.to_vec());
    if let Some(mib) = memory_mib {
        launch.confinement.data_bytes = u64::from(mib) << 20;
    }
    let seen = conformance::check(&launch)
        .map_err(|inability| Failure::inconclusive(inability.to_string()))?;
    let hello = &seen.hello;
    let mut lines = format!("{} {} ({})\n", hello.name, hello.version, hello.engine);
    lines = printable(lines.trim_end()) + "\n";
    lines.extend(seen.checked.iter().map(rule));
    super::print(&lines)?;
    match seen.checked.iter().any(|one| matches!(one.came, Came::Broken(_))) {
        true => Ok(Exit::Incident),
        false => Ok(Exit::Ready),
    }
}

fn rule(one: &Checked) -> String {
    let (verdict, word, why) = match &one.came {
        Came::Kept => (Verdict::Pass, "ok    ", String::new()),
        Came::Broken(wrong) => (Verdict::Fail, "not ok", format!(": {}", printable(wrong))),
        Came::Skipped(feature) => {
            (Verdict::Skipped, "skip  ", format!(": the adapter does not offer `{feature}`"))
        }
    };
    format!("{} {}{why}\n", Paint { coloured: true }.verdict(verdict, word), one.rule)
}

/// Checks of this machine.
fn machine() -> Result<Exit, Failure> {
    let findings = [
        finding("catalogue", catalogue()),
        finding("guests", guests()),
        finding("loopback", loopback()),
        finding("temporary files", temporary()),
        finding("own binary, for workers", own_binary()),
        finding("processors", processors()),
    ];
    super::print(&findings.iter().map(line).collect::<String>())?;
    match findings.iter().any(|one| one.found.is_err()) {
        true => Err(Failure::harness("the gauntlet cannot run on this machine; see above")),
        false => Ok(Exit::Ready),
    }
}

fn finding(what: &'static str, found: Result<String, String>) -> Finding {
    Finding { what, found }
}

fn line(one: &Finding) -> String {
    let (verdict, text) = match &one.found {
        Ok(text) => (Verdict::Pass, text),
        Err(text) => (Verdict::Fail, text),
    };
    let mark = Paint { coloured: true }.verdict(verdict, sign(verdict));
    let text = printable(text);
    format!("{mark} {:24} {text}\n", one.what)
}

fn catalogue() -> Result<String, String> {
    match load::catalogue() {
        Ok(scenarios) if scenarios.is_empty() => Err("it has no scenarios".to_owned()),
        Ok(scenarios) => Ok(format!("{} incidents", scenarios.len())),
        Err(error) => Err(error.to_string()),
    }
}

fn guests() -> Result<String, String> {
    let guests = hostile_guests::all();
    let core = guests.iter().filter(|guest| guest.tier == hostile_guests::Tier::Core);
    for guest in core {
        guest.bytes(&[]).map_err(|error| error.to_string())?;
    }
    Ok(format!("{} modules, all of the core tier assembled{}", guests.len(), built()))
}

/// The guests that compilers of this machine build. A missing compiler is no failure.
fn built() -> String {
    let workshop = module::workshop();
    let told = Toolchain::ALL.map(|one| match workshop.compiler(one) {
        Ok(version) => format!("; {} guests by {version}", one.word()),
        Err(_) => format!("; {} guests cannot be built without {}", one.word(), one.needs()),
    });
    told.concat()
}

fn loopback() -> Result<String, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    Ok(format!("can listen at {}", address.ip()))
}

fn temporary() -> Result<String, String> {
    let dir = env::temp_dir();
    let made = tempfile::NamedTempFile::new_in(&dir);
    made.map(|_| dir.display().to_string()).map_err(|error| error.to_string())
}

fn own_binary() -> Result<String, String> {
    env::current_exe().map(|path| path.display().to_string()).map_err(|error| error.to_string())
}

fn processors() -> Result<String, String> {
    thread::available_parallelism().map(|n| n.to_string()).map_err(|error| error.to_string())
}
