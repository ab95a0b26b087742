//! A season in which every column says something, and the tables that it becomes.

use super::*;
use crate::columns::TABLES;
use wire::json;

pub(crate) const SEASON: &str = r#"{
  "instance": {
    "programs": [{
      "program_id": "EUROPE", "title": "Europe", "country_codes": ["DE", "FR"], "min_gpa": 4,
      "language_requirements": [{"language": "en", "min_level": "B2"}, {"language": "de", "required": false}],
      "required_courses": ["18.06", "a;b"], "exempt_study_levels": ["DOCTORAL", "MASTERS"], "requires_approval": true,
      "suspended": true, "suspended_reason": "advice", "min_weeks": 0, "min_hours_per_week": 30.5, "manager": "Max"
    }],
    "hosts": [{
      "host_id": "H1", "title": "Host", "country_code": "DE", "max_seat_count": 0, "withdrawn": true,
      "withdrawn_reason": "closed", "alumni": true, "contact": "Dr. Y"
    }, {"host_id": "H2"}],
    "projects": [{
      "project_id": "P1", "host_id": "H1", "program_id": "EUROPE", "title": "Tides", "country_code": "FR", "min_seat_count": 2,
      "max_seat_count": 3, "must_open": true, "ranked_only": true, "start_date": "2027-06-01", "end_date": "2027-08-31",
      "skill_requirements": [
        {"skill": "Python", "min_level": 2, "required": true}, {"skill": "C", "weight": 0.5}, {"skill": "x:y", "min_level": 1}
      ],
      "language_requirements": [{"language": "en", "min_level": "B1", "required": true, "weight": 2}, {"language": "fr"}],
      "hours_per_week": 37.5, "study_levels": ["UNDERGRADUATE", "MASTERS"], "supervisor": "Dr. X", "workspace_confirmed": false,
      "sponsors_work_authorization": true, "stipend": {"amount": 2500, "currency_code": "EUR"},
      "hourly_pay": {"amount": 15.5, "currency_code": "USD"}, "attributes": {"new": "yes", "email": "not a student's"},
      "student_ranks": [{"student_id": "S2"}, {"student_id": "S1", "rank": 7}]
    }, {"project_id": "P2", "min_seat_count": 2}],
    "students": [{
      "student_id": "S1", "display_name": "Ana", "study_level": "MASTERS", "class_year": 3, "major": "6-3", "gpa": 4.5,
      "skills": [{"skill": "C++", "level": 3}, {"skill": "C"}], "courses": ["Physics, 1"], "citizenships": ["US", "JP"],
      "languages": [{"language": "ja", "semesters": 4, "evidence": "from: the \"Amt\""}, {"language": "en", "level": "NATIVE"}],
      "available_from": "2027-06-01", "available_until": "2027-08-31", "missing_materials": ["transcript"],
      "approved_program_ids": ["EUROPE"], "must_place": true, "choices_only": true, "withdrawn": true,
      "work_authorization": {"required": true, "granted": true, "requested_date": "2027-01-02", "lead_time_days": 60},
      "attributes": {"email": "ana@example.org", "club": "=1"},
      "choices": [{"project_id": "P1"}, {"host_id": "H1", "rank": 4}, {"program_id": "EUROPE"}, {"country_code": "DE"}],
      "vetoes": [{"project_id": "P2"}, {"host_id": "H1"}, {"program_id": "EUROPE"}, {"country_code": "GB"}]
    }, {"student_id": "S2"}],
    "pair_notes": [
      {"student_id": "S1", "project_id": "P1", "pinned": true, "reason": "pinned", "interview_rating": 0.5, "affinity": 1},
      {"student_id": "S1", "project_id": "P2", "offer_state": "DECLINED", "reason": "moved away"},
      {"student_id": "S2", "project_id": "P2", "offer_state": "DRAFT", "forbidden": true, "reason": "forbidden"}
    ],
    "waivers": [
      {"student_id": "S1", "rule": "GPA", "project_id": "P1", "reason": "why", "granted_by": "Max", "expires_date": "2027-05-01"},
      {"student_id": "S1", "rule": "GPA", "host_id": "H1"}, {"student_id": "S1", "rule": "GPA", "program_id": "EUROPE"},
      {"student_id": "S1", "rule": "GPA", "country_code": "DE"}, {"student_id": "S2", "rule": "DATES"}
    ],
    "links": [{"student_ids": ["S1", "S2"], "kind": "SAME_HOST", "placed_together": false}],
    "funds": [{
      "fund_id": "TRAVEL", "title": "Travel", "amount": {"amount": 20000, "currency_code": "USD"}, "cost_per_placement": 2500,
      "place_count": 8,
      "students": {"student_ids": ["S1"], "study_levels": ["MASTERS"], "class_years": [3, 4], "majors": ["6-3"],
        "citizenships": ["US"], "attributes": [{"name": "club", "values": ["=1", "a|b"]}]},
      "projects": {"project_ids": ["P1"], "host_ids": ["H1"], "program_ids": ["EUROPE"], "country_codes": ["FR"],
        "attributes": [{"name": "new", "values": ["yes"]}]}
    }],
    "previous_assignments": [{"student_id": "S1", "project_id": "P1"}],
    "skill_aliases": [{"skill": "C++", "aliases": ["cpp", "c plus plus"]}],
    "suspended_country_codes": ["AQ"]
  },
  "policy": {"quotas": [
    {"quota_id": "Q", "title": "Quota", "min_count": "1", "max_count": "2", "penalty_points": 5,
      "students": {"student_ids": ["S1"], "study_levels": ["MASTERS"], "class_years": [3], "majors": ["6-3"],
        "citizenships": ["US"], "attributes": [{"name": "club", "values": ["x"]}]},
      "projects": {"project_ids": ["P1"], "host_ids": ["H1"], "program_ids": ["EUROPE"], "country_codes": ["FR"],
        "attributes": [{"name": "new", "values": ["yes"]}]}},
    {"quota_id": "WEIGHED", "max_count": "2", "weights": [{"weight": 2}]}
  ]}
}"#;

