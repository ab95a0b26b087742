//! Text that would run: in every field of a season, in names of files, seasons and runs, and in the policy. It is shown and exported as text.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};

use super::season::{season, tables, walk};
use super::visitor::{About, Reply, Sent, Visitor};
use crate::runs::harness::Place;

/// What somebody may write who means harm. Each has `zqx`, by which it is found.
const HARM: [&str; 8] = [
    "<script>zqx(1)</script>",
    "\"><img src=x onerror=zqx(2)>",
    "' onmouseover='zqx(3)",
    "javascript:zqx(4)",
    "=cmd|' /C calc'!zqx5",
    "zqx\u{202e}gpj.exe",
    "</textarea></title></style><b>zqx7",
    "&quot;&lt;zqx8&gt;",
];

/// The headers that every answer of the console has.
const HEADERS: [(&str, &str); 5] = [
    ("content-security-policy", "default-src 'none'"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
];

fn is_inert(path: &str, reply: &Reply) {
    for (name, value) in HEADERS {
        assert!(reply.header(name).starts_with(value), "{path}: {name}: {:?}", reply.headers);
    }
    let policy = reply.header("content-security-policy");
    assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
    assert!(!reply.header("cache-control").is_empty(), "{path}");
    assert!(!reply.header("location").contains("zqx"), "{path}: {}", reply.location());
    for (name, value) in &reply.headers {
        assert!(!value.as_bytes().iter().any(|byte| b"\r\n\0".contains(byte)), "{path}: {name}");
    }
    let kind = reply.header("content-type");
    if !kind.starts_with("text/html") {
        assert!(
            kind.starts_with("text/plain")
                || !reply.text().contains("<script>")
                || !reply.header("content-disposition").is_empty(),
            "{path}: {kind}"
        );
        return;
    }
    let page = reply.text();
    for raw in [
        "<script>zqx",
        "<img src=x",
        "<b>zqx",
        "</textarea></title>",
        "href=\"javascript:",
        "src=\"javascript:",
        "action=\"javascript:",
        "&quot;&lt;zqx8&gt;",
    ] {
        let at = page.find(raw).map(|at| page[at.saturating_sub(200)..].chars().take(400).collect::<String>());
        assert!(at.is_none(), "{path} holds {raw}: {}", at.unwrap_or_default());
    }
    // An attribute that a quote would end is ended by nothing of theirs.
    for tag in page.split('<').skip(1) {
        let quoted = tag.split('>').next().unwrap_or_default();
        let bare: String = quoted.split('"').step_by(2).collect();
        assert!(!bare.contains("zqx") && !bare.contains("onmouseover"), "{path}: <{quoted}>");
    }
}

/// A season in which every text is the one harm.
fn harmful(harm: &str) -> (wire::pb::Instance, wire::pb::Policy) {
    // An id has no marks of direction.
    let id: String = harm.chars().filter(|c| *c != '\u{202e}').collect();
    season(&|field| match field.split_once(".id") {
        Some((of, which)) => format!("{id} {of}{which}"),
        None if field == "skill" => id.clone(),
        None => format!("{harm} {}", field.replace('.', " ")),
    })
}

#[test]
fn text_that_would_run_is_shown_as_text_on_every_page() {
    let place = Place::sqlite();
    let server = place.serve(&[]);
    let visitor = Visitor::of(&server);
    for (at, harm) in HARM.into_iter().enumerate() {
        let made = harmful(harm);
        let draft = visitor.season(harm, &tables(&made.0));
        let imported = visitor.get(&format!("/seasons/{draft}/problems"));
        is_inert("problems", &imported);
        assert!(imported.words().contains("Nothing is open"), "{}", imported.words());
        let policy = crate::support::as_json("Policy", &made.1);
        let saved = visitor.post(&format!("/seasons/{draft}/policy"), &[("revision", "1"), ("json", &policy)]);
        assert_eq!(saved.status, 303, "{}", saved.text());
        let fields = [("request", ""), ("name", harm), ("notes", harm), ("skip", "1")];
        let started = visitor.post(&format!("/seasons/{draft}/match"), &fields);
        assert_eq!(started.status, 303, "{harm}: {}", started.words());
        let run = started.location().rsplit('/').next().expect("a run").to_owned();
        visitor.wait_for(&run);
        let about = About { draft, run };
        let shown = walk(&visitor, &about, harm);
        let seen = shown.iter().filter(|(_, reply)| reply.text().contains("zqx")).count();
        assert!(seen > 25, "{harm}: {seen} pages show it");
        for (path, reply) in &shown {
            assert!(reply.status < 500, "{path}: {} {}", reply.status, reply.words());
            is_inert(path, reply);
        }
        exported_as_text(&shown, at);
    }
    assert!(!server.log().contains("panicked"), "{}", server.log());
}

/// No cell of what is exported is a formula; in a CSV none begins one.
fn exported_as_text(shown: &[(String, Reply)], at: usize) {
    let (_, workbook) = shown.iter().find(|(path, _)| path.ends_with("placements.xlsx")).expect("it was asked for");
    assert_eq!(workbook.header("content-disposition"), "attachment; filename=\"placements.xlsx\"");
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(workbook.bytes.clone())).expect("a workbook");
    let mut texts = 0;
    for sheet in book.sheet_names() {
        assert_eq!(
            book.worksheet_formula(&sheet).expect("a sheet").cells().filter(|cell| !cell.2.is_empty()).count(),
            0,
            "{sheet}"
        );
        let range = book.worksheet_range(&sheet).expect("a sheet");
        texts += range.cells().filter(|cell| matches!(cell.2, Data::String(text) if text.contains("zqx"))).count();
    }
    assert!(texts > 5, "{at}: {texts}");
    let (_, table) = shown.iter().rev().find(|(path, _)| path.ends_with("/shortlist")).expect("it was asked for");
    assert!(table.header("content-type").starts_with("text/csv"), "{}", table.text());
    let mut rows = csv::ReaderBuilder::new().has_headers(false).from_reader(&table.bytes[..]);
    for row in rows.records() {
        for cell in row.expect("a row").iter() {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t']), "{cell}");
        }
    }
}

