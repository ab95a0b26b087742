//! Links.

use super::super::{Faults, pb};
use super::References;
use rules::codes;
use rules::domain::{Instance, Link, LinkKind};
use rules::finding::{At, counted};

/// Fewest and most students of one link.
const STUDENTS: std::ops::RangeInclusive<usize> = 2..=50;

/// Reads the links, by students.
pub(super) fn read_links(at: At, raw: Vec<pb::Link>, refs: &References, faults: &mut Faults) -> Vec<Link> {
    let read = raw.into_iter().enumerate().filter_map(|(place, raw)| {
        let at = at.index(place);
        let kind = faults.stated(at.field("kind"), raw.kind, &LinkKind::ALL);
        let ids = at.field("student_ids");
        if !STUDENTS.contains(&raw.student_ids.len()) {
            let message = format!(
                "{}; {} to {} are allowed",
                counted(raw.student_ids.len() as i64, "student"),
                STUDENTS.start(),
                STUDENTS.end()
            );
            faults.add(&codes::OUT_OF_RANGE, ids, message);
            return None;
        }
        let students = raw.student_ids.iter().enumerate();
        let students: Vec<_> =
            students.filter_map(|(i, id)| Some((i, refs.student(ids.index(i), id, faults)?))).collect();
        let students = faults.distinct(ids, students, |&student| student, "student");
        let kind = kind?;
        let placed_together = raw.placed_together.unwrap_or(kind != LinkKind::DifferentProject);
        Some(Link { students, kind, placed_together })
    });
    let mut links: Vec<Link> = read.collect();
    links.sort();
    links
}

pub(super) fn write_link(instance: &Instance, link: &Link) -> pb::Link {
    pb::Link {
        student_ids: link.students.iter().map(|s| instance.students[s.at()].id.to_string()).collect(),
        kind: link.kind as i32 + 1,
        placed_together: Some(link.placed_together),
    }
}
