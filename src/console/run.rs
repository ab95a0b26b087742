//! The pages of a run.

mod ask;
pub(crate) mod change;
pub(crate) mod compare;
mod conflict;
pub(crate) mod export;
pub(crate) mod host;
pub(crate) mod hosts;
pub(crate) mod ledger;
pub(crate) mod objections;
pub(crate) mod offers;
pub(crate) mod overview;
mod people;
pub(crate) mod progress;
pub(crate) mod project;
pub(crate) mod projects;
pub(crate) mod student;
pub(crate) mod students;

use axum::http::StatusCode;

use crate::Console;
use crate::frame::Frame;
use crate::shown::ShownRun;
use crate::trouble::Trouble;
use crate::visit::Visit;

/// The pages of a run that has a matching.
const TABS: [(&str, &str); 9] = [
    ("", "Overview"),
    ("/students", "Students"),
    ("/projects", "Projects"),
    ("/hosts", "Hosts"),
    ("/objections", "Objections"),
    ("/compare", "Compare"),
    ("/offers", "Offers"),
    ("/ledger", "Ledger"),
    ("/export", "Export"),
];

/// The frame of a page about a run: `tab` is the path of the page that it is, or belongs to.
fn frame<'a>(console: &'a Console, visit: &'a Visit, shown: &ShownRun, title: &'a str, tab: &str) -> Frame<'a> {
    let has_matching = shown.outcome.as_ref().is_some_and(|outcome| outcome.summary.is_some());
    frame_of(console, visit, shown.id(), (&shown.title(), has_matching), title, tab)
}

/// The same of a run by its id, what it is called, and whether it has a matching.
fn frame_of<'a>(
    console: &'a Console,
    visit: &'a Visit,
    run: &str,
    (name, has_matching): (&str, bool),
    title: &'a str,
    tab: &str,
) -> Frame<'a> {
    let runs = (console.addresses().to("/runs"), "Runs".to_owned());
    let this = (console.addresses().run(run, ""), name.to_owned());
    let trail = if title == this.1 { vec![runs] } else { vec![runs, this] };
    let tabs = TABS.iter().filter(|(path, _)| has_matching || ["", "/ledger"].contains(path));
    let tabs = tabs.filter(|(path, _)| *path != "/objections" || visit.may_change());
    let tabs = tabs.map(|(path, name)| (console.addresses().run(run, path), (*name).to_owned(), *path == tab));
    Frame::new(console, title).to(visit).part("/runs").within(trail).beside(tabs.collect())
}

/// Refuses a page that shows a matching where there is none.
fn has_matching(shown: &ShownRun) -> Result<&wire::pb::Outcome, Trouble> {
    let outcome = shown.outcome.as_ref().filter(|outcome| outcome.summary.is_some());
    outcome.ok_or_else(|| {
        let message = "The run has no matching, or none yet. Its first page says how far it has come.";
        Trouble::new(StatusCode::CONFLICT, "There is no matching to show", message)
    })
}

/// What a re-match of a run would come to, with its people named, and whether there would be anything to keep.
pub(crate) async fn preview(
    console: &Console,
    visit: &Visit,
    base: &str,
    told: &wire::pb::PreviewRunResponse,
) -> Result<(maud::Markup, bool), Trouble> {
    let shown = crate::shown::read(console, &visit.principal, base.trim_start_matches("runs/")).await?;
    Ok((change::outcome(people::Names { console, shown: &shown }, told), change::is_kept(told)))
}
