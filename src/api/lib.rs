//! Assembles the server: the services, health and reflection on one port, behind what every call passes: it is observed, let in, given its
//! deadline, and its bytes are counted.

mod answers;
mod certificates;
pub mod codec;
mod computing;
mod connections;
mod deadline;
mod desk_service;
pub mod door;
mod figures;
mod front;
mod matching_service;
mod observe;
mod operations;
mod paging;
mod principal;
mod refusal;
mod run_service;
mod services;
mod slots;
mod stamp;
mod status;
mod stored_runs;
mod uploads;

/// The generated services of package `misti.matching.v1`, and clients of them.
#[allow(missing_docs, clippy::all, clippy::pedantic)]
pub mod stubs {
    tonic::include_proto!("misti.matching.v1");
}

use std::error::Error;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tonic::codec::CompressionEncoding;
use tonic::server::NamedService;
use tonic::service::Routes;
use tonic_health::ServingStatus;
use tonic_health::pb::health_server::HealthServer;
use tonic_health::server::{HealthReporter, HealthService, health_reporter};
use tower::ServiceBuilder;

use crate::stubs::desk_service_server::DeskServiceServer;
use crate::stubs::matching_service_server::MatchingServiceServer;
use crate::stubs::run_service_server::RunServiceServer;
pub use certificates::CertificateFiles;
use certificates::Certificates;
use computing::Computing;
pub use connections::ConnectionLimits;
use connections::Port;
use deadline::DeadlineLayer;
use desk_service::Desk;
use door::{DoorLayer, Tokens};
use front::{Answering, Front, pages_alone};
use matching_service::Matching;
use observe::ObserveLayer;
pub use principal::Principal;
pub use refusal::{Kind, Refusal};
use run_service::Runs;
pub use run_service::{RunLimits, WatchLimits};
pub use services::{Call, Services};
use slots::Slots;
use solve::SolverCommand;
use store::Store;
pub use uploads::Counting;
use uploads::{Uploads, UploadsLayer};
use wire::{DESCRIPTORS, SizeLimits};

/// Seasons that are solved at once for `Validate`.
pub const DIAGNOSES: usize = 1;

/// Settings of a server.
#[derive(Clone)]
pub struct Settings {
    /// Where to listen.
    pub address: SocketAddr,
    /// How much one request may hold.
    pub sizes: SizeLimits,
    /// Bytes of the largest message.
    pub message_bytes: usize,
    /// Bytes of the requests that are held at once.
    pub upload_bytes: usize,
    /// How long a request may rest while it arrives.
    pub upload_patience: Duration,
    /// Calls that solve, computed at once; as many that don't are computed beside them.
    pub slots: usize,
    /// Calls of each kind that may wait for a slot.
    pub waiting: usize,
    /// The longest time limit that a call may ask for.
    pub most_time: Duration,
    /// How long `Validate` looks for rows that can't hold together, its time in line included.
    pub validate_time: Duration,
    /// How many connections there may be.
    pub connections: ConnectionLimits,
    /// How long calls are still taken after a shutdown was asked for, while health says that it was.
    pub lame_duck: Duration,
    /// How long calls may go on after that.
    pub drain: Duration,
    /// How to start the solver's process.
    pub solver: SolverCommand,
    /// Where runs are stored; without it there is no `RunService`.
    pub store: Option<Store>,
    /// How long runs are kept, and how many may wait.
    pub runs: RunLimits,
    /// How many runs may be watched at once.
    pub watches: WatchLimits,
    /// Who may call; without it whoever reaches the port.
    pub tokens: Option<Tokens>,
    /// Encryption; without it none.
    pub certificates: Option<CertificateFiles>,
    /// Where health and figures are told in clear, to whoever keeps the server running.
    pub operations: Option<SocketAddr>,
    /// Pages for browsers, made of the calls; without a store there are none.
    pub pages: Option<Pages>,
    /// Where the pages are, if not on the server's own port.
    pub pages_address: Option<SocketAddr>,
    /// The sites whose pages may call by gRPC-Web, as browsers name them in `Origin`.
    pub web_origins: Vec<String>,
}

/// Makes pages of the calls.
pub type Pages = Arc<dyn Fn(Services) -> Router + Send + Sync>;

/// A server that has its port, and serves once it is told to.
pub struct Bound {
    settings: Settings,
    listener: TcpListener,
    /// Of the pages, where they have a port of their own.
    pages_listener: Option<TcpListener>,
    certificates: Option<Certificates>,
    health: Health,
}

/// What health tells, and who tells it.
struct Health {
    reporter: HealthReporter,
    service: HealthServer<HealthService>,
}

