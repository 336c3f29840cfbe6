//! A command line that repeats a call, for a person with a shell.

use wasm_gauntlet_host::worker::parent::work::GuestModule;
use wasm_gauntlet_web::shell::quoted;

use super::exchange::Spoken;

/// Longest input that is written into the command line.
const INPUT_BYTES_MAX: usize = 256;

/// Uploads the guest, then calls it. `gauntlet guests export` writes `DIR/ID.wasm`.
///
/// `secrets` are options of curl that name variables, as [`Secrets::options`] gives them.
///
/// [`Secrets::options`]: super::Secrets::options
pub(crate) fn call(
    url: &str,
    module: &GuestModule,
    tenant: &str,
    input: &[u8],
    secrets: &str,
) -> Option<String> {
    if input.len() > INPUT_BYTES_MAX {
        return None;
    }
    let octal: String = input.iter().map(|byte| format!("\\{byte:03o}")).collect();
    let upload = format!("{url}/guests/{}", module.digest);
    let call = format!("{upload}/call");
    Some(format!(
        "gauntlet guests export guests && curl -sS {secrets}-T {} {} && printf {} | \
         curl -sSi {secrets}-H {} --data-binary @- {}",
        quoted(&format!("guests/{}.wasm", module.id)),
        quoted(&upload),
        quoted(&octal),
        quoted(&format!("X-Tenant: {tenant}")),
        quoted(&call),
    ))
}

/// One request of a mapping, for a guest that is already deployed.
pub(crate) fn spoken(request: &Spoken, secrets: &str) -> Option<String> {
    if request.body.len() > INPUT_BYTES_MAX {
        return None;
    }
    let octal: String = request.body.iter().map(|byte| format!("\\{byte:03o}")).collect();
    let header =
        |(name, value): &(String, String)| format!("-H {} ", quoted(&format!("{name}: {value}")));
    Some(format!(
        "printf {} | curl -sSi {secrets}-X {} {}--data-binary @- {}",
        quoted(&octal),
        quoted(&request.method),
        request.headers.iter().map(header).collect::<String>(),
        quoted(&request.url),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_it_leaves_its_quotes() {
        let module = GuestModule::new("g", "", true, Vec::new());
        let call = |tenant, input: &[u8]| call("http://h", &module, tenant, input, "");
        let line = call("a'; rm -rf / #", b"a'\0").expect("it is short");
        assert!(line.contains(r"-H 'X-Tenant: a'\''; rm -rf / #'"), "{line}");
        assert!(line.contains(r"printf '\141\047\000'"), "{line}");
        assert_eq!(call("a", &[0; 257]), None);
    }
}
