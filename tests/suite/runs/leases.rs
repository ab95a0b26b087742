//! Several workers on one queue: no run is solved twice, and who lost the lease changes nothing.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use pb::get_run_request::View;
use pb::run::State;
use rules::domain::{NewRun, RunState};
use rustix::process::{Pid, Signal, kill_process};
use store::{Ending, Kept, Part, Reach, Store, StoreKeys};
use wire::pb;

use super::harness::{Client, Place, Postgres, run_of, small, verify};
use crate::support::{BINARY, season_of_minimums};

/// A worker in a process of its own; dropping it kills it.
struct Worker(Child);

impl Worker {
    fn start(url: &str, flags: &[&str]) -> Self {
        let mut command = Command::new(BINARY);
        command.args(["worker", "--store", url, "--workers", "1"]).args(flags);
        Self(command.stderr(Stdio::null()).stdin(Stdio::null()).spawn().expect("it starts"))
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.0), signal).expect("it runs");
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits until something holds.
fn until(what: &str, seconds: u64, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(seconds), "not within {seconds} s: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// 20, or as many as `make soak` asks for.
fn pauses() -> usize {
    std::env::var("PAUSES").map_or(20, |pauses| pauses.parse().expect("a count"))
}

#[test]
fn a_worker_that_was_paused_past_its_lease_commits_nothing() {
    let place = Place::postgres();
    let server = place.serve(&["--workers", "0"]);
    let mut client = Client::of(&server);
    let url = place.url();
    let season = season_of_minimums(120);
    let mut taken_over = 0;
    for number in 0..pauses() {
        let asked = pb::CreateRunRequest { request_id: format!("paused-{number}"), ..run_of(season.clone()) };
        let first = Worker::start(&url, &["--lease-seconds", "0.5"]);
        let stored = client.create(asked.clone()).expect("stored");
        until("the first worker has it", 10, || {
            client.view(&stored.name, View::Basic).is_ok_and(|run| run.state() != State::Pending)
        });
        first.signal(Signal::STOP);
        let paused = client.view(&stored.name, View::Basic).expect("there");
        // Its own lease is long: on a busy machine it must not lose the run as well.
        let second = Worker::start(&url, &[]);
        let run = client.finished(&stored.name);
        // A run that ended with the first attempt was on its way into the database when its worker was paused.
        taken_over += usize::from(paused.end_time.is_none() && run.attempt_count >= 2);
        first.signal(Signal::CONT);
        std::thread::sleep(Duration::from_millis(100));
        drop((first, second));
        assert_eq!(client.get(&stored.name).expect("there"), run, "who was paused changed something");
        verify(&asked, &run);
    }
    let twice = "SELECT run_id FROM audit WHERE deed = 'FINISHED' GROUP BY run_id HAVING COUNT(*) <> 1";
    assert_eq!(place.ask(twice), [[""; 0]; 0]);
    println!("{taken_over} of {} owners were paused while they solved", pauses());
    assert!(taken_over * 10 >= pauses() * 8, "{taken_over}");
}

#[test]
fn a_run_that_loses_its_worker_three_times_fails_and_does_not_go_round() {
    let place = Place::postgres();
    let server = place.serve(&["--workers", "0"]);
    let mut client = Client::of(&server);
    let stored = client.create(run_of(season_of_minimums(700))).expect("stored");
    for attempt in 1..=3 {
        let worker = Worker::start(&place.url(), &["--lease-seconds", "1"]);
        until("it is taken", 10, || {
            let run = client.view(&stored.name, View::Basic).expect("there");
            run.state() == State::Running && run.attempt_count == attempt
        });
        drop(worker);
    }
    let _last = Worker::start(&place.url(), &["--lease-seconds", "1"]);
    let run = client.finished(&stored.name);
    assert_eq!((run.state(), run.attempt_count), (State::Failed, 3));
    assert_eq!(run.failure.expect("it says why").reason, "ATTEMPTS_EXHAUSTED");
}

#[test]
fn a_thousand_runs_over_eight_workers_are_each_solved_once() {
    let place = Place::postgres();
    let server = place.serve(&["--workers", "4"]);
    let others: Vec<Worker> = (0..4).map(|_| Worker::start(&place.url(), &[])).collect();
    let mut client = Client::of(&server);
    let names: Vec<String> = (0..1_000).map(|number| client.create(small(number)).expect("stored").name).collect();
    until("every run has ended", 60, || place.ask("SELECT COUNT(*) FROM runs WHERE state = 'SUCCEEDED'") == [["1000"]]);
    assert_eq!(place.ask("SELECT COUNT(*) FROM runs WHERE attempts <> 1 OR fence <> 1"), [["0"]]);
    assert_eq!(place.ask("SELECT COUNT(*) FROM audit WHERE deed = 'FINISHED'"), [["1000"]]);
    verify(&small(500), &client.get(&names[500]).expect("there"));
    drop(others);
}

#[test]
fn callers_and_terms_take_turns() {
    let place = Place::sqlite();
    let server = place.serve(&["--workers", "0"]);
    let mut client = Client::of(&server);
    let of_term = |term: &str, number: usize| {
        let mut asked = small(number);
        asked.instance.as_mut().expect("a season").term = term.to_owned();
        asked
    };
    for number in 0..20 {
        client.create(of_term("many", number)).expect("stored");
    }
    let few = client.create(of_term("few", 20)).expect("stored").name;
    drop(server);
    let server = place.serve(&["--workers", "1"]);
    Client::of(&server).finished(&few);
    let earlier =
        "SELECT COUNT(*) FROM runs WHERE term = 'many' AND end_time < (SELECT end_time FROM runs WHERE term = 'few')";
    let earlier: usize = place.ask(earlier)[0][0].parse().expect("a count");
    assert!(earlier <= 2, "{earlier} of another term came before it");
}

/// Passes bytes on to PostgreSQL until it is told to stop, and then leaves both sides waiting.
struct Wire {
    port: u16,
    broken: Arc<AtomicBool>,
}

impl Wire {
    fn to(postgres: &Postgres) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let (port, target) = (listener.local_addr().expect("an address").port(), postgres.port());
        let broken = Arc::new(AtomicBool::new(false));
        let is_broken = broken.clone();
        std::thread::spawn(move || {
            for near in listener.incoming().flatten() {
                let Ok(far) = TcpStream::connect(("127.0.0.1", target)) else { continue };
                for (mut from, mut to) in [(near.try_clone().unwrap(), far.try_clone().unwrap()), (far, near)] {
                    let is_broken = is_broken.clone();
                    std::thread::spawn(move || {
                        let mut bytes = [0; 65_536];
                        while let Ok(count @ 1..) = from.read(&mut bytes) {
                            while is_broken.load(Ordering::Acquire) {
                                std::thread::sleep(Duration::from_millis(5));
                            }
                            if to.write_all(&bytes[..count]).is_err() {
                                break;
                            }
                        }
                        let _ = to.shutdown(std::net::Shutdown::Both);
                    });
                }
            }
        });
        Self { port, broken }
    }
}

