//! Starting a browser, and ending it with everything that it started.

use std::io;
use std::path::Path;
use std::process::Child;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};
use wasm_gauntlet_host::process::launch::{Launch, Started};

use crate::connection::{CallError, Connection, Events};
use crate::protocol::browser::{Close, GetVersion, Version};

/// Time for a browser to answer at all. It takes 0.3 s here, and 5 s beside four busy processes.
const START_WITHIN: Duration = Duration::from_secs(30);

/// Time for a browser to end when it is asked to. What is left then is killed.
const END_WITHIN: Duration = Duration::from_secs(2);

/// What keeps it quiet and alone: no traffic of its own, no dialogs, nothing of the user.
const FLAGS: [&str; 21] = [
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-component-extensions-with-background-pages",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-sync",
    "--disable-breakpad",
    "--metrics-recording-only",
    "--mute-audio",
    "--password-store=basic",
    "--use-mock-keychain",
    // Pictures without a graphics card take a fifth less processor time so. WebGL stays.
    "--disable-gpu",
    "--enable-unsafe-swiftshader",
    // What a page shows must not depend on whether its tab is in front.
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-features=Translate,OptimizationHints,MediaRouter,InterestFeedContentSuggestions,\
     CertificateTransparencyComponentUpdater,AutofillServerCommunication,\
     SpareRendererForSitePerProcess,WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup,\
     AiModeOmniboxEntryPoint,PreloadTopChromeWebUI,InitialWebUI",
];

/// A running browser with a fresh profile.
pub struct Browser {
    connection: Connection,
    started: Option<Started>,
    version: Version,
}

/// Why there is no browser.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// The program did not start.
    #[error("the browser cannot be started: {0}")]
    Start(#[from] io::Error),
    /// It started and did not answer.
    #[error("the browser does not answer: {0}")]
    Answer(#[from] CallError),
}

impl Browser {
    /// Start one. Its events are returned beside it.
    ///
    /// # Errors
    /// When it cannot be started, or does not answer in 30 s.
    pub fn start(program: &Path) -> Result<(Self, Events), LaunchError> {
        // The two pipes of the child become descriptors 3 and 4, and nothing else is open.
        let script =
            "exec \"$0\" --user-data-dir=\"$TMPDIR/profile\" \"$@\" 3<&0 4>&1 0</dev/null 1>&2";
        let mut args = vec!["-c".to_owned(), script.to_owned(), program.display().to_string()];
        args.extend(FLAGS.iter().map(|flag| (*flag).to_owned()));
        // The sandbox of Chromium refuses to run as root.
        if rustix::process::geteuid().is_root() {
            args.push("--no-sandbox".to_owned());
        }
        args.push("about:blank".to_owned());
        let path = std::env::var("PATH").unwrap_or_default();
        let env = vec![("PATH".to_owned(), path)];
        let launch = Launch { env, ..Launch::of("/bin/sh".into(), args) };
        let mut started = launch.start()?;
        let piped = || io::Error::other("a stream of the browser is missing");
        let to = started.child.stdin.take().ok_or_else(piped)?;
        let from = started.child.stdout.take().ok_or_else(piped)?;
        let log = started.child.stderr.take().ok_or_else(piped)?;
        let (connection, events) = Connection::over(to, from, log);
        let mut browser = Self { connection, started: Some(started), version: Version::default() };
        browser.version = browser.connection.call(None, &GetVersion {}, START_WITHIN)?;
        Ok((browser, events))
    }

    /// How commands are sent to it.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Its name and version, as `HeadlessChrome/156.0.8078.108`.
    pub fn product(&self) -> &str {
        &self.version.product
    }

    fn end(&mut self) {
        let Some(mut started) = self.started.take() else { return };
        let _ = self.connection.send(None, &Close {});
        if !ended_within(&mut started.child, END_WITHIN) {
            // It leads a group of its own, in which its helpers are.
            let _ =
                rustix::process::kill_process_group(Pid::from_child(&started.child), Signal::KILL);
        }
        let _ = started.child.wait();
        started.traces.end();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.end();
    }
}

fn ended_within(child: &mut Child, time: Duration) -> bool {
    let until = Instant::now() + time;
    while Instant::now() < until {
        if child.try_wait().is_ok_and(|ended| ended.is_some()) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    false
}
