//! [`Instance`]: one season with every reference resolved and every row sorted by id.

use std::collections::BTreeMap;

use super::{
    Assignment, Country, Date, Fund, Gpa, HostId, HostIndex, Hours, Language, LanguageLevel, Link, Money, OfferState,
    Proficiency, ProgramId, ProgramIndex, ProjectId, ProjectIndex, Share, SkillAlias, SkillIndex, SkillTable,
    StudentId, StudentIndex, StudyLevel, StudyLevels, Waiver, Weight,
};

/// One season. Rows are sorted by id, so that an index means the same row whatever order they were sent in.
#[derive(Debug, Clone, PartialEq)]
pub struct Instance {
    /// A label for people.
    pub term: String,
    /// Programs by id.
    pub programs: Vec<Program>,
    /// Hosts by id.
    pub hosts: Vec<Host>,
    /// Projects by id.
    pub projects: Vec<Project>,
    /// Students by id.
    pub students: Vec<Student>,
    /// Notes by student, then project; one a pair.
    pub notes: Vec<PairNote>,
    /// Countries where nobody may go, sorted.
    pub suspended_countries: Vec<Country>,
    /// By student, rule and scope.
    pub waivers: Vec<Waiver>,
    /// Who went where before, by student; at most one place each.
    pub previous: Vec<Assignment>,
    /// By students.
    pub links: Vec<Link>,
    /// By id.
    pub funds: Vec<Fund>,
    /// The aliases as stated, by skill.
    pub skill_aliases: Vec<SkillAlias>,
    /// Every skill spoken of.
    pub skills: SkillTable,
    /// Where each row stood in the request.
    pub origin: Origin,
}

/// What of the request the rows do not keep: where each stood, counted from 0, and what it stated twice. Only findings read it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// By program index.
    pub programs: Vec<u32>,
    /// By host index.
    pub hosts: Vec<u32>,
    /// By project index.
    pub projects: Vec<u32>,
    /// By student index.
    pub students: Vec<u32>,
    /// By place in [`Instance::notes`].
    pub notes: Vec<u32>,
    /// By place in [`Instance::waivers`].
    pub waivers: Vec<u32>,
    /// Students who state a skill at two levels, of which the row keeps the higher.
    pub skill_at_two_levels: Vec<StudentIndex>,
}

impl Instance {
    /// The note on a pair.
    pub fn note(&self, student: StudentIndex, project: ProjectIndex) -> Option<&PairNote> {
        self.notes.binary_search_by_key(&(student, project), |n| (n.student, n.project)).ok().map(|at| &self.notes[at])
    }

    /// The country a project is in: its own, else its host's.
    pub fn country_of(&self, project: &Project) -> Option<Country> {
        project.country.or_else(|| self.hosts[project.host?.at()].country)
    }

    /// Whether nobody may go to a country.
    pub fn is_suspended(&self, country: Country) -> bool {
        self.suspended_countries.binary_search(&country).is_ok()
    }

    /// Whether nobody may go to a project any more: its program or country is suspended, or its host has withdrawn.
    pub fn is_called_off(&self, project: ProjectIndex) -> bool {
        let row = &self.projects[project.at()];
        row.program.is_some_and(|program| self.programs[program.at()].suspended)
            || row.host.is_some_and(|host| self.hosts[host.at()].withdrawn)
            || self.country_of(row).is_some_and(|country| self.is_suspended(country))
    }

    /// Whether a note says that its pair must be matched: by a pin, or by an acceptance that is not void.
    pub fn pins(&self, note: &PairNote) -> bool {
        note.pinned || (note.offer == Some(OfferState::Accepted) && !self.is_void(note))
    }

    /// Whether what was offered can't be had any more, whoever accepted it: nobody may go there, or the student has withdrawn.
    pub fn is_void(&self, note: &PairNote) -> bool {
        self.is_called_off(note.project) || self.students[note.student.at()].withdrawn
    }

    /// Whether a student was told that they have a place at a project: an offer was made, and nobody has answered it.
    pub fn is_told(&self, student: StudentIndex, project: ProjectIndex) -> bool {
        self.note(student, project).is_some_and(|note| note.offer == Some(OfferState::Extended))
    }

    /// The notes on a student, by project.
    pub fn notes_of(&self, student: StudentIndex) -> &[PairNote] {
        let from = self.notes.partition_point(|note| note.student < student);
        let until = self.notes.partition_point(|note| note.student <= student);
        &self.notes[from..until]
    }

    /// The waivers of a student.
    pub fn waivers_of(&self, student: StudentIndex) -> &[Waiver] {
        let from = self.waivers.partition_point(|waiver| waiver.student < student);
        let until = self.waivers.partition_point(|waiver| waiver.student <= student);
        &self.waivers[from..until]
    }

