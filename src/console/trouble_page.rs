//! Trouble in the frame of every page.

use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use maud::html;

use crate::Console;
use crate::frame::Frame;
use crate::trouble::Trouble;
use crate::visit::Visit;

/// Shows why there is no page, in the frame of every page.
pub(crate) async fn show(State(console): State<Console>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let trouble = response.extensions_mut().remove::<Trouble>().or_else(|| of_form(&response));
    let Some(trouble) = trouble else { return response };
    let visit = response.extensions_mut().remove::<Visit>();
    let body = html! {
        div.trouble role="alert" { (trouble.message()) }
        p { a href=(console.addresses().to("/")) { "To the beginning" } }
    };
    let page = Frame::new(&console, trouble.title).of(visit.as_ref()).page(&body);
    let (status, mut headers) = (response.status(), response.headers().clone());
    // They were of what stood there before.
    headers.remove(CONTENT_TYPE);
    headers.remove(CONTENT_LENGTH);
    (status, headers, page).into_response()
}

/// A form or an address that was refused before any page looked at it, in words for programmers.
fn of_form(response: &Response) -> Option<Trouble> {
    let is_text = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    let is_malformed = response.status().is_client_error() && is_text;
    let message = "A field of the form, or a part of the address, is not what the page takes. Nothing was changed.";
    is_malformed.then(|| Trouble::new(response.status(), "This can't be read", message))
}
