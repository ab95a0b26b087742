//! Runs: how many are taken a second, and what a second worker is worth. `STORE=postgres://…` measures another store than SQLite.
//!
//! `cargo bench --bench runs`

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use api::stubs::run_service_client::RunServiceClient;
use tonic::transport::{Channel, Endpoint};
use wire::pb;

const BINARY: &str = env!("CARGO_BIN_EXE_misti-matching");

/// Runs of a queue.
const QUEUE: usize = 40;

/// A server; dropping it kills it.
struct Server(Child, String);

impl Server {
    fn start(store: &str, workers: &str) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").port();
        let address = format!("127.0.0.1:{port}");
        let mut command = Command::new(BINARY);
        command.args([
            "serve",
            "--address",
            &address,
            "--store",
            store,
            "--workers",
            workers,
            "--most-waiting",
            "100000",
        ]);
        Self(command.stderr(Stdio::null()).spawn().expect("it starts"), format!("http://{address}"))
    }

    async fn client(&self) -> RunServiceClient<Channel> {
        let endpoint = Endpoint::from_shared(self.1.clone()).expect("an address");
        for _ in 0..200 {
            if let Ok(channel) = endpoint.connect().await {
                return RunServiceClient::new(channel);
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

fn season(students: i32, projects: i32, seed: i64) -> pb::CreateRunRequest {
    let asked = pb::GetSampleRequest {
        sample: pb::get_sample_request::Sample::Summer as i32,
        seed,
        student_count: Some(students),
        project_count: Some(projects),
    };
    let made = calls::sample(&asked).expect("a sample");
    pb::CreateRunRequest { instance: made.instance, policy: made.policy, ..pb::CreateRunRequest::default() }
}

/// Seconds from the first to the last end of a queue that was full when the workers began.
async fn queue(store: &str, workers: &str) -> f64 {
    let names = {
        let server = Server::start(store, "0");
        let mut client = server.client().await;
        let mut names = Vec::new();
        for seed in 0..QUEUE {
            let run = client.create_run(season(1_000, 1_200, seed as i64)).await.expect("stored").into_inner();
            names.push(run.name);
        }
        names
    };
    let server = Server::start(store, workers);
    let mut client = server.client().await;
    let begun = Instant::now();
    for name in names {
        loop {
            let request = pb::GetRunRequest { name: name.clone(), view: pb::get_run_request::View::Basic as i32 };
            let run = client.get_run(request).await.expect("it is there").into_inner();
            if run.end_time.is_some() {
                assert_eq!(run.outcome_status(), pb::outcome::Status::Optimal);
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    begun.elapsed().as_secs_f64()
}

/// Runs stored a second, by so many callers at once.
async fn rate(store: &str, callers: usize) -> f64 {
    let server = Server::start(store, "0");
    server.client().await;
    let begun = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    let each = 400 / callers;
    for _ in 0..callers {
        let mut client = server.client().await;
        tasks.spawn(async move {
            for _ in 0..each {
                client.create_run(season(6, 5, 0)).await.expect("stored");
            }
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended.expect("no panic");
    }
    (each * callers) as f64 / begun.elapsed().as_secs_f64()
}

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let folder = tempfile::tempdir().expect("a folder");
        let mut number = 0;
        let mut store = || {
            number += 1;
            std::env::var("STORE").unwrap_or_else(|_| format!("sqlite://{}/{number}.db", folder.path().display()))
        };
        for callers in [1, 8] {
            println!("{:.0} runs stored a second by {callers} callers", rate(&store(), callers).await);
        }
        if std::env::var("STORE").is_err() {
            let (one, two) = (queue(&store(), "1").await, queue(&store(), "2").await);
            println!("{QUEUE} runs of 1,000 x 1,200: one worker {one:.2} s, two {two:.2} s, ratio {:.2}", two / one);
        }
    });
}