impl Bound {
    /// Binds the addresses; operations are told from here on.
    ///
    /// # Errors
    /// When an address can't be bound, or the certificates can't be read.
    pub async fn bind(settings: Settings) -> Result<Self, Box<dyn Error>> {
        let reporter = HealthReporter::new();
        let service = HealthServer::new(HealthService::from_health_reporter(reporter.clone()));
        // What is not named is the server as a whole.
        reporter.set_service_status("", ServingStatus::NotServing).await;
        let speaks_http1 = settings.speaks_http1();
        let certificates = settings.certificates.clone().map(|files| Certificates::open(files, speaks_http1));
        let certificates = certificates.transpose()?;
        if let Some(address) = settings.operations {
            operations::serve(address, service.clone()).await?;
        }
        let listener = TcpListener::bind(settings.address).await?;
        let pages_listener = match settings.pages_address {
            Some(address) if settings.pages.is_some() => Some(TcpListener::bind(address).await?),
            Some(_) | None => None,
        };
        Ok(Self { settings, listener, pages_listener, certificates, health: Health { reporter, service } })
    }

    /// Where the pages are.
    ///
    /// # Errors
    /// When the system can't tell.
    pub fn pages_address(&self) -> std::io::Result<SocketAddr> {
        self.pages_listener.as_ref().unwrap_or(&self.listener).local_addr()
    }

    /// Where it listens.
    ///
    /// # Errors
    /// When the system can't tell.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `stopping` says true and the calls in flight have ended or the drain is over. The future is in a box, so that it is
    /// compiled with this crate and not with whoever starts it.
    ///
    /// # Errors
    /// When reflection can't be made of the descriptors.
    pub fn serve(self, stopping: watch::Receiver<bool>) -> Serving {
        Box::pin(self.serve_until(stopping))
    }

    async fn serve_until(self, mut stopping: watch::Receiver<bool>) -> Result<(), Box<dyn Error>> {
        let speaks_http1 = self.settings.speaks_http1();
        let Self { settings, listener, pages_listener, certificates, health } = self;
        let (close, closing) = watch::channel(false);
        let (end, over) = watch::channel(false);
        let computing = Computing {
            solver: settings.solver,
            sizes: settings.sizes,
            most_time: settings.most_time,
            solves: Slots::new(settings.slots, settings.waiting),
            short: Slots::new(settings.slots, settings.waiting),
            diagnoses: Slots::new(DIAGNOSES, settings.waiting),
            validate_time: settings.validate_time,
        };
        let store = settings.store;
        let uploads = Uploads::new(settings.upload_bytes, settings.upload_patience);
        let desk = Arc::new(Desk { computing: computing.clone(), store: store.clone() });
        let runs = store.clone().map(|store| {
            Arc::new(Runs::new(computing.clone(), store, settings.runs, settings.watches, closing.clone()))
        });
        let matching = Arc::new(Matching(computing));
        let pages = match (&settings.pages, &store, &runs) {
            (Some(pages), Some(store), Some(runs)) => Some(pages(Services {
                matching: matching.clone(),
                runs: runs.clone(),
                desk: desk.clone(),
                uploads: uploads.clone(),
                store: store.clone(),
                tokens: settings.tokens.clone(),
                sizes: settings.sizes,
                message_bytes: settings.message_bytes,
                keep_seconds: settings.runs.keep_seconds,
            })),
            _ => None,
        };
        let desk = DeskServiceServer::from_arc(desk)
            .max_decoding_message_size(settings.message_bytes)
            .max_encoding_message_size(usize::MAX)
            .accept_compressed(CompressionEncoding::Gzip)
            .send_compressed(CompressionEncoding::Gzip);
        let runs = runs.map(|runs| {
            RunServiceServer::from_arc(runs)
                .max_decoding_message_size(settings.message_bytes)
                .max_encoding_message_size(usize::MAX)
                .accept_compressed(CompressionEncoding::Gzip)
                .send_compressed(CompressionEncoding::Gzip)
        });
        let matching = MatchingServiceServer::from_arc(matching)
            .max_decoding_message_size(settings.message_bytes)
            .max_encoding_message_size(usize::MAX)
            .accept_compressed(CompressionEncoding::Gzip)
            .send_compressed(CompressionEncoding::Gzip);
        let has_runs = runs.is_some();
        let reflection = |name| reflection(has_runs).with_service_name(name);
        let reporter = health.reporter;
        reporter.set_serving::<MatchingServiceServer<Matching>>().await;
        reporter.set_serving::<DeskServiceServer<Desk>>().await;
        if runs.is_some() {
            reporter.set_serving::<RunServiceServer<Runs>>().await;
        }
        let watched_store = store.map(|store| tokio::spawn(tell_health(store, reporter.clone())));
        reporter.set_service_status("", ServingStatus::Serving).await;
        let mut routes = Routes::new(health.service);
        routes = routes.add_service(reflection(REFLECTION[0]).build_v1()?);
        routes = routes.add_service(reflection(REFLECTION[1]).build_v1alpha()?);
        routes = routes.add_service(matching).add_service(desk);
        if let Some(runs) = runs {
            routes = routes.add_service(runs);
        }
        if let Some(tokens) = settings.tokens.clone() {
            tokio::spawn(tokens.follow());
        }
        if let Some(certificates) = certificates.clone() {
            tokio::spawn(certificates.follow());
        }
        let service = ServiceBuilder::new()
            .layer(ObserveLayer)
            .layer(DoorLayer(settings.tokens))
            .layer(DeadlineLayer::new(settings.message_bytes, over))
            .layer(UploadsLayer(uploads))
            .service(routes.prepare());
        let (pages, pages_apart) = match pages_listener {
            None => (pages, None),
            Some(listener) => (None, pages.map(|pages| (listener, pages))),
        };
        let service = Front::new(Answering::new(service), &settings.web_origins, pages)?;
        let limits = settings.connections;
        let apart = pages_apart.map(|(listener, pages)| {
            let (certificates, limits) = (certificates.clone(), limits.clone());
            let port = Port { service: pages_alone(pages), certificates, limits, http1: true, spare: 0 };
            port.serve(listener, closing.clone())
        });
        let port = Port { service, certificates, limits, http1: speaks_http1, spare: 0 };
        let served = async {
            match apart {
                None => port.serve(listener, closing).await,
                Some(apart) => _ = tokio::join!(port.serve(listener, closing), apart),
            }
        };
        let over = async move {
            let _ = stopping.wait_for(|&stopping| stopping).await;
            reporter.set_not_serving::<MatchingServiceServer<Matching>>().await;
            reporter.set_not_serving::<DeskServiceServer<Desk>>().await;
            if let Some(watched_store) = watched_store {
                watched_store.abort();
                // It may be telling something just now.
                let _ = watched_store.await;
                reporter.set_not_serving::<RunServiceServer<Runs>>().await;
            }
            reporter.set_service_status("", ServingStatus::NotServing).await;
            tokio::time::sleep(settings.lame_duck).await;
            let _ = close.send(true);
            tokio::time::sleep(settings.drain).await;
            tracing::warn!("calls still in flight after the drain; they are cancelled");
            let _ = end.send(true);
            tokio::time::sleep(LAST_WORD).await;
            // Whoever waits for the word has to find it.
            drop((close, end));
        };
        tokio::select! {
            () = served => {}
            () = over => {}
        }
        Ok(())
    }
}

