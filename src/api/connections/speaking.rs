//! [`Speaking`]: a stream that knows whether its peer has begun to speak.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How many bytes an HTTP/2 connection begins with (RFC 9113, section 3.4). On the operations port a request of HTTP/1 that is shorter has been
/// answered long before anybody looks.
const PREFACE: usize = 24;

/// The stream.
pub(super) struct Speaking<T> {
    inner: T,
    spoke: Spoke,
}

/// How many bytes have been heard.
#[derive(Clone, Default)]
pub(super) struct Spoke(Arc<AtomicUsize>);

impl Spoke {
    /// Whether they are enough to be the beginning of a connection.
    pub fn is_heard(&self) -> bool {
        self.0.load(Ordering::Relaxed) >= PREFACE
    }
}

impl<T> Speaking<T> {
    pub fn new(inner: T) -> (Self, Spoke) {
        let spoke = Spoke::default();
        (Self { inner, spoke: spoke.clone() }, spoke)
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Speaking<T> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        let read = Pin::new(&mut self.inner).poll_read(context, into);
        self.spoke.0.fetch_add(into.filled().len() - before, Ordering::Relaxed);
        read
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Speaking<T> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}