#[test]
fn what_is_no_season_is_told_as_text_as_well() {
    let place = Place::sqlite();
    let server = place.serve(&[]);
    let visitor = Visitor::of(&server);
    for harm in HARM {
        // Names of files and columns, and cells that can't be read.
        let quoted = format!("\"{}\"", harm.replace('"', "\"\""));
        let table = format!(
            "student_id,name,gpa,available_from,{quoted}\nS1,{quoted},{quoted},{quoted},{quoted}\n{quoted},x,9,2027-13-45,x\n"
        );
        let name: String = harm.replace(['"', '/', '\\'], "_");
        let files = [
            (format!("students {name}.csv"), table.as_bytes()),
            (format!("{name}.csv"), table.as_bytes()),
            (format!("{name}.xlsx"), b"x".as_slice()),
        ];
        for upto in 1..=files.len() {
            let files: Vec<(&str, &[u8])> =
                files[..upto].iter().map(|(name, content)| (name.as_str(), *content)).collect();
            let begun = visitor.send_own("/seasons", Sent::files(&[("name", harm)], &files));
            let draft = Visitor::season_of(&begun);
            for page in [
                "",
                "/problems",
                "/problems?show=warnings",
                "/problems?show=notes",
                "/problems.xlsx",
                "/market",
                "/policy",
                "/shortlist",
                "/match",
            ] {
                let reply = visitor.get(&format!("/seasons/{draft}{page}"));
                assert!(reply.status < 500, "{page}: {} {}", reply.status, reply.words());
                is_inert(page, &reply);
            }
            let overview = visitor.get(&format!("/seasons/{draft}")).text();
            assert!(overview.contains("zqx"), "{overview}");
            // Everything that is written into a form, and is wrong.
            for (page, fields) in [
                ("policy", vec![("json", harm)]),
                ("policy", vec![("skills", harm), ("min_weeks", harm), ("quota-id-0", harm), ("quota-max-0", harm)]),
                ("problems", vec![("d0", harm), ("v0", harm), ("i0", harm), ("q0", harm)]),
                ("problems", vec![("d0", "value"), ("v0", harm), ("d1", "value"), ("v1", harm)]),
                ("name", vec![("name", harm)]),
                ("shortlist", vec![("per_project", harm), ("per_student", harm)]),
                ("match", vec![("request", harm), ("name", harm), ("skip", harm)]),
                ("files/remove", vec![("file", harm)]),
            ] {
                let fields: Vec<(&str, &str)> = fields.into_iter().chain([("revision", "1")]).collect();
                let reply = visitor.post(&format!("/seasons/{draft}/{page}"), &fields);
                assert!(reply.status < 500, "{page}: {} {}", reply.status, reply.words());
                is_inert(page, &reply);
            }
            visitor.post(&format!("/seasons/{draft}/delete"), &[]);
        }
        let encoded: String = url::form_urlencoded::byte_serialize(harm.as_bytes()).collect();
        for address in [
            "/runs?name=",
            "/runs?term=",
            "/runs?state=",
            "/runs?after=",
            "/ledger?after=",
            "/sign-in?to=",
            "/help/",
            "/",
            "/runs/",
        ] {
            let reply = visitor.get(&format!("{address}{encoded}"));
            assert!(reply.status < 500, "{address}: {} {}", reply.status, reply.words());
            is_inert(address, &reply);
        }
    }
}
