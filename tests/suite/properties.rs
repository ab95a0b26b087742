//! What holds of every answer, on seeded seasons.

use std::collections::BTreeSet;

use pb::goal::Kind;
use pb::outcome::Status;
use prost::Message;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rules::domain::{Choice, ProjectIndex, RequiredFact, Rule, Waiver};
use rules::eligibility::Verdict;
use rules::evaluation::{self, PairEvaluator, Refused};
use wire::pb;
use wire::{SizeLimits, read_request, write_instance, write_policy};

use crate::oracle::generate;
use crate::support::{caller, check, goals, long_season, places, season_cut_short, solve, timeless};

/// A season of some dozens with every field of the sample in use.
fn season(seed: i64) -> pb::MatchRequest {
    let asked = pb::GetSampleRequest {
        sample: pb::get_sample_request::Sample::Summer as i32,
        seed,
        student_count: Some(40),
        project_count: Some(60),
    };
    let made = calls::sample(&asked).expect("a sample");
    pb::MatchRequest { instance: made.instance, policy: made.policy }
}

/// A tiny instance with every row family.
fn tiny(seed: u64) -> pb::MatchRequest {
    let instance = generate::instance(&mut ChaCha8Rng::seed_from_u64(seed));
    let policy = pb::Policy { weights: Some(generate::weights()), ..goals(&[Kind::PlaceMost, Kind::TotalPoints]) };
    pb::MatchRequest { instance: Some(instance), policy: Some(policy) }
}

fn requests() -> impl Iterator<Item = pb::MatchRequest> {
    (0..20).map(season).chain((90_000..90_080).map(tiny))
}

#[test]
fn the_same_request_gives_the_same_bytes() {
    for request in requests() {
        let bytes = || timeless(solve(request.clone())).encode_to_vec();
        assert_eq!(bytes(), bytes());
    }
}

#[test]
fn a_wish_that_nothing_else_covers_never_costs_its_student_points_a_place_or_the_wished_seat() {
    let (mut wishes, mut wished_for, mut placed) = (0, 0, 0);
    for seed in 200_000..207_500_u64 {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let instance = generate::instance(&mut random);
        let policy = pb::Policy { weights: Some(generate::weights()), rank_scale: Some(6), ..pb::Policy::default() };
        let (student, project) =
            (random.random_range(0..instance.students.len()), random.random_range(0..instance.projects.len()));
        let (who, to) = (&instance.students[student], &instance.projects[project]);
        let covers = |choice: &pb::Choice| match &choice.target {
            Some(pb::choice::Target::ProjectId(id)) => *id == to.project_id,
            Some(pb::choice::Target::HostId(id)) => *id == to.host_id,
            _ => true,
        };
        if who.choices.iter().any(covers) || instance.students.iter().all(|student| student.choices.is_empty()) {
            continue;
        }
        wishes += 1;
        let silent = pb::MatchRequest { instance: Some(instance.clone()), policy: Some(policy.clone()) };
        let mut stated = silent.clone();
        let target = Some(pb::choice::Target::ProjectId(to.project_id.clone()));
        let wish = pb::Choice { rank: Some(random.random_range(1..7)), target };
        stated.instance.as_mut().expect("a season").students[student].choices.push(wish);
        let points = |request: &pb::MatchRequest| {
            let pb::MatchRequest { instance, policy } = request.clone();
            let asked = pb::EvaluateRequest {
                instance,
                policy,
                student_ids: vec![who.student_id.clone()],
                project_ids: vec![to.project_id.clone()],
            };
            calls::read_evaluations(asked, &caller()).expect("it is read").of_student(0)[0].points
        };
        assert!(points(&stated) >= points(&silent), "seed {seed}");
        let place = |request: &pb::MatchRequest| {
            let outcome = solve(request.clone());
            assert!(outcome.status() == Status::Optimal || outcome.status() == Status::Infeasible, "seed {seed}");
            outcome.assignments.into_iter().find(|a| a.student_id == who.student_id).map(|a| a.project_id)
        };
        let Some(before) = place(&silent) else { continue };
        placed += 1;
        let after = place(&stated).unwrap_or_else(|| panic!("seed {seed}: the wish cost the place"));
        if before == to.project_id {
            wished_for += 1;
            assert_eq!(after, before, "seed {seed}: the wish cost the wished seat");
        }
    }
    println!("{wishes} wishes, {placed} of students who were placed, {wished_for} for the very place");
    assert!(wishes >= 2_000 && placed > 500 && wished_for > 30);
}

