//! Relaxations: changes of the request after which there is a matching, the fewest units first.
//!
//! Every matching breaks a row of every conflict, so a change must loosen one of each. For each row of the first conflict the least
//! change is looked for that does, by doubling and bisection; to it comes the cheapest change of every other conflict.

use formulation::{RowLabel, formulate};
use rules::domain::{Edit, Instance, Policy, StudentIndex};
use rules::evaluation::{self, Evaluation, PairEvaluator};
use solve::{self, Limits, Solved, SolverCommand, SolverFailure};

use super::conflict::Conflict;

/// Relaxations given at most.
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

/// The least relaxations of a season with these conflicts, fewest units first. Fewer, or none, where time is over.
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
        let ways = conflict.rows.iter().flat_map(|&label| season.ways(label));
        ways.flat_map(|way| (way.edits)(way.most)).collect()
    };
    let mut beside: Vec<Edit> = Vec::new();
    let mut units_beside = 0;
    for conflict in others {
        let all_others: Vec<Edit> = conflicts.iter().filter(|other| *other != conflict).flat_map(opened).collect();
        let Some(cheapest) = season.changes(conflict, &all_others)?.into_iter().next() else { return Ok(Vec::new()) };
        beside.extend(cheapest.edits);
        units_beside += cheapest.units;
    }
    let mut found = season.changes(first, &beside)?;
    for relaxation in &mut found {
        relaxation.edits.extend(beside.iter().copied());
        relaxation.units += units_beside;
    }
    found.truncate(MOST_RELAXATIONS);
    Ok(found)
}

/// A way to loosen a row by some units, from 1 to `most`.
struct Way<'a> {
    edits: Box<dyn Fn(i64) -> Vec<Edit> + 'a>,
    most: i64,
}

impl Season<'_> {
    /// For each way to loosen a row of a conflict, the least of it after which, beside other changes, there is a matching; fewest
    /// units first.
    fn changes(&self, conflict: &Conflict, beside: &[Edit]) -> Result<Vec<Relaxation>, SolverFailure> {
        let mut found = Vec::new();
        for &label in &conflict.rows {
            for way in self.ways(label) {
                if let Some(units) = self.least(&way, beside)? {
                    found.push(Relaxation { edits: (way.edits)(units), units });
                }
            }
        }
        found.sort_by_key(|relaxation| relaxation.units);
        Ok(found)
    }

    /// The ways to loosen a row.
    fn ways(&self, label: RowLabel) -> Vec<Way<'_>> {
        let whole = |edits: Vec<Edit>| Way { edits: Box::new(move |_| edits.clone()), most: 1 };
        let students = self.instance.students.len() as i64;
        let raised = |from: u32, by: i64| u32::try_from(i64::from(from) + by).unwrap_or(u32::MAX);
        match label {
            RowLabel::Placement(_) | RowLabel::Carriage(_) | RowLabel::Interviews(_) | RowLabel::Asked(_) => Vec::new(),
            RowLabel::ProjectSeats(project) => {
                let seats = self.instance.projects[project.at()].max_seats();
                vec![Way {
                    edits: Box::new(move |by| vec![Edit::ProjectSeats(project, raised(seats, by))]),
                    most: students,
                }]
            }
            RowLabel::HostSeats(host) => {
                let seats = self.instance.hosts[host.at()].max_seats.unwrap_or(0);
                vec![Way { edits: Box::new(move |by| vec![Edit::HostSeats(host, raised(seats, by))]), most: students }]
            }
            RowLabel::Opening(project) => {
                let row = &self.instance.projects[project.at()];
                let (least, most) = (i64::from(row.min_seats()), row.max_seats());
                vec![
                    Way {
                        edits: Box::new(move |by| vec![Edit::ProjectMinimum(project, (least - by).max(0) as u32)]),
                        most: least,
                    },
                    Way {
                        edits: Box::new(move |by| vec![Edit::ProjectSeats(project, raised(most, by))]),
                        most: students,
                    },
                ]
            }
            RowLabel::MustOpen(project) => {
                let least = i64::from(self.instance.projects[project.at()].min_seats());
                let mut ways = vec![whole(vec![Edit::MayStayClosed(project)])];
                if least > 1 {
                    let lowered = move |by: i64| vec![Edit::ProjectMinimum(project, (least - by).max(1) as u32)];
                    ways.push(Way { edits: Box::new(lowered), most: least - 1 });
                }
                ways
            }
            RowLabel::Pin(student, project) => {
                let mut ways = vec![whole(vec![Edit::Unpin(student, project)])];
                let refusals = PairEvaluator::new(self.instance, self.policy).evaluate(student, project).refusals;
                if !refusals.is_empty() && refusals.iter().all(|refusal| refusal.rule.is_waivable()) {
                    let mut rules: Vec<_> = refusals.iter().map(|refusal| refusal.rule).collect();
                    rules.dedup();
                    ways.push(whole(rules.into_iter().map(|rule| Edit::Waive(student, Some(project), rule)).collect()));
                }
                ways
            }
            RowLabel::MustPlace(student) => {
                let mut ways = vec![whole(vec![Edit::NeedNoPlace(student)])];
                ways.extend(self.nearest(student).map(whole));
                ways
            }
            RowLabel::Quota(quota, _) => {
                let stated = &self.policy.quotas[quota as usize];
                let mut ways = Vec::new();
                if let Some(min) = stated.min.filter(|&min| min > 0) {
                    ways.push(Way {
                        edits: Box::new(move |by| vec![Edit::QuotaMinimum(quota, (min - by).max(0))]),
                        most: min,
                    });
                }
                if let Some(max) = stated.max {
                    ways.push(Way {
                        edits: Box::new(move |by| vec![Edit::QuotaMaximum(quota, max + by)]),
                        most: students,
                    });
                }
                ways
            }
            RowLabel::Fund(fund) => {
                let places = self.instance.funds[fund as usize].places();
                let edits = move |by| vec![Edit::FundPlaces(fund, raised(places, by))];
                vec![Way { edits: Box::new(edits), most: students }]
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

    /// The fewest units of a way, beside other changes, after which there is a matching.
    fn least(&self, way: &Way, beside: &[Edit]) -> Result<Option<i64>, SolverFailure> {
        let mut most = 1;
        while self.holds(&[&(way.edits)(most), beside].concat())? != Some(true) {
            if most >= way.most || self.limits.stop().is_some() {
                return Ok(None);
            }
            most = (2 * most).min(way.most);
        }
        let mut least = most / 2 + 1;
        while least < most {
            let middle = (least + most) / 2;
            if self.holds(&[&(way.edits)(middle), beside].concat())? == Some(true) {
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
