//! What each decision of a run changed: the best matching of the season without it, against the one that was found.

use std::time::{Duration, Instant};

use crate::{CallError, Caller, limits, read, season};
use pb::r#override::Kind;
use pb::run_change::Change;
use rules::domain::{Instance, Override, Policy, StudentId, StudentIndex};
use solve::SolverCommand;
use wire::{self, Request, pb};

/// Most decisions of a run whose effect is measured.
const MOST_MEASURED: usize = 20;

/// How many times as long as the solve that may take, and how long in any case.
const TIMES_FOR_EFFECTS: u32 = 4;
const LEAST_FOR_EFFECTS: Duration = Duration::from_secs(2);

/// What people decided by a run, as it is stored.
#[derive(Debug)]
pub struct Decided {
    /// The lines of the ledger: a StoredOverrides.
    pub lines: Vec<u8>,
    /// The run that it was made from, where there is one.
    pub base: Option<StoredBase>,
}

/// The bytes of a run that another was made from.
#[derive(Debug)]
pub struct StoredBase {
    /// What was asked of it.
    pub request: Vec<u8>,
    /// What came of it.
    pub outcome: Vec<u8>,
    /// What was changed of it: a CreateRunRequest with nothing else.
    pub changes: Vec<u8>,
}

/// What each decision changed, in their order; `None` where the lines can't be read.
pub(super) fn measure(
    request: pb::MatchRequest,
    outcome: &pb::Outcome,
    decided: Decided,
    caller: &Caller,
    solver: &SolverCommand,
) -> Result<Option<pb::StoredOverrides>, CallError> {
    let Some(pb::StoredOverrides { overrides: lines }) = wire::decode(&decided.lines) else { return Ok(None) };
    let mut effects = vec![pb::Override::default(); lines.len()];
    let request = match outcome.summary {
        None => return Ok(Some(pb::StoredOverrides { overrides: effects })),
        Some(_) => read(request.instance, request.policy, caller)?,
    };
    if let Some(matching) = wire::read_base(&request.instance, Some(outcome), &caller.sizes)? {
        let used = caller.arrived.elapsed();
        let begun = Caller { arrived: Instant::now(), watch: engine::Watch::default(), ..caller.clone() };
        let limits = limits(&request.policy, &begun).within(used * TIMES_FOR_EFFECTS + LEAST_FOR_EFFECTS);
        let season = season(&request, &begun, solver, &limits);
        let known = wire::overrides_of(&request.instance);
        let changed = decided.base.and_then(Changed::read);
        let mut order: Vec<usize> = (0..lines.len()).filter(|&at| is_override(&lines[at])).collect();
        order
            .extend((0..lines.len()).filter(|&at| changed.as_ref().is_some_and(|base| base.may_leave_out(&lines[at]))));
        for at in order.into_iter().take(MOST_MEASURED) {
            if limits.stop().is_some() {
                break;
            }
            let line = &lines[at];
            let without = match known.iter().find(|(_, other)| wire::is_same(line, other)) {
                Some(&(made, _)) => Some(undone(&request, made)),
                None => changed.as_ref().and_then(|base| base.without(line, &request, &begun)),
            };
            let Some((instance, policy)) = without else { continue };
            // An effect that can't be measured takes nothing from the outcome.
            if let Ok(what_if) = engine::what_if(&season, Some(&matching), &instance, &policy) {
                let own = student(&request.instance, &line.student_id);
                effects[at].effect = wire::write_effect(&request.instance, &request.policy, own, &what_if);
            }
        }
    }
    Ok(Some(pb::StoredOverrides { overrides: effects }))
}

/// Whether a line is about an override, which goes before rules and goals.
fn is_override(line: &pb::Override) -> bool {
    matches!(line.kind(), Kind::Pin | Kind::Forbid | Kind::Waive | Kind::MustPlace)
}

/// The season without one of its overrides.
fn undone(request: &Request, made: Override) -> (Instance, Policy) {
    (made.undone(&request.instance), request.policy.clone())
}

fn student(instance: &Instance, id: &str) -> Option<StudentIndex> {
    let id = StudentId::parse(id).ok()?;
    let at = instance.students.binary_search_by(|student| student.id.cmp(&id)).ok()?;
    instance.student_indices().nth(at)
}

/// The run that this one was made from, and what was changed of it.
struct Changed {
    request: pb::MatchRequest,
    outcome: pb::Outcome,
    asked: pb::CreateRunRequest,
}

impl Changed {
    fn read(base: StoredBase) -> Option<Self> {
        let (request, outcome) = (wire::decode(&base.request)?, wire::decode(&base.outcome)?);
        Some(Self { request, outcome, asked: wire::decode(&base.changes)? })
    }

    /// Whether the season without a line's change is one to compare with: points are the same in it, and so are students and projects.
    fn may_leave_out(&self, line: &pb::Override) -> bool {
        let place = line.change.and_then(|place| usize::try_from(place).ok());
        let change = place.and_then(|place| self.asked.changes.get(place));
        let comes_alone = matches!(change.and_then(|c| c.change.as_ref()), Some(Change::Offer(_) | Change::Edit(_)));
        let keeps_points = !matches!(line.kind(), Kind::TermWeight | Kind::OfferDrafted | Kind::OfferExtended);
        comes_alone && keeps_points && !is_override(line)
    }

    /// The season of the base run with every change but that of a line; `None` where the others do not stand without it.
    fn without(&self, line: &pb::Override, as_it_is: &Request, caller: &Caller) -> Option<(Instance, Policy)> {
        let place = usize::try_from(line.change?).ok().filter(|_| self.may_leave_out(line))?;
        let mut asked = self.asked.clone();
        asked.changes.remove(place);
        let base = wire::Base { request: self.request.clone(), outcome: self.outcome.clone() };
        let made = wire::make_changes(base, &asked, &caller.sizes).ok()?.request;
        let Request { instance, policy } = read(made.instance, made.policy, caller).ok()?;
        is_comparable(as_it_is, &instance, &policy).then_some((instance, policy))
    }
}

/// Whether a matching of one season can be told in the other's terms, and every goal counts alike in both.
fn is_comparable(as_it_is: &Request, instance: &Instance, policy: &Policy) -> bool {
    let students = as_it_is.instance.students.iter().map(|row| &row.id).eq(instance.students.iter().map(|row| &row.id));
    let projects = as_it_is.instance.projects.iter().map(|row| &row.id).eq(instance.projects.iter().map(|row| &row.id));
    let mut alike = policy.clone();
    alike.stable_only = as_it_is.policy.stable_only;
    for (quota, own) in
        alike.quotas.iter_mut().zip(&as_it_is.policy.quotas).filter(|(quota, _)| quota.penalty.is_none())
    {
        (quota.min, quota.max) = (own.min, own.max);
    }
    students && projects && alike == as_it_is.policy
}
