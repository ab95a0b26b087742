//! Students, projects and hosts in a page. A name may be written in any direction, so that each stands apart (`bdi`).

use maud::{Markup, html};

use crate::season::View;

/// A name and an id; the id alone where there is no name.
pub(crate) fn named(name: &str, id: &str) -> Markup {
    html! {
        @if name.is_empty() || name == id { bdi { (id) } } @else { bdi { (name) } " (" bdi { (id) } ")" }
    }
}

/// A student.
pub(crate) fn student(view: &View, id: &str) -> Markup {
    named(view.student(id).map_or("", |(_, row)| &row.display_name), id)
}

/// A project.
pub(crate) fn project(view: &View, id: &str) -> Markup {
    named(view.project(id).map_or("", |(_, row)| &row.title), id)
}

/// A student, and the id of the project they go to.
pub(crate) fn placed(view: &View, place: &wire::pb::Assignment) -> Markup {
    html! { (student(view, &place.student_id)) " → " bdi { (place.project_id) } }
}

/// A list of them.
pub(crate) fn list(people: &[Markup]) -> Markup {
    html! { ul.p { @for one in people { li { (one) } } } }
}
