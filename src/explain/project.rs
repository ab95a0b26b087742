//! Why a project has whom it has, why it is empty or closed, and who came next.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::{Asked, ExplainError, Optimum, PairExplanation, Prospect, is_closed};
use rules::domain::{ProjectIndex, Rule, StudentIndex};
use rules::evaluation::{PairEvaluation, PairEvaluator};
use solve::{Forced, Residual};
use verify::Occupancy;

/// What a project is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProjectState {
    /// It has no seats.
    NoSeats,
    /// No student may be there.
    NoEligibleStudent,
    /// All seats are taken.
    Full,
    /// Some are.
    FreeSeats,
    /// Nobody is there.
    Empty,
    /// It stays closed for want of its minimum.
    Closed,
}

/// Why a project has whom it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectExplanation {
    /// Which.
    pub project: ProjectIndex,
    /// What it is.
    pub state: ProjectState,
    /// Whether its host has no seat left.
    pub host_is_full: bool,
    /// Who is there.
    pub places: Vec<PairEvaluation>,
    /// Students who may be there.
    pub eligible: usize,
    /// How many students each rule refuses it, rules that refuse none left out.
    pub refusals: Vec<(Rule, u32)>,
    /// Who applied, where no student may be there and any student of the season states a choice.
    pub applicants: Option<Applicants>,
    /// Who came next, and what it would take.
    pub next: Vec<PairExplanation>,
    /// What it would take that anybody is there who is not, where `next` does not say so.
    pub newcomer: Option<Prospect>,
}

/// Students whose choices cover a project, or who state none and go anywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applicants {
    /// How many.
    pub count: u32,
    /// How many of them each rule refuses, rules that refuse none left out.
    pub refusals: Vec<(Rule, u32)>,
}

/// Students told who came next.
const MOST_TOLD: usize = 3;

impl Optimum<'_> {
    /// Says why a project has whom it has.
    ///
    /// # Errors
    /// See [`ExplainError`].
    pub fn explain_project(&self, project: ProjectIndex) -> Result<ProjectExplanation, ExplainError> {
        let occupancy = self.occupancy();
        let evaluator = PairEvaluator::new(self.instance, self.policy);
        let mut refused = [0_u32; Rule::ALL.len()];
        let (mut applicants, mut refused_applicants) = (0, [0_u32; Rule::ALL.len()]);
        let (mut places, mut candidates) = (Vec::new(), Vec::new());
        let mut eligible = 0;
        for student in self.instance.student_indices() {
            let pair = evaluator.evaluate(student, project);
            let mut rules: Vec<Rule> = pair.refusals.iter().map(|refusal| refusal.rule).collect();
            rules.dedup();
            rules.iter().for_each(|&rule| refused[rule as usize] += 1);
            let row = &self.instance.students[student.at()];
            if pair.choice_rank.is_some() || (row.choices.is_empty() && !row.choices_only) {
                applicants += 1;
                rules.iter().for_each(|&rule| refused_applicants[rule as usize] += 1);
            }
            eligible += usize::from(rules.is_empty());
            if occupancy.place(student) == Some(project) {
                places.push(pair);
            } else if rules.is_empty() {
                candidates.push(student);
            }
        }
        let state = match occupancy.count(project) {
            _ if !self.instance.has_seats(project) => ProjectState::NoSeats,
            _ if eligible == 0 => ProjectState::NoEligibleStudent,
            0 if is_closed(self.instance, project) => ProjectState::Closed,
            0 => ProjectState::Empty,
            _ if occupancy.is_full(project) => ProjectState::Full,
            _ => ProjectState::FreeSeats,
        };
        let next = self.with_residual(|residual| match residual {
            Some(residual) => self.next(residual, &occupancy, project),
            None => Ok(Vec::new()),
        })?;
        let newcomer = if next.is_empty() && !candidates.is_empty() {
            Some(self.prospect(Asked::Newcomer(project))?)
        } else {
            None
        };
        let counts = |refused: [u32; Rule::ALL.len()]| -> Vec<(Rule, u32)> {
            Rule::ALL.into_iter().zip(refused).filter(|&(_, count)| count > 0).collect()
        };
        let is_told = state == ProjectState::NoEligibleStudent && self.instance.largest_choice_rank() > 0;
        let applicants = is_told.then(|| Applicants { count: applicants, refusals: counts(refused_applicants) });
        let refusals = counts(refused);
        let host_is_full = occupancy.is_host_full(project);
        Ok(ProjectExplanation { project, state, host_is_full, places, eligible, refusals, applicants, next, newcomer })
    }

    /// The students whose coming would cost the least; none where the network does not settle it.
    fn next(
        &self,
        residual: &Residual,
        occupancy: &Occupancy,
        project: ProjectIndex,
    ) -> Result<Vec<PairExplanation>, ExplainError> {
        let student = |column: u32| self.evaluation.pairs[column as usize].student;
        let of_project = (0..).zip(&self.evaluation.pairs).filter(|(_, pair)| pair.project == project);
        // Pairs of students who are pinned elsewhere are not in the network.
        let forced = of_project.map(|(column, _)| residual.forcing(column, false)).find(|forced| !forced.is_empty());
        let mut detours: Vec<_> = forced.unwrap_or_default();
        detours.retain(|(_, forced)| matches!(forced, Forced::Detour(_)));
        let key = |(column, forced): &(u32, Forced)| {
            // Who goes from one place to another moves once.
            let (costs, moved) = match forced {
                Forced::Detour(detour) => {
                    let moved = detour.added.iter().chain(&detour.removed).map(|&column| student(column));
                    (detour.costs.clone(), moved.collect::<BTreeSet<_>>().len())
                }
                Forced::Blocked(_) => (Vec::new(), 0),
            };
            let pair = &self.evaluation.pairs[*column as usize];
            let rank = self.instance.projects[project.at()].rank_of(pair.student).unwrap_or(u32::MAX);
            (costs, moved, rank, Reverse(pair.points), pair.student)
        };
        detours.sort_by_cached_key(key);
        let mut next = Vec::new();
        for (column, forced) in detours.iter().take(MOST_TOLD) {
            // Where a row that the network leaves out is broken, others may come before.
            let Some(prospect) = self.forced(occupancy, forced) else { return Ok(next) };
            let student: StudentIndex = student(*column);
            next.push(self.explained(student, project, || Ok(prospect))?);
        }
        Ok(next)
    }
}
