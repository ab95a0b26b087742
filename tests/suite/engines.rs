//! The network and the integer program reach the same, and a certificate that was tampered with proves nothing.

use pb::goal::Kind;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use wire::pb;

use crate::oracle::{GOALS, generate};
use crate::support::{check_certificate, goals, places, solve, timeless};

/// 300, or as many as `make soak` asks for.
fn instances() -> u64 {
    std::env::var("ENGINE_INSTANCES").map_or(300, |count| count.parse().expect("a count"))
}

fn through_the_integer_program(request: &pb::MatchRequest) -> pb::Outcome {
    let mut request = request.clone();
    let engine = pb::limits::Engine::IntegerProgram as i32;
    request.policy.get_or_insert_default().limits = Some(pb::Limits { engine, ..pb::Limits::default() });
    solve(request)
}

/// What both engines must agree on: everything but the certificate, the digest, which tells of the engine asked for, which of several
/// conflicts is found, and what is read off the network alone: prices and seat values. That somebody is left out for the same reason
/// both must say.
fn comparable(mut outcome: pb::Outcome) -> pb::Outcome {
    for left in &mut outcome.unmatched {
        (left.placing, left.sentence) = (None, String::new());
    }
    let has_conflicts = !outcome.conflicts.is_empty();
    (outcome.conflicts, outcome.relaxations) = (Vec::new(), Vec::new());
    outcome.conflicts.extend(has_conflicts.then(pb::Conflict::default));
    pb::Outcome { certificate: None, provenance: None, seat_values: Vec::new(), ..timeless(outcome) }
}

#[test]
fn the_integer_program_gives_the_same_outcome_on_small_seasons() {
    let kinds = [Kind::PlaceMost, Kind::TotalPoints, Kind::LeastRankSum, Kind::RaiseWorst, Kind::RankMaximal];
    for seed in 70_000..70_000 + instances() {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let instance = generate::instance(&mut random);
        let first = kinds[random.random_range(0..kinds.len())];
        let second = kinds[random.random_range(0..kinds.len())];
        let stated = if first == second { vec![first] } else { vec![first, second] };
        let quotas = generate::quotas(&mut random, &instance);
        let policy = pb::Policy { weights: Some(generate::weights()), quotas, ..goals(&stated) };
        let request = pb::MatchRequest { instance: Some(instance), policy: Some(policy) };
        let (network, program) = (solve(request.clone()), through_the_integer_program(&request));
        assert!(program.certificate.is_none());
        assert_eq!(comparable(network), comparable(program), "seed {seed}");
    }
}

/// A season in which most projects open with two or stay closed, too many to be tried one after the other.
fn season_of_pairs(seed: u64) -> pb::MatchRequest {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let projects = (0..45).map(|p| pb::Project {
        project_id: format!("P{p:02}"),
        host_id: format!("H{}", p % 9),
        min_seat_count: (p % 4 > 0).then_some(2),
        max_seat_count: Some(2 + p % 2),
        ..pb::Project::default()
    });
    let hosts = (0..9).map(|h| pb::Host {
        host_id: format!("H{h}"),
        max_seat_count: (h % 2 == 0).then_some(6),
        ..pb::Host::default()
    });
    let mut instance = pb::Instance { projects: projects.collect(), hosts: hosts.collect(), ..pb::Instance::default() };
    for s in 0..50 {
        let student_id = format!("S{s:02}");
        let mut liked: Vec<i32> = (0..45).filter(|_| random.random_range(0..6) == 0).collect();
        liked.truncate(8);
        let choice = |(place, p): (usize, &i32)| pb::Choice {
            rank: Some(place as i32 / 2 + 1),
            target: Some(pb::choice::Target::ProjectId(format!("P{p:02}"))),
        };
        let choices = liked.iter().enumerate().map(choice).collect();
        for p in &liked {
            instance.pair_notes.push(pb::PairNote {
                student_id: student_id.clone(),
                project_id: format!("P{p:02}"),
                affinity: Some(f64::from(random.random_range(0..20)) / 20.0),
                ..pb::PairNote::default()
            });
        }
        instance.students.push(pb::Student { student_id, choices, choices_only: true, ..pb::Student::default() });
    }
    let policy = pb::Policy { weights: Some(generate::weights()), ..goals(&[Kind::PlaceMost, Kind::TotalPoints]) };
    pb::MatchRequest { instance: Some(instance), policy: Some(policy) }
}

