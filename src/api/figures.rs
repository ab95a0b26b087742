//! What `/metrics` tells: every figure with its meaning, in the names of OpenMetrics. None of it has a value that a caller chooses but the
//! limits and codes that are listed here.

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

/// Seconds that calls, solves and visits to the store are told apart by.
const SECONDS: [f64; 12] = [0.001, 0.005, 0.025, 0.1, 0.25, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3_600.0];

/// What only grows.
const COUNTERS: &[(&str, &str)] = &[
    ("misti_calls_total", "Calls that have ended, by method and code."),
    ("misti_received_bytes_total", "Bytes of requests, as they came."),
    ("misti_sent_bytes_total", "Bytes of answers, as they were sent."),
    ("misti_refusals_total", "Calls that were told to come again, by the reason of their status."),
    ("misti_authentication_failures_total", "Calls without a token that is known."),
    (
        "misti_connections_refused_total",
        "Connections that were closed at once, by the limit that they met: all or address.",
    ),
    ("misti_pages_total", "Pages of the console that were answered, by their path in its table, method and status."),
    (
        "misti_pages_refused_total",
        "Requests for pages that named another host, came through a proxy or from another site, by which.",
    ),
    ("misti_accept_failures_total", "Failures to take a connection, most often because no file can be opened."),
    ("misti_solves_total", "Solves that have ended, by call, engine and status."),
    ("misti_store_errors_total", "Visits to the store that failed, by operation."),
    ("misti_runs_finished_total", "Runs that have finished here, by state; given_up: lost their workers too often."),
    ("misti_lease_takeovers_total", "Runs taken from a worker that was silent for too long."),
    (
        "misti_results_rejected_total",
        "Results that were thrown away, by why: stale (another worker has the run) or unverified.",
    ),
];

/// What goes up and down.
const GAUGES: &[(&str, &str)] = &[
    ("misti_calls_in_flight", "Calls that have begun and not ended, by method."),
    ("misti_watched_runs", "Runs that are watched."),
    ("misti_queue_runs", "Runs that wait, of all servers."),
    ("misti_running_runs", "Runs that are solved, of all servers."),
    ("misti_queue_oldest_seconds", "How long the run has waited that has waited longest."),
    ("misti_build_info", "1, with the version of the engine and of HiGHS."),
];

/// Times.
const HISTOGRAMS: &[(&str, &str)] = &[
    ("misti_call_seconds", "How long calls took until their answer was sent, by method."),
    ("misti_page_seconds", "How long pages of the console took until they began to be sent, by their path."),
    ("misti_solve_seconds", "How long solves took, by call and engine."),
    ("misti_run_solve_seconds", "How long attempts to solve runs took."),
    ("misti_store_seconds", "How long visits to the store took, by operation."),
];

/// Begins to keep the figures of this process.
///
/// # Errors
/// Where they are kept already.
pub(super) fn keep() -> Result<PrometheusHandle, BuildError> {
    let seconds = Matcher::Suffix("_seconds".to_owned());
    let kept = PrometheusBuilder::new().set_buckets_for_metric(seconds, &SECONDS)?.install_recorder()?;
    for &(name, meaning) in COUNTERS {
        metrics::describe_counter!(name, meaning);
    }
    for &(name, meaning) in GAUGES {
        metrics::describe_gauge!(name, meaning);
    }
    for &(name, meaning) in HISTOGRAMS {
        metrics::describe_histogram!(name, meaning);
    }
    // What is rare is there from the beginning, so that the first time is seen as a change.
    metrics::counter!("misti_authentication_failures_total").absolute(0);
    metrics::counter!("misti_accept_failures_total").absolute(0);
    for reason in ["OVERLOADED", "QUEUE_FULL", "TOO_MANY_WATCHES", "NO_ROOM", "STORE_UNAVAILABLE", "STOPPING"] {
        metrics::counter!("misti_refusals_total", "reason" => reason).absolute(0);
    }
    for limit in ["all", "address"] {
        metrics::counter!("misti_connections_refused_total", "limit" => limit).absolute(0);
    }
    for why in ["stale", "unverified"] {
        metrics::counter!("misti_results_rejected_total", "why" => why).absolute(0);
    }
    let version = [("version", env!("CARGO_PKG_VERSION").to_owned()), ("highs", solve::solver_version())];
    metrics::gauge!("misti_build_info", &version).set(1.0);
    Ok(kept)
}
