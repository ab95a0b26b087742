//! At which ports the console is shown, and what else such a port answers.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full};
use tonic::codegen::Bytes;
use tonic::codegen::http::{Request, Response, Version};
use tonic::transport::{Certificate, Channel, ClientTlsConfig};
use tower::{Service, ServiceExt};

use super::visitor::{Sent, Visitor};
use crate::runs::door::{Certificates, admit};
use crate::runs::harness::{Client, Place};
use crate::service::peers::certificate;
use crate::service::running::Server;
use crate::support::BINARY;

/// Waits until the log of a server says something.
fn wait_for(server: &Server, said: &str) -> String {
    let begun = Instant::now();
    loop {
        if let Some(line) = server.log().lines().find(|line| line.contains(said)) {
            return line.to_owned();
        }
        assert!(begun.elapsed() < Duration::from_secs(5), "no {said}: {}", server.log());
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_console_that_others_reach_is_not_started_where_nobody_signs_in() {
    for url in ["https://matching.example.edu", "http://10.0.0.7:8080"] {
        let said = Command::new(BINARY)
            .args(["serve", "--store=sqlite::memory:", "--address=127.0.0.1:0", "--console-url", url])
            .output()
            .expect("it runs");
        assert_eq!(said.status.code(), Some(8), "{url}");
        let told = String::from_utf8_lossy(&said.stderr).into_owned();
        assert!(told.contains("--console-url") && told.contains("--tokens"), "{told}");
    }
}

#[test]
fn where_there_is_no_console_the_log_says_why_and_no_page_answers() {
    let folder = tempfile::tempdir().expect("a folder");
    let [pem, key] = certificate(folder.path());
    let file = folder.path().join("tokens");
    admit(&file, "office", "read,run");
    let tls = [format!("--tls-certificate={pem}"), format!("--tls-key={key}"), format!("--tokens={}", file.display())];
    let open: Vec<&str> = tls.iter().map(String::as_str).chain(["--address=0.0.0.0:0"]).collect();
    for (flags, why) in [
        (&["--no-console"][..], "--no-console"),
        (&["--store=none"], "without a store"),
        (&open[..], "--console-url"),
        (&["--no-console", "--grpc-web-origin", "https://portal.example"], "--no-console"),
    ] {
        let server = Server::start(flags);
        let line = wait_for(&server, "there is no console");
        assert!(line.contains(why), "{line}");
        assert!(!server.log().contains("the console is there"));
        if flags.contains(&"--grpc-web-origin") {
            assert_eq!(Visitor::of(&server).get("/").status, 404);
            continue;
        }
        // Such a port does not speak HTTP/1 at all.
        let mut stream = TcpStream::connect(server.address.replace("0.0.0.0", "127.0.0.1")).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(5))).expect("a timeout");
        let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(!answer.starts_with(b"HTTP/1.1"), "{flags:?}: {}", String::from_utf8_lossy(&answer));
    }
}

#[test]
fn at_an_address_of_its_own_the_console_leaves_nothing_for_browsers_at_the_other() {
    let place = Place::sqlite();
    let server = place.serve(&["--console-address", "127.0.0.1:0", "--workers=0"]);
    let line = wait_for(&server, "the console is there");
    let url = line.split("url=").nth(1).expect("an address").trim_matches(['"', ' ']);
    let apart = url.trim_start_matches("http://").trim_end_matches('/');
    assert_ne!(apart, server.address);
    let (calls, pages) = (Visitor::of(&server), Visitor::at(apart));
    assert_eq!(pages.get("/").status, 200);
    for path in ["/", "/runs", "/sign-in"] {
        assert_eq!(calls.get(path).status, 404, "{path}");
    }
    // A form of any site may send bytes of any type that is no call, and a browser reads no answer: nothing may come of them.
    let create = "/misti.matching.v1.RunService/CreateRun";
    let message = b"\0\0\0\0\x04\x0a\x02\x0a\0".to_vec();
    for kind in ["text/plain", "", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a"] {
        let sent = Sent { kind: kind.to_owned(), body: message.clone() };
        let answer = calls.send("POST", create, &[("origin", "https://evil.example")], sent);
        assert_eq!(answer.status, 415, "{kind}");
        let sent = Sent { kind: kind.to_owned(), body: message.clone() };
        assert_eq!(pages.send("POST", create, &[("origin", "https://evil.example")], sent).status, 403);
    }
    assert!(Client::of(&server).list(Default::default()).expect("calls are answered").runs.is_empty());
    let by_pages = Client::at(&format!("http://{apart}")).list(Default::default());
    assert!(by_pages.is_err(), "calls have their own address");
}

