//! What an operator sees of every page: figures, and a line in the log. A page is named by its path in the table, never by the address that was asked for.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;

use crate::visit::Visit;

/// Measures a page.
pub(crate) async fn page(request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let page = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    // A figure for every word that somebody sends as a method would fill the memory.
    let method = match *request.method() {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        _ => "other",
    };
    let response = next.run(request).await;
    let caller = response.extensions().get::<Visit>().map_or_else(String::new, |visit| visit.principal.name.clone());
    let (status, seconds) = (response.status().as_u16(), begun.elapsed().as_secs_f64());
    metrics::counter!("misti_pages_total", "page" => page.clone(), "method" => method, "status" => status.to_string())
        .increment(1);
    metrics::histogram!("misti_page_seconds", "page" => page.clone()).record(seconds);
    tracing::info!(page, method, status, seconds, caller, "a page was shown");
    response
}
