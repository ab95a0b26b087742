//! Files to and from a browser: chosen, or dropped where scripts run; and given to keep.

use api::{Kind, Refusal};
use axum::extract::multipart::MultipartError;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use wire::pb;

use crate::Console;
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
    DefaultBodyLimit::max(console.services().message_bytes).apply(&mut request);
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

/// The body ended before the form did: it is too large, there is no room for it, or it did not come.
fn not_taken(error: MultipartError) -> Trouble {
    let title = "The files were not taken";
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let message =
            "The files are larger together than the server takes at once (--max-message-mib). Send fewer at a time.";
        return Trouble::new(StatusCode::PAYLOAD_TOO_LARGE, title, message);
    }
    match Refusal::within(&error) {
        Some(late) if late.kind == Kind::Late => {
            let message = format!("They came too slowly: {}. Send them again.", late.message);
            Trouble::new(StatusCode::REQUEST_TIMEOUT, title, message)
        }
        Some(refusal) => Trouble::from(refusal),
        None => {
            let message = "The files did not arrive whole. Send them again.";
            Trouble::new(StatusCode::BAD_REQUEST, title, message)
        }
    }
}

/// A file that a browser keeps and does not show.
pub(crate) fn download(name: &'static str, kind: &'static str, bytes: Vec<u8>) -> Response {
    let headers = [(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))];
    (headers, bytes).into_response()
}
