//! What is personal is shown to whoever may see it, and told to nobody else: not in the log, not in figures, not in addresses.

use std::cell::Cell;

use super::season::{season, tables, walk};
use super::visitor::{About, Sent, Visitor};
use crate::runs::harness::Place;
use crate::service::observing::page;

/// What every text of the season holds.
const MARKER: &str = "Canary7f3e";

/// What of a season may stand in an address: a table is filtered by it.
const FILTERED_BY: [&str; 3] = ["?major=", "?program=", "?country="];

/// The addresses in a page.
fn addresses(page: &str) -> impl Iterator<Item = &str> {
    let attributes = [" href=\"", " action=\"", " src=\"", " data-events=\""];
    attributes.into_iter().flat_map(move |name| page.split(name).skip(1).filter_map(|rest| rest.split('"').next()))
}

/// A table of students in which something has to be decided about.
fn with_open(table: &[u8]) -> Vec<u8> {
    let mut reader = csv::Reader::from_reader(table);
    let header = reader.headers().expect("a header").clone();
    let mut written = csv::Writer::from_writer(Vec::new());
    written.write_record(&header).expect("it is written");
    for row in reader.records() {
        let row = row.expect("a row");
        let cells = header.iter().zip(row.iter()).map(|(column, cell)| match column {
            "available_from" => "01/02/2027".to_owned(),
            "gpa" => format!("{MARKER} gpa"),
            _ => cell.to_owned(),
        });
        written.write_record(cells).expect("it is written");
    }
    written.into_inner().expect("a table")
}

#[test]
fn what_is_personal_stands_in_pages_and_nowhere_else() {
    let operations = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port");
    let operations = operations.to_string();
    let place = Place::sqlite();
    let flags = ["--operations-address", operations.as_str()];
    let server = place.try_serve(&flags, &[("RUST_LOG", "debug")]).expect("it listens");
    let visitor = Visitor::of(&server);
    let number = Cell::new(0);
    let text = |field: &str| {
        // What refers to another row says the same as it.
        if field.contains(".id") || field == "skill" || field == "student.major" {
            return format!("{MARKER}-{field}");
        }
        number.set(number.get() + 1);
        format!("{MARKER} {field} {}", number.get())
    };
    let made = season(&text);
    let mut files = tables(&made.0);
    // One cell that has to be decided about, and a table that nobody knows.
    let students = files.iter_mut().find(|file| file.name.starts_with("students")).expect("a table");
    let whole = students.content.clone();
    students.content = with_open(&whole);
    let draft = visitor.season("A season", &files);
    let problems = visitor.get(&format!("/seasons/{draft}/problems"));
    assert!(problems.text().contains(MARKER) && problems.text().contains("to make"), "{}", problems.words());
    assert_eq!(visitor.get(&format!("/seasons/{draft}/problems.xlsx")).status, 200);
    // Decisions and files that can't be read, with names in them.
    for name in ["students.csv", "decisions.csv"] {
        let broken = format!("file,cell\n{MARKER},{MARKER}\n\"{MARKER}").into_bytes();
        visitor.send_own(&format!("/seasons/{draft}/decisions"), Sent::files(&[], &[(name, &broken)]));
    }
    let replaced = visitor.send_own(&format!("/seasons/{draft}/files"), Sent::files(&[], &[("students.csv", &whole)]));
    assert_eq!(replaced.status, 303, "{}", replaced.text());
    let policy = crate::support::as_json("Policy", &made.1);
    let revision = || {
        let page = visitor.get(&format!("/seasons/{draft}")).text();
        page.split("name=\"revision\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("one").to_owned()
    };
    for text in [format!("{{\"{MARKER}\": \"{MARKER}\"}}"), format!("{{\"asOfDate\": \"{MARKER}\"}}"), policy] {
        visitor.post(&format!("/seasons/{draft}/policy"), &[("revision", &revision()), ("json", &text)]);
    }
    let run = visitor.matched(&draft, "A run");
    let about = About { draft, run };
    let mut shown = walk(&visitor, &about, &format!("{MARKER}-student.id.ana"));
    let offers = format!(
        "student_id,project_id,state\n{MARKER}-student.id.ana,{MARKER}-project.id.first,DECLINED\n{MARKER},{MARKER},{MARKER}\n"
    );
    let sent = Sent::files(&[], &[("offers.csv", offers.as_bytes())]);
    let changes = visitor.send_own(&about.address("/runs/{run}/offers/files"), sent);
    let changes = About { draft: Visitor::season_of(&changes), ..about.clone() };
    for path in ["/seasons/{draft}", "/seasons/{draft}/problems", "/seasons/{draft}/match"] {
        shown.push((path.to_owned(), visitor.get(&changes.address(path))));
    }
    let kept = [("c", "more.1"), ("reason", "Canary7f3e says so"), ("request", ""), ("name", "Another run")];
    let kept = visitor.post(&about.address("/runs/{run}/rematch"), &kept);
    let again = kept.location().rsplit('/').next().expect("a run").to_owned();
    visitor.wait_for(&again);
    shown.extend(walk(&visitor, &About { run: again, ..about.clone() }, MARKER));
    let personal = shown.iter().filter(|(_, reply)| reply.text().contains(MARKER)).count();
    assert!(personal > 30, "{personal} pages show anything");
    for (path, reply) in &shown {
        assert!(reply.status < 500, "{path}: {} {}", reply.status, reply.words());
        assert!(!format!("{:?}", reply.headers).contains(MARKER), "{path}: {:?}", reply.headers);
        if reply.header("content-type").starts_with("text/html") && reply.header("content-disposition").is_empty() {
            for address in addresses(&reply.text()).filter(|address| address.contains(MARKER)) {
                assert!(FILTERED_BY.iter().any(|filter| address.contains(filter)), "{path} leads to {address}");
            }
        }
    }
    let asked = visitor.asked.borrow().join("\n");
    let figures = page(&operations, "/metrics");
    assert!(figures.contains("misti_pages_total") && server.log().contains("a page was shown"));
    for (what, told) in [("addresses", asked), ("figures", figures), ("log", server.log())] {
        let at = told.find(MARKER).map(|at| told[at.saturating_sub(300)..].chars().take(600).collect::<String>());
        assert!(at.is_none(), "{what}: {}", at.unwrap_or_default());
    }
}
