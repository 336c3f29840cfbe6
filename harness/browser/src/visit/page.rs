//! What a page shows, the controls that it offers, and the modules that it compiled.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;
use serde_json::Value;

use super::{ANSWER_WITHIN, CompiledModule, Tab};
use crate::connection::{CallError, Pending};
use crate::protocol::debugger::GetScriptSource;
use crate::protocol::page::{AddScript, CaptureScreenshot};
use crate::protocol::runtime;

const VISIBLE: &str = include_str!("visible.js");
const CONTROLS: &str = include_str!("controls.js");
const PROGRESS: &str = include_str!("progress.js");
const TEXTS: &str = include_str!("texts.js");
const PAINTS: &str = include_str!("paints.js");
const ROUTES: &str = include_str!("routes.js");
const SELECTOR: &str = include_str!("selector.js");

/// Text stays readable, and a page has 10 to 30 KB.
const SCREENSHOT_QUALITY: u8 = 40;

/// Blanks what is written into fields: it may be private.
const BLANK_FIELDS: &str = "for (const one of document.querySelectorAll('input, textarea')) {
  if (!['button', 'submit', 'reset', 'checkbox', 'radio'].includes(one.type)) one.value = '';
}";

/// How far the progress bars of a page went.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct Progress {
    /// The highest value, in percent.
    pub max: f64,
    /// From where a bar ran back, and to where.
    pub back: Option<(f64, f64)>,
    /// The lowest value of those that are still shown.
    pub end: Option<f64>,
}

/// When a page was painted. Milliseconds since the navigation began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
pub struct Paints {
    /// First Contentful Paint. None if nothing was painted.
    pub first: Option<f64>,
    /// Largest Contentful Paint.
    pub largest: Option<f64>,
    /// Total Blocking Time: of each task of the main thread, what is over 50 ms.
    pub blocked: f64,
}

/// A control that was found, and perhaps pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// How many there are.
    pub count: usize,
    /// The text of the one that was chosen. None if there was no obvious one.
    pub name: Option<String>,
    /// The first of them.
    pub first: Vec<NamedControl>,
}

/// A control, as people and as scripts name it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct NamedControl {
    /// Its text.
    pub name: String,
    /// A CSS selector that selects it.
    pub selector: String,
}

/// When a control is pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Press {
    /// Not at all: it is only looked for.
    No,
    /// To use the feature of the page.
    Use,
    /// After a failure. A control that offers another attempt is then obvious too.
    Again,
}

