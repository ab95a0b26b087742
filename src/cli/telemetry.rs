//! Logs on standard error, and traces to a collector where one is named. Neither ever holds a student's data: what may be told is in the
//! fields of spans and events, and those are ids of runs, names of callers and methods, counts and codes.

use std::io::IsTerminal;
use std::time::Duration;

use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use super::files::Failure;

/// How long the collector may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// The crates that tell anything, and are traced; the collector's own connection is not.
const OWN: [&str; 8] = ["api", "calls", "engine", "explain", "misti_matching", "solve", "store", "worker"];

/// What is told, and where.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Telemetry {
    /// Log as JSON.
    #[arg(long)]
    json_logs: bool,
    /// Where traces are sent by OTLP over gRPC, such as http://127.0.0.1:4317. Unset: nowhere.
    #[arg(long)]
    otlp_endpoint: Option<String>,
}

/// What has to be ended before the process is.
pub(super) struct Telling(Option<SdkTracerProvider>);

impl Telemetry {
    /// Starts telling; within a runtime, which the connection to the collector needs.
    pub fn start(&self) -> Result<Telling, Failure> {
        let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
        let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
        let lines = if self.json_logs {
            lines.json().boxed()
        } else {
            lines.with_ansi(std::io::stderr().is_terminal()).boxed()
        };
        // A call is a part of its caller's trace.
        opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
        let provider = self.otlp_endpoint.as_deref().map(provider).transpose()?;
        let traces = provider.as_ref().map(|provider| {
            let own = Targets::new().with_targets(OWN.map(|name| (name, tracing::Level::INFO)));
            tracing_opentelemetry::layer().with_tracer(provider.tracer("misti-matching")).with_filter(own)
        });
        let started = tracing_subscriber::registry().with(lines.with_filter(filter)).with(traces).try_init();
        started.map_err(|error| Failure::of_server(&error.to_string()))?;
        Ok(Telling(provider))
    }
}

fn provider(endpoint: &str) -> Result<SdkTracerProvider, Failure> {
    let exporter = SpanExporter::builder().with_tonic().with_endpoint(endpoint).with_timeout(PATIENCE).build();
    let exporter = exporter.map_err(|error| Failure::of_server(&format!("--otlp-endpoint: {error}")))?;
    let resource = Resource::builder().with_service_name("misti-matching").build();
    Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
}

impl Telling {
    /// Sends what has not been sent.
    pub fn end(self) {
        if let Some(provider) = self.0
            && let Err(error) = provider.shutdown_with_timeout(PATIENCE)
        {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}
