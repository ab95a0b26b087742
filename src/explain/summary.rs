//! The totals of a matching.

use std::collections::BTreeMap;

use rules::domain::{Instance, Matching, Project, ProjectIndex};
use rules::evaluation::PairEvaluation;

/// Seats and places of one group of projects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fill {
    /// The most students that its projects can hold.
    pub seats: u64,
    /// Students placed there.
    pub placed: u32,
}

/// The totals of a matching.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Students placed.
    pub placed: u32,
    /// Students not placed.
    pub unmatched: u32,
    /// Sum of points.
    pub points: i64,
    /// Students by choice rank; 0 = no choice covers the place.
    pub ranks: BTreeMap<u32, u32>,
    /// By program id; empty = none.
    pub programs: BTreeMap<String, Fill>,
    /// By country code; empty = none.
    pub countries: BTreeMap<String, Fill>,
}

/// Adds a matching up. `places` are its assignments evaluated.
pub fn summarise(instance: &Instance, matching: &Matching, places: &[PairEvaluation]) -> Summary {
    let program = |p: &Project| p.program.map_or_else(String::new, |i| instance.programs[i.at()].id.to_string());
    let country = |p: &Project| instance.country_of(p).map_or_else(String::new, |c| c.to_string());
    let mut ranks = BTreeMap::new();
    for place in places {
        *ranks.entry(place.choice_rank.unwrap_or(0)).or_default() += 1;
    }
    Summary {
        placed: places.len() as u32,
        unmatched: (instance.students.len() - places.len()) as u32,
        points: places.iter().map(|place| i64::from(place.score.points.0)).sum(),
        ranks,
        programs: fills(instance, matching, program),
        countries: fills(instance, matching, country),
    }
}

/// Seats and places by a key of projects.
fn fills(instance: &Instance, matching: &Matching, key: impl Fn(&Project) -> String) -> BTreeMap<String, Fill> {
    let mut groups: BTreeMap<String, Vec<ProjectIndex>> = BTreeMap::new();
    for project in instance.project_indices() {
        groups.entry(key(&instance.projects[project.at()])).or_default().push(project);
    }
    let fill = |projects: Vec<ProjectIndex>| Fill { seats: instance.seats_over(projects.into_iter()), placed: 0 };
    let mut fills: BTreeMap<String, Fill> = groups.into_iter().map(|(key, projects)| (key, fill(projects))).collect();
    for assignment in matching.assignments() {
        fills.entry(key(&instance.projects[assignment.project.at()])).or_default().placed += 1;
    }
    fills
}
