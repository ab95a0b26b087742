//! Signing in with a token, and out. Whoever brings another proof of who they are, such as single sign-on, comes in here as well: what is needed is
//! a token's hash to begin a session for.

use axum::Form;
use axum::extract::{Query, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::sessions::{Session, no_cookie};
use crate::Console;
use crate::frame::Frame;
use crate::trouble::Trouble;

/// What the address of the form says.
#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    /// Where to go then.
    #[serde(default)]
    to: String,
    /// Whether something was sent that was not done.
    #[serde(default)]
    lost: String,
}

/// What the form holds.
#[derive(Deserialize)]
pub(crate) struct Proof {
    #[serde(default)]
    token: String,
    #[serde(default)]
    to: String,
}

/// The form.
pub(crate) async fn form(State(console): State<Console>, Query(asked): Query<Asked>) -> Response {
    if console.services().tokens.is_none() {
        return Redirect::to(&console.addresses().to("/")).into_response();
    }
    let told = (!asked.lost.is_empty())
        .then_some("Your session had ended: what you sent was not done. Sign in and send it again.");
    page(&console, &asked.to, told).into_response()
}

fn page(console: &Console, to: &str, told: Option<&str>) -> Markup {
    let body = html! {
        @if let Some(told) = told { p.trouble role="alert" { (told) } }
        form.plain method="post" action=(console.addresses().to("/sign-in")) {
            input type="hidden" name="to" value=(to);
            label for="token" { "Your token" }
            input #token type="password" name="token" autocomplete="current-password" required autofocus aria-describedby="token-help";
            p.soft #token-help { "A line that begins with misti_, which you have from whoever keeps this server. Treat it as a password." }
            button.main type="submit" { "Sign in" }
        }
    };
    Frame::new(console, "Sign in").page(&body)
}

/// Begins a session.
pub(crate) async fn sign_in(State(console): State<Console>, Form(proof): Form<Proof>) -> Result<Response, Trouble> {
    let Some(tokens) = &console.services().tokens else {
        return Ok(Redirect::to(&console.addresses().to("/")).into_response());
    };
    let Some((principal, hash)) = tokens.holder(proof.token.trim()) else {
        metrics::counter!("misti_authentication_failures_total").increment(1);
        let told = "The server does not know this token. Look whether it was copied whole.";
        return Ok((StatusCode::UNAUTHORIZED, page(&console, &proof.to, Some(told))).into_response());
    };
    let no_session =
        || Trouble::new(StatusCode::INTERNAL_SERVER_ERROR, "Nobody can sign in", "The machine has no randomness.");
    let session = Session::draw().ok_or_else(no_session)?;
    console.services().store.begin_session(&session.hash(), &hash).await?;
    tracing::info!(caller = principal.name, "somebody signed in");
    let cookie = session.cookie(&console.0.settings);
    Ok(([(SET_COOKIE, cookie)], Redirect::to(&destination(&console, &proof.to))).into_response())
}

/// A page of the console, or its beginning.
fn destination(console: &Console, to: &str) -> String {
    // A browser drops tabs and takes a backslash for a slash: either could lead to another site.
    let is_plain = to.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let is_page = is_plain && to.starts_with('/') && !to.starts_with("//");
    let to = if is_page { to } else { "/" };
    let prefix = console.addresses().to("");
    // Of a form the browser names the page with its prefix.
    let to = to.strip_prefix(&prefix).filter(|rest| rest.starts_with('/')).unwrap_or(to);
    console.addresses().to(to)
}

/// Ends a session.
pub(crate) async fn sign_out(State(console): State<Console>, headers: HeaderMap) -> Result<Response, Trouble> {
    if let Some(session) = Session::of(&headers) {
        console.services().store.end_session(&session.hash()).await?;
    }
    let cookie = no_cookie(&console.0.settings);
    Ok(([(SET_COOKIE, cookie)], Redirect::to(&console.addresses().to("/"))).into_response())
}
