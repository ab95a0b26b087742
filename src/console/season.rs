//! Seasons under work: the files as they came, what was decided about them, and the policy. A season is read anew from these whenever one of them
//! changes, so that nothing is ever repaired in silence.

mod decisions;
pub(crate) mod files;
pub(crate) mod market;
pub(crate) mod policy;
pub(crate) mod problems;
pub(crate) mod shortlist;
pub(crate) mod start;
mod work;

use axum::Form;
use axum::extract::{Path, Request, State};
use axum::response::{Redirect, Response};
use maud::{Markup, html};
use rules::domain::DraftId;
use serde::Deserialize;
use wire::numbers::{count, counted};
use wire::pb;

use crate::Console;
use crate::files::{XLSX, download, form, form_named, received};
use crate::frame::Frame;
use crate::shown::read;
use crate::trouble::Trouble;
use crate::visit::Visit;
use crate::words::moment;
pub(crate) use work::Imports;
use work::{Work, begin};

/// Seasons of a page.
const PAGE: usize = 100;

/// The pages of a season, and of changes of a run.
const TABS: [(&str, &str); 6] = [
    ("", "Files"),
    ("/problems", "Problems"),
    ("/market", "Market"),
    ("/policy", "Policy"),
    ("/shortlist", "Shortlist"),
    ("/match", "Match"),
];

/// The seasons that one may work on, and how to begin.
pub(crate) async fn list(State(console): State<Console>, visit: Visit) -> Result<Markup, Trouble> {
    let listed = console.services().store.drafts(visit.principal.reach(), None, PAGE).await?;
    let (drafts, is_cut) = (listed.drafts, listed.next.is_some());
    let to = |path: &str| console.addresses().to(path);
    let body = html! {
        @if drafts.is_empty() {
            p.empty { "There is no season under work. Drop the spreadsheets of one below: whatever is unclear in them is asked, and nothing is repaired in silence." }
        } @else {
            div.scroll tabindex="0" role="region" aria-label="Seasons under work" {
                table.list {
                    caption.hidden { "Seasons under work, the latest first" }
                    thead { tr { th scope="col" { "Season" } th scope="col" { "Saved" } th scope="col" { "By" } } }
                    tbody { @for draft in &drafts {
                        tr {
                            th scope="row" { @if visit.may_change() { a href=(console.addresses().season(draft.id.as_str(), "")) { bdi { (draft.display_name) } } } @else { bdi { (draft.display_name) } } }
                            td { (moment(draft.changed.as_second())) } td { bdi { (draft.changed_by) } }
                        }
                    } }
                }
            }
        }
        @if is_cut { p.soft { "The " (PAGE) " that were saved last are shown." } }
        @if visit.may_change() {
            section aria-labelledby="new" {
                h2 #new { "Begin a season" }
                (form_named(&to("/seasons")))
                h3 { "No spreadsheets yet?" }
                ul.actions {
                    li { a.button download href=(to("/template.xlsx")) { "The workbook to fill in" } }
                    li { form method="post" action=(to("/seasons/sample")) { button type="submit" { "Try a sample season" } } }
                }
            }
        }
        p { "What came out of earlier seasons stands in " a href=(to("/runs")) { "the runs" } "." }
    };
    Ok(Frame::new(&console, "Seasons").to(&visit).part("/").page(&body))
}

/// Begins a season with files.
pub(crate) async fn create(
    State(console): State<Console>,
    visit: Visit,
    request: Request,
) -> Result<Redirect, Trouble> {
    let received = received(&console, request).await?;
    let name = if received.name.is_empty() { "New season".to_owned() } else { received.name.clone() };
    let asked =
        pb::ImportSeasonRequest { files: received.files, term: received.name, ..pb::ImportSeasonRequest::default() };
    let draft = begin(&console, &visit, &name, asked).await?;
    Ok(Redirect::to(&console.addresses().season(draft.id.as_str(), "")))
}

/// Begins a season to try things with.
pub(crate) async fn sample(State(console): State<Console>, visit: Visit) -> Result<Redirect, Trouble> {
    let asked =
        pb::GetSampleRequest { student_count: Some(40), project_count: Some(30), ..pb::GetSampleRequest::default() };
    let made = console.services().call(&visit.principal, asked).await?;
    let (policy, term) =
        (made.policy.clone(), made.instance.as_ref().map(|season| season.term.clone()).unwrap_or_default());
    let tables = pb::GetTemplateRequest { format: 0, instance: made.instance, policy: made.policy };
    let files = console.services().call(&visit.principal, tables).await?.files;
    let asked = pb::ImportSeasonRequest { files, term, policy, ..pb::ImportSeasonRequest::default() };
    let draft = begin(&console, &visit, "Sample season", asked).await?;
    Ok(Redirect::to(&console.addresses().season(draft.id.as_str(), "")))
}

