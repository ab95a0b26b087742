//! What a policy sets beside the rules of programs and projects: the longest, the pay, alumni, lead times.

use crate::rules::{Case, check};

/// There long enough for any project.
const ALWAYS: &str = r#""available_from": "2026-01-01", "available_until": "2027-12-31""#;

#[test]
fn a_project_lasts_at_most_the_weeks_and_asks_at_most_the_hours_allowed() {
    let policy = r#""max_weeks": 6, "max_hours_per_week": 35"#;
    for (project, expected) in [
        (r#""start_date": "2027-01-04", "end_date": "2027-02-14", "hours_per_week": 35"#, "ELIGIBLE"),
        (r#""start_date": "2027-01-04", "end_date": "2027-02-15", "hours_per_week": 35"#, "INELIGIBLE DURATION"),
        (r#""start_date": "2027-01-04", "end_date": "2027-01-29", "hours_per_week": 35.5"#, "INELIGIBLE DURATION"),
        (r#""start_date": "2027-01-04", "end_date": "2027-01-29""#, "NEEDS_DATA DURATION"),
        (r#""start_date": "2027-01-04", "hours_per_week": 10"#, "NEEDS_DATA DURATION"),
    ] {
        check(Case { project, policy, student: ALWAYS, ..Case::default() }, expected);
    }
    let none_asked = r#""preset": "MICRO_INTERNSHIP", "min_weeks": 0, "min_hours_per_week": 0, "paid_placements_only": false,
        "min_hourly_pay": {"amount": 0, "currency_code": "USD"}"#;
    let project = r#""start_date": "2027-01-04", "end_date": "2027-01-04", "hours_per_week": 1"#;
    check(Case { project, policy: none_asked, student: ALWAYS, ..Case::default() }, "ELIGIBLE");
}

#[test]
fn a_project_pays_the_least_asked_for_an_hour_in_its_currency() {
    let policy = r#""min_hourly_pay": {"amount": 15, "currency_code": "USD"}"#;
    for (project, expected) in [
        (r#""hourly_pay": {"amount": 15, "currency_code": "USD"}"#, "ELIGIBLE"),
        (r#""hourly_pay": {"amount": 14.99, "currency_code": "USD"}"#, "INELIGIBLE PAY"),
        (r#""hourly_pay": {"amount": 20, "currency_code": "EUR"}"#, "NEEDS_DATA PAY"),
        (r#""stipend": {"amount": 5000, "currency_code": "USD"}"#, "NEEDS_DATA PAY"),
        ("", "NEEDS_DATA PAY"),
    ] {
        check(Case { project, policy, ..Case::default() }, expected);
    }
    let paid = r#""hourly_pay": {"amount": 1, "currency_code": "USD"}"#;
    check(Case { project: paid, policy: r#""paid_placements_only": true"#, ..Case::default() }, "ELIGIBLE");
}

#[test]
fn only_alumni_host_where_the_policy_asks_for_that() {
    for (host, policy, expected) in [
        (r#""alumni": true"#, r#""alumni_hosts_only": true"#, "ELIGIBLE"),
        ("", r#""alumni_hosts_only": true"#, "INELIGIBLE ALUMNI_HOST"),
        ("", "", "ELIGIBLE"),
    ] {
        check(Case { host, policy, ..Case::default() }, expected);
    }
}

#[test]
fn an_authorisation_takes_the_policys_days_where_the_student_states_none() {
    let project = r#""start_date": "2027-01-04""#;
    let student = |more: &str| {
        format!(r#"{ALWAYS}, "work_authorization": {{"required": true, "requested_date": "2026-09-06"{more}}}"#)
    };
    for (policy, more, expected) in [
        (r#""authorization_lead_time_days": 120"#, "", "ELIGIBLE"),
        (r#""authorization_lead_time_days": 121"#, "", "INELIGIBLE WORK_AUTHORIZATION"),
        (r#""authorization_lead_time_days": 121"#, r#", "lead_time_days": 90"#, "ELIGIBLE"),
        ("", "", "NEEDS_DATA WORK_AUTHORIZATION"),
    ] {
        check(Case { project, policy, student: &student(more), ..Case::default() }, expected);
    }
}
