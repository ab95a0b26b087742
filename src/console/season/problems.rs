//! The problems of a season by cell, each with what may be decided, and the questions about whole columns.

use std::collections::HashMap;

use axum::extract::{Path, RawForm, RawQuery, Request, State};
use axum::response::{Redirect, Response};
use maud::{Markup, html};
use wire::numbers::{count, counted};
use wire::pb;

use super::decisions::{Group, decided, groups, is_open, table};
use super::frame;
use super::work::Work;
use crate::Console;
use crate::files::{XLSX, download, form, received};
use crate::list::Asked;
use crate::trouble::Trouble;
use crate::visit::Visit;
use pb::desk_problem::Severity;

/// Groups of a page.
const PAGE: usize = 30;

/// Cells of a group that are listed.
const MOST_CELLS: usize = 200;

/// What is shown, and what it is called.
const SHOWN: [(&str, &str); 4] =
    [("", "to decide"), ("warnings", "to look at"), ("notes", "read by a rule"), ("decided", "decided")];

/// Decisions to make: groups of problems, and questions.
pub(super) fn open_count(imported: &pb::ImportSeasonResponse) -> i64 {
    let open = groups(&imported.problems).iter().filter(|group| group.first().is_some_and(is_open)).count();
    (open + imported.questions.len()) as i64
}

/// What is told, and what was decided and is told no more.
fn all(work: &Work, imported: &pb::ImportSeasonResponse) -> Vec<pb::DeskProblem> {
    let told = imported.problems.iter().filter(|problem| problem.decision.is_empty()).cloned();
    told.chain(decided(work.asked.decisions.as_ref())).collect()
}

/// Whether a group belongs to what is shown.
fn belongs(group: &Group, shown: &str) -> bool {
    let Some(first) = group.first() else { return false };
    match shown {
        "warnings" => first.severity() == Severity::Warning && first.decision.is_empty(),
        "notes" => first.severity() == Severity::Note,
        "decided" => !first.decision.is_empty(),
        _ => is_open(first),
    }
}

