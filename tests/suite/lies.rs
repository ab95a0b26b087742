//! A solver's process that lies, hangs, floods or dies never gets a wrong answer out.

use std::time::{Duration, Instant};

use calls::{CallError, Caller};
use engine::EngineError;
use pb::goal::Kind;
use pb::outcome::Status;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use solve::SolverCommand;
use wire::pb;

use crate::oracle::generate;
use crate::support::{BINARY, caller, check, goals, places, season_of_minimums, solve};

const LIES: [&str; 11] =
    ["nan", "fraction", "length", "better", "bound", "infeasible", "another", "crash", "memory", "flood", "news"];

/// How often each lie is told: 4 times, or as often as `make soak` asks for.
fn times() -> u64 {
    std::env::var("LIES").map_or(4, |count| count.parse().expect("a count"))
}

fn liar(lie: &str) -> SolverCommand {
    let python = format!("{}/python", std::env::var("TOOLS").expect("make test sets TOOLS"));
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lying_solver.py");
    let arguments = [script, lie, BINARY, "solver"].map(Into::into).to_vec();
    SolverCommand::new(python, arguments)
}

/// A season that goes through the integer program.
fn request(seed: u64, time_limit: Option<prost_types::Duration>) -> pb::MatchRequest {
    let instance = generate::instance(&mut ChaCha8Rng::seed_from_u64(seed));
    let engine = pb::limits::Engine::IntegerProgram as i32;
    let policy = pb::Policy {
        weights: Some(generate::weights()),
        limits: Some(pb::Limits { engine, time_limit, ..pb::Limits::default() }),
        ..goals(&[Kind::PlaceMost, Kind::TotalPoints])
    };
    pb::MatchRequest { instance: Some(instance), policy: Some(policy) }
}

/// What a lie led to is true: an honest failure, or nothing that the honest solver would not have said.
fn nothing_false(told: &str, request: &pb::MatchRequest, outcome: Result<pb::MatchResponse, CallError>) {
    let outcome = match outcome {
        Err(CallError::Engine(EngineError::SolverFailed(_))) => return,
        other => other.unwrap_or_else(|error| panic!("{told}: {error:?}")).outcome.expect("an outcome"),
    };
    let honest = solve(request.clone());
    match outcome.status() {
        Status::Infeasible => assert_eq!(honest.status(), Status::Infeasible, "{told}"),
        Status::NoSolutionFound => assert!(outcome.assignments.is_empty(), "{told}"),
        _ => {
            assert_ne!(honest.status(), Status::Infeasible, "{told}");
            assert!(check(request, places(&outcome)).violations.is_empty(), "{told}");
            for (goal, honest) in outcome.goals.iter().zip(&honest.goals) {
                if !goal.proven {
                    break;
                }
                assert_eq!(goal.value, honest.value, "{told}");
            }
        }
    }
}

#[test]
fn no_lie_of_the_solver_gets_out() {
    std::thread::scope(|scope| {
        for half in 0..2 {
            scope.spawn(move || {
                for (place, lie) in LIES.iter().enumerate().filter(|(place, _)| place % 2 == half) {
                    for seed in 0..times() {
                        let seed = 90_000 + 1_000 * place as u64 + seed;
                        let request = request(seed, None);
                        let outcome = calls::solve(request.clone(), &caller(), &liar(lie));
                        nothing_false(&format!("{lie} {seed}"), &request, outcome);
                    }
                }
            });
        }
    });
}

#[test]
fn a_silent_solver_ends_with_the_time_limit() {
    for seed in 99_000..99_000 + times().min(20) {
        let request = request(seed, Some(prost_types::Duration { seconds: 0, nanos: 300_000_000 }));
        let started = Instant::now();
        let caller = Caller { arrived: started, ..caller() };
        let outcome = calls::solve(request.clone(), &caller, &liar("silence"));
        assert!(started.elapsed() < Duration::from_millis(800), "{:?}", started.elapsed());
        nothing_false(&format!("silence {seed}"), &request, outcome);
    }
}

#[test]
fn what_the_solver_told_before_it_was_killed_is_the_answer() {
    let mut request = season_of_minimums(80);
    let limits = pb::Limits {
        engine: pb::limits::Engine::IntegerProgram as i32,
        time_limit: Some(prost_types::Duration { seconds: 3, nanos: 0 }),
        ..pb::Limits::default()
    };
    let policy = goals(&[Kind::TotalPoints]);
    request.policy = Some(pb::Policy { weights: Some(generate::weights()), limits: Some(limits), ..policy });
    let told = |lie: &str| {
        let caller = Caller { arrived: Instant::now(), ..caller() };
        let outcome =
            calls::solve(request.clone(), &caller, &liar(lie)).expect("an answer").outcome.expect("an outcome");
        assert!(check(&request, places(&outcome)).violations.is_empty(), "{lie}");
        (outcome.goals[0].value, outcome.goals[0].bound)
    };
    let (nothing, before) = told("silence");
    let (best, bound) = told("mute");
    let honest = solve(request.clone()).goals[0].value;
    assert!(nothing < best && best <= honest, "{nothing} {best} {honest}");
    assert!(honest <= bound && bound <= before, "{honest} {bound} {before}");
}
