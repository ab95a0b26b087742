//! [`OpenCalls`]: how many calls are open on a connection, from the first byte of each to the end of its answer.

use std::sync::Arc;

use http_body_util::BodyExt;
use tokio::sync::watch;
use tonic::body::Body;

/// The count.
#[derive(Clone)]
pub(super) struct OpenCalls(Arc<watch::Sender<usize>>);

/// One of them, until dropped.
pub(super) struct OpenCall(OpenCalls);

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
        Body::new(inner.map_frame(move |frame| {
            let _is_open = &self;
            frame
        }))
    }
}

impl Drop for OpenCall {
    fn drop(&mut self) {
        self.0.0.send_modify(|open| *open -= 1);
    }
}
