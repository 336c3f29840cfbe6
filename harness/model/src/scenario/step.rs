//! Steps: templates of actions. With a case's parameters a step becomes an action.

use crate::action::{
    Action, Asset, Call, Compare, Control, Deploy, Differ, Everywhere, Fetch, Input, Inspect,
    Loads, Method, ModuleFailure, NoisyNeighbour, OneOff, Special, Visit, Visitor,
};
use crate::excuse::Excuse;
use crate::limits::{Grants, Limits};
use crate::observation::Field;
use crate::profile::{Found, Profile};

use super::template::{Params, Template};

/// Most calls of one step. A host with two cores cannot serve more than a hundred at once.
pub(in crate::scenario) const CALLS_MAX: u32 = 1_000;

/// The guest that polite tenants call next to a noisy one. Its input is a number of steps.
pub(super) const SPIN_GUEST: &str = "benign-spin";

/// One step: a name, and an action with parameters in it.
#[derive(Debug, Clone)]
pub struct Step {
    /// The name by which expectations call what it gives.
    pub name: String,
    /// What to do.
    pub(super) plan: StepPlan,
}

/// What a step does, parameters unfilled.
#[derive(Debug, Clone)]
pub(super) enum StepPlan {
    Fetch(FetchPlan),
    Inspect { asset: Option<Asset> },
    Everywhere { offers: Vec<String>, repeats: u32 },
    Visit(VisitPlan),
    Loads { times: u32 },
    Deploy { rollback: Template, visitor: Template },
    Call(Box<CallPlan>),
    Compare { guest: Template, control: Template, pairs: u32 },
    NoisyNeighbour { noise: Template, rest: NoisyNeighbour },
    Differ { guest: Template, seeds: u32, excuses: Vec<Excuse> },
    Control(Box<ControlPlan>),
}

#[derive(Debug, Clone)]
pub(super) struct ControlPlan {
    pub guest: Template,
    pub params: Vec<(String, Template)>,
    pub other: Option<Template>,
    pub rest: Control,
}

#[derive(Debug, Clone)]
pub(super) struct VisitPlan {
    pub uses: u32,
    pub module_fails: Option<Template>,
    pub retry: bool,
    pub slow: bool,
    pub traced: bool,
}

#[derive(Debug, Clone)]
pub(super) struct FetchPlan {
    pub method: Method,
    pub asset: Option<Asset>,
    pub accept_encoding: Option<Template>,
    pub revalidates: Option<String>,
    pub one_off: Option<OneOff>,
    pub special: Special,
}

#[derive(Debug, Clone)]
pub(super) struct CallPlan {
    pub guest: Template,
    pub params: Vec<(String, Template)>,
    pub input: Template,
    pub(crate) spin_ms: Option<u32>,
    pub tenant: Option<Template>,
    pub times: u32,
    /// Whether the step exceeds the number of calls at once that the host announces.
    pub(crate) past_calls_at_once: bool,
    pub at_once: bool,
    pub meanwhile: Option<Template>,
    pub load_only: bool,
    pub grants: Grants,
}

/// What a case adds to a step.
#[derive(Debug, Clone, Copy)]
pub struct CaseContext<'a> {
    /// The values of the matrix.
    pub params: &'a Params,
    /// The asset of the case, where the scenario has one for each.
    pub asset: Option<&'a Found>,
    /// What the subject said of itself.
    pub profile: &'a Profile,
    /// The limits of the case.
    pub limits: &'a Limits,
    /// A tenant name of the case's own.
    pub tenant: &'a str,
    /// The factor by which a neighbour may move a p99.
    pub noise_factor: f64,
}

impl<'a> CaseContext<'a> {
    /// The first asset of a kind, or the asset of the case.
    fn found(&self, asset: Option<Asset>) -> Result<&'a Found, String> {
        let found = match asset {
            None => self.asset,
            Some(asset) => self.profile.found.iter().find(|found| found.asset == asset),
        };
        found.ok_or_else(|| format!("the subject has no {}", asset.map_or("asset", Asset::word)))
    }

    /// The address of the page of the case.
    fn page(&self) -> Result<String, String> {
        Ok(self.asset.ok_or("the case has no asset")?.url.clone())
    }
}