impl Settings {
    /// Whether the server's port speaks to browsers.
    fn speaks_http1(&self) -> bool {
        self.pages.is_some() || !self.web_origins.is_empty()
    }
}

/// What the reflection service calls itself in either version.
const REFLECTION: [&str; 2] = ["grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"];

/// Reflection of the services that there are.
fn reflection(has_runs: bool) -> tonic_reflection::server::Builder<'static> {
    let mut reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(DESCRIPTORS)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        // grpcurl needs these to print error details in clear.
        .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
        .with_service_name(MatchingServiceServer::<Matching>::NAME)
        .with_service_name(DeskServiceServer::<Desk>::NAME)
        .with_service_name(HealthServer::<HealthService>::NAME);
    if has_runs {
        reflection = reflection.with_service_name(RunServiceServer::<Runs>::NAME);
    }
    reflection
}

/// How long it may take to tell callers that the server ends.
const LAST_WORD: Duration = Duration::from_secs(1);

/// How often the store is asked whether it is there.
const GLANCE: Duration = Duration::from_secs(2);

/// Tells by health whether runs can be served: the store may go away and come back, and the server still matches meanwhile.
async fn tell_health(store: Store, reporter: HealthReporter) {
    let mut was_there = true;
    loop {
        tokio::time::sleep(GLANCE).await;
        let asked = store.ask().await;
        if was_there != asked.is_ok() {
            match &asked {
                Ok(()) => reporter.set_serving::<RunServiceServer<Runs>>().await,
                Err(why) => {
                    tracing::error!(%why, "the store is away: RunService is not served");
                    reporter.set_not_serving::<RunServiceServer<Runs>>().await;
                }
            }
            was_there = asked.is_ok();
        }
    }
}

/// A server at work.
pub type Serving = Pin<Box<dyn Future<Output = Result<(), Box<dyn Error>>>>>;

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
