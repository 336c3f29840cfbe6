//! The right host holds every guest; each switch causes its defect.

use super::*;
use crate::subject::guest_abi::trial;
use crate::subject::host::Host;

fn make(defects: Defects) -> Box<dyn Host> {
    Box::new(WasmiHost::new(defects).expect("WASI links"))
}

trial::stands_every_trial!(make);
