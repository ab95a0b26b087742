//! The hard rules: whether a student may be matched to a project, and every rule that refuses.
//!
//! Each rule is a file with one function that reports what was asked and what was found. The same function serves the
//! fast pass over every pair, which only counts, and the full answer about one pair, so the two can't disagree.

mod acceptability;
mod alumni;
mod approval;
mod courses;
mod dates;
mod duration;
mod exemption;
mod forbidden;
mod funding;
mod gpa;
mod language;
mod materials;
mod offer;
mod pay;
mod skills;
mod study_level;
mod supervision;
mod suspension;
mod withdrawal;
mod work_authorization;

use crate::domain::{
    Country, FundScope, FundSet, Instance, PairNote, Policy, Program, Project, ProjectIndex, Student, StudentIndex,
    Target, Waiver,
};

pub use crate::domain::Rule;
pub use language::{Held, level_held};

/// What the rules say of a pair. The order is from mild to grave; the gravest refusal decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It may be matched.
    Eligible,
    /// One of the two does not wish it.
    Unacceptable,
    /// A fact that a rule needs is not known.
    NeedsData,
    /// A rule fails.
    Ineligible,
}

/// One rule that refuses a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Which.
    pub rule: Rule,
    /// What it alone makes of the pair; never `Eligible`.
    pub verdict: Verdict,
    /// What was asked.
    pub required: String,
    /// What was found.
    pub observed: String,
}

/// The rules that are wishes, as a set.
const WISHES: u32 = {
    let (mut wishes, mut at) = (0, 0);
    while at < Rule::ALL.len() {
        if Rule::ALL[at].is_wish() {
            wishes |= 1 << at;
        }
        at += 1;
    }
    wishes
};

/// A set has a bit for each rule.
const _: () = assert!(Rule::ALL.len() <= u32::BITS as usize);

/// A set of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RuleSet(u32);

impl RuleSet {
    /// Whether it holds none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether it holds wishes alone, and any.
    pub fn is_wish(self) -> bool {
        self.0 != 0 && self.0 & !WISHES == 0
    }

    /// How many it holds.
    pub fn count(self) -> u32 {
        self.0.count_ones()
    }

    /// The rules held, in order.
    pub fn iter(self) -> impl Iterator<Item = Rule> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let next = Rule::ALL.get(left.trailing_zeros() as usize).copied()?;
            left &= left - 1;
            Some(next)
        })
    }
}

/// Everything the rules may look at about one pair.
pub struct Case<'a> {
    /// The season.
    pub instance: &'a Instance,
    /// What is wanted.
    pub policy: &'a Policy,
    /// Who.
    pub student: &'a Student,
    /// Who, as an index.
    pub student_index: StudentIndex,
    /// Where.
    pub project: &'a Project,
    /// The project's program.
    pub program: Option<&'a Program>,
    /// Where the project is.
    pub country: Option<Country>,
    /// What choices and vetoes may name to mean the project, most specific first.
    pub targets: &'a [Target],
    /// The note on the pair.
    pub note: Option<&'a PairNote>,
    /// The student's waivers.
    pub waivers: &'a [Waiver],
    /// The funds that may carry the placement.
    pub funds: FundSet,
}

impl Case<'_> {
    /// The waiver by which a rule does not hold for the pair.
    fn waiver(&self, rule: Rule) -> Option<&Waiver> {
        let holds_here = |waiver: &&Waiver| waiver.scope.is_none_or(|scope| self.targets.contains(&scope));
        let mut of_rule = self.waivers.iter().filter(|waiver| waiver.rule == rule).filter(holds_here);
        of_rule.find(|waiver| waiver.is_valid(self.policy.as_of))
    }
}

/// Makes cases: what a project's rules look at is looked up once.
pub struct Rulebook<'a> {
    instance: &'a Instance,
    policy: &'a Policy,
    projects: Vec<(Option<Country>, Vec<Target>)>,
    funds: Option<FundScope>,
}

impl<'a> Rulebook<'a> {
    /// The rulebook of a season under a policy.
    pub fn new(instance: &'a Instance, policy: &'a Policy) -> Self {
        let project =
            |index: ProjectIndex| (instance.country_of(&instance.projects[index.at()]), instance.targets_of(index));
        let funds = policy.paid_only.then(|| FundScope::new(instance));
        Self { instance, policy, projects: instance.project_indices().map(project).collect(), funds }
    }