    /// The most students that some projects can hold: of each its seats, and of those of one host no more than the host takes.
    pub fn seats_over(&self, projects: impl Iterator<Item = ProjectIndex>) -> u64 {
        let mut of_host: BTreeMap<HostIndex, u64> = BTreeMap::new();
        let mut seats = 0;
        for project in projects.map(|project| &self.projects[project.at()]) {
            match project.host {
                Some(host) => *of_host.entry(host).or_default() += u64::from(project.max_seats()),
                None => seats += u64::from(project.max_seats()),
            }
        }
        let most = |host: HostIndex| self.hosts[host.at()].max_seats.map_or(u64::MAX, u64::from);
        seats + of_host.into_iter().map(|(host, seats)| seats.min(most(host))).sum::<u64>()
    }

    /// What choices and vetoes may name to mean a project, most specific first.
    pub fn targets_of(&self, project: ProjectIndex) -> Vec<Target> {
        let row = &self.projects[project.at()];
        let targets = [
            Some(Target::Project(project)),
            row.host.map(Target::Host),
            row.program.map(Target::Program),
            self.country_of(row).map(Target::Country),
        ];
        targets.into_iter().flatten().collect()
    }

    /// Whether a project and its host have any seat at all.
    pub fn has_seats(&self, project: ProjectIndex) -> bool {
        let row = &self.projects[project.at()];
        row.max_seats() > 0 && row.host.is_none_or(|host| self.hosts[host.at()].max_seats != Some(0))
    }

    /// The largest rank that any student states; 0 where none states any.
    pub fn largest_choice_rank(&self) -> u32 {
        self.students.iter().flat_map(|s| &s.choices).map(|c| c.rank).max().unwrap_or(0)
    }

    /// Every student's index.
    pub fn student_indices(&self) -> impl Iterator<Item = StudentIndex> + use<> {
        (0..self.students.len() as u32).map(StudentIndex)
    }

    /// Every project's index.
    pub fn project_indices(&self) -> impl Iterator<Item = ProjectIndex> + use<> {
        (0..self.projects.len() as u32).map(ProjectIndex)
    }
}

/// A country program with its rule set.
#[derive(Debug, Clone, PartialEq)]
pub struct Program {
    /// Unique.
    pub id: ProgramId,
    /// For people.
    pub title: String,
    /// For reports, sorted.
    pub countries: Vec<Country>,
    /// By language.
    pub languages: Vec<LanguageRequirement>,
    /// Least GPA.
    pub min_gpa: Option<Gpa>,
    /// One of them is enough; case-folded, sorted.
    pub required_courses: Vec<String>,
    /// Who need not meet the language, GPA and course rules.
    pub exempt: StudyLevels,
    /// Whether the manager must have approved the student.
    pub requires_approval: bool,
    /// Whether nobody may go.
    pub suspended: bool,
    /// Why.
    pub suspended_reason: String,
    /// Least weeks; the policy's where unset.
    pub min_weeks: Option<u32>,
    /// Least hours a week; the policy's where unset.
    pub min_hours: Option<Hours>,
    /// Who runs it; for people.
    pub manager: String,
}

/// An organisation.
#[derive(Debug, Clone, PartialEq)]
pub struct Host {
    /// Unique.
    pub id: HostId,
    /// For people.
    pub title: String,
    /// Of its projects that name none.
    pub country: Option<Country>,
    /// Most students over all its projects.
    pub max_seats: Option<u32>,
    /// Whether it takes nobody any more.
    pub withdrawn: bool,
    /// Why.
    pub withdrawn_reason: String,
    /// Whether it is an alumna or alumnus.
    pub alumni: bool,
    /// Whom to write to; for people.
    pub contact: String,
}

/// What is filled.
#[derive(Debug, Clone, PartialEq)]
pub struct Project {
    /// Unique.
    pub id: ProjectId,
    /// Its host.
    pub host: Option<HostIndex>,
    /// Its program.
    pub program: Option<ProgramIndex>,
    /// For people.
    pub title: String,
    /// Its own country.
    pub country: Option<Country>,
    /// Opens with at least this many or stays closed; as stated.
    pub stated_min_seats: Option<u32>,
    /// Most students; as stated.
    pub stated_max_seats: Option<u32>,
    /// Whether it may not stay closed.
    pub must_open: bool,
    /// By skill.
    pub skills: Vec<SkillRequirement>,
    /// By language.
    pub languages: Vec<LanguageRequirement>,
    /// First day.
    pub start: Option<Date>,
    /// Last day.
    pub end: Option<Date>,
    /// Hours a week.
    pub hours: Option<Hours>,
    /// Taken; empty = all.
    pub study_levels: StudyLevels,
    /// The host's order: (student, rank), by student.
    pub ranks: Vec<(StudentIndex, u32)>,
    /// Whether who is not ranked is unacceptable.
    pub ranked_only: bool,
    /// Who supervises.
    pub supervisor: String,
    /// Whether a workspace is confirmed; unset = not known.
    pub workspace_confirmed: Option<bool>,
    /// Whether it obtains the work authorisation.
    pub sponsors_work_authorization: bool,
    /// For quotas.
    pub attributes: Attributes,
    /// What the host pays.
    pub stipend: Option<Money>,
    /// What it pays for an hour.
    pub hourly_pay: Option<Money>,
}

