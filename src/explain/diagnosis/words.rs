//! Conflicts in words: what their rows say, and the fields of the request that say it. A student is named by the place in the request,
//! because an id may be personal.

use formulation::RowLabel;
use rules::domain::{Instance, Policy, ProjectIndex, StudentIndex};
use rules::finding::counted;

use super::conflict::Conflict;

/// Most rows, and students who must be placed, that are named; the rest is counted.
const MOST_NAMED: usize = 12;

/// What the rows of a conflict say: a lower-case fragment.
pub fn words(instance: &Instance, policy: &Policy, conflict: &Conflict) -> String {
    let must_place = conflict.rows.iter().filter_map(|&label| match label {
        RowLabel::MustPlace(student) => Some(student_place(instance, student)),
        _ => None,
    });
    let must_place: Vec<String> = must_place.collect();
    let placed = (!must_place.is_empty()).then(|| format!("{} must be placed", listed(&must_place)));
    let others = conflict.rows.iter().filter_map(|&label| row_words(instance, policy, label));
    let told: Vec<String> = placed.into_iter().chain(others).collect();
    let more = told.len().saturating_sub(MOST_NAMED);
    let named = told[..told.len() - more].join("; ");
    if more == 0 { named } else { format!("{named}; and {more} more") }
}

/// What a row says; none of what is no row of the caller's, or told of all students at once.
fn row_words(instance: &Instance, policy: &Policy, label: RowLabel) -> Option<String> {
    let project = |project: ProjectIndex| &instance.projects[project.at()];
    Some(match label {
        RowLabel::Placement(_) | RowLabel::Carriage(_) | RowLabel::Interviews(_) | RowLabel::Asked(_) => return None,
        RowLabel::MustPlace(_) => return None,
        RowLabel::ProjectSeats(p) => {
            format!("project {} has {}", project(p).id, counted(project(p).max_seats(), "seat"))
        }
        RowLabel::HostSeats(h) => {
            let host = &instance.hosts[h.at()];
            format!("host {} has {}", host.id, counted(host.max_seats.unwrap_or(0), "seat"))
        }
        RowLabel::Opening(p) => {
            let row = project(p);
            format!("project {} takes {} to {} or nobody", row.id, row.min_seats(), row.max_seats())
        }
        RowLabel::MustOpen(p) => {
            format!("project {} must open with at least {}", project(p).id, project(p).min_seats().max(1))
        }
        RowLabel::Pin(s, p) => {
            let how = if is_pinned(instance, s, p) { "is pinned to" } else { "accepted" };
            format!("{} {how} project {}", student_place(instance, s), project(p).id)
        }
        RowLabel::Quota(q, _) => {
            let quota = &policy.quotas[q as usize];
            let bounds = match (quota.min.filter(|&min| min > 0), quota.max) {
                (Some(min), Some(max)) if min == max => format!("exactly {min}"),
                (Some(min), Some(max)) => format!("{min} to {max}"),
                (Some(min), None) => format!("at least {min}"),
                (None, Some(max)) => format!("at most {max}"),
                (None, None) => "any number".to_owned(),
            };
            format!("quota {} takes {bounds}", quota.id)
        }
        RowLabel::Link(l) => {
            let students = &instance.links[l as usize].students;
            let places: Vec<String> = students.iter().map(|&s| student_place(instance, s)).collect();
            format!("{} are linked", listed(&places))
        }
        RowLabel::Fund(f) => {
            let fund = &instance.funds[f as usize];
            format!("fund {} carries {}", fund.id, counted(fund.places(), "place"))
        }
        RowLabel::Stability => "no pair may block".to_owned(),
    })
}

fn student_place(instance: &Instance, student: StudentIndex) -> String {
    format!("students[{}]", instance.origin.students[student.at()])
}

fn is_pinned(instance: &Instance, student: StudentIndex, project: ProjectIndex) -> bool {
    instance.note(student, project).is_some_and(|note| note.pinned)
}

fn listed(items: &[String]) -> String {
    let more = items.len().saturating_sub(MOST_NAMED);
    match items {
        _ if more > 0 => format!("{} and {more} more", items[..MOST_NAMED].join(", ")),
        [] => String::new(),
        [only] => only.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// The fields of the request that state a row, that first which asks for something; none of what is no row of the caller's.
pub fn fields(instance: &Instance, policy: &Policy, label: RowLabel) -> Vec<String> {
    let of_project = |p: ProjectIndex, fields: &[&str]| -> Vec<String> {
        let at = instance.origin.projects[p.at()];
        fields.iter().map(|field| format!("instance.projects[{at}].{field}")).collect()
    };
    match label {
        RowLabel::Placement(_) | RowLabel::Carriage(_) | RowLabel::Interviews(_) | RowLabel::Asked(_) => Vec::new(),
        RowLabel::MustPlace(s) => vec![format!("instance.{}.must_place", student_place(instance, s))],
        RowLabel::ProjectSeats(p) => of_project(p, &["max_seat_count"]),
        RowLabel::Opening(p) => of_project(p, &["min_seat_count", "max_seat_count"]),
        RowLabel::MustOpen(p) => of_project(p, &["must_open"]),
        RowLabel::HostSeats(h) => vec![format!("instance.hosts[{}].max_seat_count", instance.origin.hosts[h.at()])],
        RowLabel::Pin(s, p) => {
            let place = instance.notes.binary_search_by_key(&(s, p), |note| (note.student, note.project)).ok();
            let by = if is_pinned(instance, s, p) { "pinned" } else { "offer_state" };
            let field = |place: usize| format!("instance.pair_notes[{}].{by}", instance.origin.notes[place]);
            place.map(field).into_iter().collect()
        }
        RowLabel::Quota(q, _) => {
            let quota = &policy.quotas[q as usize];
            let field = |name: &str| format!("policy.quotas[{}].{name}", quota.place);
            let min = quota.min.filter(|&min| min > 0).map(|_| field("min_count"));
            min.into_iter().chain(quota.max.map(|_| field("max_count"))).collect()
        }
        RowLabel::Link(_) => vec!["instance.links".to_owned()],
        RowLabel::Fund(_) => vec!["instance.funds".to_owned()],
        RowLabel::Stability => vec!["policy.stable_only".to_owned()],
    }
}
