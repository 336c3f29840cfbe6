//! Modules that no host has seen, with code that is known.

use std::time::SystemTime;

use sha2::{Digest, Sha256};
use wasm_gauntlet_host::worker::parent::work::GuestModule;

/// The guest with a custom section that no module of another run has.
pub(crate) fn variant(guest: &GuestModule, run: u64, number: u32) -> GuestModule {
    const NAME: &[u8] = b"gauntlet-start";
    let mark = Sha256::new().chain_update(run.to_le_bytes()).chain_update(number.to_le_bytes());
    let mark = mark.finalize();
    // Both lengths stay below 128, so each is one byte of LEB128.
    let mut bytes = guest.bytes.clone();
    let (name, size) = (NAME.len() as u8, (1 + NAME.len() + mark.len()) as u8);
    bytes.extend([0, size, name]);
    bytes.extend(NAME);
    bytes.extend(mark);
    GuestModule {
        contained_if: guest.contained_if.clone(),
        returns: guest.returns.clone(),
        ..GuestModule::new(&guest.id, &guest.attack, guest.benign, bytes)
    }
}

/// A number that no other run has: a host may still hold modules of an earlier run.
pub(crate) fn nonce() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX) ^ (u64::from(std::process::id()) << 40)
}

#[cfg(test)]
mod tests {
    use super::super::super::super::module::catalogue;
    use super::*;

    #[test]
    fn a_variant_is_another_module_with_the_same_code() {
        let guest = catalogue("benign-tiny", &[]).expect("the catalogue has it");
        let [one, other] = [variant(&guest, 1, 0), variant(&guest, 1, 1)];
        assert!(one.digest != other.digest && one.digest != guest.digest);
        wasmparser::validate(&one.bytes).expect("it is a module");
        assert!(one.bytes.starts_with(&guest.bytes));
        assert_eq!(one.returns, guest.returns);
    }
}
