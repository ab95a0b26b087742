//! Shortlists: who interviews whom before a match.

use std::collections::BTreeSet;

use calls::CallError;
use pb::outcome::Status;
use pb::shortlist_goal::Kind::{Interviews, Points, ProjectsWithout, StudentsWithout};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};
use wire::pb;

use crate::oracle::generate;
use crate::support::{caller, message, solve, solver};

fn shortlist(request: pb::ShortlistRequest) -> pb::ShortlistResponse {
    calls::shortlist(request, &caller(), &solver()).unwrap_or_else(|error| panic!("{error:?}"))
}

fn pairs(response: &pb::ShortlistResponse) -> Vec<(&str, &str)> {
    response.interviews.iter().map(|i| (i.student_id.as_str(), i.project_id.as_str())).collect()
}

fn values(response: &pb::ShortlistResponse) -> Vec<i64> {
    assert!(response.goals.iter().all(|goal| goal.proven && goal.bound == goal.value), "{response:#?}");
    let kinds: Vec<_> = response.goals.iter().map(|goal| goal.kind()).collect();
    assert_eq!(kinds, [StudentsWithout, ProjectsWithout, Interviews, Points]);
    response.goals.iter().map(|goal| goal.value).collect()
}

/// Every set of pairs is tried; what is left by the goals in their order and then the lottery is the answer.
struct Tried {
    values: Vec<i64>,
    left: Vec<usize>,
}

fn by_trying_all(
    pairs: &[(usize, usize, i64)],
    per_student: usize,
    of_projects: &[usize],
    tickets: &dyn Fn(usize, u32) -> i64,
) -> Tried {
    let worth = |set: u32| -> Option<Vec<i64>> {
        let chosen = || (0..pairs.len()).filter(|at| set & (1 << at) != 0).map(|at| pairs[at]);
        let students = BTreeSet::from_iter(pairs.iter().map(|pair| pair.0));
        let projects = BTreeSet::from_iter(pairs.iter().map(|pair| pair.1));
        let of_student = |s: &usize| chosen().filter(|pair| pair.0 == *s).count();
        let of_project = |p: &usize| chosen().filter(|pair| pair.1 == *p).count();
        let fits = students.iter().all(|s| of_student(s) <= per_student)
            && projects.iter().all(|p| of_project(p) <= of_projects[*p]);
        fits.then(|| {
            let without_student = students.iter().filter(|s| of_student(s) == 0).count() as i64;
            let without_project = projects.iter().filter(|p| of_project(p) == 0).count() as i64;
            vec![-without_student, -without_project, chosen().count() as i64, chosen().map(|pair| pair.2).sum()]
        })
    };
    let all: Vec<(u32, Vec<i64>)> = (0..1_u32 << pairs.len()).filter_map(|set| Some((set, worth(set)?))).collect();
    let best = all.iter().map(|(_, worth)| worth.clone()).max().expect("nobody interviewed is a way");
    let mut left: Vec<u32> = all.into_iter().filter(|(_, worth)| *worth == best).map(|(set, _)| set).collect();
    let mut level = 0;
    while left.len() > 1 {
        let sum = |set: &u32| -> i64 {
            (0..pairs.len()).filter(|at| set & (1 << at) != 0).map(|at| tickets(at, level)).sum()
        };
        let least = left.iter().map(sum).min().expect("some are left");
        left.retain(|set| sum(set) == least);
        level += 1;
    }
    let left = (0..pairs.len()).filter(|at| left[0] & (1 << at) != 0).collect();
    Tried { values: vec![-best[0], -best[1], best[2], best[3]], left }
}

fn ticket(student: &str, project: &str, level: u32) -> i64 {
    let mut bytes = 0_i64.to_le_bytes().to_vec();
    bytes.extend(level.to_le_bytes());
    bytes.extend((student.len() as u32).to_le_bytes());
    bytes.extend(student.bytes());
    bytes.extend(project.bytes());
    let digest = Sha256::digest(&bytes);
    (i64::from(digest[0]) << 12) + (i64::from(digest[1]) << 4) + (i64::from(digest[2]) >> 4)
}

