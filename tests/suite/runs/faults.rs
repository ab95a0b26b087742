//! What breaks under a server: PostgreSQL, the disk, and its own end.

use std::collections::BTreeMap;
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tonic::Code;
use wire::pb::get_run_request::View;
use wire::pb::run::State;

use super::harness::{Client, Place, run_of, small, verify};
use crate::service::running::Server;
use crate::support::season_of_minimums;

#[test]
fn no_acknowledged_run_is_lost_when_postgres_crashes_under_load() {
    let place = Place::postgres();
    let Place::Postgres(postgres) = &place else { panic!("it is one") };
    let flags = ["--workers", "2", "--lease-seconds", "1", "--most-attempts", "1000", "--most-waiting", "100000"];
    let server = place.serve(&flags);
    let mut client = Client::of(&server);
    let mut acknowledged: BTreeMap<usize, String> = BTreeMap::new();
    let mut number = 0;
    let crashes = std::env::var("CRASHES").map_or(5, |crashes| crashes.parse().expect("a count"));
    let mut slowest = Duration::ZERO;
    for _ in 0..crashes {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_millis(500) {
            match client.create(small(number)) {
                Ok(run) => _ = acknowledged.insert(number, run.name),
                Err(status) => assert_eq!(status.code(), Code::Unavailable, "{status:?}"),
            }
            number += 1;
        }
        postgres.stop();
        let refused = client.create(small(number)).expect_err("the store is gone");
        assert_eq!(refused.code(), Code::Unavailable, "{refused:?}");
        postgres.go();
        let back = Instant::now();
        while client.create(small(number)).map(|run| acknowledged.insert(number, run.name)).is_err() {
            assert!(back.elapsed() < Duration::from_secs(10), "it does not serve again");
            std::thread::sleep(Duration::from_millis(20));
        }
        slowest = slowest.max(back.elapsed());
        number += 1;
    }
    for (&number, name) in &acknowledged {
        verify(&small(number), &client.finished(name));
    }
    let twice = "SELECT run_id FROM audit WHERE deed = 'FINISHED' GROUP BY run_id HAVING COUNT(*) <> 1";
    assert_eq!(place.ask(twice), [[""; 0]; 0]);
    println!("{crashes} crashes, {} runs, serving again after at most {slowest:?}", acknowledged.len());
}

/// A file system of so many bytes; only root may make one.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn new(bytes: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let size = format!("size={bytes}");
        let said = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder.path()).status();
        assert!(said.is_ok_and(|said| said.success()), "a small disk can't be mounted: the test needs root");
        Self(folder)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

#[test]
fn a_full_disk_refuses_runs_and_is_survived() {
    if !rustix::process::getuid().is_root() {
        // A disk of one's own takes root; `make test` of an ordinary user says so here.
        println!("not run: only root can mount a small disk");
        return;
    }
    let disk = SmallDisk::new(4 << 20);
    let store = format!("--store=sqlite://{}/runs.db", disk.0.path().display());
    let server = Server::start(&[&store, "--workers", "1"]);
    let mut client = Client::of(&server);
    let first = client.create(small(0)).expect("there is room");
    verify(&small(0), &client.finished(&first.name));
    let filler = disk.0.path().join("filler");
    for cycle in 1..=20 {
        fill(&filler);
        let full = Instant::now();
        let mut refused = None;
        // What is left in the log's last page may hold one more.
        for extra in 0..200 {
            match client.create(small(cycle * 1_000 + extra)) {
                Ok(_) => {}
                Err(status) => {
                    refused = Some(status);
                    break;
                }
            }
        }
        assert_eq!(refused.expect("the disk is full").code(), Code::Unavailable);
        // Reading what holds no student's data works; an outcome is given out with a record of it, which has no room.
        let basic = client.view(&first.name, View::Basic).expect("it can be read");
        assert_eq!(basic.state(), State::Succeeded);
        assert_eq!(client.get(&first.name).expect_err("there is no room for the record").code(), Code::Unavailable);
        // A connection that could not be opened would be waited for, five seconds.
        assert!(full.elapsed() < Duration::from_secs(4), "in cycle {cycle} a full disk kept its callers waiting");
        std::fs::remove_file(&filler).expect("it is there");
        let begun = Instant::now();
        let again = loop {
            match client.create(small(cycle)) {
                Ok(run) => break run,
                Err(_) => assert!(begun.elapsed() < Duration::from_secs(5), "it does not take runs again"),
            }
        };
        verify(&small(cycle), &client.finished(&again.name));
    }
    drop(server);
    let checked = Command::new("python3")
        .args([
            "-c",
            "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('PRAGMA integrity_check').fetchone()[0])",
        ])
        .arg(disk.0.path().join("runs.db"))
        .output()
        .expect("python3");
    assert_eq!(String::from_utf8_lossy(&checked.stdout).trim(), "ok");
}

