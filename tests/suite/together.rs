//! Seats that buy nothing by themselves: what has to change with them.

use pb::edit::Kind;
use pb::goal_price::Effect;
use pb::outcome::Status;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use wire::pb;

use crate::oracle::generate;
use crate::support::{caller, message, solver};

fn what_if(request: pb::WhatIfRequest) -> pb::WhatIfResponse {
    calls::what_if(request, &caller(), &solver()).unwrap_or_else(|error| panic!("{error:?}"))
}

/// A host of two projects that are full, and a third student who wishes for the first of them alone.
fn asked(host_seats: i32, edits: &str, policy: &str) -> pb::WhatIfResponse {
    let text = format!(
        r#"{{"instance": {{"hosts": [{{"host_id": "H", "max_seat_count": {host_seats}}}],
            "projects": [{{"project_id": "P", "host_id": "H"}}, {{"project_id": "Q", "host_id": "H"}}],
            "students": [{{"student_id": "A", "choices": [{{"project_id": "P"}}], "choices_only": true}},
                {{"student_id": "B", "choices": [{{"project_id": "Q"}}], "choices_only": true}},
                {{"student_id": "C", "choices": [{{"project_id": "P"}}], "choices_only": true}}]}},
            "policy": {{{policy}}}, "edits": [{edits}]}}"#
    );
    what_if(message("WhatIfRequest", &text))
}

fn sentences(told: &pb::WhatIfResponse) -> Vec<&str> {
    told.also.iter().map(|edit| edit.sentence.as_str()).collect()
}

const HOST: &str = r#"{"kind": "HOST_SEATS", "host_id": "H", "by": 1}"#;
const PROJECT: &str = r#"{"kind": "PROJECT_SEATS", "project_id": "P", "by": 1}"#;

#[test]
fn a_seat_of_a_host_buys_something_with_one_of_the_project_that_somebody_waits_for() {
    let told = asked(2, HOST, "");
    assert!(told.counterfactual.as_ref().is_some_and(|told| told.moves.is_empty()));
    assert_eq!(sentences(&told), ["Raise the seats of P from 1 to 2."]);
    let also = told.also_counterfactual.expect("what it buys");
    assert_eq!((also.prices[0].before, also.prices[0].after, also.prices[0].effect()), (2, 3, Effect::Better));
    assert_eq!((also.moves.len(), also.moves[0].to_project_id.as_str()), (1, "P"));
}

#[test]
fn a_seat_of_a_project_buys_something_with_one_of_its_full_host() {
    let told = asked(2, PROJECT, "");
    assert_eq!(sentences(&told), ["Raise the seats of host H from 2 to 3."]);
    assert_eq!(told.also_counterfactual.expect("what it buys").prices[0].after, 3);
}

#[test]
fn nothing_is_added_where_something_is_bought_or_something_else_stands_in_the_way() {
    for (host_seats, edits, policy) in [
        (3, PROJECT.to_owned(), ""),
        (2, format!("{HOST}, {PROJECT}"), ""),
        (3, HOST.to_owned(), ""),
        (2, HOST.to_owned(), r#""quotas": [{"quota_id": "Z", "max_count": 2}]"#),
        (2, r#"{"kind": "PROJECT_SEATS", "project_id": "Q", "by": 1}"#.to_owned(), ""),
        (2, r#"{"kind": "TERM_WEIGHT", "criterion": "SKILLS", "weight": 4}"#.to_owned(), ""),
    ] {
        let told = asked(host_seats, &edits, policy);
        // A host with a seat to spare is not in the way of its own project.
        let expected: &[&str] =
            if host_seats == 3 && edits == HOST { &["Raise the seats of P from 1 to 2."] } else { &[] };
        assert_eq!((sentences(&told), told.also_counterfactual.is_some()), (expected.to_vec(), !expected.is_empty()));
    }
}

/// Whether a goal is better and none before it worse.
fn is_gain(told: Option<&pb::Counterfactual>) -> bool {
    let effects = told.iter().flat_map(|told| &told.prices).map(pb::GoalPrice::effect);
    effects.into_iter().find(|&effect| effect != Effect::Same) == Some(Effect::Better)
}

#[test]
fn what_is_added_buys_what_it_says_and_where_nothing_is_no_next_limit_alone_would() {
    let (mut added, mut nothing) = (0, 0);
    for seed in 500_000..500_200_u64 {
        let instance = generate::instance(&mut ChaCha8Rng::seed_from_u64(seed));
        let policy = pb::Policy { weights: Some(generate::weights()), ..pb::Policy::default() };
        let ask = |edits: &[pb::Edit]| {
            what_if(pb::WhatIfRequest {
                instance: Some(instance.clone()),
                policy: Some(policy.clone()),
                edits: edits.to_vec(),
                ..pb::WhatIfRequest::default()
            })
        };
        let more = |kind: Kind, project: &str, host: &str| pb::Edit {
            kind: kind as i32,
            project_id: project.to_owned(),
            host_id: host.to_owned(),
            by: Some(1),
            ..pb::Edit::default()
        };
        let limited = instance.hosts.iter().filter(|host| host.max_seat_count.is_some());
        let hosts: Vec<&str> = limited.map(|host| host.host_id.as_str()).collect();
        let hosted = instance.projects.iter().filter(|project| hosts.contains(&project.host_id.as_str()));
        let hosted: Vec<(&str, &str)> = hosted.map(|row| (row.project_id.as_str(), row.host_id.as_str())).collect();
        let of_hosts = hosts.iter().map(|host| more(Kind::HostSeats, "", host));
        let of_projects = hosted.iter().map(|(project, _)| more(Kind::ProjectSeats, project, ""));
        for edit in of_hosts.chain(of_projects) {
            let told = ask(std::slice::from_ref(&edit));
            if told.status() != Status::Optimal || told.counterfactual.is_none() {
                continue;
            }
            if told.also.is_empty() {
                if is_gain(told.counterfactual.as_ref()) {
                    continue;
                }
                nothing += 1;
                for (project, host) in &hosted {
                    let next = if edit.host_id == *host {
                        more(Kind::ProjectSeats, project, "")
                    } else if edit.project_id == *project {
                        more(Kind::HostSeats, "", host)
                    } else {
                        continue;
                    };
                    assert!(!is_gain(ask(&[edit.clone(), next]).counterfactual.as_ref()), "seed {seed}");
                }
                continue;
            }
            added += 1;
            assert!(!is_gain(told.counterfactual.as_ref()), "seed {seed}");
            let mut edits = vec![edit.clone()];
            edits.extend(told.also.iter().map(|edit| pb::Edit { from: None, ..edit.clone() }));
            let together = ask(&edits).counterfactual.expect("a matching");
            assert!(is_gain(Some(&together)), "seed {seed}");
            let also = told.also_counterfactual.expect("what it buys");
            assert_eq!(also.prices, together.prices, "seed {seed}");
        }
    }
    assert!(added > 10 && nothing > 100, "{added} with something added, {nothing} without");
}
