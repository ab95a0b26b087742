//! [`Quota`]: how many placements of some kind there must or may be.

use super::{
    Attributes, Country, HostIndex, Instance, ProgramIndex, Project, ProjectIndex, Student, StudentIndex, StudyLevels,
    folded,
};

/// How many placements of some kind there must or may be: `min ≤ Σ weight ≤ max` over those it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quota {
    /// Unique.
    pub id: String,
    /// For people.
    pub title: String,
    /// Whose placements count.
    pub students: StudentSet,
    /// Where placements count.
    pub projects: ProjectSet,
    /// The first that holds a placement says what it weighs; 1 where none does.
    pub weights: Vec<QuotaWeight>,
    /// The least sum.
    pub min: Option<i64>,
    /// The greatest sum.
    pub max: Option<i64>,
    /// Points that a unit missed costs; none = it may not be missed.
    pub penalty: Option<i64>,
    /// Where it stood in the request.
    pub place: u32,
}

/// What some placements weigh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotaWeight {
    /// Whose.
    pub students: StudentSet,
    /// Where.
    pub projects: ProjectSet,
    /// How much.
    pub weight: i64,
}

/// Students for whom every list that is not empty holds one thing that is theirs. Lists are sorted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StudentSet {
    /// These.
    pub ids: Vec<StudentIndex>,
    /// At these levels.
    pub study_levels: StudyLevels,
    /// In these years.
    pub class_years: Vec<u32>,
    /// With these majors, case folded.
    pub majors: Vec<String>,
    /// With one of these.
    pub citizenships: Vec<Country>,
    /// Each attribute with one of its values.
    pub attributes: Vec<(String, Vec<String>)>,
}

/// Projects for which every list that is not empty holds one thing that is theirs. Lists are sorted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProjectSet {
    /// These.
    pub ids: Vec<ProjectIndex>,
    /// Of these.
    pub hosts: Vec<HostIndex>,
    /// Of these.
    pub programs: Vec<ProgramIndex>,
    /// In these.
    pub countries: Vec<Country>,
    /// Each attribute with one of its values.
    pub attributes: Vec<(String, Vec<String>)>,
}

fn holds<T: Ord>(list: &[T], item: Option<&T>) -> bool {
    list.is_empty() || item.is_some_and(|item| list.binary_search(item).is_ok())
}

fn matches_attributes(asked: &[(String, Vec<String>)], stated: &Attributes) -> bool {
    asked.iter().all(|(name, values)| stated.get(name).is_some_and(|value| values.binary_search(value).is_ok()))
}

impl StudentSet {
    /// Whether a student is in.
    pub fn contains(&self, index: StudentIndex, student: &Student) -> bool {
        let is_citizen = || student.citizenships.iter().any(|country| self.citizenships.binary_search(country).is_ok());
        holds(&self.ids, Some(&index))
            && (self.study_levels.is_empty() || student.study_level.is_some_and(|l| self.study_levels.contains(l)))
            && holds(&self.class_years, Some(&student.class_year))
            && (self.majors.is_empty() || holds(&self.majors, Some(&folded(&student.major))))
            && (self.citizenships.is_empty() || is_citizen())
            && matches_attributes(&self.attributes, &student.attributes)
    }
}

impl ProjectSet {
    /// Whether a project is in.
    pub fn contains(&self, instance: &Instance, index: ProjectIndex, project: &Project) -> bool {
        holds(&self.ids, Some(&index))
            && holds(&self.hosts, project.host.as_ref())
            && holds(&self.programs, project.program.as_ref())
            && (self.countries.is_empty() || holds(&self.countries, instance.country_of(project).as_ref()))
            && matches_attributes(&self.attributes, &project.attributes)
    }
}

/// A quota with its sets looked up once for every student and project.
pub struct QuotaScope {
    base: Scope,
    weights: Vec<(Scope, i64)>,
}

struct Scope {
    students: Vec<bool>,
    projects: Vec<bool>,
}

impl Scope {
    fn new(instance: &Instance, students: &StudentSet, projects: &ProjectSet) -> Self {
        let student = |index: StudentIndex| students.contains(index, &instance.students[index.at()]);
        let project = |index: ProjectIndex| projects.contains(instance, index, &instance.projects[index.at()]);
        Self {
            students: instance.student_indices().map(student).collect(),
            projects: instance.project_indices().map(project).collect(),
        }
    }

    fn holds(&self, student: StudentIndex, project: ProjectIndex) -> bool {
        self.students[student.at()] && self.projects[project.at()]
    }
}

impl QuotaScope {
    /// Of a quota in a season.
    pub fn new(instance: &Instance, quota: &Quota) -> Self {
        let weights = quota.weights.iter();
        Self {
            base: Scope::new(instance, &quota.students, &quota.projects),
            weights: weights.map(|w| (Scope::new(instance, &w.students, &w.projects), w.weight)).collect(),
        }
    }

    /// What a placement weighs; 0 where it does not count.
    pub fn weight(&self, student: StudentIndex, project: ProjectIndex) -> i64 {
        if !self.base.holds(student, project) {
            return 0;
        }
        self.weights.iter().find(|(scope, _)| scope.holds(student, project)).map_or(1, |&(_, weight)| weight)
    }

    /// Whether it counts whatever any student does at the projects it counts at all.
    pub fn counts_all_students(&self) -> bool {
        self.base.students.iter().all(|&is_in| is_in)
    }

    /// Whether it counts whatever the students do that it counts at all.
    pub fn counts_all_projects(&self) -> bool {
        self.base.projects.iter().all(|&is_in| is_in)
    }
}

impl Quota {
    /// How far a sum is below the minimum, and how far above the maximum.
    pub fn missed(&self, sum: i64) -> (i64, i64) {
        (self.min.map_or(0, |min| (min - sum).max(0)), self.max.map_or(0, |max| (sum - max).max(0)))
    }
}
