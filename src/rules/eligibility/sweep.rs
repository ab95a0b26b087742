//! [`Sweep`]: the cases of every pair, for whoever goes through all of them.

use std::collections::{BTreeSet, HashMap};

use super::rulebook::Known;
use super::{Case, RuleSet, Rulebook};
use crate::domain::{PairNote, ProgramIndex, ProjectIndex, StudentIndex, Target, Waiver};

/// Makes the cases of students at every project. They are those of [`Rulebook::case`], which searches for each pair what
/// stands about it; here that is spread over the projects once a student.
pub struct Sweep<'a> {
    rulebook: &'a Rulebook<'a>,
    /// The projects that a choice or a veto means.
    meant: HashMap<Target, Vec<ProjectIndex>>,
    /// The programs that any project has.
    programs: BTreeSet<Option<ProgramIndex>>,
}

/// A student, with what there is about them at every project.
pub struct Applicant<'a> {
    index: StudentIndex,
    waivers: &'a [Waiver],
    /// By program, and last at none: what refuses them there, waivers aside.
    refused: Vec<RuleSet>,
    /// By project.
    relations: Vec<Relation<'a>>,
}

/// What there is between a student and a project.
#[derive(Clone, Copy, Default)]
struct Relation<'a> {
    note: Option<&'a PairNote>,
    choice_rank: Option<u32>,
    is_vetoed: bool,
}

impl<'a> Sweep<'a> {
    /// Over the pairs of a rulebook.
    pub fn new(rulebook: &'a Rulebook<'a>) -> Self {
        let mut meant: HashMap<Target, Vec<ProjectIndex>> = HashMap::new();
        for (project, posting) in rulebook.instance.project_indices().zip(&rulebook.postings) {
            posting.targets.iter().for_each(|&target| meant.entry(target).or_default().push(project));
        }
        let programs = rulebook.postings.iter().map(|posting| posting.project.program).collect();
        Self { rulebook, meant, programs }
    }

    /// Every project.
    pub fn projects(&self) -> impl Iterator<Item = ProjectIndex> + use<> {
        self.rulebook.instance.project_indices()
    }

    /// Looks up and judges what holds of a student at many projects alike.
    pub fn applicant(&self, index: StudentIndex) -> Applicant<'a> {
        let none = self.rulebook.instance.programs.len();
        let mut refused = vec![RuleSet::default(); none + 1];
        for &program in &self.programs {
            refused[program.map_or(none, ProgramIndex::at)] = self.rulebook.refused_in(index, program);
        }
        Applicant { index, waivers: self.rulebook.waivers_of(index), refused, relations: self.relations(index) }
    }

    /// The case of a pair.
    #[inline]
    pub fn case<'b>(&'b self, applicant: &'b Applicant<'b>, project: ProjectIndex) -> Case<'b> {
        let Relation { note, choice_rank, is_vetoed } = applicant.relations[project.at()];
        let none = applicant.refused.len() - 1;
        let program = self.rulebook.postings[project.at()].project.program;
        let refused = applicant.refused[program.map_or(none, ProgramIndex::at)];
        let known = Known { note, choice_rank, is_vetoed, waivers: applicant.waivers, refused };
        self.rulebook.case_of(applicant.index, project, known)
    }

    /// By project: what there is between a student and it.
    fn relations(&self, index: StudentIndex) -> Vec<Relation<'a>> {
        let instance = self.rulebook.instance;
        let student = &instance.students[index.at()];
        let mut relations = vec![Relation::default(); instance.projects.len()];
        for note in instance.notes_of(index) {
            relations[note.project.at()].note = Some(note);
        }
        // The most specific choice that covers a project decides, so it comes last.
        for choice in student.choices.iter().rev() {
            self.meant(choice.target).for_each(|project| relations[project.at()].choice_rank = Some(choice.rank));
        }
        for &target in &student.vetoes {
            self.meant(target).for_each(|project| relations[project.at()].is_vetoed = true);
        }
        relations
    }

    fn meant(&self, target: Target) -> impl Iterator<Item = ProjectIndex> {
        self.meant.get(&target).into_iter().flatten().copied()
    }
}
