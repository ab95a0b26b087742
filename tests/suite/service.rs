//! The real server, called by real clients: grpcurl, buf, Python and tonic.

mod limits;
pub mod observing;
pub mod peers;
pub mod running;
mod sharing;
mod stopping;

use running::{Server, grpcurl, grpcurl_json};
use serde_json::Value;

const SERVICE: &str = "misti.matching.v1.MatchingService";

fn method(name: &str) -> String {
    format!("{SERVICE}/{name}")
}

#[test]
fn grpcurl_lists_and_describes_the_service_with_its_comments() {
    let server = Server::start(&[]);
    let listed = grpcurl(&server, &[], &["list"], "");
    assert_eq!(listed.code, 0, "{}", listed.error);
    for service in [SERVICE, "grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection"] {
        assert!(listed.output.contains(service), "{}", listed.output);
    }
    let described = grpcurl(&server, &[], &["describe", "misti.matching.v1.Project"], "");
    assert!(
        described.output.contains("opens with at least this many students or stays closed"),
        "{}",
        described.output
    );
}

#[test]
fn without_a_store_no_run_service_is_listed() {
    let server = Server::start(&["--store=none"]);
    let listed = grpcurl(&server, &[], &["list"], "").output;
    assert!(listed.contains(SERVICE) && !listed.contains("RunService"), "{listed}");
    let with_store = grpcurl(&Server::start(&["--workers=0"]), &[], &["list"], "").output;
    assert!(with_store.contains("misti.matching.v1.RunService"), "{with_store}");
}

#[test]
fn the_proto_breaks_nothing_that_was_published() {
    let buf = std::path::Path::new(&std::env::var("TOOLS").expect("make test sets TOOLS")).join("buf");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/proto");
    let published = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/published.binpb");
    let breaks = |proto: &std::path::Path| {
        let said = std::process::Command::new(&buf).arg("breaking").arg(proto).args(["--against", published]).output();
        let said = said.expect("buf runs");
        (!said.status.success()).then(|| String::from_utf8_lossy(&said.stdout).into_owned())
    };
    assert_eq!(breaks(std::path::Path::new(folder)), None);
    // What would break is seen.
    let copy = tempfile::tempdir().expect("a folder");
    let said = std::process::Command::new("cp").args(["-r", folder]).arg(copy.path()).status();
    assert!(said.expect("cp").success());
    let file = copy.path().join("proto/misti/matching/v1/run.proto");
    let text = std::fs::read_to_string(&file).expect("it is there").replace("string term = 3;", "string season = 3;");
    std::fs::write(&file, text).expect("it is written");
    let broken = breaks(&copy.path().join("proto")).expect("a field is called otherwise");
    assert!(broken.contains("term"), "{broken}");
}

#[test]
fn buf_reads_the_newer_reflection() {
    let server = Server::start(&[]);
    let buf = std::path::Path::new(&std::env::var("TOOLS").expect("make test sets TOOLS")).join("buf");
    let listed = std::process::Command::new(buf)
        .args(["curl", "--protocol", "grpc", "--http2-prior-knowledge", "--list-methods"])
        .arg(format!("http://{}", server.address))
        .output()
        .expect("buf runs");
    let text = String::from_utf8_lossy(&listed.stdout);
    assert!(text.contains(&method("Match")), "{text}{}", String::from_utf8_lossy(&listed.stderr));
}

