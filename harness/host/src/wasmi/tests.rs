//! The right host holds every guest; each fault does what it says.

use super::*;
use crate::subject::guest_abi::trial;
use crate::subject::host::Host;

fn make(faults: HostFaults) -> Box<dyn Host> {
    Box::new(WasmiHost::new(faults).expect("WASI links"))
}

trial::stands_every_trial!(make);
