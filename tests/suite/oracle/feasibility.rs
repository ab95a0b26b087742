//! What `Validate` finds against brute force and against `Match`: an error exactly where there is no matching.

use pb::finding::Severity;
use pb::outcome::Status;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use wire::pb;

use super::{GOALS, generate, goal, oracle, request};
use crate::support::{solve, validate};

#[test]
fn validate_finds_a_contradiction_exactly_where_there_is_no_matching() {
    let (mut of_single, mut of_several, mut none) = (0, 0, 0);
    for seed in 0..1_000 {
        let instance = generate::instance(&mut ChaCha8Rng::seed_from_u64(seed));
        let request = request(seed, instance, vec![goal(GOALS[seed as usize % GOALS.len()])]);
        let pb::MatchRequest { instance, policy } = request.clone();
        let told = validate(pb::ValidateRequest { instance, policy }).findings;
        let errors = told.iter().filter(|finding| finding.severity() == Severity::Error);
        let errors: Vec<&str> = errors.map(|finding| finding.reason.as_str()).collect();
        let has_matching = oracle(&request).best().is_some();
        assert_eq!(errors.is_empty(), has_matching, "seed {seed}: {errors:?}\n{request:#?}");
        assert_eq!(solve(request).status() == Status::Infeasible, !has_matching, "seed {seed}");
        assert!(told.iter().all(|finding| finding.reason != "DIAGNOSIS_CUT_SHORT"), "seed {seed}: {told:?}");
        match errors.contains(&"ROWS_CONTRADICT") {
            _ if errors.is_empty() => none += 1,
            true => of_several += 1,
            false => of_single += 1,
        }
    }
    println!("{none} with a matching, {of_several} with a contradiction of several rows, {of_single} of single rows");
    assert!(none > 400 && of_several > 40 && of_single > 100);
}
