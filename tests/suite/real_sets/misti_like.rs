//! A realistic season of 1,000 students and 1,204 projects with skills, languages and dates.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use pb::goal::Kind::{
    self, Generous, LeastDisruption, LeastRankSum, LowestWorstRank, PlaceMost, RankMaximal, TotalPoints,
};
use pb::outcome::Status;
use rules::evaluation;
use solve::{Cancel, Engine, Limits, Tuning, Watcher};
use wire::{SizeLimits, pb, read_request};

use super::read::{expected, table};
use crate::support::{check, check_certificate, goals, places, solve, solver};

const SET: &str = "misti-like";

/// The season as its owner describes it; `ranked_only` is not set, and minimums only where asked for.
pub fn season(minimums: bool, choices_only: bool) -> pb::Instance {
    let language = |(code, level): (&str, &str)| (code.to_owned(), level_number(level));
    let hosts = table(SET, "hosts.csv").into_iter().map(|row| pb::Host {
        host_id: row.text("id").to_owned(),
        title: row.text("name").to_owned(),
        country_code: row.text("country").to_owned(),
        max_seat_count: row.number("capacity_max"),
        ..pb::Host::default()
    });
    let projects = table(SET, "projects.csv").into_iter().map(|row| {
        let required = row.list("required_skills").into_iter().map(|(skill, level)| pb::SkillRequirement {
            skill: skill.to_owned(),
            min_level: level.parse().expect("a level"),
            required: true,
            weight: None,
        });
        let desired = row.list("desired_skills").into_iter().map(|(skill, weight)| pb::SkillRequirement {
            skill: skill.to_owned(),
            weight: weight.parse().ok(),
            ..pb::SkillRequirement::default()
        });
        let languages = row.list("language_min").into_iter().map(language);
        pb::Project {
            project_id: row.text("id").to_owned(),
            host_id: row.text("host").to_owned(),
            country_code: row.text("country").to_owned(),
            title: row.text("title").to_owned(),
            skill_requirements: required.chain(desired).collect(),
            language_requirements: languages
                .map(|(language, min_level)| pb::LanguageRequirement {
                    language,
                    min_level,
                    required: Some(true),
                    weight: None,
                })
                .collect(),
            min_seat_count: if minimums { row.number("capacity_min") } else { None },
            max_seat_count: row.number("capacity_max"),
            start_date: row.text("start").to_owned(),
            end_date: row.text("end").to_owned(),
            sponsors_work_authorization: row.text("sponsors_work_authorization") == "true",
            ..pb::Project::default()
        }
    });
    let mut choices: BTreeMap<String, Vec<pb::Choice>> = BTreeMap::new();
    for row in table(SET, "preferences.csv") {
        let target = Some(pb::choice::Target::ProjectId(row.text("project").to_owned()));
        let rank = row.number("rank");
        choices.entry(row.text("student").to_owned()).or_default().push(pb::Choice { rank, target });
    }
    let students = table(SET, "students.csv").into_iter().map(|row| pb::Student {
        student_id: row.text("id").to_owned(),
        display_name: row.text("name").to_owned(),
        skills: row
            .list("skills")
            .into_iter()
            .map(|(skill, level)| pb::StudentSkill { skill: skill.to_owned(), level: level.parse().expect("a level") })
            .collect(),
        languages: row
            .list("languages")
            .into_iter()
            .map(language)
            .map(|(language, level)| pb::StudentLanguage { language, level, ..Default::default() })
            .collect(),
        choices: choices.remove(row.text("id")).unwrap_or_default(),
        choices_only,
        available_from: row.text("available_from").to_owned(),
        available_until: row.text("available_to").to_owned(),
        citizenships: row.text("citizenships").split(';').map(str::to_owned).collect(),
        work_authorization: Some(pb::WorkAuthorization {
            required: row.text("needs_work_authorization") == "true",
            ..pb::WorkAuthorization::default()
        }),
        ..pb::Student::default()
    });
    pb::Instance {
        hosts: hosts.collect(),
        projects: projects.collect(),
        students: students.collect(),
        ..pb::Instance::default()
    }
}

fn level_number(level: &str) -> i32 {
    pb::LanguageLevel::from_str_name(level).unwrap_or_else(|| panic!("no level {level}")) as i32
}

/// A policy whose points are 125,000 times the set's score of 9 − rank.
fn policy(kinds: &[Kind]) -> pb::Policy {
    let weights = pb::Weights {
        skills: Some(0.0),
        language: Some(0.0),
        preference: Some(1.0),
        host_rank: Some(0.0),
        interview: Some(0.0),
        affinity: Some(0.0),
    };
    pb::Policy { weights: Some(weights), rank_scale: Some(8), ..goals(kinds) }
}

const POINTS_OF_SCORE: i64 = 125_000;

