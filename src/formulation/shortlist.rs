//! The integer program of a shortlist: who interviews whom before a match (a b-matching).
//!
//! One column `x[p]` per pair that may be interviewed, `u[s]` for a student who is left without and `v[j]` for a project that is:
//! pairs with nobody. With K(j) interviews at a project and M of a student:
//!
//! | label | row |
//! |---|---|
//! | **S1** interviews of a student | `1 ≤ u[s] + Σ x ≤ M` |
//! | **S2** interviews of a project | `1 ≤ v[j] + Σ x ≤ K(j)` |
//! | **S3** once | `x ≤ 1`, `u ≤ 1`, `v ≤ 1` |
//!
//! Goals: least `Σ u`, least `Σ v`, greatest `Σ x`, greatest `Σ points · x`. The first two make `u` and `v` 0 wherever anybody is
//! interviewed. S1 and S3 nest over students, S2 over projects, so that it is a network.

use super::{Columns, Formulation, GoalMeasure, Lottery, Measure, Reading, Row, RowLabel, Side};
use rules::domain::Instance;
use rules::evaluation::{Evaluation, Pair};

/// How many interviews there may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interviews {
    /// By project.
    pub of_projects: Vec<u32>,
    /// Of each student.
    pub of_student: u32,
}

/// What a shortlist is best by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShortlistGoal {
    /// Fewest students without an interview.
    StudentsWithout,
    /// Fewest projects without an interview.
    ProjectsWithout,
    /// Most interviews.
    Interviews,
    /// Greatest sum of points.
    Points,
}

/// The goals of a shortlist, most important first.
pub const GOALS: [ShortlistGoal; 4] =
    [ShortlistGoal::StudentsWithout, ShortlistGoal::ProjectsWithout, ShortlistGoal::Interviews, ShortlistGoal::Points];

/// Writes the integer program over the pairs that may be interviewed, in the order of the evaluation, and those with nobody after them.
pub fn shortlist(
    instance: &Instance,
    evaluation: &Evaluation,
    interviews: &Interviews,
    may: &dyn Fn(&Pair) -> bool,
    seed: i64,
) -> Formulation {
    let asked: Vec<&Pair> = evaluation.pairs.iter().filter(|pair| may(pair)).collect();
    let mut of_student: Vec<Vec<u32>> = vec![Vec::new(); instance.students.len()];
    let mut of_project: Vec<Vec<u32>> = vec![Vec::new(); instance.projects.len()];
    for (column, pair) in (0..).zip(&asked) {
        of_student[pair.student.at()].push(column);
        of_project[pair.project.at()].push(column);
    }
    let mut columns = Columns::of_pairs(asked.len());
    let mut goals: [Vec<i64>; 4] = Default::default();
    goals[2] = vec![1; columns.len()];
    goals[3] = asked.iter().map(|pair| i64::from(pair.points.0)).collect();
    let mut rows = Vec::new();
    let mut bounded = |side: Side, lists: Vec<Vec<u32>>, most: &dyn Fn(usize) -> u32| {
        let label = RowLabel::Interviews(side);
        let mut without = Vec::new();
        for (at, mut list) in lists.into_iter().enumerate().filter(|(_, list)| !list.is_empty()) {
            let column = columns.len() as u32;
            columns.pairs += 1;
            without.push(column);
            list.push(column);
            rows.push(Row::over(label, list, Some(1), Some(i64::from(most(at)))));
        }
        let goal = &mut goals[usize::from(side == Side::Seats)];
        goal.resize(columns.len(), 0);
        without.iter().for_each(|&column| goal[column as usize] = 1);
        without
    };
    let students = bounded(Side::Students, of_student, &|_| interviews.of_student);
    bounded(Side::Seats, of_project, &|project| interviews.of_projects[project]);
    let once = |column| Row::over(RowLabel::Interviews(Side::Students), [column], None, Some(1));
    rows.extend((0..columns.len() as u32).map(once));
    if !students.is_empty() {
        let most = students.len() as i64;
        rows.push(Row::over(RowLabel::Interviews(Side::Seats), students, None, Some(most)));
    }
    let measure = |(goal, mut weights): (ShortlistGoal, Vec<i64>)| {
        weights.resize(columns.len(), 0);
        let least = matches!(goal, ShortlistGoal::StudentsWithout | ShortlistGoal::ProjectsWithout);
        GoalMeasure { tolerance: 0, measure: Measure::Sum { weights, least }, reading: Reading::AsItIs }
    };
    let (students, projects) = (&instance.students, &instance.projects);
    let lottery = Lottery::of_ids(
        seed,
        students.iter().map(|student| student.id.as_str()),
        projects.iter().map(|project| project.id.as_str()),
        asked.iter().map(|pair| (pair.student.0, pair.project.0)).collect(),
    );
    Formulation { goals: GOALS.into_iter().zip(goals).map(measure).collect(), columns, rows, lottery, hint: None }
}
