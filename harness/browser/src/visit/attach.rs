//! Watching whatever a page starts, before it may go on.

use super::{BINDING, Tab};
use crate::connection::CallError;
use crate::protocol::page::AddScript;
use crate::protocol::runtime::{AddBinding, RunIfWaiting};
use crate::protocol::target::{Attached, SetAutoAttach};
use crate::protocol::{audits, debugger, fetch, log, network, page, runtime};

/// It reports the calls of WebAssembly.
const PRELUDE: &str = include_str!("prelude.js");

impl Tab<'_> {
    /// Whatever starts is asked for all that it does before it may go on. Replies are not waited
    /// for: the commands of a session are carried out in their order, and a kind of target that
    /// does not know a domain refuses that one alone.
    pub(super) fn attached(&mut self, attached: Attached) -> Result<(), CallError> {
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
