//! An outcome written by hand, and what the office reads of it.

use super::*;
use wire::json;

const SEASON: &str = r#"{
  "instance": {
    "term": "2027-summer",
    "programs": [{"program_id": "EUROPE"}],
    "hosts": [
      {"host_id": "H2", "title": "Karlsruhe", "country_code": "DE", "max_seat_count": 1},
      {"host_id": "H1", "title": "Nantes", "country_code": "FR", "contact": "Dr. X"}
    ],
    "projects": [
      {"project_id": "P1", "host_id": "H1", "program_id": "EUROPE", "title": "Tides", "max_seat_count": 3},
      {"project_id": "P2", "host_id": "H1", "title": "Films", "country_code": "BE"},
      {"project_id": "P3", "host_id": "H1", "min_seat_count": 2},
      {"project_id": "P4", "host_id": "H2", "title": "Robots"},
      {"project_id": "P5", "host_id": "H2"},
      {"project_id": "P6", "skill_requirements": [{"skill": "C", "required": true}]},
      {"project_id": "P7", "max_seat_count": 0}
    ],
    "students": [
      {"student_id": "S1", "display_name": "=Ana", "attributes": {"email": "ana@example.org"}, "choices_only": true,
       "choices": [{"project_id": "P1"}, {"project_id": "P6"}]},
      {"student_id": "S2", "display_name": "Ben", "choices_only": true, "choices": [{"project_id": "P4"}]},
      {"student_id": "S3", "display_name": "Chi", "choices_only": true, "choices": [{"project_id": "P6"}]}
    ],
    "pair_notes": [{"student_id": "S1", "project_id": "P1", "offer_state": "EXTENDED"}],
    "previous_assignments": [{"student_id": "S1", "project_id": "P1"}]
  },
  "policy": {}
}"#;

const OUTCOME: &str = r#"{
  "status": "OPTIMAL",
  "assignments": [
    {"student_id": "S2", "project_id": "P4", "points": 900000, "choice_rank": 1, "host_rank": 2, "fund_id": "TRAVEL"},
    {"student_id": "S1", "project_id": "P1", "points": 700000}
  ],
  "unmatched": [{
    "student_id": "S3", "reason": "NOT_ACCEPTABLE", "sentence": "Told why.", "full_quota_ids": ["women"],
    "nearest_projects": [
      {"project_id": "P4", "verdict": "INELIGIBLE", "refusals": [{"rule": "SKILLS"}, {"rule": "SKILLS"}, {"rule": "GPA"}]},
      {"project_id": "P9", "verdict": "NEEDS_DATA",
       "refusals": [{"rule": "GPA", "verdict": "NEEDS_DATA", "observed": "the profile states no GPA"}]}
    ],
    "single_rules": [{"rule": "SKILLS", "project_count": 2, "waivable": true}, {"rule": "VETO", "project_count": 1}]
  }],
  "closed_projects": ["P3"],
  "empty_projects": [
    {"project_id": "P2", "reason": "NO_ELIGIBLE_STUDENT"}, {"project_id": "P3", "reason": "BELOW_MINIMUM"},
    {"project_id": "P5", "reason": "HOST_FULL"}, {"project_id": "P6", "reason": "NO_ELIGIBLE_STUDENT"},
    {"project_id": "P7", "reason": "NO_SEATS"}
  ],
  "goals": [{"kind": "PLACE_MOST", "value": "2", "bound": "2", "proven": true}],
  "summary": {"placed_count": 2, "unmatched_count": 1, "total_points": "1600000",
    "rank_histogram": [{"rank": 0, "student_count": 1}, {"rank": 1, "student_count": 1}],
    "programs": [{"key": "", "seat_count": "3", "placed_count": 1}, {"key": "EUROPE", "seat_count": "3", "placed_count": 1}]}
}"#;

fn season() -> (pb::Instance, pb::Policy) {
    let request: pb::MatchRequest = json::read("MatchRequest", SEASON.as_bytes()).expect("a request");
    (request.instance.unwrap_or_default(), request.policy.unwrap_or_default())
}

