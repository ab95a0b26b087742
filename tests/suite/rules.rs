//! Every rule, with a case on each side of its boundary. A case is what program, project, student, note and policy state,
//! as the inside of their JSON, and what is expected: the verdict and the rules that refuse.

use std::ops::ControlFlow;

use wire::pb;

use crate::support::{caller, message};

/// What the rows of a case state beside their ids.
#[derive(Debug, Clone, Copy, Default)]
pub struct Case<'a> {
    pub program: &'a str,
    pub host: &'a str,
    pub project: &'a str,
    pub student: &'a str,
    pub note: &'a str,
    pub policy: &'a str,
    /// Of the instance itself.
    pub season: &'a str,
}

fn evaluate(case: Case) -> pb::PairEvaluation {
    let with = |fields: &str| if fields.is_empty() { String::new() } else { format!(", {fields}") };
    let note = if case.note.is_empty() {
        String::new()
    } else {
        format!(r#"{{"student_id": "S", "project_id": "P", {}}}"#, case.note)
    };
    let text = format!(
        r#"{{"instance": {{
            "programs": [{{"program_id": "G"{}}}, {{"program_id": "G2"}}],
            "hosts": [{{"host_id": "H"{}}}, {{"host_id": "H2"}}],
            "projects": [{{"project_id": "P", "host_id": "H", "program_id": "G"{}}}, {{"project_id": "P2"}}],
            "students": [{{"student_id": "S"{}}}, {{"student_id": "S2"}}],
            "pair_notes": [{note}]{}}},
          "policy": {{{}}}, "student_ids": ["S"], "project_ids": ["P"]}}"#,
        with(case.program),
        with(case.host),
        with(case.project),
        with(case.student),
        with(case.season),
        case.policy,
    );
    let evaluations = calls::read_evaluations(message("EvaluateRequest", &text), &caller())
        .unwrap_or_else(|error| panic!("{error:?}\n{text}"));
    let mut told = Vec::new();
    evaluations.tell(|pair| {
        told.push(pair);
        ControlFlow::Continue(())
    });
    assert_eq!(told.len(), 1);
    told.remove(0)
}

#[test]
fn refusals_stand_in_the_order_of_the_rules_whichever_are_broken_together() {
    let pair = evaluate(Case {
        program: r#""suspended": true"#,
        host: r#""withdrawn": true"#,
        student: r#""missing_materials": ["cv"], "vetoes": [{"project_id": "P"}], "choices_only": true"#,
        note: r#""forbidden": true, "offer_state": "DECLINED""#,
        project: r#""country_code": "JP", "ranked_only": true"#,
        policy: r#""required_data": ["MATERIALS"]"#,
        season: "",
    });
    let rules: Vec<i32> = pair.refusals.iter().map(|refusal| refusal.rule).collect();
    assert!(rules.len() >= 7 && rules.is_sorted(), "{:?}", pair.refusals);
}

/// The only line of a table that touches the rules: the verdict, then each refusing rule once.
pub fn check(case: Case, expected: &str) {
    let pair = evaluate(case);
    let mut found = vec![pair.verdict().as_str_name()];
    found.extend(pair.refusals.iter().map(|refusal| refusal.rule().as_str_name()));
    found.dedup();
    assert_eq!(found.join(" "), expected, "{case:?}\n{:#?}", pair.refusals);
    for refusal in &pair.refusals {
        assert!(!refusal.required.is_empty() && !refusal.observed.is_empty(), "{case:?}");
    }
}

