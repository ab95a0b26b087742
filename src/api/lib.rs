//! Assembles the server: the services, health, reflection, deadlines and slots on one port.

pub mod codec;
mod computing;
mod deadline;
pub mod door;
mod matching_service;
mod operations;
mod paging;
mod principal;
mod run_service;
mod slots;
mod status;

/// The generated services of package `misti.matching.v1`, and clients of them.
#[allow(missing_docs, clippy::all, clippy::pedantic)]
pub mod stubs {
    tonic::include_proto!("misti.matching.v1");
}

use std::error::Error;
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::{Certificate, Identity, Server, ServerTlsConfig};
use tonic_health::server::health_reporter;

use crate::stubs::matching_service_server::MatchingServiceServer;
use crate::stubs::run_service_server::RunServiceServer;
use computing::Computing;
use door::{DoorLayer, Tokens};
use matching_service::Matching;
pub use run_service::RunLimits;
use run_service::Runs;
use slots::Slots;
use solve::SolverCommand;
use store::Store;
use wire::{DESCRIPTORS, SizeLimits};

/// Settings of a server.
#[derive(Clone)]
pub struct Settings {
    /// Where to listen.
    pub address: SocketAddr,
    /// How much one request may hold.
    pub sizes: SizeLimits,
    /// Bytes of the largest message.
    pub message_bytes: usize,
    /// Calls computed at once.
    pub slots: usize,
    /// Calls that may wait for a slot.
    pub waiting: usize,
    /// How long calls may go on after a shutdown was asked for.
    pub drain: Duration,
    /// How to start the solver's process.
    pub solver: SolverCommand,
    /// Where runs are stored; without it there is no `RunService`.
    pub store: Option<Store>,
    /// How long runs are kept, and how many may wait.
    pub runs: RunLimits,
    /// Who may call; without it whoever reaches the port.
    pub tokens: Option<Tokens>,
    /// Encryption; without it none.
    pub tls: Option<Tls>,
    /// Where health and figures are told in clear, to whoever keeps the server running.
    pub operations: Option<SocketAddr>,
}

/// Certificates, as PEM.
#[derive(Clone)]
pub struct Tls {
    /// The server's, with those that lead to its root.
    pub certificate: Vec<u8>,
    /// Its key.
    pub key: Vec<u8>,
    /// Who signs the certificates that callers have to show; unset: they need none.
    pub client_ca: Option<Vec<u8>>,
}

/// A server at work. The future is in a box, so that it is compiled with this crate and not with whoever starts it.
pub type Serving = Pin<Box<dyn Future<Output = Result<(), Box<dyn Error>>>>>;

/// Serves until `shutdown` resolves and the calls in flight have ended or `drain` is over.
///
/// `listening` is told the address once the server accepts calls; `stopping` says true when streams are to end.
///
/// # Errors
/// When the address can't be bound or the transport fails.
pub fn serve(
    settings: Settings,
    listening: Box<dyn FnOnce(SocketAddr) + Send>,
    mut stopping: watch::Receiver<bool>,
) -> Serving {
    Box::pin(async move {
        let (reporter, health) = health_reporter();
        reporter.set_serving::<MatchingServiceServer<Matching>>().await;
        let slots = Slots::new(settings.slots, settings.waiting);
        let computing = Computing { solver: settings.solver, sizes: settings.sizes, slots };
        let runs = settings.store.map(|store| {
            RunServiceServer::new(Runs::new(computing.clone(), store, settings.runs, stopping.clone()))
                .max_decoding_message_size(settings.message_bytes)
                .max_encoding_message_size(usize::MAX)
        });
        if runs.is_some() {
            reporter.set_serving::<RunServiceServer<Runs>>().await;
        }
        let matching = MatchingServiceServer::new(Matching(computing))
            .max_decoding_message_size(settings.message_bytes)
            .max_encoding_message_size(usize::MAX);
        let reflection = || {
            tonic_reflection::server::Builder::configure()
                .register_encoded_file_descriptor_set(DESCRIPTORS)
                .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
                // grpcurl needs these to print error details in clear.
                .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
        };

        let has_runs = runs.is_some();
        let (drain_starts, drain_started) = tokio::sync::oneshot::channel();
        let stop = async move {
            let _ = stopping.wait_for(|&stopping| stopping).await;
            reporter.set_not_serving::<MatchingServiceServer<Matching>>().await;
            if has_runs {
                reporter.set_not_serving::<RunServiceServer<Runs>>().await;
            }
            reporter.set_service_status("", tonic_health::ServingStatus::NotServing).await;
            let _ = drain_starts.send(());
        };
        let mut builder = Server::builder();
        if let Some(Tls { certificate, key, client_ca }) = settings.tls {
            let tls = ServerTlsConfig::new().identity(Identity::from_pem(certificate, key));
            let tls = client_ca.iter().fold(tls, |tls, ca| tls.client_ca_root(Certificate::from_pem(ca)));
            builder = builder.tls_config(tls).map_err(|error| format!("certificate and key: {}", innermost(&error)))?;
        }
        if let Some(tokens) = settings.tokens.clone() {
            tokio::spawn(tokens.follow());
        }
        if let Some(address) = settings.operations {
            operations::serve(address, health.clone()).await?;
        }
        let listener = TcpListener::bind(settings.address).await?;
        listening(listener.local_addr()?);
        let server = builder
            .layer(DoorLayer(settings.tokens))
            .layer(deadline::DeadlineLayer::new(settings.message_bytes))
            .max_concurrent_streams(Some(100))
            .http2_keepalive_interval(Some(Duration::from_secs(60)))
            .add_service(health)
            .add_service(reflection().build_v1()?)
            .add_service(reflection().build_v1alpha()?)
            .add_service(matching)
            .add_optional_service(runs)
            .serve_with_incoming_shutdown(TcpListenerStream::new(listener), stop);
        tokio::select! {
            served = server => served?,
            () = async {
                let _ = drain_started.await;
                tokio::time::sleep(settings.drain).await;
            } => tracing::warn!("calls still in flight after the drain; they are cancelled"),
        }
        Ok(())
    })
}

/// Tells health and figures of a process that serves nothing else, for as long as it lives.
///
/// # Errors
/// When the address can't be bound.
pub async fn tell_operations(address: SocketAddr) -> Result<(), Box<dyn Error>> {
    let (_, health) = health_reporter();
    operations::serve(address, health).await
}

/// The innermost reason of an error, which says the most.
pub fn innermost(error: &dyn Error) -> String {
    let mut reason = error;
    while let Some(inner) = reason.source() {
        reason = inner;
    }
    reason.to_string()
}
