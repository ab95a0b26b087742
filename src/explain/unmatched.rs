//! Why a student has no place. Nothing is guessed: a reason is read off the rules, off the residual network, or off a solve that was
//! carried to its end; what was not is told as unproven.

use super::is_closed;
use super::networks::Networks;
use super::stranded::{Stranded, stranded};
use super::{ExplainError, Optimum, Prospect};
use crate::diagnosis;
use formulation::{Formulation, GoalMeasure, Measure, Reading, RowLabel, Side};
use rules::domain::StudentIndex;
use rules::evaluation::{PairEvaluator, RefusalCounts};
use solve::{self, Forced, Limits, Residual, Solution, Solved};
use verify::Occupancy;

/// Why a student has no place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnmatchedReason {
    /// No project may take the student by the rules.
    NoEligibleProject,
    /// The rules allow projects, but wishes of the student or of their hosts refuse each.
    NotAcceptable,
    /// No matching that keeps these rows places the student; empty where it was not looked for which.
    Blocked(Vec<RowLabel>),
    /// Every matching that places the student is worse by the goals; the best of them, where it is known.
    CrowdedOut(Option<Prospect>),
    /// An equally good matching places the student; one with the fewest changes, where it is known.
    Tie(Option<Prospect>),
    /// It could not be settled, or the matching is not proven the best.
    Unproven,
}

/// One student without a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmatched {
    /// Who.
    pub student: StudentIndex,
    /// Why.
    pub reason: UnmatchedReason,
    /// Projects that may take the student.
    pub possible: u32,
    /// Of those, how many have no seat left, at the project or its host.
    pub full: u32,
    /// Of those, how many stay closed for want of their minimum.
    pub closed: u32,
    /// Quotas that are full and keep the student from a seat that is free, by place in the policy.
    pub full_quotas: Vec<u32>,
    /// How many projects each rule refuses the student.
    pub refusals: RefusalCounts,
    /// What comes nearest, of who has no eligible project.
    pub stranded: Stranded,
}

/// Students whom a search for the rows that block them is made for, where no network tells.
const MOST_SOUGHT: usize = 20;

/// Why some students have no place. Where the solver fails, the reasons that it was asked for are unproven.
pub fn unmatched(
    optimum: &Optimum,
    residual: Option<&Residual>,
    networks: Option<&Networks>,
    occupancy: &Occupancy,
    left: &[StudentIndex],
) -> Vec<Unmatched> {
    let has_pairs = |student: &StudentIndex| !optimum.evaluation.of_student(*student).is_empty();
    let possible: Vec<StudentIndex> = left.iter().copied().filter(has_pairs).collect();
    let failed = |error| tracing::error!(?error, "reasons could not be told");
    let settled = if optimum.is_proven() {
        settled(optimum, residual, networks, occupancy, &possible).map_err(failed).ok()
    } else {
        None
    };
    let mut told = by_rules(optimum, occupancy, left);
    let evaluator = PairEvaluator::new(optimum.instance, optimum.policy);
    let reasons = told.iter_mut().filter(|left| left.possible > 0).zip(settled.unwrap_or_default());
    reasons.for_each(|(left, reason)| left.reason = reason);
    for left in told.iter_mut().filter(|left| left.possible == 0) {
        // Who waits for an answer whose time is over does without.
        if optimum.limits.stop().is_none() {
            let refused = &optimum.evaluation.refused[left.student.at()];
            left.stranded = stranded(optimum.instance, &evaluator, refused, left.student);
        }
    }
    told
}

