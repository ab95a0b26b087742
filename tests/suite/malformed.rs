//! Malformed requests: each has one fault, and gets its code and its field path from `Validate` and from `Match` alike.

use calls::CallError;
use wire::pb;
use wire::{SizeLimits, read_request};

use crate::support::{caller, match_request, message, solver, validate};

/// The faults of a request, as (reason, field).
fn faults(text: &str) -> Vec<(String, String)> {
    let request = match_request(text);
    let Err(CallError::Malformed(refused)) = calls::solve(request, &caller(), &solver()) else {
        panic!("Match takes it: {text}");
    };
    let refused: Vec<(String, String)> =
        refused.findings().iter().map(|f| (f.code.reason.to_owned(), f.field.clone())).collect();
    let told = validate(message("ValidateRequest", text));
    assert!(told.market.is_none());
    let errors = told.findings.iter().map(|f| (f.reason.clone(), f.field.clone()));
    assert_eq!(errors.collect::<Vec<_>>(), refused, "Validate and Match differ: {text}");
    assert!(told.findings.iter().all(|f| !f.message.is_empty() && !f.remedy.is_empty() && f.code.starts_with('M')));
    refused
}

fn check(text: &str, reason: &str, field: &str) {
    assert_eq!(faults(text), [(reason.to_owned(), field.to_owned())], "{text}");
}

/// The instance in which each case plants its fault, as rows of JSON.
struct Rows<'a> {
    program: &'a str,
    host: &'a str,
    project: &'a str,
    student: &'a str,
    note: &'a str,
    more: &'a str,
    policy: &'a str,
}

const SOUND: Rows = Rows { program: "", host: "", project: "", student: "", note: "", more: "", policy: "" };

impl Rows<'_> {
    fn text(&self) -> String {
        let with = |fields: &str| if fields.is_empty() { String::new() } else { format!(", {fields}") };
        let note = if self.note.is_empty() {
            String::new()
        } else {
            format!(r#", "pair_notes": [{{"student_id": "S", "project_id": "P", {}}}]"#, self.note)
        };
        format!(
            r#"{{"instance": {{
                "programs": [{{"program_id": "G"{}}}],
                "hosts": [{{"host_id": "H"{}}}],
                "projects": [{{"project_id": "P", "host_id": "H", "program_id": "G"{}}}],
                "students": [{{"student_id": "S"{}}}]{note}{}}}, "policy": {{{}}}}}"#,
            with(self.program),
            with(self.host),
            with(self.project),
            with(self.student),
            with(self.more),
            self.policy
        )
    }
}

/// A case: what is planted, the reason, and the field.
type Planted<'a> = (String, &'a str, String);

fn each(rows: impl Fn(&str) -> String, prefix: &str, cases: &[Planted]) -> usize {
    for (planted, reason, field) in cases {
        check(&rows(planted), reason, &format!("{prefix}{field}"));
    }
    cases.len()
}

fn planted<'a>(cases: &[(&str, &'a str, &str)]) -> Vec<Planted<'a>> {
    cases.iter().map(|&(text, reason, field)| (text.to_owned(), reason, field.to_owned())).collect()
}

#[test]
fn the_sound_request_has_no_fault() {
    let response = calls::solve(match_request(&SOUND.text()), &caller(), &solver());
    assert!(response.is_ok(), "{response:?}");
}

