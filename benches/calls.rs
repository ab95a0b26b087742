//! What a call costs beside its computing: `Match` of two seasons beside an empty call of the same server, by connections and streams.
//!
//! `cargo bench --bench calls`

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use api::stubs::matching_service_client::MatchingServiceClient;
use tonic::transport::{Channel, Endpoint};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use wire::pb;
use wire::pb::get_sample_request::Sample;

/// A server; dropping it kills it.
struct Server(Child, Endpoint);

impl Server {
    async fn start() -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").port();
        let address = format!("127.0.0.1:{port}");
        let mut command = Command::new(env!("CARGO_BIN_EXE_misti-matching"));
        command.args(["serve", "--store", "none", "--waiting", "1000", "--address", &address]);
        let process = command.stderr(Stdio::null()).spawn().expect("it starts");
        let server = Self(process, Endpoint::from_shared(format!("http://{address}")).expect("an address"));
        for _ in 0..200 {
            if server.1.connect().await.is_ok() {
                return server;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("it does not listen");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn season(sample: Sample, size: Option<i32>) -> pb::MatchRequest {
    let asked = pb::GetSampleRequest {
        sample: sample as i32,
        student_count: size,
        project_count: size,
        ..pb::GetSampleRequest::default()
    };
    let made = calls::sample(&asked).expect("a sample");
    pb::MatchRequest { instance: made.instance, policy: made.policy }
}

/// The median and the 99th percentile of calls made one after the other on each of `streams` streams of each of `connections` connections.
async fn waits<F: Future<Output = ()> + Send>(
    server: &Server,
    connections: usize,
    streams: usize,
    calls: usize,
    call: impl Fn(Channel) -> F + Clone + Send + 'static,
) -> (Duration, Duration) {
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..connections {
        let channel = server.1.connect().await.expect("it connects");
        call(channel.clone()).await;
        for _ in 0..streams {
            let (channel, call) = (channel.clone(), call.clone());
            callers.spawn(async move {
                let mut waits = Vec::new();
                for _ in 0..calls {
                    let begun = Instant::now();
                    call(channel.clone()).await;
                    waits.push(begun.elapsed());
                }
                waits
            });
        }
    }
    let mut waits: Vec<Duration> = callers.join_all().await.into_iter().flatten().collect();
    waits.sort_unstable();
    (waits[waits.len() / 2], waits[waits.len() * 99 / 100])
}

#[tokio::main]
async fn main() {
    let server = Server::start().await;
    println!("milliseconds, p50 and p99; calls of a connection's stream one after the other\n");
    println!(
        "| season | connections | streams of each | Match | empty call | ratio of p50 |\n|---|---:|---:|---:|---:|---:|"
    );
    let milliseconds = |wait: Duration| wait.as_secs_f64() * 1_000.0;
    for (name, request, all) in
        [("TINY", season(Sample::Tiny, None), 2_000), ("300 × 300", season(Sample::Summer, Some(300)), 60)]
    {
        for (connections, streams) in [(1, 1), (1, 16), (16, 1), (16, 16)] {
            let calls = (all / (connections * streams)).max(2);
            let request = request.clone();
            let solved = waits(&server, connections, streams, calls, move |channel| {
                let request = request.clone();
                async move {
                    let mut client = MatchingServiceClient::new(channel).max_decoding_message_size(usize::MAX);
                    client.r#match(request).await.map(drop).expect("an answer");
                }
            });
            let solved = solved.await;
            let empty = waits(&server, connections, streams, 2_000 / (connections * streams), |channel| async {
                let asked = HealthCheckRequest { service: String::new() };
                HealthClient::new(channel).check(asked).await.map(drop).expect("an answer");
            });
            let empty = empty.await;
            println!(
                "| {name} | {connections} | {streams} | {:.2}, {:.2} | {:.2}, {:.2} | {:.1} |",
                milliseconds(solved.0),
                milliseconds(solved.1),
                milliseconds(empty.0),
                milliseconds(empty.1),
                milliseconds(solved.0) / milliseconds(empty.0)
            );
        }
    }
}
