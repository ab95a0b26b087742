//! [`Trouble`]: why there is no page, as a page.

use api::{Kind, Refusal};
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use store::StoreError;

/// Why there is no page.
#[derive(Debug, Clone)]
pub(crate) struct Trouble {
    status: StatusCode,
    /// What kind of trouble, as the title of a page.
    pub title: &'static str,
    message: String,
    fields: Vec<(String, String)>,
    come_again: Option<u64>,
}

impl Trouble {
    /// Says what is the matter and what to do.
    pub fn new(status: StatusCode, title: &'static str, message: impl Into<String>) -> Self {
        Self { status, title, message: message.into(), fields: Vec::new(), come_again: None }
    }

    /// There is no such thing, or none that one may see.
    pub fn nothing(what: &str) -> Self {
        let message = format!("There is no such {what}, or it belongs to somebody else.");
        Self::new(StatusCode::NOT_FOUND, "There is nothing here", message)
    }

    /// Somebody who may see or do less.
    pub fn not_allowed() -> Self {
        let message =
            "Your token lets you see less than this page shows or does. Ask whoever keeps the server for another.";
        Self::new(StatusCode::FORBIDDEN, "You may not do this", message)
    }

    /// Something that nobody means to happen.
    pub fn fault() -> Self {
        let message = "Nothing was changed. Tell whoever keeps this server running.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "The server met a fault of its own", message)
    }

    /// A form that says nothing that can be done.
    pub fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "This can't be read", message)
    }

    /// What is the matter, for the page that asked.
    pub fn message(&self) -> Markup {
        html! {
            p { (self.message) }
            // A single one is what the message says.
            @if self.fields.len() > 1 {
                ul { @for (field, what) in &self.fields { li { code { (field) } ": " (what) } } }
            }
        }
    }
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        let (status, title) = match refusal.kind {
            Kind::Malformed => (StatusCode::BAD_REQUEST, "This can't be done as it was asked"),
            Kind::NotFound => (StatusCode::NOT_FOUND, "There is nothing here"),
            Kind::Unknown => (StatusCode::UNAUTHORIZED, "Please sign in"),
            Kind::NotAllowed => (StatusCode::FORBIDDEN, "You may not do this"),
            Kind::Conflict => (StatusCode::CONFLICT, "Something changed meanwhile"),
            Kind::Busy => (StatusCode::TOO_MANY_REQUESTS, "The server is busy"),
            Kind::Away => (StatusCode::SERVICE_UNAVAILABLE, "The server can't do this right now"),
            Kind::Late => (StatusCode::GATEWAY_TIMEOUT, "This took too long"),
            Kind::Fault => (StatusCode::INTERNAL_SERVER_ERROR, "The server met a fault of its own"),
        };
        let come_again = refusal.come_again.map(|delay| delay.as_secs().max(1));
        Self { status, title, message: refusal.message, fields: refusal.fields, come_again }
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        let away = "What is stored can't be reached right now. Try again in a moment.";
        match error {
            StoreError::TooManyDrafts { limit } => {
                let message =
                    format!("You have {limit} seasons under work, which is as many as there may be. Delete one first.");
                Self::new(StatusCode::CONFLICT, "There is no room for another season", message)
            }
            StoreError::Damaged(what) => {
                tracing::error!(what, "something stored is damaged");
                let message = "What was stored can't be read. Tell whoever keeps this server running.";
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Something stored is damaged", message)
            }
            StoreError::Unavailable(why) | StoreError::Unusable(why) => {
                tracing::error!(why, "the store did not answer");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "The server can't do this right now", away)
            }
            StoreError::RequestIdTaken | StoreError::QueueFull { .. } | StoreError::Finished => {
                Self::new(StatusCode::CONFLICT, "Something changed meanwhile", "Go back and look again.")
            }
        }
    }
}

impl IntoResponse for Trouble {
    /// An answer that is made a page of on its way out.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if let Some(seconds) = self.come_again {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// There is no page at this address.
pub(crate) async fn no_page() -> Trouble {
    Trouble::new(StatusCode::NOT_FOUND, "There is nothing here", "No page has this address.")
}
