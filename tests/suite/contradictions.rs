//! Contradictions, of single rows and of several: an error finding of `Validate` and an `INFEASIBLE` outcome of `Match`.

use pb::outcome::Status;
use wire::pb;

use crate::support::{match_request, message, solve, validate};

fn check(rows: &str, reason: &str, field: &str) {
    let text = format!(r#"{{"instance": {{{rows}}}}}"#);
    let told = validate(message("ValidateRequest", &text));
    let errors: Vec<(&str, &str)> = told
        .findings
        .iter()
        .filter(|f| f.severity() == pb::finding::Severity::Error)
        .map(|f| (f.reason.as_str(), f.field.as_str()))
        .collect();
    assert!(errors.contains(&(reason, field)), "{text}\n{errors:?}");
    assert!(errors.iter().all(|&(reason, _)| reason != "ROWS_CONTRADICT"), "told twice: {text}\n{errors:?}");
    let outcome = solve(match_request(&text));
    assert_eq!(outcome.status(), Status::Infeasible, "{text}");
    assert!(outcome.assignments.is_empty() && outcome.unmatched.is_empty() && outcome.goals.is_empty());
    assert!(outcome.findings.iter().any(|f| f.reason == reason && f.field == field), "{text}");
}

#[test]
fn every_contradiction_is_found_and_named() {
    for (rows, reason, field) in [
        (
            r#""projects": [{"project_id": "A"}, {"project_id": "P", "min_seat_count": 3, "max_seat_count": 2}]"#,
            "MINIMUM_ABOVE_MAXIMUM",
            "instance.projects[1].min_seat_count",
        ),
        (
            r#""projects": [{"project_id": "P"}], "students": [{"student_id": "A"}, {"student_id": "B"}],
               "pair_notes": [{"student_id": "A", "project_id": "P", "pinned": true},
                              {"student_id": "B", "project_id": "P", "pinned": true}]"#,
            "PINS_EXCEED_SEATS",
            "instance.projects[0].max_seat_count",
        ),
        (
            r#""hosts": [{"host_id": "H", "max_seat_count": 0}], "projects": [{"project_id": "P", "host_id": "H"}],
               "students": [{"student_id": "A"}], "pair_notes": [{"student_id": "A", "project_id": "P", "pinned": true}]"#,
            "PINS_EXCEED_SEATS",
            "instance.hosts[0].max_seat_count",
        ),
        (
            r#""projects": [{"project_id": "P"}, {"project_id": "Q"}], "students": [{"student_id": "A"}],
               "pair_notes": [{"student_id": "A", "project_id": "P", "pinned": true},
                              {"student_id": "A", "project_id": "Q", "pinned": true}]"#,
            "STUDENT_PINNED_TWICE",
            "instance.pair_notes[1].pinned",
        ),
        (
            r#""projects": [{"project_id": "P"}], "students": [{"student_id": "A"}],
               "pair_notes": [{"student_id": "A", "project_id": "P", "pinned": true, "forbidden": true}]"#,
            "PINNED_AND_FORBIDDEN",
            "instance.pair_notes[0].pinned",
        ),
        (
            r#""projects": [{"project_id": "P"}], "students": [{"student_id": "A", "vetoes": [{"project_id": "P"}]}],
               "pair_notes": [{"student_id": "A", "project_id": "P", "pinned": true}]"#,
            "PIN_REFUSED",
            "instance.pair_notes[0].pinned",
        ),
        (
            r#""projects": [{"project_id": "P"}], "students": [{"student_id": "A", "must_place": true, "choices_only": true}]"#,
            "MUST_PLACE_IMPOSSIBLE",
            "instance.students[0].must_place",
        ),
        (
            r#""projects": [{"project_id": "P", "must_open": true, "min_seat_count": 2}], "students": [{"student_id": "A"}]"#,
            "MUST_OPEN_IMPOSSIBLE",
            "instance.projects[0].must_open",
        ),
        (
            r#""projects": [{"project_id": "P", "must_open": true, "max_seat_count": 0}], "students": [{"student_id": "A"}]"#,
            "MUST_OPEN_IMPOSSIBLE",
            "instance.projects[0].must_open",
        ),
        (
            r#""hosts": [{"host_id": "H", "max_seat_count": 1}],
               "projects": [{"project_id": "P", "host_id": "H", "must_open": true},
                            {"project_id": "Q", "host_id": "H", "must_open": true}],
               "students": [{"student_id": "A"}, {"student_id": "B"}]"#,
            "HOST_BELOW_MINIMUMS",
            "instance.hosts[0].max_seat_count",
        ),
        (
            r#""projects": [{"project_id": "P", "must_open": true}, {"project_id": "Q", "must_open": true}],
               "students": [{"student_id": "A"}]"#,
            "MINIMUMS_EXCEED_STUDENTS",
            "instance.projects",
        ),
    ] {
        check(rows, reason, field);
    }
}

#[test]
fn what_no_single_row_contradicts_is_proven_infeasible_by_the_solve() {
    // Two students who must be placed and can only go to the same seat.
    let text = r#"{"instance": {"projects": [{"project_id": "P"}],
        "students": [{"student_id": "A", "must_place": true}, {"student_id": "B", "must_place": true}]}}"#;
    let outcome = solve(match_request(text));
    assert_eq!(outcome.status(), Status::Infeasible);
    assert!(outcome.findings.is_empty());
    assert_eq!(contradictions(text).len(), 1);
}

