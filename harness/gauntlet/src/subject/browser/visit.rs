//! One visit: load the page, use its feature, let its module fail, try again.

use std::time::{Duration, Instant};

use wasm_gauntlet_browser::connection::CallError;
use wasm_gauntlet_browser::visit::{CompiledModule, Held, Press, Tab};
use wasm_gauntlet_model::action::Visit;
use wasm_gauntlet_model::observation::{Fact, Observation, PageVisit, count, known};

use super::dead::{self, LoaderChain};
use super::glance::{Glance, modules};
use super::pool::Running;
use super::sight::Sight;
use super::{PageKnown, evidence, look};
use crate::subject::ms;

/// How long something visible has time to appear while the module loads.
const FEEDBACK_WITHIN: Duration = Duration::from_secs(1);

/// How often the page is looked at meanwhile.
const FEEDBACK_STEP: Duration = Duration::from_millis(20);

/// Time for a progress bar to fade out. Most take half a second.
const FADES_WITHIN: Duration = Duration::from_secs(1);

/// Rounds in which requests meet their failure: pages may try again by themselves.
const FAILURE_ROUNDS: usize = 8;

/// Time for a page to come to rest after a failure. Some wait before they try again.
const FAILURE_WITHIN: Duration = Duration::from_secs(8);

/// Time for a page to show that its module failed, after it has come to rest. Some wait for a
/// timeout of their own.
const SHOWN_WITHIN: Duration = Duration::from_secs(10);

/// How often the page is looked at meanwhile.
const SHOWN_STEP: Duration = Duration::from_millis(400);

/// What is known of the page.
pub(super) struct Page<'a> {
    pub(super) glance: &'a Glance,
    pub(super) chain: &'a LoaderChain,
    pub(super) known: &'a PageKnown,
}

/// Visit the page of `visit`, of which this is known.
pub(super) fn perform(
    running: &Running,
    visit: &Visit,
    page: &Page,
) -> Result<Observation, CallError> {
    let Page { glance, chain, known } = page;
    let held = match visit.module_fails {
        Some(failure) => Some(Held::new(glance.bytes.clone(), failure)),
        None if visit.slow => Some(Held::elsewhere(glance.slowly(running.server))),
        None => None,
    };
    let trigger = glance.trigger(known);
    let mut tab = Tab::open(running.browser, running.events, held, known.certificates)?;
    if visit.traced {
        tab.start_trace()?;
    }
    if visit.slow {
        tab.watch_progress()?;
    }
    glance.arrive(&mut tab, &visit.url)?;
    let mut facts = PageVisit {
        not_reached: Fact::looked(tab.seen().not_reached.clone()),
        modules_before_use: labels(&not_ahead(&tab)).into(),
        ..PageVisit::default()
    };
    if glance.by_control {
        // The page is scrolled to it, which is no reaction.
        tab.control(trigger, Press::No)?;
    }
    let before = if visit.module_fails.is_some() { Some(Sight::of(&mut tab)?) } else { None };
    use_feature(&mut tab, visit, page, before.as_ref(), &mut facts)?;
    if let Some(before) = before {
        fail(&mut tab, running, glance, &before, &mut facts)?;
        if visit.retry {
            let made = look::instances(tab.seen());
            tab.recover();
            tab.control(trigger, Press::Again)?;
            tab.rest(Instant::now() + glance.rest_within())?;
            facts.retried = (look::instances(tab.seen()) > made).into();
        }
    }
    if let Some(status) = tab.seen().crashes.first() {
        return Err(CallError::Broken(format!("the process of the page ended ({status})")));
    }
    if visit.traced {
        let compilations = tab.compilations()?;
        facts.streamed = count(compilations.streaming).into();
        facts.compiled_whole = count(compilations.whole).into();
    }
    if visit.slow {
        progress(&mut tab, &mut facts)?;
    }
    let compiled = tab.modules()?;
    let evidence = evidence::of(&mut tab)?;
    facts.dead = why_dead(&tab, &visit.url, &compiled, chain);
    Ok(Observation { evidence, ..observation(&tab, &compiled, facts) })
}

/// Use the feature of the page, and count what each use requests and starts.
fn use_feature(
    tab: &mut Tab,
    visit: &Visit,
    page: &Page,
    before: Option<&Sight>,
    facts: &mut PageVisit,
) -> Result<(), CallError> {
    let Page { glance, known, .. } = page;
    for turn in 0..visit.uses {
        let (requests, instances) = (modules(tab).len(), look::instances(tab.seen()));
        if glance.by_control {
            tab.control(glance.trigger(known), Press::Use)?;
            if let Some(before) = before.filter(|_| turn == 0) {
                facts.feedback_ms = feedback(tab, &before.text)?;
            }
            tab.rest(Instant::now() + glance.rest_within())?;
        }
        let (now, made) = (modules(tab).len(), look::instances(tab.seen()));
        if turn == 0 {
            facts.requests_first = count(now).into();
            facts.instances_first = count(made).into();
        } else {
            let so_far = |fact: &Fact<i64>| if let Fact::Is(so_far) = fact { *so_far } else { 0 };
            facts.requests_again = (so_far(&facts.requests_again) + count(now - requests)).into();
            facts.instances_again =
                (so_far(&facts.instances_again) + count(made - instances)).into();
        }
    }
    Ok(())
}

