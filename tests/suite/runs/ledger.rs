//! The ledger: who decided what, when, why, and what that changed; and what became of those who were told a place.

use pb::get_run_request::View;
use pb::r#override::Kind;
use tonic::Code;
use tonic_types::StatusExt;
use wire::pb;

use super::harness::{Client, Place};
use crate::service::running::Server;
use crate::support::{message, solve};

fn rematch(base: &str, changes: &str) -> pb::CreateRunRequest {
    message("CreateRunRequest", &format!(r#"{{"base_run": "{base}", "changes": {changes}}}"#))
}

/// A run of a season, finished.
fn run(client: &mut Client, request: pb::CreateRunRequest) -> pb::Run {
    let name = client.create(request).expect("stored").name;
    client.finished(&name)
}

fn season(instance: &str) -> pb::CreateRunRequest {
    message("CreateRunRequest", &format!(r#"{{"instance": {instance}}}"#))
}

/// Two who want the one seat of P, and one who wants that of Q; A is ranked before B.
fn contested() -> pb::CreateRunRequest {
    season(
        r#"{"hosts": [{"host_id": "H", "country_code": "JP"}],
            "projects": [{"project_id": "P", "student_ranks": [{"student_id": "A", "rank": 1}, {"student_id": "B", "rank": 2}]},
                {"project_id": "Q", "host_id": "H"}],
            "students": [{"student_id": "A", "choices": [{"project_id": "P"}], "choices_only": true},
                {"student_id": "B", "choices": [{"project_id": "P"}], "choices_only": true},
                {"student_id": "C", "choices": [{"project_id": "Q"}], "choices_only": true}]}"#,
    )
}

/// A has the first of two places; who comes later wants that one and no other.
fn told_the_first() -> pb::CreateRunRequest {
    season(
        r#"{"projects": [{"project_id": "P"}, {"project_id": "Q"}],
            "students": [{"student_id": "A", "choices": [{"project_id": "P", "rank": 1}, {"project_id": "Q", "rank": 2}]}]}"#,
    )
}

const TELL_A: &str = r#"[{"offer": {"student_id": "A", "project_id": "P", "state": "EXTENDED"}}]"#;
const B_WANTS_P: &str =
    r#"[{"student": {"student_id": "B", "choices": [{"project_id": "P", "rank": 1}], "choices_only": true}}]"#;

fn place_of(run: &pb::Run, student: &str) -> String {
    let outcome = run.outcome.as_ref().expect("an outcome");
    let place = outcome.assignments.iter().find(|place| place.student_id == student);
    place.map_or_else(String::new, |place| place.project_id.clone())
}

/// Every kind of change, each with the lines that it leaves: the kind and the id that it is about.
const CHANGES: &[(&str, &[(Kind, &str)])] = &[
    (r#""offer": {"student_id": "A", "project_id": "P", "state": "DRAFT"}"#, &[(Kind::OfferDrafted, "A")]),
    (r#""offer": {"student_id": "A", "project_id": "P", "state": "EXTENDED"}"#, &[(Kind::OfferExtended, "A")]),
    (r#""offer": {"student_id": "A", "project_id": "P", "state": "ACCEPTED"}"#, &[(Kind::OfferAccepted, "A")]),
    (r#""edit": {"kind": "REMOVE_PIN", "student_ids": ["A"], "project_id": "P"}"#, &[(Kind::PinRemoved, "A")]),
    (r#""offer": {"student_id": "A", "project_id": "P", "state": "EXPIRED"}"#, &[(Kind::OfferExpired, "A")]),
    (r#""offer": {"student_id": "A", "project_id": "P", "state": "WITHDRAWN"}"#, &[(Kind::OfferWithdrawn, "A")]),
    (r#""offer": {"student_id": "A", "project_id": "P", "state": "RESCINDED"}"#, &[(Kind::OfferRescinded, "A")]),
    (
        r#""offer": {"student_id": "B", "project_id": "P", "state": "DECLINED", "after_decline": "OUT"}"#,
        &[(Kind::OfferDeclined, "B"), (Kind::StudentWithdrawn, "B")],
    ),
    (r#""student": {"student_id": "B"}"#, &[(Kind::StudentReplaced, "B"), (Kind::StudentReturned, "B")]),
    (r#""student": {"student_id": "D", "must_place": true}"#, &[(Kind::StudentAdded, "D"), (Kind::MustPlace, "D")]),
    (r#""edit": {"kind": "CLEAR_MUST_PLACE", "student_ids": ["D"]}"#, &[(Kind::MustPlaceCleared, "D")]),
    (r#""edit": {"kind": "WITHDRAW_STUDENT", "student_ids": ["D"]}"#, &[(Kind::StudentWithdrawn, "D")]),
    (r#""edit": {"kind": "PROJECT_SEATS", "project_id": "P", "by": 2}"#, &[(Kind::ProjectSeats, "P")]),
    (r#""edit": {"kind": "PROJECT_MINIMUM", "project_id": "P", "to": 1}"#, &[(Kind::ProjectMinimum, "P")]),
    (r#""edit": {"kind": "MUST_OPEN", "project_id": "P"}"#, &[(Kind::MustOpen, "P")]),
    (r#""edit": {"kind": "CLEAR_MUST_OPEN", "project_id": "P"}"#, &[(Kind::MustOpenCleared, "P")]),
    (r#""edit": {"kind": "HOST_SEATS", "host_id": "H", "to": 3}"#, &[(Kind::HostSeats, "H")]),
    (
        r#""host": {"host_id": "H", "withdrawn": true}"#,
        &[(Kind::HostReplaced, "H"), (Kind::HostSeats, "H"), (Kind::HostWithdrawn, "H")],
    ),
    (r#""host": {"host_id": "H"}"#, &[(Kind::HostReplaced, "H"), (Kind::HostReturned, "H")]),
    (r#""host": {"host_id": "K"}"#, &[(Kind::HostAdded, "K")]),
    (r#""edit": {"kind": "WITHDRAW_HOST", "host_id": "K"}"#, &[(Kind::HostWithdrawn, "K")]),
    (
        r#""program": {"program_id": "G", "suspended": true}"#,
        &[(Kind::ProgramAdded, "G"), (Kind::ProgramSuspended, "G")],
    ),
    (r#""program": {"program_id": "G"}"#, &[(Kind::ProgramReplaced, "G"), (Kind::ProgramReopened, "G")]),
    (r#""project": {"project_id": "R", "max_seat_count": 2}"#, &[(Kind::ProjectAdded, "R")]),
    (
        r#""project": {"project_id": "R", "min_seat_count": 3, "must_open": true}"#,
        &[(Kind::ProjectReplaced, "R"), (Kind::ProjectSeats, "R"), (Kind::ProjectMinimum, "R"), (Kind::MustOpen, "R")],
    ),
    (
        r#""project": {"project_id": "R"}"#,
        &[
            (Kind::ProjectReplaced, "R"),
            (Kind::ProjectSeats, "R"),
            (Kind::ProjectMinimum, "R"),
            (Kind::MustOpenCleared, "R"),
        ],
    ),
    (r#""pair_note": {"student_id": "C", "project_id": "Q", "pinned": true}"#, &[(Kind::Pin, "C")]),
    (r#""pair_note": {"student_id": "C", "project_id": "Q", "interview_rating": 0.5}"#, &[(Kind::PinRemoved, "C")]),
    (r#""pair_note": {"student_id": "C", "project_id": "Q", "interview_rating": 0.7}"#, &[(Kind::NoteReplaced, "C")]),
    (r#""pair_note": {"student_id": "C", "project_id": "R", "affinity": 0.7}"#, &[(Kind::NoteAdded, "C")]),
    (
        r#""pair_note": {"student_id": "C", "project_id": "R", "forbidden": true, "offer_state": "EXPIRED"}"#,
        &[(Kind::Forbid, "C"), (Kind::OfferExpired, "C")],
    ),
    (r#""pair_note": {"student_id": "C", "project_id": "R"}"#, &[(Kind::ForbidRemoved, "C")]),
    (r#""edit": {"kind": "PIN", "student_ids": ["C"], "project_id": "Q"}"#, &[(Kind::Pin, "C")]),
    (r#""edit": {"kind": "FORBID", "student_ids": ["C"], "project_id": "P"}"#, &[(Kind::Forbid, "C")]),
    (r#""edit": {"kind": "MUST_PLACE", "student_ids": ["C"]}"#, &[(Kind::MustPlace, "C")]),
    (r#""waiver": {"student_id": "C", "rule": "DATES", "expires_date": "2999-01-01"}"#, &[(Kind::Waive, "C")]),
    (r#""edit": {"kind": "WAIVE_RULE", "student_ids": ["C"], "rule": "GPA"}"#, &[(Kind::Waive, "C")]),
    (r#""link": {"student_ids": ["A", "B"], "kind": "DIFFERENT_PROJECT"}"#, &[(Kind::LinkAdded, "A,B")]),
    (r#""edit": {"kind": "REMOVE_LINK", "student_ids": ["A", "B"]}"#, &[(Kind::LinkRemoved, "A,B")]),
    (r#""fund": {"fund_id": "F", "place_count": 2}"#, &[(Kind::FundAdded, "F")]),
    (r#""fund": {"fund_id": "F", "place_count": 4}"#, &[(Kind::FundReplaced, "F"), (Kind::FundPlaces, "F")]),
    (r#""edit": {"kind": "FUND_PLACES", "fund_id": "F", "to": 5}"#, &[(Kind::FundPlaces, "F")]),
    (
        r#""policy": {"weights": {"skills": 5}, "quotas": [{"quota_id": "U", "max_count": 9}], "stable_only": true}"#,
        &[(Kind::PolicyReplaced, ""), (Kind::TermWeight, "SKILLS"), (Kind::QuotaAdded, "U")],
    ),
    (r#""edit": {"kind": "QUOTA_MAXIMUM", "quota_id": "U", "to": 8}"#, &[(Kind::QuotaMaximum, "U")]),
    (r#""edit": {"kind": "QUOTA_MINIMUM", "quota_id": "U", "to": 0}"#, &[(Kind::QuotaMinimum, "U")]),
    (r#""edit": {"kind": "CLEAR_STABLE_ONLY"}"#, &[(Kind::StableOnlyCleared, "")]),
    (r#""edit": {"kind": "TERM_WEIGHT", "criterion": "LANGUAGE", "weight": 7}"#, &[(Kind::TermWeight, "LANGUAGE")]),
    (
        r#""policy": {"weights": {"skills": 5, "language": 7}, "quotas": [{"quota_id": "V"}]}"#,
        &[(Kind::PolicyReplaced, ""), (Kind::QuotaAdded, "V"), (Kind::QuotaRemoved, "U")],
    ),
    (r#""edit": {"kind": "SUSPEND_COUNTRY", "country_code": "FR"}"#, &[(Kind::CountrySuspended, "FR")]),
];

/// What a line is about, by the id that its kind is about.
fn about(line: &pb::Override) -> String {
    let criterion = if line.criterion == 0 { "" } else { line.criterion().as_str_name() };
    let ids = [
        line.student_id.as_str(),
        &line.student_ids.join(","),
        &line.project_id,
        &line.host_id,
        &line.program_id,
        &line.quota_id,
        &line.fund_id,
        &line.country_code,
        criterion,
    ]
    .map(str::to_owned);
    ids.into_iter().find(|id| !id.is_empty()).unwrap_or_default()
}

#[test]
fn every_kind_of_change_leaves_a_line_with_its_reason_and_who_made_it() {
    for place in Place::both() {
        let server = place.serve(&[]);
        let mut client = Client::of(&server);
        let first = run(&mut client, contested()).name;
        let changes: Vec<String> =
            CHANGES.iter().zip(0..).map(|((c, _), at)| format!(r#"{{{c}, "reason": "why {at}"}}"#)).collect();
        let second = run(&mut client, rematch(&first, &format!("[{}]", changes.join(",")))).name;
        let told = client.overrides(&second).expect("a ledger");
        let expected: Vec<(usize, Kind, String)> = CHANGES
            .iter()
            .enumerate()
            .flat_map(|(at, (_, lines))| lines.iter().map(move |(kind, id)| (at, *kind, (*id).to_owned())))
            .collect();
        let found: Vec<(usize, Kind, String)> =
            told.iter().map(|line| (line.change.expect("a change") as usize, line.kind(), about(line))).collect();
        assert_eq!(found, expected);
        for line in &told {
            assert_eq!(line.reason, format!("why {}", line.change.expect("a change")));
            assert!(line.made_by == "local" && line.make_time.is_some() && line.run == second, "{line:?}");
        }
        let numbers = |change: usize, kind: Kind| {
            let line = told.iter().find(|line| line.change == Some(change as i32) && line.kind() == kind);
            line.map(|line| (line.from, line.to)).expect("it is there")
        };
        let at = |text: &str| CHANGES.iter().position(|(change, _)| change.contains(text)).expect("it is there");
        assert_eq!(numbers(at("PROJECT_SEATS"), Kind::ProjectSeats), (Some(1), Some(3)));
        assert_eq!(numbers(at("HOST_SEATS"), Kind::HostSeats), (None, Some(3)));
        assert_eq!(numbers(at(r#""min_seat_count": 3"#), Kind::ProjectSeats), (Some(2), Some(3)));
        assert_eq!(numbers(at(r#""place_count": 4"#), Kind::FundPlaces), (Some(2), Some(4)));
        let weight = told.iter().find(|line| line.kind() == Kind::TermWeight).expect("it is there");
        assert_eq!((weight.weight_from, weight.weight_to), (Some(3.0), Some(5.0)));
        let undone = told.iter().find(|line| line.kind() == Kind::PinRemoved).expect("it is there");
        assert_eq!(undone.offer_before(), pb::pair_note::OfferState::Accepted);
        let waiver = told.iter().find(|line| line.kind() == Kind::Waive).expect("it is there");
        assert_eq!(waiver.expires_date, "2999-01-01");
        client.delete(&second).expect("it is deleted");
        let left = client.overrides(&second).expect("who, when and the kind stay");
        let bare = |line: &pb::Override| pb::Override {
            run: line.run.clone(),
            made_by: line.made_by.clone(),
            make_time: line.make_time,
            kind: line.kind,
            ..pb::Override::default()
        };
        assert_eq!(left, told.iter().map(bare).collect::<Vec<_>>());
    }
}

#[test]
fn no_kind_of_change_or_edit_is_missing_from_the_list_above() {
    let all: String = CHANGES.iter().map(|(change, _)| *change).collect();
    for at in 1.. {
        let Ok(kind) = pb::edit::Kind::try_from(at) else { break };
        assert!(all.contains(&format!("\"{}\"", kind.as_str_name())), "{kind:?}");
    }
    for at in 1..=7 {
        let state = pb::pair_note::OfferState::try_from(at).expect("seven states");
        assert!(all.contains(&format!("\"{}\"", state.as_str_name())), "{state:?}");
    }
    for at in 1.. {
        let Ok(kind) = Kind::try_from(at) else { break };
        let is_told = CHANGES.iter().any(|(_, lines)| lines.iter().any(|(told, _)| *told == kind));
        assert!(is_told || kind == Kind::KeepTold, "{kind:?}");
    }
}

#[test]
fn what_offers_seats_and_closings_changed_for_others_is_measured() {
    for place in Place::both() {
        let server = place.serve(&[]);
        let mut client = Client::of(&server);
        let base = run(&mut client, contested());
        assert_eq!((place_of(&base, "A"), place_of(&base, "B")), ("P".to_owned(), String::new()));
        let others = |client: &mut Client, change: &str| {
            let run = run(client, rematch(&base.name, &format!("[{change}]")));
            let [line] = &client.overrides(&run.name).expect("a ledger")[..] else { panic!("one line of {change}") };
            let effect = line.effect.clone().unwrap_or_else(|| panic!("it was measured: {change}"));
            assert!(effect.is_proven, "{change}");
            effect.others_count
        };
        for (change, expected) in [
            (r#"{"offer": {"student_id": "A", "project_id": "P", "state": "DECLINED"}}"#, 1),
            (r#"{"offer": {"student_id": "A", "project_id": "P", "state": "ACCEPTED"}}"#, 0),
            (r#"{"offer": {"student_id": "B", "project_id": "P", "state": "ACCEPTED"}}"#, 1),
            (r#"{"edit": {"kind": "WITHDRAW_STUDENT", "student_ids": ["A"]}}"#, 1),
            (r#"{"edit": {"kind": "PROJECT_SEATS", "project_id": "P", "by": 1}}"#, 1),
            (r#"{"edit": {"kind": "SUSPEND_COUNTRY", "country_code": "JP"}}"#, 1),
            (r#"{"edit": {"kind": "WITHDRAW_HOST", "host_id": "H"}}"#, 1),
            (r#"{"edit": {"kind": "HOST_SEATS", "host_id": "H", "to": 0}}"#, 1),
        ] {
            assert_eq!(others(&mut client, change), expected, "{change}");
        }
        // Another weight makes points that can't be compared, and a row may.
        for change in [
            r#"{"edit": {"kind": "TERM_WEIGHT", "criterion": "SKILLS", "weight": 9}}"#,
            r#"{"project": {"project_id": "P", "max_seat_count": 2}}"#,
        ] {
            let run = run(&mut client, rematch(&base.name, &format!("[{change}]")));
            let told = client.overrides(&run.name).expect("a ledger");
            assert!(!told.is_empty() && told.iter().all(|line| line.effect.is_none()), "{change}");
        }
        // A row that was added has no season without it to compare with.
        let both = r#"[{"student": {"student_id": "D", "choices": [{"project_id": "Q"}]}},
            {"edit": {"kind": "WITHDRAW_STUDENT", "student_ids": ["C"]}}]"#;
        let without = run(&mut client, rematch(&base.name, both));
        let told = client.overrides(&without.name).expect("a ledger");
        assert!(told[0].effect.is_none());
        assert_eq!(told[1].effect.as_ref().map(|effect| effect.others_count), Some(1));
        // What nobody accepted can't be taken for an open offer.
        let both = r#"[{"offer": {"student_id": "B", "project_id": "P", "state": "ACCEPTED"}},
            {"edit": {"kind": "REMOVE_PIN", "student_ids": ["B"], "project_id": "P"}}]"#;
        let without = run(&mut client, rematch(&base.name, both));
        let told = client.overrides(&without.name).expect("a ledger");
        assert!(told[0].effect.is_none());
        assert_eq!(told[1].effect.as_ref().map(|effect| effect.others_count), Some(1));
    }
}

#[test]
fn a_season_that_is_sent_whole_tells_what_people_had_decided_before() {
    let place = Place::sqlite();
    let server = place.serve(&[]);
    let mut client = Client::of(&server);
    let decided = season(
        r#"{"programs": [{"program_id": "G", "suspended": true, "suspended_reason": "no visa"}],
            "hosts": [{"host_id": "H", "withdrawn": true, "withdrawn_reason": "moved"}],
            "projects": [{"project_id": "P", "must_open": true}, {"project_id": "Q"}],
            "students": [{"student_id": "A"}, {"student_id": "B", "withdrawn": true}],
            "suspended_country_codes": ["JP"],
            "pair_notes": [{"student_id": "A", "project_id": "P", "offer_state": "ACCEPTED"},
                {"student_id": "A", "project_id": "Q", "forbidden": true, "reason": "a relative"}]}"#,
    );
    let name = run(&mut client, decided).name;
    let told = client.overrides(&name).expect("a ledger");
    let lines: Vec<_> = told.iter().map(|line| (line.kind(), about(line), line.reason.as_str())).collect();
    let line = |kind, id: &str, reason| (kind, id.to_owned(), reason);
    assert_eq!(
        lines,
        [
            line(Kind::Forbid, "A", "a relative"),
            line(Kind::OfferAccepted, "A", ""),
            line(Kind::StudentWithdrawn, "B", ""),
            line(Kind::HostWithdrawn, "H", "moved"),
            line(Kind::ProgramSuspended, "G", "no visa"),
            line(Kind::CountrySuspended, "JP", ""),
            line(Kind::MustOpen, "P", ""),
        ]
    );
    assert!(told.iter().all(|line| line.change.is_none()));
}

#[test]
fn who_declines_is_in_the_pool_and_counted_or_out_as_the_change_says() {
    let place = Place::sqlite();
    let server = place.serve(&[]);
    let mut client = Client::of(&server);
    let base = run(&mut client, told_the_first()).name;
    let base = run(&mut client, rematch(&base, TELL_A)).name;
    let declined =
        |after: &str| format!(r#"[{{"offer": {{"student_id": "A", "project_id": "P", "state": "DECLINED"{after}}}}}]"#);
    let counted = |findings: &[pb::Finding]| {
        findings.iter().find(|finding| finding.reason == "DECLINED_IN_POOL").map(|finding| finding.message.clone())
    };
    for after in ["", r#", "after_decline": "POOL""#] {
        let pool = run(&mut client, rematch(&base, &declined(after)));
        assert_eq!(place_of(&pool, "A"), "Q");
        let told = counted(&pool.outcome.expect("an outcome").findings);
        assert_eq!(told.as_deref(), Some("a student who declined an offer is in the pool again"));
    }
    let only = pb::CreateRunRequest { validate_only: true, ..rematch(&base, &declined("")) };
    assert!(counted(&client.create(only).expect("it is validated").findings).is_some());
    let out = run(&mut client, rematch(&base, &declined(r#", "after_decline": "OUT""#)));
    assert_eq!(place_of(&out, "A"), "");
    assert_eq!(counted(&out.outcome.expect("an outcome").findings), None);
    // The edit leaves the same season, but that it also names the offer WITHDRAWN where nobody declined it.
    let edited = declined("").replace(']', r#", {"edit": {"kind": "WITHDRAW_STUDENT", "student_ids": ["A"]}}]"#);
    let edited = run(&mut client, rematch(&base, &edited));
    assert_eq!(out.digest, edited.digest);
    let wrong = declined(r#", "after_decline": "OUT""#).replace("DECLINED", "EXPIRED");
    let refused = client.create(rematch(&base, &wrong)).expect_err("nobody declined");
    assert_eq!(refused.code(), Code::InvalidArgument);
    let told = refused.get_details_bad_request().expect("which").field_violations;
    assert_eq!(told[0].field, "changes[0].offer.after_decline");
    assert!(told[0].description.contains("MISPLACED_AFTER_DECLINE"), "{told:?}");
    let unknown = rematch(
        &base,
        r#"[{"offer": {"student_id": "A", "project_id": "P", "state": "DECLINED", "after_decline": 9}}]"#,
    );
    assert_eq!(client.create(unknown).expect_err("no such number").code(), Code::InvalidArgument);
}

/// A was told P, and B comes later; the server, and the run in which A was told.
fn after_a_was_told() -> (Place, Server, Client, String) {
    let place = Place::sqlite();
    let server = place.serve(&[]);
    let mut client = Client::of(&server);
    let base = run(&mut client, told_the_first()).name;
    let told = run(&mut client, rematch(&base, TELL_A)).name;
    (place, server, client, told)
}

#[test]
fn a_rematch_that_moves_somebody_who_was_told_says_so_first_and_keep_told_keeps_them() {
    let (_place, _server, mut client, base) = after_a_was_told();
    let still = run(&mut client, rematch(&base, "[]"));
    assert!(still.outcome.expect("an outcome").findings.is_empty(), "nobody is moved");
    let moved = run(&mut client, rematch(&base, B_WANTS_P));
    assert_eq!((place_of(&moved, "A"), place_of(&moved, "B")), ("Q".to_owned(), "P".to_owned()));
    let first = moved.outcome.expect("an outcome").findings.into_iter().next().expect("a finding");
    assert_eq!((first.reason.as_str(), first.severity()), ("TOLD_AND_MOVED", pb::finding::Severity::Warning));
    assert_eq!(first.field, "instance.pair_notes[0].offer_state");
    assert_eq!(first.message, "a student was told a place, did nothing and does not have it: A (told P; has Q)");
    assert!(first.remedy.contains("keep everyone who was told"), "{}", first.remedy);
    let asked = pb::CreateRunRequest { keep_told: true, ..rematch(&base, B_WANTS_P) };
    let kept = run(&mut client, asked);
    assert_eq!((place_of(&kept, "A"), place_of(&kept, "B")), ("P".to_owned(), String::new()));
    let outcome = kept.outcome.expect("an outcome");
    assert!(outcome.findings.iter().all(|finding| finding.reason != "TOLD_AND_MOVED"), "{:?}", outcome.findings);
    let goals: Vec<_> = outcome.goals.iter().map(|goal| (goal.kind(), goal.value)).collect();
    use pb::goal::Kind::{KeepTold, LeastDisruption, PlaceMost};
    assert_eq!(goals.iter().take(3).map(|(kind, _)| *kind).collect::<Vec<_>>(), [KeepTold, PlaceMost, LeastDisruption]);
    assert_eq!(goals[0].1, 1);
    let told = client.overrides(&kept.name).expect("a ledger");
    assert_eq!(told[0].kind(), Kind::KeepTold);
    // It is asked once, and stays first.
    let again = pb::CreateRunRequest { keep_told: true, ..rematch(&kept.name, "[]") };
    let again = run(&mut client, again);
    let asked = client.view(&again.name, View::Full).expect("there").request.and_then(|asked| asked.policy);
    assert_eq!(asked.expect("a policy").goals.iter().filter(|goal| goal.kind() == KeepTold).count(), 1);
    let alone = pb::CreateRunRequest { keep_told: true, ..told_the_first() };
    let refused = client.create(alone).expect_err("there is no run before");
    assert_eq!(refused.get_details_bad_request().expect("which").field_violations[0].field, "keep_told");
    // Whether everyone is kept makes another request.
    let once = pb::CreateRunRequest { request_id: "once".to_owned(), ..rematch(&base, B_WANTS_P) };
    client.create(once.clone()).expect("stored");
    let other = client.create(pb::CreateRunRequest { keep_told: true, ..once }).expect_err("another request");
    assert_eq!(other.code(), Code::AlreadyExists);
}

#[test]
fn who_did_something_or_is_kept_is_not_among_those_who_were_told_and_moved() {
    let found = |students: &str, notes: &str| {
        let request = format!(
            r#"{{"instance": {{"projects": [{{"project_id": "P"}}, {{"project_id": "Q"}}, {{"project_id": "R"}}],
                "students": {students}, "pair_notes": {notes}}}}}"#
        );
        let outcome = solve(message("MatchRequest", &request));
        outcome.findings.into_iter().find(|finding| finding.reason == "TOLD_AND_MOVED").map(|finding| finding.message)
    };
    let offer = |student: &str, project: &str, state: &str| {
        format!(r#"{{"student_id": "{student}", "project_id": "{project}", "offer_state": "{state}"}}"#)
    };
    let (p, q) = (offer("A", "P", "EXTENDED"), offer("A", "Q", "EXTENDED"));
    let one = r#"[{"student_id": "A", "choices": [{"project_id": "R"}], "choices_only": true}]"#;
    // Told two places, a student who has one of them is kept; who has neither is named once, with both.
    assert_eq!(found(r#"[{"student_id": "A", "choices": [{"project_id": "Q"}]}]"#, &format!("[{p}, {q}]")), None);
    let told = found(one, &format!("[{p}, {q}]")).expect("both are refused");
    assert!(told.ends_with("A (told P, refused by now or Q, refused by now; has R)"), "{told}");
    let accepted = format!("[{p}, {}]", offer("A", "R", "ACCEPTED"));
    assert_eq!(found(r#"[{"student_id": "A"}]"#, &accepted), None);
    assert_eq!(found(r#"[{"student_id": "A", "withdrawn": true}]"#, &format!("[{p}]")), None);
    let pinned = format!(r#"[{p}, {{"student_id": "A", "project_id": "R", "pinned": true}}]"#);
    assert!(found(r#"[{"student_id": "A"}]"#, &pinned).is_some(), "somebody else pinned them");
    let students: Vec<String> =
        (0..12).map(|at| format!(r#"{{"student_id": "S{at:02}", "vetoes": [{{"project_id": "P"}}]}}"#)).collect();
    let offers: Vec<String> = (0..12).map(|at| offer(&format!("S{at:02}"), "P", "EXTENDED")).collect();
    let told = found(&format!("[{}]", students.join(",")), &format!("[{}]", offers.join(","))).expect("all of them");
    assert!(told.starts_with("12 students were told") && told.ends_with(" and 2 more"), "{told}");
}

#[test]
fn an_open_offer_weighs_by_the_goal_that_keeps_who_was_told() {
    let findings = |policy: &str, notes: &str| {
        let text = format!(
            r#"{{"instance": {{"projects": [{{"project_id": "P"}}], "students": [{{"student_id": "A"}}], "pair_notes": {notes}}}, "policy": {policy}}}"#
        );
        let asked = message("ValidateRequest", &text);
        let told = crate::support::validate(asked);
        told.findings.into_iter().map(|finding| finding.reason).collect::<Vec<_>>()
    };
    let (offer, keeps) = (
        r#"[{"student_id": "A", "project_id": "P", "offer_state": "EXTENDED"}]"#,
        r#"{"goals": [{"kind": "KEEP_TOLD"}]}"#,
    );
    assert_eq!(findings("{}", offer), ["OFFER_WITHOUT_WEIGHT"]);
    assert_eq!(findings(keeps, offer), [""; 0]);
    assert_eq!(findings(keeps, "[]"), ["NOTHING_TO_KEEP"]);
}
