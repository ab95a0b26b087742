//! Sessions: what the browser keeps, and what ends them.

use std::time::{Duration, Instant};

use super::visitor::{Reply, Sent, Visitor};
use crate::runs::door::admit;
use crate::runs::harness::Place;
use crate::service::running::Server;

/// A server that lets in who holds the token.
fn served(place: &Place, flags: &[&str]) -> (Server, String) {
    let file = place.folder().join("tokens");
    let token = admit(&file, "office", "read,run");
    (serve(place, flags), token)
}

fn serve(place: &Place, flags: &[&str]) -> Server {
    let tokens = format!("--tokens={}", place.folder().join("tokens").display());
    place.serve(&[&[tokens.as_str()], flags].concat())
}

/// The parts of the cookie that an answer sets, after its name and value.
fn attributes(reply: &Reply) -> Vec<String> {
    let parts = reply.header("set-cookie").split("; ").skip(1);
    let mut parts: Vec<String> = parts.map(str::to_owned).collect();
    parts.sort();
    parts
}

#[test]
fn the_cookie_is_kept_from_scripts_and_from_other_sites() {
    for (flags, expected) in [
        (&[][..], &["HttpOnly", "Path=/", "SameSite=Lax"][..]),
        (&["--console-prefix", "/matching"], &["HttpOnly", "Path=/matching", "SameSite=Lax"]),
        (&["--console-url", "https://matching.example.edu"], &["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]),
        (&["--console-url", "http://127.0.0.1:1"], &["HttpOnly", "Path=/", "SameSite=Lax"]),
    ] {
        let place = Place::sqlite();
        let (server, token) = served(&place, flags);
        let nobody = Visitor::of(&server);
        let signed_in = nobody.post("/sign-in", &[("token", &token)]);
        assert_eq!(attributes(&signed_in), expected, "{flags:?}");
        let value = signed_in.header("set-cookie").split(['=', ';']).nth(1).expect("a value").to_owned();
        assert_eq!(value.len(), 64, "{value}");
        let again = nobody.post("/sign-in", &[("token", &token)]);
        assert!(!again.header("set-cookie").contains(&value), "each browser has its own");
    }
}

#[test]
fn a_session_ends_by_signing_out_by_doing_nothing_and_with_its_token() {
    let place = Place::sqlite();
    let (server, token) = served(&place, &["--console-idle", "2s"]);
    let [leaving, resting, busy] = [0; 3].map(|_| Visitor::with_token(&server, &token));
    let out = leaving.post("/sign-out", &[]);
    assert!(out.status == 303 && out.header("set-cookie").contains("Max-Age=0"), "{out:?}");
    assert!(leaving.get("/runs").asks_to_sign_in(), "the same cookie is nobody");
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(3) {
        assert_eq!(busy.get("/runs").status, 200, "who does something stays");
        std::thread::sleep(Duration::from_millis(300));
    }
    assert!(resting.get("/runs").asks_to_sign_in());
    std::fs::write(place.folder().join("tokens"), "# nobody\n").expect("written");
    let begun = Instant::now();
    while !busy.get("/runs").asks_to_sign_in() {
        assert!(begun.elapsed() < Duration::from_secs(5), "its token is gone");
        std::thread::sleep(Duration::from_millis(100));
    }
    // What was sent meanwhile was not done, and the page says so.
    let lost = busy.post("/seasons/sample", &[]);
    assert!(lost.asks_to_sign_in() && lost.location().ends_with("&lost=1"), "{}", lost.location());
    assert!(busy.get(lost.location()).text().contains("what you sent was not done"));
}

#[test]
fn a_session_outlives_the_server_and_is_known_to_no_other() {
    let (place, other) = (Place::sqlite(), Place::sqlite());
    let (server, token) = served(&place, &[]);
    let cookie = Visitor::with_token(&server, &token).cookie().to_owned();
    drop(server);
    let server = serve(&place, &[]);
    assert_eq!(Visitor::with_cookie(&server, &cookie).get("/runs").status, 200);
    std::fs::copy(place.folder().join("tokens"), other.folder().join("tokens")).expect("the same tokens");
    let elsewhere = serve(&other, &[]);
    assert!(Visitor::with_cookie(&elsewhere, &cookie).get("/runs").asks_to_sign_in());
    let (name, value) = cookie.split_once('=').expect("a pair");
    let zeros = format!("{name}={}", "0".repeat(64));
    let shorter = format!("{name}={}", &value[1..]);
    let token_itself = format!("{name}={token}");
    for forged in [
        "",
        name,
        &zeros,
        &shorter,
        &token_itself,
        &format!("{name}={value}0"),
        &format!("{name}=%00{value}"),
        &format!("x{cookie}"),
    ] {
        assert!(Visitor::with_cookie(&server, forged).get("/runs").asks_to_sign_in(), "{forged}");
    }
    let bearer = format!("Bearer {token}");
    let by_header = Visitor::of(&server).send("GET", "/runs", &[("authorization", &bearer)], Sent::nothing());
    assert!(by_header.asks_to_sign_in(), "pages ask for a session");
}

#[test]
fn the_token_stands_in_no_answer_no_address_and_no_log() {
    let place = Place::sqlite();
    let file = place.folder().join("tokens");
    let token = admit(&file, "office", "read,run");
    let tokens = format!("--tokens={}", file.display());
    let server = place.try_serve(&[&tokens], &[("RUST_LOG", "trace")]).expect("it listens");
    let nobody = Visitor::of(&server);
    let wrong = format!("{token}x");
    let mut answers = vec![
        nobody.post("/sign-in", &[("token", &wrong), ("to", "/runs")]),
        nobody.post("/sign-in", &[("token", &token), ("token", &token)]),
        nobody.post("/sign-in", &[("token", &token), ("to", "/runs?state=finished")]),
        nobody.get("/runs"),
    ];
    assert_eq!(answers[0].status, 401);
    assert_eq!(answers[2].location(), "/runs?state=finished");
    let visitor = Visitor::with_token(&server, &token);
    answers.extend(["/", "/runs", "/ledger", "/no-page"].map(|path| visitor.get(path)));
    answers.push(visitor.post("/seasons/sample", &[]));
    for answer in &answers {
        let whole = format!("{:?} {}", answer.headers, answer.text());
        assert!(!whole.contains(&token), "{whole}");
    }
    let value = visitor.cookie().split_once('=').expect("a pair").1;
    let log = server.log();
    assert!(log.contains("somebody signed in") && log.contains("a page was shown"), "{log}");
    assert!(!log.contains(&token) && !log.contains(value), "a secret stands in the log");
}

#[test]
fn who_signs_in_is_led_to_a_page_of_the_console_and_nowhere_else() {
    let place = Place::sqlite();
    let (server, token) = served(&place, &[]);
    let nobody = Visitor::of(&server);
    for (to, led) in [
        ("/runs?state=finished", "/runs?state=finished"),
        ("", "/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("/\t/evil.example/", "/"),
        ("\t//evil.example/", "/"),
        ("/\r\nset-cookie: a=b", "/"),
        ("/\0", "/"),
        ("/é", "/"),
        ("javascript:alert(1)", "/"),
    ] {
        let reply = nobody.post("/sign-in", &[("token", &token), ("to", to)]);
        assert_eq!((reply.status, reply.location()), (303, led), "{to:?}");
        assert_eq!(reply.headers.get_all("set-cookie").iter().count(), 1, "{to:?}");
    }
}
