//! The market before any solve: seats and eligible students by program, country and language.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{Instance, Project, ProjectIndex, StudentIndex};
use crate::evaluation::Evaluation;

/// One line of the market.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MarketLine {
    /// Its projects.
    pub projects: u32,
    /// The most students that they can hold.
    pub seats: u64,
    /// Students eligible for at least one of them.
    pub eligible_students: u32,
}

/// A project that fewer eligible students could join than it has seats or needs to open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThinProject {
    /// Which.
    pub project: ProjectIndex,
    /// Who could join.
    pub eligible_students: u32,
}

/// A project that more eligible students wish for most than it has seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CrowdedProject {
    /// Which.
    pub project: ProjectIndex,
    /// The most students that it can hold.
    pub seats: u64,
    /// Eligible students whose choice of rank 1 covers it.
    pub first_choices: u32,
    /// Students whose choice of rank 1 covers it, eligible or not.
    pub stated_first_choices: u32,
    /// Who could join.
    pub eligible_students: u32,
}

/// Seats and applicants before any solve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Market {
    /// The most students that all projects can hold.
    pub seats: u64,
    /// Pairs that may be matched.
    pub eligible_pairs: u64,
    /// By program id; empty = none.
    pub programs: BTreeMap<String, MarketLine>,
    /// By country code; empty = none.
    pub countries: BTreeMap<String, MarketLine>,
    /// By language that a project or its program requires.
    pub languages: BTreeMap<String, MarketLine>,
    /// By id.
    pub thin_projects: Vec<ThinProject>,
    /// The most wished for above their seats first.
    pub crowded_projects: Vec<CrowdedProject>,
    /// Students with no eligible project, by id.
    pub stranded_students: Vec<StudentIndex>,
}

/// Adds the market up.
pub fn market(instance: &Instance, evaluation: &Evaluation) -> Market {
    let mut eligible = vec![0_u32; instance.projects.len()];
    let mut first_choices = vec![0_u32; instance.projects.len()];
    for pair in &evaluation.pairs {
        eligible[pair.project.at()] += 1;
        first_choices[pair.project.at()] += u32::from(pair.choice_rank == Some(1));
    }
    let seats = |p: ProjectIndex| instance.seats_over(std::iter::once(p));
    let over = |p: ProjectIndex| u64::from(first_choices[p.at()]).saturating_sub(seats(p));
    let stated = |p: ProjectIndex| {
        let targets = instance.targets_of(p);
        instance.students.iter().filter(|student| student.choice_rank(&targets) == Some(1)).count() as u32
    };
    let mut crowded: Vec<ProjectIndex> = instance.project_indices().filter(|&p| over(p) > 0).collect();
    crowded.sort_by_key(|&p| (std::cmp::Reverse(over(p)), p));
    let thin = |p: &ProjectIndex| {
        let row = &instance.projects[p.at()];
        eligible[p.at()] < row.max_seats().max(row.min_seats())
    };
    Market {
        seats: instance.seats_over(instance.project_indices()),
        eligible_pairs: evaluation.pairs.len() as u64,
        programs: lines(instance, evaluation, |p| {
            vec![p.program.map_or_else(String::new, |i| instance.programs[i.at()].id.to_string())]
        }),
        countries: lines(instance, evaluation, |p| {
            vec![instance.country_of(p).map_or_else(String::new, |c| c.to_string())]
        }),
        languages: lines(instance, evaluation, |p| {
            let program = p.program.into_iter().flat_map(|i| &instance.programs[i.at()].languages);
            let required = p.languages.iter().chain(program).filter(|r| r.required);
            required.map(|r| r.language.to_string()).collect::<BTreeSet<_>>().into_iter().collect()
        }),
        thin_projects: instance
            .project_indices()
            .filter(thin)
            .map(|project| ThinProject { project, eligible_students: eligible[project.at()] })
            .collect(),
        crowded_projects: crowded
            .into_iter()
            .map(|project| CrowdedProject {
                project,
                seats: seats(project),
                first_choices: first_choices[project.at()],
                stated_first_choices: stated(project),
                eligible_students: eligible[project.at()],
            })
            .collect(),
        stranded_students: instance.student_indices().filter(|&s| evaluation.of_student(s).is_empty()).collect(),
    }
}

fn lines(
    instance: &Instance,
    evaluation: &Evaluation,
    keys: impl Fn(&Project) -> Vec<String>,
) -> BTreeMap<String, MarketLine> {
    let keys_of: Vec<Vec<String>> = instance.projects.iter().map(keys).collect();
    let mut groups: BTreeMap<&String, Vec<ProjectIndex>> = BTreeMap::new();
    for project in instance.project_indices() {
        keys_of[project.at()].iter().for_each(|key| groups.entry(key).or_default().push(project));
    }
    let line = |(key, projects): (&String, Vec<ProjectIndex>)| {
        let (count, seats) = (projects.len() as u32, instance.seats_over(projects.into_iter()));
        (key.clone(), MarketLine { projects: count, seats, eligible_students: 0 })
    };
    let mut lines: BTreeMap<String, MarketLine> = groups.into_iter().map(line).collect();
    for student in instance.student_indices() {
        let reached: BTreeSet<&String> =
            evaluation.of_student(student).iter().flat_map(|pair| &keys_of[pair.project.at()]).collect();
        for key in reached {
            if let Some(line) = lines.get_mut(key) {
                line.eligible_students += 1;
            }
        }
    }
    lines
}