#[test]
fn a_required_language_is_met_by_an_equal_or_higher_level() {
    let asked = r#""language_requirements": [{"language": "ja", "min_level": "B1", "required": true}]"#;
    for (student, expected) in [
        (r#""languages": [{"language": "ja", "level": "B1"}]"#, "ELIGIBLE"),
        (r#""languages": [{"language": "ja", "level": "NATIVE"}]"#, "ELIGIBLE"),
        (r#""languages": [{"language": "ja-JP", "level": "B1"}]"#, "ELIGIBLE"),
        (r#""languages": [{"language": "jpn", "level": "B1"}]"#, "ELIGIBLE"),
        (r#""languages": [{"language": "ja", "level": "A2"}, {"language": "ja", "level": "B1"}]"#, "ELIGIBLE"),
        (r#""languages": [{"language": "ja", "level": "A2"}]"#, "INELIGIBLE LANGUAGE"),
        (r#""languages": [{"language": "zh", "level": "NATIVE"}]"#, "INELIGIBLE LANGUAGE"),
        (r#""languages": [{"language": "ja"}]"#, "NEEDS_DATA LANGUAGE"),
        ("", "INELIGIBLE LANGUAGE"),
    ] {
        check(Case { project: asked, student, ..Case::default() }, expected);
    }
}

#[test]
fn a_language_without_required_only_scores_in_a_project_and_binds_in_a_program() {
    let asked = r#""language_requirements": [{"language": "ja", "min_level": "B1"}]"#;
    let waived = r#""language_requirements": [{"language": "ja", "min_level": "B1", "required": false}]"#;
    check(Case { project: asked, ..Case::default() }, "ELIGIBLE");
    check(Case { program: asked, ..Case::default() }, "INELIGIBLE LANGUAGE");
    check(Case { program: waived, ..Case::default() }, "ELIGIBLE");
}

#[test]
fn a_required_language_without_level_is_met_by_any_known_level() {
    let asked = r#""language_requirements": [{"language": "ja", "required": true}]"#;
    for (student, expected) in [
        (r#""languages": [{"language": "ja", "level": "A1"}]"#, "ELIGIBLE"),
        (r#""languages": [{"language": "ja"}]"#, "ELIGIBLE"),
        (r#""languages": [{"language": "ja", "semesters": 0}]"#, "INELIGIBLE LANGUAGE"),
        ("", "INELIGIBLE LANGUAGE"),
    ] {
        check(Case { project: asked, student, ..Case::default() }, expected);
    }
}

#[test]
fn semesters_count_where_the_level_is_unknown() {
    let asked = r#""language_requirements": [{"language": "ja", "min_level": "B1"}]"#;
    for (student, policy, expected) in [
        (r#""languages": [{"language": "ja", "semesters": 4}]"#, "", "ELIGIBLE"),
        (r#""languages": [{"language": "ja", "semesters": 3}]"#, "", "INELIGIBLE LANGUAGE"),
        (r#""languages": [{"language": "ja", "semesters": 8, "level": "A2"}]"#, "", "INELIGIBLE LANGUAGE"),
        (
            r#""languages": [{"language": "ja", "semesters": 3}]"#,
            r#""semester_levels": [{"semesters": 3, "level": "B1"}]"#,
            "ELIGIBLE",
        ),
        (
            r#""languages": [{"language": "ja", "semesters": 2}]"#,
            r#""semester_levels": [{"semesters": 3, "level": "B1"}]"#,
            "INELIGIBLE LANGUAGE",
        ),
    ] {
        check(Case { program: asked, student, policy, ..Case::default() }, expected);
    }
}

#[test]
fn exempt_study_levels_need_not_meet_the_programs_language_gpa_and_courses() {
    let program = r#""language_requirements": [{"language": "ja", "min_level": "B1"}], "min_gpa": 4.0,
        "required_courses": ["21G.501"], "exempt_study_levels": ["DOCTORAL"]"#;
    let project = r#""language_requirements": [{"language": "de", "required": true}]"#;
    for (student, expected) in [
        (r#""study_level": "DOCTORAL""#, "ELIGIBLE"),
        (r#""study_level": "UNDERGRADUATE", "gpa": 3.9"#, "INELIGIBLE LANGUAGE GPA COURSES"),
        ("", "NEEDS_DATA LANGUAGE GPA COURSES"),
    ] {
        check(Case { program, student, ..Case::default() }, expected);
    }
    let student = r#""study_level": "DOCTORAL""#;
    check(Case { program, project, student, ..Case::default() }, "INELIGIBLE LANGUAGE");
}

#[test]
fn a_required_skill_is_met_by_an_equal_or_higher_level() {
    let asked = r#""skill_requirements": [{"skill": "Python", "min_level": "COMPETENT", "required": true}]"#;
    for (student, expected) in [
        (r#""skills": [{"skill": "Python", "level": "COMPETENT"}]"#, "ELIGIBLE"),
        (r#""skills": [{"skill": "python ", "level": 5}]"#, "ELIGIBLE"),
        (r#""skills": [{"skill": "Python", "level": 1}, {"skill": "PYTHON", "level": 3}]"#, "ELIGIBLE"),
        (r#""skills": [{"skill": "Python", "level": "ADVANCED_BEGINNER"}]"#, "INELIGIBLE SKILLS"),
        (r#""skills": [{"skill": "Python"}]"#, "NEEDS_DATA SKILLS"),
        (r#""skills": [{"skill": "Pyhton", "level": 5}]"#, "INELIGIBLE SKILLS"),
        ("", "INELIGIBLE SKILLS"),
    ] {
        check(Case { project: asked, student, ..Case::default() }, expected);
    }
    let any_level = r#""skill_requirements": [{"skill": "Python", "required": true}]"#;
    check(Case { project: any_level, student: r#""skills": [{"skill": "Python"}]"#, ..Case::default() }, "ELIGIBLE");
    let desired = r#""skill_requirements": [{"skill": "Python", "min_level": "EXPERT"}]"#;
    check(Case { project: desired, ..Case::default() }, "ELIGIBLE");
}

#[test]
fn six_languages_of_programming_stay_six_skills() {
    let names = ["C", "C++", "C#", ".NET", "Java", "JavaScript"];
    for asked in names {
        for held in names {
            let project = format!(r#""skill_requirements": [{{"skill": "{asked}", "required": true}}]"#);
            let student = format!(r#""skills": [{{"skill": "{held}", "level": 5}}]"#);
            let expected = if asked == held { "ELIGIBLE" } else { "INELIGIBLE SKILLS" };
            check(Case { project: &project, student: &student, ..Case::default() }, expected);
        }
    }
}

#[test]
fn spellings_meet_in_their_normal_form() {
    for (asked, held, same) in [
        ("Node.js", "nodeJS", true),
        ("Ｐｙｔｈｏｎ", "python", true),
        ("Optimización", "optimizacion", true),
        ("STRASSE", "straße", true),
        ("machine-learning", "Machine Learning", true),
        ("C ++", "c++", true),
        ("パス", "バス", false),
        ("हिन्दी", "हनद", false),
        ("#Js", "Js", false),
        ("R", "R2", false),
    ] {
        let project = format!(r#""skill_requirements": [{{"skill": "{asked}", "required": true}}]"#);
        let student = format!(r#""skills": [{{"skill": "{held}", "level": 5}}]"#);
        let expected = if same { "ELIGIBLE" } else { "INELIGIBLE SKILLS" };
        check(Case { project: &project, student: &student, ..Case::default() }, expected);
    }
}

#[test]
fn the_student_is_there_from_the_first_to_the_last_day() {
    let project = r#""start_date": "2027-06-07", "end_date": "2027-08-13""#;
    for (student, expected) in [
        (r#""available_from": "2027-06-07", "available_until": "2027-08-13""#, "ELIGIBLE"),
        (r#""available_from": "2027-06-08", "available_until": "2027-08-13""#, "INELIGIBLE DATES"),
        (r#""available_from": "2027-06-07", "available_until": "2027-08-12""#, "INELIGIBLE DATES"),
        (r#""available_from": "2027-06-07""#, "NEEDS_DATA DATES"),
        (r#""available_from": "2027-06-08""#, "INELIGIBLE DATES"),
        ("", "NEEDS_DATA DATES"),
    ] {
        check(Case { project, student, ..Case::default() }, expected);
    }
    let student = r#""available_from": "2027-06-07", "available_until": "2027-08-13""#;
    check(Case { student, ..Case::default() }, "ELIGIBLE");
    let policy = r#""required_data": ["DATES"]"#;
    check(Case { student, policy, ..Case::default() }, "NEEDS_DATA DATES");
}

#[test]
fn a_project_lasts_the_weeks_and_offers_the_hours_asked() {
    let ten_weeks = r#""start_date": "2027-06-07", "end_date": "2027-08-13", "hours_per_week": 20"#;
    let student = r#""available_from": "2027-01-01", "available_until": "2027-12-31""#;
    for (program, policy, expected) in [
        (r#""min_weeks": 10"#, "", "ELIGIBLE"),
        (r#""min_weeks": 11"#, "", "INELIGIBLE DURATION"),
        ("", r#""min_weeks": 10"#, "ELIGIBLE"),
        ("", r#""min_weeks": 11"#, "INELIGIBLE DURATION"),
        (r#""min_weeks": 10"#, r#""min_weeks": 11"#, "ELIGIBLE"),
        (r#""min_hours_per_week": 20"#, "", "ELIGIBLE"),
        (r#""min_hours_per_week": 20.5"#, "", "INELIGIBLE DURATION"),
        ("", r#""min_hours_per_week": 21"#, "INELIGIBLE DURATION"),
        (r#""min_hours_per_week": 0"#, r#""min_hours_per_week": 21"#, "ELIGIBLE"),
    ] {
        check(Case { program, project: ten_weeks, student, policy, ..Case::default() }, expected);
    }
    let policy = r#""min_weeks": 10"#;
    let shorter = r#""start_date": "2027-06-07", "end_date": "2027-08-12""#;
    check(Case { project: shorter, student, policy, ..Case::default() }, "INELIGIBLE DURATION");
    check(Case { policy, ..Case::default() }, "NEEDS_DATA DURATION");
    check(Case { policy: r#""min_hours_per_week": 1"#, ..Case::default() }, "NEEDS_DATA DURATION");
}

#[test]
fn work_authorisation_is_granted_sponsored_of_the_country_or_asked_for_in_time() {
    let needed = r#""work_authorization": {"required": true}"#;
    for (project, student, expected) in [
        ("", r#""work_authorization": {}"#, "ELIGIBLE"),
        ("", "", "ELIGIBLE"),
        ("", r#""work_authorization": {"required": true, "granted": true}"#, "ELIGIBLE"),
        (r#""sponsors_work_authorization": true"#, needed, "ELIGIBLE"),
        (r#""country_code": "JP""#, needed, "INELIGIBLE WORK_AUTHORIZATION"),
        (
            r#""country_code": "JP""#,
            r#""citizenships": ["US", "JP"], "work_authorization": {"required": true}"#,
            "ELIGIBLE",
        ),
        (
            r#""country_code": "JP""#,
            r#""citizenships": ["US"], "work_authorization": {"required": true}"#,
            "INELIGIBLE WORK_AUTHORIZATION",
        ),
        ("", r#""citizenships": ["DE"], "work_authorization": {"required": true}"#, "ELIGIBLE"),
    ] {
        check(Case { host: r#""country_code": "DE""#, project, student, ..Case::default() }, expected);
    }
    let somewhere = r#""citizenships": ["DE"], "work_authorization": {"required": true}"#;
    check(Case { student: somewhere, ..Case::default() }, "NEEDS_DATA WORK_AUTHORIZATION");
    let starts = r#""start_date": "2027-06-01""#;
    for (project, asked, expected) in [
        (starts, r#""requested_date": "2027-02-01", "lead_time_days": 120"#, "ELIGIBLE"),
        (starts, r#""requested_date": "2027-02-02", "lead_time_days": 120"#, "INELIGIBLE WORK_AUTHORIZATION"),
        (starts, r#""requested_date": "2027-02-01""#, "NEEDS_DATA WORK_AUTHORIZATION"),
        ("", r#""requested_date": "2027-02-01", "lead_time_days": 120"#, "NEEDS_DATA WORK_AUTHORIZATION"),
    ] {
        let student = format!(r#""available_from": "2027-01-01", "work_authorization": {{"required": true, {asked}}}"#);
        check(Case { project, student: &student, ..Case::default() }, expected);
    }
}

#[test]
fn a_project_takes_the_study_levels_it_lists() {
    let project = r#""study_levels": ["MASTERS", "DOCTORAL"]"#;
    check(Case { project, student: r#""study_level": "MASTERS""#, ..Case::default() }, "ELIGIBLE");
    check(Case { project, student: r#""study_level": "UNDERGRADUATE""#, ..Case::default() }, "INELIGIBLE STUDY_LEVEL");
    check(Case { project, ..Case::default() }, "NEEDS_DATA STUDY_LEVEL");
    check(Case::default(), "ELIGIBLE");
    check(Case { policy: r#""required_data": ["STUDY_LEVEL"]"#, ..Case::default() }, "NEEDS_DATA STUDY_LEVEL");
}

#[test]
fn a_gpa_is_at_least_the_programs() {
    let program = r#""min_gpa": 4.0"#;
    for (student, expected) in [
        (r#""gpa": 4.0"#, "ELIGIBLE"),
        (r#""gpa": 3.99"#, "INELIGIBLE GPA"),
        (r#""gpa": 0"#, "INELIGIBLE GPA"),
        ("", "NEEDS_DATA GPA"),
    ] {
        check(Case { program, student, ..Case::default() }, expected);
    }
    check(Case { policy: r#""required_data": ["GPA"]"#, ..Case::default() }, "NEEDS_DATA GPA");
    check(Case { policy: r#""required_data": ["GPA"]"#, student: r#""gpa": 1"#, ..Case::default() }, "ELIGIBLE");
}

#[test]
fn one_of_the_programs_courses_is_enough() {
    let program = r#""required_courses": ["21G.501", "17.537"]"#;
    check(Case { program, student: r#""courses": ["21g.501"]"#, ..Case::default() }, "ELIGIBLE");
    check(Case { program, student: r#""courses": ["21G.502"]"#, ..Case::default() }, "INELIGIBLE COURSES");
    check(Case { program, student: r#""courses": ["21G501"]"#, ..Case::default() }, "INELIGIBLE COURSES");
    check(Case { program, ..Case::default() }, "INELIGIBLE COURSES");
}

#[test]
fn a_program_may_ask_for_its_managers_approval_or_be_suspended() {
    let program = r#""requires_approval": true"#;
    check(Case { program, student: r#""approved_program_ids": ["G"]"#, ..Case::default() }, "ELIGIBLE");
    check(
        Case { program, student: r#""approved_program_ids": ["G2"]"#, ..Case::default() },
        "INELIGIBLE PROGRAM_APPROVAL",
    );
    let program = r#""suspended": true, "suspended_reason": "travel warning""#;
    check(Case { program, ..Case::default() }, "INELIGIBLE PROGRAM_SUSPENDED");
    let refusal = &evaluate(Case { program, ..Case::default() }).refusals[0];
    assert!(refusal.observed.contains("travel warning") && !refusal.waivable);
}

#[test]
fn materials_supervisor_and_workspace_matter_where_the_policy_asks() {
    let missing = r#""missing_materials": ["transcript"]"#;
    check(Case { student: missing, ..Case::default() }, "ELIGIBLE");
    let policy = r#""required_data": ["MATERIALS"]"#;
    check(Case { student: missing, policy, ..Case::default() }, "NEEDS_DATA MATERIALS");
    check(Case { policy, ..Case::default() }, "ELIGIBLE");
    let policy = r#""required_data": ["SUPERVISOR", "WORKSPACE"]"#;
    check(Case { policy, ..Case::default() }, "NEEDS_DATA SUPERVISOR WORKSPACE");
    let project = r#""supervisor": "a person", "workspace_confirmed": false"#;
    check(Case { policy, project, ..Case::default() }, "NEEDS_DATA WORKSPACE");
    let project = r#""supervisor": "a person", "workspace_confirmed": true"#;
    check(Case { policy, project, ..Case::default() }, "ELIGIBLE");
}

#[test]
fn a_note_may_forbid_a_pair() {
    check(Case { note: r#""forbidden": true, "reason": "a relative""#, ..Case::default() }, "INELIGIBLE FORBIDDEN");
    check(Case { note: r#""forbidden": false"#, ..Case::default() }, "ELIGIBLE");
}

#[test]
fn a_veto_refuses_a_project_host_program_or_country_and_beats_a_choice() {
    let host = r#""country_code": "DE""#;
    for (target, expected) in [
        (r#""project_id": "P""#, "UNACCEPTABLE VETO"),
        (r#""host_id": "H""#, "UNACCEPTABLE VETO"),
        (r#""program_id": "G""#, "UNACCEPTABLE VETO"),
        (r#""country_code": "de""#, "UNACCEPTABLE VETO"),
        (r#""project_id": "P2""#, "ELIGIBLE"),
        (r#""host_id": "H2""#, "ELIGIBLE"),
        (r#""program_id": "G2""#, "ELIGIBLE"),
        (r#""country_code": "JP""#, "ELIGIBLE"),
    ] {
        let student = format!(r#""choices": [{{"rank": 1, "project_id": "P"}}], "vetoes": [{{{target}}}]"#);
        check(Case { host, student: &student, ..Case::default() }, expected);
    }
}

#[test]
fn choices_only_accepts_what_a_choice_covers() {
    let host = r#""country_code": "DE""#;
    for (target, expected) in [
        (r#""project_id": "P""#, "ELIGIBLE"),
        (r#""host_id": "H""#, "ELIGIBLE"),
        (r#""program_id": "G""#, "ELIGIBLE"),
        (r#""country_code": "DE""#, "ELIGIBLE"),
        (r#""project_id": "P2""#, "UNACCEPTABLE CHOICES_ONLY"),
        (r#""country_code": "JP""#, "UNACCEPTABLE CHOICES_ONLY"),
    ] {
        let student = format!(r#""choices_only": true, "choices": [{{"rank": 1, {target}}}]"#);
        check(Case { host, student: &student, ..Case::default() }, expected);
    }
    check(Case { student: r#""choices_only": true"#, ..Case::default() }, "UNACCEPTABLE CHOICES_ONLY");
}

#[test]
fn the_most_specific_choice_covers_a_pair() {
    let host = r#""country_code": "DE""#;
    let all = [
        (r#"{"rank": 4, "project_id": "P"}"#, 4),
        (r#"{"rank": 3, "host_id": "H"}"#, 3),
        (r#"{"rank": 2, "program_id": "G"}"#, 2),
        (r#"{"rank": 1, "country_code": "DE"}"#, 1),
    ];
    for from in 0..all.len() {
        let choices: Vec<&str> = all[from..].iter().map(|(choice, _)| *choice).collect();
        let student = format!(r#""choices": [{}]"#, choices.join(", "));
        assert_eq!(evaluate(Case { host, student: &student, ..Case::default() }).choice_rank, Some(all[from].1));
    }
}

#[test]
fn ranked_only_takes_whom_the_host_ranked() {
    let project = r#""ranked_only": true, "student_ranks": [{"student_id": "S", "rank": 7}]"#;
    check(Case { project, ..Case::default() }, "ELIGIBLE");
    assert_eq!(evaluate(Case { project, ..Case::default() }).host_rank, Some(7));
    let project = r#""ranked_only": true, "student_ranks": [{"student_id": "S2", "rank": 1}]"#;
    check(Case { project, ..Case::default() }, "UNACCEPTABLE RANKED_ONLY");
}

#[test]
fn a_student_who_has_withdrawn_goes_nowhere_whatever_they_chose_and_no_waiver_helps() {
    let student = r#""withdrawn": true, "choices": [{"project_id": "P"}]"#;
    check(Case { student, ..Case::default() }, "INELIGIBLE STUDENT_WITHDRAWN");
    assert!(!evaluate(Case { student, ..Case::default() }).refusals[0].waivable);
    check(Case { student: r#""withdrawn": false"#, ..Case::default() }, "ELIGIBLE");
}

#[test]
fn nobody_goes_to_a_suspended_country_or_to_a_host_that_has_withdrawn() {
    let season = r#""suspended_country_codes": ["JP"]"#;
    for (host, project, expected) in [
        (r#""country_code": "JP""#, "", "INELIGIBLE COUNTRY_SUSPENDED"),
        (r#""country_code": "JP""#, r#""country_code": "DE""#, "ELIGIBLE"),
        (r#""country_code": "DE""#, r#""country_code": "JP""#, "INELIGIBLE COUNTRY_SUSPENDED"),
        ("", "", "ELIGIBLE"),
        (r#""withdrawn": true"#, "", "INELIGIBLE HOST_WITHDRAWN"),
        (r#""withdrawn": false"#, "", "ELIGIBLE"),
    ] {
        check(Case { host, project, season, ..Case::default() }, expected);
    }
}

#[test]
fn an_offer_of_which_nothing_came_is_not_made_again_and_one_that_stands_refuses_nothing() {
    for ended in ["DECLINED", "EXPIRED", "WITHDRAWN", "RESCINDED"] {
        check(Case { note: &format!(r#""offer_state": "{ended}""#), ..Case::default() }, "INELIGIBLE OFFER_ENDED");
    }
    for stands in ["DRAFT", "EXTENDED", "ACCEPTED"] {
        check(Case { note: &format!(r#""offer_state": "{stands}""#), ..Case::default() }, "ELIGIBLE");
    }
}

#[test]
fn a_placement_is_paid_by_its_host_or_by_a_fund_where_the_policy_asks_for_that() {
    let paid = r#""paid_placements_only": true"#;
    let fund = r#""funds": [{"fund_id": "F", "place_count": 1, "projects": {"project_ids": ["P"]}}]"#;
    let other = r#""funds": [{"fund_id": "F", "place_count": 1, "projects": {"project_ids": ["P2"]}}]"#;
    for (project, season, policy, expected) in [
        ("", "", "", "ELIGIBLE"),
        ("", "", paid, "INELIGIBLE FUNDING"),
        (r#""stipend": {"amount": 0, "currency_code": "USD"}"#, "", paid, "INELIGIBLE FUNDING"),
        (r#""stipend": {"amount": 0.01, "currency_code": "USD"}"#, "", paid, "ELIGIBLE"),
        ("", fund, paid, "ELIGIBLE"),
        ("", other, paid, "INELIGIBLE FUNDING"),
    ] {
        check(Case { project, season, policy, ..Case::default() }, expected);
    }
}

#[test]
fn rules_are_called_in_findings_what_callers_call_them() {
    for (number, rule) in (1..).zip(rules::domain::Rule::ALL) {
        let known = wire::pb::Rule::try_from(number).expect("one for each");
        assert_eq!(known.as_str_name(), rule.name());
    }
}

#[test]
fn all_failing_rules_are_named_and_the_gravest_decides() {
    let case = Case {
        program: r#""min_gpa": 4.0, "suspended": true"#,
        host: "",
        project: r#""skill_requirements": [{"skill": "Rust", "required": true}], "ranked_only": true"#,
        student: r#""choices_only": true, "vetoes": [{"project_id": "P"}]"#,
        note: r#""forbidden": true"#,
        policy: r#""required_data": ["SUPERVISOR"]"#,
        season: "",
    };
    check(case, "INELIGIBLE SKILLS GPA PROGRAM_SUSPENDED SUPERVISOR FORBIDDEN VETO CHOICES_ONLY RANKED_ONLY");
    let waivable = |rule: &str| {
        let pair = evaluate(case);
        pair.refusals.iter().find(|refusal| refusal.rule().as_str_name() == rule).expect("it refuses").waivable
    };
    assert!(waivable("SKILLS") && waivable("GPA") && waivable("SUPERVISOR"));
    assert!(!waivable("FORBIDDEN") && !waivable("VETO") && !waivable("RANKED_ONLY"));
    let unknown_and_unwished = Case {
        student: r#""vetoes": [{"project_id": "P"}]"#,
        policy: r#""required_data": ["SUPERVISOR"]"#,
        ..Case::default()
    };
    check(unknown_and_unwished, "NEEDS_DATA SUPERVISOR VETO");
}

#[test]
fn an_alias_table_joins_spellings() {
    let text = |held: &str| {
        format!(
            r#"{{"instance": {{
                "projects": [{{"project_id": "P", "skill_requirements": [{{"skill": "Go", "required": true}}]}}],
                "students": [{{"student_id": "S", "skills": [{{"skill": "{held}", "level": 3}}]}}],
                "skill_aliases": [{{"skill": "Go", "aliases": ["golang"]}}]}}}}"#
        )
    };
    for (held, placed) in [("GoLang", 1), ("Go", 1), ("Gosu", 0)] {
        let outcome = crate::support::solve(crate::support::match_request(&text(held)));
        assert_eq!(outcome.assignments.len(), placed, "{held}");
    }
}
