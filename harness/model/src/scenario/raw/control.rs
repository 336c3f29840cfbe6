//! Steps about a host as a whole, as people write them.

use crate::action::Naming;
use crate::reading::written;
use crate::scenario::named::Named;
use crate::source::At;

written! {
    /// One request to the registry of a host, with nothing around it: one of `upload`, `activate`,
    /// `call`, `run`, each with the id of a guest.
    "a request to the registry" RawRegistry {
        /// Take the guest.
        upload: Option<At<String>>,
        /// Make the guest the active one.
        activate: Option<At<String>>,
        /// Call the guest by its digest; it is not uploaded before.
        call: Option<At<String>>,
        /// Call whatever is active, which is to be this guest.
        run: Option<At<String>>,
        /// How the digest is written: `own` if not said, `other`, `upper-case`, `prefix`.
        named: Option<Naming>,
        /// How many requests, all at once.
        times: Option<u32>,
    }
}

written! {
    /// The active guest is switched to and fro while it is called.
    "a rollback" RawRollback {
        /// Id of one guest.
        guest: At<String>,
        /// Id of the other.
        other: At<String>,
        /// How often it is switched.
        switches: u32,
        /// Callers, each a tenant with one call in flight.
        callers: u32,
    }
}

written! {
    /// One tenant calls more often than the host says a tenant may.
    "a flood" RawFlood {
        /// Id of the guest.
        guest: At<String>,
        /// Calls kept in flight.
        callers: u32,
    }
}

written! {
    /// Twice as many instances at once as the host says it takes.
    "a fill" RawFill {
        /// Id of a guest that fills its memory and stays until its deadline.
        guest: At<String>,
    }
}

written! {
    /// The host's counters are read before and after calls.
    "an audit" RawAudit {
        /// Id of the guest.
        guest: At<String>,
        /// How many calls.
        times: u32,
    }
}

written! {
    /// Modules that the host has never seen are started, then called again.
    "cold and warm starts" RawStart {
        /// Id of the guest, of which each module is a variant.
        guest: At<String>,
        /// Parameters of the guest's text.
        params: Named,
        /// How many modules.
        times: u32,
    }
}
