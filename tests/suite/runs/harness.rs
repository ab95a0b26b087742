//! Stores to run on, servers on them, and a client.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use api::stubs::run_service_client::RunServiceClient;
use sqlx::any::AnyPoolOptions;
use sqlx::{AnyPool, Row};
use store::{Store, StoreError, StoreKeys};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status};
use wire::pb;

use crate::service::running::Server;

/// A place for runs; dropping it removes it.
pub enum Place {
    Sqlite(tempfile::TempDir),
    Postgres(Postgres),
}

impl Place {
    pub fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().expect("a folder"))
    }

    pub fn postgres() -> Self {
        Self::Postgres(Postgres::start())
    }

    /// One of each.
    pub fn both() -> [Self; 2] {
        [Self::sqlite(), Self::postgres()]
    }

    pub fn url(&self) -> String {
        match self {
            Self::Sqlite(folder) => format!("sqlite://{}/runs.db", folder.path().display()),
            Self::Postgres(postgres) => postgres.url(),
        }
    }

    /// Where its files are.
    pub fn folder(&self) -> PathBuf {
        match self {
            Self::Sqlite(folder) => folder.path().to_owned(),
            Self::Postgres(postgres) => postgres.data(),
        }
    }

    /// A server on it.
    pub fn serve(&self, flags: &[&str]) -> Server {
        self.try_serve(flags, &[]).expect("it listens")
    }

    /// A server on it, where it gets as far as listening.
    pub fn try_serve(&self, flags: &[&str], variables: &[(&str, &str)]) -> Option<Server> {
        let store = format!("--store={}", self.url());
        let flags: Vec<&str> = std::iter::once(store.as_str()).chain(flags.iter().copied()).collect();
        Server::try_start(&flags, variables)
    }

    /// Asks the database itself.
    pub fn ask(&self, query: &'static str) -> Vec<Vec<String>> {
        sqlx::any::install_default_drivers();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let pool: AnyPool =
                AnyPoolOptions::new().max_connections(1).connect(&self.url()).await.expect("it is there");
            let rows = sqlx::query(query).fetch_all(&pool).await.expect("a query");
            let text = |row: &sqlx::any::AnyRow, at: usize| {
                row.try_get::<String, _>(at)
                    .or_else(|_| row.try_get::<i64, _>(at).map(|n| n.to_string()))
                    .or_else(|_| row.try_get::<Vec<u8>, _>(at).map(|b| b.iter().map(|b| format!("{b:02x}")).collect()))
                    .unwrap_or_default()
            };
            let told = rows.iter().map(|row| (0..row.len()).map(|at| text(row, at)).collect()).collect();
            pool.close().await;
            told
        })
    }
}

/// A store that the test itself has open, without a server.
pub struct Opened {
    pub store: Store,
    runtime: tokio::runtime::Runtime,
}

impl Opened {
    /// What the store answers.
    pub fn ask<T>(&self, asked: impl Future<Output = Result<T, StoreError>>) -> T {
        self.try_ask(asked).expect("the store answers")
    }

    pub fn try_ask<T>(&self, asked: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        self.runtime.block_on(asked)
    }
}

impl Place {
    /// Opens the store by some keys.
    pub fn open(&self, keys: &[&str]) -> Opened {
        self.try_open(keys).expect("it opens")
    }

    pub fn try_open(&self, keys: &[&str]) -> Result<Opened, StoreError> {
        let known = match keys {
            [] => StoreKeys::default(),
            keys => StoreKeys::parse(&keys.join("\n")).expect("keys"),
        };
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let store = runtime.block_on(Store::open(&self.url(), known))?;
        Ok(Opened { store, runtime })
    }
}

/// Somebody else who reads the database, until dropped.
pub struct Reader {
    runtime: tokio::runtime::Runtime,
    connection: Option<sqlx::AnyConnection>,
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.runtime.block_on(sqlx::Connection::close(connection)).expect("it ends");
        }
    }
}

