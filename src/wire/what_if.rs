//! What-ifs: domain to message.

use super::conflict::{write_conflict, write_relaxation};
use super::counterfactual::MessageWriter;
use super::edit::write_edit;
use super::names::Names;
use super::outcome::{goal, status};
use super::sentences::Words;
use super::{pb, write_finding, write_instance, write_policy};
use engine::{GoalResult, WhatIf};
use rules::domain::{Instance, Policy};

/// Writes what would be; `instance` and `policy` are the season as it is, `edited` the edited rows, `edits` how they were understood, and
/// `returns_request` says whether the edited season is wanted.
pub fn write_what_if(
    instance: &Instance,
    policy: &Policy,
    edited: &Instance,
    what_if: &WhatIf,
    edits: Vec<pb::Edit>,
    returns_request: bool,
) -> pb::WhatIfResponse {
    let outcome = &what_if.outcome;
    let names = Names { instance, policy };
    let after: Vec<_> = outcome.goals.iter().map(|goal| goal.reached.clone()).collect();
    let response = what_if.before.as_ref().filter(|_| outcome.summary.is_some());
    let counterfactual = response.map(|before| {
        let writer = MessageWriter { names, goals: &before.goals };
        writer.difference(&after, &what_if.moves)
    });
    let also = what_if.before.as_ref().zip(what_if.also.as_ref()).map(|(before, also)| {
        let writer = MessageWriter { names, goals: &before.goals };
        let names = Names { instance: edited, policy: &what_if.policy };
        let edits: Vec<pb::Edit> = also.edits.iter().map(|edit| write_edit(&names, edit)).collect();
        (edits, writer.difference(&also.goals, &also.moves))
    });
    let (also, also_counterfactual) = also.map_or((Vec::new(), None), |(edits, response)| (edits, Some(response)));
    let recounted = what_if.before.iter().filter(|before| {
        let same =
            |(was, is): (&solve::GoalValue, &solve::GoalValue)| (was.value, &was.profile) == (is.value, &is.profile);
        !before.goals.iter().zip(&before.as_edited).all(same)
    });
    let before_as_edited = recounted.flat_map(|before| {
        policy.goals.iter().zip(&before.as_edited).map(|(asked, reached)| {
            goal(&GoalResult { kind: asked.kind, is_scoped: asked.is_scoped(), reached: reached.clone() })
        })
    });
    let placement = |place: &rules::evaluation::PairEvaluation| pb::Placement {
        student_id: names.student(place.student),
        project_id: names.project(place.project),
    };
    let request = returns_request.then(|| pb::EditedSeason {
        instance: Some(write_instance(edited)),
        policy: Some(write_policy(edited, &what_if.policy)),
    });
    let mut response = pb::WhatIfResponse {
        status: status(outcome.status) as i32,
        before_status: status(what_if.before_status) as i32,
        before_is_best: what_if.before.as_ref().is_some_and(|before| before.is_best),
        canonical: outcome.canonical,
        counterfactual,
        before_as_edited: before_as_edited.collect(),
        assignments: outcome.places.iter().map(placement).collect(),
        conflicts: outcome.conflicts.iter().map(|c| write_conflict(edited, &what_if.policy, c)).collect(),
        relaxations: outcome.relaxations.iter().map(|r| write_relaxation(edited, &what_if.policy, r)).collect(),
        findings: outcome.findings.iter().map(write_finding).collect(),
        edits,
        sentence: String::new(),
        request,
        goals: outcome.goals.iter().take(policy.goals.len()).map(goal).collect(),
        also,
        also_counterfactual,
    };
    response.sentence = Words::to_manager(names).what_if(&response);
    response
}