/// Begins changes of a run, with files of offers or of anything else that is otherwise.
pub(crate) async fn begin_changes(
    State(console): State<Console>,
    visit: Visit,
    Path(run): Path<String>,
    request: Request,
) -> Result<Redirect, Trouble> {
    let shown = read(&console, &visit.principal, &run).await?;
    let files = received(&console, request).await?.files;
    let base_run = shown.run.name.clone();
    let asked = pb::ImportSeasonRequest { files, base_run, ..pb::ImportSeasonRequest::default() };
    let name: String = format!("Changes of {}", shown.title()).chars().take(100).collect();
    let draft = begin(&console, &visit, &name, asked).await?;
    Ok(Redirect::to(&console.addresses().season(draft.id.as_str(), "")))
}

/// The workbook to fill in.
pub(crate) async fn template(State(console): State<Console>, visit: Visit) -> Result<Response, Trouble> {
    let made = console.services().call(&visit.principal, pb::GetTemplateRequest::default()).await?;
    let workbook = made.files.into_iter().next().ok_or_else(Trouble::fault)?;
    Ok(download("season.xlsx", XLSX, workbook.content))
}

/// The files of a season and what became of their cells.
pub(crate) async fn overview(
    State(console): State<Console>,
    visit: Visit,
    Path(draft): Path<String>,
) -> Result<Markup, Trouble> {
    let work = Work::read(&console, &visit, &draft).await?;
    let imported = work.import(&console, &visit).await;
    let revision = work.draft.revision;
    let to = |page: &str| console.addresses().season(&draft, page);
    let body = html! {
        @match &imported {
            Err(trouble) => { div.trouble role="alert" { p { strong { "The files can't be read as they are." } } (trouble.message()) } }
            Ok(imported) => (next_step(&console, &work, imported)),
        }
        section aria-labelledby="files" {
            h2 #files { "Files" }
            @if work.asked.files.is_empty() { p.empty { "There is no file yet." } } @else {
                table.list {
                    thead { tr { th scope="col" { "File" } th scope="col" class="number" { "Bytes" } td {} } }
                    tbody { @for (place, file) in work.asked.files.iter().enumerate() {
                        tr { th scope="row" { bdi { (file.name) } } td.number { (count(file.content.len() as i64)) }
                            td { form method="post" action=(to("/files/remove")) {
                                input type="hidden" name="revision" value=(revision); input type="hidden" name="file" value=(place);
                                button type="submit" aria-label=(format!("Remove {}", file.name)) { "Remove" }
                            } } }
                    } }
                }
            }
            (form(&to("/files"), Some(revision), "Add files"))
            p.soft { "A file of the same name comes in the place of the earlier one. The files stay as they are: decisions are kept beside them." }
        }
        @if let Ok(imported) = &imported { (totals(imported)) }
        (rename_and_delete(&console, &work))
    };
    Ok(frame(&console, &visit, &work, &work.draft.display_name, "").await?.page(&body))
}

/// The frame of a page about a season, which tells who else has it before them.
async fn frame<'a>(
    console: &'a Console,
    visit: &'a Visit,
    work: &Work,
    title: &'a str,
    tab: &str,
) -> Result<Frame<'a>, Trouble> {
    let id = &work.draft.id;
    let seen = console.services().store.visit_draft(visit.principal.reach(), id, &visit.visitor, &visit.principal.name);
    let others = seen.await?.unwrap_or_default();
    let mut names: Vec<String> = others.into_iter().map(|other| other.caller).collect();
    names.dedup();
    let is_change = !work.asked.base_run.is_empty();
    let tabs = TABS.iter().filter(|(path, _)| !is_change || ["", "/problems", "/match"].contains(path));
    let tabs = tabs.map(|(path, name)| {
        let name = if is_change && *path == "/match" { "What would change" } else { name };
        (console.addresses().season(id.as_str(), path), name.to_owned(), *path == tab)
    });
    let home = (console.addresses().to("/"), "Seasons".to_owned());
    let this = (console.addresses().season(id.as_str(), ""), work.draft.display_name.clone());
    let trail = if title == this.1 { vec![home] } else { vec![home, this] };
    let told = (!names.is_empty()).then(|| {
        let who = wire::numbers::listed(&names, "and");
        format!("Also in this season just now: {who}. Whoever saves second is told, and overwrites nothing.")
    });
    Ok(Frame::new(console, title).to(visit).part("/").within(trail).beside(tabs.collect()).told(told))
}

