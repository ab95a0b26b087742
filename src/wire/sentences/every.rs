//! Every sentence that the engine can say, as a golden file that is read as a whole: `every.txt`. `UPDATE=1` writes it anew.

#![cfg(test)]

use super::Words;
use crate::names::Names;
use crate::{Audience, SizeLimits, json, pb, read_request};
use pb::goal::Kind as Goal;
use pb::goal_price::Effect;
use pb::{outcome, prospect, unmatched};

/// Two with a name and one without, two titled projects of one host, and one of everything that a row can be about.
const SEASON: &str = r#"{"instance": {
    "hosts": [{"host_id": "KIT", "title": "Karlsruhe Institute", "max_seat_count": 2}],
    "funds": [{"fund_id": "travel", "place_count": 1}],
    "projects": [
        {"project_id": "films", "title": "Thin films", "host_id": "KIT"},
        {"project_id": "robots", "title": "Robots that help", "host_id": "KIT", "min_seat_count": 2, "max_seat_count": 3},
        {"project_id": "P9"}],
    "students": [
        {"student_id": "S1", "display_name": "Ana Silva", "choices": [{"project_id": "films"}, {"project_id": "robots"}]},
        {"student_id": "S2", "display_name": "Ben Ito", "choices_only": true},
        {"student_id": "S3", "choices_only": true, "choices": [{"project_id": "films"}, {"project_id": "P9"}]}],
    "links": [{"student_ids": ["S1", "S2"], "kind": "SAME_HOST"}],
    "pair_notes": [{"student_id": "S2", "project_id": "robots", "offer_state": "DECLINED"}]},
  "policy": {"quotas": [{"quota_id": "women", "min_count": "1", "max_count": "2"}]}}"#;

/// The text, title by title.
#[derive(Default)]
struct Book(String);

impl Book {
    fn part(&mut self, title: &str, sentences: impl IntoIterator<Item = String>) {
        self.0 += &format!("\n# {title}\n");
        let mut told: Vec<String> = Vec::new();
        for sentence in sentences.into_iter().filter(|sentence| !sentence.is_empty()) {
            if !told.contains(&sentence) {
                self.0 += &format!("{sentence}\n");
                told.push(sentence);
            }
        }
    }
}

fn price(kind: Goal, before: i64, after: i64, effect: Effect) -> pb::GoalPrice {
    pb::GoalPrice {
        kind: kind as i32,
        before,
        after,
        change: after - before,
        effect: effect as i32,
        ..pb::GoalPrice::default()
    }
}

fn moved(student: &str, from: &str, to: &str) -> pb::Move {
    pb::Move {
        student_id: student.to_owned(),
        from_project_id: from.to_owned(),
        to_project_id: to.to_owned(),
        chain: 0,
    }
}

fn worse(moves: Vec<pb::Move>) -> pb::Counterfactual {
    let lost_count = moves.iter().filter(|m| m.to_project_id.is_empty()).count() as i32;
    let moved_count = moves.len() as i32;
    pb::Counterfactual {
        prices: vec![price(Goal::TotalPoints, 2_650_000, 2_648_000, Effect::Worse)],
        moves,
        lost_count,
        moved_count,
    }
}

fn told(kind: prospect::Kind) -> pb::Prospect {
    pb::Prospect { kind: kind as i32, ..pb::Prospect::default() }
}

