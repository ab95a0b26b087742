//! What changed between two outcomes, student by student and in the totals. It reads nothing but the two.

use std::collections::{BTreeMap, BTreeSet};

/// Where a student is in one outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Where.
    pub project: String,
    /// Points of the pair.
    pub points: i32,
    /// The rank of the choice that covers it.
    pub choice_rank: Option<i32>,
}

/// What is compared of an outcome.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Compared {
    /// By student.
    pub places: BTreeMap<String, Placed>,
    /// Everybody without a place.
    pub unmatched: BTreeSet<String>,
    /// Projects that stay closed.
    pub closed: BTreeSet<String>,
    /// Students by choice rank; 0 = no choice covers the place.
    pub ranks: BTreeMap<i64, i64>,
    /// Students by program.
    pub programs: BTreeMap<String, i64>,
    /// Students by country.
    pub countries: BTreeMap<String, i64>,
}

/// One student with another place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StudentChange {
    /// Who.
    pub student: String,
    /// Before.
    pub before: Option<Placed>,
    /// After.
    pub after: Option<Placed>,
}

/// A number of a group that changed: the group, before and after.
pub type Changed<K> = (K, i64, i64);

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// Who has another place, by id.
    pub changes: Vec<StudentChange>,
    /// How many have the same, or none in both.
    pub unchanged: usize,
    /// Sum of points, before and after.
    pub points: (i64, i64),
    /// By choice rank.
    pub ranks: Vec<Changed<i64>>,
    /// By program.
    pub programs: Vec<Changed<String>>,
    /// By country.
    pub countries: Vec<Changed<String>>,
    /// Projects closed in one only, and whether that is the second.
    pub projects: Vec<(String, bool)>,
}

/// Compares two outcomes.
pub fn compare(before: &Compared, after: &Compared) -> Comparison {
    let place = |outcome: &Compared, student: &String| outcome.places.get(student).cloned();
    let everybody =
        |outcome: &Compared| outcome.places.keys().chain(&outcome.unmatched).cloned().collect::<BTreeSet<_>>();
    let students = &everybody(before) | &everybody(after);
    let change = |student: &String| {
        let (before, after) = (place(before, student), place(after, student));
        let project = |placed: &Option<Placed>| placed.as_ref().map(|placed| placed.project.clone());
        (project(&before) != project(&after)).then(|| StudentChange { student: student.clone(), before, after })
    };
    let changes: Vec<StudentChange> = students.iter().filter_map(change).collect();
    let points = |outcome: &Compared| outcome.places.values().map(|placed| i64::from(placed.points)).sum();
    let closed_after = |project: &String| (project.clone(), after.closed.contains(project));
    Comparison {
        unchanged: students.len() - changes.len(),
        changes,
        points: (points(before), points(after)),
        ranks: changed(&before.ranks, &after.ranks),
        programs: changed(&before.programs, &after.programs),
        countries: changed(&before.countries, &after.countries),
        projects: (&before.closed ^ &after.closed).iter().map(closed_after).collect(),
    }
}

/// Groups whose numbers differ.
fn changed<K: Ord + Clone>(before: &BTreeMap<K, i64>, after: &BTreeMap<K, i64>) -> Vec<Changed<K>> {
    let keys: BTreeSet<&K> = before.keys().chain(after.keys()).collect();
    let number = |of: &BTreeMap<K, i64>, key: &K| of.get(key).copied().unwrap_or(0);
    let both = keys.into_iter().map(|key| (key.clone(), number(before, key), number(after, key)));
    both.filter(|(_, before, after)| before != after).collect()
}
