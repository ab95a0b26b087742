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

/// The page of the office.
pub(crate) fn page(view: &View) -> Markup {
    let body = html! {
        (trouble::findings(view))
        @if view.outcome().summary.is_some() {
            (choices::section(view))
            (seats::section(view))
            (destinations::section(view))
            (points::section(view))
            (unplaced::section(view))
            (one_more::section(view))
            (changes::section(view))
            (objections::section(view))
        } @else {
            (trouble::no_matching(view))
        }
    };
    frame(&head::title(view), "office", &head::head(view), &body, &head::foot(view))
}
