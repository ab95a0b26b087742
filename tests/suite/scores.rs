//! Points and their terms, against figures worked out by hand.

use std::ops::ControlFlow;

use wire::pb;

use crate::support::{caller, message};

/// The evaluation of S at P in a request.
fn score(rows: &str, policy: &str) -> pb::PairEvaluation {
    let text =
        format!(r#"{{"instance": {{{rows}}}, "policy": {{{policy}}}, "student_ids": ["S"], "project_ids": ["P"]}}"#);
    let evaluations = calls::read_evaluations(message("EvaluateRequest", &text), &caller())
        .unwrap_or_else(|error| panic!("{error:?}\n{text}"));
    let mut told = None;
    let tell = |pair| {
        told = Some(pair);
        ControlFlow::Continue(())
    };
    evaluations.tell(tell);
    told.expect("a pair")
}

/// The term of one criterion; none where it does not apply.
fn term(rows: &str, policy: &str, criterion: &str) -> Option<i32> {
    let pair = score(rows, policy);
    let contribution =
        pair.contributions.into_iter().find(|c| c.criterion().as_str_name() == criterion).expect("listed");
    contribution.applies.then_some(contribution.term)
}

#[test]
fn skills_are_the_weighted_share_of_the_asked_levels() {
    let rows = |asked: &str, held: &str| {
        format!(
            r#""projects": [{{"project_id": "P", "skill_requirements": [{asked}]}}],
               "students": [{{"student_id": "S", "skills": [{held}]}}]"#
        )
    };
    for (asked, held, expected) in [
        (r#"{"skill": "A", "min_level": 4}"#, r#"{"skill": "A", "level": 4}"#, Some(1_000_000)),
        (r#"{"skill": "A", "min_level": 4}"#, r#"{"skill": "A", "level": 5}"#, Some(1_000_000)),
        (r#"{"skill": "A", "min_level": 3}"#, r#"{"skill": "A", "level": 1}"#, Some(333_333)),
        (r#"{"skill": "A"}"#, r#"{"skill": "A", "level": 3}"#, Some(600_000)),
        (r#"{"skill": "A"}"#, r#"{"skill": "A"}"#, Some(200_000)),
        (r#"{"skill": "A", "min_level": 4}"#, r#"{"skill": "A"}"#, Some(250_000)),
        (r#"{"skill": "A"}"#, "", Some(0)),
        (
            r#"{"skill": "A", "min_level": 1}, {"skill": "B", "min_level": 1}"#,
            r#"{"skill": "A", "level": 1}"#,
            Some(500_000),
        ),
        (
            r#"{"skill": "A", "min_level": 1, "weight": 3, "required": true}, {"skill": "B", "min_level": 1}"#,
            r#"{"skill": "A", "level": 1}"#,
            Some(750_000),
        ),
        (r#"{"skill": "A", "weight": 0}"#, r#"{"skill": "A", "level": 5}"#, None),
        ("", r#"{"skill": "A", "level": 5}"#, None),
    ] {
        assert_eq!(term(&rows(asked, held), "", "SKILLS"), expected, "{asked} / {held}");
    }
}

#[test]
fn a_language_at_its_level_is_half_and_the_mother_tongue_is_all() {
    let rows = |program: &str, asked: &str, held: &str| {
        format!(
            r#""programs": [{{"program_id": "G", "language_requirements": [{program}]}}],
               "projects": [{{"project_id": "P", "program_id": "G", "language_requirements": [{asked}]}}],
               "students": [{{"student_id": "S", "languages": [{held}]}}]"#
        )
    };
    let ja = |level: &str| format!(r#"{{"language": "ja", "level": "{level}"}}"#);
    for (asked, held, expected) in [
        (r#"{"language": "ja", "min_level": "B1"}"#, ja("B1"), Some(500_000)),
        (r#"{"language": "ja", "min_level": "B1"}"#, ja("C1"), Some(750_000)),
        (r#"{"language": "ja", "min_level": "B1"}"#, ja("NATIVE"), Some(1_000_000)),
        (r#"{"language": "ja", "min_level": "B1"}"#, ja("A2"), Some(333_333)),
        (r#"{"language": "ja", "min_level": "NATIVE"}"#, ja("NATIVE"), Some(1_000_000)),
        (r#"{"language": "ja"}"#, ja("A1"), Some(142_857)),
        (r#"{"language": "ja"}"#, String::new(), Some(0)),
        ("", ja("C1"), None),
    ] {
        assert_eq!(term(&rows("", asked, &held), "", "LANGUAGE"), expected, "{asked} / {held}");
    }
    // A language that the project asks for itself is not counted again for its program.
    let program = r#"{"language": "ja", "min_level": "A1", "required": false}, {"language": "de", "required": false}"#;
    let asked = r#"{"language": "ja", "min_level": "B1"}"#;
    assert_eq!(term(&rows(program, asked, &ja("B1")), "", "LANGUAGE"), Some(250_000));
}

#[test]
fn preference_falls_evenly_with_the_rank() {
    let rows = |choices: &str| {
        format!(
            r#""projects": [{{"project_id": "P"}}, {{"project_id": "P2"}}],
               "students": [{{"student_id": "S", "choices": [{choices}]}},
                            {{"student_id": "S2", "choices": [{{"rank": 4, "project_id": "P2"}}]}}]"#
        )
    };
    for (choices, policy, expected) in [
        (r#"{"rank": 1, "project_id": "P"}"#, "", Some(1_000_000)),
        (r#"{"rank": 3, "project_id": "P"}"#, "", Some(500_000)),
        (r#"{"project_id": "P2"}, {"project_id": "P"}"#, "", Some(750_000)),
        (r#"{"rank": 9, "project_id": "P"}"#, r#""rank_scale": 3"#, Some(0)),
        (r#"{"rank": 2, "project_id": "P"}"#, r#""rank_scale": 3"#, Some(666_667)),
        (r#"{"rank": 1, "project_id": "P2"}"#, "", Some(0)),
        // Somebody else states a choice.
        ("", "", Some(0)),
    ] {
        assert_eq!(term(&rows(choices), policy, "PREFERENCE"), expected, "{choices} {policy}");
    }
    let nobody = r#""projects": [{"project_id": "P"}], "students": [{"student_id": "S"}]"#;
    assert_eq!(term(nobody, r#""rank_scale": 3"#, "PREFERENCE"), None);
}

#[test]
fn the_hosts_rank_is_on_the_scale_of_its_project() {
    let rows = |ranks: &str| {
        format!(
            r#""projects": [{{"project_id": "P", "student_ranks": [{ranks}]}}],
               "students": [{{"student_id": "S"}}, {{"student_id": "S2"}}]"#
        )
    };
    for (ranks, expected) in [
        (r#"{"student_id": "S", "rank": 1}"#, Some(1_000_000)),
        (r#"{"student_id": "S", "rank": 2}, {"student_id": "S2", "rank": 4}"#, Some(750_000)),
        (r#"{"student_id": "S2"}, {"student_id": "S"}"#, Some(500_000)),
        (r#"{"student_id": "S2", "rank": 1}"#, Some(0)),
        ("", None),
    ] {
        assert_eq!(term(&rows(ranks), "", "HOST_RANK"), expected, "{ranks}");
    }
}

#[test]
fn a_term_that_does_not_apply_leaves_the_divisor_too() {
    let rows = |note: &str| {
        format!(
            r#""projects": [{{"project_id": "P"}}], "students": [{{"student_id": "S"}}],
               "pair_notes": [{{"student_id": "S", "project_id": "P"{note}}}]"#
        )
    };
    let policy = r#""weights": {"interview": 1, "affinity": 3}"#;
    for (note, expected) in [
        (r#", "interview_rating": 0.5"#, 500_000),
        (r#", "interview_rating": 0.5, "affinity": 1"#, 875_000),
        (r#", "affinity": 0"#, 0),
        ("", 0),
    ] {
        let pair = score(&rows(note), policy);
        assert_eq!(pair.points, expected, "{note}");
        assert_eq!(pair.contributions.iter().filter(|c| c.applies).count(), note.matches(':').count(), "{note}");
    }
}

#[test]
fn the_parts_of_the_points_add_up_exactly() {
    for seed in 0..5 {
        let request = calls::sample(&pb::GetSampleRequest { seed, ..Default::default() }).expect("a sample");
        let request = pb::EvaluateRequest { instance: request.instance, policy: request.policy, ..Default::default() };
        let evaluations = calls::read_evaluations(request, &caller()).expect("well formed");
        let tell = |pair: pb::PairEvaluation| {
            assert_eq!(pair.contributions.iter().map(|c| c.points).sum::<i32>(), pair.points);
            assert_eq!(pair.contributions.len(), 6);
            assert!((0..=1_000_000).contains(&pair.points));
            ControlFlow::Continue(())
        };
        evaluations.tell(tell);
    }
}

#[test]
fn points_are_rounded_half_up() {
    let rows = r#""projects": [{"project_id": "P"}], "students": [{"student_id": "S"}],
        "pair_notes": [{"student_id": "S", "project_id": "P", "interview_rating": 0.000001, "affinity": 0}]"#;
    assert_eq!(score(rows, r#""weights": {"interview": 1, "affinity": 1}"#).points, 1);
    assert_eq!(score(rows, r#""weights": {"interview": 1, "affinity": 1.000001}"#).points, 0);
}