/// How far the progress bars went.
fn progress(tab: &mut Tab, facts: &mut PageVisit) -> Result<(), CallError> {
    let mut progress = tab.progress()?;
    if progress.and_then(|one| one.end).is_some_and(|end| end < 100.0) {
        // It may be fading out.
        tab.pass(FADES_WITHIN)?;
        progress = tab.progress()?;
    }
    facts.progress_max = Fact::looked(progress.map(|one| one.max));
    let back = progress.and_then(|one| one.back);
    let back = back.map(|(from, to)| format!("{from:.0} % to {to:.0} %"));
    facts.progress_back = Fact::looked(back);
    facts.progress_end = Fact::looked(progress.and_then(|one| one.end));
    Ok(())
}

/// Milliseconds until something visible differs from `before`.
fn feedback(tab: &mut Tab, before: &str) -> Result<Fact<f64>, CallError> {
    let begun = Instant::now();
    while begun.elapsed() < FEEDBACK_WITHIN {
        if tab.visible()? != before {
            return Ok(ms(begun.elapsed()).into());
        }
        tab.pass(FEEDBACK_STEP)?;
    }
    Ok(Fact::Absent)
}

/// Let the modules fail, and see what the page shows.
fn fail(
    tab: &mut Tab,
    running: &Running,
    glance: &Glance,
    before: &Sight,
    facts: &mut PageVisit,
) -> Result<(), CallError> {
    if tab.stalls() {
        // No request meets a failure, so nothing can be said of how the page takes it.
        return Ok(());
    }
    let waiting = Sight::of(tab)?;
    for _ in 0..FAILURE_ROUNDS {
        tab.fail_held(running.server)?;
        tab.rest(Instant::now() + FAILURE_WITHIN.min(glance.rest_within()))?;
        if tab.held() == 0 {
            break;
        }
    }
    // A page that went back to what it showed before its feature was used says nothing.
    let says = |after: &Sight| {
        after.says_else(&waiting) && (!glance.by_control || after.says_else(before))
    };
    let mut after = Sight::of(tab)?;
    let until = Instant::now() + SHOWN_WITHIN;
    // A page that looks as it does when its module works has nothing to show.
    let lacks = |after: &Sight| glance.sight.as_ref().is_none_or(|works| works.differs(after));
    while !says(&after) && lacks(&after) && Instant::now() < until {
        tab.pass(SHOWN_STEP)?;
        tab.fail_held(running.server)?;
        after = Sight::of(tab)?;
    }
    if tab.failed() == 0 {
        // No request met the failure, so nothing can be said of how the page takes it.
        return Ok(());
    }
    let shown = says(&after);
    facts.failure_shown = shown.into();
    facts.visible_effect = known(glance.sight.as_ref().map(|works| works.differs(&after)));
    facts.instances_first = count(look::instances(tab.seen())).into();
    let lines = after.text.lines().filter(|line| !waiting.text.contains(line));
    facts.failure_text = look::short(&lines.collect::<Vec<_>>().join(" ")).into();
    Ok(())
}

/// Modules that were requested for now. A prefetch costs nobody time.
fn not_ahead(tab: &Tab) -> Vec<String> {
    let requests = tab.seen().requests().iter().filter(|one| look::is_module(one, &[]));
    requests.filter(|one| !one.ahead).map(|one| one.url.clone()).collect()
}

fn labels(urls: &[String]) -> Vec<String> {
    let mut labels: Vec<String> = urls.iter().map(|url| look::label(url)).collect();
    labels.sort();
    labels.dedup();
    labels
}

/// Why the page is dead. Unknown where nothing was seen of a module.
fn why_dead(
    tab: &Tab,
    url: &str,
    compiled: &[CompiledModule],
    chain: &LoaderChain,
) -> Fact<String> {
    let seen = tab.seen();
    let certain = dead::certain(seen, compiled, url);
    match certain.or_else(|| chain.first(&dead::suspects(seen, compiled, url))) {
        Some(why) => why.into(),
        None if look::instances(seen) > 0 || !compiled.is_empty() => Fact::Absent,
        None => Fact::Unknown,
    }
}

fn observation(tab: &Tab, compiled: &[CompiledModule], facts: PageVisit) -> Observation {
    let seen = tab.seen();
    let all: Vec<String> = compiled.iter().map(|one| one.url.clone()).collect();
    let uncaught = look::uncaught(seen);
    let facts = PageVisit {
        settled: seen.settled.into(),
        modules_requested: labels(&modules(tab)).into(),
        modules_compiled: labels(&all).into(),
        streaming_calls: count(look::streaming_calls(seen)).into(),
        wasm_error: Fact::looked(look::wasm_error(seen)),
        streaming_refused: Fact::looked(look::streaming_refused(seen)),
        refused: look::refused(seen).into(),
        crashes: seen.crashes.clone().into(),
        uncaught: uncaught.into(),
        ..facts
    };
    Observation { facts: facts.facts(), evidence: Vec::new(), reproduce: None }
}
