//! The door of the pages: which requests are looked at at all, who asks, and whether they may.
//!
//! A request has to name this machine or the console's own address as its `Host`, so that no other site's name leads here (DNS rebinding). What
//! changes anything has to come from a page of the console. On a server without tokens whoever sits at this machine is let in, but not who comes
//! through a proxy.

mod rest;
mod sessions;
mod sign_in;

use api::Principal;
use api::door::Scope;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::{HOST, ORIGIN, REFERER};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use url::Url;

use crate::address::is_loopback;
use crate::trouble::Trouble;
use crate::visit::{Asks, Visit};
use crate::{Console, Settings};
use rest::Rest;
use sessions::Session;
pub(crate) use sign_in::{form, sign_in, sign_out};

/// What a proxy adds to a request.
const FORWARDED: [&str; 6] =
    ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"];

/// Bytes that somebody may send who has not signed in: the form for that is shorter.
const MOST_OF_NOBODY: usize = 8 << 10;

/// What a browser says of where a request comes from (W3C Fetch Metadata).
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses what no page of the console can have sent.
pub(crate) async fn guard(State(console): State<Console>, request: Request, next: Next) -> Response {
    match admissible(&console, request.method(), request.uri(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refused) => {
            metrics::counter!("misti_pages_refused_total", "why" => refused.title).increment(1);
            tracing::info!(why = refused.title, "a request for a page was refused");
            refused.into_response()
        }
    }
}

fn admissible(console: &Console, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), Trouble> {
    let settings = &console.0.settings;
    let refused = |title, message: &str| Err(Trouble::new(StatusCode::FORBIDDEN, title, message));
    let host = uri.authority().map(|authority| authority.as_str());
    let host = host.or_else(|| headers.get(HOST).and_then(|host| host.to_str().ok())).unwrap_or_default();
    if !is_own_host(settings, host) {
        return refused(
            "This is not the console's address",
            "The console is only shown at this machine's own address, or at the one that --console-url names.",
        );
    }
    if console.services().tokens.is_none() && FORWARDED.iter().any(|name| headers.contains_key(*name)) {
        return refused(
            "Nobody can sign in here",
            "The request came through a proxy, and so from anybody. Start the server with --tokens, so that people sign in.",
        );
    }
    if !method.is_safe() && !is_own_page(settings, host, headers) {
        return refused(
            "This did not come from the console",
            "Nothing was changed. What changes anything has to be sent from a page of the console itself.",
        );
    }
    Ok(())
}

fn is_own_host(settings: &Settings, host: &str) -> bool {
    let is_known = settings.origin.as_ref().is_some_and(|origin| origin.authority().eq_ignore_ascii_case(host));
    let url = Url::parse(&format!("http://{host}")).ok();
    is_known || url.and_then(|url| url.host().map(|host| is_loopback(&host))).unwrap_or(false)
}

/// Whether a form or a script of the console sent it. Browsers say so in one way or in two; who says nothing is no browser.
fn is_own_page(settings: &Settings, host: &str, headers: &HeaderMap) -> bool {
    let site = headers.get(FETCH_SITE).map(|site| site.as_bytes() == b"same-origin");
    let scheme = if settings.is_encrypted { "https" } else { "http" };
    let own = [Some(format!("{scheme}://{host}")), settings.origin.as_ref().map(ToString::to_string)];
    let is_own = |origin: &str| own.iter().flatten().any(|own| own.eq_ignore_ascii_case(origin));
    let origin = headers.get(ORIGIN).map(|origin| origin.to_str().is_ok_and(is_own));
    matches!((site, origin), (Some(true), Some(true) | None) | (None, Some(true)))
}

/// Lets in who may see a page, or asks them to sign in.
pub(crate) async fn let_in(
    State((console, asks)): State<(Console, Asks)>,
    mut request: Request,
    next: Next,
) -> Response {
    if asks == Asks::Nothing {
        DefaultBodyLimit::max(MOST_OF_NOBODY).apply(&mut request);
        return counted(&console, "", request, next).await;
    }
    let visit = match visit(&console, request.headers()).await {
        Ok(Some(visit)) => visit,
        Ok(None) => return ask_to_sign_in(&console, &request),
        Err(trouble) => return trouble.into_response(),
    };
    let is_allowed = match asks {
        Asks::Nothing | Asks::Anybody => true,
        Asks::Read => visit.principal.may(Scope::Read),
        Asks::Run => visit.principal.may(Scope::Run),
    };
    request.extensions_mut().insert(visit.clone());
    let mut response = if is_allowed {
        counted(&console, &visit.principal.name, request, next).await
    } else {
        Trouble::not_allowed().into_response()
    };
    response.extensions_mut().insert(visit);
    response
}