/// What `Validate` says of rows that only together can't hold.
fn contradictions(text: &str) -> Vec<(String, String)> {
    let told = validate(message("ValidateRequest", text)).findings;
    let several = told.into_iter().filter(|finding| finding.reason == "ROWS_CONTRADICT");
    several.map(|finding| (finding.field, finding.message)).collect()
}

#[test]
fn rows_that_only_together_cannot_hold_are_named_in_words_and_students_by_their_place() {
    for (rows, field, words) in [
        (
            r#""hosts": [{"host_id": "H", "max_seat_count": 1}],
               "projects": [{"project_id": "P", "host_id": "H", "must_open": true}, {"project_id": "Q", "host_id": "H"}],
               "students": [{"student_id": "A"}, {"student_id": "B"}],
               "pair_notes": [{"student_id": "B", "project_id": "Q", "offer_state": "ACCEPTED"}]"#,
            "instance.hosts[0].max_seat_count",
            "host H has 1 seat; project P must open with at least 1; students[1] accepted project Q",
        ),
        (
            r#""projects": [{"project_id": "P", "min_seat_count": 2, "max_seat_count": 3}, {"project_id": "Q", "max_seat_count": 0}],
               "students": [{"student_id": "B", "choices_only": true, "choices": [{"project_id": "Q"}]},
                            {"student_id": "A", "must_place": true}]"#,
            "instance.students[1].must_place",
            "students[1] must be placed; project Q has 0 seats; project P takes 2 to 3 or nobody",
        ),
        (
            r#""projects": [{"project_id": "P", "max_seat_count": 2}], "students": [{"student_id": "A", "must_place": true}, {"student_id": "B"}],
               "pair_notes": [{"student_id": "B", "project_id": "P", "pinned": true}],
               "links": [{"student_ids": ["A", "B"], "kind": "DIFFERENT_PROJECT"}]"#,
            "instance.students[0].must_place",
            "students[0] must be placed; students[1] is pinned to project P; students[0] and students[1] are linked",
        ),
    ] {
        let found = contradictions(&format!(r#"{{"instance": {{{rows}}}}}"#));
        assert_eq!(found, [(field.to_owned(), format!("these can't hold together: {words}"))]);
    }
}

#[test]
fn a_contradiction_of_several_rows_is_told_beside_one_of_a_single_row_and_neither_twice() {
    let text = r#"{"instance": {"projects": [{"project_id": "P"}, {"project_id": "Q", "must_open": true, "min_seat_count": 9}],
        "students": [{"student_id": "A", "must_place": true, "vetoes": [{"project_id": "Q"}]},
                     {"student_id": "B", "must_place": true, "vetoes": [{"project_id": "Q"}]}]}}"#;
    let told = validate(message("ValidateRequest", text)).findings;
    let errors = told.iter().filter(|finding| finding.severity() == pb::finding::Severity::Error);
    let reasons: Vec<&str> = errors.map(|finding| finding.reason.as_str()).collect();
    assert_eq!(reasons.iter().filter(|&&reason| reason == "ROWS_CONTRADICT").count(), 1, "{reasons:?}");
    assert!(reasons.contains(&"MUST_OPEN_IMPOSSIBLE"), "{reasons:?}");
    let found = contradictions(text);
    let words = "these can't hold together: students[0] and students[1] must be placed; project P has 1 seat";
    assert_eq!(found[0].1, words);
}

