//! The market before any solve: seats and eligible students by program, country and language.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{Instance, Project, ProjectIndex, StudentIndex};
use crate::evaluation::Evaluation;

/// One line of the market.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MarketLine {
    /// Its projects.
    pub projects: u32,
    /// Their seats, hosts' limits left aside.
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
    /// Eligible students whose choice of rank 1 covers it.
    pub first_choices: u32,
    /// Who could join.
    pub eligible_students: u32,
}

/// Seats and applicants before any solve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Market {
    /// Seats over all projects, hosts' limits counted.
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
    let over = |p: ProjectIndex| first_choices[p.at()].saturating_sub(instance.projects[p.at()].max_seats());
    let mut crowded: Vec<ProjectIndex> = instance.project_indices().filter(|&p| over(p) > 0).collect();
    crowded.sort_by_key(|&p| (std::cmp::Reverse(over(p)), p));
    let thin = |p: &ProjectIndex| {
        let row = &instance.projects[p.at()];
        eligible[p.at()] < row.max_seats().max(row.min_seats())
    };
    Market {
        seats: seats(instance),
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
                first_choices: first_choices[project.at()],
                eligible_students: eligible[project.at()],
            })
            .collect(),
        stranded_students: instance.student_indices().filter(|&s| evaluation.of_student(s).is_empty()).collect(),
    }
}

fn seats(instance: &Instance) -> u64 {
    let mut of_host = vec![0_u64; instance.hosts.len()];
    let mut free = 0;
    for project in &instance.projects {
        let seats = u64::from(project.max_seats());
        match project.host {
            Some(host) => of_host[host.at()] += seats,
            None => free += seats,
        }
    }
    let hosted = instance.hosts.iter().zip(of_host);
    free + hosted.map(|(host, seats)| host.max_seats.map_or(seats, |most| seats.min(u64::from(most)))).sum::<u64>()
}

fn lines(
    instance: &Instance,
    evaluation: &Evaluation,
    keys: impl Fn(&Project) -> Vec<String>,
) -> BTreeMap<String, MarketLine> {
    let mut lines: BTreeMap<String, MarketLine> = BTreeMap::new();
    let keys_of: Vec<Vec<String>> = instance.projects.iter().map(keys).collect();
    for (project, keys) in instance.projects.iter().zip(&keys_of) {
        for key in keys {
            let line = lines.entry(key.clone()).or_default();
            line.projects += 1;
            line.seats += u64::from(project.max_seats());
        }
    }
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
