//! The binary `gauntlet`; everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    gauntlet::cli::main(std::env::args_os()).into()
}
