//! No caller stops the others: short calls beside long solves, turns, time limits, deadlines, and when to come again.

use std::process::Command;
use std::time::{Duration, Instant};

use api::stubs::matching_service_client::MatchingServiceClient;
use api::stubs::run_service_client::RunServiceClient;
use tonic::metadata::MetadataValue;
use tonic::transport::Channel;
use tonic::{Code, Request};
use tonic_types::StatusExt;
use wire::pb;

use super::running::Server;
use crate::support::{BINARY, long_season, match_request};

/// A season of one student and one project.
fn tiny() -> pb::MatchRequest {
    match_request(
        r#"{"instance": {"projects": [{"project_id": "P"}], "students": [{"student_id": "A",
            "choices": [{"project_id": "P", "rank": 1}]}]}}"#,
    )
}

/// A season that is solved for an hour.
fn hour_long() -> pb::MatchRequest {
    let mut request = long_season();
    let time_limit = Some(prost_types::Duration { seconds: 3_600, nanos: 0 });
    request.policy.get_or_insert_default().limits = Some(pb::Limits { time_limit, ..pb::Limits::default() });
    request
}

async fn channel(server: &Server) -> Channel {
    let address = Channel::from_shared(format!("http://{}", server.address)).expect("an address");
    address.connect().await.expect("it connects")
}

async fn client(server: &Server) -> MatchingServiceClient<Channel> {
    MatchingServiceClient::new(channel(server).await).max_decoding_message_size(usize::MAX)
}