/// Each thing that may be known of what was asked for.
fn prospects() -> Vec<(&'static str, pb::Prospect)> {
    use prospect::Kind;
    let swap = vec![moved("S3", "", "films"), moved("S1", "films", "")];
    let exchange = vec![moved("S3", "P9", "films"), moved("S1", "films", "P9")];
    let chain = vec![moved("S3", "", "films"), moved("S1", "films", "P9"), moved("S2", "P9", "")];
    let alone = vec![moved("S3", "P9", "films")];
    let of =
        |kind: Kind, moves: &[pb::Move]| pb::Prospect { counterfactual: Some(worse(moves.to_vec())), ..told(kind) };
    let tie = |moves: &[pb::Move]| pb::Prospect {
        counterfactual: Some(pb::Counterfactual { prices: Vec::new(), ..worse(moves.to_vec()) }),
        ..told(Kind::Tie)
    };
    let drawn = |moves: &[pb::Move]| pb::Prospect { draw: Some(pb::LotteryDraw::default()), ..tie(moves) };
    let better = pb::Counterfactual {
        prices: vec![price(Goal::PlaceMost, 2, 3, Effect::Better)],
        ..worse(vec![moved("S3", "", "films")])
    };
    let row = pb::ConflictRow {
        kind: pb::conflict_row::Kind::HostSeats as i32,
        host_id: "KIT".to_owned(),
        ..pb::ConflictRow::default()
    };
    vec![
        ("it costs another their place", of(Kind::Costs, &swap)),
        ("it costs others, along a chain", of(Kind::Costs, &chain)),
        ("it costs nobody else anything but is worse", of(Kind::Costs, &alone)),
        ("it is better than what is explained", pb::Prospect { counterfactual: Some(better), ..told(Kind::Costs) }),
        ("it costs something, not told", told(Kind::Costs)),
        ("two tie, drawn", drawn(&swap)),
        ("two tie and would change places, drawn", drawn(&exchange)),
        ("a longer tie, drawn", drawn(&chain)),
        ("a tie, not drawn", tie(&swap)),
        ("a tie within a tolerance", of(Kind::Tie, &swap)),
        ("a tie with oneself, drawn", drawn(&alone)),
        ("a tie, not told", told(Kind::Tie)),
        ("blocked", pb::Prospect { blocked_by: vec![row], ..told(Kind::Blocked) }),
        ("blocked, not told by what", told(Kind::Blocked)),
        ("not settled", told(Kind::Unproven)),
    ]
}

/// One refusal of each rule, as the rules tell it.
fn refusals() -> Vec<pb::Refusal> {
    use pb::Rule;
    let of = |rule: Rule, required: &str, observed: &str| pb::Refusal {
        rule: rule as i32,
        required: required.to_owned(),
        observed: observed.to_owned(),
        ..pb::Refusal::default()
    };
    vec![
        of(Rule::Language, "ja at B1", "the profile has ja at A2"),
        of(Rule::Skills, "C at level 2", "the profile does not list C"),
        of(Rule::Dates, "a student who is there from 2027-06-01", "the profile says from 2027-06-15"),
        of(Rule::Duration, "at least 10 weeks", "it has 42 days"),
        of(
            Rule::WorkAuthorization,
            "work authorisation by the first day",
            "it is not granted, sponsored or requested, and no citizenship replaces it",
        ),
        of(Rule::StudyLevel, "MASTERS or DOCTORAL", "the profile says UNDERGRADUATE"),
        of(Rule::Gpa, "a GPA of at least 4", "the profile says 3.8"),
        of(Rule::Courses, "one of the courses 21G.501", "the profile lists none of them"),
        of(Rule::ProgramApproval, "approval by the program MISTI-JP", "it has not been given"),
        of(Rule::ProgramSuspended, "a program that runs", "program MISTI-JP is suspended (travel advice)"),
        of(Rule::Materials, "a complete file", "still missing: transcript"),
        of(Rule::Supervisor, "a named supervisor", "it names none"),
        of(Rule::Workspace, "a confirmed workspace", "it has none"),
        of(Rule::Forbidden, "a pair that no note forbids", "a note forbids it (a relative works there)"),
        of(Rule::Veto, "a project the student does not refuse", "vetoed"),
        of(Rule::ChoicesOnly, "a project that a choice covers", "none covers it"),
        of(Rule::RankedOnly, "a student the host ranked", "not ranked"),
        of(Rule::CountrySuspended, "a country that is not suspended", "JP is suspended"),
        of(Rule::HostWithdrawn, "a host that takes part", "host KIT has withdrawn"),
        of(Rule::OfferEnded, "no offer, or one that stands", "the offer was declined"),
        of(Rule::Funding, "a stipend, or a fund for the student and the project", "neither"),
        of(Rule::Pay, "at least 15 USD an hour", "it pays 14.99 USD an hour"),
        of(Rule::AlumniHost, "a host who is an alumna or alumnus", "another host, or none"),
        of(Rule::StudentWithdrawn, "a student who takes part", "the student has withdrawn"),
    ]
}

