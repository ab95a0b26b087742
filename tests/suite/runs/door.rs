//! The door: tokens, scopes, ownership, encryption, and what is told of nobody.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use prost_reflect::DescriptorPool;

use super::harness::{Client, Place, small};
use crate::service::observing::{Collector, page};
use crate::service::running::{Said, Server, grpcurl};
use crate::support::BINARY;

/// Makes a token and adds its line to a file.
pub fn admit(file: &Path, name: &str, scopes: &str) -> String {
    let made = Command::new(BINARY).args(["token", name, "--scopes", scopes]).output().expect("it runs");
    let line = String::from_utf8(made.stdout).expect("text");
    let known = std::fs::read_to_string(file).unwrap_or_default();
    std::fs::write(file, format!("{known}{line}")).expect("it is written");
    String::from_utf8(made.stderr).expect("text").trim().to_owned()
}

/// A folder with a certificate of an authority, a server's and a caller's, made by openssl.
pub struct Certificates(tempfile::TempDir);

impl Certificates {
    pub fn make() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let openssl = |arguments: &[&str]| {
            let said = Command::new("openssl").args(arguments).current_dir(folder.path()).output().expect("openssl");
            assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        };
        let new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
        let ca = ["req", "-x509", "-subj", "/CN=ca", "-keyout", "ca.key", "-out", "ca.pem"];
        openssl(&[&ca[..], &new_key[..]].concat());
        for name in ["server", "caller"] {
            let (key, request, certificate) = (format!("{name}.key"), format!("{name}.csr"), format!("{name}.pem"));
            let subject = format!("/CN={name}");
            let asked = ["req", "-subj", &subject, "-keyout", &key, "-out", &request];
            openssl(&[&asked[..], &new_key[..5]].concat());
            std::fs::write(folder.path().join("names"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n")
                .expect("written");
            openssl(&[
                "x509",
                "-req",
                "-in",
                &request,
                "-CA",
                "ca.pem",
                "-CAkey",
                "ca.key",
                "-CAcreateserial",
                "-days",
                "2",
                "-extfile",
                "names",
                "-out",
                &certificate,
            ]);
        }
        Self(folder)
    }

    pub fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }
}

fn call_grpcurl(server: &Server, flags: &[&str], verb: &[&str]) -> Said {
    grpcurl(server, flags, verb, "")
}

/// How a call may be answered by the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    LetIn,
    Unauthenticated,
    NotAllowed,
}

