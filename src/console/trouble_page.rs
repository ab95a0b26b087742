//! Trouble in the frame of every page.

use axum::extract::{Request, State};
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
    let Some(trouble) = response.extensions_mut().remove::<Trouble>() else { return response };
    let visit = response.extensions_mut().remove::<Visit>();
    let body = html! {
        div.trouble role="alert" { (trouble.message()) }
        p { a href=(console.addresses().to("/")) { "To the beginning" } }
    };
    let page = Frame::new(&console, trouble.title).of(visit.as_ref()).page(&body);
    let (status, headers) = (response.status(), response.headers().clone());
    (status, headers, page).into_response()
}
