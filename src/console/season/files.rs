//! Files that are sent: chosen, or dropped where scripts run.

use api::{Kind, Refusal};
use axum::Form;
use axum::extract::multipart::MultipartError;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Path, Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_LENGTH;
use axum::response::Redirect;
use maud::{Markup, html};
use serde::Deserialize;
use tokio_stream::StreamExt;
use wire::pb;

use super::work::Work;
use crate::Console;
use crate::door::Visit;
use crate::trouble::Trouble;

/// What a workbook is to a browser.
pub(crate) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// What the dialog offers.
const ACCEPTED: &str = ".xlsx,.ods,.csv,.tsv,.txt";

/// Bytes of the fields beside the files.
const MOST_TEXT: usize = 10_000;

/// What came with a form.
#[derive(Debug, Default)]
pub(crate) struct Received {
    pub files: Vec<pb::DeskFile>,
    pub name: String,
    pub revision: Option<i64>,
}

/// A form for files: `revision` is that of the season which it was shown with, where it adds to one.
pub(crate) fn form(action: &str, revision: Option<i64>, button: &str) -> Markup {
    html! {
        form.drop method="post" action=(action) enctype="multipart/form-data" data-drop="" {
            @if let Some(revision) = revision { input type="hidden" name="revision" value=(revision); }
            (chooser())
            button type="submit" { (button) }
        }
    }
}

/// The same for a new season, with its name.
pub(crate) fn form_named(action: &str) -> Markup {
    html! {
        form.drop method="post" action=(action) enctype="multipart/form-data" data-drop="" {
            label for="season" { "What to call the season, such as 2027-summer" }
            input #season type="text" name="name" maxlength="100" autocomplete="off";
            (chooser())
            button.main type="submit" { "Read the files" }
        }
    }
}

fn chooser() -> Markup {
    html! {
        label.files { span { "Workbooks or tables: choose files, or drop them here" } " "
            input type="file" name="files" multiple required accept=(ACCEPTED);
        }
    }
}

/// Reads a form with files, which are as large together as a message of the calls may be.
pub(crate) async fn received(console: &Console, mut request: Request) -> Result<Received, Trouble> {
    let most = console.services().message_bytes;
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > most as u64) {
        // A browser that has not sent everything reads no answer. As much is read as the server has room for, and kept by nobody.
        let mut rest = request.into_body().into_data_stream();
        while let Some(Ok(_)) = rest.next().await {}
        return Err(too_large());
    }
    DefaultBodyLimit::max(most).apply(&mut request);
    let malformed = |_| Trouble::malformed("The form can't be read. Choose the files again.");
    let mut form =
        Multipart::from_request(request, &()).await.map_err(|_| Trouble::malformed("The form brings no files."))?;
    let mut received = Received::default();
    loop {
        let Some(field) = form.next_field().await.map_err(not_taken)? else { break };
        let name = field.name().unwrap_or_default().to_owned();
        if name == "files" {
            // A folder before the name is the sender's own business.
            let file = field.file_name().unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
            let content = field.bytes().await.map_err(not_taken)?.to_vec();
            if !file.is_empty() {
                received.files.push(pb::DeskFile { name: file, content });
            }
            continue;
        }
        let text = field.text().await.map_err(malformed)?;
        if text.len() > MOST_TEXT {
            return Err(Trouble::malformed("A field of the form is longer than it may be."));
        }
        match name.as_str() {
            "name" => received.name = text.trim().chars().take(100).collect(),
            "revision" => received.revision = text.parse().ok(),
            _ => {}
        }
    }
    if received.files.is_empty() {
        return Err(Trouble::malformed("No file was chosen. Go back and choose at least one."));
    }
    Ok(received)
}

/// Why files were not taken.
const NOT_TAKEN: &str = "The files were not taken";

fn too_large() -> Trouble {
    let message =
        "The files are larger together than the server takes at once (--max-message-mib). Send fewer at a time.";
    Trouble::new(StatusCode::PAYLOAD_TOO_LARGE, NOT_TAKEN, message)
}

/// The body ended before the form did: it is too large, there is no room for it, or it did not come.
fn not_taken(error: MultipartError) -> Trouble {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large();
    }
    match Refusal::within(&error) {
        Some(late) if late.kind == Kind::Late => {
            let message = format!("They came too slowly: {}. Send them again.", late.message);
            Trouble::new(StatusCode::REQUEST_TIMEOUT, NOT_TAKEN, message)
        }
        Some(refusal) => Trouble::from(refusal),
        None => {
            let message = "The files did not arrive whole. Send them again.";
            Trouble::new(StatusCode::BAD_REQUEST, NOT_TAKEN, message)
        }
    }
}

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
