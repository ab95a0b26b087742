//! A port of its own for whoever keeps the server running: health, and figures for Prometheus. It tells nothing of any student or caller.

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tonic::service::Routes;
use tonic_health::pb::health_server::{Health, HealthServer};

use super::connections::{ConnectionLimits, Port};
use super::figures;

/// Descriptors that are kept for the port.
const SPARE: usize = 4;

/// Whoever keeps the server running asks every few seconds, from few addresses.
fn limits() -> ConnectionLimits {
    let (handshake, idle) = (Duration::from_secs(10), Duration::from_secs(300));
    ConnectionLimits { most: 64, most_of_address: 64, trusted: Vec::new(), handshake, idle, most_streams: 100 }
}

/// Serves for as long as the process lives.
///
/// # Errors
/// Where the address can't be bound.
pub(super) async fn serve(address: SocketAddr, health: HealthServer<impl Health>) -> Result<(), Box<dyn Error>> {
    let figures = figures::keep()?;
    let page = Router::new().route("/metrics", get(move || std::future::ready(figures.render())));
    let listener = TcpListener::bind(address).await?;
    tracing::info!(address = %listener.local_addr()?, "telling health and figures");
    let service = Routes::from(page).add_service(health).prepare();
    let port = Port { service, certificates: None, limits: limits(), http1: true, spare: SPARE };
    let (open, closing) = watch::channel(false);
    tokio::spawn(async move {
        port.serve(listener, closing).await;
        drop(open);
    });
    Ok(())
}
