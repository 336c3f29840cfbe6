//! The arguments of the command line.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use url::Url;
use wasm_gauntlet_model::fault::Fault;
use wasm_gauntlet_model::selection::Shard;
use wasm_gauntlet_model::verdict::Severity;

use super::browser::BrowserChoice;
use super::exit::EXIT_CODES;

/// Tests WebAssembly in production: replays the incident catalogue against a site, a plugin host
/// or a runtime, and says with evidence which incidents would happen there.
#[derive(Debug, Parser)]
#[command(name = "gauntlet", version, after_help = EXIT_CODES, max_term_width = 100)]
#[command(arg_required_else_help = true)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Test subjects, and say whether they are ready
    ///
    /// With no subject named, the reference deployment on loopback is tested (site, shared cache,
    /// plugin host), the reference build that it serves, and every embedded runtime.
    Run(RunArgs),
    /// Run every scenario on its faults and on the healthy testbed: the detection matrix
    Prove(ProveArgs),
    /// Serve the reference deployment: site, shared cache and plugin host
    Testbed(TestbedArgs),
    /// List the incidents
    List(ListArgs),
    /// Show everything about one incident
    Explain(ExplainArgs),
    /// List, show or export the hostile guests
    #[command(subcommand)]
    Guests(GuestsCommand),
    /// Measure which mechanism stops which shape of endless guest, and how soon
    ///
    /// Tries the embedded runtimes, wazero if its adapter can be built, and ending the process.
    Interruption(InterruptionArgs),
    /// Inspect a site and write a target file for it
    Init(InitArgs),
    /// Show the record of a run again, in another format
    Report(ReportArgs),
    /// Print a JSON schema
    Schema(SchemaArgs),
    /// Check whether this machine can run the gauntlet, or whether an adapter keeps the protocol
    Doctor(DoctorArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Print the manual page
    Man,
    /// Serve one runtime over stdin and stdout
    #[command(hide = true)]
    Worker(WorkerArgs),
    /// Run one tool, and end what it leaves running
    #[command(hide = true)]
    Tend(TendArgs),
}

/// Which scenarios.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct CatalogueArgs {
    /// Only the incidents that begin with FILTER, as in `delivery/` or `host/deadline`; may be
    /// repeated
    #[arg(long, value_name = "FILTER")]
    pub(crate) only: Vec<String>,
    /// Read scenarios from every `.yaml` and `.yml` file below DIR, in place of the built-in ones
    #[arg(long, value_name = "DIR")]
    pub(crate) scenarios: Option<PathBuf>,
}

/// `gauntlet run`. With no subject named, the testbed and every embedded runtime are tested.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct RunArgs {
    /// Test what a target file names; may be repeated
    #[arg(long, value_name = "FILE", help_heading = "Subjects")]
    pub(crate) target: Vec<PathBuf>,
    /// Test the site at URL, with all that its page loads; may be repeated
    #[arg(long, value_name = "URL", value_parser = web_address, help_heading = "Subjects")]
    pub(crate) site: Vec<Url>,
    /// Test the plugin host at URL, which speaks the host contract; may be repeated
    #[arg(long, value_name = "URL", value_parser = web_address, help_heading = "Subjects")]
    pub(crate) host: Vec<Url>,
    /// Test the build in DIR before it is deployed; may be repeated
    #[arg(long, value_name = "DIR", help_heading = "Subjects")]
    pub(crate) artefact: Vec<PathBuf>,
    /// Test a runtime by its name, as in `wasmtime`; may be repeated
    #[arg(long, value_name = "NAME", help_heading = "Subjects")]
    pub(crate) runtime: Vec<String>,
    /// Which scenarios
    #[command(flatten)]
    pub(crate) catalogue: CatalogueArgs,
    /// Keep the journal, the record and the reports in DIR
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Replay the run of this seed
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Number of parallel trials; trials that measure time run alone
    #[arg(long, value_name = "N", value_parser = jobs)]
    pub(crate) jobs: Option<NonZeroUsize>,
    /// Run part K of N, as in `1/4`
    #[arg(long, value_name = "K/N", value_parser = shard)]
    pub(crate) shard: Option<Shard>,
    /// Which guests: only those that are safe anywhere, or also those that can exhaust a machine.
    /// The latter run in workers with limits, after a check that the limits hold
    #[arg(long, value_enum, default_value_t = Tier::Core)]
    pub(crate) tier: Tier,
    /// Which browser looks at pages: `auto` (a Chromium that is installed), `off`, `required`, or
    /// the path of one
    #[arg(long, value_name = "WHICH", default_value = "auto")]
    pub(crate) browser: BrowserChoice,
    /// The lowest severity that gives exit code 1
    #[arg(long, value_name = "SEVERITY", default_value = "major", value_parser = severity())]
    pub(crate) gate: Severity,
}

