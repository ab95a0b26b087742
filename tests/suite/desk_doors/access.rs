//! Who may use the desk, and that reading a run is on record.

use crate::runs::harness::{Client, Place, run_of};
use crate::service::running::{Said, Server, grpcurl};
use crate::support::{BINARY, match_request};

use super::SEASON;

fn token(file: &std::path::Path, name: &str, scopes: &str) -> String {
    let made = std::process::Command::new(BINARY).args(["token", name, "--scopes", scopes]).output().expect("it runs");
    let known = std::fs::read_to_string(file).unwrap_or_default();
    let line = String::from_utf8(made.stdout).expect("text");
    std::fs::write(file, format!("{known}{line}")).expect("it is written");
    String::from_utf8(made.stderr).expect("text").trim().to_owned()
}

fn call(server: &Server, token: &str, method: &str, input: &str) -> Said {
    let (service, method) = method.split_once('/').expect("a method");
    let flags = ["-H", &format!("authorization: Bearer {token}"), "-d", "@"];
    grpcurl(server, &flags, &[&format!("misti.matching.v1.{service}/{method}")], input)
}

#[test]
fn runs_are_read_by_their_owners_alone_and_what_is_sent_whole_asks_more() {
    let place = Place::sqlite();
    let file = place.folder().join("tokens");
    let runner = token(&file, "owner", "run");
    let (owner, reader, other) =
        (token(&file, "owner", "read,run"), token(&file, "owner", "read"), token(&file, "other", "read,run"));
    let server = place.serve(&["--workers", "1", "--tokens", &file.to_string_lossy()]);
    let season = crate::support::as_json("CreateRunRequest", &run_of(match_request(SEASON)));
    let made = call(&server, &owner, "RunService/CreateRun", &season);
    let run: serde_json::Value = serde_json::from_str(&made.output).unwrap_or_else(|_| panic!("{}", made.error));
    let run = run["name"].as_str().expect("a name");
    let watched = call(&server, &owner, "RunService/WatchRun", &format!(r#"{{"name": "{run}"}}"#));
    assert_eq!(watched.code, 0, "{}", watched.error);
    let of_run = format!(r#"{{"run": "{run}"}}"#);
    let whole = r#"{"instance": {}, "outcome": {}}"#;
    for (holder, method, input, status) in [
        (&owner, "DeskService/Export", of_run.as_str(), 0),
        (&reader, "DeskService/Export", &of_run, 0),
        (&reader, "DeskService/Report", &of_run, 0),
        (&other, "DeskService/Export", &of_run, 5),
        (&other, "DeskService/Report", &of_run, 5),
        (&reader, "DeskService/Export", whole, 7),
        (&reader, "DeskService/Report", whole, 7),
        (&owner, "DeskService/Export", whole, 0),
        (&runner, "DeskService/Export", whole, 0),
        (&runner, "DeskService/Export", &of_run, 7),
        (&runner, "DeskService/Report", &of_run, 7),
        (&reader, "DeskService/ImportSeason", "{}", 7),
        (&reader, "DeskService/GetTemplate", "{}", 0),
        (&other, "RunService/PreviewRun", &format!(r#"{{"base_run": "{run}"}}"#), 5),
        (&reader, "RunService/PreviewRun", &format!(r#"{{"base_run": "{run}"}}"#), 0),
    ] {
        let said = call(&server, holder, method, input);
        let code = if said.code == 0 { 0 } else { said.code - 64 };
        assert_eq!(code, status, "{method} {input}: {}", said.error);
    }
    let deeds = place.ask("SELECT deed FROM audit ORDER BY audit_time");
    for (deed, times) in [("EXPORTED", 2), ("REPORTED", 1), ("PREVIEWED", 1)] {
        assert_eq!(deeds.iter().filter(|row| row[0] == deed).count(), times, "{deed}: {deeds:?}");
    }
}

#[test]
fn without_a_store_no_run_is_found_and_everything_else_is_served() {
    let server = Server::start(&["--store=none"]);
    let said = grpcurl(&server, &["-d", "@"], &["misti.matching.v1.DeskService/Export"], r#"{"run": "runs/x"}"#);
    assert_eq!(said.code - 64, 5, "{}", said.error);
    let whole = r#"{"instance": {}, "outcome": {}}"#;
    let said = grpcurl(&server, &["-d", "@"], &["misti.matching.v1.DeskService/Export"], whole);
    assert_eq!(said.code, 0, "{}", said.error);
    let health = grpcurl(
        &server,
        &["-d", "@"],
        &["grpc.health.v1.Health/Check"],
        r#"{"service": "misti.matching.v1.DeskService"}"#,
    );
    assert!(health.output.contains("SERVING"), "{}", health.error);
}

#[test]
fn a_run_that_has_not_finished_is_no_matching_yet() {
    let place = Place::sqlite();
    let server = place.serve(&["--workers", "0"]);
    let run = Client::of(&server).create(run_of(match_request(SEASON))).expect("it is stored").name;
    let input = format!(r#"{{"run": "{run}"}}"#);
    for method in ["Export", "Report"] {
        let said = grpcurl(&server, &["-d", "@"], &[&format!("misti.matching.v1.DeskService/{method}")], &input);
        assert!(said.code - 64 == 9 && said.error.contains("RUN_NOT_FINISHED"), "{}", said.error);
    }
}
