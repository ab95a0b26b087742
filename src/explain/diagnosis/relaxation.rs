//! Relaxations: changes of the request after which there is a matching, the fewest units first.
//!
//! Every matching breaks a row of every conflict, so a change must loosen one of each. For each row of the first conflict the least
//! change is looked for that does, by doubling and bisection; to it comes the cheapest change of every other conflict. One of each kind of
//! change is given before two of one kind, so that who decides sees what may be decided at all.

use std::collections::HashMap;
use std::mem;

use formulation::{RowLabel, formulate};
use rules::domain::{Edit, Instance, Policy, StudentIndex};
use rules::evaluation::{self, Evaluation, PairEvaluator};
use solve::{self, Limits, Solved, SolverCommand, SolverFailure};

use super::conflict::Conflict;
use crate::parallel;

/// Relaxations given at most, unless there are more kinds of changes.
const MOST_RELAXATIONS: usize = 5;

/// Changes after which there is a matching.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relaxation {
    /// What is changed.
    pub edits: Vec<Edit>,
    /// By how much: seats, students, units of quotas, and 1 for each pin, demand, link or rule that goes.
    pub units: i64,
}

/// A season and what solves it.
struct Season<'a> {
    instance: &'a Instance,
    policy: &'a Policy,
    evaluation: &'a Evaluation,
    command: &'a SolverCommand,
    limits: Limits,
}

/// The least relaxations of a season with these conflicts: of each kind of change to the first conflict that with the fewest units, then the
/// others. Fewer, or none, where time is over.
///
/// # Errors
/// When the solver fails.
pub fn relaxations(
    instance: &Instance,
    policy: &Policy,
    evaluation: &Evaluation,
    conflicts: &[Conflict],
    command: &SolverCommand,
    limits: &Limits,
) -> Result<Vec<Relaxation>, SolverFailure> {
    let limits = Limits { lottery: false, ..limits.clone() };
    let season = Season { instance, policy, evaluation, command, limits };
    let Some((first, others)) = conflicts.split_first() else { return Ok(Vec::new()) };
    let opened = |conflict: &Conflict| -> Vec<Edit> {
        let loosenings = conflict.rows.iter().flat_map(|&label| season.loosenings(label));
        loosenings.flat_map(|loosening| (loosening.edits)(loosening.most)).collect()
    };
    let mut of_others: Vec<Edit> = Vec::new();
    let mut units_of_others = 0;
    for conflict in others {
        let all_others: Vec<Edit> = conflicts.iter().filter(|other| *other != conflict).flat_map(opened).collect();
        let Some(cheapest) = season.changes(conflict, &all_others)?.into_iter().next() else { return Ok(Vec::new()) };
        of_others.extend(cheapest.edits);
        units_of_others += cheapest.units;
    }
    let mut found = one_of_each_kind_first(season.changes(first, &of_others)?);
    for relaxation in &mut found {
        relaxation.edits.extend(of_others.iter().copied());
        relaxation.units += units_of_others;
    }
    Ok(found)
}

/// The first of each kind of change, then the second, and so on; as many as are given.
fn one_of_each_kind_first(found: Vec<Relaxation>) -> Vec<Relaxation> {
    let mut of_kind: HashMap<_, usize> = HashMap::new();
    let mut placed: Vec<(usize, Relaxation)> = Vec::new();
    for relaxation in found {
        let count = of_kind.entry(relaxation.edits.first().map(mem::discriminant)).or_default();
        placed.push((*count, relaxation));
        *count += 1;
    }
    placed.sort_by_key(|&(place, _)| place);
    placed.into_iter().take(of_kind.len().max(MOST_RELAXATIONS)).map(|(_, relaxation)| relaxation).collect()
}

/// A change that loosens a row by some units, from 1 to `most`.
struct Loosening<'a> {
    edits: Box<dyn Fn(i64) -> Vec<Edit> + Sync + 'a>,
    most: i64,
}

