//! Too much, too many, too deep: a clear answer each time, and the server goes on.

use api::stubs::matching_service_client::MatchingServiceClient;
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_types::StatusExt;
use wire::pb;

use super::running::{Server, grpcurl, grpcurl_json, start_grpcurl};
use super::{SERVICE, method};
use crate::support::{long_season, text};

async fn client(server: &Server) -> MatchingServiceClient<Channel> {
    let address = format!("http://{}", server.address);
    MatchingServiceClient::connect(address).await.expect("it connects").max_encoding_message_size(usize::MAX)
}

fn reason(status: &Status) -> String {
    status.get_details_error_info().expect("an ErrorInfo").reason
}

#[tokio::test]
async fn a_message_over_the_limit_is_refused_with_the_limit() {
    let server = Server::start(&[]);
    let zeros = pb::Instance { term: "\0".repeat(100_000_000), ..pb::Instance::default() };
    let request = pb::MatchRequest { instance: Some(zeros), policy: None };
    let refused = client(&server).await.r#match(request).await.expect_err("100 MB are too much");
    assert_eq!(refused.code(), Code::ResourceExhausted, "{refused:?}");
    assert!(refused.message().contains("67,108,864 bytes"), "{refused:?}");
    assert_eq!(reason(&refused), "MESSAGE_TOO_LARGE");
    assert_eq!(
        refused.metadata().get("grpc-retry-pushback-ms").expect("a header"),
        "-1",
        "the same call is never taken"
    );

    let server = Server::start(&["--max-message-mib", "1"]);
    let zeros = pb::Instance { term: "\0".repeat(2_000_000), ..pb::Instance::default() };
    let request = pb::MatchRequest { instance: Some(zeros), policy: None };
    let refused = client(&server).await.r#match(request).await.expect_err("2 MB are too much");
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::ResourceExhausted, "MESSAGE_TOO_LARGE"));
}

#[tokio::test]
async fn thousands_of_faults_stay_within_the_trailers_and_are_counted() {
    let server = Server::start(&[]);
    let students = vec![pb::Student { gpa: Some(f64::NAN), ..pb::Student::default() }; 5_000];
    let instance = pb::Instance { students, ..pb::Instance::default() };
    let request = pb::MatchRequest { instance: Some(instance.clone()), policy: None };
    let refused = client(&server).await.r#match(request).await.expect_err("every student has two faults");
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert!(refused.details().len() < 6_000, "{} bytes", refused.details().len());
    let info = refused.get_details_error_info().expect("an ErrorInfo");
    assert_eq!(info.metadata["violation_count"], "10000");
    let violations = refused.get_details_bad_request().expect("a BadRequest").field_violations;
    assert!(violations.len() > 10);
    let request = pb::ValidateRequest { instance: Some(instance), policy: None };
    let told = client(&server).await.validate(request).await.expect("Validate tells").into_inner();
    assert_eq!((told.finding_count, told.findings.len()), (10_000, 10_000));
}

#[tokio::test]
async fn an_enum_number_without_meaning_is_refused_in_binary_too() {
    let server = Server::start(&[]);
    let policy = pb::Policy { goals: vec![pb::Goal { kind: 77, ..pb::Goal::default() }], ..pb::Policy::default() };
    let request = pb::MatchRequest { instance: Some(pb::Instance::default()), policy: Some(policy) };
    let refused = client(&server).await.r#match(request).await.expect_err("it has no meaning");
    assert_eq!(reason(&refused), "UNKNOWN_ENUM_VALUE");
    assert_eq!(refused.get_details_bad_request().expect("one").field_violations[0].field, "policy.goals[0].kind");
}

