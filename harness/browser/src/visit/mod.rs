//! A page in a profile of its own: what it loads, compiles, says, shows and is refused.
//!
//! Whatever the page starts (frames, workers, service workers) waits until it is watched, so that
//! nothing is missed. The tab takes events while it waits for a reply, because a page may wait for
//! a request that is held here.

mod hold;
pub mod requests;
mod seen;

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;

use crate::connection::{CallError, Connection, Events, Pending};
use crate::fault_server::FaultServer;
use crate::launch::Browser;
use crate::protocol::debugger::{self, GetScriptSource};
use crate::protocol::page::{self, AddScript, CaptureScreenshot, Navigate};
use crate::protocol::runtime::{self, AddBinding, RunIfWaiting};
use crate::protocol::target::{
    Attached, CreateBrowserContext, CreateTarget, DisposeBrowserContext, SetAutoAttach,
};
use crate::protocol::{Command, Event, SessionId, What, audits, fetch, log, network};
pub use hold::{Held, ModuleBytes};
pub use seen::{CompiledModule, Said, Seen, WasmCall};

/// A page is at rest when nothing was loaded, compiled or said for this long.
const QUIET: Duration = Duration::from_millis(300);

/// The same while the body of an answer has not ended: more of it may come, or the page does not
/// read it.
const QUIET_ANSWERING: Duration = Duration::from_secs(1);

/// Time for one answer of a browser that runs.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// How long to wait for a reply before events are taken.
const TURN: Duration = Duration::from_millis(5);

/// The function by which the prelude reports.
const BINDING: &str = "__gauntlet";

const PRELUDE: &str = include_str!("prelude.js");
const VISIBLE: &str = include_str!("visible.js");
const CONTROLS: &str = include_str!("controls.js");

/// A page in a profile of its own.
pub struct Tab<'a> {
    connection: &'a Connection,
    events: &'a Events,
    context: String,
    target: String,
    page: Option<SessionId>,
    /// The reply to the last command that prepares the page. A navigation overtakes commands that
    /// its renderer has not carried out yet.
    prepared: Option<Pending<RunIfWaiting>>,
    /// Targets that are watched. Each may be announced by the browser and by the page.
    watched: Vec<String>,
    loaded: bool,
    held: Option<Held>,
    compiled: Vec<(Option<SessionId>, debugger::ScriptParsed)>,
    seen: Seen,
}

/// A control that was found, and perhaps pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// How many there are.
    pub count: usize,
    /// The text of the one that was chosen. None if there was no obvious one.
    pub name: Option<String>,
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

impl<'a> Tab<'a> {
    /// Open an empty page. Requests for modules are held if `held` is given.
    ///
    /// # Errors
    /// When the browser refuses a command, does not answer, or is gone.
    pub fn open(
        browser: &'a Browser,
        events: &'a Events,
        held: Option<Held>,
    ) -> Result<Self, CallError> {
        let connection = browser.connection();
        // What an earlier page left.
        while events.next(Instant::now())?.is_some() {}
        connection.call(None, &SetAutoAttach::PAUSED, ANSWER_WITHIN)?;
        let context = CreateBrowserContext { dispose_on_detach: true };
        let context = connection.call(None, &context, ANSWER_WITHIN)?.browser_context_id;
        let mut tab = Self {
            connection,
            events,
            context: context.clone(),
            target: String::new(),
            page: None,
            prepared: None,
            watched: Vec::new(),
            loaded: false,
            held,
            compiled: Vec::new(),
            seen: Seen::default(),
        };
        let create = CreateTarget { url: "about:blank", browser_context_id: &context };
        let pending = connection.send(None, &create)?;
        let until = Instant::now() + ANSWER_WITHIN;
        loop {
            if tab.target.is_empty()
                && let Some(created) = pending.poll(TURN)?
            {
                tab.target = created.target_id;
            }
            tab.take_all()?;
            let prepared = match &tab.prepared {
                Some(prepared) => prepared.poll(TURN)?.is_some(),
                None => false,
            };
            if prepared && !tab.target.is_empty() {
                return Ok(tab);
            }
            if Instant::now() > until {
                return Err(CallError::Late { method: "Target.createTarget", within: ANSWER_WITHIN });
            }
        }
    }