impl Step {
    /// The fields that an expectation on this step may name.
    pub fn fields(&self) -> &'static [Field] {
        match &self.plan {
            StepPlan::Fetch(_) => crate::observation::Exchange::FIELDS,
            StepPlan::Inspect { .. } => crate::observation::Inspection::FIELDS,
            StepPlan::Everywhere { .. } => crate::observation::Lattice::FIELDS,
            StepPlan::Visit(_) => crate::observation::PageVisit::FIELDS,
            StepPlan::Loads { .. } => crate::observation::PageLoads::FIELDS,
            StepPlan::Deploy { .. } => crate::observation::PageSkew::FIELDS,
            StepPlan::Call(_) => crate::observation::GuestCall::FIELDS,
            StepPlan::Compare { .. } => crate::observation::Pace::FIELDS,
            StepPlan::NoisyNeighbour { .. } => crate::observation::TenantLatency::FIELDS,
            StepPlan::Differ { .. } => crate::observation::Agreement::FIELDS,
            StepPlan::Control(plan) => plan.rest.task.fields(),
        }
    }

    /// Whether the step asks something of a site.
    pub(crate) fn is_fetch(&self) -> bool {
        matches!(self.plan, StepPlan::Fetch(_) | StepPlan::Everywhere { .. })
    }

    /// Whether the step visits a page with a browser.
    pub(crate) fn is_visit(&self) -> bool {
        use StepPlan::{Deploy, Loads, Visit};
        matches!(self.plan, Visit(_) | Loads { .. } | Deploy { .. })
    }

    /// The template of a word of which only some are known, what it is, and the known ones.
    pub(super) fn word(&self) -> Option<(&Template, &'static str, &'static [&'static str])> {
        let (template, what, known) = match &self.plan {
            StepPlan::Visit(plan) => {
                (plan.module_fails.as_ref()?, "failure of a module", ModuleFailure::WORDS)
            }
            StepPlan::Deploy { visitor, .. } => (visitor, "visitor", Visitor::WORDS),
            _ => return None,
        };
        Some((template, what, known))
    }

    /// Whether the step makes one exchange, to which later steps may refer.
    pub(super) fn is_exchange(&self) -> bool {
        matches!(self.plan, StepPlan::Fetch(_))
    }

    /// Whether the step reads files, of a site or of a build directory.
    pub(crate) fn is_inspection(&self) -> bool {
        matches!(self.plan, StepPlan::Inspect { .. })
    }

    /// The templates of guest ids that the step names.
    pub(super) fn guests(&self) -> Vec<&Template> {
        match &self.plan {
            StepPlan::Fetch(_)
            | StepPlan::Everywhere { .. }
            | StepPlan::Inspect { .. }
            | StepPlan::Visit(_)
            | StepPlan::Loads { .. }
            | StepPlan::Deploy { .. } => Vec::new(),
            StepPlan::Call(call) => std::iter::once(&call.guest).chain(&call.meanwhile).collect(),
            StepPlan::Compare { guest, control, .. } => vec![guest, control],
            StepPlan::NoisyNeighbour { noise, .. } => vec![noise],
            StepPlan::Differ { guest, .. } => vec![guest],
            StepPlan::Control(plan) => std::iter::once(&plan.guest).chain(&plan.other).collect(),
        }
    }

    /// The guests that the step uses in one case.
    pub fn guest_ids(&self, params: &Params) -> Vec<String> {
        self.guests().iter().map(|guest| guest.text(params)).collect()
    }

    /// The guests that the step needs in one case: those it names, with their parameters, and those
    /// that the performer adds.
    pub(crate) fn guests_in(&self, params: &Params) -> Vec<String> {
        let mut ids = self.guest_ids(params);
        match &self.plan {
            StepPlan::Call(call) if !call.params.is_empty() => {
                let value =
                    |(name, value): &(String, Template)| format!("{name}={}", value.text(params));
                let values: Vec<String> = call.params.iter().map(value).collect();
                ids[0] = format!("{}({})", ids[0], values.join(", "));
            }
            StepPlan::NoisyNeighbour { .. } => ids.push(SPIN_GUEST.to_owned()),
            StepPlan::Differ { .. } => ids[0].push_str("(drawn from a seed)"),
            _ => {}
        }
        ids
    }

    /// The action of this step in one case.
    ///
    /// # Errors
    /// When the subject has no asset of the kind that the step fetches.
    pub fn action(&self, case: CaseContext) -> Result<Action, String> {
        match &self.plan {
            StepPlan::Fetch(plan) => plan.action(case),
            StepPlan::Inspect { asset } => {
                let found = case.found(*asset)?;
                let beside = case.profile.found.clone();
                let (asset, url) = (found.asset, found.url.clone());
                Ok(Action::Inspect(Inspect { asset, url, beside }))
            }
            StepPlan::Everywhere { offers, repeats } => {
                let found = case.asset.ok_or("the case has no asset")?;
                let (url, offers) = (found.url.clone(), offers.clone());
                Ok(Action::Everywhere(Everywhere { url, offers, repeats: *repeats }))
            }
            StepPlan::Visit(plan) => Ok(Action::Visit(plan.action(case)?)),
            StepPlan::Loads { times } => {
                Ok(Action::Loads(Loads { url: case.page()?, times: *times }))
            }
            StepPlan::Deploy { rollback, visitor } => deploy(rollback, visitor, case),
            StepPlan::Call(plan) => Ok(Action::Call(plan.action(case)?)),
            StepPlan::Compare { guest, control, pairs } => Ok(Action::Compare(Compare {
                guest: guest.text(case.params),
                control: control.text(case.params),
                pairs: *pairs,
                limits: case.limits.clone(),
            })),
            StepPlan::NoisyNeighbour { noise, rest } => {
                Ok(Action::NoisyNeighbour(NoisyNeighbour {
                    noise: noise.text(case.params),
                    limits: case.limits.clone(),
                    factor: case.noise_factor,
                    ..rest.clone()
                }))
            }
            StepPlan::Differ { guest, seeds, excuses } => Ok(Action::Differ(Differ {
                guest: guest.text(case.params),
                seeds: *seeds,
                excuses: excuses.clone(),
                tenant: case.tenant.to_owned(),
                limits: case.limits.clone(),
            })),
            StepPlan::Control(plan) => Ok(Action::Control(plan.action(case))),
        }
    }
}

