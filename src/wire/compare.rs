//! Comparisons: message to message, through what is compared of the two.

use super::Audience;
use super::counterfactual::MessageWriter;
use super::names::Names;
use super::sentences::Words;
use super::{Faults, SizeLimits, pb};
use ::explain::{self, PairExplanation};
use engine::comparison::{Changed, Compared, Comparison, Placed};
use rules::codes;
use rules::domain::{GoalKind, Instance, Policy, ProjectIndex, StudentIndex};
use rules::finding::At;
use solve::GoalValue;

/// Reads what is compared of two outcomes.
///
/// # Errors
/// A list that is too long, or a student who is in it twice.
pub fn read_compared(request: &pb::CompareRequest, limits: &SizeLimits) -> Result<(Compared, Compared), Faults> {
    let mut faults = Faults::default();
    let before = read(At::root("before"), request.before.as_ref(), limits, &mut faults);
    let after = read(At::root("after"), request.after.as_ref(), limits, &mut faults);
    if faults.total() == 0 { Ok((before, after)) } else { Err(faults) }
}

fn read(at: At, outcome: Option<&pb::Outcome>, limits: &SizeLimits, faults: &mut Faults) -> Compared {
    let mut compared = Compared::default();
    let Some(outcome) = outcome else {
        faults.add(&codes::MISSING_OUTCOME, at, "it is missing");
        return compared;
    };
    let (all, left) = (at.field("assignments"), at.field("unmatched"));
    if !faults.count(all, outcome.assignments.len(), limits.assignments)
        || !faults.count(left, outcome.unmatched.len(), limits.assignments)
    {
        return compared;
    }
    let twice = "the outcome has this student already";
    for (place, assignment) in outcome.assignments.iter().enumerate() {
        let (project, points) = (assignment.project_id.clone(), assignment.points);
        let placed = Placed { project, points, choice_rank: assignment.choice_rank };
        if compared.places.insert(assignment.student_id.clone(), placed).is_some() {
            faults.add(&codes::DUPLICATE_ENTRY, all.index(place).field("student_id"), twice);
        }
    }
    for (place, unmatched) in outcome.unmatched.iter().enumerate() {
        let student = unmatched.student_id.clone();
        if compared.places.contains_key(&student) || !compared.unmatched.insert(student) {
            faults.add(&codes::DUPLICATE_ENTRY, left.index(place).field("student_id"), twice);
        }
    }
    compared.closed = outcome.closed_projects.iter().cloned().collect();
    let summary = outcome.summary.clone().unwrap_or_default();
    for assignment in &outcome.assignments {
        *compared.ranks.entry(i64::from(assignment.choice_rank.unwrap_or(0))).or_default() += 1;
    }
    let fills = |fills: Vec<pb::Fill>| fills.into_iter().map(|fill| (fill.key, i64::from(fill.placed_count))).collect();
    (compared.programs, compared.countries) = (fills(summary.programs), fills(summary.countries));
    compared
}

/// Writes what changed.
pub fn write_comparison(
    request: &pb::CompareRequest,
    (before, after): &(Compared, Compared),
    comparison: &Comparison,
) -> pb::CompareResponse {
    let digest = |outcome: &Option<pb::Outcome>| {
        outcome.as_ref().and_then(|outcome| outcome.provenance.as_ref()).map(|provenance| provenance.digest.clone())
    };
    let same_season = digest(&request.before)
        .is_some_and(|digest_before| !digest_before.is_empty() && digest(&request.after) == Some(digest_before));
    let of_group =
        |(key, before, after): &Changed<String>| pb::KeyedChange { key: key.clone(), before: *before, after: *after };
    let of_rank = |(rank, before, after): &Changed<i64>| pb::KeyedChange {
        key: rank.to_string(),
        before: *before,
        after: *after,
    };
    let project = |(project, closed_after): &(String, bool)| pb::ProjectChange {
        project_id: project.clone(),
        closed_after: *closed_after,
    };
    let placed = (before.places.len() as i64, after.places.len() as i64);
    let change = |(before, after): (i64, i64)| Some(pb::Change { before, after });
    let status = |outcome: &Option<pb::Outcome>| {
        let outcome = outcome.as_ref();
        let has_matching = outcome.is_some_and(|o| o.summary.is_some() || !o.assignments.is_empty() || o.status == 0);
        (outcome.map_or(pb::outcome::Status::Unspecified, pb::Outcome::status), has_matching)
    };
    let mut response = pb::CompareResponse {
        changes: comparison.changes.iter().map(student).collect(),
        unchanged_count: comparison.unchanged as i32,
        goals: goals(request),
        placed: change(placed),
        points: change(comparison.points),
        ranks: comparison.ranks.iter().map(of_rank).collect(),
        programs: comparison.programs.iter().map(of_group).collect(),
        countries: comparison.countries.iter().map(of_group).collect(),
        projects: comparison.projects.iter().map(project).collect(),
        same_season,
        sentences: Vec::new(),
    };
    let words = Words { season: None, reader: Audience::Manager, is_best: true };
    response.sentences = words.comparison(&response, [status(&request.before), status(&request.after)]);
    response
}

