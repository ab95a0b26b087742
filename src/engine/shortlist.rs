//! The first step of a winter: who interviews whom.

use super::{EngineError, Status, status_of};
use formulation::{self, Interviews, SHORTLIST_GOALS, ShortlistGoal};
use rules::domain::{Assignment, Instance, Matching, Policy, ProjectIndex, StudentIndex};
use rules::evaluation::{self, EvaluationError, Pair, PairEvaluation, PairEvaluator};
use solve::{self, GoalValue, Limits, Solved, SolverCommand};
use verify::{self, ShortlistCheck};

/// Who interviews whom.
#[derive(Debug, Clone, PartialEq)]
pub struct Shortlist {
    /// How the solve ended.
    pub status: Status,
    /// By student, then project.
    pub interviews: Vec<PairEvaluation>,
    /// Students who need an interview and have none, and how many projects might interview them.
    pub students_without: Vec<(StudentIndex, usize)>,
    /// Projects with seats that interview nobody, and how many students they might.
    pub projects_without: Vec<(ProjectIndex, usize)>,
    /// What was reached.
    pub goals: Vec<(ShortlistGoal, GoalValue)>,
    /// Whether the lottery was carried to the end.
    pub canonical: bool,
}

/// The season as it is before anybody was interviewed: a project that takes only whom it ranked, and ranks nobody yet, takes anybody.
pub fn before_interviews(instance: &Instance) -> Instance {
    let mut instance = instance.clone();
    for project in instance.projects.iter_mut().filter(|project| project.ranks.is_empty()) {
        project.ranked_only = false;
    }
    instance
}

/// Finds the best shortlist and proves it; `instance` is the season [`before_interviews`].
///
/// # Errors
/// See [`EngineError`].
pub fn shortlist(
    instance: &Instance,
    policy: &Policy,
    interviews: &Interviews,
    command: &SolverCommand,
    limits: &Limits,
    pair_limit: usize,
) -> Result<Shortlist, EngineError> {
    let evaluation = match evaluation::evaluate(instance, policy, pair_limit, &|| limits.stop().is_some()) {
        Ok(evaluation) => evaluation,
        Err(EvaluationError::TooManyPairs { limit }) => return Err(EngineError::TooManyPairs { limit }),
        Err(EvaluationError::Stopped) => return Ok(nothing(limits)),
    };
    let needs = Needs::new(instance);
    let may = |pair: &Pair| {
        needs.students[pair.student.at()]
            && needs.projects[pair.project.at()]
            && interviews.of_projects[pair.project.at()] > 0
    };
    let formulation = formulation::shortlist(instance, &evaluation, interviews, &may, policy.lottery_seed);
    let solution = match solve::solve(&formulation, command, limits).map_err(EngineError::SolverFailed)? {
        Solved::Solution(solution) => solution,
        Solved::Nothing(_) => return Ok(nothing(limits)),
        // Everybody may be left without.
        Solved::Infeasible(_) => return Err(EngineError::ResultRejected("a shortlist is denied".to_owned())),
    };
    let asked = evaluation.pairs.iter().filter(|pair| may(pair));
    let chosen = asked.zip(&solution.matched).filter(|&(_, &matched)| matched).map(|(pair, _)| pair);
    let matching = Matching::new(chosen.map(|p| Assignment { student: p.student, project: p.project }).collect());
    let mut counts = (vec![0; instance.students.len()], vec![0; instance.projects.len()]);
    for pair in evaluation.pairs.iter().filter(|pair| may(pair)) {
        counts.0[pair.student.at()] += 1;
        counts.1[pair.project.at()] += 1;
    }
    let check = verify::shortlist(instance, policy, &matching, &interviews.of_projects, interviews.of_student);
    let check = check.map_err(|why| EngineError::ResultRejected(why.to_owned()))?;
    let possible = |counts: &[usize]| counts.iter().filter(|&&count| count > 0).count();
    let told = values(&check, possible(&counts.0), possible(&counts.1));
    if solution.goals.iter().zip(told).any(|(reached, value)| reached.value != value) {
        return Err(EngineError::ResultRejected("the goals of a shortlist are not what it says".to_owned()));
    }
    let mut has = (vec![false; counts.0.len()], vec![false; counts.1.len()]);
    for place in matching.assignments() {
        (has.0[place.student.at()], has.1[place.project.at()]) = (true, true);
    }
    let evaluator = PairEvaluator::new(instance, policy);
    let is_left = |has: &[bool], needs: &[bool], at: usize| needs[at] && !has[at];
    let students = instance.student_indices().filter(|s| is_left(&has.0, &needs.students, s.at()));
    let projects = instance.project_indices().filter(|p| is_left(&has.1, &needs.projects, p.at()));
    Ok(Shortlist {
        status: status_of(solution.goals.iter().all(|goal| goal.proven), solution.stop),
        interviews: matching.assignments().iter().map(|a| evaluator.evaluate(a.student, a.project)).collect(),
        students_without: students.map(|student| (student, counts.0[student.at()])).collect(),
        projects_without: projects.map(|project| (project, counts.1[project.at()])).collect(),
        goals: SHORTLIST_GOALS.into_iter().zip(solution.goals).collect(),
        canonical: solution.canonical,
    })
}

/// The values of the goals, given how many might have an interview.
fn values(check: &ShortlistCheck, students: usize, projects: usize) -> [i64; 4] {
    let without = |all: usize, some: usize| all as i64 - some as i64;
    let (students, projects) = (without(students, check.students), without(projects, check.projects));
    [students, projects, check.interviews as i64, check.points]
}

fn nothing(limits: &Limits) -> Shortlist {
    Shortlist {
        status: super::nothing(limits.stop()).status,
        interviews: Vec::new(),
        students_without: Vec::new(),
        projects_without: Vec::new(),
        goals: Vec::new(),
        canonical: false,
    }
}

/// By student and by project: whether an interview is needed. Who is pinned needs none, nor does a project without a seat left.
struct Needs {
    students: Vec<bool>,
    projects: Vec<bool>,
}

impl Needs {
    fn new(instance: &Instance) -> Self {
        let mut seats: Vec<u32> = instance.projects.iter().map(|project| project.max_seats()).collect();
        let mut students = vec![true; instance.students.len()];
        let mut hosted = vec![0_u32; instance.hosts.len()];
        for note in instance.notes.iter().filter(|note| instance.pins(note)) {
            students[note.student.at()] = false;
            seats[note.project.at()] = seats[note.project.at()].saturating_sub(1);
            if let Some(host) = instance.projects[note.project.at()].host {
                hosted[host.at()] += 1;
            }
        }
        let has_seats = |project: ProjectIndex| {
            let host = instance.projects[project.at()].host;
            let is_free = |host: rules::domain::HostIndex| {
                instance.hosts[host.at()].max_seats.is_none_or(|seats| hosted[host.at()] < seats)
            };
            seats[project.at()] > 0 && host.is_none_or(is_free)
        };
        let projects = instance.project_indices().map(has_seats).collect();
        Self { students, projects }
    }
}
