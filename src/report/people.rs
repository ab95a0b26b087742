//! Students, projects and hosts in a page. A name may be written in any direction, so that each stands apart (`bdi`).
//! Where they have pages of their own, it leads there.

use maud::{Markup, html};
use wire::pb;

use crate::season::View;

/// A name and an id; the id alone where there is no name.
pub(crate) fn named(name: &str, id: &str) -> Markup {
    html! {
        @if name.is_empty() || name == id { bdi { (id) } } @else { bdi { (name) } " (" bdi { (id) } ")" }
    }
}

/// What is shown, leading to a page where there is one.
pub(crate) fn linked(page: Option<&str>, shown: &Markup) -> Markup {
    html! { @if let Some(page) = page { a href=(page) { (shown) } } @else { (shown) } }
}

/// A student.
pub(crate) fn student(view: &View, id: &str) -> Markup {
    let shown = named(view.student(id).map_or("", |(_, row)| &row.display_name), id);
    linked(view.student_page(id).as_deref(), &shown)
}

/// A project.
pub(crate) fn project(view: &View, id: &str) -> Markup {
    let shown = named(view.project(id).map_or("", |(_, row)| &row.title), id);
    linked(view.project_page(id).as_deref(), &shown)
}

/// A student, and the id of the project they go to. Most questions list everybody: each line is written once.
pub(crate) fn placed(view: &View, place: &pb::Assignment) -> Markup {
    let written = || {
        let places = view.outcome().assignments.iter();
        places.map(|place| (place.student_id.as_str(), line(view, place))).collect()
    };
    view.lines.get_or_init(written).get(place.student_id.as_str()).cloned().unwrap_or_default()
}

fn line(view: &View, place: &pb::Assignment) -> Markup {
    let project = html! { bdi { (place.project_id) } };
    let page = view.project_page(&place.project_id);
    html! { (student(view, &place.student_id)) " → " (linked(page.as_deref(), &project)) }
}

/// A list of them.
pub(crate) fn list(people: &[Markup]) -> Markup {
    html! { ul.p { @for one in people { li { (one) } } } }
}
