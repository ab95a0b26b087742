//! The page of the office: the figures, then one section a question.

mod changes;
mod choices;
mod destinations;
mod head;
mod objections;
mod one_more;
mod points;
mod seats;
mod trouble;
mod unplaced;

use maud::{Markup, html};

use crate::html::frame;
use crate::season::View;

/// A part of what the office reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The same for every season: `head`, `foot`, or the id of the HTML section.
    pub id: &'static str,
    /// A `section` of HTML that begins with its question as `h2`; of `head` and `foot` what stands in them, without a heading.
    pub html: String,
}

/// The page of the office.
pub(crate) fn page(view: &View) -> Markup {
    let body = html! { @for (_, section) in body(view) { (section) } };
    let head = html! { (head::heading(view)) (head::figures(view)) };
    frame(&head::title(view), "office", &head, &body, &head::foot(view))
}

/// What the page shows, part by part.
pub(crate) fn sections(view: &View) -> Vec<Section> {
    let parts = [("head", head::figures(view))].into_iter().chain(body(view)).chain([("foot", head::foot(view))]);
    parts.map(|(id, shown)| Section { id, html: shown.into_string() }).collect()
}

/// The answers, in the order of the page; a question that the season does not raise is left out.
fn body(view: &View) -> Vec<(&'static str, Markup)> {
    let mut parts = vec![("findings", trouble::findings(view))];
    if view.outcome().summary.is_some() {
        parts.extend([
            ("choices", choices::section(view)),
            ("seats", seats::section(view)),
            ("destinations", destinations::section(view)),
            ("points", points::section(view)),
            ("unplaced", unplaced::section(view)),
            ("one-more", one_more::section(view)),
            ("changes", changes::section(view)),
            ("objections", objections::section(view)),
        ]);
    } else {
        parts.push(("contradiction", trouble::no_matching(view)));
    }
    parts.retain(|(_, shown)| !shown.0.is_empty());
    parts
}
