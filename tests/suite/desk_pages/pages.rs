//! Pages in a real browser: what they ask for, how they look, what a screen reader has of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use report::{Audience, Season, page};
use wire::pb;

use super::{Matched, explained, full};
use crate::browser::{Browser, Key};
use crate::support::match_request;

/// Where what was made is kept, to be looked at.
fn artefacts() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/artefacts/report");
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

const PHONE: u32 = 360;
const DESK: u32 = 1_280;

/// Looks at a page in every way.
async fn look(browser: &Browser, name: &str, html: &str, most_sheets: usize) {
    let folder = artefacts();
    let file = folder.join(name).with_extension("html");
    fs::write(&file, html).expect("it is written");
    browser.console().await;
    browser.requests().await;
    for (width, dark) in [(PHONE, false), (PHONE, true), (DESK, false), (DESK, true)] {
        browser.looks(width, 800, dark).await;
        browser.show(&file).await;
        let (seen, whole) = (
            browser.ask("return document.documentElement.clientWidth").await,
            browser.ask("return document.documentElement.scrollWidth").await,
        );
        assert_eq!(seen, u64::from(width), "{name}");
        assert_eq!(whole, u64::from(width), "{name} is wider than {width}");
        let loaded = browser.ask("return performance.getEntriesByType('resource').map(e => e.name)").await;
        assert_eq!(loaded, serde_json::json!([]), "{name}");
        let picture = browser.picture(width, dark).await;
        fs::write(folder.join(format!("{name}-{width}-{}.png", if dark { "dark" } else { "light" })), picture)
            .expect("kept");
        assert_eq!(browser.complaints().await, [""; 0], "{name} at {width}, dark: {dark}");
        // And with everything open, in which both widths and both colours are seen once.
        if dark != (width == DESK) {
            continue;
        }
        browser.ask("document.querySelectorAll('details').forEach(d => d.open = true)").await;
        assert_eq!(
            browser.ask("return document.documentElement.scrollWidth").await,
            u64::from(width),
            "{name}, all open"
        );
        assert_eq!(browser.complaints().await, [""; 0], "{name} at {width}, dark: {dark}, all open");
    }
    assert_eq!(browser.console().await, [""; 0], "{name}");
    let address = format!("file://{}", file.display());
    let asked: BTreeSet<String> = browser.requests().await.into_iter().collect();
    assert_eq!(asked, BTreeSet::from([address]), "{name} asks for more than itself");
    browser.show(&file).await;
    let (paper, sheets) = browser.print().await;
    fs::write(folder.join(name).with_extension("pdf"), &paper).expect("kept");
    assert!((1..=most_sheets).contains(&sheets), "{name} takes {sheets} sheets");
}

#[tokio::test]
async fn a_real_browser_asks_for_nothing_and_complains_of_nothing() {
    let season = full();
    let browser = Browser::open().await;
    look(&browser, "office", &page(&season.given(), Audience::Manager).expect("a page"), 2).await;
    let placed = season.outcome.assignments[0].clone();
    let host = season.host_of(&placed.project_id);
    let left = season.outcome.unmatched[0].student_id.clone();
    let explanations = explained(season, &[&placed.student_id, &left], &host);
    let given = Season { explanations: &explanations, ..season.given() };
    look(&browser, "host", &page(&given, Audience::Host(&host)).expect("a page"), 2).await;
    look(&browser, "student", &page(&given, Audience::Student(&placed.student_id)).expect("a page"), 1).await;
    look(&browser, "student-without", &page(&given, Audience::Student(&left)).expect("a page"), 1).await;
    let templates = report::default_templates();
    let letters = report::letters(&given, &templates).expect("letters");
    let letter = letters.letters.iter().find(|letter| letter.file.contains(&placed.student_id)).expect("a letter");
    look(&browser, "letter", &letter.text, 1).await;
    let odd = odd();
    look(&browser, "odd", &page(&odd.given(), Audience::Manager).expect("a page"), 2).await;
    look(&browser, "odd-student", &page(&odd.given(), Audience::Student("s-ليلى")).expect("a page"), 1).await;
    let none = contradictory();
    look(&browser, "none", &page(&none.given(), Audience::Manager).expect("a page"), 1).await;
    browser.close().await;
}

/// A small season with programs, in which names are long, or go from right to left, or are missing.
fn odd() -> Matched {
    let long = "x".repeat(200);
    let id = "i".repeat(64);
    Matched::of(match_request(&format!(
        r#"{{"instance": {{
          "term": "{long}",
          "programs": [{{"program_id": "{id}", "title": "{long}"}}, {{"program_id": "MISTI-Arab"}}],
          "hosts": [{{"host_id": "{id}", "title": "{long}"}}, {{"host_id": "H2", "title": "جامعة القاهرة"}}],
          "projects": [
            {{"project_id": "{id}", "host_id": "{id}", "program_id": "{id}", "title": "{long}", "max_seat_count": 3}},
            {{"project_id": "P2", "host_id": "H2", "program_id": "MISTI-Arab", "title": "مشروع الماء", "country_code": "EG"}}],
          "students": [
            {{"student_id": "{id}", "display_name": "{long}", "major": "{long}", "choices": [{{"project_id": "{id}"}}]}},
            {{"student_id": "s-ليلى", "display_name": "ليلى حسن", "choices": [{{"project_id": "P2"}}, {{"country_code": "EG"}}]}},
            {{"student_id": "S3", "choices": [{{"project_id": "P2"}}], "choices_only": true}}]}}}}"#
    )))
}

/// A season that has no matching.
fn contradictory() -> Matched {
    Matched::of(match_request(
        r#"{"instance": {"hosts": [{"host_id": "H", "max_seat_count": 1}],
          "projects": [{"project_id": "P", "host_id": "H", "max_seat_count": 2}],
          "students": [{"student_id": "A", "must_place": true}, {"student_id": "B", "must_place": true}]}}"#,
    ))
}

#[tokio::test]
async fn a_column_opens_the_people_behind_it() {
    let season = full();
    let file = artefacts().join("columns.html");
    fs::write(&file, page(&season.given(), Audience::Manager).expect("a page")).expect("it is written");
    let browser = Browser::open().await;
    browser.looks(DESK, 800, false).await;
    browser.show(&file).await;
    let open = "return document.querySelector('#choices-who-0').closest('details').open";
    assert_eq!(browser.ask(open).await, false);
    browser.click("#choices .over a").await;
    assert_eq!(browser.ask(open).await, true);
    let seen = browser.ask("return document.querySelectorAll('#choices-who-0 li').length").await;
    let first = |place: &&pb::Assignment| place.choice_rank == Some(1);
    assert_eq!(seen, season.outcome.assignments.iter().filter(first).count() as u64);
    // And by keyboard, from one column to the next.
    browser.ask("document.querySelector('#choices .over a').focus()").await;
    browser.keys(&Key::Tab).await;
    assert_eq!(browser.ask("return document.activeElement.getAttribute('href')").await, "#choices-who-1");
    browser.keys(&Key::Enter).await;
    assert_eq!(browser.ask("return document.querySelector('#choices-who-1').closest('details').open").await, true);
    browser.click("#countries-0 summary").await;
    assert_eq!(browser.ask("return document.querySelector('#countries-0').open").await, true);
    browser.close().await;
}
