//! The right host holds every guest; each fault does what it says.

use super::*;
use crate::guest_abi::trial;
use crate::host::Host;

fn make(faults: HostFaults) -> Box<dyn Host> {
    Box::new(WasmiHost::new(faults).expect("WASI links"))
}

trial::stands_every_trial!(make);