#[test]
fn a_worker_that_cannot_reach_the_database_stops_its_solve_before_the_lease_ends() {
    let place = Place::postgres();
    let Place::Postgres(postgres) = &place else { panic!("it is one") };
    let server = place.serve(&["--workers", "0"]);
    let mut client = Client::of(&server);
    let wire = Wire::to(postgres);
    let lease = Duration::from_secs(3);
    let worker =
        Worker::start(&format!("postgres://misti@127.0.0.1:{}/postgres", wire.port), &["--lease-seconds", "3"]);
    let stored = client.create(run_of(season_of_minimums(700))).expect("stored");
    let solvers = || {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", worker.0.id())).expect("it runs").flatten();
        tasks.filter_map(|t| std::fs::read_to_string(t.path().join("children")).ok()).any(|c| !c.trim().is_empty())
    };
    until("its solver runs", 30, solvers);
    wire.broken.store(true, Ordering::Release);
    let cut = Instant::now();
    until("its solver has ended", 10, || !solvers());
    assert!(cut.elapsed() < lease, "{:?}", cut.elapsed());
    let other = Worker::start(&place.url(), &["--lease-seconds", "3"]);
    until("another one has it", 10, || client.view(&stored.name, View::Basic).is_ok_and(|run| run.attempt_count == 2));
    wire.broken.store(false, Ordering::Release);
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(client.view(&stored.name, View::Basic).expect("there").state(), State::Running);
    drop((worker, other));
}

#[test]
fn a_run_is_cancelled_from_a_server_that_does_not_solve_it() {
    let place = Place::postgres();
    let server = place.serve(&["--workers", "0"]);
    let mut client = Client::of(&server);
    let _worker = Worker::start(&place.url(), &[]);
    let stored = client.create(run_of(season_of_minimums(700))).expect("stored");
    until("it runs", 10, || client.view(&stored.name, View::Basic).is_ok_and(|run| run.state() == State::Running));
    std::thread::sleep(Duration::from_millis(300));
    let uttered = Instant::now();
    client.cancel(&stored.name).expect("it runs");
    client.watch(&stored.name).expect("it ends");
    println!("from cancel to the end of the watch, another process solving: {:?}", uttered.elapsed());
    assert!(uttered.elapsed() < Duration::from_secs(2), "{:?}", uttered.elapsed());
}

/// Stores a run of which nobody reads what was asked.
async fn store_empty(store: &Store) {
    let text = String::new;
    let new = NewRun {
        display_name: String::new(),
        labels: Default::default(),
        owner: "portal".to_owned(),
        request_id: None,
        payload_digest: text(),
        term: text(),
        base_run: None,
        digest: text(),
        engine_version: text(),
        solver_version: text(),
        lottery_seed: 0,
        student_count: 0,
        project_count: 0,
    };
    store.create(&new, &[(Part::Request, Vec::new())], &[], None, 10).await.expect("stored");
}

