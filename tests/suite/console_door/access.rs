//! Who may see which page, for every page of the router's own table.

use std::collections::HashMap;

use console::{Asks, LISTED};

use super::visitor::{About, Reply, Sent, Visitor, work_of};
use crate::runs::door::admit;
use crate::runs::harness::Place;
use crate::service::running::Server;

/// The pages of the table, with what ends a season or a run at its end.
fn pages() -> Vec<(&'static str, &'static str, Asks)> {
    let mut pages = LISTED.to_vec();
    pages.retain(|(_, path, _)| *path != "/sign-out");
    pages.sort_by_key(|(_, path, _)| (path.contains("/delete"), path.contains("/{draft}/delete")));
    pages
}

fn ask(visitor: &Visitor, method: &str, path: &str, about: &About) -> Reply {
    match method {
        "post" => visitor.send_own(&about.address(path), work_of(path)),
        _ => visitor.send("GET", &about.address(path), &[], Sent::nothing()),
    }
}

/// A server with these callers, and the token of each.
fn served(place: &Place, callers: &[(&'static str, &'static str, &str)]) -> (Server, HashMap<&'static str, String>) {
    let file = place.folder().join("tokens");
    let tokens = callers.iter().map(|&(key, name, scopes)| (key, admit(&file, name, scopes))).collect();
    (place.serve(&[&format!("--tokens={}", file.display())]), tokens)
}

/// A season and a run of a caller.
fn owned(visitor: &Visitor, name: &str) -> About {
    let draft = visitor.sample(name);
    let run = visitor.matched(&draft, name);
    About { draft, run }
}

/// What asks `run`, and `read` as well: it is about what stands in the run.
const ALSO_READ: [&str; 3] = ["/runs/{run}/rematch", "/runs/{run}/offers/files", "/runs/{run}/objections"];

#[test]
fn every_page_is_shown_to_whom_it_may_be_shown() {
    let place = Place::sqlite();
    let callers = [
        ("office", "office", "read,run"),
        ("reader", "office", "read"),
        ("runner", "office", "run"),
        ("chief", "chief", "admin"),
    ];
    let (server, tokens) = served(&place, &callers);
    let office = Visitor::with_token(&server, &tokens["office"]);
    let nobody = Visitor::of(&server);
    let about = owned(&office, "OF-THE-OFFICE");
    for (method, path, asks) in pages() {
        let reply = ask(&nobody, method, path, &about);
        assert_eq!(
            reply.asks_to_sign_in(),
            asks != Asks::Nothing,
            "{method} {path}: {} {}",
            reply.status,
            reply.text()
        );
        assert!(reply.status < 500 && !reply.text().contains("OF-THE-OFFICE"), "{method} {path}");
    }
    for (who, reads, runs) in
        [("reader", true, false), ("runner", false, true), ("office", true, true), ("chief", true, true)]
    {
        let about = owned(&office, "OF-THE-OFFICE");
        let visitor = Visitor::with_token(&server, &tokens[who]);
        for (method, path, asks) in pages() {
            let is_allowed = match asks {
                Asks::Nothing | Asks::Anybody => true,
                Asks::Read => reads,
                Asks::Run => runs && (reads || !ALSO_READ.contains(&path)),
            };
            let reply = ask(&visitor, method, path, &about);
            let what = format!("{method} {path} by {who}: {} {}", reply.status, reply.words());
            assert_eq!(reply.status != 403, is_allowed, "{what}");
            // Nobody stands before an asset whose digest is another.
            let is_there = !path.starts_with("/assets");
            match method {
                "get" if is_allowed && is_there => assert!([200, 303].contains(&reply.status), "{what}"),
                _ if is_allowed && is_there => assert!(reply.status < 500 && reply.status != 404, "{what}"),
                _ => assert!(reply.status < 500, "{what}"),
            }
        }
        let (run, draft) = (about.address("/runs/{run}"), about.address("/seasons/{draft}"));
        let are_gone = [run, draft].map(|path| office.get(&path).status == 404);
        assert_eq!(are_gone, [runs, runs], "{who}");
    }
    assert!(!server.log().contains("panicked"), "{}", server.log());
}

#[test]
fn a_foreign_season_and_a_foreign_run_are_not_there_and_have_no_name() {
    let place = Place::sqlite();
    let callers = [("office", "office", "read,run"), ("other", "other", "read,run"), ("reader", "other", "read")];
    let (server, tokens) = served(&place, &callers);
    let office = Visitor::with_token(&server, &tokens["office"]);
    let about = owned(&office, "OF-THE-OFFICE");
    // What the office looks at is kept for a while: nobody else sees it for that.
    for path in ["/seasons/{draft}", "/seasons/{draft}/problems", "/runs/{run}", "/runs/{run}/students"] {
        assert_eq!(office.get(&about.address(path)).status, 200);
    }
    let none = About { draft: uuid(), run: uuid() };
    for who in ["other", "reader"] {
        let visitor = Visitor::with_token(&server, &tokens[who]);
        for (method, path, asks) in pages() {
            let is_foreign = path.contains("{run}") || path.contains("{draft}");
            let reply = ask(&visitor, method, path, &about);
            let what = format!("{method} {path} by {who}: {} {}", reply.status, reply.words());
            assert!(!reply.text().contains(&about.run) || !is_foreign || reply.status >= 400, "{what}");
            match (is_foreign, asks) {
                (true, Asks::Run) if who == "reader" => assert_eq!(reply.status, 403, "{what}"),
                (true, _) => {
                    assert_eq!(reply.status, 404, "{what}");
                    // As if there were no such thing at all.
                    assert_eq!(reply.text(), ask(&visitor, method, path, &none).text(), "{what}");
                }
                (false, _) => assert!(reply.status < 500, "{what}"),
            }
            assert!(!reply.text().contains("OF-THE-OFFICE"), "{what}");
        }
        if who == "reader" {
            continue;
        }
        // Neither beside a run of one's own.
        let own = owned(&visitor, "Mine").run;
        let compared = |before: &About| {
            let page = visitor.get(&format!("/runs/{own}/compare?before={}", before.run));
            (page.status, page.text().contains("Who moves"), page.text().matches("M5001").count())
        };
        assert_eq!(compared(&about), compared(&none));
        assert_eq!(compared(&none).2, 1);
    }
    for path in ["/seasons/{draft}", "/runs/{run}"] {
        assert_eq!(office.get(&about.address(path)).status, 200, "nobody else deletes it");
    }
    assert!(!server.log().contains("panicked"), "{}", server.log());
}

fn uuid() -> String {
    "0190a5c4-7f3e-7c3a-9d55-3f6f0a1b2c3d".to_owned()
}
