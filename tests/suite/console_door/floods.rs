//! Too many connections, and such as never come to their request.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::visitor::{Sent, Visitor};
use crate::runs::harness::Place;
use crate::service::observing::page;
use crate::service::peers::is_closed_within;
use crate::service::running::Server;

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(&server.address).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(5))).expect("a timeout");
    stream
}

fn request(server: &Server, path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", server.address)
}

/// Asks for a page, and keeps the connection.
fn asks(server: &Server, stream: &mut TcpStream) -> String {
    let _ = stream.write_all(request(server, "/sign-in").as_bytes());
    let mut answer = vec![0; 64 << 10];
    let read = stream.read(&mut answer).unwrap_or(0);
    String::from_utf8_lossy(&answer[..read]).into_owned()
}

#[test]
fn one_address_holds_sixty_four_connections_and_gets_them_back() {
    let server = Server::start(&[]);
    let mut peers: Vec<TcpStream> = (0..200).map(|_| connect(&server)).collect();
    let answered: Vec<bool> = peers.iter_mut().map(|peer| asks(&server, peer).starts_with("HTTP/1.1 303")).collect();
    assert_eq!(answered.iter().filter(|is_answered| **is_answered).count(), 64);
    assert!(answered[..64].iter().all(|is_answered| *is_answered), "who came first stays");
    assert!(server.log().contains("connections are refused"), "{}", server.log());
    drop(peers);
    let begun = Instant::now();
    while !asks(&server, &mut connect(&server)).starts_with("HTTP/1.1 303") {
        assert!(begun.elapsed() < Duration::from_secs(5), "places are not given up");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_peer_that_never_comes_to_its_request_is_closed() {
    let server = Server::start(&["--handshake-seconds", "1"]);
    let begun = Instant::now();
    let mut silent = connect(&server);
    let mut short = connect(&server);
    short.write_all(b"GET / HTTP/1.1\r\n").expect("it is sent");
    let mut slow = connect(&server);
    slow.write_all(request(&server, "/").trim_end().as_bytes()).expect("it is sent");
    for peer in [&mut silent, &mut short] {
        assert!(is_closed_within(peer, Duration::from_secs(5)));
    }
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    // A header that never ends has hyper's half minute, however it is fed.
    let fed = loop {
        let is_fed = slow.write_all(b"\r\nx: y").is_ok();
        if !is_fed || is_closed_within(&mut slow, Duration::from_millis(900)) {
            break begun.elapsed();
        }
        assert!(begun.elapsed() < Duration::from_secs(40), "it goes on and on");
    };
    assert!(fed > Duration::from_secs(5), "{fed:?}");
    assert_eq!(Visitor::of(&server).get("/").status, 200);
}

#[test]
fn what_is_no_request_ends_its_connection_and_nothing_else() {
    let server = Server::start(&[]);
    let good = request(&server, "/sign-in");
    let host = &server.address;
    let many: String = (0..500).map(|n| format!("x-{n}: y\r\n")).collect();
    let long = "y".repeat(600_000);
    for (bad, refusal) in [
        ("\0\u{1}\u{2}garbage\r\n\r\n".to_owned(), "400"),
        ("GET /\r\n\r\n".to_owned(), "400"),
        (format!("GET / HTTP/9.9\r\nHost: {host}\r\n\r\n"), "400"),
        (format!("GET / HTTP/1.1\r\nHost: {host}\r\nno colon\r\n\r\n"), "400"),
        (format!("POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"), "400"),
        (format!("POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: -1\r\n\r\n"), "400"),
        (format!("POST / HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: identity\r\n\r\n"), "400"),
        (format!("GET / HTTP/1.1\r\nHost: {host}\r\n{many}\r\n"), "431"),
        (format!("GET / HTTP/1.1\r\nHost: {host}\r\nx: {long}\r\n\r\n"), "431"),
        (format!("GET /{long} HTTP/1.1\r\nHost: {host}\r\n\r\n"), "4"),
    ] {
        let shown: String = bad.chars().take(60).collect();
        let mut stream = connect(&server);
        // It may be closed before everything is sent.
        let _ = stream.write_all(format!("{good}{bad}{good}").as_bytes());
        let mut answers = Vec::new();
        let _ = stream.read_to_end(&mut answers);
        let answers = String::from_utf8_lossy(&answers).into_owned();
        assert!(answers.starts_with("HTTP/1.1 303"), "{shown:?}: {answers}");
        assert_eq!(answers.matches("HTTP/1.1 303").count(), 1, "{shown:?}: nothing is answered after it");
        let told = answers.rsplit("HTTP/1.1 ").next().unwrap_or_default();
        assert!(told.starts_with(refusal) || told.starts_with("303"), "{shown:?}: {told}");
    }
    // Without a host there is nobody who is asked.
    let mut stream = connect(&server);
    stream.write_all(b"GET / HTTP/1.0\r\n\r\n").expect("it is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.contains("403 Forbidden"), "{answer}");
    assert_eq!(Visitor::of(&server).get("/").status, 200);
    assert!(!server.log().contains("panicked"), "{}", server.log());
}

#[test]
fn words_that_are_no_methods_make_no_figures() {
    let operations = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port");
    let operations = operations.to_string();
    let place = Place::sqlite();
    let server = place.serve(&["--operations-address", &operations]);
    let visitor = Visitor::of(&server);
    let own = visitor.origin();
    for number in 0..50 {
        for path in ["/sign-in", "/runs", "/no-page", "/runs/1/students/x"] {
            let reply = visitor.send(&format!("WORD{number}"), path, &[("origin", &own)], Sent::nothing());
            assert!((400..500).contains(&reply.status), "{path}: {}", reply.status);
        }
        visitor.get(&format!("/runs/{number}/students/PERSON{number}"));
    }
    let figures = page(&operations, "/metrics");
    assert!(figures.contains("misti_pages_total"), "{figures}");
    for told in [&figures, &server.log()] {
        assert!(!told.contains("WORD") && !told.contains("PERSON"), "{told}");
    }
}
