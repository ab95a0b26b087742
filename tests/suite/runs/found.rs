//! What hostile callers and new users found, each as the test that shows it.

use tonic::Code;
use wire::pb;

use super::harness::{Client, Place, small};
use crate::support::{BINARY, message};

#[test]
fn runs_deleted_at_once_by_many_are_all_gone_and_all_say_so() {
    for place in Place::both() {
        let server = place.serve(&[]);
        let mut client = Client::of(&server);
        let names: Vec<String> = (0..40).map(|number| client.create(small(number)).expect("stored").name).collect();
        names.iter().for_each(|name| _ = client.finished(name));
        let address = format!("http://{}", server.address);
        let deletes = names.chunks(4).map(|names| {
            let (names, address) = (names.to_vec(), address.clone());
            std::thread::spawn(move || {
                let mut client = Client::at(&address);
                names.iter().for_each(|name| client.delete(name).expect("it is deleted"));
            })
        });
        let deletes: Vec<_> = deletes.collect();
        deletes.into_iter().for_each(|delete| delete.join().expect("every delete is answered"));
        assert_eq!(place.ask("SELECT COUNT(*) FROM parts"), [["0"]]);
    }
}

#[test]
fn a_rematch_is_known_by_its_request_id_when_its_base_is_gone() {
    let place = Place::sqlite();
    let server = place.serve(&[]);
    let mut client = Client::of(&server);
    let base = client.create(small(1)).expect("stored").name;
    client.finished(&base);
    let asked = pb::CreateRunRequest {
        base_run: base.clone(),
        request_id: "again".to_owned(),
        ..pb::CreateRunRequest::default()
    };
    let rematch = client.create(asked.clone()).expect("stored").name;
    client.delete(&base).expect("deleted");
    assert_eq!(client.create(asked.clone()).expect("it is known").name, rematch);
    let other = pb::CreateRunRequest { changes: vec![pb::RunChange::default()], ..asked };
    assert_eq!(client.create(other).expect_err("another payload").code(), Code::AlreadyExists);
}

#[test]
fn a_run_that_was_tried_as_often_as_may_fails_where_it_waits_as_well() {
    let place = Place::sqlite();
    let server = place.serve(&["--workers", "0"]);
    let name = Client::of(&server).create(small(1)).expect("stored").name;
    drop(server);
    place.ask("UPDATE runs SET attempts = 2 RETURNING run_id");
    let server = place.serve(&["--most-attempts", "2"]);
    let run = Client::of(&server).finished(&name);
    assert_eq!(run.failure.expect("it says why").reason, "ATTEMPTS_EXHAUSTED");
}

#[test]
fn a_file_is_one_server_s_by_whatever_name_and_only_plain_paths_are_taken() {
    let place = Place::sqlite();
    let _server = place.serve(&[]);
    let file = place.folder().join("runs.db");
    let (soft, hard) = (place.folder().join("soft.db"), place.folder().join("hard.db"));
    std::os::unix::fs::symlink(&file, &soft).expect("a link");
    std::fs::hard_link(&file, &hard).expect("a link");
    let odd = [format!("{}?mode=rwc", file.display()), ":memory:".to_owned(), format!("{}%20", file.display())];
    for path in [soft.display().to_string(), hard.display().to_string()].iter().chain(&odd) {
        let said = std::process::Command::new(BINARY)
            .args(["serve", "--address", "127.0.0.1:0", "--store", &format!("sqlite://{path}")])
            .output()
            .expect("it runs");
        assert_eq!(said.status.code(), Some(8), "{path}");
    }
    assert!(
        !std::fs::read_dir(place.folder())
            .expect("a folder")
            .flatten()
            .any(|e| e.file_name().to_string_lossy().contains('?'))
    );
}

