//! The hard rules: whether a student may be matched to a project, and every rule that refuses.
//!
//! Each rule is a file with one function that reports what was asked and what was found. The same function serves the
//! fast pass over every pair, which only counts, and the full answer about one pair, so the two can't disagree. What it
//! takes says what it may look at: a [`Posting`], an [`Admission`] or a whole [`Case`]; of the first two the fast pass
//! asks it once, and not for every pair.

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
mod rulebook;
mod skills;
mod study_level;
mod supervision;
mod suspension;
mod sweep;
mod withdrawal;
mod work_authorization;

use crate::domain::{FundSet, Waiver};

pub use crate::domain::Rule;
pub use language::{Held, level_held};
pub use rulebook::{Admission, Case, Posting, Rulebook};
pub use sweep::{Applicant, Sweep};

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
    /// That of one rule.
    pub fn of(rule: Rule) -> Self {
        Self(1 << rule as u32)
    }

    /// Whether it holds a rule.
    pub fn contains(self, rule: Rule) -> bool {
        self.0 & Self::of(rule).0 != 0
    }

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

    /// Adds a rule.
    fn insert(&mut self, rule: Rule) {
        *self = *self | Self::of(rule);
    }

    /// The rules held for which something is so.
    fn filter(self, is_so: impl Fn(Rule) -> bool) -> Self {
        let mut kept = Self::default();
        self.iter().filter(|&rule| is_so(rule)).for_each(|rule| kept.insert(rule));
        kept
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

impl std::ops::BitOr for RuleSet {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
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
        self.insert(rule);
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

/// What is about the pair as such.
fn check_pair(case: &Case, report: &mut impl Report) {
    language::check(case, report);
    skills::check(case, report);
    dates::check(case, report);
    work_authorization::check(case, report);
    study_level::check(case, report);
    forbidden::check(case, report);
    acceptability::check(case, report);
    offer::check(case, report);
    funding::check(case, report);
}

/// What is about the student, and about the student in the project's program.
fn check_admission(admission: &Admission, report: &mut impl Report) {
    language::check_program(admission, report);
    gpa::check(admission, report);
    courses::check(admission, report);
    approval::check(admission, report);
    materials::check(admission, report);
    withdrawal::check(admission, report);
}

/// What is about the project.
fn check_posting(posting: &Posting, report: &mut impl Report) {
    duration::check(posting, report);
    suspension::check(posting, report);
    supervision::check(posting, report);
    pay::check(posting, report);
    alumni::check(posting, report);
}

/// The rules that fail, be they waived or not.
fn failing_rules(case: &Case) -> RuleSet {
    let mut rules = case.refused;
    check_pair(case, &mut rules);
    rules
}

/// The rules that refuse a pair; empty = it may be matched.
pub fn refusing_rules(case: &Case) -> RuleSet {
    let failing = failing_rules(case);
    if case.waivers.is_empty() { failing } else { failing.filter(|rule| case.waiver(rule).is_none()) }
}

/// Every refusal of a pair, with what was asked and what was found, in the order of [`Rule::ALL`].
pub fn refusals(case: &Case) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    check_pair(case, &mut refusals);
    check_admission(&case.admission(), &mut refusals);
    check_posting(case.posting, &mut refusals);
    refusals.retain(|refusal| case.waiver(refusal.rule).is_none());
    // Stable: what the project asks for comes before what its program does.
    refusals.sort_by_key(|refusal: &Refusal| refusal.rule);
    refusals
}

/// The waivers without which a pair would be refused by their rules.
pub fn used_waivers(case: &Case) -> Vec<Waiver> {
    if case.waivers.is_empty() {
        return Vec::new();
    }
    let mut rules = failing_rules(case);
    if case.policy.paid_only && !case.posting.project.pays() {
        // Without its waiver a fund would have to carry it.
        rules.insert(Rule::Funding);
    }
    rules.iter().filter_map(|rule| case.waiver(rule).cloned()).collect()
}

/// The funds of which one must carry the placement; `None` where it needs none.
pub fn needed_funds(case: &Case) -> Option<FundSet> {
    let needs = case.policy.paid_only && !case.posting.project.pays() && case.waiver(Rule::Funding).is_none();
    needs.then_some(case.funds)
}

/// What refusals together make of a pair: the gravest.
pub fn verdict(refusals: &[Refusal]) -> Verdict {
    refusals.iter().map(|refusal| refusal.verdict).max().unwrap_or(Verdict::Eligible)
}