    /// Go to `url`, and wait until the page is at rest or the time is over.
    ///
    /// # Errors
    /// As [`Tab::open`].
    pub fn visit(&mut self, url: &str, until: Instant) -> Result<(), CallError> {
        self.loaded = false;
        let page = self.page.clone();
        let navigated = self.connection.send(page.as_ref(), &Navigate { url })?;
        let navigated = self.reply(&navigated, until.max(Instant::now() + ANSWER_WITHIN))?;
        self.seen.not_reached = navigated.error_text;
        if self.seen.not_reached.is_none() {
            self.rest(until)?;
        }
        Ok(())
    }

    /// Wait until the page is at rest. Requests that are held here do not count.
    ///
    /// # Errors
    /// As [`Tab::open`].
    pub fn rest(&mut self, until: Instant) -> Result<(), CallError> {
        self.seen.settled = false;
        let mut moved = Instant::now();
        loop {
            let quiet = if self.seen.requests_answering() > 0 { QUIET_ANSWERING } else { QUIET };
            let turn = (moved + quiet).max(Instant::now() + TURN).min(until);
            if let Some(event) = self.events.next(turn)?
                && self.take(event)?
            {
                moved = Instant::now();
            }
            if Instant::now() >= until {
                return Ok(());
            }
            let held = self.held.as_ref().map_or(0, Held::count);
            let pending = self.seen.requests_pending().saturating_sub(held);
            // A call may wait for a module that is held.
            let compiles = held == 0 && self.seen.calls_open() > 0;
            let busy = !self.loaded || pending > 0 || compiles;
            if busy || moved.elapsed() < quiet {
                continue;
            }
            // A page that computes answers late, and may then load more.
            let before = self.seen.moves;
            self.evaluate("0", until)?;
            if self.seen.moves == before {
                self.seen.settled = true;
                return Ok(());
            }
        }
    }

    /// Let this time pass, and take what happens.
    ///
    /// # Errors
    /// As [`Tab::open`].
    pub fn pass(&mut self, time: Duration) -> Result<(), CallError> {
        let until = Instant::now() + time;
        while let Some(event) = self.events.next(until)? {
            self.take(event)?;
        }
        Ok(())
    }

    /// What was seen so far.
    pub fn seen(&self) -> &Seen {
        &self.seen
    }

    /// What a person sees of the page, as text.
    ///
    /// # Errors
    /// As [`Tab::open`].
    pub fn visible(&mut self) -> Result<String, CallError> {
        let value = self.evaluate(VISIBLE, Instant::now() + ANSWER_WITHIN)?;
        Ok(value.as_str().unwrap_or_default().to_owned())
    }

    /// What is on the screen, as PNG.
    ///
    /// # Errors
    /// As [`Tab::open`].
    pub fn picture(&mut self) -> Result<Vec<u8>, CallError> {
        let page = self.page.clone();
        let pending = self.connection.send(page.as_ref(), &CaptureScreenshot {})?;
        let shot = self.reply(&pending, Instant::now() + ANSWER_WITHIN)?;
        Ok(BASE64.decode(shot.data).unwrap_or_default())
    }