#[test]
fn the_order_of_rows_changes_nothing_in_the_answer() {
    for (seed, request) in requests().enumerate() {
        let answer = timeless(solve(request.clone()));
        let mut random = ChaCha8Rng::seed_from_u64(seed as u64);
        let mut shuffled = request;
        let instance = shuffled.instance.as_mut().expect("an instance");
        instance.programs.shuffle(&mut random);
        instance.hosts.shuffle(&mut random);
        instance.projects.shuffle(&mut random);
        instance.students.shuffle(&mut random);
        instance.pair_notes.shuffle(&mut random);
        for student in &mut instance.students {
            student.choices.shuffle(&mut random);
            student.skills.shuffle(&mut random);
            student.languages.shuffle(&mut random);
        }
        for project in &mut instance.projects {
            project.skill_requirements.shuffle(&mut random);
            project.student_ranks.shuffle(&mut random);
        }
        let mut again = timeless(solve(shuffled));
        // A finding names the place of its row, which is what was changed.
        again.findings.clone_from(&answer.findings);
        assert_eq!(again, answer);
    }
}

#[test]
fn message_to_domain_to_message_is_the_identity_on_the_canonical_form() {
    for request in requests() {
        let canonical = |request: &pb::MatchRequest| {
            let read =
                read_request(request.instance.clone(), request.policy.clone(), &SizeLimits::NONE).expect("sound");
            pb::MatchRequest {
                instance: Some(write_instance(&read.instance)),
                policy: Some(write_policy(&read.instance, &read.policy)),
            }
        };
        let once = canonical(&request);
        assert_eq!(canonical(&once), once);
        assert_eq!(timeless(solve(once)), timeless(solve(request)));
    }
}

#[test]
fn one_more_seat_never_hurts_the_first_goal() {
    for (seed, mut request) in requests().enumerate() {
        let before = solve(request.clone());
        let instance = request.instance.as_mut().expect("an instance");
        let project = ChaCha8Rng::seed_from_u64(seed as u64).random_range(0..instance.projects.len());
        let project = &mut instance.projects[project];
        let seats = project.max_seat_count.unwrap_or_else(|| project.min_seat_count.unwrap_or(0).max(1));
        project.max_seat_count = Some(seats + 1);
        let after = solve(request);
        if before.status() == Status::Optimal {
            assert_eq!(after.status(), Status::Optimal);
            assert!(after.goals[0].value >= before.goals[0].value);
        }
    }
}

#[test]
fn every_result_passes_the_check_and_the_check_agrees_on_every_value() {
    for request in requests() {
        let outcome = solve(request.clone());
        if outcome.status() == Status::Infeasible {
            continue;
        }
        let checked = check(&request, places(&outcome));
        assert!(checked.violations.is_empty(), "{:?}", checked.violations);
        let values = |goals: &[pb::GoalResult]| goals.iter().map(|goal| goal.value).collect::<Vec<_>>();
        assert_eq!(values(&checked.goals), values(&outcome.goals));
        assert_eq!(checked.points, outcome.summary.expect("a summary").total_points);
    }
}

#[test]
fn no_changed_matching_passes_the_check_and_is_better() {
    let mut broken = 0;
    for (seed, request) in requests().enumerate() {
        let outcome = solve(request.clone());
        let instance = request.instance.as_ref().expect("an instance");
        if outcome.status() == Status::Infeasible {
            continue;
        }
        let mut random = ChaCha8Rng::seed_from_u64(seed as u64);
        for _ in 0..20 {
            let mut changed = places(&outcome);
            let any = |random: &mut ChaCha8Rng| pb::CheckedAssignment {
                student_id: instance.students[random.random_range(0..instance.students.len())].student_id.clone(),
                project_id: instance.projects[random.random_range(0..instance.projects.len())].project_id.clone(),
            };
            match random.random_range(0..3) {
                0 => changed.push(any(&mut random)),
                1 if !changed.is_empty() => {
                    let at = random.random_range(0..changed.len());
                    changed[at].project_id = any(&mut random).project_id;
                }
                _ if !changed.is_empty() => {
                    changed.swap_remove(random.random_range(0..changed.len()));
                }
                _ => continue,
            }
            let checked = check(&request, changed);
            broken += usize::from(!checked.violations.is_empty());
            let values = |goals: &[pb::GoalResult]| goals.iter().map(|goal| more(goal, goal.value)).collect::<Vec<_>>();
            assert!(
                !checked.violations.is_empty() || values(&checked.goals) <= values(&outcome.goals),
                "a changed matching is better"
            );
        }
    }
    assert!(broken > 500, "only {broken} changes broke a rule");
}

