//! [`Uploads`]: how many bytes of requests are held at once, so that no caller's fill the memory.
//!
//! A request's bytes count from when they arrive until it is answered: as many as it takes once it is inflated and read. A caller may hold up
//! to [`TIMES_FREE`] times of what is free, which leaves room for others however many there are (dynamic thresholds: Choudhury and Hahne, IEEE/ACM Transactions on Networking 6, 1998). A
//! request that does not get on is ended.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::{Instant, Sleep};
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::Bytes;
use tonic::codegen::http::{Request, Response};
use tower::{Layer, Service};

use super::principal::Principal;
use super::status;

/// How many times of what is free a caller may hold.
const TIMES_FREE: usize = 2;

/// What a refused caller is told to wait.
const RETRY_DELAY: Duration = Duration::from_secs(1);

/// Bytes of a request that have to arrive until it is looked at again.
const LEAST_BYTES: usize = 16 << 10;

/// The one method whose request goes on for as long as the caller likes, in messages that are small and read one after the other.
const CONVERSATION: &str = "/ServerReflectionInfo";

/// The bytes that are held.
#[derive(Clone)]
pub(super) struct Uploads {
    budget: usize,
    patience: Duration,
    held: Arc<Mutex<Held>>,
}

#[derive(Default)]
struct Held {
    all: usize,
    of_caller: HashMap<String, usize>,
}

/// The bytes of one request; given up when dropped.
struct Upload {
    uploads: Uploads,
    caller: String,
    bytes: Mutex<usize>,
}

impl Uploads {
    /// `budget` bytes at once; a request has to get on within `patience`.
    pub fn new(budget: usize, patience: Duration) -> Self {
        Self { budget, patience, held: Arc::default() }
    }

