//! Which browser looks at pages: `--browser`.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use wasm_gauntlet_browser::find;
use wasm_gauntlet_model::profile::{Profile, SubjectKind};
use wasm_gauntlet_model::record::Record;

use super::exit::Failure;
use crate::subject::browser::{BROWSERS_MAX, BrowserPool, PageKnown, Witness};

/// The value of `--browser`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum BrowserChoice {
    /// One that is installed, if there is one.
    #[default]
    Auto,
    /// None.
    Off,
    /// One that is installed. Without one the run ends.
    Required,
    /// This program.
    Path(PathBuf),
}

impl FromStr for BrowserChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "off" => Ok(Self::Off),
            "required" => Ok(Self::Required),
            path if path.contains('/') => Ok(Self::Path(path.into())),
            _ => Err("expected auto, off, required, or the path of a Chromium".to_owned()),
        }
    }
}

/// Pages that are visited at once, if so many trials run in parallel.
pub(super) fn visits_at_once(jobs: Option<NonZeroUsize>) -> usize {
    if jobs == Some(NonZeroUsize::MIN) { 1 } else { BROWSERS_MAX }
}

/// The browser that looks, if there is one.
#[derive(Clone)]
pub(super) struct Witnesses(Option<Arc<BrowserPool>>);

impl Witnesses {
    /// The browser of `choice`, if one of the selected scenarios visits a page. Without such a
    /// scenario a browser would only cost time. Nothing is started yet.
    ///
    /// # Errors
    /// When a browser is required or named, and is not there.
    pub(crate) fn of(choice: &BrowserChoice, visits: bool) -> Result<Self, Failure> {
        let program = match choice {
            BrowserChoice::Off => None,
            BrowserChoice::Auto if !visits => None,
            BrowserChoice::Auto => find::installed(),
            BrowserChoice::Required => Some(find::installed().ok_or_else(|| {
                let install = find::INSTALL;
                Failure::usage(format!(
                    "`--browser required`: no Chromium is on the PATH or named by CHROME; install \
                     one with `{install}`"
                ))
            })?),
            BrowserChoice::Path(path) if path.is_file() => Some(path.clone()),
            BrowserChoice::Path(path) => {
                let path = path.display();
                return Err(Failure::usage(format!("`--browser {path}`: there is no such file")));
            }
        };
        let cannot = |error| Failure::harness(format!("no port for the browser's tests: {error}"));
        Ok(Self(program.map(BrowserPool::of).transpose().map_err(cannot)?))
    }

    /// Say in the record how often the browser broke down: no visit is repeated in silence.
    pub(crate) fn note_breakdowns(&self, record: &mut Record) {
        let times = match self.0.as_ref().map_or(0, |pool| pool.breakdowns()) {
            0 => return,
            1 => "once".to_owned(),
            many => format!("{many} times"),
        };
        let looked = |profile: &&mut Profile| profile.kind != SubjectKind::Host;
        let profiles = record.subjects.iter_mut().filter_map(|one| one.profile.as_mut());
        for profile in profiles.filter(looked) {
            let note = format!("; the browser broke down {times}, and a visit was tried once more");
            profile.about.push_str(&note);
        }
    }

    /// No browser.
    pub(crate) fn none() -> Self {
        Self(None)
    }

    /// A witness for one page, of which this is known.
    pub(crate) fn witness(&self, known: PageKnown) -> Option<Witness> {
        Some(Witness::new(Arc::clone(self.0.as_ref()?), known))
    }
}
