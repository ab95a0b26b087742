//! The frame of every page, and the pages of one student and of one host.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use wire::numbers::{count, counted, ordinal};

use crate::bars::{self, Bar, Fill};
use crate::facts::{HostFacts, PlaceFacts, ProjectFacts, StudentFacts};
use crate::people;

/// Nothing is loaded from anywhere; the page brings its own style, which is known by the digest of `page.css`.
/// Where the digest is not that of the file, the tests fail in the browser, which says the right one.
const POLICY: &str = "default-src 'none'; style-src 'sha256-wTyvmYBo9rcJkFK5wMVnB+YLRlusAbvlppDvXZ+fA68='; base-uri 'none'; form-action 'none'";

/// A whole page: `kind` is the class of its body.
pub(crate) fn frame(title: &str, kind: &str, head: &Markup, body: &Markup, foot: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                title { (title) }
                style { (PreEscaped(crate::STYLE)) }
            }
            body class=(kind) {
                (bars::patterns())
                header { (head) }
                main { (body) }
                footer { (foot) }
            }
        }
    }
}

/// The answer to a question: a heading, sentences, and what shows them.
pub(crate) fn section(id: &str, question: &str, answers: &[String], shown: &Markup) -> Markup {
    html! {
        section id=(id) aria-labelledby=(format!("{id}-q")) {
            h2 id=(format!("{id}-q")) { (question) }
            @if !answers.is_empty() { p.answer { (answers.join(" ")) } }
            (shown)
        }
    }
}

/// Of which season a page is.
pub(crate) fn of_term(term: &str) -> Markup {
    html! { @if !term.is_empty() { p.soft { "Season " bdi { (term) } } } }
}

fn line(name: &str, value: &str) -> Markup {
    html! { @if !value.is_empty() { dt { (name) } dd dir="auto" { (value) } } }
}

fn place(place: &PlaceFacts) -> Markup {
    html! {
        div.place {
            dl {
                (line("Project", &place.project))
                (line("Host", &place.host))
                (line("Country", &place.country))
                (line("Program", &place.program))
                (line("First day", &place.start))
                (line("Last day", &place.end))
                (line("Hours a week", &place.hours_per_week))
                (line("Stipend", &place.stipend))
            }
        }
    }
}

/// The page of one student.
pub(crate) fn student(facts: &StudentFacts) -> Markup {
    let question = if facts.place.is_some() { "Where do I go?" } else { "Why do I have no place?" };
    let head = html! { h1 { bdi { (facts.name) } } (of_term(&facts.term)) };
    let body = html! {
        (section("place", question, &facts.sentences, &html! { @if let Some(at) = &facts.place { (place(at)) } }))
        @if !facts.choices.is_empty() {
            (section("choices", "What became of my choices?", &[], &html! {
                ol.choices {
                    @for choice in &facts.choices {
                        li {
                            strong { (ordinal(choice.rank.into())) " choice: " bdi { (choice.title) } }
                            br;
                            @if choice.is_place { "✓ " }
                            (choice.sentence)
                        }
                    }
                }
            }))
        }
    };
    frame(
        &format!("Placement of {}", facts.name),
        "one",
        &head,
        &body,
        &html! { p { "For " bdi { (facts.name) } " alone." } },
    )
}

/// The page of one host.
pub(crate) fn host(facts: &HostFacts) -> Markup {
    let head = html! {
        h1 { bdi { (facts.name) } }
        (of_term(&facts.term))
        @if !facts.country.is_empty() { p.soft { (facts.country) } }
    };
    let left = facts.seat_count.saturating_sub(facts.placed_count);
    let come = if facts.placed_count == 1 { "comes" } else { "come" };
    let stay = if left == 1 { "stays" } else { "stay" };
    let answer = format!(
        "{} {come}, for {} in all; {} {stay} free.",
        counted(facts.placed_count as i64, "student"),
        counted(facts.seat_count as i64, "seat"),
        count(left as i64)
    );
    let bar = |project: &ProjectFacts| {
        let taken = project.students.len() as u64;
        let free = u64::from(project.seat_count).saturating_sub(taken);
        Bar {
            label: project.title.clone(),
            parts: vec![(taken, Fill::Solid), (free, Fill::Open)],
            told: format!("{taken} of {}", counted(project.seat_count.into(), "seat")),
            behind: project.students.iter().map(|student| people::named(&student.name, &student.id)).collect(),
            ..Bar::default()
        }
    };
    let bars: Vec<Bar> = facts.projects.iter().map(bar).collect();
    let rows: Vec<Vec<String>> = facts
        .projects
        .iter()
        .map(|row| vec![row.title.clone(), row.students.len().to_string(), row.seat_count.to_string()])
        .collect();
    let body = html! {
        (section("coming", "Who comes to us?", &[answer], &html! {
            (bars::legend(&[(Fill::Solid, "a student comes"), (Fill::Open, "no student")]))
            (bars::rows("coming", &bars, bars.len(), "more"))
            (bars::numbers("coming", "Students and seats by project", &["Project", "Students", "Seats"], &rows))
        }))
        @for (at, project) in facts.projects.iter().enumerate() {
            section id=(format!("project-{at}")) aria-labelledby=(format!("project-{at}-q")) {
                h2 id=(format!("project-{at}-q")) { (people::named(&project.title, &project.id)) }
                @if !project.start.is_empty() && !project.end.is_empty() { p.soft { (project.start) " to " (project.end) } }
                p { (project.sentences.join(" ")) }
                @if !project.students.is_empty() {
                    ul { @for student in &project.students { li { (people::named(&student.name, &student.id)) } } }
                }
            }
        }
    };
    let foot = html! { p { "For " bdi { (facts.name) } " alone." } };
    frame(&format!("Students of {}", facts.name), "one", &head, &body, &foot)
}
