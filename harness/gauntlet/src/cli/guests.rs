//! `gauntlet guests`: the hostile modules, listed, shown, exported.

use std::fs;
use std::path::Path;

use hostile_guests::toolchain::{self, Toolchain};
use hostile_guests::{Guest, Tier};
use wasm_gauntlet_model::name::nearest;
use wasm_gauntlet_model::source::printable;

use super::args::GuestsCommand;
use super::exit::{Exit, Failure};
use crate::subject::plugin_host::actions::module;

/// `gauntlet guests`.
pub(super) fn guests(command: &GuestsCommand) -> Result<Exit, Failure> {
    match command {
        GuestsCommand::List => super::print(&listed())?,
        GuestsCommand::Show { id } => super::print(&shown(find(id)?))?,
        GuestsCommand::Export { dir } => super::print(&export(dir)?)?,
    }
    Ok(Exit::Ready)
}

fn every() -> impl Iterator<Item = &'static Guest> {
    hostile_guests::all().iter().chain(toolchain::all())
}

/// One line for each guest: its tier, or the toolchain that builds it.
fn listed() -> String {
    let width = every().map(|guest| guest.id.len()).max().unwrap_or(0);
    let line = |guest: &Guest| {
        let kind = guest.toolchain.map_or(guest.tier.word(), Toolchain::word);
        format!("{:width$}  {kind:5}  {}\n", guest.id, guest.attack)
    };
    every().map(line).collect()
}

fn find(id: &str) -> Result<&'static Guest, Failure> {
    hostile_guests::find(id).ok_or_else(|| {
        let known = every().map(|guest| guest.id.as_str());
        let help = nearest(id, known).map(|near| format!("; did you mean `{near}`?"));
        Failure::usage(format!("unknown guest `{id}`{}", help.unwrap_or_default()))
    })
}

fn shown(guest: &Guest) -> String {
    let joined = |words: Vec<String>| words.join(" | ");
    let contained = joined(guest.contained_if.iter().map(ToString::to_string).collect());
    let features = guest.features.iter().map(|feature| feature.word().to_owned()).collect();
    let params = guest.params.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let fields = [
        ("attack", guest.attack.clone()),
        ("contained if", contained),
        ("returns", guest.returns.clone().unwrap_or_default()),
        ("seen in", guest.seen_in.clone()),
        ("tier", guest.tier.word().to_owned()),
        ("built by", guest.toolchain.map(|one| one.needs().to_owned()).unwrap_or_default()),
        ("input", guest.input.clone().unwrap_or_default()),
        ("counterpart", guest.counterpart.clone().unwrap_or_default()),
        ("parameters", joined(params)),
        ("features", joined(features)),
    ];
    let said = fields.into_iter().filter(|(_, text)| !text.is_empty());
    let said: String = said.map(|(label, text)| format!("{label:13}{text}\n")).collect();
    let source = guest.source().map(|text| format!("\n{text}")).unwrap_or_default();
    format!("{}\n\n{said}{source}", guest.id)
}

/// Write each guest that is safe to handle; heavy ones can exhaust a machine that opens them.
fn export(dir: &Path) -> Result<String, Failure> {
    let refused = |error| Failure::usage(format!("cannot write to {}: {error}", dir.display()));
    fs::create_dir_all(dir).map_err(refused)?;
    let (core, heavy): (Vec<&Guest>, Vec<&Guest>) =
        hostile_guests::all().iter().partition(|guest| guest.tier == Tier::Core);
    for guest in &core {
        let assembled = guest.bytes(&[]);
        let bytes = assembled.map_err(|error| Failure::harness(error.to_string()))?;
        fs::write(dir.join(format!("{}.wasm", guest.id)), bytes).map_err(refused)?;
    }
    let (built, missing) = export_built(dir)?;
    let (written, kept) = (core.len() + built, heavy.len());
    let dir = printable(&dir.to_string_lossy());
    Ok(format!("{written} guests in {dir}; {kept} heavy ones are not exported\n{missing}"))
}

/// Write each guest that a compiler of this machine builds. Returns how many, and why others are
/// missing.
fn export_built(dir: &Path) -> Result<(usize, String), Failure> {
    let refused = |error| Failure::usage(format!("cannot write to {}: {error}", dir.display()));
    let workshop = module::workshop();
    let (mut written, mut missing) = (0, String::new());
    for toolchain in Toolchain::ALL {
        let mut guests = toolchain::all().iter().filter(|one| one.toolchain == Some(toolchain));
        let failed = guests.find_map(|guest| match workshop.bytes(guest) {
            Ok(bytes) => {
                written += 1;
                let path = dir.join(format!("{}.wasm", guest.id));
                fs::write(path, bytes).map_err(refused).err().map(Err)
            }
            Err(error) => Some(Ok(error.to_string())),
        });
        if let Some(why) = failed.transpose()? {
            let why = printable(&why);
            missing += &format!("guests of toolchain `{}` are missing: {why}\n", toolchain.word());
        }
    }
    Ok((written, missing))
}
