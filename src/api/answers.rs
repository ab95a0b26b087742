//! Answers on their way: sent in pieces, and given up where nobody reads them or the deadline has passed.
//!
//! HTTP/2 asks for more of an answer only when its reader has room. One who never has would keep the answer in memory, and the call open, for as
//! long as it likes; so an answer that waits for its reader longer than [`PATIENCE`] is dropped, and the call ends.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::task::JoinHandle;
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::Bytes;
use tonic::codegen::http::HeaderMap;

use super::status;

/// How long an answer waits for its reader.
const PATIENCE: Duration = Duration::from_secs(30);

/// Bytes of a piece: what is held for a reader without room once it has begun to read.
const PIECE: usize = 64 << 10;

/// An answer that is given up in time.
pub(super) fn guarded(inner: Body, deadline: Option<Instant>) -> Body {
    if inner.is_end_stream() {
        return inner;
    }
    let answer =
        Arc::new(Mutex::new(Answer { inner: Ok(inner), rest: None, unread_since: Some(Instant::now()), reader: None }));
    let watched = answer.clone();
    let watch = tokio::spawn(async move {
        loop {
            let given_up_at = {
                let answer = lock(&watched);
                let unread = answer.unread_since.unwrap_or_else(Instant::now) + PATIENCE;
                deadline.map_or(unread, |deadline| unread.min(deadline))
            };
            tokio::time::sleep_until(given_up_at.into()).await;
            let mut answer = lock(&watched);
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                return answer.give_up(status::deadline_passed());
            }
            if answer.unread_since.is_some_and(|since| since.elapsed() >= PATIENCE) {
                return answer.give_up(status::unread(PATIENCE));
            }
        }
    });
    Body::new(Guarded { answer, watch })
}

/// What is left of an answer.
struct Answer {
    /// Or why it was given up.
    inner: Result<Body, Status>,
    /// Bytes of a frame that have not been sent.
    rest: Option<Bytes>,
    /// Since when its reader could have asked for more; unset while there is nothing to read.
    unread_since: Option<Instant>,
    /// Whoever waits for there to be something.
    reader: Option<Waker>,
}

impl Answer {
    fn give_up(&mut self, why: Status) {
        self.inner = Err(why);
        self.rest = None;
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
    }
}

fn lock(answer: &Mutex<Answer>) -> MutexGuard<'_, Answer> {
    answer.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The answer as the connection reads it.
struct Guarded {
    answer: Arc<Mutex<Answer>>,
    watch: JoinHandle<()>,
}

impl Drop for Guarded {
    fn drop(&mut self) {
        self.watch.abort();
    }
}

impl HttpBody for Guarded {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let mut answer = lock(&self.answer);
        let Answer { inner, rest, unread_since, reader } = &mut *answer;
        let inner = match inner {
            Ok(inner) => inner,
            Err(why) => {
                // The status stands in the trailers, as gRPC has it, also where a part has been sent.
                let mut trailers = HeaderMap::new();
                let told = why.add_header(&mut trailers);
                return Poll::Ready(told.is_ok().then(|| Ok(Frame::trailers(trailers))));
            }
        };
        let frame = match rest.take() {
            Some(rest) => Poll::Ready(Some(Ok(Frame::data(rest)))),
            None => Pin::new(inner).poll_frame(context),
        };
        *unread_since = frame.is_ready().then(Instant::now);
        *reader = frame.is_pending().then(|| context.waker().clone());
        let Poll::Ready(Some(Ok(frame))) = frame else { return frame };
        Poll::Ready(Some(Ok(match frame.into_data() {
            Err(trailers) => trailers,
            Ok(mut data) => {
                if data.len() > PIECE {
                    *rest = Some(data.split_off(PIECE));
                }
                Frame::data(data)
            }
        })))
    }

    fn is_end_stream(&self) -> bool {
        let answer = lock(&self.answer);
        answer.rest.is_none() && answer.inner.as_ref().is_ok_and(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    #[tokio::test]
    async fn a_large_answer_is_sent_whole_and_in_pieces() {
        let bytes = Bytes::from((0..200_000_u32).flat_map(u32::to_be_bytes).collect::<Vec<u8>>());
        let body = Body::new(http_body_util::Full::new(bytes.clone()).map_err(|_| Status::unknown("never")));
        let mut body = guarded(body, None);
        let mut read = Vec::new();
        while let Some(frame) = body.frame().await {
            let piece = frame.unwrap().into_data().unwrap();
            assert!(piece.len() <= PIECE);
            read.extend_from_slice(&piece);
        }
        assert_eq!(read, bytes);
    }

    #[tokio::test]
    async fn an_answer_that_nobody_reads_is_dropped_at_its_deadline_and_says_so() {
        let (held, is_dropped) = tokio::sync::oneshot::channel::<()>();
        let frames = tokio_stream::iter(std::iter::repeat_with(move || {
            let _held = &held;
            Ok::<_, Status>(Frame::data(Bytes::from_static(b"x")))
        }));
        let body = Body::new(http_body_util::StreamBody::new(frames));
        let mut body = guarded(body, Some(Instant::now() + Duration::from_millis(50)));
        assert!(body.frame().await.unwrap().is_ok());
        assert!(is_dropped.await.is_err(), "what was held is dropped while nobody reads");
        let last = body.frame().await.unwrap().unwrap().into_trailers().unwrap();
        assert_eq!(last["grpc-status"], (tonic::Code::DeadlineExceeded as i32).to_string());
    }

    #[tokio::test]
    async fn a_stream_with_nothing_to_tell_ends_at_its_deadline_too() {
        let (_sender, receiver) = tokio::sync::mpsc::channel::<Result<Frame<Bytes>, Status>>(1);
        let body = Body::new(http_body_util::StreamBody::new(tokio_stream::wrappers::ReceiverStream::new(receiver)));
        let mut body = guarded(body, Some(Instant::now() + Duration::from_millis(50)));
        assert!(body.frame().await.unwrap().unwrap().is_trailers());
    }
}
