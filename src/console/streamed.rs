//! A page in two pieces: what is known at once is sent at once, and the rest when it has been computed. A browser shows the first meanwhile; who goes away
//! ends the computing.

use std::convert::Infallible;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use tokio::sync::mpsc;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;

use crate::frame::Frame;
use crate::trouble::Trouble;

/// The page: `wait` is said until the rest is there.
pub(crate) fn streamed(
    frame: Frame<'_>,
    first: &Markup,
    wait: &str,
    rest: impl Future<Output = Result<Markup, Trouble>> + Send + 'static,
) -> Response {
    // The style hides it as soon as anything follows.
    let (before, after) = frame.around(&html! { (first) p.wait role="status" { (wait) } });
    let (sender, pieces) = mpsc::channel(1);
    tokio::spawn(async move {
        let rest = async {
            let shown = match rest.await {
                Ok(shown) => shown,
                Err(trouble) => html! { div.trouble role="alert" { (trouble.message()) } },
            };
            format!("{}{after}", shown.into_string())
        };
        let sent = sender.send(before).await.is_ok();
        tokio::select! {
            rest = rest, if sent => {
                // Whoever has gone reads nothing.
                let _ = sender.send(rest).await;
            }
            () = sender.closed() => {}
        }
    });
    let pieces = ReceiverStream::new(pieces).map(Ok::<_, Infallible>);
    ([(CONTENT_TYPE, "text/html; charset=utf-8")], Body::from_stream(pieces)).into_response()
}
