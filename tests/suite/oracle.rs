//! Brute force: every matching of a tiny instance is listed, and the engine's must be the one that the goals in their
//! order and then the lottery leave. Shares nothing with the engine but the request.

mod diagnosis;
mod enumerate;
mod feasibility;
pub mod generate;
mod reasons;
mod second_solver;
mod tunings;

use pb::goal::Kind;
use pb::outcome::Status;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use solve::Tuning;
use wire::pb;

use crate::support::{check_certificate, places, solve_by};
use enumerate::{FLOOR, Oracle};

/// Every kind of goal.
pub const GOALS: [Kind; 13] = [
    Kind::PlaceMost,
    Kind::TotalPoints,
    Kind::RaiseWorst,
    Kind::LeastRankSum,
    Kind::LowestWorstRank,
    Kind::RankMaximal,
    Kind::Generous,
    Kind::FewestBelowFloor,
    Kind::LeastDisruption,
    Kind::Leximin,
    Kind::FewestBlockingPairs,
    Kind::FewestChanges,
    Kind::KeepTold,
];

/// A goal without a tolerance.
pub fn goal(kind: Kind) -> pb::Goal {
    let floor_points = (kind == Kind::FewestBelowFloor).then_some(FLOOR as i32);
    pb::Goal { kind: kind as i32, floor_points, ..pb::Goal::default() }
}

/// A season of a seed, as every comparison with brute force takes it.
fn request(seed: u64, instance: pb::Instance, goals: Vec<pb::Goal>) -> pb::MatchRequest {
    let lottery_seed = seed as i64 % 5 - 2;
    let quotas = generate::quotas(&mut ChaCha8Rng::seed_from_u64(seed), &instance);
    let weights = Some(generate::weights());
    let paid_placements_only = Some(!instance.funds.is_empty());
    let stable_only = seed % 12 == 5;
    let policy =
        pb::Policy { goals, lottery_seed, weights, quotas, paid_placements_only, stable_only, ..pb::Policy::default() };
    pb::MatchRequest { instance: Some(instance), policy: Some(policy) }
}

/// Solves an instance by goals and compares everything with brute force; true where there is a matching.
fn agrees(seed: u64, instance: pb::Instance, goals: Vec<pb::Goal>) -> bool {
    agrees_by(seed, instance, goals, Tuning::default())
}

/// The same, with other thresholds.
fn agrees_by(seed: u64, instance: pb::Instance, goals: Vec<pb::Goal>, tuning: Tuning) -> bool {
    let request = request(seed, instance, goals);
    let expected = oracle(&request).best();
    let outcome = solve_by(request.clone(), tuning);
    let told = || format!("seed {seed} {tuning:?}\n{:#?}\n{outcome:#?}\nexpected {expected:#?}", request.policy);
    let is_refused = outcome.findings.iter().any(|finding| finding.severity() == pb::finding::Severity::Error);
    let keeps_proofs = tuning.most_certified == Tuning::MOST_CERTIFIED;
    assert!(!is_pure(&request) || !keeps_proofs || outcome.certificate.is_some() || is_refused, "{}", told());
    let Some(best) = &expected else {
        assert_eq!(outcome.status(), Status::Infeasible, "{}", told());
        let reversed = outcome.findings.iter().any(|finding| finding.reason == "MINIMUM_ABOVE_MAXIMUM");
        if !reversed {
            assert!(!outcome.conflicts.is_empty(), "{}", told());
            diagnosis::conflicts_are_irreducible(&request, &outcome);
            diagnosis::relaxations_are_least(&request, &outcome);
        }
        return false;
    };
    assert_eq!(outcome.status(), Status::Optimal, "{}", told());
    assert!(outcome.canonical, "{}", told());
    let found: Vec<(String, String)> =
        outcome.assignments.iter().map(|a| (a.student_id.clone(), a.project_id.clone())).collect();
    assert_eq!(found, best.matching, "{}", told());
    a_certificate_proves_it(&request, &outcome);
    for (goal, expected) in outcome.goals.iter().zip(&best.goals) {
        assert_eq!((goal.value, &goal.profile), (expected.value, &expected.profile), "{}", told());
        assert_eq!(goal.bound, expected.bound, "{}", told());
        assert!(goal.proven, "{}", told());
    }
    true
}

