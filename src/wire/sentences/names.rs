//! What people are called and things are titled: names beside ids, and `you` to the student who reads.

use super::Words;
use crate::Audience;
use rules::domain::{Host, Project, Student};

/// A student in a sentence.
pub(super) struct Who {
    name: String,
    pub is_you: bool,
}

impl Who {
    /// At the beginning of a sentence.
    pub fn subject(&self) -> &str {
        if self.is_you { "You" } else { &self.name }
    }

    /// Inside of a sentence.
    pub fn object(&self) -> &str {
        if self.is_you { "you" } else { &self.name }
    }

    /// `you have`, or `S1 has`.
    pub fn has(&self) -> String {
        self.does("have", "has")
    }

    /// `You are`, or `S1 is`.
    pub fn is(&self) -> String {
        format!("{} {}", self.subject(), if self.is_you { "are" } else { "is" })
    }

    /// Inside of a sentence, with what they do: `you go`, or `S1 goes`.
    pub fn does(&self, you: &str, they: &str) -> String {
        format!("{} {}", self.object(), if self.is_you { you } else { they })
    }

    /// `your`, or `their`.
    pub fn their(&self) -> &'static str {
        if self.is_you { "your" } else { "their" }
    }

    /// `you`, or `they`.
    pub fn they(&self) -> &'static str {
        if self.is_you { "you" } else { "they" }
    }
}

fn titled(title: &str, id: &str) -> String {
    if title.is_empty() || title == id { id.to_owned() } else { format!("{title} ({id})") }
}

impl Words<'_> {
    /// A student by id.
    pub(super) fn who(&self, id: &str) -> Who {
        Who { name: self.student(id), is_you: self.reader == Audience::Student }
    }

    /// A student by id, with the name where the manager reads.
    pub fn student(&self, id: &str) -> String {
        if self.reader != Audience::Manager {
            return id.to_owned();
        }
        titled(self.student_row(id).map_or("", |student| &student.display_name), id)
    }

    /// A project by id.
    pub fn project(&self, id: &str) -> String {
        titled(self.project_row(id).map_or("", |project| &project.title), id)
    }

    /// A host by id.
    pub fn host(&self, id: &str) -> String {
        titled(self.host_row(id).map_or("", |host| &host.title), id)
    }

    pub(super) fn student_row(&self, id: &str) -> Option<&Student> {
        let students = &self.season.as_ref()?.instance.students;
        students.binary_search_by(|row| row.id.as_str().cmp(id)).ok().map(|at| &students[at])
    }

    pub(super) fn project_row(&self, id: &str) -> Option<&Project> {
        let projects = &self.season.as_ref()?.instance.projects;
        projects.binary_search_by(|row| row.id.as_str().cmp(id)).ok().map(|at| &projects[at])
    }

    pub(super) fn host_row(&self, id: &str) -> Option<&Host> {
        let hosts = &self.season.as_ref()?.instance.hosts;
        hosts.binary_search_by(|row| row.id.as_str().cmp(id)).ok().map(|at| &hosts[at])
    }
}
