//! Where a request comes from: what another site sends changes nothing, and another site's name leads nowhere.

use console::LISTED;

use super::visitor::{About, Reply, Sent, Visitor, posts, work_of};
use crate::runs::door::admit;
use crate::runs::harness::Place;

/// Somebody on a server without tokens, with a season and a run.
fn settled(server: &crate::service::running::Server) -> (Visitor, About) {
    let visitor = Visitor::of(server);
    let draft = visitor.sample("Ours alone");
    let run = visitor.matched(&draft, "Run of ours");
    (visitor, About { draft, run })
}

/// Everything that a post could change, as pages show it.
fn shown(visitor: &Visitor, about: &About) -> String {
    ["/", "/runs", "/ledger", &about.address("/seasons/{draft}"), &about.address("/seasons/{draft}/policy")]
        .map(|path| {
            let page = visitor.get(path);
            assert_eq!(page.status, 200, "{path}");
            page.text()
        })
        .join("\n")
}

fn refuses(reply: &Reply, what: &str) {
    assert_eq!(reply.status, 403, "{what}: {}", reply.text());
    assert!(!reply.text().contains("Ours alone") && !reply.text().contains("Run of ours"), "{what}");
}

#[test]
fn what_was_not_sent_by_a_page_of_the_console_changes_nothing() {
    let place = Place::sqlite();
    let server = place.serve(&[]);
    let (visitor, about) = settled(&server);
    let before = shown(&visitor, &about);
    let own = visitor.origin();
    let port = visitor.address.rsplit(':').next().expect("a port");
    let (by_name, encrypted, longer) =
        (format!("http://localhost:{port}"), format!("https://{}", visitor.address), format!("{own}0"));
    let senders: [&[(&str, &str)]; 14] = [
        &[],
        &[("origin", "null")],
        &[("origin", "")],
        &[("origin", "https://evil.example")],
        &[("origin", "http://127.0.0.1")],
        &[("origin", &by_name)],
        &[("origin", &encrypted)],
        &[("origin", &longer)],
        &[("sec-fetch-site", "none")],
        &[("sec-fetch-site", "cross-site"), ("origin", &own)],
        &[("sec-fetch-site", "same-site"), ("origin", &own)],
        &[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")],
        &[("sec-fetch-site", "same-origin"), ("origin", "null")],
        &[("referer", &own)],
    ];
    for path in posts() {
        for headers in senders {
            let reply = visitor.send("POST", &about.address(path), headers, work_of(path));
            refuses(&reply, &format!("{path} {headers:?}"));
        }
        for method in ["PUT", "DELETE", "PATCH", "WORD"] {
            refuses(&visitor.send(method, &about.address(path), &[], Sent::nothing()), &format!("{method} {path}"));
        }
    }
    assert_eq!(shown(&visitor, &about), before);
    // The same from a page of the console is done.
    for path in ["/seasons/{draft}/name", "/runs/{run}/delete", "/seasons/{draft}/delete"] {
        let done = visitor.send_own(&about.address(path), work_of(path));
        assert_eq!(done.status, 303, "{path}: {}", done.text());
    }
    assert_eq!(visitor.get(&about.address("/seasons/{draft}")).status, 404);
    assert_eq!(visitor.get(&about.address("/runs/{run}")).status, 404);
}

#[test]
fn another_name_for_this_machine_shows_no_page() {
    let place = Place::sqlite();
    let server = place.serve(&["--console-url", "http://localhost:8080"]);
    let (visitor, about) = settled(&server);
    let origin = visitor.origin();
    for host in [
        "evil.example",
        "evil.example:50051",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "10.0.0.1",
        "0.0.0.0",
        "[::]",
        "localhost.",
    ] {
        let rebound = format!("http://{host}");
        for (method, path, _) in LISTED {
            let headers: [&[(&str, &str)]; 2] = [
                &[("host", host), ("origin", &rebound), ("sec-fetch-site", "same-origin")],
                &[("host", host), ("origin", &origin)],
            ];
            for headers in headers {
                let sent = if *method == "post" { work_of(path) } else { Sent::nothing() };
                let reply = visitor.send(&method.to_uppercase(), &about.address(path), headers, sent);
                refuses(&reply, &format!("{method} {path} of {host}"));
            }
        }
        refuses(&visitor.send("GET", "/no-page", &[("host", host)], Sent::nothing()), host);
    }
    for host in ["localhost:8080", "127.0.0.1:1", "[::1]:9", "LOCALHOST"] {
        assert_eq!(visitor.send("GET", "/", &[("host", host)], Sent::nothing()).status, 200, "{host}");
    }
}

#[test]
fn what_came_through_a_proxy_asks_for_tokens_even_from_this_machine() {
    let forwarded = ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"];
    let place = Place::sqlite();
    let server = place.serve(&[]);
    let (visitor, about) = settled(&server);
    let own = visitor.origin();
    for name in forwarded {
        for (method, path, _) in LISTED {
            let sent = if *method == "post" { work_of(path) } else { Sent::nothing() };
            let headers = [(name, "for=127.0.0.1"), ("origin", own.as_str())];
            let reply = visitor.send(&method.to_uppercase(), &about.address(path), &headers, sent);
            refuses(&reply, &format!("{method} {path} with {name}"));
        }
    }
    assert_eq!(visitor.get(&about.address("/seasons/{draft}")).status, 200);
    drop(server);
    let file = place.folder().join("tokens");
    let token = admit(&file, "office", "read,run");
    let server = place.serve(&[&format!("--tokens={}", file.display())]);
    let visitor = Visitor::with_token(&server, &token);
    for name in forwarded {
        let page = visitor.send("GET", "/runs", &[(name, "for=203.0.113.9")], Sent::nothing());
        assert_eq!(page.status, 200, "{name}: who signed in may come by a proxy");
    }
}
