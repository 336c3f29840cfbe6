//! The right host holds every guest; each fault does what it says.

use wasm_gauntlet_model::limits::{Grants, Limits};

use super::*;
use crate::guest_abi::trial::{self, words};
use crate::host::Host;

fn make(faults: HostFaults) -> Box<dyn Host> {
    Box::new(WasmtimeHost::new(faults).expect("the ticker starts"))
}

trial::stands_every_trial!(make);

#[test]
fn more_calls_at_once_than_the_pool_holds_are_busy_or_ok() {
    let host = make(HostFaults::default());
    let plugin = host
        .load(&trial::bytes("cpu-loop"), &Limits::default(), &Grants::default())
        .expect("it loads");
    let words: Vec<String> = std::thread::scope(|scope| {
        let calls: Vec<_> =
            (0..40).map(|_| scope.spawn(|| words(&Ok(plugin.call("t", b""))))).collect();
        calls.into_iter().map(|call| call.join().expect("no panic")).collect()
    });
    assert!(words.iter().all(|word| word == "busy" || word == "deadline"), "{words:?}");
    assert!(words.iter().filter(|word| *word == "deadline").count() >= 32);
}