#[test]
fn the_lottery_is_fair_between_two_who_tie_and_repeats_from_its_seed() {
    let request = |seed: i64| {
        crate::support::match_request(&format!(
            r#"{{"instance": {{"projects": [{{"project_id": "P"}}],
                "students": [{{"student_id": "A"}}, {{"student_id": "B"}}]}}, "policy": {{"lottery_seed": {seed}}}}}"#
        ))
    };
    let first = (0..200).filter(|&seed| solve(request(seed)).assignments[0].student_id == "A").count();
    assert!((70..130).contains(&first), "A wins {first} of 200");
    let outcome = solve(request(7));
    assert_eq!(outcome.provenance.expect("provenance").lottery_seed, 7);
}

#[test]
fn a_tolerance_gives_up_no_more_than_it_says() {
    // Placing both costs the good pair; a tolerance of 1 student lets the points decide.
    let text = |tolerance: i64| {
        format!(
            r#"{{"instance": {{"projects": [{{"project_id": "P"}}, {{"project_id": "Q"}}],
                "students": [
                    {{"student_id": "A", "choices_only": true, "choices": [{{"rank": 1, "project_id": "P"}}, {{"rank": 9, "project_id": "Q"}}]}},
                    {{"student_id": "B", "choices_only": true, "choices": [{{"rank": 9, "project_id": "P"}}]}}]}},
              "policy": {{"goals": [{{"kind": "PLACE_MOST", "tolerance": {tolerance}}}, {{"kind": "LEAST_RANK_SUM"}}]}}}}"#
        )
    };
    for (tolerance, placed, ranks) in [(0, 2, 18), (1, 1, 1), (2, 0, 0)] {
        let outcome = solve(crate::support::match_request(&text(tolerance)));
        let values: Vec<i64> = outcome.goals.iter().map(|goal| goal.value).collect();
        assert_eq!(values, [placed, ranks]);
        assert_eq!(outcome.goals[0].bound, 2);
        assert_eq!(outcome.status(), Status::Optimal);
    }
}

/// A value of one of the default goals, so that more is better.
fn more(goal: &pb::GoalResult, value: i64) -> i64 {
    if goal.kind() == pb::goal::Kind::LeastRankSum { -value } else { value }
}

#[test]
fn a_season_cut_short_is_feasible_with_an_honest_bound() {
    let request = season_cut_short(3);
    let started = std::time::Instant::now();
    let outcome = solve(request.clone());
    assert!(started.elapsed().as_secs_f64() < 6.0, "it took {:?}", started.elapsed());
    assert_eq!(outcome.status(), Status::Feasible);
    assert!(!outcome.canonical);
    assert!(check(&request, places(&outcome)).violations.is_empty());
    assert!(outcome.goals.iter().all(|goal| more(goal, goal.bound) >= more(goal, goal.value)));
    let is_open = |goal: &pb::GoalResult| !goal.proven && more(goal, goal.bound) > more(goal, goal.value);
    assert!(outcome.goals.iter().any(|goal| is_open(goal) && goal.relative_gap > 0.0));
    // Nobody claims to know why of a matching that is not proven the best.
    let left_out = pb::unmatched::Reason::CrowdedOut;
    assert!(outcome.unmatched.iter().all(|student| student.reason() != left_out));
}

#[test]
fn a_cancelled_solve_keeps_the_best_matching_found() {
    let caller = caller();
    let cancel = caller.cancel.clone();
    let later = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_secs(3));
        cancel.cancel();
    });
    let outcome = calls::solve(long_season(), &caller, &crate::support::solver()).expect("an answer").outcome;
    let outcome = outcome.expect("one");
    later.join().expect("it only sleeps");
    assert_eq!(outcome.status(), Status::Cancelled);
    assert!(!outcome.assignments.is_empty());
}