#[test]
fn waivers_that_expire_are_compared_with_the_day_of_each_run_and_not_of_the_first() {
    let place = Place::sqlite();
    let server = place.serve(&[]);
    let mut client = Client::of(&server);
    let season: pb::CreateRunRequest = message(
        "CreateRunRequest",
        r#"{"instance": {"projects": [{"project_id": "P", "language_requirements": [{"language": "ja", "required": true}]}],
            "students": [{"student_id": "A"}],
            "waivers": [{"student_id": "A", "rule": "LANGUAGE", "expires_date": "2026-03-01"}]}}"#,
    );
    let base = client.create(season).expect("stored").name;
    client.finished(&base);
    let full = client.view(&base, pb::get_run_request::View::Full).expect("there");
    assert_eq!(full.request.expect("what was asked").policy.unwrap_or_default().as_of_date, "");
    // As if it had been made in January, when the waiver held.
    drop(server);
    place.ask("UPDATE runs SET create_time = 1767600000000, state = 'PENDING', attempts = 0, outcome_status = NULL RETURNING run_id");
    place.ask("DELETE FROM parts WHERE part IN ('OUTCOME', 'EFFECTS') RETURNING run_id");
    let server = place.serve(&[]);
    let mut client = Client::of(&server);
    let placed = |run: pb::Run| run.outcome.expect("an outcome").summary.expect("a matching").placed_count;
    let begun = std::time::Instant::now();
    while client.get(&base).expect("there").outcome.is_none() {
        assert!(begun.elapsed().as_secs() < 20);
    }
    assert_eq!(placed(client.get(&base).expect("there")), 1);
    let asked = pb::CreateRunRequest { base_run: base, ..pb::CreateRunRequest::default() };
    let rematch = client.create(asked).expect("stored").name;
    assert_eq!(placed(client.finished(&rematch)), 0);
}

#[test]
fn what_a_database_can_t_take_is_refused_before_it_gets_there() {
    for place in Place::both() {
        let server = place.serve(&["--workers", "0"]);
        let mut client = Client::of(&server);
        let nul = pb::ListRunsRequest { term: "a\0b".to_owned(), ..pb::ListRunsRequest::default() };
        assert_eq!(client.list(nul).expect_err("a control character").code(), Code::InvalidArgument);
        let states = pb::ListRunsRequest { states: vec![1; 100], ..pb::ListRunsRequest::default() };
        assert_eq!(client.list(states).expect_err("too many").code(), Code::InvalidArgument);
    }
}

#[test]
fn a_reason_of_a_change_stands_in_the_ledger_and_an_offer_needs_a_state() {
    let place = Place::sqlite();
    let server = place.serve(&[]);
    let mut client = Client::of(&server);
    let base = client.create(small(1)).expect("stored").name;
    client.finished(&base);
    let changed = |changes: &str| {
        message::<pb::CreateRunRequest>(
            "CreateRunRequest",
            &format!(r#"{{"base_run": "{base}", "changes": {changes}}}"#),
        )
    };
    let noted = changed(
        r#"[{"pair_note": {"student_id": "B", "project_id": "Q", "pinned": true}, "reason": "asked by the dean"},
            {"waiver": {"student_id": "A", "rule": "LANGUAGE"}, "reason": "native"}]"#,
    );
    let name = client.create(noted).expect("stored").name;
    client.finished(&name);
    let reasons: Vec<String> = client.overrides(&name).expect("a ledger").into_iter().map(|made| made.reason).collect();
    assert_eq!(reasons, ["asked by the dean", "native"]);
    let stateless = changed(r#"[{"offer": {"student_id": "A", "project_id": "P"}}]"#);
    let refused = client.create(stateless).expect_err("no state");
    assert!(refused.message().starts_with("changes[0].offer.state:"), "{}", refused.message());
    let long = "x".repeat(2_001);
    let long = changed(&format!(r#"[{{"student": {{"student_id": "C"}}, "reason": "{long}"}}]"#));
    assert!(client.create(long).expect_err("too long").message().starts_with("changes[0].reason:"));
}

#[test]
fn a_season_of_prohibitions_is_stored_and_the_ledger_has_the_first_ten_thousand() {
    let place = Place::sqlite();
    let server = place.serve(&["--workers", "0"]);
    let mut client = Client::of(&server);
    let id = |kind: char, number: usize| format!("{kind}{number:04}");
    let mut instance = pb::Instance::default();
    for number in 0..200 {
        instance.students.push(pb::Student { student_id: id('S', number), ..pb::Student::default() });
        instance.projects.push(pb::Project { project_id: id('P', number), ..pb::Project::default() });
    }
    for pair in 0..40_000 {
        instance.pair_notes.push(pb::PairNote {
            student_id: id('S', pair / 200),
            project_id: id('P', pair % 200),
            forbidden: true,
            ..pb::PairNote::default()
        });
    }
    let asked = pb::CreateRunRequest { instance: Some(instance), ..pb::CreateRunRequest::default() };
    client.create(asked).expect("it is stored");
    assert_eq!(place.ask("SELECT COUNT(*) FROM overrides"), [["10000"]]);
}

#[test]
fn a_store_of_a_newer_version_is_not_opened_by_an_older_one() {
    for place in Place::both() {
        drop(place.serve(&[]));
        place.ask(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             VALUES (9999, 'newer', TRUE, '', 0) RETURNING description",
        );
        assert!(place.try_serve(&[], &[]).is_none());
    }
}