#[test]
fn two_hundred_malformed_requests_each_get_their_code_and_field_path() {
    let long_name = "x".repeat(201);
    let long_text = "x".repeat(2_001);
    let mut count = 0;

    let numbers = |field: &str, below: &str, above: &str| -> Vec<Planted<'static>> {
        let case = |value: &str, reason| (format!(r#""{field}": {value}"#), reason, field.to_owned());
        vec![
            case(below, "OUT_OF_RANGE"),
            case(above, "OUT_OF_RANGE"),
            case(r#""NaN""#, "NOT_A_NUMBER"),
            case(r#""Infinity""#, "NOT_A_NUMBER"),
            case(r#""-Infinity""#, "NOT_A_NUMBER"),
        ]
    };
    let wholes = |field: &str, below: i64, above: i64| -> Vec<Planted<'static>> {
        [below, above, -2_147_483_648, 2_147_483_647]
            .into_iter()
            .map(|value| (format!(r#""{field}": {value}"#), "OUT_OF_RANGE", field.to_owned()))
            .collect()
    };
    let dates = |field: &str| -> Vec<Planted<'static>> {
        ["06/01/2027", "2027-6-1", "2027-02-30", "tomorrow", "2027-06-01T00:00:00Z", " 2027-06-01", "+002027-06-01"]
            .into_iter()
            .map(|value| (format!(r#""{field}": "{value}""#), "MALFORMED_DATE", field.to_owned()))
            .collect()
    };
    let texts = |field: &str, long: &str| -> Vec<Planted<'static>> {
        vec![
            (format!(r#""{field}": "{long}""#), "TEXT_TOO_LONG", field.to_owned()),
            (format!(r#""{field}": "a\u0007b""#), "CONTROL_CHARACTER", field.to_owned()),
        ]
    };
    let countries = |field: &str| -> Vec<Planted<'static>> {
        ["UK", "JPN", "J", "ZZ", "日本"]
            .into_iter()
            .map(|value| (format!(r#""{field}": "{value}""#), "UNKNOWN_COUNTRY", field.to_owned()))
            .collect()
    };

    // Students.
    let student = |planted: &str| Rows { student: planted, ..SOUND }.text();
    let at = "instance.students[0].";
    for cases in [
        numbers("gpa", "-0.1", "5.01"),
        wholes("class_year", -1, 21),
        dates("available_from"),
        dates("available_until"),
        texts("display_name", &long_name),
        texts("major", &long_name),
        planted(&[
            (r#""available_from": "2027-08-01", "available_until": "2027-06-01""#, "REVERSED_DATES", "available_until"),
            (r#""study_level": 4"#, "UNKNOWN_ENUM_VALUE", "study_level"),
            (r#""study_level": -1"#, "UNKNOWN_ENUM_VALUE", "study_level"),
            (r#""skills": [{"skill": ""}]"#, "EMPTY_NAME", "skills[0].skill"),
            (r#""skills": [{"level": 3}]"#, "EMPTY_NAME", "skills[0].skill"),
            (r#""skills": [{"skill": "ok"}, {"skill": "--"}]"#, "EMPTY_NAME", "skills[1].skill"),
            (r#""skills": [{"skill": "ok", "level": 6}]"#, "UNKNOWN_ENUM_VALUE", "skills[0].level"),
            (r#""languages": [{"language": "jp"}]"#, "UNKNOWN_LANGUAGE", "languages[0].language"),
            (r#""languages": [{"language": ""}]"#, "UNKNOWN_LANGUAGE", "languages[0].language"),
            (r#""languages": [{"language": "english"}]"#, "UNKNOWN_LANGUAGE", "languages[0].language"),
            (r#""languages": [{"language": "en", "level": 8}]"#, "UNKNOWN_ENUM_VALUE", "languages[0].level"),
            (r#""languages": [{"language": "en", "semesters": -1}]"#, "OUT_OF_RANGE", "languages[0].semesters"),
            (r#""languages": [{"language": "en", "semesters": 41}]"#, "OUT_OF_RANGE", "languages[0].semesters"),
            (r#""choices": [{"rank": 1}]"#, "MISSING_TARGET", "choices[0]"),
            (r#""choices": [{"rank": 0, "project_id": "P"}]"#, "OUT_OF_RANGE", "choices[0].rank"),
            (r#""choices": [{"rank": -1, "project_id": "P"}]"#, "OUT_OF_RANGE", "choices[0].rank"),
            (r#""choices": [{"rank": 10001, "project_id": "P"}]"#, "OUT_OF_RANGE", "choices[0].rank"),
            (r#""choices": [{"rank": 1, "project_id": "P9"}]"#, "UNKNOWN_ID", "choices[0].project_id"),
            (r#""choices": [{"rank": 1, "project_id": ""}]"#, "MISSING_ID", "choices[0].project_id"),
            (r#""choices": [{"rank": 1, "host_id": "H9"}]"#, "UNKNOWN_ID", "choices[0].host_id"),
            (r#""choices": [{"rank": 1, "program_id": "G9"}]"#, "UNKNOWN_ID", "choices[0].program_id"),
            (r#""choices": [{"rank": 1, "country_code": "XX"}]"#, "UNKNOWN_COUNTRY", "choices[0].country_code"),
            (r#""choices": [{"rank": 1, "country_code": ""}]"#, "UNKNOWN_COUNTRY", "choices[0].country_code"),
            (r#""choices": [{"project_id": "P"}, {"project_id": "P"}]"#, "DUPLICATE_ENTRY", "choices[1]"),
            (r#""choices": [{"host_id": "H"}, {"host_id": "H"}]"#, "DUPLICATE_ENTRY", "choices[1]"),
            (r#""choices": [{"country_code": "JP"}, {"country_code": "jp"}]"#, "DUPLICATE_ENTRY", "choices[1]"),
            (r#""vetoes": [{}]"#, "MISSING_TARGET", "vetoes[0]"),
            (r#""vetoes": [{"project_id": "P9"}]"#, "UNKNOWN_ID", "vetoes[0].project_id"),
            (r#""vetoes": [{"host_id": "H9"}]"#, "UNKNOWN_ID", "vetoes[0].host_id"),
            (r#""vetoes": [{"program_id": "G9"}]"#, "UNKNOWN_ID", "vetoes[0].program_id"),
            (r#""vetoes": [{"country_code": "XX"}]"#, "UNKNOWN_COUNTRY", "vetoes[0].country_code"),
            (r#""vetoes": [{"program_id": "G"}, {"program_id": "G"}]"#, "DUPLICATE_ENTRY", "vetoes[1]"),
            (r#""courses": ["6.1", " "]"#, "EMPTY_NAME", "courses[1]"),
            (r#""missing_materials": [""]"#, "EMPTY_NAME", "missing_materials[0]"),
            (r#""approved_program_ids": ["G", "G9"]"#, "UNKNOWN_ID", "approved_program_ids[1]"),
            (r#""approved_program_ids": [""]"#, "MISSING_ID", "approved_program_ids[0]"),
            (r#""citizenships": ["US", "England"]"#, "UNKNOWN_COUNTRY", "citizenships[1]"),
            (r#""citizenships": [""]"#, "UNKNOWN_COUNTRY", "citizenships[0]"),
            (
                r#""work_authorization": {"requested_date": "soon"}"#,
                "MALFORMED_DATE",
                "work_authorization.requested_date",
            ),
            (r#""work_authorization": {"lead_time_days": -1}"#, "OUT_OF_RANGE", "work_authorization.lead_time_days"),
            (r#""work_authorization": {"lead_time_days": 3651}"#, "OUT_OF_RANGE", "work_authorization.lead_time_days"),
        ]),
    ] {
        count += each(student, at, &cases);
    }
    let evidence = format!(r#""languages": [{{"language": "en", "evidence": "{long_text}"}}]"#);
    check(&student(&evidence), "TEXT_TOO_LONG", "instance.students[0].languages[0].evidence");

    // Projects.
    let project = |planted: &str| Rows { project: planted, ..SOUND }.text();
    let at = "instance.projects[0].";
    for cases in [
        numbers("hours_per_week", "-1", "168.5"),
        wholes("min_seat_count", -1, 100_001),
        wholes("max_seat_count", -1, 100_001),
        dates("start_date"),
        dates("end_date"),
        texts("title", &long_name),
        texts("supervisor", &long_name),
        countries("country_code"),
        planted(&[
            (r#""start_date": "2027-08-01", "end_date": "2027-07-31""#, "REVERSED_DATES", "end_date"),
            (r#""study_levels": ["UNDERGRADUATE", 7]"#, "UNKNOWN_ENUM_VALUE", "study_levels[1]"),
            (r#""study_levels": [0]"#, "UNKNOWN_ENUM_VALUE", "study_levels[0]"),
            (r#""skill_requirements": [{"skill": "."}]"#, "EMPTY_NAME", "skill_requirements[0].skill"),
            (
                r#""skill_requirements": [{"skill": "A", "min_level": 9}]"#,
                "UNKNOWN_ENUM_VALUE",
                "skill_requirements[0].min_level",
            ),
            (r#""skill_requirements": [{"skill": "A", "weight": -1}]"#, "OUT_OF_RANGE", "skill_requirements[0].weight"),
            (
                r#""skill_requirements": [{"skill": "A", "weight": 1000001}]"#,
                "OUT_OF_RANGE",
                "skill_requirements[0].weight",
            ),
            (
                r#""skill_requirements": [{"skill": "A", "weight": "NaN"}]"#,
                "NOT_A_NUMBER",
                "skill_requirements[0].weight",
            ),
            (
                r#""language_requirements": [{"language": "xx"}]"#,
                "UNKNOWN_LANGUAGE",
                "language_requirements[0].language",
            ),
            (
                r#""language_requirements": [{"language": "ja", "min_level": 8}]"#,
                "UNKNOWN_ENUM_VALUE",
                "language_requirements[0].min_level",
            ),
            (
                r#""language_requirements": [{"language": "ja", "weight": "Infinity"}]"#,
                "NOT_A_NUMBER",
                "language_requirements[0].weight",
            ),
            (r#""student_ranks": [{"student_id": "S9"}]"#, "UNKNOWN_ID", "student_ranks[0].student_id"),
            (r#""student_ranks": [{"rank": 1}]"#, "MISSING_ID", "student_ranks[0].student_id"),
            (r#""student_ranks": [{"student_id": "S", "rank": 0}]"#, "OUT_OF_RANGE", "student_ranks[0].rank"),
            (r#""student_ranks": [{"student_id": "S", "rank": 10001}]"#, "OUT_OF_RANGE", "student_ranks[0].rank"),
            (r#""student_ranks": [{"student_id": "S"}, {"student_id": "S"}]"#, "DUPLICATE_ENTRY", "student_ranks[1]"),
        ]),
    ] {
        count += each(project, at, &cases);
    }

    // Programs and hosts.
    let program = |planted: &str| Rows { program: planted, ..SOUND }.text();
    for cases in [
        numbers("min_gpa", "-0.1", "5.1"),
        numbers("min_hours_per_week", "-0.1", "168.1"),
        wholes("min_weeks", -1, 521),
        texts("title", &long_name),
        texts("suspended_reason", &long_text),
        planted(&[
            (r#""country_codes": ["JP", "XX"]"#, "UNKNOWN_COUNTRY", "country_codes[1]"),
            (r#""required_courses": [""]"#, "EMPTY_NAME", "required_courses[0]"),
            (r#""exempt_study_levels": [9]"#, "UNKNOWN_ENUM_VALUE", "exempt_study_levels[0]"),
            (
                r#""language_requirements": [{"language": "klingon"}]"#,
                "UNKNOWN_LANGUAGE",
                "language_requirements[0].language",
            ),
        ]),
    ] {
        count += each(program, "instance.programs[0].", &cases);
    }
    let host = |planted: &str| Rows { host: planted, ..SOUND }.text();
    for cases in [wholes("max_seat_count", -1, 100_001), texts("title", &long_name), countries("country_code")] {
        count += each(host, "instance.hosts[0].", &cases);
    }

    // Notes.
    let note = |planted: &str| Rows { note: planted, ..SOUND }.text();
    for cases in
        [numbers("interview_rating", "-0.1", "1.1"), numbers("affinity", "-0.000001", "2"), texts("reason", &long_text)]
    {
        count += each(note, "instance.pair_notes[0].", &cases);
    }
    let notes = |planted: &str| Rows { more: &format!(r#""pair_notes": [{planted}]"#), ..SOUND }.text();
    count += each(
        notes,
        "instance.pair_notes",
        &planted(&[
            (r#"{"student_id": "S9", "project_id": "P"}"#, "UNKNOWN_ID", "[0].student_id"),
            (r#"{"student_id": "S", "project_id": "P9"}"#, "UNKNOWN_ID", "[0].project_id"),
            (r#"{"project_id": "P"}"#, "MISSING_ID", "[0].student_id"),
            (r#"{"student_id": "S"}"#, "MISSING_ID", "[0].project_id"),
            (
                r#"{"student_id": "S", "project_id": "P"}, {"student_id": "S", "project_id": "P"}"#,
                "DUPLICATE_ENTRY",
                "[1]",
            ),
        ]),
    );

    // The instance itself.
    let more = |planted: &str| Rows { more: planted, ..SOUND }.text();
    for cases in [
        texts("term", &long_name),
        planted(&[
            (r#""skill_aliases": [{"skill": ""}]"#, "EMPTY_NAME", "skill_aliases[0].skill"),
            (r#""skill_aliases": [{"skill": "A", "aliases": ["-"]}]"#, "EMPTY_NAME", "skill_aliases[0].aliases[0]"),
            (
                r#""skill_aliases": [{"skill": "A", "aliases": ["c"]}, {"skill": "B", "aliases": ["C"]}]"#,
                "DUPLICATE_ENTRY",
                "skill_aliases[1].aliases[0]",
            ),
            (r#""skill_aliases": [{"skill": "A"}, {"skill": "a"}]"#, "DUPLICATE_ENTRY", "skill_aliases[1].skill"),
        ]),
    ] {
        count += each(more, "instance.", &cases);
    }
    for (list, field) in
        [("programs", "program_id"), ("hosts", "host_id"), ("projects", "project_id"), ("students", "student_id")]
    {
        let long_id = "i".repeat(65);
        for (id, reason) in [
            (r#""""#.to_owned(), "MISSING_ID"),
            (r#"" A""#.to_owned(), "MALFORMED_ID"),
            (r#""A ""#.to_owned(), "MALFORMED_ID"),
            (r#""A\nB""#.to_owned(), "MALFORMED_ID"),
            (r#""A\u0000""#.to_owned(), "MALFORMED_ID"),
            (r#""A\u200b""#.to_owned(), "MALFORMED_ID"),
            (format!(r#""{long_id}""#), "MALFORMED_ID"),
        ] {
            let text = format!(r#"{{"instance": {{"{list}": [{{"{field}": "ok"}}, {{"{field}": {id}}}]}}}}"#);
            check(&text, reason, &format!("instance.{list}[1].{field}"));
            count += 1;
        }
        let text =
            format!(r#"{{"instance": {{"{list}": [{{"{field}": "A"}}, {{"{field}": "B"}}, {{"{field}": "A"}}]}}}}"#);
        check(&text, "DUPLICATE_ID", &format!("instance.{list}[2].{field}"));
        count += 1;
    }
    for (text, reason, field) in [
        ("{}", "MISSING_INSTANCE", "instance"),
        (r#"{"policy": {}}"#, "MISSING_INSTANCE", "instance"),
        (
            r#"{"instance": {"projects": [{"project_id": "P", "host_id": "H9"}]}}"#,
            "UNKNOWN_ID",
            "instance.projects[0].host_id",
        ),
        (
            r#"{"instance": {"projects": [{"project_id": "P", "program_id": "G9"}]}}"#,
            "UNKNOWN_ID",
            "instance.projects[0].program_id",
        ),
    ] {
        check(text, reason, field);
        count += 1;
    }

    // The policy.
    let policy = |planted: &str| Rows { policy: planted, ..SOUND }.text();
    for cases in [
        wholes("rank_scale", 0, 10_001),
        wholes("min_weeks", -1, 521),
        numbers("min_hours_per_week", "-1", "169"),
        planted(&[
            (r#""weights": {"skills": -1}"#, "OUT_OF_RANGE", "weights.skills"),
            (r#""weights": {"language": 1e7}"#, "OUT_OF_RANGE", "weights.language"),
            (r#""weights": {"preference": "NaN"}"#, "NOT_A_NUMBER", "weights.preference"),
            (r#""weights": {"host_rank": "Infinity"}"#, "NOT_A_NUMBER", "weights.host_rank"),
            (r#""weights": {"interview": -0.5}"#, "OUT_OF_RANGE", "weights.interview"),
            (r#""weights": {"affinity": "-Infinity"}"#, "NOT_A_NUMBER", "weights.affinity"),
            (r#""goals": [{}]"#, "UNKNOWN_ENUM_VALUE", "goals[0].kind"),
            (r#""goals": [{"kind": 99}]"#, "UNKNOWN_ENUM_VALUE", "goals[0].kind"),
            (r#""goals": [{"kind": "PLACE_MOST", "tolerance": -1}]"#, "OUT_OF_RANGE", "goals[0].tolerance"),
            (
                r#""goals": [{"kind": "TOTAL_POINTS", "tolerance": "9223372036854775807"}]"#,
                "OUT_OF_RANGE",
                "goals[0].tolerance",
            ),
            (r#""goals": [{"kind": "GENEROUS", "tolerance": 1}]"#, "TOLERANCE_ON_PROFILE", "goals[0].tolerance"),
            (r#""goals": [{"kind": "RANK_MAXIMAL", "tolerance": 9}]"#, "TOLERANCE_ON_PROFILE", "goals[0].tolerance"),
            (r#""goals": [{"kind": "PLACE_MOST"}, {"kind": "PLACE_MOST"}]"#, "DUPLICATE_GOAL", "goals[1].kind"),
            (r#""limits": {"time_limit": "0s"}"#, "OUT_OF_RANGE", "limits.time_limit"),
            (r#""limits": {"time_limit": "-1s"}"#, "OUT_OF_RANGE", "limits.time_limit"),
            (r#""limits": {"time_limit": "3600.1s"}"#, "OUT_OF_RANGE", "limits.time_limit"),
            (r#""limits": {"relative_gap": -0.1}"#, "OUT_OF_RANGE", "limits.relative_gap"),
            (r#""limits": {"relative_gap": 1.1}"#, "OUT_OF_RANGE", "limits.relative_gap"),
            (r#""limits": {"relative_gap": "NaN"}"#, "NOT_A_NUMBER", "limits.relative_gap"),
            (r#""required_data": [0]"#, "UNKNOWN_ENUM_VALUE", "required_data[0]"),
            (r#""required_data": ["GPA", 77]"#, "UNKNOWN_ENUM_VALUE", "required_data[1]"),
            (r#""semester_levels": [{"semesters": 4}]"#, "UNKNOWN_ENUM_VALUE", "semester_levels[0].level"),
            (
                r#""semester_levels": [{"semesters": -1, "level": "A1"}]"#,
                "OUT_OF_RANGE",
                "semester_levels[0].semesters",
            ),
            (
                r#""semester_levels": [{"semesters": 4, "level": "B1"}, {"semesters": 4, "level": "B2"}]"#,
                "SEMESTERS_NOT_INCREASING",
                "semester_levels[1]",
            ),
            (
                r#""semester_levels": [{"semesters": 4, "level": "B1"}, {"semesters": 5, "level": "A2"}]"#,
                "SEMESTERS_NOT_INCREASING",
                "semester_levels[1]",
            ),
        ]),
    ] {
        count += each(policy, "policy.", &cases);
    }
    assert!(count >= 200, "only {count} cases");
}

#[test]
fn all_faults_come_at_once() {
    let text = r#"{"instance": {
        "students": [{"student_id": "S", "gpa": 9, "citizenships": ["UK"]}, {"student_id": "S"}],
        "projects": [{"project_id": "P", "host_id": "H9", "start_date": "soon"}]},
        "policy": {"goals": [{"kind": 99}]}}"#;
    let mut reasons: Vec<String> = faults(text).into_iter().map(|(reason, _)| reason).collect();
    reasons.sort_unstable();
    assert_eq!(
        reasons,
        ["DUPLICATE_ID", "MALFORMED_DATE", "OUT_OF_RANGE", "UNKNOWN_COUNTRY", "UNKNOWN_ENUM_VALUE", "UNKNOWN_ID"]
    );
}

#[test]
fn a_count_over_its_limit_names_the_limit() {
    let sizes = SizeLimits {
        programs: 1,
        hosts: 1,
        projects: 1,
        students: 1,
        notes: 1,
        aliases: 1,
        waivers: 1,
        links: 1,
        quotas: 1,
        choices: 1,
        pairs: 1,
        assignments: 1,
        proofs: 1,
        sums: 1,
    };
    let over = pb::Instance {
        programs: vec![pb::Program::default(); 2],
        hosts: vec![pb::Host::default(); 2],
        projects: vec![pb::Project::default(); 2],
        students: vec![pb::Student::default(); 2],
        pair_notes: vec![pb::PairNote::default(); 2],
        skill_aliases: vec![pb::SkillAlias::default(); 2],
        waivers: vec![pb::Waiver::default(); 2],
        previous_assignments: vec![pb::Placement::default(); 2],
        links: vec![pb::Link::default(); 2],
        ..pb::Instance::default()
    };
    let faults = read_request(Some(over), None, &sizes).expect_err("everything is over").into_findings();
    let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
    let lists = [
        "programs",
        "hosts",
        "projects",
        "students",
        "pair_notes",
        "skill_aliases",
        "waivers",
        "previous_assignments",
        "links",
    ];
    assert_eq!(fields, lists.map(|list| format!("instance.{list}")));
    assert!(
        faults.iter().all(|fault| fault.code.reason == "TOO_MANY" && fault.message.contains("at most 1 is allowed"))
    );

    let choices = r#"{"instance": {"projects": [{"project_id": "A"}, {"project_id": "B"}], "students": [
        {"student_id": "S", "choices": [{"project_id": "A"}, {"project_id": "B"}]}]}}"#;
    let sizes = SizeLimits { choices: 1, ..SizeLimits::NONE };
    let faults = read_request(match_request(choices).instance, None, &sizes).expect_err("too many choices");
    assert_eq!(faults.findings()[0].field, "instance.students[0].choices");
}

#[test]
fn more_eligible_pairs_than_the_limit_are_refused_with_the_limit() {
    let request = match_request(
        r#"{"instance": {"projects": [{"project_id": "A"}, {"project_id": "B"}], "students": [{"student_id": "S"}]}}"#,
    );
    let mut narrow = caller();
    narrow.sizes.pairs = 1;
    let refused = calls::solve(request, &narrow, &solver());
    let Err(CallError::Engine(engine::EngineError::TooManyPairs { limit: 1 })) = refused else {
        panic!("{refused:?}");
    };
}

/// What is wrong with the JSON of a MatchRequest, each fault in a line.
fn wrong(text: &str) -> Vec<String> {
    let refused = wire::json::read::<pb::MatchRequest>("MatchRequest", text.as_bytes()).expect_err(text);
    refused.iter().map(|fault| format!("{}: {}", fault.field, fault.message)).collect()
}

#[test]
fn every_fault_of_json_is_told_with_its_path_what_is_allowed_and_what_is_near() {
    for (text, expected) in [
        (r#"{"instance": {"studnets": []}}"#, "instance.studnets: there is no such field; the nearest is students"),
        (r#"{"students": []}"#, r#"students: there is no such field here; it stands in {"instance": {"students": …}}"#),
        (
            r#"{"instance": {"students": [{"student_id": 7}]}}"#,
            "instance.students[0].student_id: 7 is not a text in quotation marks",
        ),
        (r#"{"instance": {"students": {}}}"#, "instance.students: {…} is no list […]"),
        (r#"{"instance": {"students": [3]}}"#, "instance.students[0]: 3 is no {…}"),
        (r#"{"policy": {"limits": {"time_limit": 60}}}"#, "policy.limits.time_limit: 60 is no text such as \"60s\""),
        (
            r#"{"instance": {"students": [{"student_id": "S", "gpa": "high"}]}}"#,
            "instance.students[0].gpa: \"high\" is not a number (in the row of S)",
        ),
        (
            r#"{"instance": {"projects": [{"projectId": "P", "max_seat_count": 2.5}]}}"#,
            "instance.projects[0].max_seat_count: 2.5 is not a whole number from -2147483648 to 2147483647 (in the row of P)",
        ),
        (
            r#"{"instance": {"students": [{"student_id": "S", "attributes": {"home": 1}}]}}"#,
            "instance.students[0].attributes.home: 1 is not a text in quotation marks (in the row of S)",
        ),
        (r#"{"instance": {"students": [], "students": []}}"#, "'students' is stated twice"),
        (r#"{"instance": {"students": [{"student_id": "A", "studentId": "B"}]}}"#, "'studentId' is stated twice"),
    ] {
        let wrong = wrong(text);
        assert_eq!(wrong.len(), 1, "{text}: {wrong:?}");
        assert!(wrong[0].contains(expected), "{text}: {wrong:?}");
    }
    let words =
        wrong(r#"{"instance": {"students": [{"student_id": "S", "study_level": "Master"}, {"must_place": "yes"}]}}"#);
    assert_eq!(words.len(), 2, "{words:?}");
    assert!(words[0].contains("none of UNDERGRADUATE, MASTERS, DOCTORAL; the nearest is MASTERS"), "{words:?}");
    assert_eq!(words[1], "instance.students[1].must_place: \"yes\" is not true or false");
    assert!(wrong(r#"{"policy": {"goals": [{"kind": "place_most"}]}}"#)[0].contains("the nearest is PLACE_MOST"));
    assert!(wrong("{")[0].contains("line 1"), "where it is no JSON the line is told");
    for text in ["", "[]", "null", "{", r#"{"instance": {}} x"#, "{\"instance\": \"\\ud800\"}"] {
        assert!(wire::json::read::<pb::MatchRequest>("MatchRequest", text.as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn a_fault_never_quotes_what_a_student_states() {
    let canary = "CANARY-7f3a";
    let text = format!(
        r#"{{"instance": {{"students": [{{"student_id": "{canary} ", "display_name": "{canary}\u0007",
            "citizenships": ["{canary}"], "available_from": "{canary}", "courses": [""],
            "languages": [{{"language": "{canary}"}}], "skills": [{{"skill": ".", "level": 9}}],
            "choices": [{{"rank": 1, "project_id": "{canary}"}}]}}]}}}}"#
    );
    let Err(CallError::Malformed(refused)) = calls::solve(match_request(&text), &caller(), &solver()) else {
        panic!("it is taken");
    };
    assert!(refused.total() >= 8);
    for fault in refused.findings() {
        assert!(!format!("{fault:?}").contains(canary), "{fault:?}");
    }
}

#[test]
fn an_unknown_id_names_the_nearest_one_and_of_students_its_row() {
    let told = |rows: &str| {
        let text = format!(
            r#"{{"instance": {{"hosts": [{{"host_id": "siemens"}}], "students": [{{"student_id": "CANARY-17"}}], {rows}}}}}"#
        );
        let told = validate(message("ValidateRequest", &text));
        told.findings[0].message.clone()
    };
    let unknown = "no host has this id (in the row of P)";
    let of_host = |id: &str| told(&format!(r#""projects": [{{"project_id": "P", "host_id": "{id}"}}]"#));
    assert_eq!(of_host("seimens"), "no host has this id; the nearest is \"siemens\" (in the row of P)");
    assert_eq!(of_host("mit"), unknown);
    let note = r#""projects": [{"project_id": "P"}], "pair_notes": [{"student_id": "CANARY-71", "project_id": "P"}]"#;
    assert_eq!(told(note), "no student has this id; the nearest is that of students[0]");
}

#[test]
fn a_number_out_of_its_range_is_told_with_the_range_and_the_row_and_of_students_without_the_number() {
    let told = |rows: &str| {
        let text = format!(r#"{{"instance": {{{rows}}}}}"#);
        let told = crate::support::validate(message("ValidateRequest", &text));
        told.findings[0].message.clone()
    };
    let of_project = told(r#""projects": [{"project_id": "P0561", "max_seat_count": -1}]"#);
    assert_eq!(of_project, "-1; 0 to 100,000 is allowed (in the row of P0561)");
    let of_student = told(r#""students": [{"student_id": "CANARY", "gpa": 7.2}]"#);
    assert_eq!(of_student, "it is out of range; 0 to 5 is allowed");
    let of_country = told(r#""hosts": [{"host_id": "H", "country_code": "UK"}]"#);
    assert_eq!(of_country, "\"UK\" is no ISO 3166-1 alpha-2 code (in the row of H)");
}

#[test]
fn a_change_of_nothing_is_refused() {
    let base = wire::Base { request: match_request(r#"{"instance": {}}"#), outcome: pb::Outcome::default() };
    let asked = pb::CreateRunRequest { changes: vec![pb::RunChange::default()], ..pb::CreateRunRequest::default() };
    let Err(faults) = wire::make_changes(base, &asked, &SizeLimits::SERVICE) else { panic!("it says nothing") };
    let told: Vec<(&str, &str)> = faults.findings().iter().map(|f| (f.code.reason, f.field.as_str())).collect();
    assert_eq!(told, [("NOTHING_CHANGED", "changes[0]")]);
}