fn outcome(json: &str) -> pb::Outcome {
    json::read("Outcome", json.as_bytes()).expect("an outcome")
}

/// The rows of a table as a person sees them, ` | ` between the cells.
fn rows(tables: &[Table], name: &str) -> Vec<String> {
    let table = tables.iter().find(|table| table.name == name).expect("a table");
    let told = table.rows.iter().map(|row| {
        assert_eq!(row.len(), table.columns.len());
        row.iter().map(sheets::write::Content::shown).collect::<Vec<_>>().join(" | ")
    });
    told.collect()
}

fn exported(before: Option<&pb::Outcome>, shortlist: Option<&pb::ShortlistResponse>) -> Vec<Table> {
    let ((season, policy), outcome) = (season(), outcome(OUTCOME));
    export(&Export { season: &season, policy: &policy, outcome: &outcome, before, shortlist }).expect("tables")
}

#[test]
fn placements_tell_who_goes_where_and_what_changed_since_the_previous_matching() {
    let tables = exported(None, None);
    let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(names, ["placements", "unplaced", "open_seats", "hosts", "summary"]);
    let header: Vec<&str> = tables[0].columns.iter().map(|column| column.name.as_str()).collect();
    let expected = "student_id, name, email, project_id, project_title, host_id, host_title, country, program_id, points, \
                    choice_rank, host_rank, offer_state, fund_id, change_since_previous";
    assert_eq!(header.join(", "), expected);
    let expected = [
        "S1 | =Ana | ana@example.org | P1 | Tides | H1 | Nantes | FR | EUROPE | 700000 |  |  | EXTENDED |  | same",
        "S2 | Ben |  | P4 | Robots | H2 | Karlsruhe | DE |  | 900000 | 1 | 2 |  | TRAVEL | new",
    ];
    assert_eq!(rows(&tables, "placements"), expected);
}

#[test]
fn an_outcome_before_goes_ahead_of_the_seasons_previous_places_and_gives_the_changes() {
    let before = outcome(
        r#"{"assignments": [{"student_id": "S1", "project_id": "P2", "points": 5, "choice_rank": 3},
            {"student_id": "S3", "project_id": "P1"}]}"#,
    );
    let tables = exported(Some(&before), None);
    let changes: Vec<String> =
        rows(&tables, "placements").iter().filter_map(|row| Some(row.rsplit_once(" | ")?.1.to_owned())).collect();
    assert_eq!(changes, ["moved from P2", "new"]);
    let expected = [
        "S1 | =Ana | MOVED | P2 | Films | P1 | Tides | 5 | 700000 | 3 | ",
        "S2 | Ben | PLACED |  |  | P4 | Robots |  | 900000 |  | 1",
        "S3 | Chi | LOST | P1 | Tides |  |  | 0 |  |  | ",
    ];
    assert_eq!(rows(&tables, "changes"), expected);
}

#[test]
fn who_has_no_place_is_told_why_what_is_nearest_and_what_would_help() {
    let expected = "S3 | Chi | NOT_ACCEPTABLE | Told why. | Robots (P4): the skills rule and the GPA rule; P9: the GPA rule | \
                    A waiver of the skills rule would open 2 projects. \
                    What is not known may open P9: the profile states no GPA. \
                    A greater maximum of quota women would leave seats to take.";
    assert_eq!(rows(&exported(None, None), "unplaced"), [expected]);
}

#[test]
fn seats_that_are_left_are_told_with_the_reason_why_a_project_is_empty() {
    let expected = [
        "P1 | Tides | Nantes (H1) | 2 | ",
        "P2 | Films | Nantes (H1) | 1 | Nobody applied to Films (P2).",
        "P3 |  | Nantes (H1) | 2 | P3 stays closed: it opens with at least 2 students, and 0 students are eligible.",
        "P5 |  | Karlsruhe (H2) | 1 | P5 is empty: its host's other projects use the one seat of the host.",
        "P6 |  |  | 1 | 2 students applied to P6, and none of them may go there: the skills rule keeps out 2.",
    ];
    assert_eq!(rows(&exported(None, None), "open_seats"), expected);
}

