//! The files of a season: added and taken out.

use axum::Form;
use axum::extract::{Path, Request, State};
use axum::response::Redirect;
use serde::Deserialize;

use super::work::Work;
use crate::Console;
use crate::files::received;
use crate::trouble::Trouble;
use crate::visit::Visit;

/// Adds files to a season; one of a name that is there comes in its place.
pub(crate) async fn add(
    State(console): State<Console>,
    visit: Visit,
    Path(draft): Path<String>,
    request: Request,
) -> Result<Redirect, Trouble> {
    let received = received(&console, request).await?;
    let mut work = Work::read(&console, &visit, &draft).await?;
    let revision = received.revision.unwrap_or(work.draft.revision);
    for file in received.files {
        work.asked.files.retain(|known| known.name != file.name);
        work.asked.files.push(file);
    }
    work.save_files(&console, &visit, revision).await?;
    Ok(Redirect::to(&console.addresses().season(&draft, "")))
}

/// Which file, by its place.
#[derive(Deserialize)]
pub(crate) struct Removed {
    revision: i64,
    file: usize,
}

/// Takes a file out of a season.
pub(crate) async fn remove(
    State(console): State<Console>,
    visit: Visit,
    Path(draft): Path<String>,
    Form(removed): Form<Removed>,
) -> Result<Redirect, Trouble> {
    let mut work = Work::read(&console, &visit, &draft).await?;
    if removed.file < work.asked.files.len() && removed.revision == work.draft.revision {
        work.asked.files.remove(removed.file);
    }
    work.save_files(&console, &visit, removed.revision).await?;
    Ok(Redirect::to(&console.addresses().season(&draft, "")))
}
