//! Presets: documented policies that a request starts from and overrides, each with a sample.

use pb::get_sample_request::Sample;
use pb::outcome::Status;
use wire::pb;

use crate::pages;
use crate::support::{match_request, message, solve};

/// The digest of a season under a policy: equal where the two policies, written in full, are.
fn digest(policy: &str) -> String {
    let text = format!(r#"{{"instance": {{"students": [{{"student_id": "S"}}]}}, "policy": {{{policy}}}}}"#);
    solve(match_request(&text)).provenance.expect("told").digest
}

#[test]
fn a_preset_is_the_policy_that_its_row_in_the_rules_says() {
    for (preset, stated) in [
        ("SUMMER", r#""min_weeks": 10, "required_data": ["SUPERVISOR", "WORKSPACE", "MATERIALS"]"#),
        (
            "MICRO_INTERNSHIP",
            r#""min_weeks": 2, "max_weeks": 6, "min_hours_per_week": 10, "max_hours_per_week": 35,
               "paid_placements_only": true, "min_hourly_pay": {"amount": 15, "currency_code": "USD"},
               "authorization_lead_time_days": 120"#,
        ),
        (
            "EXTERNSHIP",
            r#""goals": [{"kind": "PLACE_MOST"}, {"kind": "LEAST_RANK_SUM"}, {"kind": "TOTAL_POINTS"}],
               "min_weeks": 1, "max_weeks": 4, "required_data": ["SUPERVISOR"], "alumni_hosts_only": true"#,
        ),
    ] {
        assert_eq!(digest(&format!(r#""preset": "{preset}""#)), digest(stated), "{preset}");
        let rows = pages::page("docs/rules.md").rows("Presets");
        let row = rows.iter().find(|row| row[0] == format!("`{preset}`")).expect("a row");
        let policy: serde_json::Value = serde_json::from_str(&format!("{{{stated}}}")).expect("JSON");
        for (field, value) in policy.as_object().expect("fields") {
            let words = value.to_string();
            let words = words
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .filter(|word| word.len() > 1 || word.parse::<u32>().is_ok());
            let told = words.filter(|word| !["true", "kind", "amount", "currency_code"].contains(word));
            assert!(told.chain([field.as_str()]).all(|word| row[2].contains(word)), "{preset}: {field} {value}");
        }
    }
}

#[test]
fn what_a_request_states_goes_before_its_preset() {
    let overridden = r#""preset": "EXTERNSHIP", "max_weeks": 3, "alumni_hosts_only": false,
        "goals": [{"kind": "PLACE_MOST"}], "required_data": ["MATERIALS"]"#;
    let stated = r#""min_weeks": 1, "max_weeks": 3, "goals": [{"kind": "PLACE_MOST"}], "required_data": ["MATERIALS"]"#;
    assert_eq!(digest(overridden), digest(stated));
}

#[test]
fn the_samples_of_the_presets_are_solved_and_show_what_each_preset_refuses() {
    for (sample, refusing) in [
        (Sample::Summer, &[pb::Rule::Language, pb::Rule::Materials][..]),
        (Sample::MicroInternship, &[pb::Rule::Pay, pb::Rule::Duration, pb::Rule::WorkAuthorization][..]),
        (Sample::Externship, &[pb::Rule::AlumniHost, pb::Rule::Supervisor][..]),
    ] {
        let made = calls::sample(&pb::GetSampleRequest { sample: sample as i32, ..Default::default() }).expect("made");
        assert_eq!(made.policy.as_ref().map(|policy| policy.preset().as_str_name()), Some(sample.as_str_name()));
        let mut refused = std::collections::BTreeSet::new();
        let request = pb::EvaluateRequest {
            instance: made.instance.clone(),
            policy: made.policy.clone(),
            ..message("EvaluateRequest", "{}")
        };
        let evaluations = calls::read_evaluations(request, &crate::support::caller()).expect("well formed");
        evaluations.tell(|pair| {
            refused.extend(pair.refusals.iter().map(|refusal| refusal.rule()));
            std::ops::ControlFlow::Continue(())
        });
        assert!(refusing.iter().all(|rule| refused.contains(rule)), "{sample:?} {refused:?}");
        let outcome = solve(pb::MatchRequest { instance: made.instance, policy: made.policy });
        assert_eq!(outcome.status(), Status::Optimal);
        assert!(outcome.canonical && outcome.assignments.len() > 100);
    }
}
