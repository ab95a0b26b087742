//! The console in a real browser: a whole winter by mouse and by keyboard, what is left without scripts, who may do what, and what becomes of it
//! when sessions end, servers start again and a proxy stands in front.

mod hand;
mod pages;
mod people;
mod plain;
mod prefix;
mod restart;
mod season;
mod winter;

use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use wire::pb;

use crate::browser::Browser;
use crate::runs::door::admit;
use crate::runs::harness::Place;
use crate::service::running::{Server, grpcurl};

/// A server with its console, on a store that outlives it.
struct Office {
    place: Place,
    server: Server,
    /// Its address without a `/` at the end.
    origin: String,
}

impl Office {
    fn open(flags: &[&str]) -> Self {
        let place = Place::sqlite();
        let server = place.serve(flags);
        let origin = console_of(&server);
        Self { place, server, origin }
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// Tells the server to stop, and starts another one at the same address.
    fn start_again(&mut self, flags: &[&str]) {
        kill_process(Pid::from_child(&self.server.process), Signal::TERM).expect("it is told");
        self.server.process.wait().expect("it ends");
        let address = format!("--address={}", self.server.address);
        self.server = self.place.serve(&[&[address.as_str()], flags].concat());
        assert_eq!(console_of(&self.server), self.origin);
    }

    /// Makes a run by a call; its page.
    fn run(&self, token: Option<&str>, request: &pb::CreateRunRequest) -> String {
        let header = token.map(|token| format!("authorization: Bearer {token}"));
        let flags: Vec<&str> = header.iter().flat_map(|header| ["-H", header]).chain(["-d", "@"]).collect();
        let body = crate::support::as_json("CreateRunRequest", request);
        let said = grpcurl(&self.server, &flags, &["misti.matching.v1.RunService/CreateRun"], &body);
        assert_eq!(said.code, 0, "{}", said.error);
        let run: serde_json::Value = serde_json::from_str(&said.output).expect("JSON");
        format!("/{}", run["name"].as_str().expect("a name"))
    }
}

/// A file of tokens.
struct Tokens(tempfile::TempDir);

impl Tokens {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn file(&self) -> std::path::PathBuf {
        self.0.path().join("tokens")
    }

    fn flag(&self) -> String {
        format!("--tokens={}", self.file().display())
    }

    /// Makes a token for somebody.
    fn admit(&self, name: &str, scopes: &str) -> String {
        admit(&self.file(), name, scopes)
    }

    fn lines(&self) -> String {
        std::fs::read_to_string(self.file()).expect("lines")
    }

    fn write(&self, lines: &str) {
        std::fs::write(self.file(), lines).expect("it is written");
    }
}

/// Where a server says that its console is.
fn console_of(server: &Server) -> String {
    let begun = Instant::now();
    loop {
        let log = server.log();
        if let Some(line) = log.lines().find(|line| line.contains("the console is there")) {
            let address = line.rsplit("url=").next().unwrap_or_default().trim_matches('"');
            return address.trim_end_matches('/').to_owned();
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "no console: {log}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Signs in on the page that asks for it.
async fn sign_in(browser: &Browser, token: &str) {
    browser.wait_until_text("h1", "Sign in").await;
    browser.fill("#token", token).await;
    browser.click("form.plain button").await;
    browser.wait_until_text(".session", "Signed in as").await;
}

/// How many runs the list of them shows.
async fn runs_on(browser: &Browser) -> u64 {
    let script = "return fetch(new URL('/runs', location)).then(answer => answer.text()).then(page =>
        new DOMParser().parseFromString(page, 'text/html').querySelectorAll('table.list tbody tr').length)";
    browser.ask(script).await.as_u64().expect("a number")
}

/// A run of the sample season under a name.
fn sample_run(name: &str) -> pb::CreateRunRequest {
    let made = calls::sample(&season::request(60, 20)).expect("a sample");
    pb::CreateRunRequest {
        instance: made.instance,
        policy: made.policy,
        display_name: name.to_owned(),
        ..pb::CreateRunRequest::default()
    }
}

/// A run that takes so many seconds.
fn slow_run(name: &str, seconds: i64) -> pb::CreateRunRequest {
    let pb::MatchRequest { instance, policy } = crate::support::season_cut_short(seconds);
    pb::CreateRunRequest { instance, policy, display_name: name.to_owned(), ..pb::CreateRunRequest::default() }
}

/// Waits until a script says yes, as it does when the server has looked into its file of tokens again.
async fn until(browser: &Browser, script: &str) {
    let begun = Instant::now();
    while browser.ask(script).await != true {
        assert!(begun.elapsed() < Duration::from_secs(30), "{script}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// A script that asks whether a page answers with a success, and with itself.
fn is_shown(page: &str) -> String {
    let page = serde_json::json!(page);
    format!("return fetch({page}).then(answer => answer.ok && !answer.redirected)")
}