/// Writes a file until nothing more fits.
fn fill(path: &Path) {
    use std::io::Write;
    let mut file = std::fs::File::create(path).expect("a file");
    while file.write_all(&[0; 4096]).is_ok() {}
}

#[test]
fn sigterm_waits_for_no_peer_that_has_no_call() {
    let place = Place::sqlite();
    let mut server = place.serve(&[]);
    let silent = TcpStream::connect(&server.address).expect("it listens");
    // This one has said what a connection begins with, and answers nothing.
    let mut idle = TcpStream::connect(&server.address).expect("it listens");
    std::io::Write::write_all(&mut idle, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").expect("it is sent");
    std::thread::sleep(Duration::from_millis(200));
    let told = Instant::now();
    kill_process(Pid::from_child(&server.process), Signal::TERM).expect("it is told");
    let ended = server.process.wait().expect("it ends");
    assert!(ended.success(), "{ended:?}\n{}", server.log());
    assert!(told.elapsed() < Duration::from_secs(5), "{:?}", told.elapsed());
    assert!(!server.log().contains("still in flight"), "{}", server.log());
    drop((silent, idle));
}

#[test]
fn servers_replaced_one_after_the_other_under_load_refuse_no_run_and_lose_none() {
    let place = Place::postgres();
    let start = || place.serve(&["--workers", "1"]);
    let mut servers = [start(), start()];
    let addresses = Mutex::new(servers.each_ref().map(|server| server.address.clone()));
    let is_over = AtomicBool::new(false);
    let acknowledged = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..4)
            .map(|caller| {
                let (addresses, is_over) = (&addresses, &is_over);
                scope.spawn(move || {
                    let mut acknowledged = Vec::new();
                    for turn in 0.. {
                        if is_over.load(Ordering::Relaxed) {
                            break;
                        }
                        let number = turn * 4 + caller;
                        let begun = Instant::now();
                        // As a client with both names does: where one server does not take the call, the other is asked.
                        let run = (number..).find_map(|at| {
                            assert!(begun.elapsed() < Duration::from_secs(2), "neither server takes run {number}");
                            let address = addresses.lock().expect("nobody panics with it")[at % 2].clone();
                            Client::at(&format!("http://{address}")).create(small(number)).ok()
                        });
                        acknowledged.push((number, run.expect("one takes it").name));
                    }
                    acknowledged
                })
            })
            .collect();
        for at in [0, 1, 0, 1] {
            std::thread::sleep(Duration::from_millis(500));
            kill_process(Pid::from_child(&servers[at].process), Signal::TERM).expect("it is told");
            assert!(servers[at].process.wait().expect("it ends").success(), "{}", servers[at].log());
            servers[at] = start();
            addresses.lock().expect("nobody panics with it")[at].clone_from(&servers[at].address);
        }
        is_over.store(true, Ordering::Relaxed);
        callers.into_iter().flat_map(|caller| caller.join().expect("it ends")).collect::<Vec<_>>()
    });
    let mut client = Client::of(&servers[0]);
    for (number, name) in &acknowledged {
        verify(&small(*number), &client.finished(name));
    }
    let twice = "SELECT run_id FROM audit WHERE deed = 'FINISHED' GROUP BY run_id HAVING COUNT(*) <> 1";
    assert_eq!(place.ask(twice), [[""; 0]; 0]);
    println!("four restarts, {} runs", acknowledged.len());
}

