//! What an operator sees: figures to the count, a line for each call, traces that go on, health that means something.

use std::io::{Read, Write};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use rustix::process::{Pid, Signal, kill_process};

use super::running::{Server, grpcurl, grpcurl_json};
use super::{SERVICE, method};
use crate::runs::harness::{Client, Place, small};
use crate::support::BINARY;

/// A page by HTTP/1.1, as Prometheus asks for it.
pub fn page(address: &str, path: &str) -> String {
    let mut connection = std::net::TcpStream::connect(address).expect("it listens");
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).expect("it reads");
    let mut text = String::new();
    connection.read_to_string(&mut text).expect("it answers");
    text
}

/// A collector of traces that keeps every byte that it gets.
pub struct Collector {
    pub address: String,
    bytes: Arc<Mutex<Vec<u8>>>,
}

impl Collector {
    pub fn start() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        listener.set_nonblocking(true).expect("it is set");
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let kept = bytes.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async move {
                let keep = move |body: axum::body::Bytes| {
                    kept.lock().expect("nobody panics with it").extend_from_slice(&body);
                    // An empty answer: five bytes of frame, and that all is well.
                    std::future::ready(([("content-type", "application/grpc"), ("grpc-status", "0")], vec![0_u8; 5]))
                };
                let routes = tonic::service::Routes::from(axum::Router::new().fallback(keep));
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
                let incoming = tokio_stream::wrappers::TcpListenerStream::new(listener);
                let _ = tonic::transport::Server::builder().add_routes(routes).serve_with_incoming(incoming).await;
            });
        });
        Self { address, bytes }
    }

    /// The spans that came.
    pub fn spans(&self) -> Vec<Span> {
        let bytes = self.bytes.lock().expect("nobody panics with it").clone();
        let (mut rest, mut spans) = (&bytes[..], Vec::new());
        while let [_, a, b, c, d, after @ ..] = rest {
            let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
            let told = ExportTraceServiceRequest::decode(&after[..length]).expect("OTLP");
            let scopes = told.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
            spans.extend(scopes.flat_map(|scope| scope.spans));
            rest = &after[length..];
        }
        spans
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes.lock().expect("nobody panics with it")).into_owned()
    }
}

/// Runs Python with the packages of the tests; what it prints is JSON.
fn python(script: &str, arguments: &[&str], input: &str) -> serde_json::Value {
    let python = Path::new(&std::env::var("TOOLS").expect("make test sets TOOLS")).join("python");
    let mut command = Command::new(python);
    command.args(["-c", script]).args(arguments);
    command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let mut child = command.spawn().expect("Python starts");
    child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("it reads");
    let said = child.wait_with_output().expect("it ends");
    assert!(said.status.success(), "{script}");
    serde_json::from_slice(&said.stdout).expect("JSON")
}

/// The figures of a server, as a parser of Prometheus reads them: by name and labels.
fn figures(operations: &str) -> serde_json::Map<String, serde_json::Value> {
    let text = page(operations, "/metrics");
    let body = text.split_once("\r\n\r\n").expect("headers and a body").1;
    let script = r#"
import json, sys
from prometheus_client.parser import text_string_to_metric_families
values = {}
for family in text_string_to_metric_families(sys.stdin.read()):
    assert family.documentation, family.name + " has no HELP"
    for sample in family.samples:
        labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
        values[sample.name + "{" + labels + "}"] = sample.value
print(json.dumps(values))
"#;
    // The frames of a body without a length are no figures.
    let body: String =
        body.lines().filter(|line| line.starts_with("# ") || line.contains(' ')).map(|l| format!("{l}\n")).collect();
    python(script, &[], &body).as_object().expect("an object").clone()
}

fn free_address() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").to_string()
}

const TINY: &str = r#"{"instance": {"projects": [{"project_id": "P"}], "students": [{"student_id": "A"}]}}"#;

