//! A guest of the catalogue as bytes with a digest.

use std::sync::LazyLock;

use hostile_guests::toolchain::{Toolchain, Workshop};
use wasm_gauntlet_host::worker::parent::work::GuestModule;
use wasm_gauntlet_model::profile::Need;

use crate::subject::{Inability, tools};

/// The source of modules: the catalogue, or that of a test.
pub(crate) type Source =
    dyn Fn(&str, &[(String, String)]) -> Result<GuestModule, Inability> + Send + Sync;

/// A guest of `hostile-guests`.
///
/// # Errors
/// When there is no such guest, or a parameter does not fit.
pub fn catalogue(id: &str, params: &[(String, String)]) -> Result<GuestModule, Inability> {
    let unknown = || Inability::setup(format!("unknown guest `{id}`"));
    let guest = hostile_guests::find(id).ok_or_else(unknown)?;
    let params: Vec<_> = params.iter().map(|(name, value)| (&**name, &**value)).collect();
    let unfit = |error| Inability::setup(format!("the guest `{id}` cannot be built: {error}"));
    let bytes = match guest.toolchain {
        Some(_) => {
            WORKSHOP.bytes(guest).map_err(|error| Inability::tool_missing(error.to_string()))?
        }
        None => guest.bytes(&params).map_err(unfit)?,
    };
    let contained_if = guest.contained_if.iter().map(ToString::to_string).collect();
    let usual = params.is_empty();
    let returns = guest.returns.clone().filter(|_| usual);
    let word = guest.input.clone();
    let features = guest.features.iter().map(|feature| feature.word().to_owned()).collect();
    let seeded = guest.params.iter().any(|(name, _)| name == "seed");
    let module = GuestModule::new(id, &guest.attack, guest.benign, bytes);
    Ok(GuestModule { contained_if, returns, word, features, seeded, ..module })
}

/// The folder where compilers build guests.
static WORKSHOP: LazyLock<Workshop> = LazyLock::new(workshop);

/// The workshop of this user, its compilers started as tools of ours.
pub(crate) fn workshop() -> Workshop {
    Workshop::of_user().started_by(tools::starter())
}

/// The toolchains of this machine whose guests can be built.
pub(crate) fn toolchains() -> Vec<Need> {
    let needs = Toolchain::ALL.into_iter().filter(|one| WORKSHOP.compiler(*one).is_ok());
    let needs = needs.map(|one| match one {
        Toolchain::Go => Need::ToolchainGo,
        Toolchain::C => Need::ToolchainC,
        Toolchain::Rust => Need::ToolchainRust,
    });
    needs.collect()
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};
    use wasm_gauntlet_model::call::hex;

    use super::*;

    #[test]
    fn a_guest_comes_with_its_digest_and_an_unknown_one_is_an_inability() {
        let module = catalogue("benign-echo", &[]).expect("the catalogue has it");
        assert!(module.benign && module.bytes.starts_with(b"\0asm"));
        assert_eq!(module.digest, hex(&Sha256::digest(&module.bytes)));
        assert!(catalogue("no-such-guest", &[]).is_err());
        let params = [("no-such-parameter".to_owned(), "1".to_owned())];
        assert!(catalogue("benign-echo", &params).is_err());
    }
}
