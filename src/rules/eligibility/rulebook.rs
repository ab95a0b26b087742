//! [`Rulebook`] and what it hands to the rules: a [`Posting`], an [`Admission`] or a [`Case`]. So the type of a rule says
//! what it may look at, and what is about the project or the program alone is judged once.

use super::{Rule, RuleSet, check_admission, check_posting};
use crate::domain::{
    Country, FundScope, FundSet, Host, Instance, PairNote, Policy, Proficiency, Program, ProgramIndex, Project,
    ProjectIndex, SkillIndex, Student, StudentIndex, Target, Waiver,
};

/// What the rules may look at about a project, whoever might go there.
pub struct Posting<'a> {
    /// The season.
    pub instance: &'a Instance,
    /// What is wanted.
    pub policy: &'a Policy,
    /// Where.
    pub project: &'a Project,
    /// The project's program.
    pub program: Option<&'a Program>,
    /// The project's host.
    pub host: Option<&'a Host>,
    /// Where the project is.
    pub country: Option<Country>,
    /// What choices, vetoes and waivers may name to mean the project, most specific first.
    pub targets: Vec<Target>,
    /// The skills that are required, at their levels.
    pub required_skills: Vec<(SkillIndex, Option<Proficiency>)>,
    /// What refuses everybody, waivers aside.
    pub(super) refused: RuleSet,
}

/// What the rules may look at about a student in a program, whichever of its projects they might go to.
pub struct Admission<'a> {
    /// What is wanted.
    pub policy: &'a Policy,
    /// Who.
    pub student: &'a Student,
    /// The program; unset = none.
    pub program: Option<&'a Program>,
    /// The program, as an index.
    pub program_index: Option<ProgramIndex>,
}

/// Everything the rules may look at about one pair.
pub struct Case<'a> {
    /// What is wanted.
    pub policy: &'a Policy,
    /// Who.
    pub student: &'a Student,
    /// Who, as an index.
    pub student_index: StudentIndex,
    /// Where.
    pub posting: &'a Posting<'a>,
    /// The note on the pair.
    pub note: Option<&'a PairNote>,
    /// The rank of the choice that covers the pair.
    pub choice_rank: Option<u32>,
    /// Whether the student refuses to go there.
    pub is_vetoed: bool,
    /// The student's waivers.
    pub waivers: &'a [Waiver],
    /// The funds that may carry the placement.
    pub funds: FundSet,
    /// What refuses the pair by its posting or its admission alone, waivers aside.
    pub(super) refused: RuleSet,
}

impl Case<'_> {
    /// The student in the project's program.
    pub(super) fn admission(&self) -> Admission<'_> {
        Admission {
            policy: self.policy,
            student: self.student,
            program: self.posting.program,
            program_index: self.posting.project.program,
        }
    }

    /// The waiver by which a rule does not hold for the pair.
    pub(super) fn waiver(&self, rule: Rule) -> Option<&Waiver> {
        let holds_here = |waiver: &&Waiver| waiver.scope.is_none_or(|scope| self.posting.targets.contains(&scope));
        let mut of_rule = self.waivers.iter().filter(|waiver| waiver.rule == rule).filter(holds_here);
        of_rule.find(|waiver| waiver.is_valid(self.policy.as_of))
    }
}

/// Makes cases: what a project's rules look at is looked up once, and what they say of the project alone.
pub struct Rulebook<'a> {
    pub(super) instance: &'a Instance,
    policy: &'a Policy,
    /// By project.
    pub(super) postings: Vec<Posting<'a>>,
    funds: Option<FundScope>,
}

impl<'a> Rulebook<'a> {
    /// The rulebook of a season under a policy.
    pub fn new(instance: &'a Instance, policy: &'a Policy) -> Self {
        let posting = |index: ProjectIndex| {
            let project = &instance.projects[index.at()];
            let required = project.skills.iter().filter(|skill| skill.required);
            let posting = Posting {
                instance,
                policy,
                project,
                program: project.program.map(|program| &instance.programs[program.at()]),
                host: project.host.map(|host| &instance.hosts[host.at()]),
                country: instance.country_of(project),
                targets: instance.targets_of(index),
                required_skills: required.map(|skill| (skill.skill, skill.min_level)).collect(),
                refused: RuleSet::default(),
            };
            let mut refused = RuleSet::default();
            check_posting(&posting, &mut refused);
            Posting { refused, ..posting }
        };
        let funds = policy.paid_only.then(|| FundScope::new(instance));
        Self { instance, policy, postings: instance.project_indices().map(posting).collect(), funds }
    }

    /// The case of one pair. For every pair of a student there is [`Sweep`](super::Sweep).
    pub fn case(&self, student: StudentIndex, project: ProjectIndex) -> Case<'_> {
        let (row, posting) = (&self.instance.students[student.at()], &self.postings[project.at()]);
        let known = Known {
            note: self.instance.note(student, project),
            choice_rank: row.choice_rank(&posting.targets),
            is_vetoed: posting.targets.iter().any(|target| row.vetoes.binary_search(target).is_ok()),
            waivers: self.waivers_of(student),
            refused: self.refused_in(student, posting.project.program),
        };
        self.case_of(student, project, known)
    }

    /// The case of a pair of which is known what has to be searched for.
    #[inline]
    pub(super) fn case_of<'b>(&'b self, student: StudentIndex, project: ProjectIndex, known: Known<'b>) -> Case<'b> {
        let posting = &self.postings[project.at()];
        Case {
            policy: self.policy,
            student: &self.instance.students[student.at()],
            student_index: student,
            posting,
            note: known.note,
            choice_rank: known.choice_rank,
            is_vetoed: known.is_vetoed,
            waivers: known.waivers,
            funds: self.funds.as_ref().map_or(0, |funds| funds.of(student, project)),
            refused: known.refused | posting.refused,
        }
    }

    /// The waivers of a student.
    pub(super) fn waivers_of(&self, student: StudentIndex) -> &'a [Waiver] {
        if self.instance.waivers.is_empty() { &[] } else { self.instance.waivers_of(student) }
    }

    /// What refuses a student at every project of a program, waivers aside.
    pub(super) fn refused_in(&self, student: StudentIndex, program_index: Option<ProgramIndex>) -> RuleSet {
        let (policy, student) = (self.policy, &self.instance.students[student.at()]);
        let program = program_index.map(|program| &self.instance.programs[program.at()]);
        let mut refused = RuleSet::default();
        check_admission(&Admission { policy, student, program, program_index }, &mut refused);
        refused
    }
}

/// What has to be searched for about a pair, or judged of its student in its program.
pub(super) struct Known<'a> {
    pub note: Option<&'a PairNote>,
    pub choice_rank: Option<u32>,
    pub is_vetoed: bool,
    pub waivers: &'a [Waiver],
    pub refused: RuleSet,
}