#[test]
fn emptiness_and_goals_that_may_place_nobody_are_warned_of() {
    for (text, reason) in [
        (r#"{"instance": {}}"#, "EMPTY_COHORT"),
        (r#"{"instance": {"students": [{"student_id": "A"}]}}"#, "NO_SEATS"),
        (
            r#"{"instance": {"students": [{"student_id": "A"}], "projects": [{"project_id": "P", "max_seat_count": 0}]}}"#,
            "NO_SEATS",
        ),
        (
            r#"{"instance": {"students": [{"student_id": "A", "choices_only": true}], "projects": [{"project_id": "P"}]}}"#,
            "NO_ELIGIBLE_PAIR",
        ),
        (
            r#"{"instance": {}, "policy": {"goals": [{"kind": "LEAST_RANK_SUM"}, {"kind": "PLACE_MOST"}]}}"#,
            "GOAL_MAY_PLACE_NOBODY",
        ),
        (
            r#"{"instance": {}, "policy": {"weights": {"skills": 0, "language": 0, "preference": 0, "host_rank": 0,
                "interview": 0, "affinity": 0}}}"#,
            "NO_WEIGHT",
        ),
        (
            r#"{"instance": {"students": [{"student_id": "A", "missing_materials": ["transcript"]}]}}"#,
            "MATERIALS_NOT_ASKED",
        ),
        (
            r#"{"instance": {"projects": [{"project_id": "P", "skill_requirements": [{"skill": "A", "min_level": 2}]}]}}"#,
            "LEVEL_NOT_REQUIRED",
        ),
        (r#"{"instance": {"funds": [{"fund_id": "F", "place_count": 3}]}}"#, "FUNDS_NOT_ASKED"),
        (r#"{"instance": {}, "policy": {"goals": [{"kind": "LEAST_DISRUPTION"}]}}"#, "NOTHING_TO_KEEP"),
        (
            r#"{"instance": {}, "policy": {"goals": [{"kind": "PLACE_MOST"}],
                "quotas": [{"quota_id": "Q", "max_count": 3, "penalty_points": 100000}]}}"#,
            "SOFT_QUOTA_WITHOUT_POINTS",
        ),
        (
            r#"{"instance": {"students": [{"student_id": "A", "choices": [{"country_code": "JP"}]}, {"student_id": "B"},
                {"student_id": "C"}]}}"#,
            "FEW_STATE_CHOICES",
        ),
        (
            r#"{"instance": {"projects": [{"project_id": "P", "country_code": "JP"}], "students": [{"student_id": "A",
                "choices": [{"country_code": "JP", "rank": 1}, {"project_id": "P", "rank": 5}]}]}}"#,
            "WIDER_CHOICE_RANKED_BETTER",
        ),
    ] {
        let told = validate(message("ValidateRequest", text));
        let told: Vec<&str> = told.findings.iter().map(|f| f.reason.as_str()).collect();
        assert!(told.contains(&reason), "{text}: {told:?}");
        assert_eq!(solve(match_request(text)).status(), Status::Optimal, "{text}");
    }
}

#[test]
fn an_unknown_skill_comes_back_with_the_nearest_known_one_and_is_never_guessed() {
    let text = r#"{"instance": {
        "students": [{"student_id": "A", "skills": [{"skill": "Pyhton", "level": 5}, {"skill": "Knitting"}]}],
        "projects": [{"project_id": "P", "skill_requirements": [{"skill": "Python", "required": true}]}]}}"#;
    let told = validate(message("ValidateRequest", text));
    let skills: Vec<&pb::Finding> = told.findings.iter().filter(|f| f.reason == "UNKNOWN_SKILL").collect();
    assert_eq!(skills.len(), 2, "{skills:?}");
    assert!(skills[0].message.contains("\"Python\"") && skills[0].message.contains("\"Pyhton\""));
    assert!(!skills.iter().any(|f| f.message.contains("Knitting")));
    assert!(solve(match_request(text)).assignments.is_empty());
}