#[test]
fn seasons_with_many_openings_are_solved_as_the_whole_integer_program_does() {
    for seed in 0..8 {
        let request = season_of_pairs(seed);
        let (fixed, program) = (solve(request.clone()), through_the_integer_program(&request));
        assert!(fixed.canonical && program.canonical, "seed {seed}");
        assert_eq!(comparable(fixed), comparable(program), "seed {seed}");
    }
}

#[test]
fn a_season_so_large_that_prices_drop_columns_is_solved_as_by_branching() {
    let asked = pb::GetSampleRequest {
        sample: pb::get_sample_request::Sample::Summer as i32,
        seed: 3,
        student_count: Some(400),
        project_count: Some(480),
    };
    let made = calls::sample(&asked).expect("a sample");
    let mut request = pb::MatchRequest { instance: made.instance, policy: made.policy };
    for project in request.instance.iter_mut().flat_map(|instance| &mut instance.projects).step_by(9) {
        (project.min_seat_count, project.max_seat_count) = (Some(2), Some(3));
    }
    let (branched, program) = (solve(request.clone()), through_the_integer_program(&request));
    assert!(branched.canonical && program.canonical);
    assert_eq!(comparable(branched), comparable(program));
}

#[test]
fn a_certificate_with_any_number_changed_is_refused() {
    let mut changed = 0;
    for seed in 80_000..80_080 {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let instance = generate::instance(&mut random);
        let policy = pb::Policy {
            weights: Some(generate::weights()),
            ..goals(&[Kind::PlaceMost, Kind::RaiseWorst, Kind::TotalPoints])
        };
        let request = pb::MatchRequest { instance: Some(instance), policy: Some(policy) };
        let outcome = solve(request.clone());
        let (Some(certificate), false) = (&outcome.certificate, outcome.assignments.is_empty()) else { continue };
        let is_refused = |certificate: pb::Certificate| {
            let checked = check_certificate(&request, places(&outcome), certificate);
            assert!(!checked.certificate_faults.is_empty(), "seed {seed}");
        };
        for proof in 0..certificate.proofs.len() {
            let mut without = certificate.clone();
            without.proofs.remove(proof);
            is_refused(without);
            let mut twice = certificate.clone();
            twice.proofs.insert(proof, certificate.proofs[proof].clone());
            is_refused(twice);
            for sum in 0..certificate.proofs[proof].bound.len() {
                for wrong in [-1, 1] {
                    let mut corrupted = certificate.clone();
                    corrupted.proofs[proof].bound[sum] += wrong;
                    is_refused(corrupted);
                    // A price less always lets a pair above or the bound not add up; a price that costs nothing may be more.
                    for price in 0..certificate.proofs[proof].project_prices.len() {
                        let mut corrupted = certificate.clone();
                        let price = &mut corrupted.proofs[proof].project_prices[price];
                        let seats = request.instance.as_ref().expect("one").projects.iter();
                        let mut seats = seats.filter(|project| project.project_id == price.id);
                        if seats.all(|project| project.max_seat_count() == 0 && project.max_seat_count.is_some()) {
                            continue;
                        }
                        price.values[sum] += wrong;
                        is_refused(corrupted);
                        changed += 1;
                    }
                }
            }
            let mut shifted = certificate.clone();
            for threshold in &mut shifted.proofs[proof].thresholds {
                threshold.value += 1;
                changed += 1;
            }
            if shifted != *certificate {
                is_refused(shifted);
            }
        }
    }
    assert!(changed > 200, "{changed} prices were changed");
}

