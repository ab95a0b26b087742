//! `health`: asks a running server how it is; what the image's health check calls.

use std::net::SocketAddr;
use std::time::Duration;

use tonic::transport::Endpoint;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use super::exit::Exit;
use super::files::Failure;

/// Which server.
#[derive(Debug, clap::Args)]
pub(super) struct Health {
    /// Where it listens.
    #[arg(long, default_value = "127.0.0.1:50051")]
    address: SocketAddr,
}

pub(super) fn run(health: &Health) -> Result<Exit, Failure> {
    let failure = |why: &dyn std::fmt::Display| Failure::of_server(&format!("{}: {why}", health.address));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| failure(&e))?;
    let asked = runtime.block_on(async {
        let answer = async {
            let server = Endpoint::from_shared(format!("http://{}", health.address)).map_err(|e| e.to_string())?;
            let channel = server.connect().await.map_err(|e| e.to_string())?;
            let mut client = HealthClient::new(channel);
            let answer =
                client.check(HealthCheckRequest { service: String::new() }).await.map_err(|e| e.to_string())?;
            Ok::<_, String>(answer.into_inner().status())
        };
        tokio::time::timeout(Duration::from_secs(2), answer).await
    });
    match asked.unwrap_or_else(|_| Err("no answer within 2 s".to_owned())) {
        Ok(ServingStatus::Serving) => {
            println!("serving");
            Ok(Exit::Done)
        }
        Ok(status) => Err(failure(&status.as_str_name())),
        Err(why) => Err(failure(&why)),
    }
}