#[test]
fn hosts_are_told_with_their_projects_and_students_and_whom_they_interview() {
    let shortlist: pb::ShortlistResponse = json::read(
        "ShortlistResponse",
        br#"{"interviews": [{"student_id": "S2", "project_id": "P4", "points": 9, "choice_rank": 1},
            {"student_id": "S1", "project_id": "P1", "points": 7}]}"#,
    )
    .expect("a shortlist");
    let tables = exported(None, Some(&shortlist));
    let expected = [
        "H1 | Nantes | FR | Dr. X | 6 | 1 | 5 | Tides (P1); Films (P2); P3 | =Ana (S1)",
        "H2 | Karlsruhe | DE |  | 1 | 1 | 0 | Robots (P4); P5 | Ben (S2)",
    ];
    assert_eq!(rows(&tables, "hosts"), expected);
    let expected = [
        "H1 | Nantes | P1 | Tides | S1 | =Ana | ana@example.org | 7 | ",
        "H2 | Karlsruhe | P4 | Robots | S2 | Ben |  | 9 | 1",
    ];
    assert_eq!(rows(&tables, "interviews"), expected);
}

#[test]
fn the_summary_holds_the_totals_of_the_outcome() {
    let expected = [
        "season | term | 2027-summer |  | ",
        "outcome | status | OPTIMAL |  | ",
        "students | placed | 2 | 3 | ",
        "students | without a place | 1 | 3 | ",
        "points | total | 1600000 |  | ",
        "seats | filled | 2 | 8 | ",
        "choice rank | no choice | 1 | 3 | ",
        "choice rank | 1 | 1 | 3 | ",
        "program | none | 1 | 3 | ",
        "program | EUROPE | 1 | 3 | ",
        "goal | PLACE_MOST | 2 | 2 | proven",
    ];
    assert_eq!(rows(&exported(None, None), "summary"), expected);
}

#[test]
fn an_outcome_without_a_matching_leaves_no_seats_over_and_says_what_stands_against_it() {
    let (season, policy) = season();
    let none = outcome(
        r#"{"status": "INFEASIBLE", "conflicts": [{"rows": [{"kind": "PIN", "sentence": "A pin."}]}],
            "relaxations": [{"edits": [{"kind": "REMOVE_PIN", "sentence": "Remove it."}]}]}"#,
    );
    let export = |outcome| Export { season: &season, policy: &policy, outcome, before: None, shortlist: None };
    let tables = super::export(&export(&none)).expect("tables");
    assert_eq!([rows(&tables, "placements").len(), rows(&tables, "open_seats").len()], [0, 0]);
    assert_eq!(
        rows(&tables, "summary")[2..],
        ["conflict | PIN | A pin. |  | ", "what would help | REMOVE_PIN | Remove it. |  | "]
    );
}

#[test]
fn a_season_that_can_not_be_read_is_told_with_every_fault() {
    let (mut season, policy) = season();
    season.students[0].student_id.clear();
    season.projects[0].host_id = "H9".to_owned();
    let outcome = outcome(OUTCOME);
    let of = Export { season: &season, policy: &policy, outcome: &outcome, before: None, shortlist: None };
    let faults = export(&of).expect_err("faults");
    let told: Vec<&str> = faults.iter().map(|fault| fault.code.reason).collect();
    // The student whose id is gone is named in two other places.
    assert_eq!(told, ["MISSING_ID", "UNKNOWN_ID", "UNKNOWN_ID", "UNKNOWN_ID"]);
}

#[test]
fn placements_as_csv_are_neutralised_and_begin_with_a_byte_order_mark() {
    let files = crate::csv_files(&exported(None, None));
    let (name, bytes) = &files[0];
    let text = String::from_utf8(bytes.clone()).expect("text");
    assert_eq!(name, "placements.csv");
    assert!(
        text.starts_with("\u{feff}student_id,name,") && text.contains("\r\nS1,'=Ana,ana@example.org,P1,"),
        "{text}"
    );
}
