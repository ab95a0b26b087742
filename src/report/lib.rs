//! A matching to look at and to print: pages and letters. Read from messages, so that it can say no more than they do.

mod bars;
mod facts;
mod file_names;
mod html;
mod letters;
mod manager;
mod people;
mod reading;
mod season;
mod share;

pub use letters::{Letter, Letters, Templates, default_templates, letters};
pub use manager::Section;
pub use reading::{Reading, sections};
pub use season::{Audience, Links, Season};

use rules::codes;
use rules::finding::At;
use season::View;
use wire::Faults;

/// The style of the pages, in light, in dark and on paper.
pub const STYLE: &str = include_str!("page.css");

/// The patterns that pictures are filled with, as SVG: a page that shows sections has them once, before them.
pub fn patterns() -> String {
    bars::patterns().into_string()
}

/// Writes one page of HTML: one file that asks nothing of anywhere, the same bytes for the same messages.
///
/// # Errors
/// Every fault of the season; an outcome that is not of the season; a host or a student that the season has not.
pub fn page(season: &Season<'_>, audience: Audience<'_>) -> Result<String, Faults> {
    let request = season.read()?;
    let view = View::new(&request, season.told());
    let unknown = |field: &'static str, message: String| {
        let mut faults = Faults::default();
        faults.add(&codes::UNKNOWN_ID, At::root(field), message);
        faults
    };
    let page = match audience {
        Audience::Manager => manager::page(&view),
        Audience::Host(id) => {
            let (host, _) = view.host(id).ok_or_else(|| unknown("host", format!("the season has no host {id}")))?;
            html::host(&facts::Facts::new(&view).host(host))
        }
        Audience::Student(id) => {
            let missing = || unknown("student", "the season has no such student".to_owned());
            let (student, _) = view.student(id).ok_or_else(missing)?;
            html::student(&facts::Facts::new(&view).student(student))
        }
    };
    Ok(page.into_string())
}