/// The page.
pub(crate) async fn page(
    State(console): State<Console>,
    visit: Visit,
    Path(draft): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Markup, Trouble> {
    let asked = Asked::read(query.as_deref());
    let work = Work::read(&console, &visit, &draft).await?;
    let imported = work.import(&console, &visit).await?;
    let problems = all(&work, &imported);
    let all = groups(&problems);
    let shown = asked.value("show");
    let of_kind: Vec<&Group> = all.iter().filter(|group| belongs(group, shown)).collect();
    let last = of_kind.len().div_ceil(PAGE).max(1);
    let at = asked.value("page").parse().unwrap_or(1).clamp(1, last);
    let to = |page: &str| console.addresses().season(&draft, page);
    let open = open_count(&imported);
    let body = html! {
        @if work.asked.files.is_empty() { p.empty { "There is no file yet. " a href=(to("")) { "Add the season's files first." } } }
        @else if open == 0 {
            p.lead role="status" { "Nothing is open. " a.button href=(to("/match")) { @if work.asked.base_run.is_empty() { "Match" } @else { "See what would change" } } }
        } @else { p.lead role="status" { strong { (counted(open, "decision")) } " to make before there is a season." } }
        nav.tabs aria-label="Which problems" { ul { @for (key, name) in SHOWN {
            @let number = all.iter().filter(|group| belongs(group, key)).count();
            @let page = if key.is_empty() { "/problems".to_owned() } else { format!("/problems?show={key}") };
            li { a href=(to(&page)) aria-current=[(shown == key).then_some("true")] { (name) " (" (count(number as i64)) ")" } }
        } } }
        form method="post" action=(to("/problems")) {
            input type="hidden" name="revision" value=(work.draft.revision);
            @if shown.is_empty() { (questions(&imported.questions)) }
            @for group in of_kind.iter().skip((at - 1) * PAGE).take(PAGE) { (problem(&console, group)) }
            @if of_kind.is_empty() && (!shown.is_empty() || imported.questions.is_empty()) { p.empty { "There is none." } }
            @else { p.sticky { button.main type="submit" { "Save these decisions" } } }
        }
        @if last > 1 {
            nav.pages aria-label="Pages" {
                @if at > 1 { a rel="prev" href=(to(&format!("/problems?show={shown}&page={}", at - 1))) { "Previous" } }
                " Page " (at) " of " (last) " "
                @if at < last { a rel="next" href=(to(&format!("/problems?show={shown}&page={}", at + 1))) { "Next" } }
            }
        }
        details {
            summary { "Decide in a spreadsheet instead" }
            p { a download href=(to("/problems.xlsx")) { "The workbook with the cells marked" } ": fill in its column decision, and send it back." }
            (form(&to("/decisions"), Some(work.draft.revision), "Read the decisions"))
        }
    };
    Ok(frame(&console, &visit, &work, "Problems", "/problems").await?.page(&body))
}

/// Questions about whole columns.
fn questions(questions: &[pb::ColumnQuestion]) -> Markup {
    html! {
        @for (number, question) in questions.iter().enumerate() {
            fieldset.problem {
                legend { (question.question) }
                p.soft { code { (question.question_id) } }
                input type="hidden" name=(format!("i{number}")) value=(question.question_id);
                @for answer in &question.answers {
                    label { input type="radio" name=(format!("q{number}")) value=(answer.answer); " " strong { (answer.answer) } ": " (answer.means)
                        " (" (counted(answer.row_count, "row")) ")" }
                }
            }
        }
    }
}

/// A group with what may be decided.
fn problem(console: &Console, group: &Group) -> Markup {
    let Some(first) = group.first() else { return html! {} };
    let number = group.number;
    let name = format!("d{number}");
    let decided = first.decision.as_str();
    let is_word = ["", "accept", "keep", "skip", "blank"].contains(&decided);
    let choice = |value: &str, words: Markup| {
        html! {
            label { input type="radio" name=(name) value=(value) checked[decided == value]; " " (words) }
        }
    };
    let sheet = if first.sheet.is_empty() { first.file.clone() } else { format!("{}, {}", first.file, first.sheet) };
    let severity = match first.severity() {
        Severity::Error => "Can't be read",
        Severity::Ask => "Please decide",
        Severity::Warning => "Please look",
        Severity::Note | Severity::Unspecified => "Read by a rule",
    };
    html! {
        fieldset.problem data-severity=(first.severity().as_str_name()) {
            legend { span.badge { (severity) } " " bdi { (first.problem) } }
            p.soft {
                a href=(console.addresses().to(format_args!("/help/{}", first.code))) { (first.code) } " · " bdi { (sheet) }
                @if !first.column.is_empty() { " · column " bdi { (first.column) } }
            }
            @if !first.found.is_empty() { p { "Found: " code { bdi { (first.found) } } @if !first.suggestion.is_empty() { " · suggested: " code { bdi { (first.suggestion) } } } } }
            @if group.problems.len() == 1 { p { "Cell " strong { (first.cell) } @if !first.record_id.is_empty() { ", " bdi { (first.record_id) } } } }
            @else {
                details {
                    summary { (counted(group.problems.len() as i64, "cell")) }
                    ul.cells { @for one in group.problems.iter().take(MOST_CELLS) { li { strong { (one.cell) } @if !one.record_id.is_empty() { " " bdi { (one.record_id) } } } } }
                    @if group.problems.len() > MOST_CELLS { p { "And " (count((group.problems.len() - MOST_CELLS) as i64)) " more." } }
                }
            }
            @if first.severity() != Severity::Note {
                div.decisions role="radiogroup" aria-label=(format!("Decision: {}", first.problem)) {
                    (choice("", html! { "not decided" }))
                    @if !first.suggestion.is_empty() { (choice("accept", html! { "take " code { bdi { (first.suggestion) } } })) }
                    @if first.severity() != Severity::Error { (choice("keep", html! { "keep as found" })) }
                    (choice("skip", html! { "leave the row out" }))
                    (choice("blank", html! { "empty the cell" }))
                    label { input type="radio" name=(name) value="value" checked[!is_word]; " another value:" }
                    " " input type="text" name=(format!("v{number}")) value=[(!is_word).then(|| written(decided))] aria-label="The other value" autocomplete="off";
                }
            }
        }
    }
}

/// Keeps what a form decides.
pub(crate) async fn decide(
    State(console): State<Console>,
    visit: Visit,
    Path(draft): Path<String>,
    RawForm(form): RawForm,
) -> Result<Redirect, Trouble> {
    let fields: HashMap<String, String> = form_urlencoded::parse(&form).into_owned().collect();
    let revision: i64 = fields.get("revision").and_then(|revision| revision.parse().ok()).unwrap_or_default();
    let mut work = Work::read(&console, &visit, &draft).await?;
    if revision == work.draft.revision {
        let imported = work.import(&console, &visit).await?;
        let problems = all(&work, &imported);
        let mut anew = Vec::new();
        for group in groups(&problems) {
            let Some(choice) = fields.get(&format!("d{}", group.number)) else { continue };
            let value = fields.get(&format!("v{}", group.number)).map_or("", |value| value.as_str());
            let decision = decision(choice, value)?;
            let changed = group.problems.iter().filter(|problem| problem.decision != decision);
            anew.extend(changed.map(|problem| pb::DeskProblem { decision: decision.clone(), ..(*problem).clone() }));
        }
        let decisions = table(decided(work.asked.decisions.as_ref()), anew);
        let answers: Vec<(String, String)> = (0..imported.questions.len())
            .filter_map(|number| {
                Some((fields.get(&format!("i{number}"))?.clone(), fields.get(&format!("q{number}"))?.clone()))
            })
            .collect();
        work.asked.decisions = Some(decisions);
        work.asked.mapping = desk::import::with_answers(&imported.mapping, &answers)
            .map_err(|why| Trouble::malformed(format!("The answers can't be kept: {why}")))?;
    }
    work.save(&console, &visit, revision).await?;
    Ok(Redirect::to(&console.addresses().season(&draft, "/problems")))
}

/// A decision as the table of problems has it.
fn decision(choice: &str, value: &str) -> Result<String, Trouble> {
    match choice {
        "" | "accept" | "keep" | "skip" | "blank" => Ok(choice.to_owned()),
        "value" if value.trim().is_empty() => Err(Trouble::malformed(
            "Another value was chosen, and none was written. Nothing was saved: go back and write it.",
        )),
        // A value that reads as one of the words.
        "value" if ["accept", "keep", "skip", "blank"].contains(&value.trim()) || value.starts_with('=') => {
            Ok(format!("={value}"))
        }
        "value" => Ok(value.to_owned()),
        _ => Err(Trouble::malformed("The decision is none that the console knows.")),
    }
}

/// The value that a decision is, as somebody writes it on the page.
fn written(decision: &str) -> &str {
    decision.strip_prefix('=').unwrap_or(decision)
}

/// The files with the problems marked, to decide in.
pub(crate) async fn workbook(
    State(console): State<Console>,
    visit: Visit,
    Path(draft): Path<String>,
) -> Result<Response, Trouble> {
    let work = Work::read(&console, &visit, &draft).await?;
    let format = Some(pb::desk_file::Format::Xlsx as i32);
    let asked = pb::ImportSeasonRequest { problems_format: format, ..work.asked };
    let made = console.services().call(&visit.principal, asked).await?;
    let file = made.problems_file.ok_or_else(Trouble::fault)?;
    Ok(download("problems.xlsx", XLSX, file.content))
}

/// Takes decisions from a table of problems that somebody filled in.
pub(crate) async fn upload(
    State(console): State<Console>,
    visit: Visit,
    Path(draft): Path<String>,
    request: Request,
) -> Result<Redirect, Trouble> {
    let received = received(&console, request).await?;
    let mut work = Work::read(&console, &visit, &draft).await?;
    let revision = received.revision.unwrap_or(work.draft.revision);
    let before = decided(work.asked.decisions.as_ref());
    work.asked.decisions = received.files.into_iter().next();
    // Decisions that can't be read are told before they are kept.
    console.services().call(&visit.principal, work.asked.clone()).await?;
    // The table has no line of what was settled before it was made.
    work.asked.decisions = Some(table(before, decided(work.asked.decisions.as_ref())));
    work.save(&console, &visit, revision).await?;
    Ok(Redirect::to(&console.addresses().season(&draft, "/problems")))
}

#[cfg(test)]
mod tests {
    use super::{decision, written};

    #[test]
    fn a_value_that_reads_as_a_word_is_written_so_that_it_is_none() {
        for (choice, value, kept) in [
            ("accept", "x", Some("accept")),
            ("", "", Some("")),
            ("value", "C1", Some("C1")),
            ("value", "skip", Some("=skip")),
            ("value", "=1+1", Some("==1+1")),
            ("value", " ", None),
            ("drop", "", None),
        ] {
            assert_eq!(decision(choice, value).ok().as_deref(), kept, "{choice} {value}");
            if let Some(kept) = kept.filter(|_| choice == "value") {
                assert_eq!(written(kept), value, "a form that is saved again says the same");
            }
        }
    }
}