    /// Look for the control that `selector` names, or for the only button of the page if there is
    /// no selector.
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
        let expression = format!("({CONTROLS})({selector}, {press})");
        let found = self.evaluate(&expression, Instant::now() + ANSWER_WITHIN)?;
        let count = found["count"].as_u64().unwrap_or_default();
        let name = found["name"].as_str().map(str::to_owned);
        Ok(Control { count: usize::try_from(count).unwrap_or(usize::MAX), name })
    }

    /// Let go of the modules that are held: each meets its failure. `server` answers those that
    /// need a socket.
    ///
    /// # Errors
    /// As [`Tab::open`].
    pub fn fail_held(&mut self, server: &FaultServer) -> Result<(), CallError> {
        match &mut self.held {
            Some(held) => held.fail(self.connection, server),
            None => Ok(()),
        }
    }

    /// How many requests for modules are held now.
    pub fn held(&self) -> usize {
        self.held.as_ref().map_or(0, Held::count)
    }

    /// From now on modules load.
    pub fn recover(&mut self) {
        if let Some(held) = &mut self.held {
            held.recover();
        }
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

    /// The value of an expression in the page, as JSON. Null if it throws or is not there in time.
    ///
    /// # Errors
    /// As [`Tab::open`].
    fn evaluate(&mut self, expression: &str, until: Instant) -> Result<Value, CallError> {
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

    fn reply<C: Command>(
        &mut self,
        pending: &Pending<C>,
        until: Instant,
    ) -> Result<C::Reply, CallError> {
        loop {
            if let Some(reply) = pending.poll(TURN)? {
                return Ok(reply);
            }
            self.take_all()?;
            if Instant::now() > until {
                return Err(CallError::Late { method: C::METHOD, within: ANSWER_WITHIN });
            }
        }
    }

    fn take_all(&mut self) -> Result<(), CallError> {
        while let Some(event) = self.events.next(Instant::now())? {
            self.take(event)?;
        }
        Ok(())
    }

    /// Take one event. Whether it shows that the page is at work.
    fn take(&mut self, event: Event) -> Result<bool, CallError> {
        let is_page = event.session.is_some() && event.session == self.page;
        match event.what {
            What::Attached(attached) => self.attached(attached)?,
            What::RequestPaused(paused) => {
                if let Some(held) = &mut self.held {
                    held.paused(self.connection, event.session, paused)?;
                }
            }
            What::LoadEventFired(_) => self.loaded |= is_page,
            What::ScriptParsed(script) if script.script_language == "WebAssembly" => {
                self.compiled.push((event.session, script));
            }
            other => return Ok(self.seen.take(other, BINDING)),
        }
        self.seen.moves += 1;
        Ok(true)
    }

    /// Whatever starts is asked for all that it does before it may go on. Replies are not waited
    /// for: the commands of a session are carried out in their order, and a kind of target that
    /// does not know a domain refuses that one alone.
    fn attached(&mut self, attached: Attached) -> Result<(), CallError> {
        let session = Some(&attached.session_id);
        let info = attached.target_info;
        let is_ours = info.browser_context_id.as_ref().is_none_or(|one| *one == self.context);
        if !is_ours || self.watched.contains(&info.target_id) {
            return self.connection.send(session, &RunIfWaiting {}).map(|_| ());
        }
        self.watched.push(info.target_id.clone());
        self.connection.send(session, &network::Enable {})?;
        self.connection.send(session, &page::Enable {})?;
        self.connection.send(session, &runtime::Enable {})?;
        self.connection.send(session, &log::Enable {})?;
        self.connection.send(session, &audits::Enable {})?;
        self.connection.send(session, &debugger::Enable {})?;
        self.connection.send(session, &AddBinding { name: BINDING })?;
        if self.held.is_some() {
            self.connection.send(session, &fetch::Enable {})?;
        }
        match info.r#type.as_str() {
            "page" | "iframe" => {
                self.connection.send(session, &AddScript { source: PRELUDE })?;
            }
            _ => {
                let prelude = runtime::Evaluate {
                    expression: PRELUDE,
                    await_promise: false,
                    return_by_value: true,
                    user_gesture: false,
                };
                self.connection.send(session, &prelude)?;
            }
        }
        self.connection.send(session, &SetAutoAttach::PAUSED)?;
        let prepared = self.connection.send(session, &RunIfWaiting {})?;
        let is_page = self.page.is_none() && info.r#type == "page";
        if is_page {
            self.prepared = Some(prepared);
            self.page = Some(attached.session_id);
        } else {
            *self.seen.targets.entry(info.r#type).or_default() += 1;
        }
        Ok(())
    }
}

impl Drop for Tab<'_> {
    fn drop(&mut self) {
        let dispose = DisposeBrowserContext { browser_context_id: &self.context };
        let _ = self.connection.call(None, &dispose, ANSWER_WITHIN);
    }
}