fn pair(refusals: Vec<pb::Refusal>) -> pb::PairEvaluation {
    pb::PairEvaluation {
        student_id: "S3".to_owned(),
        project_id: "films".to_owned(),
        refusals,
        choice_rank: Some(1),
        ..pb::PairEvaluation::default()
    }
}

fn refused(refusals: Vec<pb::Refusal>) -> pb::PairExplanation {
    pb::PairExplanation {
        evaluation: Some(pair(refusals)),
        reason: pb::pair_explanation::Reason::Refused as i32,
        prospect: None,
    }
}

fn possible(prospect: pb::Prospect) -> pb::PairExplanation {
    pb::PairExplanation {
        evaluation: Some(pair(Vec::new())),
        reason: pb::pair_explanation::Reason::Possible as i32,
        prospect: Some(prospect),
    }
}

/// Each reason for having no place.
fn unmatched(reader: Audience) -> Vec<pb::Unmatched> {
    use unmatched::Reason;
    let of = |student: &str, reason: Reason| pb::Unmatched {
        student_id: student.to_owned(),
        reason: reason as i32,
        ..pb::Unmatched::default()
    };
    let rule = |rule: pb::Rule| vec![pb::RuleCount { rule: rule as i32, project_count: 3 }];
    let single =
        |rule: pb::Rule, waivable: bool| vec![pb::SingleRule { rule: rule as i32, project_count: 2, waivable }];
    let near = || vec![pair(vec![refusals()[1].clone()])];
    let mut all = vec![
        pb::Unmatched { refusals: rule(pb::Rule::StudentWithdrawn), ..of("S3", Reason::NoEligibleProject) },
        pb::Unmatched {
            nearest_projects: near(),
            single_rules: single(pb::Rule::Skills, true),
            ..of("S3", Reason::NoEligibleProject)
        },
        pb::Unmatched {
            single_rules: single(pb::Rule::CountrySuspended, false),
            ..of("S3", Reason::NoEligibleProject)
        },
        pb::Unmatched { refusals: rule(pb::Rule::ChoicesOnly), ..of("S2", Reason::NotAcceptable) },
        pb::Unmatched {
            refusals: rule(pb::Rule::ChoicesOnly),
            nearest_projects: near(),
            ..of("S3", Reason::NotAcceptable)
        },
        of("S1", Reason::NotAcceptable),
        of("S3", Reason::Unproven),
        pb::Unmatched {
            full_quota_ids: vec!["women".to_owned()],
            placing: Some(told(prospect::Kind::Costs)),
            ..of("S3", Reason::CrowdedOut)
        },
    ];
    // A student is told no rows that name others.
    let told = prospects().into_iter().filter(|(title, _)| reader == Audience::Manager || !title.is_empty());
    all.extend(told.map(|(_, placing)| pb::Unmatched { placing: Some(placing), ..of("S3", Reason::CrowdedOut) }));
    all
}

