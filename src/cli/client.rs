//! How the command line reaches a server.

use std::path::PathBuf;
use std::time::Duration;

use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};
use tonic::{Request, Response, Status};

use super::files::Failure;
use api::innermost;
use api::stubs::desk_service_client::DeskServiceClient;
use api::stubs::run_service_client::RunServiceClient;

/// Which server, and as whom.
#[derive(Debug, clap::Args)]
pub(super) struct Server {
    /// Where it listens: http://… or https://…
    #[arg(long, global = true, env = "MISTI_MATCHING_SERVER", default_value = "http://127.0.0.1:50051")]
    server: String,
    /// With https://: certificates of those who sign the server's, PEM.
    #[arg(long, global = true, env = "MISTI_MATCHING_CA")]
    ca: Option<PathBuf>,
    /// A certificate of one's own, PEM, where the server asks for one.
    #[arg(long, global = true, requires = "key")]
    certificate: Option<PathBuf>,
    /// Its key, PEM.
    #[arg(long, global = true)]
    key: Option<PathBuf>,
    /// A file that holds the token, where the server asks for one.
    #[arg(long, global = true, env = "MISTI_MATCHING_TOKEN_FILE")]
    token_file: Option<PathBuf>,
}

/// Adds the token to each call.
#[derive(Clone)]
pub(super) struct Bearer(Option<MetadataValue<Ascii>>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(token) = &self.0 {
            request.metadata_mut().insert("authorization", token.clone());
        }
        Ok(request)
    }
}

/// A client of runs.
pub(super) type Runs = RunServiceClient<InterceptedService<Channel, Bearer>>;

/// A client of the desk.
pub(super) type Desk = DeskServiceClient<InterceptedService<Channel, Bearer>>;

/// Does what waits for a server.
pub(super) fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Failure::of_server(&error.to_string()))?.block_on(work)
}

/// An answer, or why there is none.
pub(super) fn answered<T>(answer: Result<Response<T>, Status>) -> Result<T, Failure> {
    answer.map(Response::into_inner).map_err(|status| Failure::of_status(&status))
}

impl Server {
    /// Connects to its runs.
    pub async fn connect(&self) -> Result<Runs, Failure> {
        let (channel, bearer) = self.channel().await?;
        let runs = RunServiceClient::with_interceptor(channel, bearer);
        Ok(runs.max_decoding_message_size(usize::MAX).max_encoding_message_size(usize::MAX))
    }

    /// Connects to its runs and its desk.
    pub async fn connect_desk(&self) -> Result<(Runs, Desk), Failure> {
        let (channel, bearer) = self.channel().await?;
        let runs = RunServiceClient::with_interceptor(channel.clone(), bearer.clone());
        let desk = DeskServiceClient::with_interceptor(channel, bearer);
        let runs = runs.max_decoding_message_size(usize::MAX).max_encoding_message_size(usize::MAX);
        Ok((runs, desk.max_decoding_message_size(usize::MAX).max_encoding_message_size(usize::MAX)))
    }

    async fn channel(&self) -> Result<(Channel, Bearer), Failure> {
        let failure = |why: &dyn std::fmt::Display| Failure::of_server(&format!("{}: {why}", self.server));
        let read = |path: &PathBuf| std::fs::read(path).map_err(|error| Failure::of_file(path, &error));
        if !self.server.starts_with("http://") && !self.server.starts_with("https://") {
            return Err(failure(&"write http:// or https:// before it"));
        }
        let mut endpoint = Endpoint::from_shared(self.server.clone()).map_err(|error| failure(&error))?;
        if self.server.starts_with("https://") {
            let mut tls = ClientTlsConfig::new();
            if let Some(ca) = &self.ca {
                tls = tls.ca_certificate(Certificate::from_pem(read(ca)?));
            }
            if let (Some(certificate), Some(key)) = (&self.certificate, &self.key) {
                tls = tls.identity(Identity::from_pem(read(certificate)?, read(key)?));
            }
            endpoint = endpoint.tls_config(tls).map_err(|error| failure(&error))?;
        }
        let token = match &self.token_file {
            None => None,
            Some(path) => {
                let text = String::from_utf8_lossy(&read(path)?).trim().to_owned();
                let bearer = format!("Bearer {text}").parse();
                Some(bearer.map_err(|_| failure(&"the token has a character that no token has"))?)
            }
        };
        let channel = endpoint.connect_timeout(Duration::from_secs(10)).connect().await;
        let channel = channel.map_err(|error| failure(&innermost(&error)))?;
        Ok((channel, Bearer(token)))
    }
}