#[test]
fn five_hundred_tiny_shortlists_are_those_that_trying_every_set_of_pairs_finds() {
    let mut compared = 0;
    for seed in 90_000..90_500 {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut instance = generate::instance(&mut random);
        // Who is pinned is left out, which another test looks at.
        instance.pair_notes.iter_mut().for_each(|note| (note.pinned, note.offer_state) = (false, 0));
        let policy = pb::Policy { weights: Some(generate::weights()), ..pb::Policy::default() };
        let request = pb::EvaluateRequest {
            instance: Some(instance.clone()),
            policy: Some(policy.clone()),
            ..pb::EvaluateRequest::default()
        };
        let evaluations = calls::read_evaluations(request, &caller()).expect("well formed");
        let mut eligible: Vec<pb::PairEvaluation> = Vec::new();
        evaluations.tell(|pair| {
            let refused = pair.refusals.iter().filter(|refusal| {
                let project = instance.projects.iter().find(|p| p.project_id == pair.project_id).expect("a project");
                refusal.rule() != pb::Rule::RankedOnly || !project.student_ranks.is_empty()
            });
            if refused.count() == 0 {
                eligible.push(pair);
            }
            std::ops::ControlFlow::Continue(())
        });
        let seats = |id: &str| {
            let project = instance.projects.iter().find(|p| p.project_id == id).expect("a project");
            let host = instance.hosts.iter().find(|h| h.host_id == project.host_id);
            let closed = host.is_some_and(|host| host.max_seat_count == Some(0));
            if closed { 0 } else { project.max_seat_count.unwrap_or(project.min_seat_count().max(1)) }
        };
        eligible.retain(|pair| seats(&pair.project_id) > 0);
        if eligible.len() > 12 {
            continue;
        }
        let place = |ids: Vec<&String>, id: &String| ids.iter().position(|other| *other == id).expect("an id");
        let numbered: Vec<(usize, usize, i64)> = eligible
            .iter()
            .map(|pair| {
                let student = place(instance.students.iter().map(|s| &s.student_id).collect(), &pair.student_id);
                let project = place(instance.projects.iter().map(|p| &p.project_id).collect(), &pair.project_id);
                (student, project, i64::from(pair.points))
            })
            .collect();
        let (per_project, per_student) = (random.random_range(1..4), random.random_range(1..4));
        let draw = |at: usize, level: u32| ticket(&eligible[at].student_id, &eligible[at].project_id, level);
        let of_projects = vec![per_project as usize; instance.projects.len()];
        let expected = by_trying_all(&numbered, per_student as usize, &of_projects, &draw);
        for engine in [pb::limits::Engine::Automatic, pb::limits::Engine::IntegerProgram] {
            let limits = Some(pb::Limits { engine: engine as i32, ..pb::Limits::default() });
            let found = shortlist(pb::ShortlistRequest {
                instance: Some(instance.clone()),
                policy: Some(pb::Policy { limits, ..policy.clone() }),
                interviews_per_project: Some(per_project),
                interviews_per_student: Some(per_student),
                project_interviews: Vec::new(),
            });
            assert!(found.status() == Status::Optimal && found.canonical, "seed {seed}");
            assert_eq!(values(&found), expected.values, "seed {seed}");
            let left: Vec<(&str, &str)> =
                expected.left.iter().map(|&at| (&*eligible[at].student_id, &*eligible[at].project_id)).collect();
            assert_eq!(pairs(&found), left, "seed {seed}");
        }
        compared += 1;
    }
    assert!(compared > 400, "{compared} were small enough");
}

/// Three students who all want P most; Q is there as well.
fn three(more: &str) -> pb::ShortlistRequest {
    let student =
        |id: &str| format!(r#"{{"student_id": "{id}", "choices": [{{"project_id": "P"}}, {{"project_id": "Q"}}]}}"#);
    message(
        "ShortlistRequest",
        &format!(
            r#"{{"instance": {{"projects": [{{"project_id": "P", "ranked_only": true}}, {{"project_id": "Q"}}],
                "students": [{}, {}, {}]
                {more}}}"#,
            student("A"),
            student("B"),
            student("C"),
        ),
    )
}

