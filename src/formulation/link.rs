//! **C9** link. Let `x(s, v)` be the pairs of a student at `v`, a project, a host or a country.
//!
//! - Linked students who go to the same `v`: for each two and each `v` `x(s, v) + Σ_{w ≠ v} x(t, w) ≤ 1`. Where all or none are
//!   placed, for each two in a row and each `v` `x(s, v) − x(t, v) = 0` instead, which is stronger.
//! - To different projects: for each project `Σ_s x(s, project) ≤ 1`; where all or none are placed, for each two in a row
//!   `Σ x(s) − Σ x(t) = 0` as well.

use std::collections::{BTreeMap, BTreeSet};

use super::{Row, RowLabel};
use rules::domain::{Instance, Link, LinkKind, Meeting};
use rules::evaluation::Evaluation;

/// The pair columns of a student by where they are.
type Places = BTreeMap<Meeting, Vec<u32>>;

pub(super) fn rows(instance: &Instance, evaluation: &Evaluation, rows: &mut Vec<Row>) {
    for (index, link) in (0..).zip(&instance.links) {
        let label = RowLabel::Link(index);
        let places = places(instance, evaluation, link);
        match link.kind {
            LinkKind::DifferentProject => {
                let projects: BTreeSet<&Meeting> = places.iter().flat_map(BTreeMap::keys).collect();
                for project in projects {
                    let there: Vec<u32> = places.iter().filter_map(|of| of.get(project)).flatten().copied().collect();
                    if there.len() > 1 {
                        rows.push(Row::over(label, there, None, Some(1)));
                    }
                }
                if link.placed_together {
                    let all = |of: &Places| of.values().flatten().copied().collect::<Vec<u32>>();
                    rows.extend(places.windows(2).filter_map(|two| equal(label, &all(&two[0]), &all(&two[1]))));
                }
            }
            _ if link.placed_together => {
                for two in places.windows(2) {
                    let meetings: BTreeSet<&Meeting> = two.iter().flat_map(BTreeMap::keys).collect();
                    let at = |of: &Places, meeting: &Meeting| of.get(meeting).cloned().unwrap_or_default();
                    rows.extend(meetings.into_iter().filter_map(|v| equal(label, &at(&two[0], v), &at(&two[1], v))));
                }
            }
            _ => {
                for (place, first) in places.iter().enumerate() {
                    for second in &places[place + 1..] {
                        rows.extend(apart(label, first, second));
                    }
                }
            }
        }
    }
}

fn places(instance: &Instance, evaluation: &Evaluation, link: &Link) -> Vec<Places> {
    let of_student = |&student| {
        let mut places = Places::new();
        let first = evaluation.first_of(student);
        for (column, pair) in (first..).zip(evaluation.of_student(student)) {
            places.entry(link.meeting(instance, pair.project)).or_default().push(column);
        }
        places
    };
    link.students.iter().map(of_student).collect()
}

/// `Σ first − Σ second = 0`; none where nothing is summed.
fn equal(label: RowLabel, first: &[u32], second: &[u32]) -> Option<Row> {
    let mut terms: Vec<(u32, i64)> =
        first.iter().map(|&column| (column, 1)).chain(second.iter().map(|&column| (column, -1))).collect();
    terms.sort_unstable();
    let (pairs, weights) = terms.into_iter().unzip();
    let pairs: Vec<u32> = pairs;
    (!pairs.is_empty()).then(|| Row { weights, ..Row::over(label, pairs, Some(0), Some(0)) })
}

/// Not one here and the other elsewhere.
fn apart(label: RowLabel, first: &Places, second: &Places) -> Vec<Row> {
    let of_meeting = |(meeting, here): (&Meeting, &Vec<u32>)| {
        let elsewhere = second.iter().filter(|&(other, _)| other != meeting).flat_map(|(_, columns)| columns);
        let mut pairs: Vec<u32> = here.iter().chain(elsewhere).copied().collect();
        pairs.sort_unstable();
        Row::over(label, pairs, None, Some(1))
    };
    // Where the second can go nowhere else, the student's own limit says it.
    first.iter().map(of_meeting).collect()
}

/// How many terms the rows have at most.
pub(super) fn size(instance: &Instance, evaluation: &Evaluation) -> usize {
    let of_link = |link: &Link| {
        let counts: Vec<usize> = link.students.iter().map(|&student| evaluation.of_student(student).len()).collect();
        let all: usize = counts.iter().sum();
        if link.placed_together || link.kind == LinkKind::DifferentProject {
            return all.saturating_mul(2);
        }
        // Each two of them have a row for each place of the first, over nearly all places of the second.
        let squares: usize = counts.iter().map(|count| count.saturating_mul(all)).fold(0, usize::saturating_add);
        squares
    };
    instance.links.iter().map(of_link).fold(0, usize::saturating_add)
}
