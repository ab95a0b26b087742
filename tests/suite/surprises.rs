//! What `Validate` tells a careful office beside contradictions: each kind where it is meant to be told, and not where it is not.

use pb::finding::Severity::{self, Info, Warning};
use wire::pb;

use crate::support::message;

fn found(text: &str) -> Vec<pb::Finding> {
    crate::support::validate(message("ValidateRequest", text)).findings
}

fn of_reason(text: &str, reason: &str) -> Vec<(Severity, String, String)> {
    let told = found(text).into_iter().filter(|finding| finding.reason == reason);
    told.map(|finding| (finding.severity(), finding.field, finding.message)).collect()
}

/// Each is told once, with its severity, its field and what was found.
fn check(reason: &str, instance: &str, policy: &str, severity: Severity, field: &str, message: &str) {
    let text = format!(r#"{{"instance": {{{instance}}}, "policy": {{{policy}}}}}"#);
    assert_eq!(of_reason(&text, reason), [(severity, field.to_owned(), message.to_owned())], "{text}");
}

fn check_silent(reason: &str, instance: &str, policy: &str) {
    let text = format!(r#"{{"instance": {{{instance}}}, "policy": {{{policy}}}}}"#);
    assert_eq!(of_reason(&text, reason), [], "{text}");
}

#[test]
fn projects_and_hosts_without_seats_are_told_where_others_have_some() {
    let reason = "PROJECT_WITHOUT_SEATS";
    let some = r#""hosts": [{"host_id": "H", "max_seat_count": 0}, {"host_id": "G", "max_seat_count": 0, "withdrawn": true}],
        "projects": [{"project_id": "Q"}, {"project_id": "P", "max_seat_count": 0}, {"project_id": "O", "max_seat_count": 0}],
        "students": [{"student_id": "A"}]"#;
    let text = format!(r#"{{"instance": {{{some}}}}}"#);
    let told = [
        (
            Info,
            "instance.projects[1].max_seat_count".to_owned(),
            "project P has no seat; 1 other project too".to_owned(),
        ),
        (Info, "instance.hosts[0].max_seat_count".to_owned(), "host H has no seat".to_owned()),
    ];
    assert_eq!(of_reason(&text, reason), told);
    check_silent(reason, r#""projects": [{"project_id": "P"}]"#, "");
    check_silent(
        reason,
        r#""projects": [{"project_id": "P", "max_seat_count": 0}], "students": [{"student_id": "A"}]"#,
        "",
    );
}

#[test]
fn a_project_in_another_country_than_its_host_is_told() {
    let reason = "COUNTRY_NOT_OF_HOST";
    let in_country = |country: &str| {
        format!(
            r#""hosts": [{{"host_id": "H", "country_code": "FR"}}], "projects": [{{"project_id": "N", "host_id": "H"}},
            {{"project_id": "P", "host_id": "H", "country_code": "{country}"}}]"#
        )
    };
    let message = "project P is in DE, and its host H in FR";
    check(reason, &in_country("DE"), "", Info, "instance.projects[1].country_code", message);
    check_silent(reason, &in_country("FR"), "");
}

#[test]
fn two_first_choices_are_told_and_ties_of_other_ranks_are_not() {
    let reason = "TWO_FIRST_CHOICES";
    let ranks = |first: i32, second: i32| {
        format!(
            r#""projects": [{{"project_id": "P"}}, {{"project_id": "Q"}}], "students": [{{"student_id": "A", "choices":
            [{{"project_id": "P", "rank": {first}}}, {{"project_id": "Q", "rank": {second}}}]}}]"#
        )
    };
    check(reason, &ranks(1, 1), "", Info, "instance.students[0].choices", "more than one choice has rank 1");
    check_silent(reason, &ranks(1, 2), "");
    check_silent(reason, &ranks(2, 2), "");
}

