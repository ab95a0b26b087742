//! Without scripts everything can be read, and what works is followed.

use super::hand::{By, Person};
use super::{Office, sample_run, slow_run};
use crate::browser::Browser;

#[tokio::test]
async fn without_scripts_all_of_a_run_can_be_read() {
    let (office, browser) = (Office::open(&[]), Browser::open().await);
    office.run(None, &sample_run("First"));
    office.run(None, &sample_run("Second"));
    let person = Person { browser: &browser, by: By::Mouse };
    browser.looks(1_280, 900, false).await;
    browser.scripts(false).await;
    browser.goto(&office.at("/")).await;
    person.is_at("Seasons").await;
    person.press("Runs").await;
    person.is_at("Runs").await;
    person.press("First").await;
    person.is_at("First").await;
    person.reads("of 60 students placed").await;
    person.reads("How well did students do?").await;

    read_a_table(&person).await;
    let name = browser.text("tbody tr:first-child th a").await;
    person.press(&name).await;
    person.is_at(&name).await;
    person.reads("Why there is no place").await;
    browser.click("#choices ~ .scroll tbody td a[href*='/students/'][href*='/projects/']").await;
    person.is_at("Why not").await;

    person.press("Compare").await;
    person.is_at("Compare").await;
    person.choose("select[name=before]", "Second").await;
    browser.click("form.filters button").await;
    person.reads("Nobody moves.").await;
    person.press_at(".tabs a[href$='/ledger']").await;
    person.is_at("Ledger").await;
    person.reads("Nobody has decided anything").await;
    person.press("Export").await;
    let folder = tempfile::tempdir().expect("a folder");
    browser.downloads_into(folder.path()).await;
    person.press("Report").await;
    let report = browser.downloaded(&folder.path().join("report.html")).await;
    assert!(report.starts_with(b"<!"), "a page");
    browser.assert_quiet(&office.origin).await;
    browser.close().await;
}

/// Filters, sorts and turns the pages of the students, and searches among them.
async fn read_a_table(person: &Person<'_>) {
    let browser = person.browser;
    person.press("Students").await;
    person.is_at("Students").await;
    browser.wait_until_text(".count", "60 students, page 1 of 2").await;
    assert_eq!(browser.texts("tbody tr").await.len(), 50);
    person.press("Next").await;
    browser.wait_until_text(".count", "page 2 of 2").await;
    assert_eq!(browser.texts("tbody tr").await.len(), 10);
    person.press("Student").await;
    browser.wait_for("th[aria-sort=ascending]").await;
    let names = browser.texts("tbody th a").await;
    browser.click("th[aria-sort] a").await;
    browser.wait_for("th[aria-sort=descending]").await;
    let backwards = browser.texts("tbody th a").await;
    let sorted = |names: &[String]| names.windows(2).all(|pair| pair[0].to_lowercase() <= pair[1].to_lowercase());
    assert!(sorted(&names), "{names:?}");
    assert!(sorted(&backwards.iter().rev().cloned().collect::<Vec<_>>()), "{backwards:?}");
    person.write("input[name=find]", "S00003").await;
    person.press("Find").await;
    browser.wait_until_text(".count", "1 student found").await;
    person.choose("select[name=place]", "has none").await;
    person.press("Show").await;
    browser.wait_for("select[name=place] option[value=no][selected]").await;
    assert!(browser.path().await.contains("place=no"));
    assert!(browser.texts("tbody td:nth-child(2)").await.iter().all(|place| place == "no place"));
}

#[tokio::test]
async fn without_scripts_the_page_of_a_working_run_follows_it() {
    let (office, browser) = (Office::open(&[]), Browser::open().await);
    let page = office.run(None, &slow_run("Slow", 4));
    browser.scripts(false).await;
    browser.goto(&office.at(&page)).await;
    browser.wait_until_text("main", "The run is w").await;
    browser.wait_until_text("main", "students placed").await;
    browser.assert_quiet(&office.origin).await;
    browser.close().await;
}