#[test]
fn a_run_whose_solver_is_killed_is_taken_again_and_at_last_says_that_it_was() {
    let place = Place::sqlite();
    let server = place.serve(&["--workers", "1", "--most-attempts", "2"]);
    let mut client = Client::of(&server);
    let name = client.create(run_of(season_of_minimums(700))).expect("stored").name;
    let mut before = None;
    for attempt in [1, 2] {
        let begun = Instant::now();
        loop {
            let run = client.view(&name, View::Basic).expect("there");
            let knows = run.progress.as_ref().is_some_and(|known| known.incumbent_count > 0);
            if run.attempt_count == attempt && run.state() == State::Running && knows && run.progress != before {
                before = run.progress;
                break;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "attempt {attempt} finds nothing");
            std::thread::sleep(Duration::from_millis(20));
        }
        // Another process may be asked in its place; the machine kills that as well.
        let ended = |run: &wire::pb::Run| run.attempt_count > attempt || run.state() != State::Running;
        while !ended(&client.view(&name, View::Basic).expect("there")) {
            for solver in server.solver_ids() {
                // It may have ended by itself.
                let _ = kill_process(Pid::from_raw(solver).expect("a process"), Signal::KILL);
            }
            assert!(begun.elapsed() < Duration::from_secs(90), "attempt {attempt} does not end");
        }
    }
    let run = client.finished(&name);
    assert_eq!((run.state(), run.attempt_count), (State::Succeeded, 2));
    let outcome = run.outcome.expect("the best so far");
    assert_eq!(outcome.status(), wire::pb::outcome::Status::Feasible);
    assert_eq!(outcome.findings.iter().map(|f| f.reason.as_str()).collect::<Vec<_>>(), ["SOLVER_LOST"]);
    let request = season_of_minimums(700);
    assert!(crate::support::check(&request, crate::support::places(&outcome)).violations.is_empty());
}

#[test]
fn a_run_that_is_cancelled_before_its_next_attempt_keeps_what_the_last_one_found() {
    for place in Place::both() {
        let server = place.serve(&["--workers", "1"]);
        let mut client = Client::of(&server);
        let name = client.create(run_of(season_of_minimums(700))).expect("stored").name;
        let begun = Instant::now();
        while client.view(&name, View::Basic).expect("there").progress.is_none_or(|known| known.incumbent_count == 0) {
            assert!(begun.elapsed() < Duration::from_secs(60), "nothing is found");
        }
        let waiting = loop {
            let run = client.get(&name).expect("there");
            if run.state() != State::Running {
                break run;
            }
            for solver in server.solver_ids() {
                // It may have ended by itself.
                let _ = kill_process(Pid::from_raw(solver).expect("a process"), Signal::KILL);
            }
        };
        assert_eq!((waiting.state(), waiting.outcome), (State::Pending, None), "it is to be taken again");
        client.cancel(&name).expect("it waits, or has been taken again");
        let run = client.finished(&name);
        assert_eq!(run.state(), State::Cancelled);
        let outcome = run.outcome.expect("the best so far");
        assert_eq!(
            (run.placed_count, run.outcome_status),
            (outcome.summary.as_ref().map(|s| s.placed_count), outcome.status)
        );
        assert!(
            crate::support::check(&season_of_minimums(700), crate::support::places(&outcome)).violations.is_empty()
        );
    }
}

#[test]
fn a_second_server_on_the_same_file_is_refused() {
    let place = Place::sqlite();
    let _server = place.serve(&[]);
    let said = Command::new(crate::support::BINARY)
        .args(["serve", "--address", "127.0.0.1:0", "--store", &place.url()])
        .output()
        .expect("it runs");
    assert_eq!(said.status.code(), Some(8));
    assert!(String::from_utf8_lossy(&said.stderr).contains("another server has it open"));
}