/// What to do next.
fn next_step(console: &Console, work: &Work, imported: &pb::ImportSeasonResponse) -> Markup {
    let to = |page: &str| console.addresses().season(work.draft.id.as_str(), page);
    let open = problems::open_count(imported);
    html! {
        @if work.asked.files.is_empty() { p.lead { "Add the season's files first." } }
        @else if imported.is_open {
            p.lead { strong { (counted(open, "decision")) } " to make before there is a season. " a.button href=(to("/problems")) { "Decide" } }
        } @else if !work.asked.base_run.is_empty() {
            p.lead { (counted(imported.changes.len() as i64, "change")) " read. " a.button href=(to("/match")) { "See what would change" } }
        } @else {
            @let season = imported.instance.as_ref();
            p.lead {
                (counted(season.map_or(0, |season| season.students.len() as i64), "student")) " and "
                (counted(season.map_or(0, |season| season.projects.len() as i64), "project")) " are read. "
                a.button href=(to("/match")) { "Match" }
            }
        }
    }
}

/// What became of every cell.
fn totals(imported: &pb::ImportSeasonResponse) -> Markup {
    let place = |total: &pb::CellTotals| match (total.file.as_str(), total.sheet.as_str()) {
        ("", _) => "All together".to_owned(),
        (file, "") => file.to_owned(),
        (file, sheet) => format!("{file}, {sheet}"),
    };
    html! {
        section aria-labelledby="cells" {
            h2 #cells { "What became of every cell" }
            div.scroll tabindex="0" role="region" aria-label="Cells of each sheet" {
                table.list {
                    thead { tr { th scope="col" { "Sheet" } th scope="col" class="number" { "As it stands" } th scope="col" class="number" { "By a named rule" } th scope="col" class="number" { "Waiting" } th scope="col" class="number" { "Rejected" } th scope="col" class="number" { "Not read" } } }
                    tbody { @for total in &imported.totals {
                        tr { th scope="row" { bdi { (place(total)) } }
                            td.number { (count(total.verbatim_count)) } td.number { (count(total.normalised_count)) } td.number { (count(total.proposed_count)) }
                            td.number { (count(total.rejected_count)) } td.number { (count(total.ignored_count)) } }
                    } }
                }
            }
            @if !imported.ignored_tables.is_empty() { p { "Nobody reads these: " (imported.ignored_tables.join(", ")) "." } }
        }
    }
}

fn rename_and_delete(console: &Console, work: &Work) -> Markup {
    let to = |page: &str| console.addresses().season(work.draft.id.as_str(), page);
    html! {
        section aria-labelledby="name" {
            h2 #name { "Name" }
            form.row-form method="post" action=(to("/name")) {
                input type="hidden" name="revision" value=(work.draft.revision);
                label for="new-name" { "What to call the season" }
                input #new-name type="text" name="name" required maxlength="100" value=(work.draft.display_name);
                button type="submit" { "Rename" }
            }
            p.soft { "The name is seen in lists: name no student in it." }
        }
        details.danger {
            summary { "Delete this season" }
            p { "Its files, decisions and policy go, for good. Runs that were made of it stay." }
            form method="post" action=(to("/delete")) { button type="submit" { "Delete it for good" } }
        }
    }
}

/// A form that names the revision that it was shown with.
#[derive(Deserialize)]
pub(crate) struct Named {
    revision: i64,
    name: String,
}

/// Calls a season something else.
pub(crate) async fn rename(
    State(console): State<Console>,
    visit: Visit,
    Path(draft): Path<String>,
    Form(named): Form<Named>,
) -> Result<Redirect, Trouble> {
    let name: String = named.name.trim().chars().take(100).collect();
    if name.is_empty() {
        return Err(Trouble::malformed("A season needs a name: go back and write one."));
    }
    let work = Work::read(&console, &visit, &draft).await?;
    work.save_name(&console, &visit, named.revision, &name).await?;
    Ok(Redirect::to(&console.addresses().season(&draft, "")))
}

/// Deletes a season under work.
pub(crate) async fn delete(
    State(console): State<Console>,
    visit: Visit,
    Path(draft): Path<String>,
) -> Result<Redirect, Trouble> {
    let id = DraftId::parse(&draft).ok_or_else(|| Trouble::nothing("season"))?;
    let deleted = console.services().store.delete_draft(visit.principal.reach(), &id, &visit.principal.name).await?;
    console.0.imports.forget(&id);
    if deleted { Ok(Redirect::to(&console.addresses().to("/"))) } else { Err(Trouble::nothing("season")) }
}