#[test]
fn minimums_that_a_host_has_no_seats_for_are_told() {
    let reason = "MINIMUMS_EXCEED_HOST";
    let season = |seats: i32, first: i32, second: i32, must_open: bool| {
        format!(
            r#""hosts": [{{"host_id": "H", "max_seat_count": {seats}}}], "projects": [
            {{"project_id": "P", "host_id": "H", "min_seat_count": {first}, "must_open": {must_open}}},
            {{"project_id": "Q", "host_id": "H", "min_seat_count": {second}}}]"#
        )
    };
    let never = "project P never opens: its minimum is 3, and host H has 2";
    check(reason, &season(2, 3, 2, false), "", Warning, "instance.projects[0].min_seat_count", never);
    let not_all = "not all projects of host H can open: their minimums add up to 5, and it has 4";
    check(reason, &season(4, 3, 2, false), "", Info, "instance.hosts[0].max_seat_count", not_all);
    check_silent(reason, &season(5, 3, 2, false), "");
    // Minimums of 1 ask for nothing, and what has to open and can't is a contradiction.
    check_silent(reason, &season(1, 1, 1, false), "");
    check_silent(reason, &season(2, 3, 1, true), "");
}

#[test]
fn a_student_without_languages_is_told_where_a_project_or_program_requires_one() {
    let reason = "NO_LANGUAGE";
    let season = |language: &str, program: &str, held: &str| {
        format!(
            r#""programs": [{{"program_id": "G", "language_requirements": [{program}]}}], "projects": [
            {{"project_id": "P", "program_id": "G", "language_requirements": [{language}]}}],
            "students": [{{"student_id": "A", "languages": [{{"language": "ja"}}]}}, {{"student_id": "B", "languages": [{held}]}}]"#
        )
    };
    let (japanese, required) = (r#"{"language": "ja"}"#, r#"{"language": "ja", "required": true}"#);
    let message = "no language is listed, and 1 project requires one";
    check(reason, &season(required, "", ""), "", Warning, "instance.students[1].languages", message);
    check(reason, &season("", japanese, ""), "", Warning, "instance.students[1].languages", message);
    check_silent(reason, &season(required, "", japanese), "");
    check_silent(reason, &season(japanese, "", ""), "");
}

#[test]
fn a_waiver_that_expires_within_thirty_days_is_told() {
    let reason = "WAIVER_EXPIRES_SOON";
    let until = |day: &str| {
        format!(
            r#""students": [{{"student_id": "A"}}], "waivers": [{{"student_id": "A", "rule": "GPA", "expires_date": "{day}"}}]"#
        )
    };
    let today = r#""as_of_date": "2027-02-01""#;
    for day in ["2027-02-01", "2027-03-03"] {
        let message = format!("the waiver expires on {day}; a match after that day is without it");
        check(reason, &until(day), today, Info, "instance.waivers[0].expires_date", &message);
    }
    for day in ["2027-01-31", "2027-03-04"] {
        check_silent(reason, &until(day), today);
    }
}

#[test]
fn one_skill_at_two_levels_is_told_also_by_two_spellings_and_the_higher_counts() {
    let reason = "SKILL_AT_TWO_LEVELS";
    let skills = |skills: &str| {
        format!(
            r#""skill_aliases": [{{"skill": "JavaScript", "aliases": ["JS"]}}], "projects": [{{"project_id": "P",
            "skill_requirements": [{{"skill": "JavaScript", "min_level": 4, "required": true}}]}}],
            "students": [{{"student_id": "A"}}, {{"student_id": "B", "skills": [{skills}]}}]"#
        )
    };
    let message = "one skill is listed at two levels; the higher counts";
    for stated in [
        r#"{"skill": "JavaScript", "level": 2}, {"skill": "javascript", "level": 4}"#,
        r#"{"skill": "JS", "level": 4}, {"skill": "JavaScript", "level": 2}"#,
    ] {
        check(reason, &skills(stated), "", Warning, "instance.students[1].skills", message);
        let text = format!(r#"{{"instance": {{{}}}}}"#, skills(stated));
        assert_eq!(crate::support::solve(message_of(&text)).assignments.len(), 1, "{text}");
    }
    for stated in [
        r#"{"skill": "JS", "level": 2}, {"skill": "JavaScript", "level": 2}"#,
        r#"{"skill": "JS"}, {"skill": "JavaScript", "level": 2}"#,
        r#"{"skill": "Java", "level": 4}, {"skill": "JavaScript", "level": 2}"#,
    ] {
        check_silent(reason, &skills(stated), "");
    }
}

fn message_of(text: &str) -> pb::MatchRequest {
    message("MatchRequest", text)
}