impl Season<'_> {
    /// For each loosening of a row of a conflict, the least of it after which there is a matching, where the other conflicts are changed
    /// so; fewest units first.
    fn changes(&self, conflict: &Conflict, of_others: &[Edit]) -> Result<Vec<Relaxation>, SolverFailure> {
        let loosenings: Vec<Loosening> = conflict.rows.iter().flat_map(|&label| self.loosenings(label)).collect();
        let least = parallel::map(&loosenings, |loosening| self.least(loosening, of_others));
        let mut found = Vec::new();
        for (loosening, units) in loosenings.iter().zip(least) {
            found.extend(units?.map(|units| Relaxation { edits: (loosening.edits)(units), units }));
        }
        found.sort_by_key(|relaxation| relaxation.units);
        Ok(found)
    }

    /// What loosens a row.
    fn loosenings(&self, label: RowLabel) -> Vec<Loosening<'_>> {
        let whole = |edits: Vec<Edit>| Loosening { edits: Box::new(move |_| edits.clone()), most: 1 };
        let students = self.instance.students.len() as i64;
        let raised = |from: u32, by: i64| u32::try_from(i64::from(from) + by).unwrap_or(u32::MAX);
        match label {
            RowLabel::Placement(_) | RowLabel::Carriage(_) | RowLabel::Interviews(_) | RowLabel::Asked(_) => Vec::new(),
            RowLabel::ProjectSeats(project) => {
                let seats = self.instance.projects[project.at()].max_seats();
                vec![Loosening {
                    edits: Box::new(move |by| vec![Edit::ProjectSeats(project, raised(seats, by))]),
                    most: students,
                }]
            }
            RowLabel::HostSeats(host) => {
                let seats = self.instance.hosts[host.at()].max_seats.unwrap_or(0);
                vec![Loosening {
                    edits: Box::new(move |by| vec![Edit::HostSeats(host, raised(seats, by))]),
                    most: students,
                }]
            }
            RowLabel::Opening(project) => {
                let row = &self.instance.projects[project.at()];
                let (least, most) = (i64::from(row.min_seats()), row.max_seats());
                vec![
                    Loosening {
                        edits: Box::new(move |by| vec![Edit::ProjectMinimum(project, (least - by).max(0) as u32)]),
                        most: least,
                    },
                    Loosening {
                        edits: Box::new(move |by| vec![Edit::ProjectSeats(project, raised(most, by))]),
                        most: students,
                    },
                ]
            }
            RowLabel::MustOpen(project) => {
                let least = i64::from(self.instance.projects[project.at()].min_seats());
                let mut loosenings = vec![whole(vec![Edit::MayStayClosed(project)])];
                if least > 1 {
                    let lowered = move |by: i64| vec![Edit::ProjectMinimum(project, (least - by).max(1) as u32)];
                    loosenings.push(Loosening { edits: Box::new(lowered), most: least - 1 });
                }
                loosenings
            }
            RowLabel::Pin(student, project) => {
                let mut loosenings = vec![whole(vec![Edit::Unpin(student, project)])];
                let refusals = PairEvaluator::new(self.instance, self.policy).evaluate(student, project).refusals;
                if !refusals.is_empty() && refusals.iter().all(|refusal| refusal.rule.is_waivable()) {
                    let mut rules: Vec<_> = refusals.iter().map(|refusal| refusal.rule).collect();
                    rules.dedup();
                    loosenings
                        .push(whole(rules.into_iter().map(|rule| Edit::Waive(student, Some(project), rule)).collect()));
                }
                loosenings
            }
            RowLabel::MustPlace(student) => {
                let mut loosenings = vec![whole(vec![Edit::NeedNoPlace(student)])];
                loosenings.extend(self.nearest(student).map(whole));
                loosenings
            }
            RowLabel::Quota(quota, _) => {
                let stated = &self.policy.quotas[quota as usize];
                let mut loosenings = Vec::new();
                if let Some(min) = stated.min.filter(|&min| min > 0) {
                    loosenings.push(Loosening {
                        edits: Box::new(move |by| vec![Edit::QuotaMinimum(quota, (min - by).max(0))]),
                        most: min,
                    });
                }
                if let Some(max) = stated.max {
                    loosenings.push(Loosening {
                        edits: Box::new(move |by| vec![Edit::QuotaMaximum(quota, max + by)]),
                        most: students,
                    });
                }
                loosenings
            }
            RowLabel::Fund(fund) => {
                let places = self.instance.funds[fund as usize].places();
                let edits = move |by| vec![Edit::FundPlaces(fund, raised(places, by))];
                vec![Loosening { edits: Box::new(edits), most: students }]
            }
            RowLabel::Stability => vec![whole(vec![Edit::MayBlock])],
            RowLabel::Link(link) => vec![whole(vec![Edit::Unlink(link)])],
        }
    }

    /// The waivers that would let a student go to the project with the fewest failing rules, where all can be waived.
    fn nearest(&self, student: StudentIndex) -> Option<Vec<Edit>> {
        if !self.evaluation.of_student(student).is_empty() {
            return None;
        }
        let evaluator = PairEvaluator::new(self.instance, self.policy);
        let with_seats = self.instance.project_indices().filter(|&project| self.instance.has_seats(project));
        let near = with_seats.filter_map(|project| {
            let mut rules: Vec<_> = evaluator.evaluate(student, project).refusals.iter().map(|r| r.rule).collect();
            rules.dedup();
            rules.iter().all(|rule| rule.is_waivable()).then_some((rules, project))
        });
        let (rules, project) = near.min_by_key(|(rules, project)| (rules.len(), *project))?;
        Some(rules.into_iter().map(|rule| Edit::Waive(student, Some(project), rule)).collect())
    }

    /// The fewest units of a loosening after which there is a matching, where the other conflicts are changed so.
    fn least(&self, loosening: &Loosening, of_others: &[Edit]) -> Result<Option<i64>, SolverFailure> {
        let mut most = 1;
        while self.holds(&[&(loosening.edits)(most), of_others].concat())? != Some(true) {
            if most >= loosening.most || self.limits.stop().is_some() {
                return Ok(None);
            }
            most = (2 * most).min(loosening.most);
        }
        let mut least = most / 2 + 1;
        while least < most {
            let middle = (least + most) / 2;
            if self.holds(&[&(loosening.edits)(middle), of_others].concat())? == Some(true) {
                most = middle;
            } else {
                least = middle + 1;
            }
        }
        Ok(Some(most))
    }

    /// Whether there is a matching after some changes; `None` where time is over.
    fn holds(&self, edits: &[Edit]) -> Result<Option<bool>, SolverFailure> {
        let (mut instance, mut policy) = (self.instance.clone(), self.policy.clone());
        edits.iter().for_each(|edit| edit.apply(&mut instance, &mut policy));
        policy.goals.clear();
        let anew = if edits.iter().any(Edit::opens_pairs) {
            let Ok(anew) = evaluation::evaluate(&instance, &policy, usize::MAX, &|| self.limits.stop().is_some())
            else {
                return Ok(None);
            };
            Some(anew)
        } else {
            None
        };
        let formulation = formulate(&instance, &policy, anew.as_ref().unwrap_or(self.evaluation));
        Ok(match solve::solve(&formulation, self.command, &self.limits)? {
            Solved::Solution(_) => Some(true),
            Solved::Infeasible(_) => Some(false),
            Solved::Nothing(_) => None,
        })
    }
}
