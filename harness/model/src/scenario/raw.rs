//! A scenario as people write it. `check` turns it into a `Scenario`.

mod control;

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::action::{Asset, OneOff, Place};
use crate::excuse::Excuse;
use crate::fault::Fault;
use crate::profile::Need;
use crate::reading::{Log, Read, pairs, written};
use crate::source::At;
use crate::static_limits::{Count, StaticLimits};
use crate::verdict::Severity;
use crate::yaml::Node;

use super::expect::RawExpect;
use super::fixes::Fixes;
use super::matrix::Matrix;
use super::named::Named;
use super::scalar::Scalar;

pub(crate) use control::{RawAudit, RawFill, RawFlood, RawRegistry, RawRollback, RawStart};

written! {
    /// One incident: its claim, its playbook, its cases, its faults.
    "a scenario" RawScenario {
        /// `family/name`, as in the catalogue.
        incident: At<String>,
        /// What must hold, in one sentence.
        claim: At<String>,
        /// How bad it is when it does not hold.
        severity: Severity,
        /// Faults of the reference deployment on each of which this must be red.
        faults: Vec<At<Fault>>,
        /// Other faults on which this is rightly red too.
        implied_by: Vec<At<Fault>>,
        /// What to do about it.
        playbook: RawPlaybook,
        /// What a subject must be able to do.
        needs: Vec<Need>,
        /// The assets of a site for each of which the steps are done.
        each: Vec<Asset>,
        /// Parameters with their values; one case for each combination.
        matrix: Matrix,
        /// Whether nothing else may run meanwhile.
        timing: Option<bool>,
        /// Whether it bears one other measurement beside it: a verdict holds in company too, and
        /// a doubt is looked at alone. Only where `timing` is true.
        steady: Option<At<bool>>,
        /// Limits that the host is to hold the guests to.
        limits: Option<RawLimits>,
        /// What to do, in order.
        steps: At<Vec<RawStep>>,
        /// What must then be seen.
        expect: At<RawExpect>,
    }
}

written! {
    /// What a person does about an incident.
    "a playbook" RawPlaybook {
        /// What people see.
        symptom: String,
        /// Where to look first.
        first_check: String,
        /// Why it happens.
        cause: String,
        /// What mends it: `any`, or by the name of a server or runtime.
        fix: Fixes,
        /// Clauses and advisories.
        see: Vec<String>,
    }
}

written! {
    /// Limits of a guest; what is not written has the host's usual value.
    "limits" RawLimits {
        /// Wall clock of one call, milliseconds.
        deadline_ms: Option<u64>,
        /// Cap of linear memory, pages of 64 KiB.
        memory_pages: Option<u32>,
        /// Cap of a table, elements.
        table_elements: Option<u32>,
        /// Instruction budget of one call.
        fuel: Option<u64>,
        /// Calls a second of one tenant.
        calls_per_s: Option<u32>,
        /// Instances at once on the whole host.
        instances: Option<u32>,
        /// What a module may ask of a compiler, as in `{ functions: 100 }`; what is not written
        /// has the recommended bound.
        r#static: Option<RawStatic>,
    }
}

written! {
    /// What a guest is given; nothing that is not written.
    "grants" RawGrants {
        /// Environment variables.
        env: Named,
        /// Arguments.
        args: Vec<String>,
        /// A read-only folder `/data` with `hello.txt`.
        files: Option<bool>,
        /// The real clocks.
        clock: Option<bool>,
        /// Real randomness.
        random: Option<bool>,
    }
}

written! {
    /// One thing to do, and the name by which expectations call what it gave.
    "a step" RawStep {
        /// GET an asset.
        get: Option<At<RawFetch>>,
        /// HEAD an asset.
        head: Option<At<RawFetch>>,
        /// Read an asset, and what stands around it.
        inspect: Option<At<RawInspect>>,
        /// GET an asset in every coding, from every address, several times.
        everywhere: Option<At<RawEverywhere>>,
        /// Visit a page with a browser.
        visit: Option<At<RawVisit>>,
        /// Load a page with and without its module, in turn.
        page_loads: Option<At<RawPageLoads>>,
        /// Visit a page across a deploy.
        deploy: Option<At<RawDeploy>>,
        /// Call a guest.
        call: Option<At<RawCall>>,
        /// Load a guest and do not call it.
        load: Option<At<RawCall>>,
        /// Time two guests in turn.
        compare: Option<At<RawCompare>>,
        /// Load polite tenants alone and beside a noisy one.
        noisy_neighbour: Option<At<RawNoisyNeighbour>>,
        /// Compare a guest's answers with those of the reference runtimes.
        differ: Option<At<RawDiffer>>,
        /// Ask something of the host's registry.
        registry: Option<At<RawRegistry>>,
        /// Switch the active guest to and fro while it is called.
        rollback: Option<At<RawRollback>>,
        /// Call more often than a tenant may.
        flood: Option<At<RawFlood>>,
        /// Have more instances at once than the host says it takes.
        fill: Option<At<RawFill>>,
        /// Read the host's counters before and after calls.
        audit: Option<At<RawAudit>>,
        /// Start guests that the host has never seen, and call them again.
        start: Option<At<RawStart>>,
        /// The name of what the step gives.
        r#as: At<String>,
    }
}