/// Which guests are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Tier {
    /// Safe anywhere
    Core,
    /// Also those that can exhaust a machine, on runtimes, one at a time
    Heavy,
}

/// `gauntlet prove`.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct ProveArgs {
    /// Which scenarios
    #[command(flatten)]
    pub(crate) catalogue: CatalogueArgs,
    /// On faults that a scenario for hosts or browsers does not name, try only every Nth of its
    /// cases, others for each fault. This is faster, and may overlook a false alarm, but never a
    /// missed fault
    #[arg(long, value_name = "N")]
    pub(crate) sample: Option<NonZeroUsize>,
    /// Which browser looks at pages: `auto` (a Chromium that is installed), `off`, `required`, or
    /// the path of one
    #[arg(long, value_name = "WHICH", default_value = "auto")]
    pub(crate) browser: BrowserChoice,
    /// Keep the matrix and the records in DIR
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Number of parallel trials; trials that measure time run alone
    #[arg(long, value_name = "N", value_parser = jobs)]
    pub(crate) jobs: Option<NonZeroUsize>,
    /// Replay the run of this seed
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
}

/// `gauntlet testbed`.
#[derive(Debug, Clone, Args)]
pub(crate) struct TestbedArgs {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
    /// Start the deployment with this fault; may be repeated
    #[arg(long, value_name = "ID", value_parser = fault())]
    pub(crate) fault: Vec<Fault>,
}

/// `gauntlet list`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ListArgs {
    /// Which scenarios
    #[command(flatten)]
    pub(crate) catalogue: CatalogueArgs,
}

/// `gauntlet explain`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ExplainArgs {
    /// The incident, as in `delivery/missing-vary`
    #[arg(value_name = "ID")]
    pub(crate) incident: String,
    /// Read scenarios from every `.yaml` and `.yml` file below DIR, in place of the built-in ones
    #[arg(long, value_name = "DIR")]
    pub(crate) scenarios: Option<PathBuf>,
}

/// `gauntlet guests`.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum GuestsCommand {
    /// List the guests
    List,
    /// Show everything about one guest, with its text
    Show {
        /// The guest, as in `cpu-loop`
        #[arg(value_name = "ID")]
        id: String,
    },
    /// Write every guest that is safe to handle to DIR, as `.wasm` files
    Export {
        /// A directory; it is created if it does not exist
        #[arg(value_name = "DIR")]
        dir: PathBuf,
    },
}

/// `gauntlet interruption`.
#[derive(Debug, Clone, Args)]
pub(crate) struct InterruptionArgs {
    /// Keep the table in DIR, as `interruption.md` and `interruption.json`
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Print only the mechanisms, without times
    #[arg(long)]
    pub(crate) words: bool,
}

/// `gauntlet init`.
#[derive(Debug, Clone, Args)]
pub(crate) struct InitArgs {
    /// The site's page
    #[arg(long, value_name = "URL", value_parser = web_address)]
    pub(crate) site: Url,
    /// The file to write; an existing file is not changed
    #[arg(long, value_name = "FILE", default_value = "gauntlet.yaml")]
    pub(crate) out: PathBuf,
}

/// `gauntlet report`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "The exit code is that of the run.")]
pub(crate) struct ReportArgs {
    /// The directory of a run (`--out`), or its `run.json`
    #[arg(value_name = "RUN")]
    pub(crate) run: PathBuf,
    /// The format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

/// The form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// As `run` prints it
    Text,
    /// The record itself
    Json,
    /// JUnit XML, for CI systems
    Junit,
}

/// `gauntlet schema`.
#[derive(Debug, Clone, Args)]
pub(crate) struct SchemaArgs {
    /// Which schema
    #[arg(value_enum, default_value_t = SchemaOf::Scenario)]
    pub(crate) of: SchemaOf,
}