#[test]
fn a_term_that_is_known_for_some_candidates_and_not_for_others_is_told() {
    let reason = "TERM_KNOWN_FOR_SOME";
    let season = |notes: &str, more: &str| {
        format!(
            r#""projects": [{{"project_id": "P"}}], "students": [{{"student_id": "A"}}, {{"student_id": "B"{more}}}],
            "pair_notes": [{notes}]"#
        )
    };
    let note =
        |student: &str, field: &str| format!(r#"{{"student_id": "{student}", "project_id": "P", "{field}": 0.4}}"#);
    for (field, what) in [("interview_rating", "an interview"), ("affinity", "an affinity")] {
        let at = format!("instance.pair_notes[0].{field}");
        let message =
            format!("{what} is known for 1 of 2 candidates for project P, and left out of the points of the others");
        let one = note("A", field);
        check(reason, &season(&one, ""), "", Warning, &at, &message);
        let both = [note("A", field), note("B", field)].join(", ");
        check_silent(reason, &season(&both, ""), "");
        // The other is no candidate, or the term has no weight.
        check_silent(reason, &season(&one, r#", "withdrawn": true"#), "");
        check_silent(reason, &season(&one, ""), r#""weights": {"interview": 0, "affinity": 0}"#);
    }
}

#[test]
fn values_that_nobody_has_are_told_of_funds_goals_and_weights_too() {
    let instance = r#""projects": [{"project_id": "P", "attributes": {"lab": "genetics"}}],
        "students": [{"student_id": "A", "major": "Biology"}],
        "funds": [{"fund_id": "Z", "place_count": 1}, {"fund_id": "F", "place_count": 1, "students": {"majors": ["Biolgy"]}}]"#;
    let policy = r#""goals": [{"kind": "PLACE_MOST", "students": {"majors": ["Biolgy"]}}],
        "quotas": [{"quota_id": "Q", "weights": [{"weight": 2, "projects": {"attributes": [{"name": "lab", "values": ["genetcis"]}]}}]}]"#;
    let text = format!(r#"{{"instance": {{{instance}}}, "policy": {{{policy}}}}}"#);
    let told = of_reason(&text, "UNKNOWN_VALUE");
    let fields: Vec<&str> = told.iter().map(|(_, field, _)| field.as_str()).collect();
    let expected = [
        "policy.quotas[0].weights[0].projects.attributes",
        "instance.funds[1].students.majors",
        "policy.goals[0].students.majors",
    ];
    assert_eq!(fields, expected);
    assert!(told[0].2.contains("\"genetcis\"") && told[0].2.contains("\"genetics\""), "{}", told[0].2);
}

#[test]
fn a_misspelt_skill_is_told_at_every_place_it_stands_and_a_strange_one_once() {
    let asks = |id: &str, skill: &str, required: bool| {
        format!(r#"{{"project_id": "{id}", "skill_requirements": [{{"skill": "{skill}", "required": {required}}}]}}"#)
    };
    let projects =
        [asks("P", "Pyhton", false), asks("Q", "Pyhton", true), asks("R", "Vulkan", false), asks("S", "Vulkan", false)];
    let strange = |required: bool| {
        let projects = [&projects[..], &[asks("T", "Vulkan", required)]].concat().join(", ");
        let student =
            |id: &str, skill: &str| format!(r#"{{"student_id": "{id}", "skills": [{{"skill": "{skill}"}}]}}"#);
        let students = [student("A", "Python"), student("B", "Pyhtonn"), student("C", "Pyhtonn")].join(", ");
        of_reason(
            &format!(r#"{{"instance": {{"projects": [{projects}], "students": [{students}]}}}}"#),
            "UNKNOWN_SKILL",
        )
    };
    let told = strange(false);
    let fields = |told: &[(Severity, String, String)], severity| -> Vec<String> {
        told.iter().filter(|found| found.0 == severity).map(|found| found.1.clone()).collect()
    };
    let projects_of = |places: &[usize]| -> Vec<String> {
        places.iter().map(|at| format!("instance.projects[{at}].skill_requirements")).collect()
    };
    assert_eq!(fields(&told, Warning), projects_of(&[0, 1]));
    let mut remarks = ["instance.students[0].skills", "instance.students[1].skills", "instance.students[2].skills"]
        .map(str::to_owned)
        .to_vec();
    remarks.extend(projects_of(&[2]));
    assert_eq!(fields(&told, Info), remarks);
    let strange_one = &told.last().expect("it is told").2;
    assert_eq!(
        strange_one,
        "no student holds \"Vulkan\", nor a name near it, and project R asks for it; 2 other projects too"
    );
    // Who requires what nobody holds gets nobody.
    assert_eq!(fields(&strange(true), Warning), projects_of(&[0, 1, 4]));
}