fn students(book: &mut Book, words: &Words, reader: &str) {
    let assignment = |alternates: &[&str]| {
        let other = |id: &&str| pb::Alternate { project_id: (*id).to_owned(), ..pb::Alternate::default() };
        Some(pb::Assignment {
            student_id: "S1".to_owned(),
            project_id: "robots".to_owned(),
            choice_rank: Some(2),
            alternates: alternates.iter().map(other).collect(),
            ..pb::Assignment::default()
        })
    };
    let of = || pb::StudentExplanation { student_id: "S1".to_owned(), ..pb::StudentExplanation::default() };
    let unranked = assignment(&[]).map(|place| pb::Assignment { choice_rank: None, ..place });
    let waived_rules = vec![pb::Rule::Language as i32];
    let all = [
        pb::StudentExplanation { assignment: assignment(&["films", "P9"]), ..of() },
        pb::StudentExplanation { assignment: unranked, pinned: true, waived_rules, ..of() },
        pb::StudentExplanation { assignment: assignment(&[]), accepted: true, ..of() },
        pb::StudentExplanation { void_acceptance: Some(pair(vec![refusals()[17].clone()])), ..of() },
        pb::StudentExplanation { preferred: vec![refused(vec![refusals()[1].clone()])], preferred_count: 4, ..of() },
    ];
    book.part(
        &format!("A student's place, to {reader}"),
        all.into_iter().flat_map(|mut told| {
            words.reader.of_student(&mut told);
            words.explained_student(&told)
        }),
    );
}

fn projects(book: &mut Book, words: &Words, reader: &str) {
    use pb::project_explanation::State;
    let of = |project: &str, state: State| pb::ProjectExplanation {
        project_id: project.to_owned(),
        state: state as i32,
        seat_count: 2,
        eligible_student_count: 3,
        ..pb::ProjectExplanation::default()
    };
    let one = || vec![pb::Assignment::default()];
    let by = |number: i32| vec![pb::StudentCount { rule: pb::Rule::Skills as i32, student_count: number }];
    let all = [
        of("films", State::NoSeats),
        pb::ProjectExplanation { applicant_count: Some(0), ..of("films", State::NoEligibleStudent) },
        pb::ProjectExplanation {
            applicant_count: Some(1),
            applicant_refusals: by(1),
            ..of("films", State::NoEligibleStudent)
        },
        pb::ProjectExplanation {
            applicant_count: Some(5),
            applicant_refusals: by(5),
            ..of("films", State::NoEligibleStudent)
        },
        pb::ProjectExplanation { refusals: by(30), ..of("films", State::NoEligibleStudent) },
        pb::ProjectExplanation { assignments: one(), ..of("films", State::Full) },
        pb::ProjectExplanation { assignments: [one(), one()].concat(), ..of("films", State::Full) },
        pb::ProjectExplanation { assignments: one(), host_is_full: true, ..of("films", State::FreeSeats) },
        of("films", State::Empty),
        pb::ProjectExplanation { host_is_full: true, ..of("films", State::Empty) },
        of("robots", State::Closed),
    ];
    book.part(
        &format!("A project, to {reader}"),
        all.into_iter().flat_map(|mut told| {
            words.reader.of_project(&mut told);
            words.explained_project(&told)
        }),
    );
    let newcomers = prospects().into_iter().flat_map(|(_, newcomer)| {
        let mut told = pb::ProjectExplanation { newcomer: Some(newcomer), ..of("films", State::Empty) };
        words.reader.of_project(&mut told);
        words.explained_project(&told).into_iter().skip(1)
    });
    book.part(&format!("Somebody at an empty project, to {reader}"), newcomers);
}

fn goals() -> Vec<pb::GoalPrice> {
    let mut all = Vec::new();
    for (number, kind) in (1..).map_while(|number| Goal::try_from(number).ok().map(|kind| (number, kind))) {
        for (before, after, effect) in [(2, 3, Effect::Better), (i64::from(number) + 2, 1, Effect::Worse)] {
            let (profile_before, profile_after) = (vec![415, 167], vec![414, 168]);
            all.push(pb::GoalPrice { profile_before, profile_after, ..price(kind, before, after, effect) });
        }
    }
    all.push(pb::GoalPrice { scoped: true, ..price(Goal::PlaceMost, 10, 8, Effect::Worse) });
    all.push(price(Goal::TotalPoints, 5_632_000_000, 5_632_000_100, Effect::Better));
    all
}

