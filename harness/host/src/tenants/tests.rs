//! The limits around the real wasmtime host.

use super::*;
use crate::faults::HostFaults;
use crate::guest_abi::trial::{bytes, words};
use crate::wasmtime::WasmtimeHost;

fn limited() -> PerTenant {
    with(&[])
}

fn with(faults: &[Fault]) -> PerTenant {
    let faults = HostFaults::new(faults.iter().copied());
    let host = WasmtimeHost::new(faults.clone()).expect("the ticker starts");
    PerTenant::new(Arc::new(host), faults)
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
        assert!(ledger.admit(&nth.to_string(), now, TenantBounds::default()).is_some());
    }
    assert!(ledger.admit("one more", now, TenantBounds::default()).is_none());
    ledger.finish("7", now, Duration::ZERO, Duration::ZERO);
    let later = now + Duration::from_secs(1);
    assert!(ledger.admit("one more", later, TenantBounds::default()).is_some());
    assert_eq!(ledger.tenants.len(), TENANTS_MAX);
}

fn outcomes(host: &PerTenant, id: &str, limits: Limits, tenants: &[&str]) -> Vec<String> {
    let plugin = host.load(&bytes(id), &limits, &Grants::default()).expect("it loads");
    tenants.iter().map(|tenant| words(&Ok(plugin.call(tenant, b"")))).collect()
}

#[test]
fn calls_past_the_rate_are_busy_unless_the_fault_says_otherwise() {
    // No machine makes three calls so slowly that one more falls due.
    let limits = || Limits { calls_per_s: Some(1), ..Limits::default() };
    let calls = ["a", "a", "a", "b"];
    let right = outcomes(&limited(), "benign-tiny", limits(), &calls);
    assert_eq!(right.iter().filter(|word| *word == "busy").count(), 2, "{right:?}");
    assert_eq!(right[3], "ok", "another tenant's");
    let wrong = outcomes(&with(&[Fault::NoRateLimit]), "benign-tiny", limits(), &calls);
    assert!(wrong.iter().all(|word| word == "ok"), "{wrong:?}");
}

#[test]
fn instances_past_the_hosts_limit_are_busy_whosever_they_are() {
    let limits = Limits { instances: Some(2), ..Limits::default() };
    for (faults, ran) in [(&[][..], 2), (&[Fault::Overcommit][..], 4)] {
        let host = with(faults);
        let plugin = host.load(&bytes("cpu-loop"), &limits, &Grants::default()).expect("it loads");
        let words = at_once(plugin.as_ref(), &["a", "b", "c", "d", "e", "f"]);
        let busy = words.iter().filter(|word| *word == "busy").count();
        assert_eq!(busy, 6 - ran, "{words:?}");
    }
}

#[test]
fn a_call_that_traps_is_run_once_unless_the_fault_says_otherwise() {
    for (faults, lines) in [(&[][..], 1), (&[Fault::RetryStorm][..], 4)] {
        let host = with(faults);
        let called = plugin(&host, "trap-after-log").call("a", b"");
        assert_eq!((called.outcome.word(), called.log.len()), ("trap", lines));
    }
}