fn oracle(request: &pb::MatchRequest) -> Oracle<'_> {
    Oracle::new(request.instance.as_ref().expect("an instance"), request.policy.as_ref().expect("a policy"))
}

/// Whether prices can prove it: nothing opens or stays closed, and no goal has a tolerance, counts some students only or looks at who blocks.
fn is_pure(request: &pb::MatchRequest) -> bool {
    let goals = request.policy.iter().flat_map(|policy| &policy.goals);
    let mut projects = request.instance.iter().flat_map(|instance| &instance.projects);
    let quotas = request.policy.iter().all(|policy| policy.quotas.is_empty());
    let links = request.instance.iter().all(|instance| instance.links.is_empty() && instance.funds.is_empty());
    let blocks = request.policy.iter().any(|policy| policy.stable_only)
        || goals.clone().any(|goal| goal.kind() == Kind::FewestBlockingPairs);
    quotas
        && links
        && !blocks
        && goals.into_iter().all(|goal| goal.tolerance == 0 && goal.students.is_none())
        && projects.all(|p| p.must_open || p.min_seat_count() < 2)
}

/// The certificate, where there is one, proves every goal in the eyes of `Check`.
fn a_certificate_proves_it(request: &pb::MatchRequest, outcome: &pb::Outcome) {
    let Some(certificate) = outcome.certificate.clone() else { return };
    let checked = check_certificate(request, places(outcome), certificate);
    assert!(checked.certificate_faults.is_empty(), "{:?}", checked.certificate_faults);
    for (goal, check) in outcome.goals.iter().zip(&checked.goals) {
        assert!(check.proven && (check.value, check.bound) == (goal.value, goal.bound), "{check:?}");
    }
}

/// Some goals in some order, now and then with a tolerance.
fn random_goals(random: &mut ChaCha8Rng) -> Vec<pb::Goal> {
    let mut goals: Vec<pb::Goal> = Vec::new();
    for _ in 0..random.random_range(1..5) {
        let kind = GOALS[random.random_range(0..GOALS.len())];
        let scope = |students: pb::StudentSet| Some(students);
        let students = match random.random_range(0..12) {
            0 => scope(pb::StudentSet { class_years: vec![1], ..pb::StudentSet::default() }),
            1 => scope(pb::StudentSet { student_ids: vec!["S0".to_owned()], ..pb::StudentSet::default() }),
            _ => None,
        };
        if goals.iter().all(|goal| goal.kind() != kind || goal.students != students) {
            let profile = matches!(kind, Kind::RankMaximal | Kind::Generous | Kind::Leximin);
            let tolerance = match kind {
                _ if profile || random.random_range(0..4) > 0 => 0,
                Kind::TotalPoints | Kind::RaiseWorst => random.random_range(0..400_000),
                _ => random.random_range(0..3),
            };
            goals.push(pb::Goal { tolerance, students, ..goal(kind) });
        }
    }
    goals
}

/// 2,500, or as many as `make soak` asks for.
fn instances() -> u64 {
    std::env::var("ORACLE_INSTANCES").map_or(2_500, |count| count.parse().expect("a count"))
}

#[test]
fn tiny_instances_with_goals_at_random_are_solved_as_brute_force_does() {
    let mut feasible = 0;
    let count = instances();
    for seed in 0..count {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let instance = generate::instance(&mut random);
        let goals = random_goals(&mut random);
        feasible += u64::from(agrees(seed, instance, goals));
    }
    // Of those without a matching every conflict and relaxation was compared as well.
    let without = count - feasible;
    assert!(
        without >= count / 10 && feasible >= count / 2,
        "{feasible} of {count} have a matching; both must be common"
    );
}

#[test]
fn every_goal_alone_and_after_place_most_is_solved_as_brute_force_does() {
    for (step, kind) in GOALS.into_iter().enumerate() {
        for seed in 10_000..10_060 {
            let mut random = ChaCha8Rng::seed_from_u64(seed + 100 * step as u64);
            let instance = generate::instance(&mut random);
            agrees(seed, instance.clone(), vec![goal(kind)]);
            if kind != Kind::PlaceMost {
                agrees(seed, instance, vec![goal(Kind::PlaceMost), goal(kind)]);
            }
        }
    }
}