#[test]
fn the_database_itself_takes_nothing_from_who_lost_the_lease_or_the_fence_or_the_run() {
    let outcome = || Ending::Outcome { bytes: vec![1], status: 1, placed: Some(1), cancelled: false, effects: None };
    for place in Place::both() {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let store = Store::open(&place.url(), StoreKeys::default()).await.expect("it opens");
            let (short, long) = (Duration::from_millis(50), Duration::from_secs(60));
            let claim = async |lease| store.claim("worker", lease, 9).await.expect("asked").expect("there is one");
            let over = || tokio::time::sleep(Duration::from_millis(80));
            let state = async |id| store.run(Reach::All, id).await.expect("asked").expect("it is there").state;
            store_empty(&store).await;
            // The lease is over, and nobody else has taken the run.
            let mut first = claim(short).await;
            over().await;
            assert!(!store.finish(&first, &outcome()).await.expect("asked"));
            assert_eq!(store.keep_claim(&mut first, None).await.expect("asked"), Kept::No);
            // Another one has, and its lease lasts.
            let second = claim(long).await;
            assert!(second.taken_over);
            let id = first.run.id.clone();
            assert!(!store.finish(&first, &outcome()).await.expect("asked"));
            assert_eq!(store.keep_claim(&mut first, Some(&[1])).await.expect("asked"), Kept::No);
            store.give_back(&first, Duration::ZERO, false, None).await.expect("asked");
            assert_eq!(state(&id).await, RunState::Running);
            // It ends once.
            assert!(store.finish(&second, &outcome()).await.expect("asked"));
            assert!(!store.finish(&second, &Ending::Failure("M4001")).await.expect("asked"));
            assert_eq!(state(&id).await, RunState::Succeeded);
            // A run that was deleted takes nothing.
            store_empty(&store).await;
            let third = claim(long).await;
            store.delete(Reach::All, &third.run.id, "portal").await.expect("deleted");
            assert!(!store.finish(&third, &outcome()).await.expect("asked"));
        });
        assert_eq!(place.ask("SELECT COUNT(*) FROM audit WHERE deed = 'FINISHED'"), [["1"]]);
    }
}

#[test]
fn what_an_attempt_has_left_is_what_a_run_ends_with_where_no_later_one_has_a_matching() {
    let found = |bytes: u8, status: i32, placed: Option<i64>, cancelled: bool| Ending::Outcome {
        bytes: vec![bytes],
        status,
        placed,
        cancelled,
        effects: None,
    };
    let left = || found(1, 2, Some(7), false);
    let endings = [
        (Ending::Failure("M4001"), RunState::Succeeded, 1),
        (found(2, 4, None, false), RunState::Succeeded, 1),
        (found(2, 5, None, true), RunState::Cancelled, 1),
        (found(2, 1, Some(8), false), RunState::Succeeded, 2),
    ];
    for place in Place::both() {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let store = Store::open(&place.url(), StoreKeys::default()).await.expect("it opens");
            for (ending, state, bytes) in &endings {
                store_empty(&store).await;
                let lease = Duration::from_secs(60);
                let claim = store.claim("worker", lease, 9).await.expect("asked").expect("there is one");
                let id = claim.run.id.clone();
                store.give_back(&claim, Duration::ZERO, true, Some(&left())).await.expect("given back");
                let waiting = store.run(Reach::All, &id).await.expect("asked").expect("it is there");
                assert_eq!((waiting.outcome_status, waiting.placed_count), (None, None), "it has not ended");
                let claim = store.claim("worker", lease, 9).await.expect("asked").expect("it is taken again");
                assert!(store.finish(&claim, ending).await.expect("asked"));
                let read = store.read(Reach::All, &id, &[Part::Outcome], ("portal", &[])).await.expect("asked");
                let (run, parts) = read.expect("it is there");
                assert_eq!((run.state, &run.failure, &parts[0]), (*state, &None, &Some(vec![*bytes])));
                assert_eq!(run.placed_count, Some(if *bytes == 1 { 7 } else { 8 }));
            }
        });
    }
}

#[test]
fn a_run_that_is_given_back_after_it_was_cancelled_has_ended() {
    for place in Place::both() {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let store = Store::open(&place.url(), StoreKeys::default()).await.expect("it opens");
            for cancelled in [false, true] {
                store_empty(&store).await;
                let claim =
                    store.claim("worker", Duration::from_secs(9), 3).await.expect("asked").expect("there is one");
                let id = claim.run.id.clone();
                if cancelled {
                    store.cancel(Reach::All, &id, "portal").await.expect("it runs");
                }
                store.give_back(&claim, Duration::ZERO, false, None).await.expect("given back");
                let run = store.run(Reach::Own("portal"), &id).await.expect("asked").expect("it is there");
                let state = run.state.name();
                assert_eq!(
                    (state, run.ended.is_some()),
                    if cancelled { ("CANCELLED", true) } else { ("PENDING", false) }
                );
                assert!(store.run(Reach::Own("another"), &id).await.expect("asked").is_none());
                store.delete(Reach::Own("portal"), &id, "portal").await.expect("deleted");
            }
        });
    }
}