    /// The body of a request of `caller`, counted, and what counts it; a request that `gets_on` has to, or is ended.
    pub fn count(&self, caller: &str, inner: Body, gets_on: bool) -> (Body, Counting) {
        let looked_at = gets_on.then(|| Box::pin(tokio::time::sleep(self.patience)));
        let upload = Arc::new(Upload { uploads: self.clone(), caller: caller.to_owned(), bytes: Mutex::new(0) });
        let counting = Counting(upload.clone());
        (Body::new(CountedBody { inner, upload, arrived: 0, looked_at }), counting)
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Upload {
    /// Gives back what was taken.
    fn give_back(&self) {
        let bytes = std::mem::take(&mut *self.bytes.lock().unwrap_or_else(PoisonError::into_inner));
        let mut held = self.uploads.held();
        held.all -= bytes;
        if let Some(of_caller) = held.of_caller.get_mut(&self.caller) {
            *of_caller -= bytes;
            if *of_caller == 0 {
                held.of_caller.remove(&self.caller);
            }
        }
    }

    /// Takes more bytes, unless there is no room for them, now or ever.
    fn take(&self, bytes: usize) -> Result<(), Status> {
        if bytes == 0 {
            return Ok(());
        }
        let own = bytes + *self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        if own > self.uploads.budget / (TIMES_FREE + 1) * TIMES_FREE {
            return Err(status::never_room());
        }
        let mut held = self.uploads.held();
        let all = held.all + bytes;
        let of_caller = held.of_caller.entry(self.caller.clone()).or_insert(0);
        let free = self.uploads.budget.saturating_sub(all);
        if all > self.uploads.budget || *of_caller + bytes > free.saturating_mul(TIMES_FREE) {
            return Err(status::no_room(RETRY_DELAY));
        }
        *of_caller += bytes;
        held.all = all;
        *self.bytes.lock().unwrap_or_else(PoisonError::into_inner) += bytes;
        Ok(())
    }
}

/// What counts the bytes of a request, until it is answered.
pub struct Counting(Arc<Upload>);

impl Counting {
    /// Answers the request.
    pub fn scope<F: Future>(self, answer: F) -> impl Future<Output = F::Output> {
        UPLOAD.scope(self.0, answer)
    }
}

tokio::task_local! {
    /// The request that a call is about.
    static UPLOAD: Arc<Upload>;
}

/// Holds as many bytes for the request of this call as it takes in all, where that is more than it holds.
pub(super) fn hold(bytes: usize) -> Result<(), Status> {
    let take = |upload: &Arc<Upload>| {
        let held = *upload.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        upload.take(bytes.saturating_sub(held))
    };
    // Outside of a call nothing is counted.
    UPLOAD.try_with(take).unwrap_or(Ok(()))
}

impl Drop for Upload {
    fn drop(&mut self) {
        self.give_back();
    }
}

/// The body of a request whose bytes are counted.
struct CountedBody {
    inner: Body,
    upload: Arc<Upload>,
    /// Bytes that have arrived since it was last looked at.
    arrived: usize,
    /// When it is looked at; unset for a conversation.
    looked_at: Option<Pin<Box<Sleep>>>,
}

impl HttpBody for CountedBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.inner).poll_frame(context) {
            let bytes = match &frame {
                Some(Ok(frame)) => frame.data_ref().map_or(0, Bytes::len),
                Some(Err(_)) | None => 0,
            };
            self.arrived += bytes;
            if self.looked_at.is_none() {
                // What came before has been read.
                self.upload.give_back();
            }
            return Poll::Ready(match self.upload.take(bytes) {
                Ok(()) => frame,
                Err(refused) => Some(Err(refused)),
            });
        }
        let patience = self.upload.uploads.patience;
        let Self { looked_at: Some(looked_at), arrived, .. } = &mut *self else { return Poll::Pending };
        loop {
            ready!(looked_at.as_mut().poll(context));
            if *arrived < LEAST_BYTES {
                return Poll::Ready(Some(Err(status::stalled(patience))));
            }
            *arrived = 0;
            looked_at.as_mut().reset(Instant::now() + patience);
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// Adds [`UploadsService`] to a server.
#[derive(Clone)]
pub(super) struct UploadsLayer(pub Uploads);

impl<S> Layer<S> for UploadsLayer {
    type Service = UploadsService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        UploadsService { inner, uploads: self.0.clone() }
    }
}

/// See the module.
#[derive(Clone)]
pub(super) struct UploadsService<S> {
    inner: S,
    uploads: Uploads,
}

impl<S> Service<Request<Body>> for UploadsService<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let caller = request.extensions().get::<Principal>().map_or_else(String::new, |known| known.name.clone());
        let is_conversation = request.uri().path().ends_with(CONVERSATION);
        let (head, body) = request.into_parts();
        let (body, counting) = self.uploads.count(&caller, body, !is_conversation);
        let answer = self.inner.call(Request::from_parts(head, body));
        Box::pin(counting.scope(answer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upload(uploads: &Uploads, caller: &str) -> Upload {
        Upload { uploads: uploads.clone(), caller: caller.to_owned(), bytes: Mutex::new(0) }
    }

    #[test]
    fn a_caller_holds_twice_what_is_free_and_leaves_room_for_others() {
        let uploads = Uploads::new(90, Duration::from_secs(1));
        let (first, second) = (upload(&uploads, "one"), upload(&uploads, "one"));
        first.take(40).unwrap();
        second.take(20).unwrap();
        assert!(second.take(1).is_err(), "60 is twice the 30 that are free");
        let other = upload(&uploads, "other");
        other.take(20).unwrap();
        assert!(other.take(1).is_err(), "20 is twice the 10 that are free");
        drop((first, second, other));
        assert!(uploads.held().all == 0 && uploads.held().of_caller.is_empty());
    }

    #[tokio::test]
    async fn a_request_that_does_not_get_on_is_ended() {
        use http_body_util::BodyExt;
        let uploads = Uploads::new(1 << 20, Duration::from_millis(200));
        let upload = Arc::new(upload(&uploads, "one"));
        let looked_at = Some(Box::pin(tokio::time::sleep(uploads.patience)));
        let (sender, receiver) = tokio::sync::mpsc::channel::<Result<Frame<Bytes>, Status>>(1);
        let inner = Body::new(http_body_util::StreamBody::new(tokio_stream::wrappers::ReceiverStream::new(receiver)));
        let mut body = CountedBody { inner, upload, arrived: 0, looked_at };
        let begun = Instant::now();
        sender.send(Ok(Frame::data(Bytes::from(vec![0; LEAST_BYTES])))).await.unwrap();
        assert!(body.frame().await.unwrap().is_ok());
        sender.send(Ok(Frame::data(Bytes::from(vec![0; 10])))).await.unwrap();
        assert!(body.frame().await.unwrap().is_ok());
        assert!(body.frame().await.unwrap().is_err());
        assert!(begun.elapsed() >= Duration::from_millis(399), "it got on once: {:?}", begun.elapsed());
    }
}