impl Tab<'_> {
    /// What a person sees of the page, as text.
    ///
    /// # Errors
    /// As [`Tab::open`].
    pub fn visible(&mut self) -> Result<String, CallError> {
        let value = self.evaluate(VISIBLE, Instant::now() + ANSWER_WITHIN)?;
        let mut text = value.as_str().unwrap_or_default().to_owned();
        for words in &self.seen.dialogs {
            let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
            text.push_str(&format!("\ndialog [role=alertdialog] {words}"));
        }
        Ok(text)
    }

    /// Whether the main thread of the page does something else than wait within this time.
    ///
    /// # Errors
    /// As [`Tab::open`].
    pub fn responds(&mut self, within: Duration) -> Result<bool, CallError> {
        Ok(!self.evaluate("1", Instant::now() + within)?.is_null())
    }

    /// What is on the screen, as PNG.
    ///
    /// # Errors
    /// As [`Tab::open`].
    pub fn picture(&mut self) -> Result<Vec<u8>, CallError> {
        let page = self.page.clone();
        let png = CaptureScreenshot { format: "png", quality: None };
        let pending = self.connection.send(page.as_ref(), &png)?;
        Ok(BASE64.decode(self.shot(&pending)?).unwrap_or_default())
    }

    /// The picture in base64. Empty if there is no page to take it of now, or it is stuck.
    fn shot(&mut self, pending: &Pending<CaptureScreenshot>) -> Result<String, CallError> {
        match self.reply(pending, Instant::now() + ANSWER_WITHIN) {
            Ok(shot) => Ok(shot.data),
            Err(CallError::Refused { .. } | CallError::Late { .. }) => Ok(String::new()),
            Err(other) => Err(other),
        }
    }

    /// A small picture for people, as JPEG in base64. What is written into fields is blanked,
    /// in the page too.
    ///
    /// # Errors
    /// As [`Tab::open`].
    pub fn screenshot(&mut self) -> Result<String, CallError> {
        self.evaluate(BLANK_FIELDS, Instant::now() + ANSWER_WITHIN)?;
        let page = self.page.clone();
        let jpeg = CaptureScreenshot { format: "jpeg", quality: Some(SCREENSHOT_QUALITY) };
        let pending = self.connection.send(page.as_ref(), &jpeg)?;
        self.shot(&pending)
    }

    /// Look for the control that `selector` names, or for the only button of the page if there is
    /// no selector. The page is scrolled to it.
    ///
    /// # Errors
    /// As [`Tab::open`].
    pub fn control(&mut self, selector: Option<&str>, press: Press) -> Result<Control, CallError> {
        let press = match press {
            Press::No => "false",
            Press::Use => "true",
            Press::Again => "\"again\"",
        };
        let selector = Value::from(selector.unwrap_or_default());
        let expression = format!("{{ {SELECTOR} ({CONTROLS})({selector}, {press}) }}");
        let found = self.evaluate(&expression, Instant::now() + ANSWER_WITHIN)?;
        let count = found["count"].as_u64().unwrap_or_default();
        let name = found["name"].as_str().map(str::to_owned);
        let first = serde_json::from_value(found["all"].clone()).unwrap_or_default();
        Ok(Control { count: usize::try_from(count).unwrap_or(usize::MAX), name, first })
    }

    /// The first links that the page may handle itself.
    ///
    /// # Errors
    /// As [`Tab::open`].
    pub fn routes(&mut self) -> Result<Vec<NamedControl>, CallError> {
        let routes = format!("{{ {SELECTOR} {ROUTES} }}");
        let value = self.evaluate(&routes, Instant::now() + ANSWER_WITHIN)?;
        Ok(serde_json::from_value(value).unwrap_or_default())
    }

    /// The modules that were compiled so far, with their bytes. A worker may have ended by now:
    /// its modules are known by address alone.
    ///
    /// # Errors
    /// As [`Tab::open`].
    pub fn modules(&mut self) -> Result<Vec<CompiledModule>, CallError> {
        let mut modules = Vec::new();
        for (session, script) in self.compiled.clone() {
            let command = GetScriptSource { script_id: &script.script_id };
            let pending = self.connection.send(session.as_ref(), &command)?;
            let bytes = match self.reply(&pending, Instant::now() + ANSWER_WITHIN) {
                Ok(source) => BASE64.decode(source.bytecode.unwrap_or_default()).ok(),
                Err(CallError::Refused { .. }) => None,
                Err(other) => return Err(other),
            };
            modules.push(CompiledModule { url: script.url, bytes });
        }
        Ok(modules)
    }

    /// From the next visit on, run `source` before the scripts of the page.
    fn run_first(&mut self, source: &'static str) -> Result<(), CallError> {
        let page = self.page.clone();
        let pending = self.connection.send(page.as_ref(), &AddScript { source })?;
        self.reply(&pending, Instant::now() + ANSWER_WITHIN).map(|_| ())
    }

    /// From the next visit on, keep the texts that the page shows, however shortly.
    ///
    /// # Errors
    /// As [`Tab::open`].
    pub fn watch_texts(&mut self) -> Result<(), CallError> {
        self.run_first(TEXTS)
    }

    /// The texts that the page has shown, with `#` for numbers and dots.
    ///
    /// # Errors
    /// As [`Tab::open`].
    pub fn texts(&mut self) -> Result<Vec<String>, CallError> {
        let value = self.evaluate("__gauntletTexts()", Instant::now() + ANSWER_WITHIN)?;
        Ok(serde_json::from_value(value).unwrap_or_default())
    }

    /// From the next visit on, look at the progress bars of the page.
    ///
    /// # Errors
    /// As [`Tab::open`].
    pub fn watch_progress(&mut self) -> Result<(), CallError> {
        self.run_first(PROGRESS)
    }

    /// How far the progress bars went. None if none moved.
    ///
    /// # Errors
    /// As [`Tab::open`].
    pub fn progress(&mut self) -> Result<Option<Progress>, CallError> {
        let value = self.evaluate("__gauntletProgress()", Instant::now() + ANSWER_WITHIN)?;
        Ok(serde_json::from_value(value).ok())
    }

    /// When the page was painted. None if it does not answer.
    ///
    /// # Errors
    /// As [`Tab::open`].
    pub fn paints(&mut self) -> Result<Option<Paints>, CallError> {
        let value = self.evaluate(PAINTS, Instant::now() + ANSWER_WITHIN)?;
        Ok(serde_json::from_value(value).ok())
    }

    /// Scroll to the end of the page.
    ///
    /// # Errors
    /// As [`Tab::open`].
    pub fn scroll_down(&mut self) -> Result<(), CallError> {
        let down = "scrollTo(0, document.documentElement.scrollHeight)";
        self.evaluate(down, Instant::now() + ANSWER_WITHIN).map(|_| ())
    }

    /// The value of an expression in the page, as JSON. Null if it throws or is not there in time.
    ///
    /// # Errors
    /// As [`Tab::open`].
    pub(super) fn evaluate(
        &mut self,
        expression: &str,
        until: Instant,
    ) -> Result<Value, CallError> {
        let command = runtime::Evaluate {
            expression,
            await_promise: true,
            return_by_value: true,
            user_gesture: true,
        };
        let page = self.page.clone();
        let pending = self.connection.send(page.as_ref(), &command)?;
        match self.reply(&pending, until) {
            Ok(evaluated) => Ok(evaluated.result.value.unwrap_or(Value::Null)),
            // A page that went elsewhere, or one that is stuck in a loop.
            Err(CallError::Refused { .. } | CallError::Late { .. }) => Ok(Value::Null),
            Err(other) => Err(other),
        }
    }
}
