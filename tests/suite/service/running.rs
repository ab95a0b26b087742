//! A server of one's own, and grpcurl to call it with.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::support::BINARY;

/// A server on a free port; dropping it kills it.
pub struct Server {
    pub address: String,
    pub process: Child,
    log: Arc<Mutex<String>>,
    /// Where its runs are, unless it was told of another place.
    _folder: tempfile::TempDir,
}

impl Server {
    /// Starts the binary and waits until it listens.
    pub fn start(flags: &[&str]) -> Self {
        Self::try_start(flags, &[]).expect("it listens")
    }

    /// The same, where it gets as far as listening; with variables in its environment.
    pub fn try_start(flags: &[&str], variables: &[(&str, &str)]) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let store = format!("--store=sqlite://{}/runs.db", folder.path().display());
        let own = (!flags.iter().any(|flag| flag.starts_with("--store"))).then_some(store);
        let elsewhere = (!flags.iter().any(|flag| flag.starts_with("--address"))).then_some("--address=127.0.0.1:0");
        let process = Command::new(BINARY)
            .arg("serve")
            .args(elsewhere)
            .args(own)
            .args(flags)
            .envs(variables.iter().copied())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut server = Self { address: String::new(), process, log: Arc::default(), _folder: folder };
        let mut lines = BufReader::new(server.process.stderr.take().expect("it is piped"));
        let mut log = String::new();
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line).expect("it logs") == 0 {
                eprintln!("it does not listen: {log}");
                return None;
            }
            log.push_str(&line);
            if line.contains("listening") {
                let address = line.rsplit("address").next().unwrap_or_default();
                // Plain or JSON.
                let address = address.trim_matches(|c: char| !c.is_ascii_digit() && c != '[').to_owned();
                server.address = address.split(['"', ' ']).next().unwrap_or_default().to_owned();
                server.log = Arc::new(Mutex::new(log));
                collect(lines, server.log.clone());
                return Some(server);
            }
        }
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        self.log.lock().expect("nobody panics with it").clone()
    }

    /// The solver's processes that it runs now.
    pub fn solver_ids(&self) -> Vec<i32> {
        solvers_of(self.process.id())
    }

    /// How many they are.
    pub fn solvers(&self) -> usize {
        self.solver_ids().len()
    }
}

/// The solver's processes that a process runs now.
pub fn solvers_of(process: u32) -> Vec<i32> {
    let tasks = format!("/proc/{process}/task");
    let tasks = std::fs::read_dir(tasks).map(Iterator::collect::<Vec<_>>).unwrap_or_default();
    let children = tasks.into_iter().flatten().filter_map(|t| std::fs::read_to_string(t.path().join("children")).ok());
    // A process that was forked and has not become the solver yet is none: stopped there, it would hold up whoever forked it.
    let is_solver =
        |id: &i32| std::fs::read_to_string(format!("/proc/{id}/cmdline")).is_ok_and(|line| line.contains("\0solver"));
    children
        .flat_map(|ids| ids.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>())
        .filter(is_solver)
        .collect()
}

fn collect(lines: BufReader<ChildStderr>, log: Arc<Mutex<String>>) {
    std::thread::spawn(move || {
        for line in lines.lines().map_while(Result::ok) {
            let mut log = log.lock().expect("nobody panics with it");
            log.push_str(&line);
            log.push('\n');
        }
    });
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What a grpcurl said and how it ended: 64 + the gRPC code.
pub struct Said {
    pub code: i32,
    pub output: String,
    pub error: String,
}

pub fn start_grpcurl(server: &Server, flags: &[&str], verb: &[&str], input: &str) -> Child {
    let binary = std::env::var("GRPCURL").expect("GRPCURL must name a grpcurl; make test installs one");
    let mut call = Command::new(binary)
        .args(["-plaintext", "-connect-timeout", "5", "-max-msg-sz", "67108864"])
        .args(flags)
        .arg(&server.address)
        .args(verb)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("grpcurl starts");
    let mut pipe = call.stdin.take().expect("it is piped");
    let input = input.to_owned();
    std::thread::spawn(move || pipe.write_all(input.as_bytes()));
    call
}

pub fn grpcurl(server: &Server, flags: &[&str], verb: &[&str], input: &str) -> Said {
    let said = start_grpcurl(server, flags, verb, input).wait_with_output().expect("grpcurl ends");
    Said {
        code: said.status.code().unwrap_or(-1),
        output: String::from_utf8_lossy(&said.stdout).into_owned(),
        error: String::from_utf8_lossy(&said.stderr).into_owned(),
    }
}

/// The one answer of a call that must succeed.
pub fn grpcurl_json(server: &Server, method: &str, input: &str) -> Value {
    let said = grpcurl(server, &["-d", "@"], &[method], input);
    assert_eq!(said.code, 0, "{method}: {}", said.error);
    serde_json::from_str(&said.output).expect("JSON")
}