impl Place {
    /// Begins to read the table of keys, and does not end.
    pub fn reader(&self) -> Reader {
        sqlx::any::install_default_drivers();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let connection = runtime.block_on(async {
            let mut connection =
                <sqlx::AnyConnection as sqlx::Connection>::connect(&self.url()).await.expect("it is there");
            for statement in ["BEGIN", "SELECT COUNT(*) FROM keys"] {
                sqlx::query(statement).fetch_all(&mut connection).await.expect("it reads");
            }
            connection
        });
        Reader { runtime, connection: Some(connection) }
    }
}

/// A PostgreSQL of one's own.
pub struct Postgres {
    folder: tempfile::TempDir,
    port: u16,
    root: bool,
}

impl Postgres {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let root = rustix::process::getuid().is_root();
        let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").port();
        let postgres = Self { folder, port, root };
        if root {
            // PostgreSQL does not run as root.
            let said = Command::new("chown").arg("postgres").arg(postgres.folder.path()).status().expect("chown");
            assert!(said.success());
        }
        postgres.command("initdb", &["--no-sync", "-A", "trust", "-U", "misti", "-E", "UTF8"]);
        postgres.go();
        postgres
    }

    /// Starts it, or starts it again.
    pub fn go(&self) {
        let options =
            format!("-p {} -k {} -c listen_addresses=127.0.0.1 -c fsync=on", self.port, self.folder.path().display());
        self.command("pg_ctl", &["-w", "-t", "30", "-l", "/dev/null", "-o", &options, "start"]);
    }

    /// Stops it as a lost power supply would.
    pub fn stop(&self) {
        self.command("pg_ctl", &["-w", "-m", "immediate", "stop"]);
    }

    pub fn url(&self) -> String {
        format!("postgres://misti@127.0.0.1:{}/postgres", self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, name: &str, arguments: &[&str]) {
        let said = self.run(name, arguments);
        assert!(said, "{name} {arguments:?} failed");
    }

    fn run(&self, name: &str, arguments: &[&str]) -> bool {
        let program = installed(name);
        let mut command = if self.root {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        let command = command.arg("-D").arg(self.data()).args(arguments).current_dir("/");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|s| s.success())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.run("pg_ctl", &["-m", "immediate", "stop"]);
    }
}

/// A program of the newest PostgreSQL that is installed.
pub fn installed(name: &str) -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL is installed; make test does so");
    let mut found: Vec<PathBuf> = versions.flatten().map(|version| version.path().join("bin").join(name)).collect();
    found.retain(|program| program.is_file());
    found.sort();
    found.pop().expect("PostgreSQL has the program")
}

/// A client of runs, for one test thread.
pub struct Client {
    runtime: tokio::runtime::Runtime,
    runs: RunServiceClient<Channel>,
}

impl Client {
    pub fn of(server: &Server) -> Self {
        Self::at(&format!("http://{}", server.address))
    }

    pub fn at(address: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let endpoint = Endpoint::from_shared(address.to_owned()).expect("an address");
        let channel = {
            let _inside = runtime.enter();
            endpoint.connect_timeout(Duration::from_secs(2)).timeout(Duration::from_secs(20)).connect_lazy()
        };
        Self { runtime, runs: RunServiceClient::new(channel).max_decoding_message_size(usize::MAX) }
    }

    pub fn create(&mut self, request: pb::CreateRunRequest) -> Result<pb::Run, Status> {
        self.runtime.block_on(self.runs.create_run(request)).map(tonic::Response::into_inner)
    }

    pub fn get(&mut self, name: &str) -> Result<pb::Run, Status> {
        self.view(name, pb::get_run_request::View::Outcome)
    }

    pub fn view(&mut self, name: &str, view: pb::get_run_request::View) -> Result<pb::Run, Status> {
        let request = pb::GetRunRequest { name: name.to_owned(), view: view as i32 };
        self.runtime.block_on(self.runs.get_run(request)).map(tonic::Response::into_inner)
    }

    pub fn list(&mut self, request: pb::ListRunsRequest) -> Result<pb::ListRunsResponse, Status> {
        self.runtime.block_on(self.runs.list_runs(request)).map(tonic::Response::into_inner)
    }

    pub fn cancel(&mut self, name: &str) -> Result<pb::Run, Status> {
        let request = pb::CancelRunRequest { name: name.to_owned() };
        self.runtime.block_on(self.runs.cancel_run(request)).map(tonic::Response::into_inner)
    }

