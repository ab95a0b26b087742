//! Letters: one for each host and each student, from templates that the office may edit.

use std::collections::BTreeMap;

use minijinja::value::Serde;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior};
use rules::codes;
use rules::domain::{HostIndex, StudentIndex};
use rules::finding::At;
use serde::Serialize;
use wire::Faults;

use crate::facts::Facts;
use crate::file_names::FileNames;
use crate::season::{Season, View};

/// Templates by file name. `student` and `host` with `.html`, `.txt` or `.md` make letters; others may be included by those.
pub type Templates = BTreeMap<String, String>;

/// One letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// A name that every file system takes, and that no two letters share, whatever the case.
    pub file: String,
    /// What stands in it.
    pub text: String,
}

/// Letters, and who gets which.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Letters {
    /// One for each student and host and each template of its kind.
    pub letters: Vec<Letter>,
    /// The mail-merge table: [`MAIL_MERGE`], then one row a letter.
    pub mail_merge: Vec<Vec<String>>,
}

/// The header of the mail-merge table.
const MAIL_MERGE: [&str; 9] =
    ["kind", "id", "name", "email", "file", "project_id", "project_title", "host_title", "country"];
/// Where an address is kept, in the labels of a student.
const EMAIL: &str = "email";
/// Endings of templates that make letters.
const ENDINGS: [&str; 3] = ["html", "md", "txt"];
/// Steps that one letter may take; a letter of a host with 1,000 students takes about 50,000.
const MOST_STEPS: u64 = 2_000_000;
/// How deep templates may include each other.
const MOST_DEPTH: usize = 50;

/// The templates that letters are written from where the office has none of its own.
pub fn default_templates() -> Templates {
    let files =
        [("student.html", include_str!("letters/student.html")), ("host.html", include_str!("letters/host.html"))];
    files.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
}

/// Writes every letter.
///
/// # Errors
/// As [`crate::page`]; every template that can't be read, and the first letter that each can't write, with the line.
pub fn letters(season: &Season<'_>, templates: &Templates) -> Result<Letters, Faults> {
    let request = season.read()?;
    let view = View::new(&request, season.told());
    let environment = environment(templates)?;
    let facts = Facts::new(&view);
    let mut written = Writer {
        environment: &environment,
        names: FileNames::default(),
        faults: Faults::default(),
        letters: Letters { mail_merge: vec![MAIL_MERGE.map(str::to_owned).to_vec()], ..Letters::default() },
    };
    let of_kind = |kind: &str| -> Vec<String> {
        let names = ENDINGS.iter().map(|ending| format!("{kind}.{ending}"));
        names.filter(|name| templates.contains_key(name)).collect()
    };
    for template in of_kind("student") {
        for student in view.instance().student_indices() {
            let told = facts.student(student);
            let row = student_row(&view, student, &told);
            if !written.write(&template, "student", &told.id, &told, row) {
                break;
            }
        }
    }
    for template in of_kind("host") {
        for host in (0..view.instance().hosts.len() as u32).map(HostIndex) {
            let told = facts.host(host);
            let titles: Vec<&str> = told.projects.iter().map(|project| project.title.as_str()).collect();
            let ids: Vec<&str> = told.projects.iter().map(|project| project.id.as_str()).collect();
            let email = address(&view.instance().hosts[host.at()].contact);
            let row = [&told.name, email, &ids.join("; "), &titles.join("; "), &told.name, &told.country];
            if !written.write(&template, "host", &told.id, &told, row.map(str::to_owned)) {
                break;
            }
        }
    }
    if written.faults.total() > 0 { Err(written.faults) } else { Ok(written.letters) }
}

/// The mail address in what is known of a host's contact; empty where there is none.
fn address(contact: &str) -> &str {
    let words =
        contact.split(|letter: char| letter.is_whitespace() || matches!(letter, ',' | ';' | '<' | '>' | '(' | ')'));
    words.into_iter().find(|word| word.contains('@')).unwrap_or_default()
}

fn student_row(view: &View, student: StudentIndex, told: &crate::facts::StudentFacts) -> [String; 6] {
    let email = view.instance().students[student.at()].attributes.get(EMAIL).cloned().unwrap_or_default();
    let place = told.place.as_ref();
    let of =
        |part: fn(&crate::facts::PlaceFacts) -> &String| place.map_or_else(String::new, |place| part(place).clone());
    [told.name.clone(), email, of(|p| &p.project_id), of(|p| &p.project), of(|p| &p.host), of(|p| &p.country)]
}

/// Reads the templates.
fn environment(templates: &Templates) -> Result<Environment<'_>, Faults> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(MOST_STEPS));
    environment.set_recursion_limit(MOST_DEPTH);
    let mut faults = Faults::default();
    let makes_letters = |name: &&String| {
        ENDINGS.iter().any(|ending| ["student", "host"].iter().any(|kind| **name == format!("{kind}.{ending}")))
    };
    if !templates.keys().any(|name| makes_letters(&name)) {
        faults.add(&codes::NO_TEMPLATE, At::root("templates"), "no file is called student or host");
    }
    for (name, text) in templates {
        if let Err(error) = environment.add_template(name, text) {
            faults.add(&codes::TEMPLATE_FAILED, At::root("templates"), told(name, &error));
        }
    }
    if faults.total() > 0 { Err(faults) } else { Ok(environment) }
}

/// Where a template fails, and why. What a letter says is never in it.
fn told(name: &str, error: &Error) -> String {
    let at = match (error.name().unwrap_or(name), error.line()) {
        (name, Some(line)) => format!("{name}, line {line}"),
        (name, None) => name.to_owned(),
    };
    let why = match error.kind() {
        ErrorKind::OutOfFuel => "it does not come to an end".to_owned(),
        // These speak of the template's own words.
        ErrorKind::SyntaxError
        | ErrorKind::UnknownFilter
        | ErrorKind::UnknownFunction
        | ErrorKind::UnknownTest
        | ErrorKind::TemplateNotFound => {
            format!("{}{}", error.kind(), error.detail().map_or_else(String::new, |detail| format!(": {detail}")))
        }
        kind => kind.to_string(),
    };
    format!("{at}: {why}")
}

struct Writer<'a> {
    environment: &'a Environment<'a>,
    names: FileNames,
    faults: Faults,
    letters: Letters,
}

impl Writer<'_> {
    /// Writes one letter; false where the template fails.
    fn write<T: Serialize>(&mut self, template: &str, kind: &str, id: &str, facts: &T, row: [String; 6]) -> bool {
        let rendered = self.environment.get_template(template).and_then(|template| template.render(Serde(facts)));
        let text = match rendered {
            Ok(text) => text,
            Err(error) => {
                self.faults.add(&codes::TEMPLATE_FAILED, At::root("templates"), told(template, &error));
                return false;
            }
        };
        let ending = template.rsplit('.').next().unwrap_or_default();
        let file = format!("{}.{ending}", self.names.name(kind, id));
        let [name, email, rest @ ..] = row;
        let row = [kind.to_owned(), id.to_owned(), name, email, file.clone()].into_iter().chain(rest);
        self.letters.mail_merge.push(row.collect());
        self.letters.letters.push(Letter { file, text });
        true
    }
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn the_address_of_a_host_is_found_in_its_contact() {
        assert_eq!(address("Dr. Example, host@example.org"), "host@example.org");
        assert_eq!(address("Dr. Example <host@example.org>"), "host@example.org");
        assert_eq!(address("by telephone"), "");
    }
}