#[tokio::test]
async fn by_tls_the_console_speaks_either_http_and_keeps_browsers_to_it() {
    let certificates = Certificates::make();
    let file = certificates.path("tokens");
    let token = admit(file.as_ref(), "office", "read,run");
    let tokens = format!("--tokens={file}");
    let (pem, key) = (certificates.path("server.pem"), certificates.path("server.key"));
    let server = Server::start(&["--tls-certificate", &pem, "--tls-key", &key, &tokens]);
    // HTTP/1.1.
    let mut openssl = Command::new("openssl")
        .args(["s_client", "-quiet", "-alpn", "http/1.1", "-connect", &server.address])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("openssl");
    let asked = format!("GET /sign-in HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.address);
    let mut input = openssl.stdin.take().expect("a pipe");
    input.write_all(asked.as_bytes()).expect("it is sent");
    let answered = openssl.wait_with_output().expect("it ends").stdout;
    drop(input);
    let page = String::from_utf8_lossy(&answered).into_owned();
    assert!(page.starts_with("HTTP/1.1 200 OK"), "{page}");
    assert!(page.to_lowercase().contains("strict-transport-security: max-age="), "{page}");
    // HTTP/2.
    let authority = Certificate::from_pem(std::fs::read(certificates.path("ca.pem")).expect("a certificate"));
    let port = server.address.rsplit(':').next().expect("a port");
    let origin = format!("https://localhost:{port}");
    let channel = Channel::from_shared(origin.clone()).expect("a URI");
    let tls = ClientTlsConfig::new().ca_certificate(authority).domain_name("localhost");
    let mut channel = channel.tls_config(tls).expect("TLS").connect().await.expect("it connects");
    let ask = |channel: &mut Channel, request: tonic::codegen::http::request::Builder, body: String| {
        let request = request.body(tonic::body::Body::new(Full::new(Bytes::from(body)))).expect("a request");
        let mut channel = channel.clone();
        async move { channel.ready().await.expect("it is ready").call(request).await.expect("an answer") }
    };
    let page: Response<_> = ask(&mut channel, Request::get(format!("{origin}/sign-in")), String::new()).await;
    assert_eq!((page.status().as_u16(), page.version()), (200, Version::HTTP_2));
    let form = |origin: &str| {
        let kind = "application/x-www-form-urlencoded";
        Request::post(format!("https://localhost:{port}/sign-in")).header("origin", origin).header("content-type", kind)
    };
    let in_clear = ask(&mut channel, form(&format!("http://localhost:{port}")), format!("token={token}")).await;
    assert_eq!(in_clear.status().as_u16(), 403, "a page that was not encrypted is another's");
    let signed_in = ask(&mut channel, form(&origin), format!("token={token}")).await;
    let cookie = signed_in.headers()["set-cookie"].to_str().expect("ASCII").to_owned();
    assert!(cookie.contains("; Secure") && cookie.contains("; HttpOnly"), "{cookie}");
    let pair = cookie.split(';').next().expect("a pair");
    let runs = ask(&mut channel, Request::get(format!("{origin}/runs")).header("cookie", pair), String::new()).await;
    assert_eq!(runs.status().as_u16(), 200);
    let text = runs.into_body().collect().await.expect("a page").to_bytes();
    assert!(String::from_utf8_lossy(&text).contains("Signed in as"));
}
