//! A server that is started again in the middle of the winter.

use super::hand::{By, Person};
use super::season::sample;
use super::{Office, Tokens, sign_in, slow_run};
use crate::browser::Browser;

#[tokio::test]
async fn a_restart_loses_nothing_and_the_page_of_a_working_run_follows_it_on() {
    let tokens = Tokens::new();
    let (token, flag) = (tokens.admit("runner", "read,run"), tokens.flag());
    let (mut office, browser) = (Office::open(&[&flag]), Browser::open().await);
    let person = Person { browser: &browser, by: By::Mouse };
    let brought = sample();
    browser.goto(&office.at("/")).await;
    sign_in(&browser, &token).await;
    person.write("#season", brought.name).await;
    person.bring("form.drop", &brought.files).await;
    person.press("Read the files").await;
    person.is_at(brought.name).await;
    let season = browser.path().await;

    // Longer than anybody waits, until the next server says how long at most.
    let run = office.run(Some(&token), &slow_run("Slow", 3_000));
    browser.goto(&office.at(&run)).await;
    browser.wait_until_text("#progress", "looking for the best matching").await;
    browser.assert_quiet(&office.origin).await;
    office.start_again(&[&flag, "--most-run-time=5s"]);
    browser.wait_until_text("main", "students placed").await;
    assert!(!browser.exists("#progress").await);
    browser.wait_until_text(".session", "Signed in as runner").await;
    person.press("Seasons").await;
    person.is_at("Seasons").await;
    person.press(brought.name).await;
    person.is_at(brought.name).await;
    assert_eq!(browser.path().await, season);
    person.reads("3 decisions to make").await;
    browser.close().await;
}
