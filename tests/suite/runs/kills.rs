//! Kills at named points and at random, through submit, solve and commit: every run that was acknowledged ends once, with a verified result.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use wire::pb;

use super::harness::{Client, Place, run_of, small, verify};
use crate::support::season_of_minimums;

/// Where a server ends as by a lost power supply.
const POINTS: [&str; 16] = [
    "create-insert",
    "create-commit",
    "create-acknowledge",
    "claim",
    "claim-commit",
    "claimed",
    "solve",
    "solved",
    "heartbeat",
    "finish",
    "finish-commit",
    "finished",
    "hint",
    "migrate",
    "migrated",
    "scrub",
];

/// So many, or as many as `make soak` asks for.
fn kills(usual: usize) -> usize {
    std::env::var("KILLS").map_or(usual, |kills| kills.parse().expect("a count"))
}

/// Runs are taken as often as it takes: the same one may be hit more than three times here.
///
/// A season for a number: small ones, and now and then one that takes long enough for heartbeats.
fn season(number: usize, longer: &pb::MatchRequest) -> pb::CreateRunRequest {
    if number % 40 == 7 {
        pb::CreateRunRequest { request_id: format!("request-{number}"), ..run_of(longer.clone()) }
    } else {
        small(number)
    }
}

fn survives(place: &Place, kills: usize, flags: &[&str]) {
    let longer = season_of_minimums(60);
    let mut random = ChaCha8Rng::seed_from_u64(11);
    let mut acknowledged: BTreeMap<usize, String> = BTreeMap::new();
    let mut unsure: Vec<usize> = Vec::new();
    let mut next = 0;
    let (mut at_points, mut at_random) = (0, 0);
    while at_points + at_random < kills {
        let point = POINTS[at_points % POINTS.len()];
        // Later than the first times, so that what the kill before left over has ended.
        let times =
            if matches!(point, "migrate" | "migrated" | "scrub" | "heartbeat") { 1 } else { random.random_range(4..9) };
        let by_point = random.random_range(0..3) > 0;
        let wanted = format!("{point}:{times}");
        let variables = [("MISTI_MATCHING_FAILPOINT", wanted.as_str())];
        let server = place.try_serve(flags, if by_point { &variables } else { &[] });
        let Some(mut server) = server else {
            at_points += 1;
            continue;
        };
        let mut client = Client::of(&server);
        let life = Duration::from_millis(if by_point { 1_500 } else { random.random_range(20..400) });
        let begun = Instant::now();
        while begun.elapsed() < life && server.process.try_wait().expect("a process").is_none() {
            // What was not acknowledged is sent again, as a client does.
            let number = unsure.pop().unwrap_or_else(|| {
                next += 1;
                next
            });
            match client.create(season(number, &longer)) {
                Ok(run) => {
                    let before = acknowledged.insert(number, run.name.clone());
                    assert!(before.is_none_or(|name| name == run.name), "request {number} has two runs");
                }
                Err(_) => unsure.push(number),
            }
            std::thread::sleep(Duration::from_millis(random.random_range(0..8)));
        }
        if by_point && server.process.try_wait().expect("a process").is_some() {
            at_points += 1;
        } else {
            // Where nothing came to the point, it is a kill at random as well.
            at_random += 1;
        }
        server.process.kill().expect("it is killed, or was before");
        server.process.wait().expect("it has ended");
    }
    let server = place.serve(flags);
    let mut client = Client::of(&server);
    for number in unsure {
        let run = client.create(season(number, &longer)).expect("it is stored");
        acknowledged.insert(number, run.name);
    }
    for (&number, name) in &acknowledged {
        let run = client.finished(name);
        verify(&season(number, &longer), &run);
        assert_eq!(client.create(season(number, &longer)).expect("it is known").name, *name);
    }
    let count = acknowledged.len().to_string();
    assert_eq!(place.ask("SELECT COUNT(*) FROM runs"), [[count.clone()]]);
    assert_eq!(place.ask("SELECT COUNT(*) FROM runs WHERE state = 'SUCCEEDED'"), [[count.clone()]]);
    assert_eq!(place.ask("SELECT COUNT(*) FROM parts WHERE part = 'OUTCOME'"), [[count.clone()]]);
    let twice = "SELECT run_id FROM audit WHERE deed = 'FINISHED' GROUP BY run_id HAVING COUNT(*) <> 1";
    assert_eq!(place.ask(twice), [[""; 0]; 0]);
    println!("{at_points} kills at points, {at_random} at random: {count} runs, each ended once, verified");
}

#[test]
fn every_acknowledged_run_on_sqlite_survives_kills() {
    survives(&Place::sqlite(), kills(100), &["--workers", "2", "--most-attempts", "1000", "--lease-seconds", "0.6"]);
}

#[test]
fn every_acknowledged_run_on_postgres_survives_kills() {
    survives(
        &Place::postgres(),
        kills(100) / 2,
        &["--workers", "2", "--most-attempts", "1000", "--lease-seconds", "0.6"],
    );
}

#[test]
fn sixty_four_calls_of_each_request_id_make_one_run() {
    for place in Place::both() {
        let server = place.serve(&["--workers", "1"]);
        let address = format!("http://{}", server.address);
        let ids = std::env::var("REQUEST_IDS").map_or(100, |ids| ids.parse().expect("a count"));
        let names = names_of_duplicates(&address, ids);
        assert_eq!(names.len(), ids);
        assert_eq!(place.ask("SELECT COUNT(*) FROM runs"), [[ids.to_string()]]);
    }
}

/// Sends each of so many requests 64 times at once, and gives up on some of the calls; the one name of each.
fn names_of_duplicates(address: &str, ids: usize) -> BTreeMap<usize, String> {
    use api::stubs::run_service_client::RunServiceClient;
    use tonic::transport::Endpoint;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut channels = Vec::new();
        for _ in 0..8 {
            channels.push(
                Endpoint::from_shared(address.to_owned()).expect("an address").connect().await.expect("a server"),
            );
        }
        let mut random = ChaCha8Rng::seed_from_u64(5);
        let mut names: BTreeMap<usize, String> = BTreeMap::new();
        for first in (0..ids).step_by(10) {
            let mut calls = tokio::task::JoinSet::new();
            for copy in 0..64 {
                for number in first..(first + 10).min(ids) {
                    let mut client = RunServiceClient::new(channels[copy % channels.len()].clone());
                    // One in eight callers hangs up early.
                    let patience = if random.random_range(0..8) == 0 { random.random_range(0..30) } else { 20_000 };
                    calls.spawn(async move {
                        loop {
                            let call = client.create_run(small(number));
                            match tokio::time::timeout(Duration::from_millis(patience), call).await {
                                Ok(Ok(run)) => return Some((number, run.into_inner().name)),
                                // Shed, or the store was busy: a client comes again.
                                Ok(Err(_)) => tokio::time::sleep(Duration::from_millis(20)).await,
                                Err(_) => return None,
                            }
                        }
                    });
                }
            }
            while let Some(call) = calls.join_next().await {
                if let Some((number, name)) = call.expect("no panic") {
                    let known = names.entry(number).or_insert_with(|| name.clone());
                    assert_eq!(*known, name, "request {number} has two runs");
                }
            }
        }
        names
    })
}