#[test]
fn prices_of_the_wrong_students_are_refused_though_they_add_up() {
    use pb::certificate_fault::Kind as Fault;
    let mut swapped = 0;
    for seed in 85_000..85_080 {
        let instance = generate::instance(&mut ChaCha8Rng::seed_from_u64(seed));
        let policy = pb::Policy { weights: Some(generate::weights()), ..goals(&[Kind::PlaceMost, Kind::TotalPoints]) };
        let request = pb::MatchRequest { instance: Some(instance), policy: Some(policy) };
        let outcome = solve(request.clone());
        let (Some(mut certificate), false) = (outcome.certificate.clone(), outcome.assignments.is_empty()) else {
            continue;
        };
        let prices = &mut certificate.proofs[0].student_prices;
        let (Some(first), Some(last)) = (prices.first().cloned(), prices.last().cloned()) else { continue };
        // Below 0 the price of whoever must be placed counts otherwise.
        if first.values == last.values || first.values < vec![0; 2] || last.values < vec![0; 2] {
            continue;
        }
        prices[0].values = last.values;
        if let Some(price) = prices.last_mut() {
            price.values = first.values;
        }
        let faults = check_certificate(&request, places(&outcome), certificate).certificate_faults;
        assert_eq!(faults.first().map(pb::CertificateFault::kind), Some(Fault::PairAbovePrices), "seed {seed}");
        swapped += 1;
    }
    assert!(swapped > 10, "{swapped} were swapped");
}

/// How many certificates a Python of its own adds up: 40, or as many as `make soak` asks for.
fn certificates() -> u64 {
    std::env::var("CERTIFICATES").map_or(40, |count| count.parse().expect("a count"))
}

#[test]
fn a_script_that_shares_nothing_adds_the_certificates_up() {
    let python = format!("{}/python", std::env::var("TOOLS").expect("make test sets TOOLS"));
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/certificate.py");
    let (mut sound, mut refused) = (0, 0);
    for seed in 95_000..95_000 + certificates() {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let instance = generate::instance(&mut random);
        let mut stated = vec![GOALS[random.random_range(0..10)], GOALS[random.random_range(0..10)], Kind::TotalPoints];
        stated.dedup();
        if stated.len() == 3 && stated[0] == stated[2] {
            stated.pop();
        }
        let quotas = generate::quotas(&mut random, &instance);
        let policy = pb::Policy { weights: Some(generate::weights()), quotas, ..goals(&stated) };
        let request = pb::MatchRequest { instance: Some(instance), policy: Some(policy) };
        let mut outcome = solve(request.clone());
        if outcome.certificate.is_none() {
            continue;
        }
        std::fs::write(path("request.json"), crate::support::text(&request)).expect("it is written");
        let evaluate = ["evaluate", &path("request.json"), "--output", &path("pairs.jsonl")];
        let evaluated = std::process::Command::new(crate::support::BINARY).args(evaluate).output().expect("it runs");
        assert!(evaluated.status.success(), "seed {seed}");
        let adds_up = |outcome: &pb::Outcome| {
            let response = pb::MatchResponse { outcome: Some(outcome.clone()) };
            let mut file = std::fs::File::create(path("outcome.json")).expect("a file");
            wire::json::write("MatchResponse", &response, false, &mut file).expect("it is written");
            let files = [script, &path("request.json"), &path("outcome.json"), &path("pairs.jsonl")].map(str::to_owned);
            std::process::Command::new(&python).args(files).output().expect("Python runs")
        };
        let said = adds_up(&outcome);
        assert!(said.status.success(), "seed {seed} {stated:?}: {}", String::from_utf8_lossy(&said.stderr));
        sound += 1;
        if let Some(bound) = outcome
            .certificate
            .iter_mut()
            .flat_map(|certificate| &mut certificate.proofs)
            .find_map(|proof| proof.bound.first_mut())
        {
            *bound -= 1;
            assert!(!adds_up(&outcome).status.success(), "seed {seed}");
            refused += 1;
        }
    }
    assert!(sound > certificates() / 5 && refused > certificates() / 5, "{sound} sound, {refused} refused");
}