fn outcome(minimums: bool, kinds: &[Kind]) -> pb::Outcome {
    let request = pb::MatchRequest { instance: Some(season(minimums, true)), policy: Some(policy(kinds)) };
    let outcome = solve(request.clone());
    assert_eq!(outcome.status(), Status::Optimal, "{kinds:?}");
    assert!(outcome.canonical, "{kinds:?}");
    assert!(check(&request, places(&outcome)).violations.is_empty(), "{kinds:?}");
    outcome
}

fn values(minimums: bool, kinds: &[Kind]) -> Vec<i64> {
    outcome(minimums, kinds).goals.iter().map(|goal| goal.value).collect()
}

#[test]
fn without_minimums_774_are_placed_with_a_rank_sum_of_1493() {
    let figures = &expected(SET)["without_minimums"];
    let figure = |key: &str| figures[key].as_i64().expect("a figure");
    let most = figure("max_cardinality");
    assert_eq!(values(false, &[PlaceMost, LeastRankSum]), [most, figure("min_total_rank")]);
    assert_eq!(
        values(false, &[PlaceMost, LowestWorstRank, LeastRankSum]),
        [most, figure("min_max_rank"), figure("min_total_rank_at_min_max")]
    );
    assert_eq!(values(false, &[TotalPoints]), [figure("max_total_score") * POINTS_OF_SCORE]);
    assert_eq!(
        values(false, &[PlaceMost, TotalPoints]),
        [most, figure("max_total_score_at_max_cardinality") * POINTS_OF_SCORE]
    );
    for (kind, key) in [(RankMaximal, "greedy_max_profile"), (Generous, "generous_max_profile")] {
        let published: Vec<i32> = serde_json::from_value(figures[key].clone()).expect("a profile");
        assert_eq!(outcome(false, &[PlaceMost, kind]).goals[1].profile, published, "{key}");
    }
}

#[test]
fn with_closed_or_minimum_772_are_placed_with_a_rank_sum_of_1498() {
    let figures = &expected(SET)["project_closed_or_at_least_capacity_min"];
    let figure = |key: &str| figures[key].as_i64().expect("a figure");
    assert_eq!(values(true, &[PlaceMost, LeastRankSum]), [figure("max_cardinality"), figure("min_total_rank")]);
    assert_eq!(values(true, &[TotalPoints]), [figure("max_total_score") * POINTS_OF_SCORE]);
}

/// Every pair that the rules allow, whoever wishes it.
#[test]
fn when_a_country_closes_after_the_match_the_fewest_that_can_be_move_and_prices_prove_it() {
    let matched = outcome(false, &[PlaceMost, LeastRankSum]);
    let mut instance = season(false, true);
    let country = |project_id: &str| {
        let project = instance.projects.iter().find(|p| p.project_id == project_id).expect("a project");
        project.country_code.clone()
    };
    let mut sent: BTreeMap<String, usize> = BTreeMap::new();
    matched.assignments.iter().for_each(|a| *sent.entry(country(&a.project_id)).or_default() += 1);
    let (closed, count) = sent.into_iter().max_by_key(|(_, count)| *count).expect("somebody is placed");
    let stranded = matched.assignments.iter().filter(|a| country(&a.project_id) == closed).count();
    assert_eq!(stranded, count);
    instance.previous_assignments = matched
        .assignments
        .iter()
        .map(|a| pb::Placement { student_id: a.student_id.clone(), project_id: a.project_id.clone() })
        .collect();
    instance.suspended_country_codes = vec![closed];
    let request = pb::MatchRequest {
        instance: Some(instance),
        policy: Some(policy(&[PlaceMost, LeastDisruption, LeastRankSum])),
    };
    let repaired = solve(request.clone());
    assert_eq!(repaired.status(), Status::Optimal);
    let before: BTreeMap<&str, &str> =
        matched.assignments.iter().map(|a| (a.student_id.as_str(), a.project_id.as_str())).collect();
    let kept = repaired.assignments.iter().filter(|a| before.get(&*a.student_id) == Some(&&*a.project_id)).count();
    let moved = (before.len() - kept) as i64;
    assert_eq!((repaired.goals[1].value, repaired.goals[1].bound), (moved, moved));
    assert!(moved >= count as i64 && moved < 2 * count as i64, "{moved} moved for {count} who had to");
    // Anyone who can add may see that no matching that places as many moves fewer.
    let certificate = repaired.certificate.clone().expect("a network has one");
    let checked = check_certificate(&request, places(&repaired), certificate);
    assert!(checked.goals.iter().all(|goal| goal.proven) && checked.certificate_faults.is_empty());
}

