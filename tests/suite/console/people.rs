//! Several people: what each role sees and may do, two in one season, and sessions that end.

use serde_json::json;

use super::hand::{By, Person};
use super::{Office, Tokens, is_shown, sample_run, sign_in, until};
use crate::browser::Browser;

#[tokio::test]
async fn who_may_only_read_sees_their_run_and_changes_nothing() {
    let tokens = Tokens::new();
    let token = tokens.admit("reader", "read,run");
    let (office, browser) = (Office::open(&[&tokens.flag()]), Browser::open().await);
    let page = office.run(Some(&token), &sample_run("First"));
    browser.goto(&office.at(&page)).await;
    sign_in(&browser, &token).await;
    tokens.write(&tokens.lines().replace("read,run", "read"));
    let may_change = is_shown(&format!("{page}/objections"));
    until(&browser, &may_change.replace("answer.ok", "!answer.ok")).await;
    browser.console().await;
    browser.goto(&office.at(&page)).await;
    browser.wait_until_text("main", "How well did students do?").await;
    let no_changes = async || {
        assert_eq!(
            browser.texts("main form[method=post]:not([role=search]) :is(button, input, select)").await,
            [""; 0]
        );
        assert_eq!(browser.texts("main a.button:not([download])").await, [""; 0]);
    };
    no_changes().await;
    for path in ["/students", "/students/1", "/projects/1", "/hosts/1", "/students/1/projects/1", "/offers", "/export"]
    {
        browser.goto(&office.at(&format!("{page}{path}"))).await;
        browser.wait_for("h1").await;
        no_changes().await;
    }
    browser.goto(&office.at("/")).await;
    browser.wait_until_text("h1", "Seasons").await;
    no_changes().await;
    browser.assert_quiet(&office.origin).await;
    for (path, body) in [
        (format!("{page}/delete"), ""),
        (format!("{page}/rematch"), "c=close.1&reason=no"),
        ("/seasons/sample".to_owned(), ""),
    ] {
        let script = format!(
            "return fetch({}, {{ method: 'POST', body: new URLSearchParams({}) }}).then(answer => answer.status)",
            json!(path),
            json!(body)
        );
        assert_eq!(browser.ask(&script).await, 403, "{path}");
    }
    browser.goto(&office.at("/runs")).await;
    assert_eq!(browser.texts("tbody tr").await.len(), 1);
    browser.close().await;
}

#[tokio::test]
async fn two_in_one_season_are_told_of_each_other_and_the_later_save_overwrites_nothing() {
    let tokens = Tokens::new();
    let (runner, admin) = (tokens.admit("runner", "read,run"), tokens.admit("chief", "admin"));
    let office = Office::open(&[&tokens.flag()]);
    let (first, second) = (Browser::open().await, Browser::open().await);
    first.goto(&office.at("/")).await;
    sign_in(&first, &runner).await;
    first.click_text("Try a sample season").await;
    first.wait_until_text("h1", "Sample season").await;
    assert!(!first.exists("p.notice").await, "nobody else is there");
    let season = first.path().await;
    second.goto(&office.at(&season)).await;
    sign_in(&second, &admin).await;
    second.wait_until_text("p.notice", "Also in this season just now: runner.").await;
    first.click_text("Policy").await;
    first.wait_until_text("p.notice", "Also in this season just now: chief.").await;
    second.click_text("Policy").await;
    second.wait_until_text("h1", "Policy").await;

    first.fill("#min_weeks", "7").await;
    first.click_text("Save the policy").await;
    first.wait_for("#min_weeks[value='7']").await;
    second.fill("#min_weeks", "9").await;
    second.click_text("Save the policy").await;
    second.wait_until_text("h1", "Somebody saved this season meanwhile").await;
    second.wait_until_text("main", "runner saved it on").await;
    assert!(!second.console().await.is_empty(), "the answer was a conflict, and the browser says so");
    second.goto(&office.at(&format!("{season}/policy"))).await;
    second.wait_for("#min_weeks[value='7']").await;
    second.fill("#min_weeks", "9").await;
    second.click_text("Save the policy").await;
    second.wait_for("#min_weeks[value='9']").await;
    for browser in [first, second] {
        browser.assert_quiet(&office.origin).await;
        browser.close().await;
    }
}

#[tokio::test]
async fn a_session_that_ended_leads_to_signing_in_and_back() {
    let tokens = Tokens::new();
    let token = tokens.admit("runner", "read,run");
    let (office, browser) = (Office::open(&[&tokens.flag()]), Browser::open().await);
    let person = Person { browser: &browser, by: By::Mouse };
    browser.goto(&office.at("/")).await;
    sign_in(&browser, &token).await;
    person.press("Try a sample season").await;
    person.is_at("Sample season").await;
    let season = browser.path().await;

    // In another window of the same browser.
    let signs_out = "return fetch('/sign-out', { method: 'POST' }).then(answer => answer.ok)";
    assert_eq!(browser.ask(signs_out).await, true);
    person.press("Market").await;
    sign_in(&browser, &token).await;
    person.is_at("Market").await;
    assert_eq!(browser.path().await, format!("{season}/market"));

    person.press("Files").await;
    person.is_at("Sample season").await;
    let lines = tokens.lines();
    tokens.write("");
    until(&browser, &format!("return {}.then(is => !is)", is_shown("/").trim_start_matches("return "))).await;
    person.write("#new-name", "Another name").await;
    person.press("Rename").await;
    person.is_at("Sign in").await;
    person.reads("what you sent was not done").await;
    // The token is not known any more, and the page says so.
    browser.fill("#token", &token).await;
    person.press("Sign in").await;
    person.reads("does not know this token").await;
    let said = browser.console().await;
    assert!(said.iter().any(|line| line.contains("401")), "{said:?}");
    tokens.write(&lines);
    while !browser.exists(".session").await {
        browser.fill("#token", &token).await;
        person.press("Sign in").await;
    }
    browser.console().await;
    person.is_at("Sample season").await;
    assert_eq!(browser.path().await, season);
    browser.assert_quiet(&office.origin).await;
    browser.close().await;
}
