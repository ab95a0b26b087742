//! Connections: accepted, encrypted where asked for, and kept within limits, so that no peer takes what others need.
//!
//! A peer has to begin to speak HTTP/2 (on the operations port HTTP/1 as well) within the time of a handshake, and a connection without calls
//! is closed after a while. There are so many connections and no more, in all and from one address. Where the process may open no more files,
//! accepting rests; the operations port keeps some for itself.

mod accepting;
mod guard;
mod open_calls;
mod speaking;

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use ipnet::IpNet;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tonic::body::Body;
use tonic::codegen::http::{Request, Response};
use tower::{Service, ServiceExt};

use super::certificates::Certificates;
use accepting::Accepting;
use guard::{Guard, Place};
use open_calls::OpenCalls;
use speaking::Speaking;

/// How often a peer is asked whether it is still there, and how long it has to answer.
const ASKED: Duration = Duration::from_secs(60);
const ANSWERS: Duration = Duration::from_secs(20);

/// How long an ending connection without a call stays for its peer to hear so.
const LAST_WORD: Duration = Duration::from_secs(2);

/// How many connections there may be, and how long one may do nothing.
#[derive(Debug, Clone)]
pub struct ConnectionLimits {
    /// In all.
    pub most: usize,
    /// From one address, unless it is trusted.
    pub most_of_address: usize,
    /// Proxies, from which many callers come.
    pub trusted: Vec<IpNet>,
    /// How long a peer may take until it speaks, encryption included.
    pub handshake: Duration,
    /// After how long without a call a connection is closed.
    pub idle: Duration,
    /// Calls at once on one connection.
    pub most_streams: u32,
}

/// What is served on a port.
pub(super) struct Port<S> {
    /// What answers.
    pub service: S,
    /// How it is encrypted; unset: not at all.
    pub certificates: Option<Certificates>,
    /// Its limits.
    pub limits: ConnectionLimits,
    /// Whether HTTP/1 is spoken as well.
    pub http1: bool,
    /// How many descriptors it keeps for when the process may open no more files.
    pub spare: usize,
}

impl<S> Port<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send,
{
    /// Serves until `closing` says true, and then until every call has ended.
    pub async fn serve(self, listener: TcpListener, mut closing: watch::Receiver<bool>) {
        let guard = Guard::new(self.limits.most, self.limits.most_of_address, self.limits.trusted.clone());
        let mut accepting = Accepting::new(listener, guard, self.spare);
        let port = Arc::new(self);
        // Ends when every connection has dropped its end.
        let (open, mut all_closed) = mpsc::channel::<()>(1);
        loop {
            let (stream, place) = tokio::select! {
                accepted = accepting.accept() => accepted,
                _ = closing.wait_for(|&closing| closing) => break,
            };
            let (port, closing, open) = (port.clone(), closing.clone(), open.clone());
            tokio::spawn(async move {
                port.connection(stream, place, closing).await;
                drop(open);
            });
        }
        drop((accepting, open));
        all_closed.recv().await;
    }

    /// Serves one connection.
    async fn connection(&self, stream: TcpStream, _place: Place, closing: watch::Receiver<bool>) {
        // An answer is sent at once, not when the peer has acknowledged what came before.
        if stream.set_nodelay(true).is_err() {
            return;
        }
        let speaks_until = tokio::time::Instant::now() + self.limits.handshake;
        match &self.certificates {
            None => self.speak(stream, speaks_until, closing).await,
            Some(certificates) => {
                let handshake = tokio::time::timeout_at(speaks_until, certificates.acceptor().accept(stream));
                let mut closes = closing.clone();
                let shaken = tokio::select! {
                    shaken = handshake => shaken,
                    _ = closes.wait_for(|&closing| closing) => return,
                };
                if let Ok(Ok(stream)) = shaken {
                    self.speak(stream, speaks_until, closing).await;
                }
            }
        }
    }

    /// Speaks HTTP on a connection.
    async fn speak(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        speaks_until: tokio::time::Instant,
        mut closing: watch::Receiver<bool>,
    ) {
        let open_calls = OpenCalls::new();
        let open = open_calls.subscribe();
        let (stream, spoke) = Speaking::new(stream);
        let service = self.service.clone();
        let service = tower::service_fn(move |request: Request<hyper::body::Incoming>| {
            let (call, answer) = (open_calls.open(), service.clone().oneshot(request.map(Body::new)));
            async move { answer.await.map(|response| response.map(|body| call.until_sent(body))) }
        });
        let mut builder = Builder::new(TokioExecutor::new());
        if !self.http1 {
            builder = builder.http2_only();
        }
        builder.http1().timer(TokioTimer::new());
        builder
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(self.limits.most_streams)
            .keep_alive_interval(ASKED)
            .keep_alive_timeout(ANSWERS);
        let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)));
        let mut is_idle = pin!(idle(open.clone(), self.limits.idle));
        // A peer may not answer that it has heard that the connection ends; one with a call has the call's time.
        let mut has_ended = pin!(idle(open, LAST_WORD));
        let (mut is_silent, mut is_ending) = (true, false);
        loop {
            tokio::select! {
                // Why a peer broke off is nobody's business here.
                _ = connection.as_mut() => return,
                () = tokio::time::sleep_until(speaks_until), if is_silent => {
                    is_silent = false;
                    if !spoke.is_heard() {
                        return;
                    }
                }
                () = is_idle.as_mut(), if !is_ending => {
                    is_ending = true;
                    connection.as_mut().graceful_shutdown();
                }
                () = has_ended.as_mut(), if is_ending => return,
                _ = closing.wait_for(|&closing| closing), if !is_ending => {
                    is_ending = true;
                    connection.as_mut().graceful_shutdown();
                    if !spoke.is_heard() {
                        return;
                    }
                }
            }
        }
    }
}

/// Waits until no call has been open for so long.
async fn idle(mut open: watch::Receiver<usize>, limit: Duration) {
    loop {
        let is_idle = *open.borrow_and_update() == 0;
        tokio::select! {
            () = tokio::time::sleep(limit), if is_idle => return,
            changed = open.changed() => if changed.is_err() { std::future::pending::<()>().await },
        }
    }
}
