//! Small seasons that reports about other tools led to (`../shared/data/reports`), each with its right value.

use std::time::Duration;

use pb::finding::Severity;
use wire::pb;

use crate::real_sets::read::folder;
use crate::support::{caller, check, match_request, message, solve, validate, validate_within};

fn text(name: &str) -> String {
    let path = folder("reports").join(name).with_extension("json");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn request(name: &str) -> pb::MatchRequest {
    message("MatchRequest", &text(name))
}

/// Who is where.
fn placed(name: &str) -> Vec<(String, String)> {
    let outcome = solve(request(name));
    outcome.assignments.into_iter().map(|place| (place.student_id, place.project_id)).collect()
}

fn place_of(name: &str, student: &str) -> Option<String> {
    placed(name).into_iter().find(|(id, _)| id == student).map(|(_, project)| project)
}

/// The reasons of what `Validate` finds that is worth a warning.
fn warnings(name: &str) -> Vec<pb::Finding> {
    let pb::MatchRequest { instance, policy } = request(name);
    let told = validate(pb::ValidateRequest { instance, policy });
    told.findings.into_iter().filter(|finding| finding.severity() != Severity::Info).collect()
}

fn warning(name: &str, reason: &str) -> pb::Finding {
    let found = warnings(name);
    let told: Vec<String> = found.iter().map(|finding| finding.reason.clone()).collect();
    found.into_iter().find(|finding| finding.reason == reason).unwrap_or_else(|| panic!("{name}: {told:?}"))
}

#[test]
fn a_wish_counts_no_less_than_silence() {
    assert_eq!(place_of("silence-beats-a-second-wish", "rater").as_deref(), Some("lab"));
    // Here both ways are worth as many points, and the better wishes decide, whatever the lottery draws.
    for seed in 0..10 {
        let mut drawn = request("silence-beats-a-first-wish");
        drawn.policy.get_or_insert_default().lottery_seed = seed;
        let placed = solve(drawn).assignments;
        assert!(
            placed.iter().any(|place| (&place.student_id[..], &place.project_id[..]) == ("rater", "lab")),
            "{seed}"
        );
    }
}

#[test]
fn one_rank_far_from_the_others_is_named_with_the_scale_that_leaves_it_out() {
    let found = warning("one-rank-of-99", "RANK_FAR_FROM_OTHERS");
    assert!(found.message.contains("rank 99") && found.message.contains("rank_scale 3"), "{}", found.message);
    let told = solve(request("one-rank-of-99")).findings;
    assert!(told.iter().any(|finding| finding.reason == "RANK_FAR_FROM_OTHERS"), "{told:?}");
    let mut scaled = request("one-rank-of-99");
    scaled.policy.get_or_insert_default().rank_scale = Some(3);
    let scaled = solve(scaled);
    assert!(scaled.findings.is_empty(), "{:?}", scaled.findings);
    let of_both = |outcome: &pb::Outcome| -> Vec<(String, String)> {
        let places = outcome.assignments.iter().map(|a| (a.student_id.clone(), a.project_id.clone()));
        places.filter(|(student, _)| student != "other").collect()
    };
    assert_eq!(of_both(&scaled), of_both(&solve(request("ranks-as-stated"))));
    assert!(warnings("ranks-as-stated").iter().all(|finding| finding.reason != "RANK_FAR_FROM_OTHERS"));
}

#[test]
fn a_skill_without_a_level_counts_as_the_least() {
    assert_eq!(place_of("skill-without-level", "has").as_deref(), Some("lab"));
    let points = |student: &str| {
        let pb::MatchRequest { instance, policy } = request("skill-without-level");
        let asked =
            pb::EvaluateRequest { instance, policy, student_ids: vec![student.to_owned()], ..Default::default() };
        let read = calls::read_evaluations(asked, &caller()).expect("it is read");
        read.of_student(0)[0].points
    };
    assert!(points("has") > points("not"), "by points, not by lot");
}

#[test]
fn majors_meet_however_their_accents_are_typed() {
    assert_eq!(placed("majors-composed-and-decomposed").len(), 1);
}

#[test]
fn a_quota_that_counts_nobody_is_told_with_the_nearest_value() {
    let found = warning("maximum-that-counts-nobody", "UNKNOWN_VALUE");
    assert_eq!(found.field, "policy.quotas[0].students.majors");
    assert!(found.message.contains("biolgy") && found.message.contains("biology"), "{}", found.message);
}

#[test]
fn ids_that_people_take_for_one_are_told_and_both_stay() {
    let found = warning("ids-in-two-cases", "IDS_ALIKE");
    assert_eq!(found.field, "instance.students[1].student_id");
    assert!(!found.message.contains("x.org"), "an id of a student: {}", found.message);
    assert_eq!(placed("ids-in-two-cases").len(), 2);
}

#[test]
fn an_open_offer_that_weighs_nothing_is_told() {
    let found = warning("open-offer-elsewhere", "OFFER_WITHOUT_WEIGHT");
    assert!(found.message.contains("weighs nothing"), "{}", found.message);
}

#[test]
fn more_open_offers_than_seats_are_told() {
    let found = warning("three-offers-one-seat", "MORE_OFFERS_THAN_SEATS");
    assert_eq!(found.message, "A has 3 offers that are open or accepted, and 1 seat");
}

#[test]
fn a_student_who_is_named_twice_is_one() {
    let asked: pb::CheckRequest = message("CheckRequest", &text("check-one-student-twice"));
    let request = pb::MatchRequest { instance: asked.instance, policy: asked.policy };
    let checked = check(&request, asked.assignments);
    assert!(!checked.violations.is_empty());
    let most = checked.goals.iter().find(|goal| goal.kind() == pb::goal::Kind::PlaceMost).expect("the default");
    assert_eq!(most.value, 1);
}

#[test]
fn wrong_words_are_told_all_at_once_with_the_words_that_are_allowed() {
    let refused = wire::json::read::<pb::MatchRequest>("MatchRequest", text("three-wrong-words").as_bytes());
    let refused = refused.expect_err("three words are wrong");
    let fields: Vec<&str> = refused.iter().map(|fault| fault.field.as_str()).collect();
    let wrong =
        ["instance.projects[0].max_seat_count", "instance.students[0].study_level", "instance.students[1].must_place"];
    assert!(fields.len() == 3 && wrong.iter().all(|field| fields.contains(field)), "{refused:?}");
    let level = refused.iter().find(|fault| fault.field.ends_with("study_level")).expect("it is told");
    assert!(level.message.contains("none of UNDERGRADUATE, MASTERS, DOCTORAL"), "{}", level.message);
}

#[test]
fn another_encoding_is_named() {
    let path = folder("reports").join("utf-16.json");
    let text = std::fs::read(&path).expect("it is there");
    let refused = wire::json::read::<pb::MatchRequest>("MatchRequest", &text).expect_err("it is not UTF-8");
    assert!(refused.len() == 1 && refused[0].message.contains("UTF-16"), "{refused:?}");
}

#[test]
fn what_is_a_part_of_a_cent_below_is_below() {
    assert_eq!(placed("pay-just-below"), [("f".to_owned(), "d".to_owned())]);
}

/// The reasons and messages of the errors that `Validate` finds.
fn errors(request: pb::MatchRequest) -> Vec<(String, String)> {
    let pb::MatchRequest { instance, policy } = request;
    let told = validate(pb::ValidateRequest { instance, policy }).findings;
    let errors = told.into_iter().filter(|finding| finding.severity() == Severity::Error);
    errors.map(|finding| (finding.reason, finding.message)).collect()
}

fn example() -> pb::MatchRequest {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/contradiction.json");
    match_request(&std::fs::read_to_string(path).expect("it is there"))
}

#[test]
fn rows_that_only_together_contradict_each_other_are_told_before_any_match() {
    let areas: Vec<String> = (0..8).map(|area| format!("quota area{area} takes 3 to 5")).collect();
    let areas = areas.join("; ");
    for (request, words) in [
        (request("two-must-one-seat"), "students[0] and students[1] must be placed; project A has 1 seat".to_owned()),
        (example(), "students[0], students[1] and students[2] must be placed; host siemens has 2 seats".to_owned()),
        (request("minimums-above-seats"), format!("project panel has 22 seats; {areas}")),
        (request("minimums-above-a-quota"), format!("{areas}; quota panel takes at most 22")),
    ] {
        assert_eq!(errors(request), [("ROWS_CONTRADICT".to_owned(), format!("these can't hold together: {words}"))]);
    }
}

#[test]
fn a_season_with_a_matching_contradicts_nothing() {
    let mut seats = request("minimums-above-seats");
    seats.instance.as_mut().expect("a season").projects[0].max_seat_count = Some(24);
    for request in [seats, request("ranks-as-stated")] {
        assert_eq!(errors(request), []);
    }
}

#[test]
fn a_search_for_contradictions_without_time_is_told_as_cut_short_where_there_is_anything_to_search() {
    let cut_short = |request: pb::MatchRequest| {
        let pb::MatchRequest { instance, policy } = request;
        let told = validate_within(pb::ValidateRequest { instance, policy }, Duration::ZERO).findings;
        told.into_iter().find(|finding| finding.reason == "DIAGNOSIS_CUT_SHORT")
    };
    let told = cut_short(example()).expect("it is told");
    assert_eq!(told.message, "whether any matching keeps every rule was not settled: the time was over");
    assert_eq!(told.severity(), Severity::Warning);
    assert!(told.remedy.contains("--validate-seconds"), "{}", told.remedy);
    assert_eq!(cut_short(request("ranks-as-stated")), None, "to place nobody breaks no rule");
}

#[test]
fn of_each_kind_of_change_one_is_told_before_two_of_one_kind() {
    let outcome = solve(request("minimums-above-a-quota"));
    let told: Vec<&str> = outcome.relaxations.iter().map(|r| r.edits[0].sentence.as_str()).collect();
    assert!(told.contains(&"Raise the maximum of quota panel from 22 to 24."), "{told:?}");
    assert!(told.contains(&"Lower the minimum of quota area0 from 3 to 1."), "{told:?}");
    assert_eq!(told.len(), 5);
}
