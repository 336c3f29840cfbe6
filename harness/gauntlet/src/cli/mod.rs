//! The command line: arguments in, exit code out. Only `cli` reads arguments and environment,
//! and only `cli` and `render` know what a terminal is.

pub mod adapters;
pub mod allocator;
pub(crate) mod args;
mod browser;
mod build_directory;
mod catalogue;
mod deployment;
pub(crate) mod display;
mod doctor;
pub(crate) mod exit;
mod folder;
mod guests;
mod heavy;
mod init;
mod interrupt;
mod interruption;
mod machine;
mod own_adapters;
mod previous_run;
mod prove;
mod replay;
mod report;
mod run;
mod schema;
mod selection;
mod subjects;
mod targets;
mod testbed;
mod worker;

use std::ffi::OsString;
use std::io::Write;

use clap::Parser;
use wasm_gauntlet_host::process::{children, scratch};

use args::{Arguments, Command};
use exit::{Exit, Failure};

use crate::subject::tools;

/// Do what the arguments say; the first one is the program's own name.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(answer) => return answer_of_clap(&answer),
    };
    if lasts(&arguments.command) {
        allocator::hold();
    }
    if starts_children(&arguments.command) {
        children::adopt();
        scratch::sweep(&std::env::temp_dir());
    }
    match dispatch(&arguments.command) {
        Ok(exit) => exit,
        Err(failure) => {
            say(&failure.text);
            failure.exit
        }
    }
}

/// Whether a command can run for hours. A worker does not count: its memory is what a guest made it
/// use. Nor does a run on sites and builds alone, where a second start costs as much as 15
/// requests.
fn lasts(command: &Command) -> bool {
    use Command::{Interruption, Prove, Run, Testbed};
    let is_brief = |args: &args::RunArgs| {
        let hosts = args.target.len() + args.host.len() + args.runtime.len();
        hosts == 0 && args.site.len() + args.artefact.len() > 0
    };
    match command {
        Run(args) => !is_brief(args),
        Prove(_) | Testbed(_) | Interruption(_) => true,
        _ => false,
    }
}

fn starts_children(command: &Command) -> bool {
    use Command::{Doctor, Interruption, Prove, Run, Testbed};
    matches!(command, Doctor(_) | Run(_) | Prove(_) | Testbed(_) | Interruption(_))
}

fn dispatch(command: &Command) -> Result<Exit, Failure> {
    match command {
        Command::Run(args) => run::run(args),
        Command::Prove(args) => prove::prove(args),
        Command::Testbed(args) => testbed::testbed(args),
        Command::List(args) => catalogue::list(args),
        Command::Explain(args) => catalogue::explain(args),
        Command::Guests(command) => guests::guests(command),
        Command::Interruption(args) => interruption::interruption(args),
        Command::Init(args) => init::init(args),
        Command::Report(args) => report::report(args),
        Command::Schema(args) => schema::schema(args),
        Command::Doctor(args) => doctor::doctor(args),
        Command::Completions(args) => schema::completions(args),
        Command::Man => schema::man(),
        Command::Worker(args) => worker::worker(args),
        // Its exit code is the tool's, which may be any.
        Command::Tend(args) => std::process::exit(tools::tend(&args.tool)),
    }
}

/// Help and version go to stdout with code 0. Everything else is wrong usage.
fn answer_of_clap(answer: &clap::Error) -> Exit {
    // There is nobody left to tell when neither stream can be written to.
    let _written = answer.print();
    if answer.use_stderr() { Exit::Usage } else { Exit::Ready }
}

/// Print `text` to stdout; colours go only to a terminal.
fn print(text: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|e| Failure::stdout(&e))
}

/// Say `text` on stderr; colours go only to a terminal.
fn say(text: &str) {
    let mut out = anstream::stderr().lock();
    // There is nobody left to tell when stderr cannot be written to.
    let _written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