fn rows() -> Vec<pb::ConflictRow> {
    use pb::conflict_row::Kind;
    let of = |kind: Kind, label: &str, students: &[&str]| pb::ConflictRow {
        kind: kind as i32,
        label: label.to_owned(),
        student_ids: students.iter().map(|&id| id.to_owned()).collect(),
        project_id: "robots".to_owned(),
        host_id: "KIT".to_owned(),
        quota_id: "women".to_owned(),
        fund_id: "travel".to_owned(),
        sentence: String::new(),
    };
    vec![
        of(Kind::ProjectSeats, "", &[]),
        of(Kind::HostSeats, "", &[]),
        of(Kind::Opening, "", &[]),
        of(Kind::MustOpen, "", &[]),
        of(Kind::Pin, "pin:", &["S1"]),
        of(Kind::Pin, "accepted:", &["S1"]),
        of(Kind::MustPlace, "", &["S3"]),
        of(Kind::Quota, "", &[]),
        of(Kind::Link, "", &["S1", "S2"]),
        of(Kind::Fund, "", &[]),
        of(Kind::StableOnly, "", &[]),
    ]
}

fn seasons(book: &mut Book, words: &Words) {
    use outcome::Status;
    let conflict = pb::Conflict { rows: rows()[4..7].to_vec(), is_irreducible: true };
    let edit = |sentence: &str| pb::Edit { sentence: sentence.to_owned(), ..pb::Edit::default() };
    let relaxation = pb::Relaxation {
        edits: vec![edit("Raise the seats of host Karlsruhe Institute (KIT) from 2 to 3.")],
        assignments: vec![pb::Placement::default(); 3],
        ..pb::Relaxation::default()
    };
    let found = ["Ana Silva (S1) is pinned to two projects"].into_iter();
    let nothing = words.nothing(Status::Infeasible, found, std::slice::from_ref(&conflict), &[relaxation]);
    book.part("There is no matching", nothing);
    book.part("The solve ended early", words.nothing(Status::NoSolutionFound, std::iter::empty(), &[], &[]));
    let of = |status: Status, counterfactual: Option<pb::Counterfactual>| pb::WhatIfResponse {
        status: status as i32,
        edits: vec![edit("Raise the seats of Thin films (films) from 1 to 2.")],
        counterfactual,
        assignments: vec![pb::Placement::default()],
        ..pb::WhatIfResponse::default()
    };
    let none = || pb::Counterfactual { prices: Vec::new(), ..worse(Vec::new()) };
    let moves = || vec![moved("S3", "", "films")];
    let what_ifs = [
        of(Status::Infeasible, None),
        pb::WhatIfResponse { conflicts: vec![conflict], ..of(Status::Infeasible, None) },
        of(Status::NoSolutionFound, None),
        of(Status::Optimal, None),
        of(Status::Optimal, Some(none())),
        of(Status::Optimal, Some(pb::Counterfactual { moves: moves(), ..none() })),
        of(Status::Optimal, Some(pb::Counterfactual { moves: Vec::new(), ..worse(Vec::new()) })),
        of(Status::Optimal, Some(worse(moves()))),
        pb::WhatIfResponse {
            also: vec![edit("Raise the seats of host Karlsruhe Institute (KIT) from 2 to 3.")],
            also_counterfactual: Some(pb::Counterfactual {
                prices: vec![price(Goal::PlaceMost, 2, 3, Effect::Better)],
                ..worse(moves())
            }),
            ..of(Status::Optimal, Some(none()))
        },
    ];
    book.part("What if", what_ifs.iter().map(|told| words.what_if(told)));
    let seat = |kind: pb::conflict_row::Kind| pb::SeatValue {
        kind: kind as i32,
        project_id: "films".to_owned(),
        host_id: "KIT".to_owned(),
        quota_id: "women".to_owned(),
        fund_id: "travel".to_owned(),
        exact: true,
        better: true,
        prices: vec![price(Goal::PlaceMost, 2, 3, Effect::Better)],
        moved_count: 1,
        ..pb::SeatValue::default()
    };
    use pb::conflict_row::Kind;
    let mut seats = [Kind::ProjectSeats, Kind::HostSeats, Kind::Quota, Kind::Fund].map(seat).to_vec();
    seats.push(pb::SeatValue { better: false, ..seat(Kind::ProjectSeats) });
    seats.push(pb::SeatValue { exact: false, better: false, ..seat(Kind::ProjectSeats) });
    book.part("One more seat", seats.iter().map(|value| words.seat_value(value)));
    comparisons(book, words);
}