impl Project {
    /// With fewer students it stays closed; 0 = it has no minimum.
    pub fn min_seats(&self) -> u32 {
        self.stated_min_seats.unwrap_or(0)
    }

    /// Most students: as stated, else the greater of 1 and the minimum.
    pub fn max_seats(&self) -> u32 {
        self.stated_max_seats.unwrap_or_else(|| self.min_seats().max(1))
    }

    /// The host's rank of a student.
    pub fn rank_of(&self, student: StudentIndex) -> Option<u32> {
        self.ranks.binary_search_by_key(&student, |&(s, _)| s).ok().map(|at| self.ranks[at].1)
    }
}

/// One skill that a project asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct SkillRequirement {
    /// Which.
    pub skill: SkillIndex,
    /// Least level; unset = any.
    pub min_level: Option<Proficiency>,
    /// Whether a student below it is refused.
    pub required: bool,
    /// Share in the term.
    pub weight: Weight,
}

/// One language that a project or program asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct LanguageRequirement {
    /// Which.
    pub language: Language,
    /// Least level; unset = any.
    pub min_level: Option<LanguageLevel>,
    /// Whether a student below it is refused.
    pub required: bool,
    /// Share in the term.
    pub weight: Weight,
}

/// An applicant.
#[derive(Debug, Clone, PartialEq)]
pub struct Student {
    /// Unique.
    pub id: StudentId,
    /// For people; no rule reads it.
    pub display_name: String,
    /// Unset = not known.
    pub study_level: Option<StudyLevel>,
    /// Held, by skill; a level may be unknown.
    pub skills: Vec<(SkillIndex, Option<Proficiency>)>,
    /// Held, by language.
    pub languages: Vec<StudentLanguage>,
    /// By target.
    pub choices: Vec<Choice>,
    /// Whether a project that no choice covers is unacceptable.
    pub choices_only: bool,
    /// Sorted.
    pub vetoes: Vec<Target>,
    /// Whether a matching must place the student.
    pub must_place: bool,
    /// First day.
    pub available_from: Option<Date>,
    /// Last day.
    pub available_until: Option<Date>,
    /// Unset = not known.
    pub gpa: Option<Gpa>,
    /// Case-folded, sorted.
    pub courses: Vec<String>,
    /// Still missing, sorted.
    pub missing_materials: Vec<String>,
    /// Approved by their managers, sorted.
    pub approved_programs: Vec<ProgramIndex>,
    /// Sorted.
    pub citizenships: Vec<Country>,
    /// Unset = none needed.
    pub work_authorization: Option<WorkAuthorization>,
    /// For people.
    pub major: String,
    /// For people.
    pub class_year: u32,
    /// For quotas and audits.
    pub attributes: Attributes,
    /// Whether they take no place any more.
    pub withdrawn: bool,
}

/// Labels by name.
pub type Attributes = BTreeMap<String, String>;

/// One language that a student holds.
#[derive(Debug, Clone, PartialEq)]
pub struct StudentLanguage {
    /// Which.
    pub language: Language,
    /// As stated.
    pub level: Option<LanguageLevel>,
    /// Studied; read where the level is not stated.
    pub semesters: Option<u32>,
    /// Where it is known from.
    pub evidence: String,
}

/// What a choice or a veto is about. The order is from most to least specific.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// One project.
    Project(ProjectIndex),
    /// Every project of a host.
    Host(HostIndex),
    /// Every project of a program.
    Program(ProgramIndex),
    /// Every project in a country.
    Country(Country),
}

/// A wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// For what.
    pub target: Target,
    /// 1 is best.
    pub rank: u32,
}

impl Student {
    /// The rank of the choice that covers a project: of its project, else host, else program, else country.
    pub fn choice_rank(&self, targets: &[Target]) -> Option<u32> {
        let (first, last) = (self.choices.first()?.target, self.choices.last()?.target);
        targets
            .iter()
            .filter(|&&t| first <= t && t <= last)
            .find_map(|t| self.choices.binary_search_by_key(t, |c| c.target).ok().map(|at| self.choices[at].rank))
    }
}

/// Whether the student may work where a project is.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkAuthorization {
    /// Whether one is needed.
    pub required: bool,
    /// Whether it has been granted.
    pub granted: bool,
    /// When it was asked for.
    pub requested: Option<Date>,
    /// Days that it takes.
    pub lead_time_days: Option<u32>,
}

/// Facts about one student at one project.
#[derive(Debug, Clone, PartialEq)]
pub struct PairNote {
    /// Who.
    pub student: StudentIndex,
    /// Where.
    pub project: ProjectIndex,
    /// May not be matched.
    pub forbidden: bool,
    /// Must be matched.
    pub pinned: bool,
    /// Why.
    pub reason: String,
    /// How the interview went.
    pub interview_rating: Option<Share>,
    /// A fit computed elsewhere.
    pub affinity: Option<Share>,
    /// How far an offer has come.
    pub offer: Option<OfferState>,
}
