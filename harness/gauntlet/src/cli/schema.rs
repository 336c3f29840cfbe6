//! Output for other programs: schemas, completions, the manual page.

use std::io;

use clap::CommandFactory;
use wasm_gauntlet_model::{record, scenario, target};

use super::args::{Arguments, CompletionsArgs, SchemaArgs, SchemaOf};
use super::exit::{Exit, Failure};

/// `gauntlet schema`.
pub(super) fn schema(args: &SchemaArgs) -> Result<Exit, Failure> {
    let schema = match args.of {
        SchemaOf::Scenario => scenario::schema(),
        SchemaOf::Run => record::schema(),
        SchemaOf::Target => target::schema(),
    };
    super::print(&format!("{schema:#}\n"))?;
    Ok(Exit::Ready)
}

/// `gauntlet completions`.
pub(super) fn completions(args: &CompletionsArgs) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Arguments::command(), "gauntlet", &mut script);
    print_bytes(&script)
}

/// `gauntlet man`: the page of the tool, then the page of each command, in one stream.
pub(super) fn man() -> Result<Exit, Failure> {
    let mut pages = Vec::new();
    let mut command = Arguments::command().disable_help_subcommand(true);
    command.build();
    let shown = command.get_subcommands().filter(|one| !one.is_hide_set());
    for one in std::iter::once(&command).chain(shown) {
        let name = one.get_display_name().unwrap_or_else(|| one.get_name()).to_owned();
        let page = clap_mangen::Man::new(one.clone()).title(name);
        page.render(&mut pages).map_err(|error| Failure::stdout(&error))?;
    }
    print_bytes(&pages)
}

/// Scripts are printed without styles, because they go to files.
fn print_bytes(bytes: &[u8]) -> Result<Exit, Failure> {
    let written = io::Write::write_all(&mut io::stdout().lock(), bytes);
    written.map(|()| Exit::Ready).map_err(|error| Failure::stdout(&error))
}
