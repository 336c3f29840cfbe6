//! A pair of Go's shim and module started in Node, as a page would start it.
//!
//! This runs the code of the build with the rights of the user, so it is done only where the target
//! file asks for it. It has an empty environment, its own folder and a time limit, and its output
//! is discarded.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use wasm_gauntlet_host::process::children;
use wasm_gauntlet_host::process::scratch::Scratch;

use crate::subject::Inability;
use crate::subject::tools;

/// Time for Node to start and to compile a module. The largest took 3 s on two busy cores.
const TIME_MAX: Duration = Duration::from_secs(30);

/// Pause between two looks at whether it ended.
const PAUSE: Duration = Duration::from_millis(20);

/// The exit code of the runner if the pair started. Node itself uses 0 to 13.
const STARTED: i32 = 77;

/// The exit code of the runner if the pair did not start.
const REFUSED: i32 = 78;

/// What a page does: read the shim, make a `Go`, instantiate, run. A module that prints and ends,
/// and one that waits for ever, have both started when `run` first returns control.
const RUNNER: &str = r#"
const fs = require("fs");
const [script, binary] = ["shim.js", "module.wasm"];
(async () => {
  try {
    (0, eval)(fs.readFileSync(script, "utf8"));
    const go = new globalThis.Go();
    const { instance } = await WebAssembly.instantiate(fs.readFileSync(binary), go.importObject);
    go.exit = (code) => { if (code !== 0) process.exit(78); };
    go.run(instance).catch(() => process.exit(78));
    setTimeout(() => process.exit(77), 0);
  } catch {
    process.exit(78);
  }
})();
"#;

/// Whether the pair starts.
///
/// # Errors
/// When Node cannot be started, ends with another code, or does not end in time.
pub(crate) fn starts(node: &Path, shim: &str, module: &[u8]) -> Result<bool, Inability> {
    let cannot =
        |error: std::io::Error| Inability::tool_missing(format!("{}: {error}", node.display()));
    let folder = Scratch::new().map_err(cannot)?;
    let files =
        [("run.cjs", RUNNER.as_bytes()), ("shim.js", shim.as_bytes()), ("module.wasm", module)];
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).map_err(cannot)?;
    }
    let mut command = tools::command(node);
    command
        .arg("run.cjs")
        .current_dir(folder.path())
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = children::spawn(&mut command).map_err(cannot)?;
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait().map_err(cannot)? {
            return match status.code() {
                Some(STARTED) => Ok(true),
                Some(REFUSED) => Ok(false),
                _ => Err(Inability::tool_missing(format!("Node ended with {status}"))),
            };
        }
        if began.elapsed() > TIME_MAX {
            tools::end(&mut child);
            return Err(Inability::timeout(format!("the pair ran for longer than {TIME_MAX:?}")));
        }
        std::thread::sleep(PAUSE);
    }
}