    /// The case of one pair.
    pub fn case(&self, student: StudentIndex, project: ProjectIndex) -> Case<'_> {
        let instance = self.instance;
        let (country, targets) = &self.projects[project.at()];
        let row = &instance.projects[project.at()];
        Case {
            instance,
            policy: self.policy,
            student: &instance.students[student.at()],
            student_index: student,
            project: row,
            program: row.program.map(|p| &instance.programs[p.at()]),
            country: *country,
            targets,
            note: instance.note(student, project),
            waivers: if instance.waivers.is_empty() { &[] } else { instance.waivers_of(student) },
            funds: self.funds.as_ref().map_or(0, |funds| funds.of(student, project)),
        }
    }
}

/// Where a rule says what it refuses. The texts are made only where somebody reads them.
trait Report {
    fn refuse(
        &mut self,
        rule: Rule,
        verdict: Verdict,
        required: impl FnOnce() -> String,
        observed: impl FnOnce() -> String,
    );
}

impl Report for RuleSet {
    fn refuse(&mut self, rule: Rule, _: Verdict, _: impl FnOnce() -> String, _: impl FnOnce() -> String) {
        self.0 |= 1 << rule as u32;
    }
}

impl Report for Vec<Refusal> {
    fn refuse(
        &mut self,
        rule: Rule,
        verdict: Verdict,
        required: impl FnOnce() -> String,
        observed: impl FnOnce() -> String,
    ) {
        self.push(Refusal { rule, verdict, required: required(), observed: observed() });
    }
}

/// Passes on what no waiver covers.
struct Waiving<'a, R> {
    case: &'a Case<'a>,
    report: &'a mut R,
}

impl<R: Report> Report for Waiving<'_, R> {
    fn refuse(
        &mut self,
        rule: Rule,
        verdict: Verdict,
        required: impl FnOnce() -> String,
        observed: impl FnOnce() -> String,
    ) {
        if self.case.waiver(rule).is_none() {
            self.report.refuse(rule, verdict, required, observed);
        }
    }
}

fn judge(case: &Case, report: &mut impl Report) {
    if case.waivers.is_empty() {
        check_all(case, report);
    } else {
        check_all(case, &mut Waiving { case, report });
    }
}

fn check_all(case: &Case, report: &mut impl Report) {
    language::check(case, report);
    skills::check(case, report);
    dates::check(case, report);
    duration::check(case, report);
    work_authorization::check(case, report);
    study_level::check(case, report);
    gpa::check(case, report);
    courses::check(case, report);
    approval::check(case, report);
    suspension::check(case, report);
    materials::check(case, report);
    supervision::check(case, report);
    forbidden::check(case, report);
    acceptability::check(case, report);
    offer::check(case, report);
    funding::check(case, report);
    pay::check(case, report);
    alumni::check(case, report);
    withdrawal::check(case, report);
}

/// The rules that refuse a pair; empty = it may be matched.
pub fn refusing_rules(case: &Case) -> RuleSet {
    let mut rules = RuleSet::default();
    judge(case, &mut rules);
    rules
}

/// Every refusal of a pair, with what was asked and what was found, in the order of [`Rule::ALL`].
pub fn refusals(case: &Case) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    judge(case, &mut refusals);
    // One check may be about several rules.
    refusals.sort_by_key(|refusal: &Refusal| refusal.rule);
    refusals
}

/// The waivers without which a pair would be refused by their rules.
pub fn used_waivers(case: &Case) -> Vec<Waiver> {
    if case.waivers.is_empty() {
        return Vec::new();
    }
    let mut rules = RuleSet::default();
    check_all(case, &mut rules);
    if case.policy.paid_only && !case.project.pays() {
        // Without its waiver a fund would have to carry it.
        rules.0 |= 1 << Rule::Funding as u32;
    }
    rules.iter().filter_map(|rule| case.waiver(rule).cloned()).collect()
}

/// The funds of which one must carry the placement; `None` where it needs none.
pub fn needed_funds(case: &Case) -> Option<FundSet> {
    let needs = case.policy.paid_only && !case.project.pays() && case.waiver(Rule::Funding).is_none();
    needs.then_some(case.funds)
}

/// What refusals together make of a pair: the gravest.
pub fn verdict(refusals: &[Refusal]) -> Verdict {
    refusals.iter().map(|refusal| refusal.verdict).max().unwrap_or(Verdict::Eligible)
}
