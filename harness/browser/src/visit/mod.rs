//! A page in a profile of its own: what it loads, compiles, says, shows and is refused.
//!
//! Whatever the page starts (frames, workers, service workers) waits until it is watched, so that
//! nothing is missed. The tab takes events while it waits for a reply, because a page may wait for
//! a request that is held here.

mod attach;
mod hold;
mod page;
pub mod requests;
mod seen;
mod trace;

use std::time::{Duration, Instant};

use crate::connection::{CallError, Connection, Events, Pending};
use crate::fault_server::FaultServer;
use crate::launch::Browser;
use crate::protocol::debugger;
use crate::protocol::page::{DialogOpening, HandleDialog, Navigate};
use crate::protocol::runtime::RunIfWaiting;
use crate::protocol::security::SetIgnoreCertificateErrors;
use crate::protocol::target::{
    CreateBrowserContext, CreateTarget, DisposeBrowserContext, SetAutoAttach,
};
use crate::protocol::{Command, Event, SessionId, What};
pub use hold::{Held, ModuleBytes};
pub use page::{Control, NamedControl, Paints, Press, Progress};
pub use seen::{CompiledModule, Said, Seen, WasmCall};
pub use trace::Compilations;
use trace::Trace;

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
    /// What the engine did, by the name of the event. None if it is not traced.
    trace: Option<Trace>,
    compiled: Vec<(Option<SessionId>, debugger::ScriptParsed)>,
    seen: Seen,
}

/// Which certificates a page may have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Certificates {
    /// Those that the browser trusts.
    #[default]
    Trusted,
    /// Any, where something else has checked them.
    Any,
}

impl<'a> Tab<'a> {
    /// Open an empty page. Requests for modules are held if `held` is given. `certificates` says
    /// which ones are accepted.
    ///
    /// # Errors
    /// When the browser refuses a command, does not answer, or is gone.
    pub fn open(
        browser: &'a Browser,
        events: &'a Events,
        held: Option<Held>,
        certificates: Certificates,
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
            trace: None,
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
                if certificates == Certificates::Any {
                    let ignore = SetIgnoreCertificateErrors { ignore: true };
                    connection.send(tab.page.as_ref(), &ignore)?;
                }
                return Ok(tab);
            }
            if Instant::now() > until {
                return Err(CallError::Late {
                    method: "Target.createTarget",
                    within: ANSWER_WITHIN,
                });
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

    /// Leave the page, as a person does who will come back. Caches and service workers stay; what
    /// was seen so far is forgotten.
    ///
    /// # Errors
    /// As [`Tab::open`].
    pub fn leave(&mut self) -> Result<(), CallError> {
        self.visit("about:blank", Instant::now() + ANSWER_WITHIN)?;
        self.seen = Seen::default();
        self.compiled.clear();
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

    /// Whether requests for modules never get an answer.
    pub fn stalls(&self) -> bool {
        self.held.as_ref().is_some_and(Held::stalls)
    }

    /// How many requests have met their failure.
    pub fn failed(&self) -> usize {
        self.held.as_ref().map_or(0, Held::ended)
    }

    /// From now on modules load.
    pub fn recover(&mut self) {
        if let Some(held) = &mut self.held {
            held.recover();
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

    /// Close a dialog, as a person does who has read it: the page goes on. What would change
    /// something is declined.
    fn dialog(
        &mut self,
        session: Option<&SessionId>,
        dialog: &DialogOpening,
    ) -> Result<(), CallError> {
        let leaves = dialog.r#type == "beforeunload";
        if !leaves {
            self.seen.dialog(&dialog.message);
        }
        let accept = leaves || dialog.r#type == "alert";
        self.connection.send(session, &HandleDialog { accept }).map(|_| ())
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
            What::TraceCollected(part) => {
                self.trace.get_or_insert_default().take(part);
                return Ok(false);
            }
            What::TraceComplete(_) => self.trace.get_or_insert_default().complete = true,
            What::LoadEventFired(_) => self.loaded |= is_page,
            What::DialogOpening(dialog) => self.dialog(event.session.as_ref(), &dialog)?,
            What::ScriptParsed(script) if script.script_language == "WebAssembly" => {
                self.compiled.push((event.session, script));
            }
            other => return Ok(self.seen.take(other, BINDING)),
        }
        self.seen.moves += 1;
        Ok(true)
    }
}

impl Drop for Tab<'_> {
    fn drop(&mut self) {
        let dispose = DisposeBrowserContext { browser_context_id: &self.context };
        let _ = self.connection.call(None, &dispose, ANSWER_WITHIN);
    }
}
