//! What toolchains ship and how it is deployed wrongly (`harness/docs/field.md`, section 4), seen
//! with HTTP alone. Beside each broken deployment stands the healthy one that is most like it.

use wasm_gauntlet_model::verdict::Severity;

use crate::field::{Ran, run_on};
use crate::files::{File, serve_files};

/// A page with this in its head and body.
pub(crate) fn page(inside: &str) -> File {
    File::new("/", format!("<!doctype html><html lang=en><title>p</title>{inside}"))
}

/// A loader as modules have it.
const GLUE: &str = "export default () => WebAssembly.instantiateStreaming(fetch('m.wasm'));";

/// The same as a classic script.
const CLASSIC: &str = "WebAssembly.instantiateStreaming(fetch('m.wasm')).then(() => 0);";

/// A module without imports.
pub(crate) fn module() -> File {
    File::new("/m.wasm", wat::parse_str("(module (func (export \"f\")))").expect("a module"))
}

pub(crate) fn run_files(files: Vec<File>) -> Ran {
    run_on(&["--site", &serve_files(files)])
}

const OCTETS: &str = "application/octet-stream";

#[test]
fn f9_a_module_script_needs_a_javascript_type() {
    const TAG: &str = "<script type=module src=app.mjs></script>";
    let app = "import init from './glue.mjs'; init();";
    let later = "document.body.onclick = async () => (await import('./glue.mjs')).default();";
    for (app, app_type, glue_type) in [
        (app, "text/javascript", OCTETS),
        (app, "text/javascript", "text/plain; charset=utf-8"),
        (app, OCTETS, "text/javascript"),
        (later, "text/javascript", OCTETS),
    ] {
        let files = vec![
            page(TAG),
            module(),
            File::typed("/app.mjs", app, app_type),
            File::typed("/glue.mjs", GLUE, glue_type),
        ];
        let ran = run_files(files);
        ran.is_one("delivery/shim-is-script", Severity::Critical, "needs a JavaScript type");
    }
    for right in ["application/javascript", "text/ecmascript", "Text/JavaScript; charset=utf-8"] {
        let files = vec![
            page(TAG),
            module(),
            File::typed("/app.mjs", app, right),
            File::typed("/glue.mjs", GLUE, right),
        ];
        run_files(files).is_right();
    }
}

#[test]
fn f9_a_way_that_is_open_is_enough() {
    let files = vec![
        page("<script type=module src=old.mjs></script><script type=module src=app.mjs></script>"),
        module(),
        File::typed("/old.mjs", "import init from './glue.mjs'; init();", OCTETS),
        File::new("/app.mjs", "import init from './glue.mjs'; init();"),
        File::new("/glue.mjs", GLUE),
    ];
    run_files(files).is_right();
}

#[test]
fn f9_a_classic_script_is_refused_under_nosniff_alone_or_as_a_picture() {
    const TAG: &str = "<script src=glue.js></script>";
    let of = |glue: File| run_files(vec![page(TAG), module(), glue]);
    const NOSNIFF: &str = "X-Content-Type-Options: nosniff";
    let ran = of(File::typed("/glue.js", CLASSIC, OCTETS).with(NOSNIFF));
    ran.is_one("delivery/shim-is-script", Severity::Critical, "under nosniff");
    let ran = of(File::typed("/glue.js", CLASSIC, "image/png"));
    ran.is_one("delivery/shim-is-script", Severity::Critical, "no browser runs");
    let ran = of(File::typed("/glue.js", CLASSIC, "application/json"));
    ran.is_one("delivery/shim-is-script", Severity::Minor, "application/json");
    of(File::typed("/glue.js", CLASSIC, OCTETS)).is_right();
    of(File::new("/glue.js", CLASSIC).with(NOSNIFF)).is_right();
    of(File::new("/glue.js", CLASSIC).without("Content-Type")).is_right();
}