written! {
    /// One HTTP exchange.
    "a fetch" RawFetch {
        /// What to fetch, where it is not the asset of the case (`each`).
        asset: Option<At<Asset>>,
        /// `Accept-Encoding`; not written or null: the field is not sent.
        accept_encoding: Option<At<Scalar>>,
        /// An earlier step whose validator makes this conditional.
        revalidates: Option<At<String>>,
        /// `trial` or `step`: a one-off query word, equal in the whole trial or of this step's own,
        /// keeps this off every cache entry that others use.
        one_off: Option<OneOff>,
        /// `edge`, which people load it from, `origin`, which stands behind, or `secure`, which
        /// is the edge over TLS; `edge` if not written.
        from: Option<Place>,
        /// Whether to ask for a name beside that of the asset which nobody ever gave.
        invented: Option<bool>,
        /// An earlier step with whose header fields these are compared.
        against: Option<At<String>>,
        /// An earlier step of whose bytes a part is asked for.
        part_of: Option<At<String>>,
        /// An earlier step of which the first part is there already: the rest is asked for with
        /// its strong `ETag` in `If-Range`, as a browser resumes a download that broke off.
        resumes: Option<At<String>>,
        /// An earlier step that fetched the page in whose name this is fetched.
        for_page: Option<At<String>>,
    }
}

written! {
    /// One asset in every coding, from every address, several times.
    "a lattice" RawEverywhere {
        /// Values of `Accept-Encoding`.
        offers: Vec<String>,
        /// How often each is asked for at each address.
        repeats: u32,
    }
}

written! {
    /// One file of a site or a build directory, read with what stands around it.
    "an inspection" RawInspect {
        /// What to read, where it is not the asset of the case (`each`).
        asset: Option<At<Asset>>,
    }
}

written! {
    /// A visit of a page with a browser, in a fresh profile.
    "a visit" RawVisit {
        /// How often the feature of the page is used; 0 if not written.
        uses: Option<u32>,
        /// What goes wrong with each request for a module, as in `not-found`.
        module_fails: Option<At<String>>,
        /// Whether modules load again after the failure, and the feature is used once more.
        retry: Option<bool>,
        /// Whether modules arrive in small parts, in the course of a second.
        slow: Option<bool>,
        /// Whether the engine traces what it compiles, which may take 5 s.
        traced: Option<bool>,
    }
}

written! {
    /// Loads of a page with and without its module.
    "page loads" RawPageLoads {
        /// How many of each; 5 if not written.
        times: Option<u32>,
    }
}

written! {
    /// A visit of a page, of which another build is deployed meanwhile.
    "a deploy" RawDeploy {
        /// Whether the previous build follows the one under test, as after a rollback.
        rollback: At<Scalar>,
        /// Who meets the new deployment: `open-tab`, `returning`.
        visitor: At<String>,
    }
}

written! {
    /// One call of a guest, or several alike.
    "a call" RawCall {
        /// Id of the guest.
        guest: At<String>,
        /// Parameters of the guest's text.
        params: Named,
        /// Input, as text.
        input: Option<At<String>>,
        /// Input for `benign-spin`: keep the host busy for about so many milliseconds.
        spin_ms: Option<u32>,
        /// In whose name; a tenant of the trial's own if not written.
        tenant: Option<At<String>>,
        /// How many calls.
        times: Option<u32>,
        /// Whether they are made at once.
        at_once: Option<bool>,
        /// Whether more are made where the host says how many a tenant may make at once: three
        /// times as many as that.
        past_calls_at_once: Option<bool>,
        /// Id of a guest that another tenant calls over and over meanwhile.
        meanwhile: Option<At<String>>,
        /// What the guest is given.
        grants: Option<RawGrants>,
    }
}

written! {
    /// Two guests timed in interleaved pairs.
    "a comparison" RawCompare {
        /// The guest under question.
        guest: At<String>,
        /// The guest that it is compared with.
        control: At<String>,
        /// Pairs to time.
        pairs: u32,
    }
}

written! {
    /// Polite tenants under open-loop load, alone and beside a noisy one.
    "a noisy neighbour" RawNoisyNeighbour {
        /// Milliseconds of work of one polite call.
        polite_ms: u32,
        /// Number of polite tenants.
        polite_tenants: u32,
        /// Calls a second of each polite tenant.
        polite_per_s: u32,
        /// Guest of the noisy tenant.
        noise: At<String>,
        /// Calls that the noisy tenant keeps in flight.
        noise_at_once: u32,
        /// Milliseconds of each phase.
        phase_ms: u32,
        /// Rounds of alone and beside.
        rounds: u32,
        /// Milliseconds added to both p99 before the ratio.
        floor_ms: u32,
    }
}

/// Bounds of a module by what they count.
#[derive(Debug, Clone, Default)]
pub(crate) struct RawStatic(pub(crate) StaticLimits);

impl Read for RawStatic {
    fn noun() -> Cow<'static, str> {
        "a mapping of counts to bounds".into()
    }

    fn read(node: &Node, log: &mut Log) -> Option<Self> {
        let words: Vec<&str> = Count::ALL.iter().map(|count| count.word()).collect();
        let mut limits = StaticLimits::recommended();
        for (key, value) in pairs(&Self::noun(), node, log)? {
            let most = u64::read(value, log)?;
            match Count::ALL.iter().find(|count| count.word() == key.value) {
                Some(count) => limits = limits.with(*count, most),
                None => log.unknown("count", key, &words),
            }
        }
        Some(Self(limits))
    }

    fn stand_in() -> Option<Self> {
        Some(Self::default())
    }
}

impl JsonSchema for RawStatic {
    fn schema_name() -> Cow<'static, str> {
        StaticLimits::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        StaticLimits::json_schema(generator)
    }
}

written! {
    /// A guest whose answers are compared with those of the reference runtimes.
    "a comparison of answers" RawDiffer {
        /// Id of the guest.
        guest: At<String>,
        /// How many modules are drawn, where the guest is drawn from a seed.
        seeds: u32,
        /// What may differ.
        excuse: Vec<Excuse>,
    }
}