#[test]
fn a_relative_gap_never_makes_a_false_proof() {
    for kinds in [&[Kind::PlaceMost, Kind::TotalPoints][..], &[Kind::PlaceMost, Kind::RankMaximal][..]] {
        let made = calls::sample(&pb::GetSampleRequest {
            sample: pb::get_sample_request::Sample::Summer as i32,
            student_count: Some(300),
            project_count: Some(250),
            ..pb::GetSampleRequest::default()
        });
        let made = made.expect("a sample");
        let policy = |relative_gap| {
            let limits = pb::Limits { time_limit: None, relative_gap, ..pb::Limits::default() };
            pb::Policy { limits: Some(limits), ..pb::Policy { weights: None, ..goals(kinds) } }
        };
        let exact = solve(pb::MatchRequest { instance: made.instance.clone(), policy: Some(policy(0.0)) });
        let loose = solve(pb::MatchRequest { instance: made.instance, policy: Some(policy(0.3)) });
        assert_eq!(exact.status(), Status::Optimal);
        assert!(loose.goals[0].bound >= exact.goals[0].value && loose.goals[0].value <= exact.goals[0].value);
        assert!(loose.goals[0].relative_gap <= 0.3 + 1e-9);
        let all_met = loose.goals.iter().zip(&exact.goals).all(|(l, e)| (l.value, &l.profile) == (e.value, &e.profile));
        assert!(loose.status() == Status::Feasible || all_met, "{loose:#?}");
        assert!(!loose.canonical || loose.status() == Status::Optimal);
    }
}

/// A season with choices, vetoes and waivers of every kind of target, and every fact asked for that a policy can ask for.
fn with_every_relation(seed: u64, request: pb::MatchRequest) -> wire::Request {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut request = read_request(request.instance, request.policy, &SizeLimits::NONE).expect("it is well formed");
    let instance = &mut request.instance;
    for student in instance.student_indices() {
        let mut targets = || instance.targets_of(ProjectIndex(random.random_range(0..instance.projects.len() as u32)));
        let (chosen, vetoed, waived) = (targets(), targets(), targets());
        let mut chance = |percent: u32| random.random_range(0..100) < percent;
        let row = &mut instance.students[student.at()];
        if chance(50) {
            row.choices = chosen.into_iter().map(|target| Choice { target, rank: 1 }).filter(|_| chance(70)).collect();
            row.choices.iter_mut().for_each(|choice| choice.rank = random.random_range(1..9));
        }
        let mut chance = |percent: u32| random.random_range(0..100) < percent;
        row.vetoes = vetoed.into_iter().filter(|_| chance(10)).collect();
        let waivable = Rule::ALL.into_iter().filter(|rule| rule.is_waivable());
        let rules: Vec<Rule> = waivable.filter(|_| chance(20)).collect();
        for rule in rules {
            let scope = random.random_range(0..=waived.len());
            instance.waivers.push(Waiver {
                student,
                rule,
                scope: waived.get(scope).copied(),
                reason: String::new(),
                granted_by: String::new(),
                expires: None,
            });
        }
    }
    let policy = &mut request.policy;
    for fact in RequiredFact::ALL.into_iter().filter(|_| random.random_range(0..4) == 0) {
        policy.required_data.insert(fact);
    }
    (policy.paid_only, policy.alumni_only) = (random.random_range(0..3) == 0, random.random_range(0..8) == 0);
    request
}

#[test]
fn the_pass_over_every_pair_says_what_the_answer_about_each_pair_says() {
    let (mut matchable, mut waived) = (0, 0);
    for (seed, request) in (0..).zip(requests()) {
        let wire::Request { instance, policy } = with_every_relation(seed, request);
        let evaluation = evaluation::evaluate(&instance, &policy, usize::MAX, &|| false).expect("no limit");
        let evaluator = PairEvaluator::new(&instance, &policy);
        for student in instance.student_indices() {
            let mut refused = Refused::default();
            for project in instance.project_indices() {
                let pair = evaluator.evaluate(student, project);
                let found = evaluation.find(student, project).map(|at| &evaluation.pairs[at]);
                assert_eq!(found.is_some(), pair.verdict == Verdict::Eligible, "seed {seed}, {pair:?}");
                if let Some(found) = found {
                    assert_eq!((found.points, found.choice_rank), (pair.score.points, pair.choice_rank), "seed {seed}");
                    (matchable, waived) = (matchable + 1, waived + pair.used_waivers.len());
                }
                let rules: BTreeSet<Rule> = pair.refusals.iter().map(|refusal| refusal.rule).collect();
                rules.iter().for_each(|&rule| refused.by[rule as usize] += 1);
                rules.iter().filter(|_| rules.len() == 1).for_each(|&rule| refused.alone[rule as usize] += 1);
                refused.by_wishes += u32::from(!rules.is_empty() && rules.iter().all(|rule| rule.is_wish()));
            }
            assert_eq!(evaluation.refused[student.at()], refused, "seed {seed}, student {student:?}");
        }
    }
    assert!(matchable > 1_000 && waived > 50, "{matchable} {waived}");
}