#[test]
fn the_market_counts_seats_and_eligible_students_by_program_country_and_language() {
    let text = r#"{"instance": {
        "programs": [{"program_id": "JP", "language_requirements": [{"language": "ja", "min_level": "A2"}]}],
        "hosts": [{"host_id": "H", "country_code": "JP", "max_seat_count": 2}],
        "projects": [{"project_id": "P", "host_id": "H", "program_id": "JP", "max_seat_count": 2},
                     {"project_id": "Q", "host_id": "H", "program_id": "JP", "max_seat_count": 1},
                     {"project_id": "R", "country_code": "DE"}],
        "students": [{"student_id": "A", "languages": [{"language": "ja", "level": "B1"}]},
                     {"student_id": "B", "vetoes": [{"country_code": "DE"}]}]}}"#;
    let market = validate(message("ValidateRequest", text)).market.expect("sound");
    assert_eq!((market.student_count, market.project_count, market.seat_count), (2, 3, 3));
    assert_eq!(market.eligible_pair_count, 3);
    let line = |lines: &[pb::MarketLine], key: &str| {
        let line = lines.iter().find(|line| line.key == key).expect("a line");
        (line.project_count, line.seat_count, line.eligible_student_count)
    };
    // Its host takes no more than 2 over both.
    assert_eq!(line(&market.programs, "JP"), (2, 2, 1));
    assert_eq!(line(&market.programs, ""), (1, 1, 1));
    assert_eq!(line(&market.countries, "DE"), (1, 1, 1));
    assert_eq!(line(&market.languages, "ja"), (2, 2, 1));
    assert_eq!(market.thin_projects.iter().map(|p| p.project_id.as_str()).collect::<Vec<_>>(), ["P"]);
    let stranded = &market.stranded_students[0];
    assert_eq!(stranded.student_id, "B");
    let refusals: Vec<(&str, i32)> =
        stranded.refusals.iter().map(|line| (line.rule().as_str_name(), line.project_count)).collect();
    assert_eq!(refusals, [("LANGUAGE", 2), ("VETO", 1)]);
}

#[test]
fn a_pin_and_an_acceptance_that_a_rule_refuses_are_told_as_what_they_are() {
    let told = |note: &str| {
        let text = format!(
            r#"{{"instance": {{"students": [{{"student_id": "S0070"}}],
                "projects": [{{"project_id": "P1054", "skill_requirements": [{{"skill": "C", "min_level": 4, "required": true}}]}}],
                "pair_notes": [{{"student_id": "S0070", "project_id": "P1054", {note}}}]}}}}"#
        );
        let told = crate::support::validate(message("ValidateRequest", &text));
        let found = told.findings.into_iter().find(|found| found.reason == "PIN_REFUSED").expect("it is refused");
        format!("{}. {}", found.message, found.remedy)
    };
    let advice = "Waive the rule where it can be waived, or correct the pin or the offer.";
    let needs = "it needs C at level 4 (SKILLS)";
    assert_eq!(told(r#""offer_state": "ACCEPTED""#), format!("S0070 cannot accept P1054: {needs}. {advice}"));
    assert_eq!(told(r#""pinned": true"#), format!("S0070 cannot be pinned to P1054: {needs}. {advice}"));
}

#[test]
fn a_quota_that_asks_for_more_than_there_is_says_how_much_there_is() {
    let text = r#"{"instance": {"students": [{"student_id": "A"}], "projects": [{"project_id": "P"}]},
        "policy": {"quotas": [{"quota_id": "Q", "min_count": 2}]}}"#;
    let told = crate::support::validate(message("ValidateRequest", text));
    let found = told.findings.iter().find(|found| found.reason == "QUOTA_OUT_OF_REACH").expect("it is told");
    assert_eq!(found.message, "quota Q asks for 2 at least, and all students together can bring 1");
}