async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(30), "not within 30 s: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn short_calls_never_wait_behind_a_solve() {
    let server = Server::start(&["--slots", "2", "--workers", "0"]);
    let solves: Vec<_> = [client(&server).await, client(&server).await]
        .map(|mut client| tokio::spawn(async move { client.r#match(hour_long()).await }))
        .into();
    until("both are solved", || server.solvers() == 2).await;
    let callers = (0..8).map(|caller| {
        let address = format!("http://{}", server.address);
        tokio::spawn(async move {
            let channel = Channel::from_shared(address).expect("an address").connect().await.expect("it connects");
            let mut matching = MatchingServiceClient::new(channel.clone()).max_decoding_message_size(usize::MAX);
            let mut runs = RunServiceClient::new(channel);
            let pb::MatchRequest { instance, policy } = tiny();
            let mut waits = Vec::new();
            for turn in 0..10 {
                let begun = Instant::now();
                match turn % 5 {
                    0 => {
                        let validate = pb::ValidateRequest { instance: instance.clone(), policy: policy.clone() };
                        matching.validate(validate).await.map(drop).expect("it is validated");
                    }
                    1 => {
                        let sample = pb::GetSampleRequest::default();
                        matching.get_sample(sample).await.map(drop).expect("a sample");
                    }
                    2 => {
                        let check = pb::CheckRequest { instance: instance.clone(), ..pb::CheckRequest::default() };
                        matching.check(check).await.map(drop).expect("it is checked");
                    }
                    3 => {
                        let create =
                            pb::CreateRunRequest { instance: instance.clone(), ..pb::CreateRunRequest::default() };
                        let run = runs.create_run(create).await.expect("stored").into_inner();
                        runs.cancel_run(pb::CancelRunRequest { name: run.name }).await.map(drop).expect("cancelled");
                    }
                    _ => {
                        runs.list_runs(pb::ListRunsRequest::default()).await.map(drop).expect("listed");
                    }
                }
                waits.push((begun.elapsed(), caller, turn % 5));
            }
            waits
        })
    });
    let mut waits = Vec::new();
    for caller in callers.collect::<Vec<_>>() {
        waits.extend(caller.await.expect("it ends"));
    }
    waits.sort_unstable();
    let (wait, _, call) = waits[waits.len() * 99 / 100];
    println!("short calls beside two solves: median {:?}, p99 {wait:?} (call {call})", waits[waits.len() / 2].0);
    assert!(wait < Duration::from_secs(10), "{wait:?}");
    assert_eq!(server.solvers(), 2, "they are solved all the while");
    solves.iter().for_each(tokio::task::JoinHandle::abort);
}

/// Two students who must be placed, and one seat.
fn contradiction() -> pb::ValidateRequest {
    let student = |id: &str| pb::Student { student_id: id.to_owned(), must_place: true, ..pb::Student::default() };
    let projects = vec![pb::Project { project_id: "P".to_owned(), ..pb::Project::default() }];
    let instance = pb::Instance { projects, students: vec![student("A"), student("B")], ..pb::Instance::default() };
    pb::ValidateRequest { instance: Some(instance), policy: None }
}

/// An odd number of students who must be placed, by twos: it takes a solve very long to see that this can't be.
fn hard_to_contradict() -> pb::ValidateRequest {
    let numbers = 0..61;
    let student = |n| pb::Student { student_id: format!("S{n}"), must_place: true, ..pb::Student::default() };
    let project = |n| pb::Project {
        project_id: format!("P{n}"),
        min_seat_count: Some(2),
        max_seat_count: Some(2),
        ..pb::Project::default()
    };
    let (students, projects) = (numbers.clone().map(student).collect(), numbers.map(project).collect());
    let instance = pb::Instance { projects, students, ..pb::Instance::default() };
    pb::ValidateRequest { instance: Some(instance), policy: None }
}

fn reasons(told: &[pb::Finding]) -> Vec<&str> {
    told.iter().map(|finding| finding.reason.as_str()).collect()
}

#[tokio::test]
async fn what_is_validated_has_a_slot_of_its_own() {
    let server = Server::start(&["--slots", "1", "--workers", "0", "--waiting", "1", "--validate-seconds", "60"]);
    let (mut solving, mut validating) = (client(&server).await, client(&server).await);
    let solved = tokio::spawn(async move { solving.r#match(hour_long()).await });
    until("it is solved", || server.solvers() == 1).await;
    let told = client(&server).await.validate(contradiction()).await.expect("it is validated").into_inner();
    assert_eq!(reasons(&told.findings), ["ROWS_CONTRADICT"]);
    assert_eq!(told.finding_count, 1);
    let create = pb::CreateRunRequest {
        instance: contradiction().instance,
        validate_only: true,
        ..pb::CreateRunRequest::default()
    };
    let run = RunServiceClient::new(channel(&server).await).create_run(create).await.expect("validated").into_inner();
    assert_eq!(reasons(&run.findings), ["ROWS_CONTRADICT"]);
    solved.abort();
    until("it is given up", || server.solvers() == 0).await;
    let validated = tokio::spawn(async move { validating.validate(hard_to_contradict()).await });
    until("it is searched", || server.solvers() == 1).await;
    client(&server).await.r#match(tiny()).await.expect("a solve takes no slot of a validation, nor waits for one");
    let mut second = Request::new(contradiction());
    second.set_timeout(Duration::from_secs(2));
    let told = client(&server).await.validate(second).await.expect("in time, all the same").into_inner();
    assert_eq!(reasons(&told.findings), ["DIAGNOSIS_CUT_SHORT"]);
    assert!(told.findings[0].message.ends_with("others were validated meanwhile"), "{told:?}");
    assert!(told.market.is_some());
    assert_eq!(server.solvers(), 1, "the first is searched all the while");
    validated.abort();
    until("a caller that has gone is searched for no more", || server.solvers() == 0).await;
}

#[tokio::test]
async fn a_search_for_contradictions_ends_after_its_seconds_and_before_the_deadline_of_its_caller() {
    for (seconds, timeout) in [("1", None), ("60", Some(Duration::from_secs(2)))] {
        let server = Server::start(&["--workers", "0", "--validate-seconds", seconds]);
        let mut request = Request::new(hard_to_contradict());
        timeout.into_iter().for_each(|timeout| request.set_timeout(timeout));
        let begun = Instant::now();
        let told = client(&server).await.validate(request).await.expect("in time").into_inner();
        assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
        assert_eq!(reasons(&told.findings), ["DIAGNOSIS_CUT_SHORT"]);
    }
}

#[tokio::test]
async fn who_has_had_least_is_solved_next() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("tokens");
    let token = |name: &str| {
        let made = Command::new(BINARY).args(["token", name, "--scopes", "run"]).output().expect("it runs");
        let known = std::fs::read_to_string(&file).unwrap_or_default();
        std::fs::write(&file, known + &String::from_utf8_lossy(&made.stdout)).expect("written");
        format!("Bearer {}", String::from_utf8_lossy(&made.stderr).trim())
    };
    let tokens = [token("many"), token("few")].map(|token| MetadataValue::try_from(token).expect("ASCII"));
    // Long enough for the last call to come, however busy the machine is, while the first is solved.
    let server = Server::start(&[&format!("--tokens={}", file.display()), "--slots", "1", "--most-time", "6s"]);
    let channel = channel(&server).await;
    let ask = |token: &MetadataValue<_>, request: pb::MatchRequest| {
        let mut client = MatchingServiceClient::new(channel.clone()).max_decoding_message_size(usize::MAX);
        let mut request = Request::new(request);
        request.metadata_mut().insert("authorization", token.clone());
        tokio::spawn(async move { client.r#match(request).await.map(|_| Instant::now()) })
    };
    let first = ask(&tokens[0], hour_long());
    until("the first is solved", || server.solvers() == 1).await;
    let many: Vec<_> = (0..2).map(|_| ask(&tokens[0], hour_long())).collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let few = ask(&tokens[1], tiny()).await.expect("it ends").expect("an answer");
    first.await.expect("it ends").expect("an answer");
    for one in many {
        assert!(few < one.await.expect("it ends").expect("an answer"), "who came before had had more");
    }
}

#[tokio::test]
async fn a_time_limit_is_shortened_to_what_the_server_gives_and_the_outcome_says_so() {
    let server = Server::start(&["--most-time", "2s"]);
    let begun = Instant::now();
    let outcome = client(&server).await.r#match(hour_long()).await.expect("an answer").into_inner().outcome;
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    let findings = outcome.expect("an outcome").findings;
    let said = findings.iter().find(|finding| finding.reason == "TIME_LIMIT_SHORTENED").expect("it is said");
    assert_eq!(said.field, "policy.limits.time_limit");
    assert_eq!(said.message, "the request asks for 3600 s, and the server gives at most 2 s");
    let mut asked = tiny();
    let time_limit = Some(prost_types::Duration { seconds: 1, nanos: 0 });
    asked.policy.get_or_insert_default().limits = Some(pb::Limits { time_limit, ..pb::Limits::default() });
    let outcome = client(&server).await.r#match(asked).await.expect("an answer").into_inner().outcome;
    assert!(outcome.expect("an outcome").findings.is_empty(), "what was asked for was given");
}

#[tokio::test]
async fn a_short_deadline_is_enough_for_a_small_season_and_an_error_for_a_large_one() {
    let server = Server::start(&[]);
    let mut client = client(&server).await;
    client.r#match(tiny()).await.expect("everything is loaded");
    let mut request = Request::new(tiny());
    request.set_timeout(Duration::from_millis(150));
    let outcome = client.r#match(request).await.expect("it takes a millisecond").into_inner().outcome;
    assert_eq!(outcome.expect("an outcome").status(), pb::outcome::Status::Optimal);
    let (code, message) = match_within(&server, &hour_long(), "100m").await;
    assert_eq!(code, Code::DeadlineExceeded as i32, "{message}");
    assert!(message.contains("DEADLINE_PASSED"), "{message}");
}

/// What the server itself answers to a call with a deadline; a client of tonic's ends the call before.
async fn match_within(server: &Server, request: &pb::MatchRequest, timeout: &str) -> (i32, String) {
    use prost::Message;
    let stream = tokio::net::TcpStream::connect(&server.address).await.expect("it listens");
    let (client, connection) = h2::client::handshake(stream).await.expect("HTTP/2");
    tokio::spawn(connection);
    let head = tonic::codegen::http::Request::post(format!(
        "http://{}/misti.matching.v1.MatchingService/Match",
        server.address
    ))
    .header("content-type", "application/grpc")
    .header("te", "trailers")
    .header("grpc-timeout", timeout)
    .body(())
    .expect("a request");
    let (answer, mut body) = client.ready().await.expect("it is ready").send_request(head, false).expect("it is sent");
    let message = request.encode_to_vec();
    let length = u32::try_from(message.len()).expect("a size");
    body.send_data([&[0][..], &length.to_be_bytes(), &message].concat().into(), true).expect("it is sent");
    let answer = answer.await.expect("an answer");
    let header = |name: &str| {
        let value = answer.headers().get(name).unwrap_or_else(|| panic!("no {name}: {answer:?}"));
        value.to_str().expect("ASCII").replace("%20", " ")
    };
    (header("grpc-status").parse().expect("a code"), header("grpc-message"))
}

#[tokio::test]
async fn who_is_to_come_again_is_told_when_as_stock_clients_read_it() {
    let server = Server::start(&["--slots", "1", "--waiting", "0"]);
    let mut first = client(&server).await;
    let first = tokio::spawn(async move { first.r#match(hour_long()).await });
    until("it is solved", || server.solvers() == 1).await;
    let shed = client(&server).await.r#match(tiny()).await.expect_err("no slot is free");
    assert_eq!(shed.code(), Code::ResourceExhausted);
    let delay = shed.get_details_retry_info().expect("a RetryInfo").retry_delay.expect("a delay");
    let pushback = shed.metadata().get("grpc-retry-pushback-ms").expect("the header of gRFC A6");
    assert_eq!(pushback.to_str().expect("ASCII"), delay.as_millis().to_string());
    first.abort();
}

#[tokio::test]
async fn a_portal_watches_more_runs_than_it_has_slots_and_its_limit_is_a_setting() {
    let watch_all = async |server: &Server, count: usize| {
        let create = pb::CreateRunRequest { instance: tiny().instance, ..pb::CreateRunRequest::default() };
        let run = RunServiceClient::new(channel(server).await).create_run(create).await.expect("stored").into_inner();
        let watch = pb::WatchRunRequest { name: run.name };
        let mut streams = Vec::new();
        let mut client = RunServiceClient::new(channel(server).await);
        for at in 0..count {
            if at % 100 == 0 {
                client = RunServiceClient::new(channel(server).await);
            }
            let mut stream = client.watch_run(watch.clone()).await?.into_inner();
            stream.message().await?.expect("a run");
            streams.push(stream);
        }
        Ok::<_, tonic::Status>(streams.len())
    };
    let server = Server::start(&["--workers", "0"]);
    assert_eq!(watch_all(&server, 500).await.expect("a portal has room"), 500);
    for flags in [["--most-watches-of-caller", "3"], ["--most-watches", "3"]] {
        let server = Server::start(&[&["--workers", "0"][..], &flags].concat());
        let refused = watch_all(&server, 4).await.expect_err("one too many");
        assert_eq!(refused.code(), Code::ResourceExhausted);
        assert_eq!(refused.get_details_error_info().expect("an ErrorInfo").reason, "TOO_MANY_WATCHES");
    }
}

#[tokio::test]
async fn calls_one_after_the_other_wait_for_no_acknowledgement() {
    let server = Server::start(&[]);
    let mut client = client(&server).await;
    let calls = 50;
    client.r#match(tiny()).await.expect("everything is loaded");
    let begun = Instant::now();
    for _ in 0..calls {
        client.r#match(tiny()).await.expect("an answer");
    }
    let each = begun.elapsed() / calls;
    println!("a call of a tiny season takes {each:?}");
    // A peer that acknowledges late does so after 40 ms.
    assert!(each < Duration::from_millis(25), "{each:?}");
}
