//! A port of its own for whoever keeps the server running: health, and figures for Prometheus. It tells nothing of any student or caller.

use std::error::Error;
use std::net::SocketAddr;

use axum::Router;
use axum::routing::get;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::service::Routes;
use tonic::transport::Server;
use tonic_health::pb::health_server::{Health, HealthServer};

/// Seconds that solves are told apart by.
const SECONDS: [f64; 10] = [0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 3_600.0];

/// Serves for as long as the process lives.
///
/// # Errors
/// Where the address can't be bound.
pub(super) async fn serve(address: SocketAddr, health: HealthServer<impl Health>) -> Result<(), Box<dyn Error>> {
    let seconds = Matcher::Suffix("_seconds".to_owned());
    let figures = PrometheusBuilder::new().set_buckets_for_metric(seconds, &SECONDS)?.install_recorder()?;
    let page = Router::new().route("/metrics", get(move || std::future::ready(figures.render())));
    let listener = TcpListener::bind(address).await?;
    tracing::info!(address = %listener.local_addr()?, "telling health and figures");
    let routes = Routes::from(page).add_service(health);
    let server = Server::builder().accept_http1(true).add_routes(routes);
    tokio::spawn(async move {
        if let Err(error) = server.serve_with_incoming(TcpListenerStream::new(listener)).await {
            tracing::error!(%error, "health and figures are told no more");
        }
    });
    Ok(())
}
