//! Students, projects and hosts as they are named on a page: the name, the id beside it, and the way to their own page.

use maud::{Markup, html};

use crate::Console;
use crate::shown::ShownRun;

/// Names what belongs to a run.
#[derive(Clone, Copy)]
pub(super) struct Names<'a> {
    pub console: &'a Console,
    pub shown: &'a ShownRun,
}

impl Names<'_> {
    fn named(&self, name: &str, id: &str, page: Option<String>) -> Markup {
        let text = html! { bdi { (name) } };
        html! {
            @if let Some(page) = page { a href=(self.console.addresses().run(self.shown.id(), page)) { (text) } } @else { (text) }
            @if name != id { " " span.id { bdi { (id) } } }
        }
    }

    /// A student.
    pub fn student(&self, id: &str) -> Markup {
        let page = self.shown.student_number(id).map(|number| format!("/students/{number}"));
        self.named(self.shown.student_name(id), id, page)
    }

    /// A project; of an empty id nobody's place.
    pub fn project(&self, id: &str) -> Markup {
        if id.is_empty() {
            return html! { span.soft { "no place" } };
        }
        let page = self.shown.project_number(id).map(|number| format!("/projects/{number}"));
        self.named(self.shown.project_name(id), id, page)
    }

    /// A host.
    pub fn host(&self, id: &str) -> Markup {
        if id.is_empty() {
            return html! { span.soft { "–" } };
        }
        let page = self.shown.host_number(id).map(|number| format!("/hosts/{number}"));
        self.named(self.shown.host_name(id), id, page)
    }
}