/// Answers a request whose bytes count among those that the server holds for its callers, and have to get on.
async fn counted(console: &Console, caller: &str, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let (rest, body) = Rest::of(body);
    let (body, counting) = console.services().counted(caller, body);
    let response = counting.scope(next.run(Request::from_parts(head, body))).await;
    // Who sends too slowly has been waited for.
    if !response.status().is_success() && response.status() != StatusCode::REQUEST_TIMEOUT {
        rest.let_arrive().await;
    }
    response
}

/// Who sends a request; `None`: nobody that is known.
async fn visit(console: &Console, headers: &HeaderMap) -> Result<Option<Visit>, Trouble> {
    let Some(tokens) = &console.services().tokens else {
        let principal = Principal::local();
        return Ok(Some(Visit { visitor: principal.name.clone(), principal, is_signed_in: false }));
    };
    let Some(session) = Session::of(headers) else { return Ok(None) };
    let Some(token) = session.token(&console.services().store, console.0.settings.idle).await? else { return Ok(None) };
    let visitor = session.visitor();
    Ok(tokens.holder_of(token).map(|principal| Visit { principal, visitor, is_signed_in: true }))
}

/// Where somebody comes back to after they have signed in: this page, or that of the form that they sent.
fn ask_to_sign_in(console: &Console, request: &Request) -> Response {
    let referrer =
        request.headers().get(REFERER).and_then(|page| page.to_str().ok()).and_then(|page| page.parse().ok());
    let page: Option<Uri> = if request.method().is_safe() { Some(request.uri().clone()) } else { referrer };
    let path = page.and_then(|page| page.path_and_query().map(ToString::to_string)).unwrap_or_default();
    let to: String = form_urlencoded::byte_serialize(path.as_bytes()).collect();
    let lost = if request.method().is_safe() { "" } else { "&lost=1" };
    Redirect::to(&console.addresses().to(format_args!("/sign-in?to={to}{lost}"))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(origin: Option<&str>) -> Settings {
        Settings { origin: origin.map(|origin| origin.parse().unwrap()), ..Settings::default() }
    }

    #[test]
    fn only_this_machine_and_the_consoles_own_address_are_its_hosts() {
        let known = settings(Some("https://matching.example.edu"));
        for (host, alone, with_url) in [
            ("127.0.0.1:50051", true, true),
            ("localhost", true, true),
            ("[::1]:50051", true, true),
            ("matching.example.edu", false, true),
            ("evil.example", false, false),
            ("127.0.0.1.evil.example", false, false),
            ("localhost.evil.example:50051", false, false),
            ("10.0.0.1", false, false),
            ("", false, false),
        ] {
            assert_eq!(is_own_host(&settings(None), host), alone, "{host}");
            assert_eq!(is_own_host(&known, host), with_url, "{host}");
        }
    }

    #[test]
    fn what_changes_anything_comes_from_a_page_of_the_console() {
        let known = settings(Some("https://matching.example.edu"));
        let own = "http://127.0.0.1:50051";
        for (site, origin, is_own) in [
            ("", "", false),
            ("", own, true),
            ("", "https://matching.example.edu", true),
            ("", "null", false),
            ("", "https://evil.example", false),
            ("", "http://127.0.0.1:50052", false),
            ("same-origin", "", true),
            ("same-origin", own, true),
            ("same-origin", "https://evil.example", false),
            ("same-site", own, false),
            ("cross-site", own, false),
            ("none", "", false),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in [(FETCH_SITE, site), (ORIGIN, origin)] {
                if !value.is_empty() {
                    headers.insert(name, value.parse().unwrap());
                }
            }
            assert_eq!(is_own_page(&known, "127.0.0.1:50051", &headers), is_own, "{site} {origin}");
        }
    }
}