fn eligible() -> &'static (wire::Request, evaluation::Evaluation) {
    static ELIGIBLE: OnceLock<(wire::Request, evaluation::Evaluation)> = OnceLock::new();
    ELIGIBLE.get_or_init(|| {
        let request = read_request(Some(season(false, false)), None, &SizeLimits::NONE)
            .unwrap_or_else(|faults| panic!("{:#?}", faults.findings()));
        let evaluation =
            evaluation::evaluate(&request.instance, &request.policy, usize::MAX, &|| false).expect("no limit was set");
        (request, evaluation)
    })
}

#[test]
fn of_all_pairs_146674_are_eligible() {
    assert_eq!(eligible().1.pairs.len(), 146_674);
}

#[test]
fn the_eligible_column_is_reproduced_for_every_ranked_pair_with_its_rules() {
    let (request, evaluation) = eligible();
    let instance = &request.instance;
    let evaluator = evaluation::PairEvaluator::new(instance, &request.policy);
    let rows = table(SET, "ranked_pairs_checked.csv");
    assert_eq!(rows.len(), 5_342);
    for row in rows {
        let (student, project) = (row.text("student"), row.text("project"));
        let s = instance.students.iter().position(|s| s.id.as_str() == student).expect("a student") as u32;
        let p = instance.projects.iter().position(|p| p.id.as_str() == project).expect("a project") as u32;
        let (s, p) = (rules::domain::StudentIndex(s), rules::domain::ProjectIndex(p));
        let published = row.text("eligible") == "true";
        assert_eq!(evaluation.find(s, p).is_some(), published, "{student} {project}");
        let mut failed: Vec<&str> = evaluator
            .evaluate(s, p)
            .refusals
            .iter()
            .map(|refusal| match refusal.rule {
                rules::eligibility::Rule::Language => "E1",
                rules::eligibility::Rule::Dates => "E2",
                rules::eligibility::Rule::WorkAuthorization => "E3",
                rules::eligibility::Rule::Skills => "E4",
                other => panic!("{other:?}"),
            })
            .collect();
        failed.sort_unstable();
        failed.dedup();
        let mut named: Vec<&str> =
            row.text("failed_rules").split([';', ' ', '+', '|']).filter(|rule| !rule.is_empty()).collect();
        named.sort_unstable();
        assert_eq!(failed, named, "{student} {project}");
    }
}

/// How long a match takes, without its reasons and with them.
fn seconds(request: &pb::MatchRequest) -> (f64, f64) {
    let read = read_request(request.instance.clone(), request.policy.clone(), &SizeLimits::NONE).expect("sound");
    let command = solver();
    let limits = Limits {
        deadline: Instant::now() + Duration::from_secs(600),
        cancel: Cancel::default(),
        relative_gap: 0.0,
        engine: Engine::Automatic,
        lottery: true,
        watcher: Watcher::default(),
        tuning: Tuning::default(),
    };
    let (instance, policy) = (&read.instance, &read.policy);
    let watch = engine::Watch::default();
    let [without, with] = [false, true].map(|tells_why| {
        let season = engine::Season {
            instance,
            policy,
            command: &command,
            limits: &limits,
            pair_limit: usize::MAX,
            tells_why,
            watch: &watch,
        };
        let begun = Instant::now();
        assert_eq!(engine::solve(&season).expect("an outcome").status, engine::Status::Optimal);
        begun.elapsed().as_secs_f64()
    });
    (without, with)
}

#[test]
fn every_student_without_a_place_is_told_why() {
    use pb::unmatched::Reason;
    for (minimums, choices_only) in [(false, true), (true, true), (false, false)] {
        let instance = season(minimums, choices_only);
        for kinds in [&[PlaceMost, LeastRankSum][..], &[PlaceMost, TotalPoints], &[PlaceMost, RankMaximal]] {
            let request = pb::MatchRequest { instance: Some(instance.clone()), policy: Some(policy(kinds)) };
            let (without, with) = seconds(&request);
            let outcome = solve(request);
            let mut counts = BTreeMap::new();
            for left in &outcome.unmatched {
                *counts.entry(left.reason().as_str_name()).or_insert(0) += 1;
                assert!(!matches!(left.reason(), Reason::Unspecified | Reason::Unproven), "{left:?}");
                let is_priced = left.placing.as_ref().is_some_and(|placing| placing.counterfactual.is_some());
                assert!(minimums || left.possible_project_count == 0 || is_priced, "{left:?}");
            }
            let value = |is: fn(&&pb::SeatValue) -> bool| outcome.seat_values.iter().filter(is).count();
            println!(
                "minimums {minimums}, choices only {choices_only}, {kinds:?}: match {without:.3} s, with reasons {with:.3} s, \
                 {counts:?}; of {} that are full {} have an exact value, {} buy something",
                outcome.seat_values.len(),
                value(|v| v.exact),
                value(|v| v.better)
            );
        }
    }
}
