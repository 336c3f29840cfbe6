//! Runtimes in separate programs, in other languages, behind the adapter protocol.
//!
//! Their sources are part of this crate and are built where the toolchain is installed. The command
//! line chooses the program: nothing here reads the environment.

mod build;
mod sources;

use std::path::PathBuf;

use wasm_gauntlet_host::process::launch::Launch;

use super::adapter::Adapter;
use crate::subject::plugin_host::actions::module;

pub(crate) use build::wazero;

/// A runtime that an adapter program hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct External {
    /// Its name on the command line.
    pub(crate) name: &'static str,
    /// What its program is told.
    pub(crate) args: &'static [&'static str],
    /// Whether modules are counted before its program has them (see [`Launch::counted_first`]).
    pub(crate) counted_first: bool,
}

/// The adapter program for wazero.
pub(crate) const WAZERO_PROGRAM: &str = "gauntlet-wazero";

/// Every external runtime. Those without mitigations use wazero as its documentation shows it, as
/// most people do. Those with mitigations close the measured gaps.
pub(crate) const ALL: &[External] = &[
    External { name: "wazero", args: &["--engine=compiler"], counted_first: false },
    External { name: "wazero-interpreter", args: &["--engine=interpreter"], counted_first: false },
    External {
        name: "wazero-mitigated",
        args: &["--engine=compiler", "--mitigate=all"],
        counted_first: true,
    },
    External {
        name: "wazero-interpreter-mitigated",
        args: &["--engine=interpreter", "--mitigate=all"],
        counted_first: true,
    },
];

/// The external runtime of this name.
pub fn find(name: &str) -> Option<External> {
    ALL.iter().copied().find(|external| external.name == name)
}

impl External {
    /// The subject that tests it through `program`.
    pub fn subject(self, program: PathBuf) -> Adapter {
        let args: Vec<String> = self.args.iter().map(ToString::to_string).collect();
        let launch = Launch { counted_first: self.counted_first, ..Launch::of(program, args) };
        let adapter = Adapter::new(self.name, launch, Box::new(module::catalogue));
        adapter.called_by(format!("--runtime {} ", self.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runtime_is_found_by_its_name_alone() {
        assert_eq!(find("wazero").map(|found| found.args), Some(&["--engine=compiler"][..]));
        assert_eq!(find("wasmtime"), None);
    }
}