/// What the rules alone say of students without a place: of whom projects may take nothing.
pub(super) fn by_rules(optimum: &Optimum, occupancy: &Occupancy, left: &[StudentIndex]) -> Vec<Unmatched> {
    let (instance, evaluation) = (optimum.instance, optimum.evaluation);
    let near = occupancy.quotas_near_most();
    let told = left.iter().map(|&student| {
        let (mut full, mut closed) = (0, 0);
        let mut full_quotas: Vec<u32> = Vec::new();
        for pair in evaluation.of_student(student) {
            if occupancy.is_full(pair.project) || occupancy.is_host_full(pair.project) {
                full += 1;
                continue;
            }
            let is_empty = occupancy.count(pair.project) == 0;
            closed += u32::from(is_empty && is_closed(instance, pair.project));
            // Whoever comes alone opens a project that needs no second.
            if !is_empty || instance.projects[pair.project.at()].min_seats() <= 1 {
                full_quotas.extend(near.iter().filter(|&&quota| occupancy.exceeds(quota, student, pair.project)));
            }
        }
        let possible = evaluation.of_student(student).len() as u32;
        let refused = &evaluation.refused[student.at()];
        let reason = match possible {
            0 if refused.by_wishes > 0 => UnmatchedReason::NotAcceptable,
            0 => UnmatchedReason::NoEligibleProject,
            _ => UnmatchedReason::Unproven,
        };
        full_quotas.sort_unstable();
        full_quotas.dedup();
        let stranded = Stranded::default();
        Unmatched { student, reason, possible, full, closed, full_quotas, refusals: refused.by, stranded }
    });
    told.collect()
}

/// The reasons of students whom projects may take and whom a proven matching leaves out.
fn settled(
    optimum: &Optimum,
    residual: Option<&Residual>,
    networks: Option<&Networks>,
    occupancy: &Occupancy,
    students: &[StudentIndex],
) -> Result<Vec<UnmatchedReason>, ExplainError> {
    let mut reasons: Vec<Option<UnmatchedReason>> = vec![None; students.len()];
    if let Some(residual) = residual {
        let columns: Vec<u32> = students.iter().map(|&student| optimum.evaluation.first_of(student)).collect();
        for (reason, forced) in reasons.iter_mut().zip(residual.placing(&columns)) {
            *reason = match (optimum.forced(occupancy, &forced), forced) {
                (Some(Prospect::Blocked(rows)), _) => Some(UnmatchedReason::Blocked(rows)),
                (Some(tie @ Prospect::Tie(..)), _) => Some(UnmatchedReason::Tie(Some(tie))),
                (Some(prospect), _) => Some(UnmatchedReason::CrowdedOut(Some(prospect))),
                // Even without the rows that the detour breaks it would be worse; whether those allow it is another question.
                (None, Forced::Detour(_) | Forced::Blocked(_)) => None,
            };
        }
    }
    if let Some(networks) = networks {
        let ties = networks.ties(optimum, occupancy, students);
        for (reason, is_tie) in reasons.iter_mut().zip(ties).filter(|(_, is_tie)| *is_tie) {
            *reason = is_tie.then_some(UnmatchedReason::Tie(None));
        }
    }
    let open = |reasons: &[Option<UnmatchedReason>]| -> Vec<usize> {
        (0..reasons.len()).filter(|&at| reasons[at].is_none()).collect()
    };
    if open(&reasons).is_empty() {
        return Ok(reasons.into_iter().flatten().collect());
    }
    // Whom a goal more, the least important, can place without giving anything up. A tolerance would be given up, so that there the goals
    // are held as they are; and where no network decides, so that the integer program need not reach them again.
    let gives_up = optimum.formulation.goals.iter().any(|goal| goal.tolerance > 0);
    let nests = optimum.formulation.rows.iter().all(|row| row.label.side() != Side::Neither);
    let as_good = if gives_up || !nests { optimum.as_good() } else { optimum.formulation.clone() };
    // Whose every pair is dropped ties with nothing.
    let mut is_dropped = vec![false; optimum.evaluation.pairs.len()];
    optimum.solution.dropped.iter().for_each(|&column| is_dropped[column as usize] = true);
    let may_tie = |at: &usize| {
        let first = optimum.evaluation.first_of(students[*at]) as usize;
        !is_dropped[first..first + optimum.evaluation.of_student(students[*at]).len()].iter().all(|&dropped| dropped)
    };
    let may_tie: Vec<usize> = open(&reasons).into_iter().filter(may_tie).collect();
    sort_out(optimum, &as_good, students, may_tie, &mut reasons, UnmatchedReason::Tie(None))?;
    let hint = Some(optimum.solution.matched.clone());
    let plain = Formulation { goals: Vec::new(), hint, ..optimum.formulation.clone() };
    // Whoever a plain exchange places is not blocked, which needs no solver.
    for at in open(&reasons) {
        if can_be_exchanged(optimum, occupancy, students[at]) {
            reasons[at] = Some(UnmatchedReason::CrowdedOut(None));
        }
    }
    let seeks = open(&reasons);
    sort_out(optimum, &plain, students, seeks, &mut reasons, UnmatchedReason::CrowdedOut(None))?;
    for at in open(&reasons).into_iter().take(MOST_SOUGHT) {
        reasons[at] = Some(UnmatchedReason::Blocked(blocking(optimum, students[at])?));
    }
    Ok(reasons.into_iter().map(|reason| reason.unwrap_or(UnmatchedReason::Blocked(Vec::new()))).collect())
}