#[test]
fn nobody_is_left_without_an_interview_where_it_can_be_helped() {
    let response = shortlist(three(r#"}, "interviews_per_project": 2, "interviews_per_student": 2"#));
    assert_eq!(values(&response)[..3], [0, 0, 4]);
    assert!(response.students_without.is_empty());
    // P interviews two at most: another number for one project.
    let response = shortlist(three(
        r#"}, "interviews_per_project": 1, "interviews_per_student": 2, "project_interviews": [{"project_id": "Q", "count": 0}]"#,
    ));
    assert_eq!(values(&response)[..3], [2, 0, 1]);
    let without: Vec<i32> = response.students_without.iter().map(|s| s.possible_project_count).collect();
    assert_eq!(without, [1, 1]);
    assert_eq!(response.projects_without.iter().map(|p| &*p.project_id).collect::<Vec<_>>(), ["Q"]);
}

#[test]
fn who_is_pinned_needs_no_interview_and_a_project_without_a_seat_left_holds_none() {
    let response = shortlist(three(
        r#", "pair_notes": [{"student_id": "A", "project_id": "Q", "offer_state": "ACCEPTED"}]}, "interviews_per_student": 2"#,
    ));
    assert_eq!(pairs(&response), [("B", "P"), ("C", "P")]);
    assert!(response.students_without.is_empty() && response.projects_without.is_empty());
}

#[test]
fn what_is_malformed_is_told_with_its_field() {
    let request = three(
        r#"}, "interviews_per_project": 0, "interviews_per_student": 1001,
           "project_interviews": [{"project_id": "P", "count": 1}, {"project_id": "P"}, {"project_id": "Z"}]"#,
    );
    let Err(CallError::Malformed(faults)) = calls::shortlist(request, &caller(), &solver()) else { panic!("refused") };
    let told: Vec<(&str, &str)> =
        faults.findings().iter().map(|fault| (fault.code.reason, fault.field.as_str())).collect();
    assert_eq!(
        told,
        [
            ("OUT_OF_RANGE", "interviews_per_project"),
            ("OUT_OF_RANGE", "interviews_per_student"),
            ("DUPLICATE_ENTRY", "project_interviews[1].project_id"),
            ("UNKNOWN_ID", "project_interviews[2].project_id"),
        ]
    );
}

#[test]
fn a_shortlist_feeds_the_ranks_of_the_match() {
    let made = calls::sample(&pb::GetSampleRequest {
        sample: pb::get_sample_request::Sample::Summer as i32,
        student_count: Some(120),
        project_count: Some(150),
        ..pb::GetSampleRequest::default()
    });
    let made = made.expect("a sample");
    let mut instance = made.instance.expect("an instance");
    instance.projects.iter_mut().for_each(|project| project.student_ranks.clear());
    let listed = shortlist(pb::ShortlistRequest {
        instance: Some(instance.clone()),
        policy: made.policy.clone(),
        ..pb::ShortlistRequest::default()
    });
    assert!(listed.projects.iter().all(|project| (1..=5).contains(&project.student_ranks.len())));
    // Hosts keep the order, and take nobody whom they did not see.
    for project in &mut instance.projects {
        let of_project = listed.projects.iter().find(|listed| listed.project_id == project.project_id);
        project.student_ranks = of_project.map(|listed| listed.student_ranks.clone()).unwrap_or_default();
        project.ranked_only = true;
    }
    let outcome = solve(pb::MatchRequest { instance: Some(instance), policy: made.policy });
    assert_eq!(outcome.status(), Status::Optimal);
    let interviewed: BTreeSet<(&str, &str)> = pairs(&listed).into_iter().collect();
    assert!(outcome.assignments.iter().all(|a| interviewed.contains(&(&*a.student_id, &*a.project_id))));
    assert!(outcome.assignments.len() > 60);
}
