//! The limits around the real wasmtime host.

use super::*;
use crate::subject::defects::Defects;
use crate::subject::guest_abi::trial::{bytes, words};
use crate::subject::wasmtime::WasmtimeHost;

fn limited() -> PerTenant {
    PerTenant::new(Arc::new(WasmtimeHost::new(Defects::default()).expect("the ticker starts")))
}

fn plugin(host: &PerTenant, id: &str) -> Arc<dyn Plugin> {
    host.load(&bytes(id), &Limits::default(), &Grants::default()).expect("it loads")
}

fn at_once(plugin: &dyn Plugin, tenants: &[&str]) -> Vec<String> {
    std::thread::scope(|scope| {
        let calls: Vec<_> = tenants
            .iter()
            .map(|tenant| scope.spawn(move || words(&Ok(plugin.call(tenant, b"")))))
            .collect();
        calls.into_iter().map(|call| call.join().expect("no panic")).collect()
    })
}

#[test]
fn a_fifth_call_at_once_is_busy_and_another_tenants_is_not() {
    let host = limited();
    let plugin = plugin(&host, "cpu-loop");
    let words = at_once(plugin.as_ref(), &["a"; 8]);
    assert_eq!(words.iter().filter(|word| *word == "busy").count(), 4, "{words:?}");
    assert_eq!(words.iter().filter(|word| *word == "deadline").count(), 4, "{words:?}");
    assert_eq!(at_once(plugin.as_ref(), &["a", "b"]).len(), 2);
}

#[test]
fn calls_in_a_row_of_a_tenant_alone_are_never_busy() {
    let host = limited();
    let tiny = plugin(&host, "benign-tiny");
    assert!((0..500).all(|_| tiny.call("a", b"").outcome.word() == "ok"));
    let spin = plugin(&host, "cpu-loop");
    let kills = (0..6).map(|nth| spin.call(&format!("t{nth}"), b"").outcome.word());
    assert!(kills.into_iter().all(|word| word == "deadline"));
}

#[test]
fn tenants_that_owe_nothing_are_forgotten_and_those_in_flight_are_not() {
    let mut ledger = Ledger::default();
    let now = Instant::now();
    for nth in 0..TENANTS_MAX {
        assert!(ledger.admit(&nth.to_string(), now).is_some());
    }
    assert!(ledger.admit("one more", now).is_none());
    ledger.finish("7", now, Duration::ZERO, Duration::ZERO);
    assert!(ledger.admit("one more", now + Duration::from_secs(1)).is_some());
    assert_eq!(ledger.tenants.len(), TENANTS_MAX);
}
