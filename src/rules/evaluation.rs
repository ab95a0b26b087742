//! [`Evaluation`]: the pairs that may be matched, with their points and ranks, and how many projects each rule refuses
//! each student. Computed once; everything later reads it.

use std::ops::Range;
use std::thread;

use crate::domain::{FundSet, Instance, Points, Policy, ProjectIndex, StudentIndex, Waiver};
use crate::eligibility::{self, Applicant, Refusal, Rule, RuleSet, Rulebook, Sweep, Verdict};
use crate::scoring::{self, Scale, Score};

/// A pair that may be matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// Who.
    pub student: StudentIndex,
    /// Where.
    pub project: ProjectIndex,
    /// Its points.
    pub points: Points,
    /// The rank of the choice that covers it.
    pub choice_rank: Option<u32>,
    /// The funds of which one must carry it; none = it needs none.
    pub funds: Option<FundSet>,
}

/// How many projects each rule refuses one student, in the order of [`Rule::ALL`].
pub type RefusalCounts = [u32; Rule::ALL.len()];

/// What refuses one student.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Refused {
    /// How many projects each rule refuses.
    pub by: RefusalCounts,
    /// How many of those no other rule refuses.
    pub alone: RefusalCounts,
    /// Projects that wishes refuse, of the student or the host, and no other rule.
    pub by_wishes: u32,
}

impl Refused {
    /// Counts what refuses a student at each project: rule by rule, which takes no branch for any project.
    fn count(projects: &[RuleSet]) -> Self {
        let mut refused = Self::default();
        for rule in projects.iter().fold(RuleSet::default(), |all, &rules| all | rules).iter() {
            let only = RuleSet::of(rule);
            refused.by[rule as usize] = count_where(projects, |rules| rules.contains(rule));
            refused.alone[rule as usize] = count_where(projects, |rules| rules == only);
        }
        refused.by_wishes = count_where(projects, RuleSet::is_wish);
        refused
    }
}

fn count_where(projects: &[RuleSet], is_so: impl Fn(RuleSet) -> bool) -> u32 {
    projects.iter().map(|&rules| u32::from(is_so(rules))).sum()
}

/// The pairs that may be matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// By student, then project.
    pub pairs: Vec<Pair>,
    /// By student: where its pairs are.
    ranges: Vec<Range<u32>>,
    /// By student.
    pub refused: Vec<Refused>,
    /// The largest rank that any student states; 0 where none states any.
    pub largest_choice_rank: u32,
}

impl Evaluation {
    /// The pairs of one student, by project.
    pub fn of_student(&self, student: StudentIndex) -> &[Pair] {
        let range = &self.ranges[student.at()];
        &self.pairs[range.start as usize..range.end as usize]
    }

    /// The place in `pairs` of the first pair of a student.
    pub fn first_of(&self, student: StudentIndex) -> u32 {
        self.ranges[student.at()].start
    }

    /// The place of a pair in `pairs`; `None` where it may not be matched.
    pub fn find(&self, student: StudentIndex, project: ProjectIndex) -> Option<usize> {
        let start = self.ranges[student.at()].start as usize;
        self.of_student(student).binary_search_by_key(&project, |pair| pair.project).ok().map(|at| start + at)
    }

    /// The rank that the rank goals count: that of the choice, else the largest rank stated plus 1.
    pub fn goal_rank(&self, pair: &Pair) -> u32 {
        pair.choice_rank.unwrap_or(self.largest_choice_rank + 1)
    }
}

/// Why an evaluation was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EvaluationError {
    /// More pairs may be matched than the caller allows.
    TooManyPairs {
        /// How many the caller allows.
        limit: usize,
    },
    /// It was told to stop.
    Stopped,
}