fn tables() -> Vec<Table> {
    let request: pb::MatchRequest = json::read("MatchRequest", SEASON.as_bytes()).expect("a request");
    of_season(&request.instance.unwrap_or_default(), &request.policy.unwrap_or_default().quotas)
}

/// The cells of a column as a person sees them.
fn cells(table: &str, column: &str) -> Vec<String> {
    let tables = tables();
    let table = tables.iter().find(|found| found.name == table).expect("a table");
    let at = table.columns.iter().position(|found| found.name == column).expect("a column");
    table.rows.iter().map(|row| row[at].shown()).collect()
}

/// Columns of which a season holds nothing.
const NOT_HELD: [(&str, &str); 4] =
    [("students", "country_preferences"), ("vetoes", "reason"), ("offers", "date"), ("offers", "after_decline")];

#[test]
fn every_column_that_a_season_has_a_field_for_is_written() {
    let tables = tables();
    for known in TABLES {
        let table = tables.iter().find(|table| table.name == known.name).expect("a table");
        for column in known.columns {
            let at = table.columns.iter().position(|written| written.name == column.name);
            let is_filled = at.is_some_and(|at| table.rows.iter().any(|row| row[at] != Content::Blank));
            let is_held = !NOT_HELD.contains(&(known.name, column.name));
            assert_eq!(is_filled, is_held, "{}.{}", known.name, column.name);
        }
    }
}

#[test]
fn lists_and_parts_are_written_by_the_grammar_of_cells() {
    let checked = [
        ("students", "skills", "C++:3;C"),
        ("students", "languages", "ja:4 semesters;en:NATIVE"),
        ("students", "language_evidence", "ja:\"from: the \"\"Amt\"\"\""),
        ("students", "citizenships", "US;JP"),
        ("students", "attribute:club", "=1"),
        ("projects", "required_skills", "Python:2"),
        ("projects", "desired_skills", "C::0.5;\"x:y\":1:1"),
        ("projects", "languages", "en:B1:2"),
        ("projects", "desired_languages", "fr:any"),
        ("projects", "stipend", "2500 EUR"),
        ("projects", "attribute:email", "not a student's"),
        ("programs", "languages", "en:B2"),
        ("programs", "desired_languages", "de:any"),
        ("programs", "required_courses", "18.06;\"a;b\""),
        ("programs", "exempt_study_levels", "DOCTORAL;MASTERS"),
        ("funds", "student_attributes", "club=\"=1\"|\"a|b\""),
        ("funds", "class_years", "3;4"),
        ("skills", "aliases", "cpp;c plus plus"),
    ];
    for (table, column, expected) in checked {
        assert_eq!(cells(table, column)[0], expected, "{table}.{column}");
    }
}

#[test]
fn what_is_not_stated_stays_blank_and_what_a_blank_would_leave_open_is_written() {
    assert_eq!(cells("projects", "max_seats"), ["3", "2"], "an unset maximum is what it means where others are stated");
    assert_eq!(cells("projects", "workspace_confirmed"), ["false", ""]);
    assert_eq!(cells("hosts", "max_seats"), ["0", "no limit"]);
    assert_eq!(cells("students", "needs_work_authorization"), ["true", ""]);
    assert_eq!(cells("students", "withdrawn"), ["true", "false"]);
    assert_eq!(cells("choices", "rank"), ["1", "4", "3", "4"], "an unset rank is the place in the list");
    assert_eq!(cells("host_ranks", "rank"), ["1", "7"]);
    assert_eq!(cells("quotas", "quota_id"), ["Q"], "no column holds what placements weigh");
}

#[test]
fn an_offer_is_told_apart_from_other_facts_of_its_pair() {
    assert_eq!(cells("pair_notes", "reason"), ["pinned", "forbidden"]);
    assert_eq!(cells("offers", "state"), ["DECLINED", "DRAFT"]);
    assert_eq!(cells("offers", "reason"), ["moved away", ""]);
}

#[test]
fn tables_without_rows_are_left_out_but_for_students_and_projects() {
    let names: Vec<String> = of_season(&pb::Instance::default(), &[]).into_iter().map(|table| table.name).collect();
    assert_eq!(names, ["students", "projects"]);
}