/// What there are schemas of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaOf {
    /// A scenario file
    Scenario,
    /// `run.json`
    Run,
    /// A target file
    Target,
}

/// `gauntlet doctor`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "With --adapter: 0 all rules are kept, 1 a rule is broken, 3 no answer.")]
pub(crate) struct DoctorArgs {
    /// Let the adapter use this much private memory, MiB, as `memory-mib` of a target file does
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u32).range(64..=1 << 20))]
    pub(crate) memory_mib: Option<u32>,
    /// Check each rule of the protocol on the adapter that CMD starts, a program and its arguments.
    /// Must be the last option, because every word after it belongs to CMD
    #[arg(long, value_name = "CMD", num_args = 1.., allow_hyphen_values = true)]
    pub(crate) adapter: Vec<String>,
}

/// `gauntlet completions`.
#[derive(Debug, Clone, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

/// `gauntlet tend`.
#[derive(Debug, Clone, Args)]
pub(crate) struct TendArgs {
    /// The program and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) tool: Vec<OsString>,
}

/// `gauntlet worker`.
#[derive(Debug, Clone, Args)]
pub(crate) struct WorkerArgs {
    /// The runtime's name
    #[arg(long, value_name = "NAME")]
    pub(crate) runtime: String,
    /// Start the deployment with this fault; may be repeated
    #[arg(long, value_name = "ID", value_parser = fault())]
    pub(crate) fault: Vec<Fault>,
    /// Compile the module on stdin, and end
    #[arg(long)]
    pub(crate) compile: bool,
    /// Try to exceed a limit of the process, and end
    #[arg(long, value_name = "LIMIT", conflicts_with = "compile")]
    pub(crate) exceed: Option<String>,
}

fn severity() -> impl TypedValueParser<Value = Severity> {
    PossibleValuesParser::new(Severity::ALL.iter().map(|one| one.word())).map(|word| {
        let found = Severity::ALL.iter().copied().find(|one| one.word() == word);
        found.unwrap_or(Severity::Major)
    })
}

/// The long help says what each fault does.
fn fault() -> impl TypedValueParser<Value = Fault> {
    let value = |fault: &Fault| PossibleValue::new(fault.word()).help(fault.doc());
    PossibleValuesParser::new(Fault::ALL.iter().map(value)).try_map(|word| word.parse::<Fault>())
}

fn shard(text: &str) -> Result<Shard, String> {
    let read = text.split_once('/').and_then(|(index, count)| {
        Some(Shard { index: index.parse().ok()?, count: count.parse().ok()? })
    });
    read.filter(|shard| (1..=shard.count).contains(&shard.index))
        .ok_or_else(|| "expected a part and the number of parts, as in `1/4`".to_owned())
}

fn jobs(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "expected a whole number of trials at a time, 1 or more".to_owned())
}

fn web_address(text: &str) -> Result<Url, String> {
    let expected = "expected an address such as `https://example.org/`";
    let no_scheme = || {
        // Sites on this machine rarely use TLS.
        let local = ["localhost", "127.", "[::1]"].iter().any(|start| text.starts_with(start));
        let scheme = if local { "http" } else { "https" };
        let end = if text.contains('/') { "" } else { "/" };
        format!("it has no scheme; did you mean `{scheme}://{text}{end}`?")
    };
    let url = Url::parse(text).map_err(|error| match text.contains("://") || text.is_empty() {
        true => format!("{error}; {expected}"),
        false => no_scheme(),
    })?;
    // `localhost:8080` parses as an address with the scheme `localhost`.
    let is_port = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
    match url.scheme() {
        _ if text.split_once(':').is_some_and(|(_, rest)| is_port(rest)) => Err(no_scheme()),
        "http" | "https" if url.has_host() => Ok(url),
        other => Err(format!("`{other}:` is neither http nor https; {expected}")),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_shard_is_one_of_a_whole() {
        assert_eq!(shard("2/3"), Ok(Shard { index: 2, count: 3 }));
        for wrong in ["", "1", "0/3", "4/3", "1/0", "-1/2", "a/b", "1/2/3"] {
            assert!(shard(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_web_address_has_a_scheme_and_a_host() {
        assert!(web_address("http://127.0.0.1:8080/a").is_ok());
        for wrong in ["", "example.org", "localhost:80", "file:///etc/passwd", "https://"] {
            assert!(web_address(wrong).is_err(), "{wrong}");
        }
    }
}
