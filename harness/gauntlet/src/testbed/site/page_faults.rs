//! The faults of the page, which are changes of its script.

use wasm_gauntlet_model::fault::Fault;

use super::faults::SiteFaults;

/// Words of `loader.js`, and what stands there with the fault. No two faults change the same words,
/// so they can be on together.
const CHANGES: &[(Fault, &str, &str)] = &[
    (
        Fault::Eager,
        "button.disabled = false;\n",
        "button.disabled = false;\nload().catch(() => {});\n",
    ),
    (
        Fault::LoadsEveryClick,
        "    const instance = await load();\n",
        "    loading = null;\n    const instance = await load();\n",
    ),
    // Without this, the cache of the browser would answer the second request.
    (
        Fault::LoadsEveryClick,
        "fetch(MODULE, { signal",
        "fetch(MODULE, { cache: \"no-store\", signal",
    ),
    (Fault::NoLoadingState, "  show(\"loading\", \"Loading the checksum module…\");\n", ""),
    (
        Fault::NoCatch,
        "async function compute() {\n",
        "async function compute() {\n  const before = [document.body.dataset.state, \
         status.textContent];\n",
    ),
    (
        Fault::NoCatch,
        "    show(\"failed\", `The checksum module did not load: ${error.message}`);\n",
        "    show(...before);\n    button.removeAttribute(\"aria-busy\");\n    throw error;\n",
    ),
    (
        Fault::NoRetry,
        "instantiate().catch((error) => {\n      loading = null;\n      throw error;\n    });\n",
        "instantiate();\n",
    ),
    (
        Fault::ProgressOvershoot,
        "follow(response.clone(), MODULE_BYTES)",
        "follow(response.clone(), response.headers.get(\"content-length\"))",
    ),
    (
        Fault::BlocksPaint,
        "button.addEventListener(\"click\", compute);\n",
        "button.addEventListener(\"click\", compute);\nconst show_page = () => \
         (document.body.hidden = false);\nload().then(show_page, show_page);\n",
    ),
    (
        Fault::SkewBreaks,
        "  } catch (error) {\n",
        "  } catch (error) {\n    if (error instanceof WebAssembly.LinkError) return;\n",
    ),
];

/// The page with the faults of the page.
pub(super) fn spoiled_page(page: String, faults: &SiteFaults) -> String {
    match faults.has(Fault::BlocksPaint) {
        true => replaced(&page, "<body data-state=\"idle\">", "<body data-state=\"idle\" hidden>"),
        false => page,
    }
}

/// The script of the page with the faults of the page.
pub(super) fn spoiled(script: String, faults: &SiteFaults) -> String {
    let ours = CHANGES.iter().filter(|(fault, ..)| faults.has(*fault));
    ours.fold(script, |text, (_, old, new)| replaced(&text, old, new))
}

/// `text` with `new` in place of `old`. It panics unless `old` is there once: an edit of the script
/// must not remove a fault.
pub(super) fn replaced(text: &str, old: &str, new: &str) -> String {
    assert_eq!(text.matches(old).count(), 1, "the script of the page must have this once: {old}");
    text.replace(old, new)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::assets::shim_text;
    use super::*;

    const OF_THE_PAGE: [Fault; 8] = [
        Fault::Eager,
        Fault::LoadsEveryClick,
        Fault::NoLoadingState,
        Fault::NoCatch,
        Fault::NoRetry,
        Fault::ProgressOvershoot,
        Fault::BlocksPaint,
        Fault::SkewBreaks,
    ];

    fn script(faults: &[Fault]) -> String {
        let faults = SiteFaults::new(faults);
        spoiled(shim_text("/app.wasm", 9, faults.has(Fault::StaleShim)), &faults)
    }

    #[test]
    fn each_changes_the_script_in_its_own_way() {
        let mut scripts = BTreeSet::from([script(&[])]);
        for fault in OF_THE_PAGE.into_iter().chain([Fault::StaleShim]) {
            assert!(scripts.insert(script(&[fault])), "{fault:?}");
        }
    }

    #[test]
    fn all_can_be_on_together() {
        let together = script(&[&OF_THE_PAGE[..], &[Fault::StaleShim]].concat());
        for (fault, _, new) in CHANGES {
            assert!(together.contains(new), "{fault:?}");
        }
    }

    #[test]
    fn other_faults_leave_the_script_alone() {
        for fault in Fault::ALL.iter().filter(|fault| !OF_THE_PAGE.contains(fault)) {
            let healthy = shim_text("/app.wasm", 9, *fault == Fault::StaleShim);
            assert_eq!(script(&[*fault]), healthy, "{fault:?}");
        }
    }

    #[test]
    #[should_panic(expected = "must have this once: gone")]
    fn a_change_of_words_that_are_not_there_is_noticed() {
        replaced("the script", "gone", "");
    }
}