/// Gives this reason to those of some students whom any matching of a season places, and `Unproven` to all that are left where that can't
/// be settled. Each solve places as many as it can, so that a few settle them all.
fn sort_out(
    optimum: &Optimum,
    season: &Formulation,
    students: &[StudentIndex],
    mut open: Vec<usize>,
    reasons: &mut [Option<UnmatchedReason>],
    reason: UnmatchedReason,
) -> Result<(), ExplainError> {
    let limits = Limits { lottery: false, ..optimum.limits.clone() };
    let pairs = &optimum.evaluation.pairs;
    while !open.is_empty() {
        let mut counts = vec![false; optimum.instance.students.len()];
        open.iter().for_each(|&at| counts[students[at].at()] = true);
        let weights = pairs.iter().map(|pair| i64::from(counts[pair.student.at()])).collect();
        let measure = Measure::Sum { weights, least: false };
        let placing = season.clone().improving(GoalMeasure { tolerance: 0, measure, reading: Reading::AsItIs });
        let solved = match solve::solve(&placing, optimum.command, &limits)? {
            Solved::Solution(solution) => Some(solution),
            Solved::Infeasible(_) | Solved::Nothing(_) => None,
        };
        // A solve that was cut short may have given goals up.
        let reached = |solution: &Solution| {
            let both = solution.goals.iter().zip(&optimum.solution.goals).take(season.goals.len());
            both.into_iter().all(|(now, best)| (now.value, &now.profile) == (best.value, &best.profile))
        };
        let Some(solution) = solved.filter(reached) else {
            open.iter().for_each(|&at| reasons[at] = Some(UnmatchedReason::Unproven));
            return Ok(());
        };
        let mut placed = vec![false; counts.len()];
        let matched = pairs.iter().zip(&solution.matched).filter(|&(_, &matched)| matched);
        matched.for_each(|(pair, _)| placed[pair.student.at()] = true);
        let (with, without): (Vec<usize>, Vec<usize>) = open.iter().partition(|&&at| placed[students[at].at()]);
        with.iter().for_each(|&at| reasons[at] = Some(reason.clone()));
        if with.is_empty() {
            if solution.goals.iter().any(|goal| !goal.proven) {
                without.iter().for_each(|&at| reasons[at] = Some(UnmatchedReason::Unproven));
            }
            return Ok(());
        }
        open = without;
    }
    Ok(())
}

/// Whether a student can have a seat that is free, or that of one other who then has none.
fn can_be_exchanged(optimum: &Optimum, occupancy: &Occupancy, student: StudentIndex) -> bool {
    optimum.evaluation.of_student(student).iter().any(|pair| {
        let host = optimum.instance.projects[pair.project.at()].host;
        let is_near = |other: rules::domain::ProjectIndex| {
            other == pair.project || (host.is_some() && optimum.instance.projects[other.at()].host == host)
        };
        let others = optimum.matching.assignments().iter().filter(|place| is_near(place.project));
        let mut ways = std::iter::once(None).chain(others.map(|place| Some(place.student)));
        ways.any(|gives_way| {
            let moves: Vec<_> =
                gives_way.map(|other| (other, None)).into_iter().chain([(student, Some(pair.project))]).collect();
            occupancy.allows(&moves, None, false)
        })
    })
}

/// The rows that keep a student from any place.
fn blocking(optimum: &Optimum, student: StudentIndex) -> Result<Vec<RowLabel>, ExplainError> {
    let first = optimum.evaluation.first_of(student);
    let columns: Vec<u32> = (first..first + optimum.evaluation.of_student(student).len() as u32).collect();
    let asking = optimum.formulation.asking(&columns, Side::Students);
    let conflicts = diagnosis::conflicts(&asking, None, optimum.command, optimum.limits)?;
    Ok(conflicts.into_iter().next().map(|conflict| conflict.rows).unwrap_or_default())
}
