//! Pages in a real browser: what they ask for, how they look, what a screen reader has of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use report::{Audience, Season, page};
use wire::pb;

use super::browser::Browser;
use super::{explained, full};

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
    browser.close().await;
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
    browser.click("#countries-0 summary").await;
    assert_eq!(browser.ask("return document.querySelector('#countries-0').open").await, true);
    browser.close().await;
}