fn student(change: &engine::comparison::StudentChange) -> pb::StudentChange {
    use pb::student_change::Kind;
    let project = |placed: &Option<Placed>| placed.as_ref().map_or_else(String::new, |placed| placed.project.clone());
    let (before, after) = (&change.before, &change.after);
    pb::StudentChange {
        student_id: change.student.clone(),
        from_project_id: project(before),
        to_project_id: project(after),
        kind: match (before, after) {
            (None, _) => Kind::Placed,
            (_, None) => Kind::Lost,
            _ => Kind::Moved,
        } as i32,
        points_before: before.as_ref().map_or(0, |placed| placed.points),
        points_after: after.as_ref().map_or(0, |placed| placed.points),
        choice_rank_before: before.as_ref().and_then(|placed| placed.choice_rank),
        choice_rank_after: after.as_ref().and_then(|placed| placed.choice_rank),
    }
}

/// Goals that both outcomes have.
fn goals(request: &pb::CompareRequest) -> Vec<pb::GoalPrice> {
    let of = |outcome: &Option<pb::Outcome>| outcome.as_ref().map(|outcome| outcome.goals.clone()).unwrap_or_default();
    let before = of(&request.before);
    let is_alike =
        |goal: &pb::GoalResult, other: &pb::GoalResult| (goal.kind, goal.scoped) == (other.kind, other.scoped);
    let goals = of(&request.after);
    let price = |(place, after): (usize, &pb::GoalResult)| {
        // Goals of some students are told apart by their order.
        let earlier = goals[..place].iter().filter(|goal| is_alike(goal, after)).count();
        let before = before.iter().filter(|goal| is_alike(goal, after)).nth(earlier)?;
        let kind = usize::try_from(after.kind - 1).ok().and_then(|at| GoalKind::ALL.get(at)).copied()?;
        let value = |goal: &pb::GoalResult| GoalValue {
            value: goal.value,
            bound: goal.bound,
            proven: goal.proven,
            profile: goal.profile.iter().map(|&count| i64::from(count)).collect(),
        };
        let order = explain::compare(kind, &value(after), &value(before));
        Some(pb::GoalPrice {
            kind: after.kind,
            before: before.value,
            after: after.value,
            change: after.value.saturating_sub(before.value),
            effect: super::counterfactual::effect(order) as i32,
            profile_before: before.profile.clone(),
            profile_after: after.profile.clone(),
            scoped: after.scoped,
        })
    };
    goals.iter().enumerate().filter_map(price).collect()
}

/// Most people whose reasons are told.
const MOST_REASONS: usize = 200;

/// Who had a place and has it no more, and the pair in the second season, where it still has both.
pub fn moved_pairs(
    comparison: &pb::CompareResponse,
    instance: &Instance,
) -> Vec<(pb::StudentChange, Option<(StudentIndex, ProjectIndex)>)> {
    let student = |id: &str| instance.students.binary_search_by(|s| s.id.as_str().cmp(id)).ok();
    let project = |id: &str| instance.projects.binary_search_by(|p| p.id.as_str().cmp(id)).ok();
    let left = comparison.changes.iter().filter(|change| !change.from_project_id.is_empty()).take(MOST_REASONS);
    let pair = |change: &pb::StudentChange| {
        let (student, project) = (student(&change.student_id)?, project(&change.from_project_id)?);
        Some((StudentIndex(student as u32), ProjectIndex(project as u32)))
    };
    left.map(|change| (change.clone(), pair(change))).collect()
}

/// Writes why they have it no more; `explained` are the pairs that the second season still has, in their order, as far as there is a matching.
pub fn write_reasons(
    instance: &Instance,
    policy: &Policy,
    moved: &[(pb::StudentChange, Option<(StudentIndex, ProjectIndex)>)],
    goals: &[GoalValue],
    explained: &[PairExplanation],
) -> Vec<pb::MoveReason> {
    let writer = MessageWriter { names: Names { instance, policy }, goals };
    let words = Words::to_manager(writer.names);
    let mut explained = explained.iter();
    let reason = |(change, pair): &(pb::StudentChange, Option<(StudentIndex, ProjectIndex)>)| {
        let keeping = pair.and_then(|_| explained.next()).map(|explained| super::explain::pair(&writer, explained));
        let sentence = match &keeping {
            Some(keeping) => words.pair(keeping),
            None if pair.is_none() => words.gone(change),
            None => String::new(),
        };
        pb::MoveReason {
            student_id: change.student_id.clone(),
            from_project_id: change.from_project_id.clone(),
            to_project_id: change.to_project_id.clone(),
            is_gone: pair.is_none(),
            keeping,
            sentence,
        }
    };
    moved.iter().map(reason).collect()
}
