//! [`OpenCalls`]: how many calls are open on a connection, from the first byte of each to the end of its answer.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::sync::watch;
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::Bytes;

/// The count.
#[derive(Clone)]
pub(super) struct OpenCalls(Arc<watch::Sender<usize>>);

/// One of them, until dropped.
pub(super) struct OpenCall(OpenCalls);

/// An answer, whose call is open until it has been sent or given up.
struct Answer {
    inner: Body,
    _call: OpenCall,
}

impl OpenCalls {
    pub fn new() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }

    /// Counts one more.
    pub fn open(&self) -> OpenCall {
        self.0.send_modify(|open| *open += 1);
        OpenCall(self.clone())
    }

    /// Who wants to know how many there are.
    pub fn subscribe(&self) -> watch::Receiver<usize> {
        self.0.subscribe()
    }
}

impl OpenCall {
    /// Stays open until an answer has ended.
    pub fn until_sent(self, inner: Body) -> Body {
        Body::new(Answer { inner, _call: self })
    }
}

impl Drop for OpenCall {
    fn drop(&mut self) {
        self.0.0.send_modify(|open| *open -= 1);
    }
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        Pin::new(&mut self.inner).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