#[test]
fn health_is_serving_for_the_server_and_the_service() {
    let server = Server::start(&[]);
    for service in ["", SERVICE] {
        let asked = format!(r#"{{"service": "{service}"}}"#);
        let health = grpcurl_json(&server, "grpc.health.v1.Health/Check", &asked);
        assert_eq!(health["status"], "SERVING");
    }
    let asked = |address: &str| {
        std::process::Command::new(crate::support::BINARY)
            .args(["health", "--address", address])
            .output()
            .expect("it runs")
    };
    assert!(asked(&server.address).status.success());
    let gone = server.address.clone();
    drop(server);
    assert_eq!(asked(&gone).status.code(), Some(8));
}

#[test]
fn a_sample_can_be_piped_into_every_call() {
    let server = Server::start(&[]);
    let sample = grpcurl_json(
        &server,
        &method("GetSample"),
        r#"{"sample": "SUMMER", "student_count": 60, "project_count": 80}"#,
    );
    let text = sample.to_string();
    let outcome = &grpcurl_json(&server, &method("Match"), &text)["outcome"];
    assert_eq!(outcome["status"], "OPTIMAL");
    assert_eq!(outcome["canonical"], true);
    let placed = outcome["assignments"].as_array().expect("places");
    assert!(placed.len() > 20);

    let market = grpcurl_json(&server, &method("Validate"), &text);
    assert_eq!(market["market"]["studentCount"], 60);

    let mut check = sample.clone();
    check["assignments"] = placed
        .iter()
        .map(|a| serde_json::json!({"studentId": a["studentId"], "projectId": a["projectId"]}))
        .collect::<Vec<_>>()
        .into();
    let checked = grpcurl_json(&server, &method("Check"), &check.to_string());
    assert!(checked.get("violations").is_none(), "{checked}");
    assert_eq!(checked["goals"][0]["value"], outcome["goals"][0]["value"]);

    let mut evaluate = sample;
    evaluate["student_ids"] = vec!["S00001", "S00002"].into();
    let evaluated = grpcurl(&server, &["-d", "@"], &[&method("Evaluate")], &evaluate.to_string());
    assert_eq!(evaluated.code, 0, "{}", evaluated.error);
    let pairs: Vec<Value> =
        serde_json::Deserializer::from_str(&evaluated.output).into_iter().map(|pair| pair.expect("JSON")).collect();
    assert_eq!(pairs.len(), 2 * 80);
    assert!(pairs.iter().all(|pair| pair["contributions"].as_array().is_some_and(|terms| terms.len() == 6)));
}

#[test]
fn the_realistic_season_is_matched_through_grpcurl_as_published() {
    let server = Server::start(&[]);
    let instance = crate::real_sets::misti_like::season(false, true);
    let policy = crate::support::goals(&[wire::pb::goal::Kind::PlaceMost, wire::pb::goal::Kind::LeastRankSum]);
    let request = wire::pb::MatchRequest { instance: Some(instance), policy: Some(policy) };
    let mut text = Vec::new();
    wire::json::write("MatchRequest", &request, false, &mut text).expect("it is written");
    let text = String::from_utf8(text).expect("JSON is UTF-8");
    let outcome = &grpcurl_json(&server, &method("Match"), &text)["outcome"];
    assert_eq!(outcome["status"], "OPTIMAL");
    assert_eq!(outcome["summary"]["placedCount"], 774);
    assert_eq!(outcome["goals"][0]["value"], "774");
    assert_eq!(outcome["goals"][1]["value"], "1493");
    assert_eq!(outcome["goals"][1]["bound"], "1493");
}

#[test]
fn field_errors_come_in_clear_all_at_once() {
    let server = Server::start(&[]);
    let text = r#"{"instance": {"students": [{"student_id": "S", "gpa": 9}, {"student_id": "S"}],
        "projects": [{"project_id": "P", "host_id": "H9"}]}}"#;
    let refused = grpcurl(&server, &["-d", "@"], &[&method("Match")], text);
    assert_eq!(refused.code, 64 + 3, "{}", refused.error);
    for part in [
        "InvalidArgument",
        "google.rpc.BadRequest",
        "google.rpc.ErrorInfo",
        r#""field":"instance.students[0].gpa""#,
        r#""field":"instance.students[1].student_id""#,
        r#""field":"instance.projects[0].host_id""#,
        r#""violation_count":"3""#,
        "M1001 DUPLICATE_ID",
    ] {
        assert!(refused.error.replace("\": \"", "\":\"").contains(part), "no {part} in {}", refused.error);
    }
}

#[test]
fn an_unknown_field_is_an_error_and_never_ignored() {
    let server = Server::start(&[]);
    for text in [r#"{"instance": {"studnets": []}}"#, r#"{"instance": {}, "policy": {"quotes": []}}"#] {
        let refused = grpcurl(&server, &["-d", "@"], &[&method("Match")], text);
        assert_eq!(refused.code, 1, "{}", refused.error);
        assert!(refused.error.contains("has no known field named"), "{}", refused.error);
    }
}

#[test]
fn an_infeasible_season_is_an_outcome_and_not_an_error() {
    let server = Server::start(&[]);
    let text = r#"{"instance": {"students": [{"student_id": "A", "must_place": true}]}}"#;
    let outcome = &grpcurl_json(&server, &method("Match"), text)["outcome"];
    assert_eq!(outcome["status"], "INFEASIBLE");
    assert_eq!(outcome["findings"][0]["reason"], "MUST_PLACE_IMPOSSIBLE");
    assert!(outcome.get("assignments").is_none());
}

#[test]
fn the_python_client_of_the_page_for_engineers_runs() {
    let server = Server::start(&[]);
    let tools = std::env::var("TOOLS").expect("make test sets TOOLS");
    let folder = tempfile::tempdir().expect("a folder");
    let root = env!("CARGO_MANIFEST_DIR");
    let run = |arguments: &[&str]| {
        let ran = std::process::Command::new(format!("{tools}/python"))
            .args(arguments)
            .current_dir(folder.path())
            .output()
            .expect("Python runs");
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8_lossy(&ran.stdout).into_owned()
    };
    let proto = format!("{root}/proto");
    let include = format!("-I{proto}");
    let mut stubs = vec!["-m", "grpc_tools.protoc", include.as_str(), "--python_out=.", "--grpc_python_out=."];
    let folder_of_protos = std::fs::read_dir(format!("{proto}/misti/matching/v1")).expect("the protos");
    let name =
        |entry: std::io::Result<std::fs::DirEntry>| entry.expect("a file").file_name().into_string().expect("UTF-8");
    let files: Vec<String> = folder_of_protos.map(|entry| format!("misti/matching/v1/{}", name(entry))).collect();
    stubs.extend(files.iter().map(String::as_str));
    run(&stubs);
    std::fs::copy(format!("{root}/examples/client.py"), folder.path().join("client.py")).expect("the client");
    let said = run(&["client.py", &server.address]);
    assert!(said.contains("OPTIMAL") && said.contains("-> P0000"), "{said}");
    let shown = std::fs::read_to_string(format!("{root}/docs/portal-engineers.md")).expect("a page");
    let client = std::fs::read_to_string(format!("{root}/examples/client.py")).expect("client.py");
    assert!(shown.contains(client.trim()), "the page does not show examples/client.py as it is");
}

#[test]
fn two_outcomes_without_anybody_are_compared() {
    let server = Server::start(&[]);
    let compared = serde_json::json!({"before": {}, "after": {}}).to_string();
    let said = grpcurl(&server, &["-d", "@"], &[&method("Compare")], &compared);
    assert_eq!(said.code, 0, "{}", said.output);
}
