//! Servers and workers that are restarted while they solve, with the flags that they have by default.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use pb::get_run_request::View;
use pb::run::State;
use rustix::process::{Pid, Signal, kill_process};
use wire::pb;

use super::harness::{Client, Place, run_of};
use crate::service::running::solvers_of;
use crate::support::{BINARY, season_of_minimums};

/// 4, which is more than a run may be attempted, or as many as `make soak` asks for.
fn restarts() -> usize {
    std::env::var("RESTARTS").map_or(4, |restarts| restarts.parse().expect("a count"))
}

/// A season that no drain waits for.
fn long_run() -> pb::CreateRunRequest {
    let mut run = run_of(season_of_minimums(700));
    let time_limit = Some(prost_types::Duration { seconds: 3_600, nanos: 0 });
    run.policy.get_or_insert_default().limits = Some(pb::Limits { time_limit, ..pb::Limits::default() });
    run
}

/// Waits until a run is solved by a process.
fn is_solved_by(client: &mut Client, run: &str, process: u32) {
    let begun = Instant::now();
    loop {
        let state = client.view(run, View::Basic).map(|run| (run.state(), run.attempt_count));
        if state.as_ref().is_ok_and(|&state| state == (State::Running, 1)) && !solvers_of(process).is_empty() {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "it is not solved: {state:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Tells a process to stop, and waits until it has.
fn stop(process: &mut Child) {
    let told = Instant::now();
    kill_process(Pid::from_child(process), Signal::TERM).expect("it is told");
    let ended = process.wait().expect("it ends");
    assert!(ended.success(), "{ended:?}");
    assert!(told.elapsed() < Duration::from_secs(5), "it took {:?} to stop", told.elapsed());
}

/// The run has been given back, and no attempt counts.
fn was_given_back(place: &Place) {
    assert_eq!(place.ask("SELECT state, attempts FROM runs"), [["PENDING", "0"]]);
}

/// The limit of the last process is short, so that the run ends.
const LAST: [&str; 2] = ["--most-run-time", "4s"];

fn has_ended_well(client: &mut Client, run: &str) {
    let run = client.finished(run);
    assert_eq!((run.state(), run.attempt_count), (State::Succeeded, 1), "{:?}", run.failure);
    let outcome = run.outcome.expect("it has one");
    assert!(outcome.findings.iter().any(|finding| finding.reason == "TIME_LIMIT_SHORTENED"), "{:?}", outcome.findings);
}

#[test]
fn a_restart_of_a_server_costs_its_run_nothing() {
    for place in Place::both() {
        let mut name = String::new();
        for _ in 0..restarts() {
            let mut server = place.serve(&[]);
            let mut client = Client::of(&server);
            if name.is_empty() {
                name = client.create(long_run()).expect("stored").name;
            }
            is_solved_by(&mut client, &name, server.process.id());
            drop(client);
            stop(&mut server.process);
            assert!(server.log().contains("given back"), "{}", server.log());
            was_given_back(&place);
        }
        let server = place.serve(&LAST);
        has_ended_well(&mut Client::of(&server), &name);
    }
}

#[test]
fn a_restart_of_a_worker_costs_its_run_nothing() {
    let place = Place::postgres();
    let server = place.serve(&["--workers", "0"]);
    let mut client = Client::of(&server);
    let name = client.create(long_run()).expect("stored").name;
    let start = |flags: &[&str]| {
        let mut command = Command::new(BINARY);
        command.args(["worker", "--store", &place.url()]).args(flags);
        command.stderr(Stdio::null()).stdin(Stdio::null()).spawn().expect("it starts")
    };
    for _ in 0..restarts() {
        let mut worker = start(&[]);
        is_solved_by(&mut client, &name, worker.id());
        stop(&mut worker);
        was_given_back(&place);
    }
    let mut worker = start(&LAST);
    has_ended_well(&mut client, &name);
    worker.kill().expect("it is killed");
    worker.wait().expect("it ends");
}

#[test]
fn a_server_that_can_t_have_its_address_takes_no_run() {
    let place = Place::sqlite();
    let server = place.serve(&["--workers", "0"]);
    Client::of(&server).create(long_run()).expect("stored");
    drop(server);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("--address={}", taken.local_addr().expect("an address"));
    assert!(place.try_serve(&[&address], &[]).is_none(), "it listens where another does");
    assert_eq!(place.ask("SELECT state, attempts FROM runs"), [["PENDING", "0"]]);
}