#[test]
fn figures_count_every_call_by_method_and_code() {
    let operations = free_address();
    let server = Server::start(&["--store=none", "--operations-address", &operations]);
    for _ in 0..3 {
        grpcurl_json(&server, &method("Match"), TINY);
    }
    let malformed = grpcurl(&server, &["-d", "@"], &[&method("Match")], r#"{"instance": {"students": [{}]}}"#);
    assert_eq!(malformed.code, 64 + 3);
    grpcurl_json(&server, &method("Validate"), TINY);
    grpcurl_json(&server, "grpc.health.v1.Health/Check", "{}");
    let told = figures(&operations);
    let value = |name: &str| told.get(name).and_then(serde_json::Value::as_f64);
    let calls = |method: &str, code: &str| value(&format!("misti_calls_total{{code={code},method={method}}}"));
    assert_eq!(calls(&method("Match"), "OK"), Some(3.0), "{told:#?}");
    assert_eq!(calls(&method("Match"), "INVALID_ARGUMENT"), Some(1.0));
    assert_eq!(calls(&method("Validate"), "OK"), Some(1.0));
    assert_eq!(calls("grpc.health.v1.Health/Check", "OK"), Some(1.0));
    assert_eq!(value(&format!("misti_call_seconds_count{{method={SERVICE}/Match}}")), Some(4.0));
    assert_eq!(value(&format!("misti_calls_in_flight{{method={SERVICE}/Match}}")), Some(0.0));
    assert_eq!(value("misti_solves_total{call=match,engine=network,status=OPTIMAL}"), Some(3.0));
    assert!(value("misti_received_bytes_total{}").is_some_and(|bytes| bytes > 20.0));
    assert!(value("misti_sent_bytes_total{}").is_some_and(|bytes| bytes > 20.0));
    assert!(told.keys().any(|name| name.starts_with("misti_build_info{")), "{told:#?}");
}

#[test]
fn a_path_that_is_no_method_is_no_label() {
    let operations = free_address();
    let server = Server::start(&["--store=none", "--operations-address", &operations]);
    let canary = "Canary7f";
    let script = r#"
import json, sys, grpc
address, canary = sys.argv[1:]
with grpc.insecure_channel(address) as channel:
    try:
        channel.unary_unary("/misti.matching.v1.MatchingService/" + canary)(b"", metadata=[("x-request-id", canary + " with a space")])
    except grpc.RpcError as refused:
        print(json.dumps(refused.code().name))
"#;
    assert_eq!(python(script, &[&server.address, canary], ""), "UNIMPLEMENTED");
    let text = page(&operations, "/metrics");
    assert!(text.contains(r#"misti_calls_total{method="unknown",code="UNIMPLEMENTED"} 1"#), "{text}");
    assert!(!text.contains(canary) && !server.log().contains(canary), "{text}{}", server.log());
}

#[test]
fn every_call_is_a_line_with_the_id_that_its_caller_knows() {
    let server = Server::start(&["--store=none", "--json-logs"]);
    let said = grpcurl(&server, &["-v", "-H", "x-request-id: my-call.7", "-d", "@"], &[&method("Match")], TINY);
    assert!(said.output.contains("x-request-id: my-call.7"), "{}", said.output);
    let made = grpcurl(&server, &["-v", "-d", "@"], &[&method("Validate")], TINY);
    let id = made.output.lines().find_map(|line| line.strip_prefix("x-request-id: ")).expect("one is made").trim();
    let lines = || -> Vec<serde_json::Value> {
        let log = server.log();
        let lines = log.lines().filter_map(|line| serde_json::from_str(line).ok());
        let is_ours = |line: &serde_json::Value| {
            let fields = &line["fields"];
            fields["message"] == "a call has ended" && fields["method"].as_str().is_some_and(|m| m.starts_with(SERVICE))
        };
        lines.filter(is_ours).collect()
    };
    let waited = Instant::now();
    while lines().len() < 2 {
        assert!(waited.elapsed() < Duration::from_secs(5), "{}", server.log());
    }
    let lines = lines();
    for (line, method, id) in [(&lines[0], method("Match"), "my-call.7"), (&lines[1], method("Validate"), id)] {
        let fields = &line["fields"];
        assert_eq!((&fields["method"], &fields["id"]), (&method.into(), &id.into()), "{line}");
        assert_eq!((fields["code"].as_str(), fields["caller"].as_str()), (Some("OK"), Some("local")), "{line}");
        assert!(fields["seconds"].as_f64().is_some_and(|seconds| seconds > 0.0), "{line}");
    }
}

#[test]
fn who_is_not_let_in_is_counted_and_is_a_line_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("tokens");
    let made = Command::new(BINARY).args(["token", "reader", "--scopes", "read"]).output().expect("it runs");
    std::fs::write(&file, &made.stdout).expect("it is written");
    let token = String::from_utf8(made.stderr).expect("text").trim().to_owned();
    let operations = free_address();
    let tokens = format!("--tokens={}", file.display());
    let server = Server::start(&["--store=none", &tokens, "--operations-address", &operations]);
    let script = r#"
import json, sys, grpc
with grpc.insecure_channel(sys.argv[1]) as channel:
    said = []
    for metadata in [], [("authorization", "Bearer wrong")], [("authorization", "Bearer " + sys.argv[2])]:
        try:
            channel.unary_unary("/misti.matching.v1.MatchingService/Match")(b"", metadata=metadata)
        except grpc.RpcError as refused:
            said.append(refused.code().name)
print(json.dumps(said))
"#;
    let said = python(script, &[&server.address, &token], "");
    assert_eq!(said, serde_json::json!(["UNAUTHENTICATED", "UNAUTHENTICATED", "PERMISSION_DENIED"]));
    let told = figures(&operations);
    assert_eq!(told["misti_authentication_failures_total{}"], 2.0);
    assert_eq!(told[&format!("misti_calls_total{{code=UNAUTHENTICATED,method={SERVICE}/Match}}")], 2.0);
    assert_eq!(told[&format!("misti_calls_total{{code=PERMISSION_DENIED,method={SERVICE}/Match}}")], 1.0);
    let log = server.log();
    let lines: Vec<&str> = log.lines().filter(|line| line.contains("a call has ended")).collect();
    assert_eq!(lines.len(), 3, "{log}");
    assert!(lines[2].contains(r#"caller="reader""#) && lines[0].contains("UNAUTHENTICATED"), "{log}");
}

#[test]
fn a_trace_that_begins_at_a_client_ends_in_the_solve_and_in_the_store() {
    let place = Place::sqlite();
    let collector = Collector::start();
    let otlp = format!("--otlp-endpoint={}", collector.address);
    let mut server = place.serve(&["--workers=0", &otlp]);
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let script = r#"
import json, sys, grpc
address, trace = sys.argv[1:]
request = bytes([0x0a, 0x0a, 0x22, 0x03, 0x0a, 0x01, 0x41, 0x2a, 0x03, 0x0a, 0x01, 0x50])
with grpc.insecure_channel(address) as channel:
    metadata = [("traceparent", f"00-{trace}-00f067aa0ba902b7-01")]
    for method in sys.stdin.read().split():
        channel.unary_unary(method)(request, metadata=metadata)
print(json.dumps("done"))
"#;
    let methods = "/misti.matching.v1.MatchingService/Match /misti.matching.v1.RunService/CreateRun";
    python(script, &[&server.address, trace], methods);
    kill_process(Pid::from_child(&server.process), Signal::TERM).expect("it is told");
    server.process.wait().expect("it ends");
    let spans = collector.spans();
    let named = |name: &str| {
        let of_trace =
            |span: &&Span| span.trace_id.iter().map(|byte| format!("{byte:02x}")).collect::<String>() == trace;
        let found = spans.iter().filter(of_trace).find(|span| span.name == name);
        found.unwrap_or_else(|| panic!("no {name} in {:?}", spans.iter().map(|s| &s.name).collect::<Vec<_>>()))
    };
    let call = named("misti.matching.v1.MatchingService/Match");
    assert_eq!(call.parent_span_id, [0x00, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7]);
    assert_eq!(call.kind, opentelemetry_proto::tonic::trace::v1::span::SpanKind::Server as i32);
    assert_eq!(named("solve").parent_span_id, call.span_id);
    assert_eq!(named("create").parent_span_id, named("misti.matching.v1.RunService/CreateRun").span_id);
}

fn health(server: &Server, service: &str) -> String {
    let told = grpcurl_json(server, "grpc.health.v1.Health/Check", &format!(r#"{{"service": "{service}"}}"#));
    told["status"].as_str().expect("a status").to_owned()
}

#[test]
fn while_the_store_is_away_runs_are_not_served_and_matches_are() {
    let place = Place::postgres();
    let server = place.serve(&["--workers=0"]);
    assert_eq!(health(&server, "misti.matching.v1.RunService"), "SERVING");
    let Place::Postgres(postgres) = &place else { panic!("it is one") };
    let until = |wanted: &str| {
        let waited = Instant::now();
        while health(&server, "misti.matching.v1.RunService") != wanted {
            assert!(waited.elapsed() < Duration::from_secs(20), "it is not {wanted}: {}", server.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    postgres.stop();
    until("NOT_SERVING");
    assert_eq!((health(&server, "").as_str(), health(&server, SERVICE).as_str()), ("SERVING", "SERVING"));
    assert_eq!(grpcurl_json(&server, &method("Match"), TINY)["outcome"]["status"], "OPTIMAL");
    postgres.go();
    until("SERVING");
    Client::of(&server).create(small(1)).expect("it is stored");
}

#[test]
fn a_lame_duck_says_so_and_still_takes_calls() {
    let mut server = Server::start(&["--store=none", "--lame-duck-seconds", "3"]);
    kill_process(Pid::from_child(&server.process), Signal::TERM).expect("it is told");
    let told = Instant::now();
    while health(&server, "") != "NOT_SERVING" {
        assert!(told.elapsed() < Duration::from_secs(2), "it does not say so");
    }
    assert_eq!(grpcurl_json(&server, &method("Match"), TINY)["outcome"]["status"], "OPTIMAL");
    assert!(server.process.wait().expect("it ends").success());
    assert!(told.elapsed() > Duration::from_millis(2_900), "{:?}", told.elapsed());
}

#[test]
fn a_new_certificate_is_shown_without_a_restart_and_a_hangup_ends_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let [certificate, key] = super::peers::certificate(folder.path());
    let mut server = Server::start(&["--store=none", "--tls-certificate", &certificate, "--tls-key", &key]);
    let shown = || {
        let script = format!(
            "openssl s_client -connect {} -alpn h2 </dev/null 2>/dev/null | openssl x509 -noout -serial",
            server.address
        );
        let said = Command::new("sh").args(["-c", &script]).output().expect("openssl");
        String::from_utf8(said.stdout).expect("text")
    };
    let first = shown();
    assert!(first.starts_with("serial="), "{first}");
    super::peers::certificate(folder.path());
    let waited = Instant::now();
    while shown() == first {
        assert!(waited.elapsed() < Duration::from_secs(10), "the first one is still shown");
    }
    std::fs::write(&certificate, "no certificate").expect("written");
    std::thread::sleep(Duration::from_millis(1_500));
    assert!(shown().starts_with("serial="), "what was read before stays");
    assert!(server.log().contains("the certificates can't be read"), "{}", server.log());
    // A pipe would keep whoever reads it.
    std::fs::remove_file(&certificate).expect("it is ours");
    assert!(Command::new("mkfifo").arg(&certificate).status().expect("mkfifo").success());
    std::thread::sleep(Duration::from_millis(1_500));
    assert!(shown().starts_with("serial="), "what was read before stays");
    kill_process(Pid::from_child(&server.process), Signal::HUP).expect("it is told");
    std::thread::sleep(Duration::from_millis(300));
    assert!(server.process.try_wait().expect("it is ours").is_none(), "it has ended");
}

#[test]
fn what_is_compressed_is_read_and_answered_so_and_a_bomb_is_refused_at_the_limit() {
    let server = Server::start(&["--store=none", "--max-message-mib", "1"]);
    let script = r#"
import json, sys, grpc
with grpc.insecure_channel(sys.argv[1], options=[("grpc.max_send_message_length", -1)]) as channel:
    call = channel.unary_unary("/misti.matching.v1.MatchingService/Match")
    request = bytes([0x0a, 0x0a, 0x22, 0x03, 0x0a, 0x01, 0x41, 0x2a, 0x03, 0x0a, 0x01, 0x50])
    answer, sent = call.with_call(request, compression=grpc.Compression.Gzip)
    said = {"bytes": len(answer), "encoding": dict(sent.initial_metadata()).get("grpc-encoding")}
    try:
        call(bytes(100_000_000), compression=grpc.Compression.Gzip)
    except grpc.RpcError as refused:
        said["code"], said["why"] = refused.code().name, refused.details()
print(json.dumps(said))
"#;
    let said = python(script, &[&server.address], "");
    assert!(said["bytes"].as_u64().is_some_and(|bytes| bytes > 10), "{said}");
    assert_eq!(said["code"], "RESOURCE_EXHAUSTED", "{said}");
    assert!(said["why"].as_str().is_some_and(|why| why.contains("MESSAGE_TOO_LARGE")), "{said}");
    let peak = std::fs::read_to_string(format!("/proc/{}/status", server.process.id())).expect("it runs");
    let peak = peak.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a line").trim();
    let kib: u64 = peak.trim_end_matches(" kB").parse().expect("a number");
    assert!(kib < 150_000, "{kib} KiB were taken");
}
