//! Addresses that lead nowhere: each is told so, and none harms the server.

use console::LISTED;

use super::visitor::{About, Sent, Visitor, work_of};
use crate::runs::harness::Place;

#[test]
fn an_address_that_names_nothing_is_refused_and_harms_nobody() {
    let place = Place::sqlite();
    let server = place.serve(&[]);
    let visitor = Visitor::of(&server);
    let draft = visitor.sample("Addresses");
    let about = About { run: visitor.matched(&draft, "Addresses"), draft };
    let long = "a".repeat(9_000);
    let upper = about.run.to_uppercase();
    let braced = format!("%7B{}%7D", about.run);
    let tricks = [
        "0",
        "18446744073709551615",
        "18446744073709551616",
        "-1",
        "1.5",
        "x",
        "%2e%2e",
        "..%2f..%2fruns",
        "",
        "%00",
        "%ff",
        "%0d%0aset-cookie:a=b",
        "%E2%80%AE",
        "1%2f1",
        "..;",
        "%25",
        "'",
        &long,
        &upper,
        &braced,
    ];
    let parts = ["{draft}", "{run}", "{number}", "{project}", "{file}", "{digest}", "{name}", "{code}"];
    let mut tried = 0;
    for (method, path, _) in LISTED {
        for part in parts.iter().filter(|part| path.contains(**part)) {
            for trick in tricks {
                let address = about.address(&path.replace(part, trick));
                let sent = || if *method == "post" { work_of(path) } else { Sent::nothing() };
                let reply = visitor.send(&method.to_uppercase(), &address, &[("origin", &visitor.origin())], sent());
                let is_refused = (400..500).contains(&reply.status);
                assert!(is_refused, "{method} {address}: {} {}", reply.status, reply.words());
                assert!(!reply.headers.contains_key("set-cookie"), "{method} {address}");
                tried += 1;
            }
        }
    }
    assert!(tried > 500, "{tried}");
    for query in [
        "?page=-1&sort=x&order=%00",
        "?page=99999999999999999999",
        "?after=%00",
        "?after=x",
        "?c=pin.1.18446744073709551616",
        "?c=%ff",
        "?before=%00",
        "?before=..",
        "?show=%3Cscript%3E&page=0",
        "?rank=%ff&place=x",
    ] {
        for (_, path, _) in LISTED.iter().filter(|(method, ..)| *method == "get") {
            let reply = visitor.get(&format!("{}{query}", about.address(path)));
            assert!(reply.status < 500, "{path}{query}: {} {}", reply.status, reply.words());
        }
    }
    for path in [
        "//",
        "//evil.example/",
        "/runs/",
        "/./",
        "/runs//students",
        "/%2e%2e/",
        "/seasons/../runs/x",
        "/assets/0/../../etc/passwd",
    ] {
        let status = visitor.get(path).status;
        assert!((400..500).contains(&status), "{path}: {status}");
    }
    assert_eq!(visitor.get(&about.address("/runs/{run}/students/1")).status, 200);
    assert!(!server.log().contains("panicked"), "{}", server.log());
}
