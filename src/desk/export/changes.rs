//! `changes`: who has another place than in the outcome before.

use std::collections::{BTreeMap, BTreeSet};

use super::View;
use sheets::write::{Column, Content, Table};
use wire::pb;
use wire::pb::student_change::Kind;

pub(super) fn table(view: &View, before: &pb::Outcome) -> Table {
    let texts = ["student_id", "name", "kind", "from_project_id", "from_title", "to_project_id", "to_title"];
    let numbers = ["points_before", "points_after", "choice_rank_before", "choice_rank_after"];
    let columns = texts.map(Column::text).into_iter().chain(numbers.map(Column::values)).collect();
    let (was, is) = (by_student(before), by_student(view.of.outcome));
    let students: BTreeSet<&str> = was.keys().chain(is.keys()).copied().collect();
    let rows = students.into_iter().filter_map(|student| {
        let (was, is) = (was.get(student).copied(), is.get(student).copied());
        let kind = match (was, is) {
            (Some(was), Some(is)) if was.project_id == is.project_id => return None,
            (Some(_), Some(_)) => Kind::Moved,
            (Some(_), None) => Kind::Lost,
            (None, _) => Kind::Placed,
        };
        let project = |place: Option<&pb::Assignment>| {
            let id = place.map_or("", |place| &place.project_id).to_owned();
            [Content::text(view.title(&id)), Content::text(id)]
        };
        let ([from_title, from], [to_title, to]) = (project(was), project(is));
        let points = |place: Option<&pb::Assignment>| Content::whole(place.map(|place| place.points));
        let rank = |place: Option<&pb::Assignment>| Content::whole(place.and_then(|place| place.choice_rank));
        let names = [student, view.name(student), kind.as_str_name()].map(Content::text);
        let numbers = [points(was), points(is), rank(was), rank(is)];
        Some(names.into_iter().chain([from, from_title, to, to_title]).chain(numbers).collect())
    });
    Table { name: "changes".to_owned(), columns, rows: rows.collect() }
}

fn by_student(outcome: &pb::Outcome) -> BTreeMap<&str, &pb::Assignment> {
    outcome.assignments.iter().map(|place| (place.student_id.as_str(), place)).collect()
}