#[test]
fn every_method_asks_its_scope_and_a_foreign_run_is_not_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("tokens");
    let tokens: BTreeMap<&str, String> =
        [("reader", "read"), ("runner", "run"), ("portal", "read,run"), ("chief", "admin")]
            .map(|(name, scopes)| (name, admit(&file, name, scopes)))
            .into();
    let place = Place::sqlite();
    let tokens_flag = format!("--tokens={}", file.display());
    let server = place.serve(&[&tokens_flag]);
    let call = |token: Option<&str>, method: &str, body: &str| {
        let header = token.map(|token| format!("authorization: Bearer {token}"));
        let flags: Vec<&str> = header.iter().flat_map(|header| ["-H", header]).chain(["-d", body]).collect();
        // By descriptors of our own, because reflection asks for a token as well.
        call_grpcurl(&server, &[&["-protoset", &descriptors()], &flags[..]].concat(), &[method])
    };
    let answer = |code: i32| match code - 64 {
        16 => Answer::Unauthenticated,
        7 => Answer::NotAllowed,
        _ => Answer::LetIn,
    };
    let own = call(
        Some(&tokens["portal"]),
        "misti.matching.v1.RunService/CreateRun",
        &crate::support::as_json("CreateRunRequest", &small(1)),
    );
    assert_eq!(own.code, 0, "{}", own.error);
    let run: serde_json::Value = serde_json::from_str(&own.output).expect("JSON");
    let name = run["name"].as_str().expect("a name").to_owned();
    assert_eq!(run["createdBy"], "portal");

    let pool = DescriptorPool::decode(wire::DESCRIPTORS).expect("descriptors");
    let methods: Vec<(String, bool)> = pool
        .services()
        .flat_map(|service| {
            let of = |m: prost_reflect::MethodDescriptor| {
                let fields: Vec<String> = m.input().fields().map(|field| field.name().to_owned()).collect();
                let about_run = fields.iter().any(|field| field == "name");
                (format!("{}/{}", m.parent_service().full_name(), m.name()), about_run)
            };
            service.methods().map(of).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(methods.len(), 24, "a new method: say here who may call it");
    for (method, about_run) in &methods {
        let reads =
            ["GetRun", "ListRuns", "WatchRun", "ExplainRun", "WhatIfRun", "CompareRuns", "ListOverrides", "PreviewRun"];
        let short = method.rsplit('/').next().expect("a name");
        let body = if *about_run { format!(r#"{{"name": "{name}"}}"#) } else { "{}".to_owned() };
        let expected = |scopes: &[&str]| match short {
            "GetSample" | "GetTemplate" => Answer::LetIn,
            _ if scopes.contains(&if reads.contains(&short) { "read" } else { "run" }) => Answer::LetIn,
            _ => Answer::NotAllowed,
        };
        assert_eq!(answer(call(None, method, &body).code), Answer::Unauthenticated, "{method} without a token");
        assert_eq!(answer(call(Some("misti_0"), method, &body).code), Answer::Unauthenticated, "{method}, false token");
        for (caller, scopes) in [("reader", &["read"][..]), ("runner", &["run"])] {
            let said = call(Some(&tokens[caller]), method, &body);
            assert_eq!(answer(said.code), expected(scopes), "{method} by {caller}: {}", said.error);
            if *about_run && expected(scopes) == Answer::LetIn {
                assert_eq!(said.code, 64 + 5, "{method} gives {caller} a foreign run: {}{}", said.output, said.error);
            }
        }
    }
    let foreign = |method: &str, body: String| {
        call(Some(&tokens["runner"]), &format!("misti.matching.v1.RunService/{method}"), &body)
    };
    let based = foreign("CreateRun", format!(r#"{{"base_run": "{name}"}}"#));
    assert_eq!(based.code, 64 + 5, "{}", based.error);
    let reader = |method: &str, body: String| {
        call(Some(&tokens["reader"]), &format!("misti.matching.v1.RunService/{method}"), &body)
    };
    let compared = reader("CompareRuns", format!(r#"{{"before": "{name}", "after": "{name}"}}"#));
    assert_eq!(compared.code, 64 + 5, "{}", compared.error);
    let ledger = reader("ListOverrides", format!(r#"{{"run": "{name}"}}"#));
    assert_eq!((ledger.code, ledger.output.trim()), (0, "{\n  \n}"));
    let list = |caller: &str| {
        let said = call(Some(&tokens[caller]), "misti.matching.v1.RunService/ListRuns", "{}");
        serde_json::from_str::<serde_json::Value>(&said.output).expect("JSON")["runs"].as_array().map_or(0, Vec::len)
    };
    assert_eq!((list("reader"), list("portal"), list("chief")), (0, 1, 1));
    let said = call_grpcurl(&server, &[], &["list"]);
    assert_ne!(said.code, 0, "reflection tells whoever asks");
}

/// The descriptors as a file for grpcurl.
fn descriptors() -> String {
    use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
    // Of another proto they are other ones.
    let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(wire::DESCRIPTORS);
    let file = std::env::temp_dir().join(format!("misti-matching-descriptors-{hash:x}.bin"));
    if !file.exists() {
        let part = file.with_extension(format!("{:?}", std::thread::current().id()));
        std::fs::write(&part, wire::DESCRIPTORS).expect("it is written");
        std::fs::rename(part, &file).expect("it is there");
    }
    file.display().to_string()
}

#[test]
fn tokens_are_rotated_without_a_restart_and_only_lines_that_can_be_read_let_anybody_in() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("tokens");
    let old = admit(&file, "portal", "read");
    let place = Place::sqlite();
    let server = place.serve(&[&format!("--tokens={}", file.display())]);
    let lets_in = |token: &str| {
        let header = format!("authorization: Bearer {token}");
        call_grpcurl(&server, &["-H", &header, "-d", "{}"], &["misti.matching.v1.RunService/ListRuns"]).code == 0
    };
    assert!(lets_in(&old));
    std::fs::remove_file(&file).expect("it is there");
    let new = admit(&file, "portal", "read,run");
    let begun = Instant::now();
    while !lets_in(&new) {
        assert!(begun.elapsed() < Duration::from_secs(5), "it is not read again");
    }
    assert!(!lets_in(&old));
    let good = std::fs::read_to_string(&file).expect("it is there");
    std::fs::write(&file, format!("nonsense\n{good}")).expect("written");
    std::thread::sleep(Duration::from_millis(1_500));
    assert!(lets_in(&new));
    std::fs::write(&file, "").expect("written");
    let begun = Instant::now();
    while lets_in(&new) {
        assert!(begun.elapsed() < Duration::from_secs(5), "an empty file lets somebody in");
    }
    assert!(!server.log().contains(&new), "a token stands in the log");
}

#[test]
fn a_watch_ends_when_its_token_is_taken_away() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("tokens");
    let token = admit(&file, "portal", "read,run");
    let place = Place::sqlite();
    let server = place.serve(&["--workers=0", &format!("--tokens={}", file.display())]);
    let header = format!("authorization: Bearer {token}");
    let call = |method: &str, data: &str| {
        let flags = ["-H", &header, "-max-time", "20", "-d", data];
        call_grpcurl(&server, &flags, &[&format!("misti.matching.v1.RunService/{method}")])
    };
    let made = call("CreateRun", r#"{"instance": {"students": [{"student_id": "A"}]}}"#);
    let run: serde_json::Value = serde_json::from_str(&made.output).expect("a run");
    let data = serde_json::json!({ "name": run["name"] }).to_string();
    std::thread::scope(|scope| {
        let watch = scope.spawn(|| call("WatchRun", &data));
        std::thread::sleep(Duration::from_millis(1_500));
        assert!(!watch.is_finished(), "the run waits");
        std::fs::write(&file, "# nobody\n").expect("written");
        let begun = Instant::now();
        let said = watch.join().expect("it ends");
        assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
        assert_eq!(said.code, 64 + 16, "{}", said.error);
        assert!(said.output.contains("PENDING"), "{}", said.output);
    });
}

#[test]
fn with_tls_and_tokens_a_server_may_be_reached_from_elsewhere_and_asks_for_certificates_where_it_is_told_to() {
    let certificates = Certificates::make();
    let file = certificates.0.path().join("tokens");
    let token = admit(&file, "portal", "read,run");
    let token_file = certificates.0.path().join("token");
    std::fs::write(&token_file, &token).expect("written");
    let tls = [
        format!("--tls-certificate={}", certificates.path("server.pem")),
        format!("--tls-key={}", certificates.path("server.key")),
        format!("--tokens={}", file.display()),
    ];
    let tls: Vec<&str> = tls.iter().map(String::as_str).collect();
    for client_ca in [false, true] {
        let asks = format!("--client-ca={}", certificates.path("ca.pem"));
        let flags: Vec<&str> =
            tls.iter().copied().chain(client_ca.then_some(asks.as_str())).chain(["--address=0.0.0.0:0"]).collect();
        let server = Server::start(&flags);
        let port = server.address.rsplit(':').next().expect("a port");
        let runs = |extra: &[&str]| {
            let mut command = Command::new(BINARY);
            command.args([
                "runs",
                "list",
                "--server",
                &format!("https://localhost:{port}"),
                "--ca",
                &certificates.path("ca.pem"),
            ]);
            command.args(extra).output().expect("it runs")
        };
        let token_flag = format!("--token-file={}", token_file.display());
        let own = [
            format!("--certificate={}", certificates.path("caller.pem")),
            format!("--key={}", certificates.path("caller.key")),
        ];
        let with_certificate = runs(&[&token_flag, &own[0], &own[1]]);
        assert!(with_certificate.status.success(), "{}", String::from_utf8_lossy(&with_certificate.stderr));
        assert_eq!(runs(&[&token_flag]).status.success(), !client_ca);
        assert!(!runs(&[&own[0], &own[1]]).status.success(), "it asks for no token");
        let in_clear =
            Command::new(BINARY).args(["runs", "list", "--server", &format!("http://localhost:{port}")]).output();
        assert!(!in_clear.expect("it runs").status.success());
    }
}

#[test]
fn an_address_that_others_reach_takes_tls_and_tokens() {
    for flags in [&[][..], &["--tokens", "/dev/null"], &["--tls-certificate", "a", "--tls-key", "b"]] {
        let said = Command::new(BINARY)
            .args(["serve", "--store", "none", "--address", "0.0.0.0:0"])
            .args(flags)
            .output()
            .expect("it runs");
        assert_eq!(said.status.code(), Some(8), "{flags:?}");
        assert!(
            String::from_utf8_lossy(&said.stderr).contains("--tls-certificate, --tls-key and --tokens"),
            "{flags:?}"
        );
    }
}

#[test]
fn what_is_personal_is_found_nowhere_but_in_the_parts_of_the_store() {
    for place in Place::both() {
        let operations = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port");
        let collector = Collector::start();
        let otlp = format!("--otlp-endpoint={}", collector.address);
        let mut server = place.serve(&["--operations-address", &operations.to_string(), "--json-logs", &otlp]);
        let mut client = Client::of(&server);
        let canary = "CANARY-9b3e";
        let mut asked = small(1);
        let season = asked.instance.as_mut().expect("a season");
        let mut id = 0;
        let mut mark = |text: &mut String| {
            id += 1;
            *text = format!("{canary}-{id}");
        };
        let student = &mut season.students[0];
        for text in [&mut student.student_id, &mut student.display_name, &mut student.major] {
            mark(text);
        }
        student.attributes.insert("home".to_owned(), format!("{canary}-attribute"));
        student.courses = vec![format!("{canary}-course")];
        season.pair_notes = vec![wire::pb::PairNote {
            student_id: season.students[0].student_id.clone(),
            project_id: "P".to_owned(),
            pinned: true,
            reason: format!("{canary}-reason"),
            ..Default::default()
        }];
        let name = client.create(asked.clone()).expect("stored").name;
        client.finished(&name);
        client.watch(&name).expect("it has finished");
        asked.request_id.clear();
        asked.instance.as_mut().expect("a season").students[0].available_from = format!("{canary}-day");
        let refused = format!("{:?}", client.create(asked).expect_err("malformed"));
        let about = wire::pb::explain_run_request::About::StudentId(format!("{canary}-1"));
        let request = wire::pb::ExplainRunRequest { name: name.clone(), about: Some(about), audience: 0 };
        client.explain(request).expect("an explanation");
        let listed = format!("{:?}", client.list(Default::default()).expect("a list"));
        let metrics = page(&operations.to_string(), "/metrics");
        assert!(metrics.contains("misti_runs_finished_total"), "{metrics}");
        let rows =
            place.ask("SELECT CAST(run_id AS TEXT), owner, term, state, deed FROM runs JOIN audit USING (run_id)");
        let rows = format!("{rows:?} {:?}", place.ask("SELECT run_id, owner, CAST(kind AS TEXT) FROM overrides"));
        let pid = rustix::process::Pid::from_child(&server.process);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("it is told");
        server.process.wait().expect("it ends");
        let traces = collector.text();
        for span in ["attempt", "evaluate", "solve", "CreateRun"] {
            assert!(traces.contains(span), "no span {span}: {traces}");
        }
        for (what, text) in [
            ("the status", refused),
            ("the traces", traces),
            ("the log", server.log()),
            ("the list", listed),
            ("the figures", metrics),
            ("the rows", rows),
        ] {
            assert!(!text.is_empty() && !text.contains(canary), "{what} names somebody: {text}");
        }
    }
}