/// Judges and scores every pair: O(students · projects) rules, on every core.
///
/// # Errors
/// When more than `limit` pairs may be matched, or `stop` says so, which is asked once a student.
pub fn evaluate(
    instance: &Instance,
    policy: &Policy,
    limit: usize,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<Evaluation, EvaluationError> {
    let rulebook = Rulebook::new(instance, policy);
    let sweep = Sweep::new(&rulebook);
    let scale = Scale::of(instance, policy);
    let students: Vec<StudentIndex> = instance.student_indices().collect();
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let share = students.len().div_ceil(cores).max(1);
    let parts: Vec<Option<Part>> = thread::scope(|scope| {
        let workers: Vec<_> = students
            .chunks(share)
            .map(|chunk| scope.spawn(|| evaluate_students(chunk, &sweep, scale, limit, stop)))
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    let mut evaluation = Evaluation {
        pairs: Vec::with_capacity(parts.iter().flatten().map(|part| part.pairs.len()).sum()),
        ranges: Vec::with_capacity(students.len()),
        refused: Vec::with_capacity(students.len()),
        largest_choice_rank: instance.largest_choice_rank(),
    };
    for part in parts {
        let part = part.ok_or(EvaluationError::Stopped)?;
        for count in part.counts {
            let start = evaluation.ranges.last().map_or(0, |range: &Range<u32>| range.end);
            evaluation.ranges.push(start..start + count);
        }
        evaluation.pairs.extend(part.pairs);
        evaluation.refused.extend(part.refused);
        if evaluation.pairs.len() > limit {
            return Err(EvaluationError::TooManyPairs { limit });
        }
    }
    Ok(evaluation)
}

/// The pairs of some students.
#[derive(Default)]
struct Part {
    pairs: Vec<Pair>,
    counts: Vec<u32>,
    refused: Vec<Refused>,
}

/// How many students are taken through the projects together: what the rules look at of a project is then fetched from
/// memory once for all of them. From 4 to 32 no difference was measured.
const TOGETHER: usize = 8;

fn evaluate_students(
    students: &[StudentIndex],
    sweep: &Sweep,
    scale: Scale,
    limit: usize,
    stop: &(dyn Fn() -> bool + Sync),
) -> Option<Part> {
    let mut part = Part::default();
    for students in students.chunks(TOGETHER) {
        if part.pairs.len() > limit {
            break;
        }
        let mut rows = Vec::with_capacity(TOGETHER);
        for &student in students {
            if stop() {
                return None;
            }
            rows.push(Row { student, applicant: sweep.applicant(student), pairs: Vec::new(), refusing: Vec::new() });
        }
        for project in sweep.projects() {
            rows.iter_mut().for_each(|row| row.evaluate(project, sweep, scale));
        }
        for row in rows {
            part.counts.push(row.pairs.len() as u32);
            part.pairs.extend(row.pairs);
            part.refused.push(Refused::count(&row.refusing));
        }
    }
    Some(part)
}

/// One student on the way through the projects.
struct Row<'a> {
    student: StudentIndex,
    applicant: Applicant<'a>,
    pairs: Vec<Pair>,
    /// By project: what refuses the student there.
    refusing: Vec<RuleSet>,
}

impl Row<'_> {
    fn evaluate(&mut self, project: ProjectIndex, sweep: &Sweep, scale: Scale) {
        let case = sweep.case(&self.applicant, project);
        let rules = eligibility::refusing_rules(&case);
        if rules.is_empty() {
            let (points, funds) = (scoring::points(&case, scale), eligibility::needed_funds(&case));
            self.pairs.push(Pair { student: self.student, project, points, choice_rank: case.choice_rank, funds });
        }
        self.refusing.push(rules);
    }
}

/// Everything the rules and the score say of one pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairEvaluation {
    /// Who.
    pub student: StudentIndex,
    /// Where.
    pub project: ProjectIndex,
    /// What all rules together say.
    pub verdict: Verdict,
    /// Every rule that refuses.
    pub refusals: Vec<Refusal>,
    /// The waivers without which more rules would.
    pub used_waivers: Vec<Waiver>,
    /// The points it has or would have.
    pub score: Score,
    /// The rank of the choice that covers it.
    pub choice_rank: Option<u32>,
    /// The host's rank.
    pub host_rank: Option<u32>,
}

/// Answers about single pairs, with every reason.
pub struct PairEvaluator<'a> {
    rulebook: Rulebook<'a>,
    scale: Scale,
}

impl<'a> PairEvaluator<'a> {
    /// The evaluator of a season under a policy.
    pub fn new(instance: &'a Instance, policy: &'a Policy) -> Self {
        Self { rulebook: Rulebook::new(instance, policy), scale: Scale::of(instance, policy) }
    }

    /// The rules that refuse a pair, without what they say.
    pub fn refusing(&self, student: StudentIndex, project: ProjectIndex) -> RuleSet {
        eligibility::refusing_rules(&self.rulebook.case(student, project))
    }

    /// The rank of the choice that covers a pair, and its points.
    pub fn rank_and_points(&self, student: StudentIndex, project: ProjectIndex) -> (Option<u32>, Points) {
        let case = self.rulebook.case(student, project);
        (case.choice_rank, scoring::points(&case, self.scale))
    }

    /// What the rules and the score say of a pair.
    pub fn evaluate(&self, student: StudentIndex, project: ProjectIndex) -> PairEvaluation {
        let case = self.rulebook.case(student, project);
        let refusals = eligibility::refusals(&case);
        PairEvaluation {
            student,
            project,
            verdict: eligibility::verdict(&refusals),
            refusals,
            used_waivers: eligibility::used_waivers(&case),
            score: scoring::score(&case, self.scale),
            choice_rank: case.choice_rank,
            host_rank: case.posting.project.rank_of(student),
        }
    }
}