fn comparisons(book: &mut Book, words: &Words) {
    use outcome::Status;
    let compared = pb::CompareResponse {
        unchanged_count: 1_200,
        placed: Some(pb::Change { before: 771, after: 772 }),
        points: Some(pb::Change { before: 5_632_000_000, after: 5_631_990_000 }),
        projects: [true, false]
            .map(|closed_after| pb::ProjectChange { project_id: "films".to_owned(), closed_after })
            .to_vec(),
        ..pb::CompareResponse::default()
    };
    let both = [(Status::Optimal, true), (Status::Optimal, true)];
    book.part("Two outcomes", words.comparison(&compared, both));
    let without = [(Status::Infeasible, false), (Status::NoSolutionFound, false)];
    book.part("Two outcomes without a matching", words.comparison(&compared, without));
    let change = pb::StudentChange {
        student_id: "S1".to_owned(),
        from_project_id: "films".to_owned(),
        ..pb::StudentChange::default()
    };
    book.part("What is gone", [words.gone(&change)]);
}

fn book() -> String {
    let request: pb::MatchRequest = json::read("MatchRequest", SEASON.as_bytes()).expect("a request");
    let season = read_request(request.instance, request.policy, &SizeLimits::NONE).expect("a season");
    let names = Names { instance: &season.instance, policy: &season.policy };
    let mut book = Book::default();
    for (reader, name) in
        [(Audience::Manager, "the manager"), (Audience::Student, "the student"), (Audience::Host, "the host")]
    {
        let words = Words { season: Some(names), reader, is_best: true };
        if reader != Audience::Host {
            let left = unmatched(reader).into_iter().map(|left| {
                let mut told = pb::StudentExplanation { unmatched: Some(left), ..pb::StudentExplanation::default() };
                reader.of_student(&mut told);
                words.unmatched(&told.unmatched.unwrap_or_default())
            });
            book.part(&format!("Without a place, to {name}"), left);
            students(&mut book, &words, name);
            let all = refusals().into_iter().map(|refusal| {
                let mut told = refused(vec![refusal]);
                reader.of_pair(&mut told);
                words.pair(&told)
            });
            book.part(&format!("A rule refuses, to {name}"), all);
            book.part(&format!("Several rules refuse, to {name}"), [words.pair(&refused(refusals()[..3].to_vec()))]);
        }
        let pairs = prospects().into_iter().map(|(_, prospect)| {
            let mut told = possible(prospect);
            reader.of_pair(&mut told);
            words.pair(&told)
        });
        let not_told = words.pair(&refused(Vec::new()));
        book.part(&format!("A pair, to {name}"), pairs.chain([not_told]));
        if reader != Audience::Student {
            projects(&mut book, &words, name);
        }
    }
    let words = Words::to_manager(names);
    book.part("Goals", goals().iter().map(|told| words.price(told, false)));
    book.part("What was asked for", rows().iter().map(|row| words.row(row)));
    seasons(&mut book, &words);
    book.0
}

#[test]
fn every_sentence_stands_in_the_golden_file() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/sentences/every.txt");
    let told = book();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &told).expect("it is written");
    }
    let golden = std::fs::read_to_string(path).unwrap_or_default();
    let both = golden.lines().zip(told.lines()).find(|(golden, told)| golden != told);
    assert_eq!(golden, told, "first difference: {both:?}; UPDATE=1 writes the file anew");
}