    pub fn delete(&mut self, name: &str) -> Result<(), Status> {
        let request = pb::DeleteRunRequest { name: name.to_owned() };
        self.runtime.block_on(self.runs.delete_run(request)).map(|_| ())
    }

    pub fn explain(&mut self, request: pb::ExplainRunRequest) -> Result<pb::ExplainResponse, Status> {
        self.runtime.block_on(self.runs.explain_run(request)).map(tonic::Response::into_inner)
    }

    pub fn what_if(&mut self, request: pb::WhatIfRunRequest) -> Result<pb::WhatIfResponse, Status> {
        self.runtime.block_on(self.runs.what_if_run(request)).map(tonic::Response::into_inner)
    }

    pub fn compare(&mut self, before: &str, after: &str) -> Result<pb::CompareRunsResponse, Status> {
        let request = pb::CompareRunsRequest { before: before.to_owned(), after: after.to_owned() };
        self.runtime.block_on(self.runs.compare_runs(request)).map(tonic::Response::into_inner)
    }

    pub fn overrides(&mut self, run: &str) -> Result<Vec<pb::Override>, Status> {
        let request =
            pb::ListOverridesRequest { run: run.to_owned(), page_size: 1_000, ..pb::ListOverridesRequest::default() };
        self.runtime.block_on(self.runs.list_overrides(request)).map(|told| told.into_inner().overrides)
    }

    /// Everything that is told of a run until it has finished.
    pub fn watch(&mut self, name: &str) -> Result<Vec<pb::Run>, Status> {
        let request = pb::WatchRunRequest { name: name.to_owned() };
        self.runtime.block_on(async {
            let mut changes = self.runs.watch_run(request).await?.into_inner();
            let mut told = Vec::new();
            while let Some(run) = changes.message().await? {
                told.push(run);
            }
            Ok(told)
        })
    }

    /// Waits until a run has finished.
    pub fn finished(&mut self, name: &str) -> pb::Run {
        let begun = Instant::now();
        loop {
            // Its outcome is asked for when it has ended, because each such answer leaves a record in the store.
            let ended = match self.view(name, pb::get_run_request::View::Basic) {
                Ok(run) if run.end_time.is_some() => self.get(name).map(Some),
                other => other.map(|_| None),
            };
            match ended {
                Ok(Some(run)) => return run,
                Ok(None) => {}
                Err(status) if status.code() == Code::Unavailable => {}
                Err(status) => panic!("{name}: {status:?}"),
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "{name} does not finish");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// A small season, told apart by a number, and a run of it.
pub fn small(number: usize) -> pb::CreateRunRequest {
    let text = format!(
        r#"{{"instance": {{"term": "T{number}", "projects": [{{"project_id": "P"}}, {{"project_id": "Q"}}], "students": [
            {{"student_id": "A", "choices": [{{"project_id": "P", "rank": 1}}]}},
            {{"student_id": "B", "choices": [{{"project_id": "P", "rank": 1}}, {{"project_id": "Q", "rank": 2}}]}}]}},
           "request_id": "request-{number}"}}"#
    );
    crate::support::message("CreateRunRequest", &text)
}

/// A run of a season.
pub fn run_of(request: pb::MatchRequest) -> pb::CreateRunRequest {
    pb::CreateRunRequest { instance: request.instance, policy: request.policy, ..pb::CreateRunRequest::default() }
}

/// Checks that what a run gives keeps every rule and is the best.
pub fn verify(asked: &pb::CreateRunRequest, run: &pb::Run) {
    assert_eq!(run.state(), pb::run::State::Succeeded, "{}: {:?}", run.name, run.failure);
    let outcome = run.outcome.as_ref().expect("it has an outcome");
    let request = pb::MatchRequest { instance: asked.instance.clone(), policy: asked.policy.clone() };
    let checked = crate::support::check(&request, crate::support::places(outcome));
    assert!(checked.violations.is_empty(), "{}", run.name);
    assert_eq!(outcome.status(), pb::outcome::Status::Optimal);
    assert_eq!(
        checked.goals.iter().map(|g| g.value).collect::<Vec<_>>(),
        outcome.goals.iter().map(|g| g.value).collect::<Vec<_>>()
    );
}
