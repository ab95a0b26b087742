//! What leaves the console: tables for the office, and the page to print.

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};
use wire::pb;

use super::{frame, has_matching};
use crate::Console;
use crate::files::{XLSX, download};
use crate::shown::read;
use crate::trouble::Trouble;
use crate::visit::Visit;

/// What there is: its name in the address, and what it is.
const FILES: [(&str, &str, &str); 2] = [
    (
        "placements.xlsx",
        "Workbook",
        "Placements, who has no place and why, open seats, hosts, what changed since the run before, a summary.",
    ),
    ("report.html", "Report", "One page to look at, to send and to print; it asks nothing of anywhere."),
];

/// The page.
pub(crate) async fn page(
    State(console): State<Console>,
    visit: Visit,
    Path(run): Path<String>,
) -> Result<Markup, Trouble> {
    let shown = read(&console, &visit.principal, &run).await?;
    has_matching(&shown)?;
    let body = html! {
        p.soft { "The files hold students' data: keep them where you keep such data." }
        dl.files { @for (file, name, what) in FILES {
            dt { a.button download href=(console.addresses().run(&run, format_args!("/export/{file}"))) { (name) } }
            dd { (what) }
        } }
    };
    Ok(frame(&console, &visit, &shown, "Export", "/export").page(&body))
}

/// A file.
pub(crate) async fn file(
    State(console): State<Console>,
    visit: Visit,
    Path((run, file)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    let name = format!("runs/{run}");
    match file.as_str() {
        "placements.xlsx" => {
            let request = pb::ExportRequest { run: name, ..pb::ExportRequest::default() };
            let made = console.services().call(&visit.principal, request).await?;
            let workbook = made.files.into_iter().next().ok_or_else(Trouble::fault)?;
            Ok(download("placements.xlsx", XLSX, workbook.content))
        }
        "report.html" => {
            let request = pb::ReportRequest { run: name, ..pb::ReportRequest::default() };
            let made = console.services().call(&visit.principal, request).await?;
            Ok(download("report.html", "text/html; charset=utf-8", made.html))
        }
        _ => Err(Trouble::nothing("file")),
    }
}
