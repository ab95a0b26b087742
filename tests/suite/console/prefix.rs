//! Under a path, behind a real nginx, as an institute has it.

use std::net::TcpListener;

use super::hand::{By, Person};
use super::season::misti_like;
use super::winter::{decide, match_it, read_the_files, set_goals};
use super::{Tokens, sign_in};
use crate::browser::Browser;
use crate::proxy::{Prefix, Proxy};
use crate::runs::harness::Place;

#[tokio::test]
async fn behind_a_proxy_that_passes_the_prefix_on_all_goes_by_mouse() {
    behind(Prefix::Kept).await;
}

#[tokio::test]
async fn behind_a_proxy_that_strips_the_prefix_all_goes_by_mouse() {
    behind(Prefix::Stripped).await;
}

async fn behind(prefix: Prefix) {
    let tokens = Tokens::new();
    let token = tokens.admit("runner", "read,run");
    // Each has to know the other's address.
    let address = TcpListener::bind("127.0.0.1:0").and_then(|port| port.local_addr()).expect("a port");
    let proxy = Proxy::start(address, prefix);
    let origin = format!("http://{}", proxy.address());
    let flags = [
        format!("--address={address}"),
        tokens.flag(),
        "--console-prefix=/matching".to_owned(),
        format!("--console-url={origin}"),
    ];
    let place = Place::sqlite();
    let _server = place.serve(&flags.each_ref().map(String::as_str));
    let browser = Browser::open().await;
    browser.looks(1_280, 900, false).await;
    browser.goto(&format!("{origin}/matching/")).await;
    sign_in(&browser, &token).await;
    let cookies = browser.cookies().await;
    assert_eq!(cookies.len(), 1);
    assert_eq!(cookies[0].path, "/matching");
    assert!(cookies[0].http_only);
    let (person, season) = (Person { browser: &browser, by: By::Mouse }, misti_like());
    read_the_files(&person, &season).await;
    decide(&person, &season).await;
    set_goals(&person).await;
    person.press("Match").await;
    match_it(&person, &season).await;
    person.press("Runs").await;
    person.is_at("Runs").await;
    person.press("First").await;
    person.is_at("First").await;
    assert!(browser.path().await.starts_with("/matching/runs/"));
    person.press("Sign out").await;
    person.is_at("Sign in").await;
    browser.assert_quiet(&origin).await;
    assert_eq!(proxy.errors(), "");
    browser.close().await;
}