/// The action of a visit across a deploy.
fn deploy(rollback: &Template, visitor: &Template, case: CaseContext) -> Result<Action, String> {
    let word = visitor.text(case.params);
    let visitor = Visitor::ALL.iter().find(|one| one.word() == word);
    Ok(Action::Deploy(Deploy {
        url: case.page()?,
        rollback: rollback.text(case.params) == "true",
        visitor: *visitor.ok_or("the visitor has no known name")?,
    }))
}

impl VisitPlan {
    fn action(&self, case: CaseContext) -> Result<Visit, String> {
        let modules = case.profile.found.iter().filter(|found| found.asset == Asset::Module);
        let word = self.module_fails.as_ref().map(|fails| fails.text(case.params));
        let known = |word: &String| ModuleFailure::ALL.iter().find(|one| one.word() == word);
        let module_fails = match &word {
            None => None,
            Some(word) => Some(*known(word).ok_or("the failure has no known name")?),
        };
        Ok(Visit {
            url: case.page()?,
            modules: modules.map(|found| found.url.clone()).collect(),
            uses: self.uses,
            module_fails,
            retry: self.retry,
            slow: self.slow,
            traced: self.traced,
        })
    }
}

impl FetchPlan {
    fn action(&self, case: CaseContext) -> Result<Action, String> {
        let found = case.found(self.asset)?;
        let offer = self.accept_encoding.as_ref().filter(|offer| !offer.is_null(case.params));
        Ok(Action::Fetch(Fetch {
            method: self.method,
            url: found.url.clone(),
            accept_encoding: offer.map(|offer| offer.text(case.params)),
            revalidates: self.revalidates.clone(),
            one_off: self.one_off,
            special: self.special.clone(),
        }))
    }
}

impl ControlPlan {
    fn action(&self, case: CaseContext) -> Control {
        let text = |template: &Template| template.text(case.params);
        Control {
            guest: text(&self.guest),
            guest_params: self.params.iter().map(|(k, v)| (k.clone(), text(v))).collect(),
            other: self.other.as_ref().map(text).unwrap_or_default(),
            tenant: case.tenant.to_owned(),
            limits: case.limits.clone(),
            task: self.rest.task,
        }
    }
}

impl CallPlan {
    /// The number of calls: as written, or three times the announced limit where the step is to
    /// exceed it. Three times as many show whether a host queues calls.
    fn times(&self, limits: &Limits) -> Result<u32, String> {
        let Some(limit) = limits.calls_at_once.filter(|_| self.past_calls_at_once) else {
            return Ok(self.times);
        };
        match limit.checked_mul(3).filter(|times| *times <= CALLS_MAX) {
            Some(times) => Ok(times.max(self.times)),
            None => Err(format!(
                "the host allows a tenant {limit} concurrent calls, but a step makes at most \
                 {CALLS_MAX}"
            )),
        }
    }

    fn action(&self, case: CaseContext) -> Result<Call, String> {
        let params = case.params;
        let text = |template: &Template| template.text(params);
        let times = self.times(case.limits)?;
        Ok(Call {
            guest: text(&self.guest),
            guest_params: self.params.iter().map(|(k, v)| (k.clone(), text(v))).collect(),
            input: match self.spin_ms {
                Some(ms) => Input::SpinMs(ms),
                None => Input::Bytes(text(&self.input).into_bytes()),
            },
            tenant: match &self.tenant {
                Some(tenant) => format!("{}-{}", case.tenant, text(tenant)),
                None => case.tenant.to_owned(),
            },
            times,
            at_once: self.at_once,
            meanwhile: self.meanwhile.as_ref().map(text),
            load_only: self.load_only,
            limits: case.limits.clone(),
            grants: self.grants.clone(),
        })
    }
}