#[test]
fn settings_of_the_server_are_limits() {
    let server =
        Server::start(&["--max-students", "2", "--max-projects", "2", "--max-choices", "1", "--max-pairs", "3"]);
    for (text, code, part) in [
        (r#"{"instance": {"students": [{}, {}, {}]}}"#, 3, "at most 2 are allowed"),
        (r#"{"instance": {"projects": [{}, {}, {}]}}"#, 3, "at most 2 are allowed"),
        (
            r#"{"instance": {"students": [{"student_id": "A", "choices": [{"country_code": "JP"}, {"country_code": "DE"}]}]}}"#,
            3,
            "at most 1 is allowed",
        ),
        (
            r#"{"instance": {"students": [{"student_id": "A"}, {"student_id": "B"}],
                "projects": [{"project_id": "P"}, {"project_id": "Q"}]}}"#,
            8,
            "more than 3 pairs",
        ),
    ] {
        let refused = grpcurl(&server, &["-d", "@"], &[&method("Match")], text);
        assert_eq!(refused.code, 64 + code, "{text}: {}", refused.error);
        assert!(refused.error.contains(part), "{text}: {}", refused.error);
    }
}

#[test]
fn deep_nesting_is_refused_by_the_client_or_the_server_and_harms_nobody() {
    let server = Server::start(&[]);
    let deep = format!("{}{}", r#"{"instance":"#.repeat(20_000), "}".repeat(20_000));
    let refused = grpcurl(&server, &["-d", "@"], &[&method("Match")], &deep);
    assert_ne!(refused.code, 0);
    assert_eq!(grpcurl_json(&server, "grpc.health.v1.Health/Check", "{}")["status"], "SERVING");
}

#[tokio::test]
async fn bytes_that_are_no_message_are_invalid_arguments() {
    let server = Server::start(&[]);
    let groups = [[0xa3, 0x06].repeat(200_000), [0xa4, 0x06].repeat(200_000)].concat();
    let no_text = vec![0x0a, 0x06, 0x2a, 0x04, 0x0a, 0x02, 0xff, 0xfe];
    // Two bytes each, hundreds in memory.
    let rows = [0x2a, 0x00].repeat(20_000_000);
    let empty_rows = [vec![0x0a, 0x80, 0xb4, 0x89, 0x13], rows].concat();
    for bytes in [groups, no_text, vec![0x0a, 0x05], empty_rows] {
        let (status, message) = raw_call(&server, &bytes).await;
        assert_eq!(status, "3", "{message}");
        assert!(message.contains("MALFORMED_MESSAGE"), "{message}");
    }
    let peak = std::fs::read_to_string(format!("/proc/{}/status", server.process.id())).expect("it runs");
    let peak = peak.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a line").trim().to_owned();
    let kib: u64 = peak.trim_end_matches(" kB").parse().expect("a number");
    assert!(kib < 1_000_000, "{kib} KiB were taken");
    assert_eq!(grpcurl_json(&server, "grpc.health.v1.Health/Check", "{}")["status"], "SERVING");
}

#[tokio::test]
async fn rows_that_would_fill_the_memory_are_refused_before_they_are_made() {
    let server = Server::start(&["--store=none"]);
    // Empty rows of every list: twenty megabytes that would become two gigabytes.
    let rows: Vec<u8> =
        [2, 3, 4, 5, 6, 7, 9, 10, 11, 12].iter().flat_map(|list| [list << 3 | 2, 0].repeat(999_999)).collect();
    let length = u32::try_from(rows.len()).expect("a size");
    let varint: Vec<u8> = (0..4).map(|at| (length >> (7 * at)) as u8 & 0x7f | if at < 3 { 0x80 } else { 0 }).collect();
    let message = [vec![0x0a], varint, rows].concat();
    let (status, told) = raw_call(&server, &message).await;
    assert_eq!(status, "8", "{told}");
    assert!(told.contains("NO_ROOM") && told.contains("more memory than one caller may hold"), "{told}");
    let peak = std::fs::read_to_string(format!("/proc/{}/status", server.process.id())).expect("it runs");
    let peak = peak.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a line").trim();
    let kib: u64 = peak.trim_end_matches(" kB").parse().expect("a number");
    assert!(kib < 200_000, "{kib} KiB were taken");
}

#[tokio::test]
async fn what_breaks_the_protocol_is_the_callers_fault() {
    use prost::Message;
    let server = Server::start(&["--store=none"]);
    let well = pb::MatchRequest { instance: Some(pb::Instance::default()), policy: None }.encode_to_vec();
    let length = u32::try_from(well.len()).expect("a size").to_be_bytes();
    for flag in [1, 7] {
        let (status, told) = raw_frame(&server, [&[flag][..], &length, &well].concat()).await;
        assert_eq!(status, "3", "flag {flag}: {told}");
        assert!(told.contains("MALFORMED_MESSAGE"), "{told}");
    }
    let (status, told) = raw_frame(&server, Vec::new()).await;
    assert_eq!(status, "3", "{told}");
}

#[tokio::test]
async fn callers_that_do_not_read_hold_no_slot() {
    let server = Server::start(&["--slots", "1", "--waiting", "4"]);
    let asked = pb::GetSampleRequest {
        sample: 2,
        student_count: Some(200),
        project_count: Some(300),
        ..pb::GetSampleRequest::default()
    };
    let season = client(&server).await.get_sample(asked).await.expect("a sample").into_inner();
    let request =
        pb::EvaluateRequest { instance: season.instance, policy: season.policy, ..pb::EvaluateRequest::default() };
    let mut unread = Vec::new();
    for _ in 0..3 {
        let mut stream = client(&server).await.evaluate(request.clone()).await.expect("it starts").into_inner();
        stream.message().await.expect("a first pair");
        unread.push(stream);
    }
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    let mut other = client(&server).await;
    let answer = other.r#match(pb::MatchRequest { instance: Some(pb::Instance::default()), policy: None });
    let answer = tokio::time::timeout(std::time::Duration::from_secs(5), answer).await.expect("a slot is free");
    assert!(answer.is_ok(), "{answer:?}");
}

/// Sends bytes that are no message of ours and gives the status and its message.
async fn raw_call(server: &Server, bytes: &[u8]) -> (String, String) {
    let mut frame = vec![0];
    frame.extend((bytes.len() as u32).to_be_bytes());
    frame.extend(bytes);
    raw_frame(server, frame).await
}

/// The same with what stands before the message.
async fn raw_frame(server: &Server, frame: Vec<u8>) -> (String, String) {
    use tonic::codegen::http::Request;
    use tower::{Service, ServiceExt};
    let address = Channel::from_shared(format!("http://{}", server.address)).expect("a URI");
    let mut channel = address.connect().await.expect("it connects");
    let request = Request::post(format!("http://{}/{SERVICE}/Match", server.address))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .body(tonic::body::Body::new(http_body_util::Full::new(tonic::codegen::Bytes::from(frame))))
        .expect("a request");
    let answer = channel.ready().await.expect("it is ready").call(request).await.expect("an answer");
    let header = |name: &str| {
        let value = answer.headers().get(name).expect("a header").to_str().expect("text");
        value.replace("%20", " ")
    };
    (header("grpc-status"), header("grpc-message"))
}

#[test]
fn more_calls_than_slots_are_shed_with_a_delay() {
    let server = Server::start(&["--slots", "1", "--waiting", "0"]);
    let season = text(&long_season());
    let mut first = start_grpcurl(&server, &["-d", "@"], &[&method("Match")], &season);
    let waited = std::time::Instant::now();
    while server.solvers() == 0 {
        assert!(waited.elapsed().as_secs() < 10, "no solver was started");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let shed = grpcurl(&server, &["-d", "@"], &[&method("Match")], r#"{"instance": {}}"#);
    assert_eq!(shed.code, 64 + 8, "{}", shed.error);
    assert!(shed.error.contains("google.rpc.RetryInfo") && shed.error.contains("OVERLOADED"), "{}", shed.error);
    assert_eq!(grpcurl_json(&server, "grpc.health.v1.Health/Check", "{}")["status"], "SERVING");
    first.kill().expect("grpcurl is killed");
    first.wait().expect("it ends");
    let waited = std::time::Instant::now();
    while grpcurl(&server, &["-d", "@"], &[&method("Match")], r#"{"instance": {}}"#).code != 0 {
        assert!(waited.elapsed().as_secs() < 5, "the slot is not free again");
    }
}
