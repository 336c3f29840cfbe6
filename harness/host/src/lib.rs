//! Running guests: the host trait, the reference hosts on wasmtime and wasmi, and the processes
//! in which they run.
//!
//! Nothing here knows of subjects, scenarios or verdicts.

pub mod compile_trial;
pub mod embedded;
pub mod faults;
pub mod guest_abi;
pub mod host;
mod instance_reuse;
pub mod isolation;
mod off_by_one;
pub mod process;
pub mod protocol;
pub mod runtimes;
pub mod static_limits;
pub mod tenants;
mod view;
pub mod wasmi;
pub mod wasmtime;
pub mod worker;
