//! [`Rest`]: what of a request nobody read. Over HTTP/1 a browser that still sends hears no answer: it tells its user that the connection broke. So the
//! rest is let arrive, and thrown away, before a refusal is sent; up to a limit, because who sends without end is to hear nothing.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Error;
use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};

/// How long the rest may take, how long it may pause, and how many bytes it may have.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(500);
const MOST_BYTES: usize = 256 << 20;

/// The body of a request, for whoever comes after its reader.
pub(super) struct Rest(Shared);

#[derive(Clone)]
struct Shared(Arc<Mutex<Body>>);

impl HttpBody for Shared {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        Pin::new(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).size_hint()
    }
}

impl Rest {
    /// The rest of a body, and the body to read.
    pub fn of(body: Body) -> (Self, Body) {
        let shared = Shared(Arc::new(Mutex::new(body)));
        (Self(shared.clone()), Body::new(shared))
    }

    /// Waits until what is left has arrived, or is more or slower than anybody waits for.
    pub async fn let_arrive(mut self) {
        let all = async {
            let mut bytes = 0;
            loop {
                let next = std::future::poll_fn(|context| Pin::new(&mut self.0).poll_frame(context));
                let Ok(Some(Ok(frame))) = tokio::time::timeout(PAUSE, next).await else { return };
                bytes += frame.data_ref().map_or(0, Bytes::len);
                if bytes > MOST_BYTES {
                    return;
                }
            }
        };
        // What has not come by then is not waited for.
        let _ = tokio::time::timeout(PATIENCE, all).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_nobody_read_is_let_arrive() {
        let (sender, pieces) = tokio::sync::mpsc::channel::<Result<Bytes, Error>>(1);
        let (rest, body) = Rest::of(Body::from_stream(tokio_stream::wrappers::ReceiverStream::new(pieces)));
        let sent = tokio::spawn(async move {
            for _ in 0..100 {
                sender.send(Ok(Bytes::from_static(&[0; 1_000]))).await.expect("somebody takes it");
            }
        });
        drop(body);
        rest.let_arrive().await;
        sent.await.expect("everything was sent");
    }
}
